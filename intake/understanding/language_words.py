"""Small words and greetings: what tells a few words of one language from another's. Data: languages.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# In log-probability, as the model counts. Chosen on 9,000 texts of 2 to 8 words; from 4 to 10 hardly matters.
_A_WORD = 6.0
_SMALL = 4  # letters
_MOST_WORDS = 12  # the first ones tell; a long text needs no help


@dataclass(frozen=True, slots=True)
class Signs:
    """What a language is known by."""

    words: frozenset[str]
    greetings: frozenset[str]


def weigh(words: Iterable[str], choices: tuple[str, ...]) -> dict[str, float]:
    """How much the words of a text speak for each of the languages that an entry is there for."""
    known, said = signs(), list(dict.fromkeys(words))[:_MOST_WORDS]
    return {code: _A_WORD * len(known[code].words.intersection(said)) for code in choices if code in known}


def greeted(words: Iterable[str], choices: tuple[str, ...]) -> str | None:
    """The only language that has one of these words as a greeting."""
    known, said = signs(), frozenset(words)
    found = [code for code in choices if code in known and not said.isdisjoint(known[code].greetings)]
    return found[0] if len(found) == 1 else None


def small_words(words: Iterable[str]) -> int:
    """How many small words of any of these languages are among them. Names of things and codes have none."""
    return len(_small_words().intersection(words))


@cache
def _small_words() -> frozenset[str]:
    return frozenset(word for of in signs().values() for word in of.words if len(word) <= _SMALL)


@cache
def signs() -> Mapping[str, Signs]:
    """The table by language."""
    source = files("intake.understanding").joinpath("languages.toml").read_text("utf-8")
    return {code: _signs(entry) for code, entry in tomllib.loads(source).items()}


def _signs(entry: Mapping[str, str]) -> Signs:
    greetings = frozenset(entry["greeting"].split())
    return Signs(greetings.union(entry["words"].split()), greetings)
