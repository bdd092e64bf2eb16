"""Cut a text at commas and line breaks, between which the pieces of postal addresses stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST_PIECES = 400
_PIECE = re.compile(r"(?:[^,;\n|·•]|(?<=[Kk]m \d),(?=\d)|(?<=[Kk]m \d\d),(?=\d))+")  # but not at "km 4,5"
# Where a sentence goes on behind an address: what follows is none of it.
SENTENCE = re.compile(r"[.!?](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch between two dividers, without the blanks around it."""

    start: int
    end: int
    new_line: bool  # a line break divides it from the one before


def pieces_of(text: str) -> list[Piece]:
    """The first 400 of them, in the order of the text."""
    pieces: list[Piece] = []
    before = 0
    for match in _PIECE.finditer(text):
        written = match.group()
        stripped = written.strip(" \t\r>*")
        if stripped:
            start = match.start() + written.index(stripped)
            pieces.append(Piece(start, start + len(stripped), "\n" in text[before:start]))
            before = start + len(stripped)
        if len(pieces) == _MOST_PIECES:
            break
    return pieces


def stripped(text: str, start: int, end: int) -> int:
    """The next place that is no blank."""
    return end - len(text[start:end].lstrip())


def breaks_off(text: str, end: int, piece: Piece) -> bool:
    """Does the piece go on with other words behind what was found in it?"""
    return text[end : piece.end].strip(" \t.)") != ""


def may_reach(text: str, end: int, start: int) -> bool:
    """Is there neither an empty line nor the end of a sentence between them?"""
    return text.count("\n", end, start) <= 1 and SENTENCE.search(text[end:start]) is None
