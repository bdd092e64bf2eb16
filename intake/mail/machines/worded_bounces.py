"""Read bounces that speak in plain words (qmail, Exim, old Exchange, ...) instead of RFC 3464."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.mail import headers
from intake.mail.addresses import is_address, read_addresses
from intake.mail.machines import bounce_status as status
from intake.mail.machines import bounce_words as words
from intake.mail.machines.robot_marks import NO_REPLY
from intake.mail.machines.wording import folded, says
from intake.mail.mime import Part
from intake.message import Failure

MAX_NOTICE_LINES = 200
MAX_LINE = 400
MAX_REASON = 8  # lines
MAX_TIMES = 3  # that an address stands in a notice
MAX_DIAGNOSTIC = 500  # characters

_ADDRESS = r"[^\s<>()\[\]{},;:\"'|*@（）：，。「」“”]{1,64}@[^\s<>()\[\]{},;:\"'|*@/（）：，。「」“”]{1,255}"
_REPLY_CODE = re.compile(r"\b[45]\d\d[ -]+#?[45]\.\d{1,3}\.\d{1,3}\b|#[45]\.\d{1,3}\.\d{1,3}\b|\b550[ -]")
# The same where only programs put it: at the start of a line, behind an address, behind "said:".
_SERVER = re.compile(
    rf"[\W\d.]{{0,8}}(?:{_ADDRESS}\W{{1,8}})?(?:smtp[;:] ?)?[45]\d\d[ -]+\S"
    r"|.{0,300}?(?:\bsaid:|smtp;|\bresponse:|\berror:|>>>|<<<)\W{0,3}[45]\d\d[ -]",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[^\W_][\"'”»)]?\s?[?？؟](?:\s|$)")

# How an address stands in a notice, the surest first; the first that finds any is believed.
_SHAPES = (
    re.compile(
        rf"\W{{0,8}}(?:final|original|failed)[ -]recipients?\s?:\s*(?:rfc822;)?\s*<?({_ADDRESS})", re.IGNORECASE
    ),
    re.compile(rf"\s*[*•-]?\s*<({_ADDRESS})>(?:\.\.\.)?\s*[:;(：（]"),
    re.compile(
        rf"[\s\-*•\"'<(\[>:：]*(?:mailto:|smtp[:=]|rfc822;\s*|to:\s*|recipients?:\s*|address:\s*)?<?({_ADDRESS})[\s\"'>)\].:,;：。]*$",
        re.IGNORECASE,
    ),
    re.compile(rf"[\s\-*•\"'<(\[>]*({_ADDRESS})(?![\w@])"),
    re.compile(rf".{{0,200}}?rcpt to:\s*<?({_ADDRESS})", re.IGNORECASE),
    re.compile(rf".{{0,200}}?[<(\[\"' :=：（「“]({_ADDRESS})"),
    re.compile(rf"[^\x00-\x7f]{{1,60}}?({_ADDRESS})"),
)
# The address that we wrote to, where a notice also names the one that it was turned into.
_MADE_FROM = re.compile(
    rf".{{0,300}}?\((?:expanded from|generated from|originally addressed to)[: ]+<?({_ADDRESS})>?\)", re.IGNORECASE
)
_LINK = re.compile(r"[<(\[]mailto:[^\s<>()\[\]]{1,320}[>)\]]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Worded:
    """A bounce in plain words; perhaps it names nobody."""

    failures: tuple[Failure, ...]


def read_words(root: Part, subject: str, sender: str, text: str, *, certain: bool = False) -> Worded | None:
    """The failures that a notice speaks of, or None when the mail is no notice. `certain`: it is one by its form."""
    named = [
        box.address
        for value in root.all("x-failed-recipients")
        for box in read_addresses(headers.unfold(value)).mailboxes
    ]
    notice = _notice(text)
    flat = folded(" ".join(notice))
    if not (certain or named or _is_notice(root, subject, sender, notice, flat)):
        return None
    late = is_late(f"{folded(subject[:200])} {flat}")
    if not named:
        receivers = read_addresses(headers.unfold(root.first("to"))).mailboxes
        named = _addresses(notice, {box.address.lower() for box in receivers} | {sender.lower()})
    return Worded(tuple(_failures(list(dict.fromkeys(named)), notice, late)))


def is_late(said: str) -> bool:
    """Does a notice, folded, say that its mail is late and not lost?"""
    return says(said, words.DELAYED) and not says(said, words.GIVEN_UP)


def is_daemon(root: Part, sender: str) -> bool:
    """Does a program that carries mail speak, by its address or by its name?"""
    address = re.sub(r"^\W+", "", sender.lower())
    return bool(words.SENDER.match(address) or words.SENDER_NAME.search(headers.text(root.first("from")[:400])))


def _is_notice(root: Part, subject: str, sender: str, notice: list[str], flat: str) -> bool:
    """Words alone prove nothing: people write "does not exist" too. The sender or the subject must agree."""
    titled = bool(words.SUBJECT.match(re.sub(r"^([\W_]|re:)+", "", subject[:200], flags=re.IGNORECASE)))
    return_path = "".join(headers.unfold(value) for value in root.all("return-path")[:1]).lower()
    if is_daemon(root, sender):
        return titled or says(flat, words.PHRASES) or (return_path == "<>" and _gives_back(root, sender, notice))
    answered = headers.unfold(root.first("auto-submitted")[:200]).lower()
    if return_path.startswith(("<>", "<mailer-daemon")) or answered.startswith("auto-"):
        # An answering machine has a null sender too, and may say that somebody "does not exist" here any more.
        return (titled or _quotes_a_server(root, flat)) and says(flat, words.PHRASES)
    # Hundreds of phrases come last: hardly a person's mail gets so far.
    return titled and says(flat, words.PHRASES) and _is_evident(root, sender, notice)


def _is_evident(root: Part, sender: str, notice: list[str]) -> bool:
    """Subject and words could be a customer's whose parcel was not delivered; what tells a program's?"""
    takes_no_answers = bool(NO_REPLY.fullmatch(sender.lower().partition("@")[0][:64]))
    if takes_no_answers or _returns_mail(root):
        return True
    spoken = any(_SERVER.match(line) for line in notice) or _names_behind_the_news(notice)
    return spoken and not _is_person(root, notice)


def _is_person(root: Part, notice: list[str]) -> bool:
    """Who asks about a bounce pastes it. He asks, or signs, or could not reach the very people he writes to."""
    if any(_QUESTION.search(line) for line in notice):
        return True
    senders = read_addresses(headers.unfold(root.first("from"))).mailboxes
    names = {name.lower() for box in senders for name in (box.name, *box.name.split()) if len(name) > 1}
    if any(line.strip(" ,.-–—*").lower() in names for line in notice):
        return True
    receivers = {box.address.lower() for box in read_addresses(headers.unfold(root.first("to"))).mailboxes}
    failing = _addresses(notice, receivers | {box.address.lower() for box in senders})
    ours = {address.rpartition("@")[2] for address in receivers}
    return bool(failing) and all(address.lower().rpartition("@")[2] in ours for address in failing)


def _gives_back(root: Part, sender: str, notice: list[str]) -> bool:
    """Does a mailer daemon, in whatever language, name an address in a line of its own?

    A postmaster is a person as well, who may be away and name somebody else to write to.
    """
    receivers = read_addresses(headers.unfold(root.first("to"))).mailboxes
    own = {box.address.lower() for box in receivers} | {sender.lower()}
    found = (match[1] for line in notice for shape in _SHAPES[:3] if (match := shape.match(line)))
    return bool(words.DAEMON.match(sender.lower())) and any(
        is_address(address) and not _is_aside(address, own) for address in map(_bare, found)
    )


def _quotes_a_server(root: Part, flat: str) -> bool:
    """These things only programs write."""
    return _REPLY_CODE.search(flat) is not None or _returns_mail(root)


def _returns_mail(root: Part) -> bool:
    return root.content_type == "multipart/report" or any(
        part.content_type in ("message/rfc822", "text/rfc822-headers") for part in root.walk()
    )


def _names_behind_the_news(notice: list[str]) -> bool:
    """Does an address stand right behind the bad news? A customer's stands below his name."""
    lines = [line for line in notice[:40] if line.strip()]
    return any(
        shape.match(near)
        for number, line in enumerate(lines)
        if says(folded(line), words.PHRASES)
        for near in lines[number : number + 2]
        for shape in _SHAPES[:3]
    )


