"""The header that Outlook and others repeat above what they quote: "From: … Sent: … To: … Subject: …"."""

from __future__ import annotations

import re

from intake.understanding.quotes import marks as marks
from intake.understanding.quotes.lines import Lines
from intake.understanding.quotes.words import fold

MAX_HEADER = 16  # lines in which a quoted header must end
MAX_WRAPPED = 4  # lines without a label in which a long list of addressees goes on
_LABEL = re.compile(r"[*_|>\s]*([^\W\d_][^\d:：|@<>/]{0,28}?)\s*[*_]*\s*[:：|](?!//)")
_INNER = re.compile(r"\s([^\W\d_]{1,12})\s?[:：]\s")


def header_end(lines: Lines, at: int, *, ruled: bool = False) -> int:
    """Where the header that begins here ends; 0 if none does. `ruled`: a line across the page stands above it."""
    found = _Header()
    if not (kind(lines.bare[at]) or ruled) or _label(lines.bare[at]) is None:
        return 0
    blank, wrapped = False, 0
    for number in range(at, min(at + MAX_HEADER, lines.end)):
        line = lines.bare[number]
        if not line:
            # Two blank lines end any header; one may stand between its lines where HTML was turned to text.
            if blank:
                break
            blank = True
            continue
        named, label = kind(line), _label(line)
        if named is None and label is not None and label not in marks.FORM_LABELS and (blank or found.is_complete()):
            break
        if label is None or (named is None and label not in marks.FORM_LABELS and not ruled and "@" in line):
            wrapped += 1
            if blank or wrapped > MAX_WRAPPED or not found.kinds:
                break
        else:
            found.add(named, label, line)
            wrapped = 0
        blank = False
        found.see(line)
        found.end = number + 1
    return found.end if found.holds(kind(lines.bare[at]), ruled) else 0


def kind(line: str) -> str | None:
    """What a header line of a quoted mail names, None for any other line."""
    label = _label(line)
    return marks.HEADER_KINDS.get(label) if label is not None else None


def _label(line: str) -> str | None:
    found = _LABEL.match(line[:60])
    return re.sub(r"[\s*_]+", "", fold(found[1])) if found else None


class _Header:
    """What the lines so far have named."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.end = 0
        self._strange = 0
        self._form = False
        self._addressed = False
        self._dated = False
        self._evident = False

    def add(self, named: str | None, label: str, line: str) -> None:
        self._addressed = self._addressed or "@" in line
        self._dated = self._dated or (marks.DATE.search(line) is not None and marks.TIME.search(line) is not None)
        if named is not None:
            self.kinds.add(named)
            if named == "from":
                # Some put the date into the same line.
                inner = (marks.HEADER_KINDS.get(fold(found[1])) for found in _INNER.finditer(line))
                self.kinds.update(other for other in inner if other)
        elif label in marks.FORM_LABELS:
            self._form = True
        else:
            self._strange += 1

    def see(self, line: str) -> None:
        """A line of any kind: is there an address, a date or a time at all?"""
        self._evident = self._evident or any(one.search(line) for one in (marks.ADDRESS, marks.DATE, marks.TIME))

    def is_complete(self) -> bool:
        return {"from", "date", "to", "subject"} <= self.kinds

    def holds(self, first: str | None, ruled: bool) -> bool:
        """Is it a header, and not a form that somebody filled in, nor a journey from Berlin to Paris?"""
        if self._form or not self._evident:
            return False
        if ruled and self._addressed and self._dated and (len(self.kinds) + self._strange >= 3 or len(self.kinds) >= 2):
            return True
        if self._strange and not self.is_complete():
            return False
        if first not in ("from", "date") and not self.is_complete():
            return False
        named = self.kinds - {"other", "cc"}
        if {"from", "subject"} <= named and len(named) >= 3 and ("date" in named or self._addressed):
            return True
        return self._addressed and "date" in named and bool(named & {"from", "to"}) and (self._dated or len(named) >= 3)
