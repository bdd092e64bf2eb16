"""Cut a text into what the model knows messages by: words, pairs of words, and short pieces of words.

Chinese, Japanese, Korean and Thai have no spaces between words: there only the pieces count, which was measured to be
better than guessing words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

MOST_CHARACTERS = 2_000  # of a text; what a message is about is said at its beginning
LONGEST_WORD = 40  # what is longer is no word but a key, an address, or an attack
LONGEST_PIECE = 4

_UNSPACED = "\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|[^\W{_UNSPACED}]+|[^\w\s]")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_NUMBER = re.compile(r"\d{4,}")  # an order's number, a telephone: that there is one counts, not which
_MARKS = re.compile("[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is written, as it is compared, and whether it is of a script without spaces."""

    written: str
    folded: str
    unspaced: bool


@dataclass(frozen=True, slots=True)
class Features:
    """How often each word or pair of words, and each piece, occurs in a text."""

    terms: Counter[str]
    pieces: Counter[str]


def tokens(text: str) -> list[Token]:
    """The words and marks of a text's first 2,000 characters. Any string will do."""
    return [_token(written) for written in _TOKEN.findall(text[:MOST_CHARACTERS])]


def features(found: list[Token]) -> Features:
    """What `tokens` found, counted."""
    words = [token.folded for token in found if not token.unspaced and token.folded[0].isalnum()]
    terms = Counter(words)
    terms.update(f"{first} {second}" for first, second in pairwise(words))
    counted: Counter[str] = Counter()
    for token in found:
        counted.update(pieces(token))
    return Features(terms, counted)


def pieces(token: Token) -> list[str]:
    """The pieces of one word, one to four characters long; a space stands for its beginning and its end."""
    padded = token.folded if token.unspaced else f" {token.folded} "
    found = [
        padded[start : start + length]
        for length in range(1, LONGEST_PIECE + 1)
        for start in range(len(padded) - length + 1)
    ]
    return [piece for piece in found if piece != " "]


def _token(written: str) -> Token:
    unspaced = _IS_UNSPACED.match(written) is not None
    return Token(written, fold(written), unspaced) if unspaced else Token(written, fold(written[:LONGEST_WORD]), False)


def fold(word: str) -> str:
    """Capitals or none, accents or none, wide letters or narrow: the same word."""
    if not word.isascii():
        # Only the accents of European scripts go: Japanese and Korean letters are composed again.
        bare = _MARKS.sub("", unicodedata.normalize("NFKD", word))
        word = unicodedata.normalize("NFC", bare) or word
    return _NUMBER.sub("0000", word.casefold())