def _notice(text: str) -> list[str]:
    """The lines above the mail that came back."""
    lines: list[str] = []
    for written in text[: MAX_NOTICE_LINES * MAX_LINE].splitlines()[:MAX_NOTICE_LINES]:
        if lines and words.DIVIDER.match(written[:MAX_LINE]) and any("@" in before for before in lines):
            break
        # A link to write to an address says it a second time.
        lines.append(_LINK.sub("", written[:MAX_LINE]))
    return lines


def _addresses(notice: list[str], own: set[str]) -> list[str]:
    wanted = [
        line
        for line in notice
        if not words.ASIDE.search(line) or "recipient" in line.lower() or "rcpt to" in line.lower()
    ]
    made_from = [match[1] for line in notice if (match := _MADE_FROM.match(line)) and is_address(match[1])]
    if made_from:
        return made_from
    for shape in _SHAPES:
        found = [_bare(match[1]) for line in wanted if (match := shape.match(line))]
        kept = [address for address in dict.fromkeys(found) if is_address(address) and not _is_aside(address, own)]
        if kept:
            return kept
    return []


def _bare(address: str) -> str:
    """Without the dot that ends a sentence, and without the type that X.400 puts before it."""
    return re.sub(r"^(?:smtp|rfc822)=", "", address.rstrip(".…"), flags=re.IGNORECASE)


