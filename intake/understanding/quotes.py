"""Split a message into new words, quotations and signature. Folds, never cuts: the pieces together are the message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from intake.understanding import quote_marks as marks

MAX_LINES = 5000  # lines that are looked at; a longer rest is new, so that nothing hides in it
MAX_TEXT = 500_000  # characters that are cut into lines
MAX_LINE = 400  # characters of a line that are looked at: the work per line is bounded
MAX_ANNOUNCEMENT = 4  # lines that "On ... wrote:" may be wrapped over
MAX_HEADER = 9  # lines in which a quoted header must show itself
MAX_LOOSE_SIGNATURE = 12  # lines below a "--" that lacks the blank of a proper signature mark
MAX_TAIL = 250  # characters at the end of an announcement that may hold its verb
MAX_VERB = 40  # the same, where the verb must be the last word
MIN_RULE = 5


class Kind(StrEnum):
    NEW = "new"
    QUOTED = "quoted"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of lines of one kind, exactly as they stand in the message."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Split:
    """The pieces in their order. Joined they are the message, byte for byte."""

    pieces: tuple[Piece, ...] = ()

    @property
    def reply(self) -> str:
        """The new words."""
        return self._of(Kind.NEW)

    @property
    def quoted(self) -> str:
        """What the message repeats of earlier ones."""
        return self._of(Kind.QUOTED)

    @property
    def signature(self) -> str:
        """What the sender's program adds below every message."""
        return self._of(Kind.SIGNATURE)

    def _of(self, kind: Kind) -> str:
        return "".join(piece.text for piece in self.pieces if piece.kind is kind).strip()


def split(text: str) -> Split:
    """Split a text. A message of nothing but quotations is new as a whole: nobody sends an empty mail on purpose."""
    lines = _lines(text)
    # The last line may be a long rest, which is not looked at.
    looked_at = min(len(lines), MAX_LINES) if len(text) <= MAX_TEXT else min(len(lines) - 1, MAX_LINES)
    kinds = _Scanner(lines, looked_at).scan()
    found = Split(_pieces(lines, kinds))
    if not found.reply and text:
        return Split((Piece(Kind.NEW, text),))
    return found


def _lines(text: str) -> list[str]:
    """The lines of a text; what is too long to be looked at is the last of them, whole."""
    lines = text[:MAX_TEXT].splitlines(keepends=True)
    if len(text) > MAX_TEXT:
        lines = lines[:-1]  # it may have been cut within
    lines = lines[:MAX_LINES]
    rest = text[sum(map(len, lines)) :]
    return [*lines, rest] if rest else lines


