"""Formatting: as a row keeps it, in a longer text or a shorter one, and which links may be passed on. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from intake.message import Mark

# tg://user?id=… is a mention by another name, and nothing but these schemes belongs into somebody's mail.
SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f<>\"]{1,2000}", re.IGNORECASE)


def is_safe_link(url: str | None) -> bool:
    """May somebody else be given this link?"""
    return url is not None and SAFE_LINK.fullmatch(url) is not None


def as_rows(marks: Iterable[Mark]) -> list[dict[str, object]] | None:
    """Marks as a JSON column keeps them; None for a text without any."""
    rows = [{name: value for name in Mark.__slots__ if (value := getattr(mark, name)) is not None} for mark in marks]
    return rows or None


def from_rows(rows: Sequence[Mapping[str, object]] | None) -> tuple[Mark, ...]:
    """The marks of a JSON column."""
    return tuple(_mark(row) for row in rows or ())


def moved(marks: Iterable[Mark], text: str, into: str) -> tuple[Mark, ...]:
    """The marks of a text as they lie in a longer one that contains it; none when it does not."""
    place = into.find(text)
    return tuple(replace(mark, start=mark.start + place) for mark in marks) if place >= 0 else ()


def within(marks: Iterable[Mark], start: int, end: int) -> tuple[Mark, ...]:
    """The marks of a stretch of a text, as they lie in that stretch alone."""
    found = []
    for mark in marks:
        first, last = max(mark.start, start), min(mark.start + mark.length, end)
        if first < last:
            found.append(replace(mark, start=first - start, length=last - first))
    return tuple(found)


def _mark(row: Mapping[str, object]) -> Mark:
    url, language = row.get("url"), row.get("language")
    return Mark(
        kind=str(row["kind"]),
        start=int(str(row["start"])),
        length=int(str(row["length"])),
        url=str(url) if url is not None else None,
        language=str(language) if language is not None else None,
    )