def _is_aside(address: str, own: set[str]) -> bool:
    return address.lower() in own or bool(words.SENDER.match(address.lower()))


def _failures(addresses: list[str], notice: list[str], late: bool) -> list[Failure]:
    """The words around an address say why it failed: those behind it, up to the next one, else those before it."""
    spots = {address: [number for number, line in enumerate(notice) if address in line] for address in addresses}
    starts = sorted(spot for found in spots.values() for spot in found)
    # What speaks of one address says nothing of another.
    common = notice if len(addresses) == 1 else notice[: starts[0] if starts else None]
    general = _General("\n".join(common), "\n".join(notice[max(0, starts[0] - 4) : starts[0]] if starts else []), late)
    found: list[Failure] = []
    for address in addresses:
        around = [_behind(spot, spots[address], starts, notice) for spot in spots[address][:MAX_TIMES]]
        said = " ".join(" ".join(around[0]).split())[:MAX_DIAGNOSTIC] if around else ""
        near = "\n".join(line for lines in around for line in lines)
        found.append(Failure(address, general.status(near), "delayed" if late else "failed", said or None))
    return found


def _behind(spot: int, own: list[int], starts: list[int], notice: list[str]) -> list[str]:
    """The lines from an address to the next other one."""
    end = next((start for start in starts if start > spot and start not in own), len(notice))
    return notice[spot : min(end, spot + MAX_REASON)]


class _General:
    """What a notice says of all its addresses, read once."""

    def __init__(self, common: str, above: str, late: bool) -> None:
        self._late = late
        self._written = status.written(common)
        derived = (status.of_words(above, late=late), status.only_one(common, late=late))
        self._derived = [one for one in derived if one is not None]

    def status(self, near: str) -> str | None:
        """The status of an address by the words behind it, else by what is said of all."""
        precise = status.written(near) or self._written
        if precise is not None:
            return precise
        own = status.of_words(near, late=self._late)
        derived = [own, *self._derived] if own is not None else self._derived
        # A bare reply code says least, so words further away are better than it.
        return next((one for one in derived if not one.endswith(".0.0")), next(iter(derived), None))
