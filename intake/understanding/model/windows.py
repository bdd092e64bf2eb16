"""Find the pieces and runs of a text that a model knows, all at once: a dictionary's work in a few steps of numpy.

Finds what counting one by one would, in the same order; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from intake.understanding.model.features import LONGEST_PIECE, RUNS, SHORTEST_PIECE, Token, joined
from intake.understanding.model.file import Floats

Places = npt.NDArray[np.intp]
Codes = npt.NDArray[np.uint64]

_LONGEST = max(LONGEST_PIECE, *RUNS)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well mixed: Knuth's, from the golden ratio
_OF_RUNS = np.uint64(0xD1B54A32D192ED03)  # what tells a run's code from a piece's of the same letters
_BITS = 16  # of a code, by which it is looked up; there are 50,000 terms at most
_SHIFT = np.uint64(64 - _BITS)


class Known:
    """The pieces and the runs of a model."""

    def __init__(self, pieces: Sequence[str], runs: Sequence[str]) -> None:
        """Their places are those in these two."""
        codes = np.concatenate([_codes(pieces), _codes(runs) ^ _OF_RUNS])
        order = np.argsort(codes, kind="stable")
        self._codes = codes[order]
        self._places = order.astype(np.int32)
        # Where those begin whose first bits are the same; mostly one, or none.
        bits = np.arange(2**_BITS + 1, dtype=np.uint64)
        self._starts = np.searchsorted(self._codes >> _SHIFT, bits).astype(np.int32)
        self._pieces = len(pieces)

    def count(self, codes: Codes) -> tuple[tuple[Places, Floats], tuple[Places, Floats]]:
        """Of the pieces, then of the runs of a text: the places of those that are known, in the order of their first
        occurrence, and how often each is there."""
        found = self._find(codes)
        found = found[found >= 0]
        order = np.arange(len(found), dtype=np.int32)
        first = np.empty(len(self._places), np.int32)
        first[found[::-1]] = order[::-1]  # of those for the same place the last one stays
        once = first[found] == order
        places = found[once]
        first[places] = order[: len(places)]
        times = np.bincount(first[found], minlength=len(places)).astype(np.float32)
        runs = places >= self._pieces
        return (places[~runs], times[~runs]), (places[runs] - self._pieces, times[runs])

    def _find(self, codes: Codes) -> Places:
        """The place of each, those of the runs behind all pieces; -1: unknown."""
        bits = (codes >> _SHIFT).astype(np.intp)
        at, end = self._starts[bits], self._starts[bits + 1]
        found = np.full(len(codes), -1, np.intp)
        left = np.flatnonzero(at < end)
        at, end, codes = at[left], end[left], codes[left]
        while len(left):
            same = self._codes[at] == codes
            found[left[same]] = self._places[at[same]]
            at += 1
            others = np.flatnonzero(~same & (at < end))
            left, at, end, codes = left[others], at[others], end[others], codes[others]
        return found


def windows(found: Sequence[Token]) -> Codes:
    """The codes of all pieces of a text's words, then of all runs across them, each as often as it is there."""
    if not found:
        return np.zeros(0, np.uint64)
    whole = joined(found)
    letters = _letters(whole)
    codes = [letters]
    for length in range(1, _LONGEST + 1):
        before = codes[-1][: max(0, len(whole) - length + 1)] if length > 1 else np.zeros(len(whole), np.uint64)
        codes.append(_longer(before, letters[length - 1 :]))
    owner, end, shortest = _bounds(found)
    begins = np.arange(len(owner))
    pieces = [np.flatnonzero((begins + length <= end) & (length >= shortest)) for length in range(1, LONGEST_PIECE + 1)]
    # A word after the other, as `features` does; what is alike in that stays in its order.
    order = np.argsort(owner[np.concatenate(pieces)], kind="stable")
    of_pieces = np.concatenate([codes[length][at] for length, at in enumerate(pieces, 1)])[order]
    of_runs = np.concatenate([codes[length] for length in RUNS]) ^ _OF_RUNS
    return np.concatenate([of_pieces, of_runs])


def _bounds(found: Sequence[Token]) -> tuple[Places, Places, Places]:
    """For each sign, the last space aside: which word it belongs to, up to where a piece may reach from there, and how
    short it may be.

    A word owns the space before it, and its pieces may reach over the one behind it. A word of a script without spaces
    has neither.
    """
    lengths = np.array([len(token.folded) for token in found], np.intp)
    unspaced = np.array([token.unspaced for token in found], np.bool_)
    ends = np.cumsum(lengths + 1)
    spaces = ends - lengths - 1
    owner = np.repeat(np.arange(len(found)), lengths + 1)
    end = (ends + ~unspaced)[owner]
    end[spaces[unspaced]] = 0
    return owner, end, np.where(unspaced, 1, SHORTEST_PIECE)[owner]


def _codes(terms: Sequence[str]) -> Codes:
    """A code for each, as good as unique. Of what is longer than any piece or run: of its beginning and its length."""
    lengths = np.array([len(term) for term in terms], np.intp)
    letters, starts = _letters("".join(terms)), np.cumsum(lengths) - lengths
    codes: Codes = np.where(lengths > _LONGEST, lengths, 0).astype(np.uint64)
    for length in range(_LONGEST):
        longer = np.flatnonzero(lengths > length)
        codes[longer] = _longer(codes[longer], letters[starts[longer] + length])
    return codes


def _longer(codes: Codes, letters: Codes) -> Codes:
    """The codes of strings, each with one more letter behind it."""
    return np.asarray((codes + letters + np.uint64(1)) * _FACTOR, dtype=np.uint64)


def _letters(text: str) -> Codes:
    signs: npt.NDArray[np.uint32] = np.frombuffer(text.encode("utf-32-le"), np.dtype("<u4"))
    return signs.astype(np.uint64)
