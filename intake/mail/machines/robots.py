"""Tell whether a program wrote a mail, and whether it may be acknowledged. Two questions: people write to lists too."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from intake.mail import headers
from intake.mail.machines import robot_marks as marks
from intake.mail.machines import robot_words as words
from intake.mail.machines.wording import folded, says
from intake.mail.mime import Part

LOOP = "intake-bot"
MAX_SUBJECT = 300  # characters that are looked at
MAX_LINE = 400
FIRST_LINES = 14  # of the writer's own words: an answering machine comes to the point
OWN_LINES = 60


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reason` says why it is automatic, None for a person's mail. `may_ack` is its own answer.

    `evident`: something else than its words says that a program wrote it.
    """

    reason: str | None = None
    may_ack: bool = True
    loop: bool = False
    evident: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What is judged. `address` is where the mail comes from, as written; `own` are its words above any quote."""

    root: Part
    subject: str
    address: str
    own: tuple[str, ...]

    def values(self, name: str) -> list[str]:
        """Every field of this name in small letters, comments included."""
        return [headers.unfold(value[:998]).strip().lower() for value in self.root.all(name)]

    @property
    def is_answer(self) -> bool:
        """Does it answer something?"""
        return bool(self.root.first("in-reply-to") or self.root.first("references"))

    @property
    def opening(self) -> str:
        """The first lines, folded."""
        return folded(" ".join(self.own[:FIRST_LINES]))


def judge(root: Part, subject: str, address: str, text: str, is_report: bool) -> Judgement:
    """`text` is what the mail says; `is_report` says that it was read as a bounce or a complaint."""
    letter = Letter(root, subject[:MAX_SUBJECT], address, _own_lines(subject, text))
    loop = any(value.startswith(LOOP) for value in letter.values("x-loop"))
    reason = "report on a delivery" if is_report else next(filter(None, (check(letter) for check in CHECKS)), None)
    if loop and reason is None:
        reason = f"X-Loop: {LOOP}, a desk like ours wrote it, or we ourselves"
    evident = loop or any(check(letter) for check in EVIDENCE)
    return Judgement(reason, reason is None and not _is_for_many(letter), loop, evident)


def _auto_submitted(letter: Letter) -> str | None:
    # RFC 3834 §5
    for value in letter.values("auto-submitted"):
        keyword = re.split(r"[;(,\s]", value, maxsplit=1)[0]
        if keyword and keyword != "no":
            return f"Auto-Submitted: {keyword[:60]}"
    return None


def _telling_header(letter: Letter) -> str | None:
    for name, value in letter.root.fields:
        if name in marks.ANSWERING and value.strip().lower() not in (b"no", b"false", b"0"):
            return f"{name.title()} header"
        if name in marks.NOTIFYING:
            return f"a program's notification ({name.title()})"
    for mailer in (*letter.values("x-mailer"), *letter.values("user-agent")):
        if marks.ANSWERING_MAILERS.search(mailer):
            return f"sent by {mailer[:60]}"
    return None


def _exchange_rule(letter: Letter) -> str | None:
    """Exchange marks what its rules wrote; a person's mail that a rule passes on carries the mark alone."""
    loops = letter.values("x-ms-exchange-inbox-rules-loop")
    by_rule = bool(loops or letter.root.first("x-ms-exchange-generated-message-source"))
    if any(loop == "oof" or loop.startswith("auto") for loop in loops) or (by_rule and "all" in _wishes(letter)):
        return "rule of an Exchange mailbox"
    return None


def _precedence(letter: Letter) -> str | None:
    for value in (*letter.values("precedence"), *letter.values("x-precedence")):
        # "list" and "bulk" are also on what people write to mailing lists, so those say nothing about the author.
        if value.startswith("auto") or value == "junk":
            return f"Precedence: {value[:60]}"
        if value == "bulk" and not _by_list(letter):
            return "Precedence: bulk"
    return None


def _by_list(letter: Letter) -> bool:
    """Old list programs set no List-Id, yet speak as `owner-LIST` or `LIST-request`."""
    if any(
        letter.root.first(name) for name in ("list-id", "list-post", "mailing-list", "x-mailing-list", "x-beenthere")
    ):
        return True
    senders = (*letter.values("sender"), *letter.values("errors-to"), *letter.values("return-path"))
    return any(re.search(r"owner-|-(owner|admin|request|bounces?|errors)\b", sender) for sender in senders)


def _null_sender(letter: Letter) -> str | None:
    # RFC 3834 §2
    for value in letter.values("return-path"):
        if value in ("<>", "<mailer-daemon>") or value.startswith("<mailer-daemon@"):
            return "null envelope sender"
    return None