def _pieces(lines: list[str], kinds: list[Kind]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    run: list[str] = []
    for number, line in enumerate(lines):
        run.append(line)
        if number + 1 == len(lines) or kinds[number + 1] is not kinds[number]:
            pieces.append(Piece(kinds[number], "".join(run)))
            run = []
    return tuple(pieces)


class _Scanner:
    """Walks the lines once, deciding each from itself and a few lines ahead."""

    def __init__(self, lines: list[str], looked_at: int) -> None:
        self._end = looked_at
        self._lines = [line[:MAX_LINE].rstrip("\r\n") for line in lines]
        self._bare = [line.strip() for line in self._lines]
        self._not_blank = _next_not_blank(self._bare)
        self._headers: dict[int, str | None] = {}
        self._beginnings: dict[int, bool] = {}
        self._kinds: list[Kind] = []

    def scan(self) -> list[Kind]:
        while (at := len(self._kinds)) < len(self._lines):
            if at >= self._end:
                self._mark(Kind.NEW, len(self._lines))
                break
            if marks.is_plain(self._bare[at]):
                self._mark(Kind.NEW, at + 1)
            elif marks.FORWARDED.match(self._bare[at]):
                self._mark(Kind.NEW, len(self._lines))
            elif self._ends_here(at):
                self._mark(Kind.QUOTED, len(self._lines))
            elif self._is_quoted(at):
                self._mark(Kind.QUOTED, at + 1)
            elif length := self._announcement(at):
                prefixed = self._is_prefixed_below(at + length)
                self._mark(Kind.QUOTED, at + length if prefixed else len(self._lines))
            elif end := self._signature_end(at):
                self._mark(Kind.SIGNATURE, end)
            else:
                self._mark(Kind.NEW, at + 1)
        return self._kinds

    def _mark(self, kind: Kind, end: int) -> None:
        """Everything up to line `end` is of this kind; blank lines go with what stands above them."""
        while end < self._end and not self._bare[end]:
            end += 1
        self._kinds += [kind] * (end - len(self._kinds))

    def _ends_here(self, at: int) -> bool:
        """Does everything from here on belong to the mail that is answered?"""
        line = self._bare[at]
        if marks.SEPARATOR.match(line) or marks.REPLY_ABOVE.match(line) or _is_dashed(line):
            return not self._is_prefixed_below(at + 1)
        if self._is_header(at):
            return True
        # A rule across the page means a quotation only with a header below it.
        following = self._not_blank[at + 1]
        return _is_rule(line) and following < len(self._bare) and self._is_header(following)

    def _is_header(self, at: int) -> bool:
        """Lines as "From: ... Sent: ... To: ... Subject: ...", in any language, wrapped or bold, in any order."""
        if self._header_kind(at) not in ("from", "date"):
            return False
        end = min(at + MAX_HEADER, len(self._bare))
        # Two blank lines end any header; one may stand between its lines where HTML was turned to text.
        kinds = {kind for line in range(at, end) if (kind := self._header_kind(line))}
        addressed = any("@" in line for line in self._bare[at : at + 6])
        if {"from", "subject"} <= kinds and len(kinds) >= 3:
            return True
        return addressed and len(kinds) >= 2 and "date" in kinds and ("from" in kinds or "to" in kinds)

    def _header_kind(self, at: int) -> str | None:
        if at not in self._headers:
            self._headers[at] = _header_kind(self._bare[at])
        return self._headers[at]

    def _is_quoted(self, at: int) -> bool:
        line = self._bare[at]
        if not line.startswith(">") or line.startswith(">From "):
            return _is_dashed(line) or marks.SEPARATOR.match(line) is not None
        # ">>> look here <<<" is an ornament.
        return not line.rstrip().endswith("<<")

    def _announcement(self, at: int) -> int:
        """How many lines announce a quotation here: "On 3 May 2024, Ann <ann@example.com> wrote:". 0 for none."""
        first = self._bare[at].lstrip("*-_ ")
        if not first or first.startswith(">"):
            return 0
        opened = first.lower().startswith(marks.OPENED)
        joined = ""
        for length in range(1, MAX_ANNOUNCEMENT + 1):
            if at + length > len(self._bare) or not self._bare[at + length - 1]:
                return 0
            joined = f"{joined} {self._bare[at + length - 1]}".strip()[: 2 * MAX_LINE]
            if _announces(joined, opened, self._is_prefixed_below(at + length)):
                return length
            # Without an opening word only the line itself can be one, or, with an address, it and the next.
            if not opened and (length == 2 or not marks.DATED.search(joined)):
                return 0
        return 0

    def _is_prefixed_below(self, at: int) -> bool:
        following = self._not_blank[at]
        return following < len(self._bare) and self._bare[following].startswith(">")

    def _signature_end(self, at: int) -> int:
        """Where the signature that starts here ends, 0 when none does."""
        if marks.DEVICE.match(self._bare[at]) and len(self._bare[at]) < 140:
            return at + 1
        if not marks.SIGNATURE.fullmatch(self._lines[at]) or at == 0:
            return 0
        # RFC 3676 §4.3 wants "-- " with its blank; without it, a long rest is more likely text below a line.
        proper = self._lines[at] == "-- "
        end, words = at + 1, 0
        while end < self._end and not self._begins_quotation(end):
            words += bool(self._bare[end])
            end += 1
            if words > MAX_LOOSE_SIGNATURE and not proper:
                return 0
        return end

    def _begins_quotation(self, at: int) -> bool:
        # Every loose "--" above a line asks again.
        if at not in self._beginnings:
            self._beginnings[at] = not marks.is_plain(self._bare[at]) and (
                self._is_quoted(at)
                or self._ends_here(at)
                or self._announcement(at) > 0
                or marks.FORWARDED.match(self._bare[at]) is not None
            )
        return self._beginnings[at]


def _next_not_blank(lines: list[str]) -> list[int]:
    """For every line, and for the end, the first line from there on that is not blank."""
    following = [len(lines)] * (len(lines) + 1)
    for at in range(len(lines) - 1, -1, -1):
        following[at] = at if lines[at] else following[at + 1]
    return following


def _announces(joined: str, opened: bool, prefixed: bool) -> bool:
    line = joined.rstrip("*-_ ")
    has_colon = line.endswith((":", "："))
    if not has_colon and "@" not in line:
        return False
    # "2024/5/3 Ann <ann@example.com>"
    if marks.DATE_FIRST.match(line):
        return True
    # Some write no colon; then time, address and verb must all be there, the verb last.
    if not has_colon and not (opened and marks.TIMED.search(line)):
        return False
    # "ср, 30 апр. 2025 г. в 15:19, Ann <ann@example.com>:"
    if has_colon and marks.TIMED.search(line) and marks.ADDRESSED.search(line):
        return True
    # Behind the verb stand a name, an address and a date at most.
    end = line[-MAX_TAIL:]
    verbs = list(marks.WROTE.finditer(end, 0 if has_colon else max(0, len(end) - MAX_VERB)))
    if not verbs:
        return prefixed and opened and has_colon and marks.DATED.search(line) is not None
    tail = end[verbs[-1].end() :].strip(" :：>*")
    if not has_colon:
        return not tail and "@" in end
    # The verb is the last word, or only a name, an address or a date follow it.
    if tail and not (opened or marks.DATED.search(tail)):
        return False
    return prefixed or marks.DATED.search(line) is not None


def _is_dashed(line: str) -> bool:
    """ "---- Ann wrote ----", as some phones announce."""
    return (
        len(line) <= MAX_TAIL // 2
        and line.startswith("---")
        and line.endswith("---")
        and marks.WROTE.search(line) is not None
    )


def _header_kind(line: str) -> str | None:
    """What a header line of a quoted mail names, None for any other line."""
    name, colon, _ = line[:60].replace("：", ":").partition(":")
    if not colon:
        return None
    word = re.sub(r"[\s*_>|\u00a0]+", "", name).lower()
    return marks.HEADER_KINDS.get(word)


def _is_rule(line: str) -> bool:
    return len(line) >= MIN_RULE and not line.strip("-_=*— ")
