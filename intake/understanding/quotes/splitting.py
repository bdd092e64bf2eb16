"""Split a message into new words, quotations and signature. Folds, never cuts: the pieces together are the message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from intake.understanding.quotes import marks as marks
from intake.understanding.quotes import signature_marks
from intake.understanding.quotes.attributions import announces, attribution
from intake.understanding.quotes.headers import header_end
from intake.understanding.quotes.lines import MAX_TEXT, Lines
from intake.understanding.quotes.signatures import footer_start, is_rule, signature_end

MAX_PASSED_ON = 5  # lines that may stand above a bare header for the mail to be a forwarded one
MIN_WRAPPED = 60  # characters of a quoted line whose last words a program may have put into the next
_FORWARDS = re.compile(
    r"\s*(fwd?|wg|tr|rv|enc|i|vb|vl|pd|doorst|fs|ilt|i̇lt|yml|trs|redir|továbbítás|videresend(t)?|πρθ"
    r"|пересл|перен|转发|轉寄|轉發|転送|전달)\s*\.?\s*[:：]",
    re.IGNORECASE,
)

# "Re:", "AW:", "[External] Odp[2]:", "R-1042". Any such word counts: fewer programs than people invent some.
_ANSWERS = re.compile(
    r"(?:^|[\])】])\s{0,3}[^\W\d_]{1,12}\s?(?:[\[(]\d{1,3}[\])])?\s?[:：]|(?<![\w-])R-\d", re.IGNORECASE
)


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


def split(text: str, *, forwarded: bool = False, answers: bool = True) -> Split:
    """Split a text. `forwarded`: the subject says that the mail was passed on (`is_forward`).

    `answers`: by its header it may answer an earlier one (`is_answer`). Where it does not, and nothing announces a
    quotation, a line that begins with ">" is a person's: a menu, a prompt, an emphasis.

    A message of nothing but quotations is new as a whole: nobody sends an empty mail on purpose. With a signature above
    them (a picture was sent from a telephone) the signature is.
    """
    lines = Lines(text)
    kinds = _Scanner(lines, forwarded=forwarded, answers=answers).scan()
    found = Split(_pieces(lines.raw, kinds))
    if found.reply or not text:
        return found
    above = list(takewhile(lambda piece: piece.kind is not Kind.QUOTED, found.pieces))
    shown = "".join(piece.text for piece in above)
    if shown.strip():
        return Split((Piece(Kind.NEW, shown), *found.pieces[len(above) :]))
    return Split((Piece(Kind.NEW, text),))


def left_out(text: str, reply: str) -> str:
    """The lines of a text that are not among its new words, in their order: what `split` has folded, wherever it stood.

    Found by comparing, so that both together are the text even where older rules have found the words.
    """
    lines = Lines(text)
    words = filter(None, (line.strip() for line in reply[:MAX_TEXT].splitlines()))
    wanted = next(words, None)
    kept: list[str] = []
    raw = [*lines.raw[: lines.end], ""]
    at = 0
    while at < lines.end:
        bare, joined = raw[at].strip(), (raw[at] + raw[at + 1]).strip()
        at += 1
        if bare and wanted in (bare, joined):
            at += bare != wanted  # `Lines` has cut one in two that is new as a whole
            wanted = next(words, None)
        elif bare or (kept and kept[-1]):  # one blank line is enough where words were taken out
            kept.append(bare)
    return "\n".join(kept).strip()


def is_forward(subject: str) -> bool:
    """ "Fwd: ...", "WG: ...": the sender passes a mail on. An answer to such a mail begins otherwise."""
    return _FORWARDS.match(subject) is not None


def passed_on(text: str) -> int:
    """Where in a text that begins which its sender passes on, and which is another's. Its length: nowhere."""
    lines, at = Lines(text), 0
    for number in range(lines.end):
        if marks.is_forwarded(lines.bare[number]):
            return at
        at += len(lines.raw[number])
    return len(text)