def _report(letter: Letter) -> str | None:
    # RFC 6522, RFC 8098. The field itself, for a report that lost its boundary counts as text everywhere else.
    content_type, parameters = headers.parameters(letter.root.first("content-type"))
    if content_type == "multipart/report":
        kind = parameters.get("report-type", "").lower()
        return "read receipt" if kind == "disposition-notification" else f"report ({kind[:60] or 'of no kind'})"
    classes = " ".join(letter.values("content-class"))
    if content_type == "message/disposition-notification" or "urn:content-classes:mdn" in classes:
        return "read receipt"
    return "report (dsn)" if "urn:content-classes:dsn" in classes else None


def _robot_address(letter: Letter) -> str | None:
    local = re.sub(r"[<>\"']", "", letter.address.lower()).strip().partition("@")[0]
    if local in marks.DAEMONS or local.startswith("mailer-daemon"):
        return f"sent by {local[:60]}"
    if len(local) <= 64 and marks.NO_REPLY.fullmatch(local):
        return "sent from an address that takes no answers"
    if len(local) <= 64 and marks.PROGRAMS.fullmatch(local):
        return "sent from a program's address"
    return None


def answers_by_subject(subject: str) -> bool:
    """Does a subject begin as only an answering program begins it?"""
    before = words.SUBJECT_MARKS.match(subject[:MAX_SUBJECT])
    start = subject[before.end() : MAX_SUBJECT] if before else subject[:MAX_SUBJECT]
    answers = words.ANSWERS.match(start)
    goes_on = words.SENTENCE.match(start, answers.end()) if answers else None
    if answers and (goes_on is None or not goes_on[0][-1].islower()):
        return True
    return words.ABSENT.match(start) is not None


def _subject(letter: Letter) -> str | None:
    return "subject of an automatic answer" if answers_by_subject(letter.subject) else None


def _says_so(letter: Letter) -> str | None:
    """Words that only a program writes, at the start of a line or sentence and above any quote."""
    said = (sentence for line in letter.own for sentence in re.split(r"(?<=[.!。！])\s", line))
    if any(words.NOBODY.match(sentence.lstrip(" \t*-_#=•[(（【※\"'“")) for sentence in said):
        return "it says that a program wrote it"
    if says(letter.opening, words.CHALLENGES):
        return "a filter that wants a confirmation"
    return None


def _is_away(letter: Letter) -> str | None:
    """A person may write of an absence; only a machine that answers speaks of it and of nothing else."""
    if not letter.is_answer or len(letter.own) > FIRST_LINES:
        return None
    away = says(letter.opening, words.AWAY)
    if away and words.THANKS.match(letter.opening) and says(letter.opening, words.PROMISES):
        return "an answer that only speaks of an absence"
    return None


def _ticket_received(letter: Letter) -> str | None:
    """Another desk, or a shop, says by itself that our mail has come."""
    titled = words.RECEIVED.match(letter.subject.strip("[](){}# *"))
    promised = says(letter.opening, words.WILL_ANSWER)
    if not (titled or promised):
        return None  # most mail, so that it is spared the longest patterns
    numbered = words.NUMBERED.search(letter.subject) or words.NUMBERED.search(letter.opening)
    if (titled and (numbered or promised)) or (numbered and words.RECEIVED.search(letter.opening)):
        return "another desk acknowledges a mail"
    return None


# One question each, the surest first. To add one: a function, a row here, a letter in the tests.
EVIDENCE: tuple[Callable[[Letter], str | None], ...] = (
    _auto_submitted,
    _telling_header,
    _exchange_rule,
    _precedence,
    _null_sender,
    _report,
    _robot_address,
)
CHECKS = (
    *EVIDENCE,
    _subject,
    _says_so,
    _is_away,
    _ticket_received,
)


def _is_for_many(letter: Letter) -> bool:
    """Lists, newsletters, other desks: an answer would reach people who did not write to us, or begin a loop."""
    if any(letter.root.first(name) for name in marks.FOR_MANY):
        return True
    if any(name.startswith(marks.DESKS) for name, _ in letter.root.fields):
        return True
    if any(marks.DESK_MAILERS.search(mailer) for mailer in (*letter.values("x-mailer"), *letter.values("user-agent"))):
        return True
    if any(value.startswith(("bulk", "list", "junk")) for value in letter.values("precedence")):
        return True
    # Exchange's wish not to be answered by programs.
    return any(wish in ("all", "oof", "autoreply") for wish in _wishes(letter))


def _wishes(letter: Letter) -> list[str]:
    return ",".join(letter.values("x-auto-response-suppress")).replace(" ", "").split(",")


def _own_lines(subject: str, text: str) -> tuple[str, ...]:
    """The writer's own lines, as far as they go before a quote; none of a forwarded mail, whose words are another's."""
    lines: list[str] = []
    if words.FORWARD.match(subject[:MAX_SUBJECT]):
        return ()
    for written in text[: OWN_LINES * MAX_LINE * 4].splitlines():
        line = written[:MAX_LINE]
        if len(lines) >= OWN_LINES or words.QUOTE.match(line) or words.WROTE.match(line.strip()):
            break
        if line.strip():
            lines.append(line)
    return tuple(lines)
