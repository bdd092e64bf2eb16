"""Count what is in many texts, in a fifth of the time and of the memory that it takes one by one; a test compares."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from intake.understanding.model.features import BLOCKS, RUNS, pieces, tokens

_KEPT = 2_000  # words whose pieces are not cut anew; a common word is in a hundred messages
_AHEAD = max(RUNS) - 1  # characters behind a word in which a run that begins in it may end

Integers = npt.NDArray[np.int32]


class _Numbers(dict[str, int]):
    """Gives every term that it has not seen the next number."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each term of a block occurs in each text, one text behind another. Counters would take ten times the
    memory."""

    numbers: dict[str, int]
    found: Integers
    counts: npt.NDArray[np.uint16]
    ends: Integers

    @property
    def texts(self) -> Integers:
        """Which text each of `found` is in."""
        lengths = np.diff(self.ends, prepend=np.int32(0))
        return np.repeat(np.arange(len(self.ends), dtype=np.int32), lengths)


class _Block:
    def __init__(self) -> None:
        self.numbers = _Numbers()
        self._found, self._counts, self._ends = array("i"), array("H"), array("i")

    def add(self, text: Iterable[int]) -> None:
        counted = Counter(text)
        self._found.extend(counted)
        self._counts.extend(counted.values())
        self._ends.append(len(self._found))

    def counted(self) -> Counted:
        return Counted(
            dict(self.numbers),
            np.array(self._found, np.int32),
            np.array(self._counts, np.uint16),
            np.array(self._ends, np.int32),
        )


class _Cutter:
    """Cuts texts, and remembers the numbers of what a word consists of."""

    def __init__(self, terms: _Numbers, parts: _Numbers, runs: _Numbers) -> None:
        self._terms, self._parts, self._runs = terms, parts, runs
        self._of_word: dict[tuple[str, bool], tuple[int, ...]] = {}
        self._of_stretch: dict[tuple[str, int], tuple[int, ...]] = {}

    def cut(self, text: str) -> tuple[Iterable[int], Iterable[int], Iterable[int]]:
        """The numbers of all terms, pieces and runs, as often as they occur."""
        for kept in (self._of_word, self._of_stretch):
            if len(kept) > _KEPT:
                kept.clear()
        found = tokens(text)
        words = [token.folded for token in found if not token.unspaced and token.folded[0].isalnum()]
        terms = [*words, *(f"{first} {second}" for first, second in pairwise(words))]
        parts: list[int] = []
        for token in found:
            key = token.folded, token.unspaced
            if key not in self._of_word:
                self._of_word[key] = tuple(map(self._parts.__getitem__, pieces(token)))
            parts += self._of_word[key]
        return map(self._terms.__getitem__, terms), parts, self._runs_of([token.folded for token in found])

    def _runs_of(self, words: Sequence[str]) -> list[int]:
        whole, start, runs = f" {' '.join(words)} ", 0, list[int]()
        for length in (*(len(word) + 1 for word in words), 1):
            key = whole[start : start + length + _AHEAD], length
            if key not in self._of_stretch:
                self._of_stretch[key] = tuple(map(self._runs.__getitem__, _begun(*key)))
            runs += self._of_stretch[key]
            start += length
        return runs


def _begun(stretch: str, length: int) -> Iterator[str]:
    """The runs that begin in the first `length` characters."""
    for size in RUNS:
        for start in range(min(length, len(stretch) - size + 1)):
            yield stretch[start : start + size]


def count(texts: Iterable[str]) -> tuple[Counted, ...]:
    """Cut all texts, a block after the other in the order of BLOCKS."""
    blocks = tuple(_Block() for _ in BLOCKS)
    cutter = _Cutter(*(block.numbers for block in blocks))
    for text in texts:
        for block, numbers in zip(blocks, cutter.cut(text), strict=True):
            block.add(numbers)
    return tuple(block.counted() for block in blocks)
