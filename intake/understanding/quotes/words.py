"""The table `words.toml`, read once: what mail programs write around a quotation, language by language."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

# Scripts that put no blanks between words.
UNSPACED = "\u2e80-\u9fff\uac00-\ud7af\u3040-\u30ff\u0e00-\u0e7f"


def fold(text: str) -> str:
    """Small letters; the Turkish capital İ becomes i."""
    return text.lower().replace("i\u0307", "i")


def every(field: str) -> tuple[str, ...]:
    """The words of a field in every language, each once, the longest first."""
    words = dict.fromkeys(word for table in LANGUAGES.values() for word in table.get(field, ()))
    return tuple(sorted(words, key=len, reverse=True))


def any_of(words: tuple[str, ...]) -> str:
    """A pattern for one of these words."""
    return "|".join(re.escape(word) for word in words)


def _words(value: object) -> tuple[str, ...]:
    return tuple(fold(word) for word in value if isinstance(word, str)) if isinstance(value, list) else ()


_DOCUMENT: dict[str, object] = tomllib.loads(
    files("intake.understanding.quotes").joinpath("words.toml").read_text("utf-8")
)
# What is written alike everywhere: the names of programs, links of their makers.
COMMON = {name: _words(value) for name, value in _DOCUMENT.items() if isinstance(value, list)}
LANGUAGES = {
    name: {field: _words(words) for field, words in value.items()}
    for name, value in _DOCUMENT.items()
    if isinstance(value, dict)
}
