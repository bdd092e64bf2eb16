"""Cut a text into what the model knows messages by: words and pairs of words, pieces of words, and runs across words.

Chinese, Japanese, Korean and Thai have no spaces between words: there the pieces count, which was measured to be better
than guessing words; and there alone a single letter says something.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

MOST_CHARACTERS = 2_000  # of a text; what a message is about is said at its beginning
LONGEST_WORD = 40  # what is longer is no word but a key, an address, or an attack
SHORTEST_PIECE, LONGEST_PIECE = 2, 4  # 1 in a script without spaces
RUNS = range(3, 6)  # lengths

_UNSPACED = "\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|[^\W{_UNSPACED}]+|[^\w\s]")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_NUMBER = re.compile(r"\d{4,}")  # an order's number, a telephone: that there is one counts, not which
_MARKS = re.compile("[\u0300-\u036f]+")


Lengths = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is written, as it is compared, and whether it is of a script without spaces."""

    written: str
    folded: str
    unspaced: bool

    @property
    def is_word(self) -> bool:
        """Or is it a mark, or of a script in which words cannot be told apart?"""
        return not self.unspaced and self.folded[0].isalnum()


BLOCKS = ("terms", "pieces", "runs")
SHARES = (1.0, 1.0, 0.7)  # of each block in what is said of a text
# How far the blocks are brought to the same length before all together are: all the way (1), a mark or a number that
# stands alone in its block would weigh as much as a hundred pieces. Both chosen by cross-validation.
EVEN = 0.85
LENGTH = 1.4  # of a text, all its terms together: against a bias, which counts as 1


def tokens(text: str) -> list[Token]:
    """The words and marks of a text's first 2,000 characters. Any string will do."""
    return [_word(one) if len(one) <= LONGEST_WORD else token(one) for one in written(text)]


def written(text: str) -> list[str]:
    """The same as they stand there."""
    # A half of a character, which is no text, becomes a question mark: what is kept is UTF-8.
    sayable = text[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    found: list[str] = _TOKEN.findall(sayable)
    return found


def terms(found: Sequence[Token]) -> Counter[str]:
    """The words and the pairs of words, counted."""
    words = [token.folded for token in found if token.is_word]
    counted = Counter(words)
    counted.update([f"{first} {second}" for first, second in pairwise(words)])
    return counted


def joined(found: Sequence[Token]) -> str:
    """The words with a space before and behind each: what the runs are taken from."""
    return f" {' '.join([token.folded for token in found])} "


def pieces(token: Token) -> list[str]:
    """The pieces of one word, up to four characters long; a space stands for its beginning and its end."""
    padded, shortest = (token.folded, 1) if token.unspaced else (f" {token.folded} ", SHORTEST_PIECE)
    return [
        padded[start : start + length]
        for length in range(shortest, LONGEST_PIECE + 1)
        for start in range(len(padded) - length + 1)
    ]


def evened(lengths: Lengths) -> Lengths:
    """The factor of a block that has this length."""
    return np.asarray(np.maximum(lengths, 1e-9) ** -EVEN)


def token(word: str) -> Token:
    """One of what `written` gives, as it is compared."""
    unspaced = _IS_UNSPACED.match(word) is not None
    return Token(word, fold(word), unspaced) if unspaced else Token(word, fold(word[:LONGEST_WORD]), False)


_word = lru_cache(maxsize=4096)(token)  # most words are written again and again


def fold(word: str) -> str:
    """Capitals or none, accents or none, wide letters or narrow: the same word."""
    if not word.isascii():
        # Only the accents of European scripts go: Japanese and Korean letters are composed again.
        bare = _MARKS.sub("", unicodedata.normalize("NFKD", word))
        word = unicodedata.normalize("NFC", bare) or word
    return _NUMBER.sub("0000", word.casefold())