def is_answer(subject: str, references: Sequence[str]) -> bool:
    """Does its header say that a message answers an earlier one, or is part of a conversation already?"""
    return bool(references) or _ANSWERS.search(subject) is not None


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

    def __init__(self, lines: Lines, *, forwarded: bool, answers: bool) -> None:
        self._lines = lines
        self._bare = lines.bare
        self._forwarded = forwarded
        self._announced = answers  # lines with ">" can be quoted ones
        self._own_end = lines.end  # below it stands what is passed on
        self._otherwise = False  # quoted lines have another mark than ">"
        self._openings: dict[int, int] = {}
        self._kinds: list[Kind] = []

    def scan(self) -> list[Kind]:
        while (at := len(self._kinds)) < self._lines.end:
            if self._is_wrapped(at) or (self._otherwise and self._lines.has_other_mark(at)):
                self._mark(Kind.QUOTED, at + 1)
            elif self._is_plain(at):
                self._mark(Kind.NEW, at + 1)
            elif marks.is_forwarded(self._bare[at]):
                self._keep_rest()
            elif self._is_quoted(at):
                self._mark(Kind.QUOTED, at + 1)
            elif end := self._opening_end(at):
                self._quote(end)
            elif end := signature_end(self._lines, at, self._begins_quotation):
                self._mark(Kind.SIGNATURE, end)
            else:
                self._mark(Kind.NEW, at + 1)
        self._mark(Kind.NEW, len(self._lines))
        if not self._announced:
            self._kinds = [Kind.NEW if kind is Kind.QUOTED else kind for kind in self._kinds]
        self._fold_footers()
        return self._kinds

    def _mark(self, kind: Kind, end: int) -> None:
        """Everything up to line `end` is of this kind; blank lines go with what stands above them."""
        while end < self._lines.end and not self._bare[end]:
            end += 1
        self._kinds += [kind] * (end - len(self._kinds))

    def _quote(self, end: int) -> None:
        """What opens a quotation ends here: below it stand marked lines, or everything belongs to the quotation."""
        self._announced = True
        if self._lines.is_marked(end):
            self._mark(Kind.QUOTED, end)
            # Whose program marks with "|" does so in the whole mail.
            self._otherwise = self._otherwise or not self._bare[self._lines.filled[end]].startswith(">")
        elif self._forwarded and self._filled_above() <= MAX_PASSED_ON:
            self._keep_rest()
        else:
            self._mark(Kind.QUOTED, len(self._lines))

    def _keep_rest(self) -> None:
        """What is passed on is new as a whole, with whatever its first sender put below it."""
        self._own_end = len(self._kinds)
        self._mark(Kind.NEW, len(self._lines))

    def _filled_above(self) -> int:
        return sum(bool(line) for line in self._bare[: len(self._kinds)])

    def _is_plain(self, at: int) -> bool:
        """Can nothing but a person's own words stand in this line?"""
        line = self._bare[at]
        if is_plain(line):
            # The name of an announcement may stand above its address.
            return not (at + 1 < self._lines.end and self._bare[at + 1].startswith("<"))
        return False

    def _opening_end(self, at: int) -> int:
        """Where the lines end that say "below is a quotation": an announcement, a header, a separator. 0 for none."""
        if at not in self._openings:
            self._openings[at] = self._find_opening(at)
        return self._openings[at]

    def _find_opening(self, at: int) -> int:
        line = self._bare[at]
        if marks.is_arrows(line) or marks.is_notes(line):
            return at + 1
        if marks.is_original(line) or marks.is_reply_above(line) or _is_dashed(line):
            following = self._lines.filled[at + 1]
            return (following < self._lines.end and header_end(self._lines, following, ruled=True)) or at + 1
        # A rule across the page means a quotation only with a header or an announcement below it.
        if is_rule(line):
            following = self._lines.filled[at + 1]
            if following >= self._lines.end or is_rule(self._bare[following]):
                return 0
            if marks.is_original(self._bare[following]):
                return self._opening_end(following)
            return header_end(self._lines, following, ruled=len(line) >= 5) or self._announced_end(following)
        if marks.is_bare_original(line):
            following = self._lines.filled[at + 1]
            return header_end(self._lines, following, ruled=True) if following < self._lines.end else 0
        if end := header_end(self._lines, at):
            return end
        return self._announced_end(at)

    def _announced_end(self, at: int) -> int:
        length = attribution(self._lines, at)
        return at + length if length else 0

    def _is_quoted(self, at: int) -> bool:
        line = self._bare[at]
        if line.startswith(">"):
            # mbox writes ">From" for a line that begins with From; ">>> look here <<<" is an ornament.
            return not (line.startswith(">From ") or line.endswith("<<") or marks.is_arrows(line))
        return marks.is_hidden(line)

    def _is_wrapped(self, at: int) -> bool:
        """Did a program break a quoted line, and leave its end without a mark?"""
        if not at or self._kinds[at - 1] is not Kind.QUOTED or not self._bare[at - 1].startswith(">"):
            return False
        above, line = self._bare[at - 1].lstrip("> "), self._bare[at]
        if not line or line.startswith(">"):
            return False
        if above.count("(") > above.count(")") and line.count(")") > line.count("("):
            return " " not in line
        if announces(f"{above} {line}", opened=marks.opens(above), marked=True):
            return True
        if at + 1 >= self._lines.end or not self._bare[at + 1].startswith(">"):
            return False
        if line.startswith(("(http", "<http")):
            return True
        return len(above) >= MIN_WRAPPED and above[-1] not in ".?!:;…" and line[0].islower()

    def _begins_quotation(self, at: int) -> bool:
        if at >= self._lines.end or self._is_plain(at):
            return False
        line = self._bare[at]
        return (
            (line.startswith(">") and not line.endswith("<<")) or self._opening_end(at) > 0 or marks.is_forwarded(line)
        )

    def _fold_footers(self) -> None:
        """Disclaimers and the like, at the end of the new words: of the whole mail, or above the quotation."""
        end = self._own_end
        while end > 0:
            start = end
            while start > 0 and self._kinds[start - 1] is self._kinds[end - 1]:
                start -= 1
            if self._kinds[start] is Kind.NEW:
                footer = footer_start(self._lines, start, end)
                self._kinds[footer:end] = [Kind.SIGNATURE] * (end - footer)
            end = start


def is_plain(line: str) -> bool:
    """Does this line lack everything by which quotations and signatures are known? It has no blanks around it."""
    return not (marks.is_telling(line) or signature_marks.may_be_device(line))


def _is_dashed(line: str) -> bool:
    """ "---- Ann wrote ----", as some phones announce."""
    dashed = len(line) <= 125 and line.startswith("---") and line.endswith("---")
    return dashed and marks.WROTE.search(line) is not None
