"""Words that go with any wish, such as "the" and "my": no reason that an agent wants to read (plain_words.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from intake.understanding.model.features import fold

_PAIR = re.compile("(?=([\u0e00-\u0e7f\u2e80-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]{2}))")


def is_plain(word: str) -> bool:
    """`word` is without capitals and accents, as features.fold leaves it. One letter says nothing either."""
    return len(word) < 2 or word in _plain()[0]


def has_plain_sign(piece: str) -> bool:
    """Is a sign in it that Chinese sentences of any meaning have? It mostly stands between two words then."""
    return not _plain()[1].isdisjoint(piece)


def says_something(words: Iterable[str]) -> bool:
    """Is one among them that does not go with any wish? Numbers say nothing either."""
    return any(word[0].isalpha() and not is_plain(word) for word in words)


def has_word(text: str) -> bool:
    """Are two signs of Chinese or the like beside each other of which neither goes with any wish?"""
    return any(not has_plain_sign(pair) for pair in _PAIR.findall(text))


@cache
def _plain() -> tuple[frozenset[str], frozenset[str]]:
    table = tomllib.loads(files("intake.understanding").joinpath("plain_words.toml").read_text("utf-8"))
    return frozenset(fold(word) for line in table["words"] for word in line.split()), frozenset(table["signs"])
