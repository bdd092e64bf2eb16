"""The operator's patterns for numbers and models: a small part of regular expressions that no text can make slow.

They are matched against what strangers write. A time limit would find nothing on a busy machine and something on a
quiet one, so the pattern is measured instead, once, when the file is read: how long its longest match is, and in how
many ways it may be tried at one place. What passes is linear in the text, and the standard library's `re` is enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_PATTERN = 200
LONGEST_MATCH = 64
MOST_BRACKETS = 20
MOST_WAYS = 400  # in which a pattern can be tried at one place of a text
_QUANTIFIER = re.compile(r"\{(\d{1,3})(?:,(\d{1,3}))?\}", re.ASCII)
_LITERAL = re.compile(r"[^\\\[\](){}.*+?|^$]|\\[^A-Za-z0-9\s]")
_CLASS = re.compile(r"\\[dw]|\[(?:[^\[\]\\^&~|-]|\\[dw]|\\[^A-Za-z0-9\s]|(?<!\[)-)+\]")


class Refused(ValueError):
    """A pattern that we do not use. The message says why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class _Size:
    """What a part of a pattern may cost: the longest text that it takes, and the ways in which it can be tried."""

    shortest: int
    longest: int
    ways: int

    def then(self, other: _Size) -> _Size:
        return _Size(self.shortest + other.shortest, self.longest + other.longest, self.ways * other.ways)

    def otherwise(self, other: _Size) -> _Size:
        return _Size(min(self.shortest, other.shortest), max(self.longest, other.longest), self.ways + other.ways)

    def repeated(self, least: int, most: int) -> _Size:
        ways = sum(self.ways**times for times in range(least, most + 1))
        return _Size(self.shortest * least, self.longest * most, ways)


_NOTHING, _ONE = _Size(0, 0, 1), _Size(1, 1, 1)


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, to be searched for: capitals do not matter, and letters or digits beside it end no match.

    Raises Refused.
    """
    if not pattern or len(pattern) > LONGEST_PATTERN:
        raise Refused(f"a pattern has 1 to {LONGEST_PATTERN} characters")
    if pattern.count("(") > MOST_BRACKETS:
        raise Refused(f"a pattern has {MOST_BRACKETS} brackets at most")
    size, reached = _either(pattern, 0)
    if reached != len(pattern):
        raise Refused(f"the ) at character {reached + 1} closes nothing")
    if size.shortest == 0:
        raise Refused("it fits nothing at all, so it would fit everywhere")
    try:
        return re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])", re.IGNORECASE)
    except re.error as error:  # what our grammar lets through and theirs does not, such as [z-a]
        raise Refused(f"it is no regular expression: {error}") from error


def _either(pattern: str, at: int) -> tuple[_Size, int]:
    """Alternatives, up to the end or to the bracket that closes them."""
    size, at = _sequence(pattern, at)
    while pattern.startswith("|", at):
        other, at = _sequence(pattern, at + 1)
        size = _checked(size.otherwise(other))
    return size, at


def _sequence(pattern: str, at: int) -> tuple[_Size, int]:
    size = _NOTHING
    while at < len(pattern) and pattern[at] not in "|)":
        part, at = _part(pattern, at)
        least, most, at = _times(pattern, at)
        size = _checked(size.then(_checked(part.repeated(least, most))))
    return size, at


def _part(pattern: str, at: int) -> tuple[_Size, int]:
    """A letter, a class of letters or a bracket."""
    if pattern.startswith("(", at):
        begin = at + (3 if pattern.startswith("(?:", at) else 1)
        if pattern.startswith("(?", at) and begin == at + 1:
            raise Refused(f"{pattern[at : at + 3]} is not taken; brackets are (…) or (?:…)")
        size, end = _either(pattern, begin)
        if not pattern.startswith(")", end):
            raise Refused(f"the ( at character {at + 1} is not closed")
        return size, end + 1
    found = _CLASS.match(pattern, at) or _LITERAL.match(pattern, at)
    if found is None:
        raise Refused(
            rf"{pattern[at : at + 2]} at character {at + 1} is not taken; a pattern is made of letters, \d, \w, "
            r"[A-Z0-9], \ before a sign, (…|…), ? and {2,9}"
        )
    return _ONE, found.end()


def _times(pattern: str, at: int) -> tuple[int, int, int]:
    """How often the part before may stand there, and where the pattern goes on."""
    if pattern.startswith("?", at):
        return 0, 1, _after(pattern, at + 1)
    if pattern[at : at + 1] in ("*", "+"):
        raise Refused(f"{pattern[at]} at character {at + 1} has no end; write how often, such as {{1,12}}")
    found = _QUANTIFIER.match(pattern, at)
    if found is None:
        return 1, 1, at
    least = int(found[1])
    most = int(found[2] or least)
    if not least <= most <= LONGEST_MATCH:
        raise Refused(f"{found[0]} is not from less to more, {LONGEST_MATCH} at most")
    return least, most, _after(pattern, found.end())


def _after(pattern: str, at: int) -> int:
    if pattern[at : at + 1] in ("?", "+", "*", "{"):
        raise Refused(f"two quantifiers stand side by side at character {at + 1}")
    return at


def _checked(size: _Size) -> _Size:
    if size.longest > LONGEST_MATCH:
        raise Refused(f"it would fit more than {LONGEST_MATCH} characters")
    if size.ways > MOST_WAYS:
        raise Refused(
            f"it can be tried in more than {MOST_WAYS} ways at one place; say more exactly what it looks like"
        )
    return size
