"""A text as lines: as they stand, and bare, without the blanks and marks that a reader does not see."""

from __future__ import annotations

import re

from intake.understanding.quotes import marks as marks

MAX_LINES = 5000  # lines that are looked at; a longer rest is new, so that nothing hides in it
MAX_TEXT = 500_000  # characters that are cut into lines
MAX_LINE = 400  # characters of a line that are looked at: the work per line is bounded

# Blanks that are no space, and marks of no width: phones write them around times, others around right-to-left names.
# Digits of other scripts: "২০২৬" is a year like any other. Each row begins with its nought.
_NOUGHTS = "\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040\u17e0\uff10"
_DIGITS = {ord(nought) + value: str(value) for nought in _NOUGHTS for value in range(10)}
_UNSEEN = re.compile(f"[{''.join(map(chr, _DIGITS))}\u00a0\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3000\ufeff\u00ad]")
_SPACES = dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_BARE = {code: _SPACES.get(code) for code in (*_SPACES, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0xFEFF, 0xAD)}
_BARE |= dict.fromkeys(range(0x2060, 0x2070)) | _DIGITS
_OTHER_MARK = re.compile(r"\||[A-ZА-Я]{1,3}>")


class Lines:
    """The lines of a text, joined the text again. What is too long to be looked at is the last of them, whole."""

    def __init__(self, text: str) -> None:
        raw = _split(text)
        unseen = _UNSEEN.search(text, 0, MAX_TEXT) is not None
        self.raw = raw
        self.bare = [_bare(line, unseen) for line in raw]
        # The last line may be a long rest, which is not looked at.
        self.end = min(len(raw), MAX_LINES) if len(text) <= MAX_TEXT else min(len(raw) - 1, MAX_LINES)
        self._cut_shared()
        self.filled = _next_filled(self.bare)

    def __len__(self) -> int:
        return len(self.raw)

    def is_marked(self, at: int) -> bool:
        """Does the next line that is not blank, from here on, begin as quoted lines do: with ">"?"""
        following = self.filled[min(at, len(self.bare))]
        return following < self.end and (self.bare[following][0] == ">" or self.is_marked_otherwise(following))

    def is_marked_otherwise(self, at: int) -> bool:
        """Do this line and the next begin with "|" or with somebody's initials and ">"?"""
        return (
            at + 1 < self.end
            and _OTHER_MARK.match(self.bare[at]) is not None
            and _OTHER_MARK.match(self.bare[at + 1]) is not None
        )

    def has_other_mark(self, at: int) -> bool:
        """Does this line begin so?"""
        return _OTHER_MARK.match(self.bare[at]) is not None

    def starts_paragraph(self, at: int) -> bool:
        """Is this the first line, or is the one before it blank?"""
        return at == 0 or not self.bare[at - 1]

    def ends_paragraph(self, at: int) -> bool:
        """Is this the last line, or is the one below it blank?"""
        return at + 1 >= self.end or not self.bare[at + 1]

    def _cut_shared(self) -> None:
        """Make two lines of one that holds a person's words and then "On 3 May 2026, Ann <ann@example.com> wrote:"."""
        at = 0
        while at < self.end - 1 and len(self.raw) <= MAX_LINES:
            line = self.bare[at]
            if line.endswith((":", "：")) and "@" in line and self.bare[at + 1][:1] in (">", ""):
                cut = _shared(self.raw[at][:MAX_LINE])
                if cut:
                    self.raw[at : at + 1] = [self.raw[at][:cut], self.raw[at][cut:]]
                    self.bare[at : at + 1] = [_bare(self.raw[at], True), _bare(self.raw[at + 1], True)]
                    self.end += 1
                    at += 1
            at += 1


def _split(text: str) -> list[str]:
    lines = text[:MAX_TEXT].splitlines(keepends=True)
    if len(text) > MAX_TEXT:
        lines = lines[:-1]  # it may have been cut within
    lines = lines[:MAX_LINES]
    rest = text[sum(map(len, lines)) :]
    return [*lines, rest] if rest else lines


def _bare(line: str, unseen: bool) -> str:
    line = line[:MAX_LINE]
    return (line.translate(_BARE) if unseen else line).strip()


def _shared(line: str) -> int:
    """Where the announcement of a quotation begins in this line, behind other words. 0 if it does not."""
    bare = _bare(line, True)
    if marks.opens(bare.lstrip("*-_> ")) or len(line) == MAX_LINE:
        return 0
    for found in marks.SHARED.finditer(line):
        rest = line[found.end() :]
        if marks.DATE.search(rest) and marks.TIME.search(rest) and marks.WROTE.search(rest):
            return found.start()
    return 0


def _next_filled(lines: list[str]) -> list[int]:
    """For every line, and for the end, the first line from there on that is not blank."""
    following = [len(lines)] * (len(lines) + 1)
    for at in range(len(lines) - 1, -1, -1):
        following[at] = at if lines[at] else following[at + 1]
    return following
