"""Sections, lists, numbers and patterns of an operator's own file; ValueError names the line of a mistake."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from intake.own_file import OwnFile
from intake.patterns import Refused, compiled

Patterns = tuple[re.Pattern[str], ...]
MOST_TEXTS = 200
_UNSEEN = ("Cc", "Zl", "Zp")


def table(file: OwnFile, name: str, known: tuple[str, ...]) -> Mapping[str, object]:
    """A section; empty when it is not there."""
    section = file.document.get(name, {})
    if not isinstance(section, dict):
        raise file.wrong(f"[{name}] is a section with {', '.join(known)}.", name)
    only(file, section, known, name)
    return section


def only(file: OwnFile, table: Mapping[str, object], known: tuple[str, ...], *place: str | int) -> None:
    """Refuse a name that nobody reads."""
    if unknown := next((name for name in table if name not in known), None):
        raise file.wrong(f"“{unknown}” is unknown; here stand {', '.join(known)}.", *place, unknown)


def patterns(file: OwnFile, *place: str | int) -> Patterns:
    """The patterns of a list, each one measured."""
    found = []
    for number, text in enumerate(texts(file, *place)):
        try:
            found.append(compiled(text))
        except Refused as error:
            raise file.wrong(f"“{text}”: {error}.", *place, number) from error
    return tuple(found)


def texts(file: OwnFile, *place: str | int) -> list[str]:
    """A list of texts; empty when it is not there. None of them stands there twice."""
    value: object = file.document
    for step in place:
        if isinstance(value, dict):
            value = value.get(str(step), [])
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
    name = place[-1]
    if not isinstance(value, list) or len(value) > MOST_TEXTS:
        raise file.wrong(f"{name} is a list of at most {MOST_TEXTS} texts.", *place)
    found: list[str] = []
    for number, text in enumerate(value):
        if not isinstance(text, str) or not text.strip():
            raise file.wrong(f"{name} is a list of texts.", *place, number)
        if text in found:
            raise file.wrong(f"“{text}” is there twice.", *place, number)
        found.append(text)
    return found


def number(file: OwnFile, value: object, most: int, what: str, *place: str | int) -> int:
    """A whole number from 1 to `most`."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= most:
        raise file.wrong(f"{what} is a whole number from 1 to {most}.", *place)
    return value


def unseen(text: str, *, lines: bool = False) -> bool:
    """Is something in it that nobody can see: control characters; line breaks, unless there may be several `lines`."""
    return any(unicodedata.category(sign) in _UNSEEN and not (lines and sign == "\n") for sign in text)
