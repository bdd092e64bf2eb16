"""Formatting between a value and a row: marks as JSON, moved to where their words stand in a longer text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from intake.message import Mark


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


def _mark(row: Mapping[str, object]) -> Mark:
    url, language = row.get("url"), row.get("language")
    return Mark(
        kind=str(row["kind"]),
        start=int(str(row["start"])),
        length=int(str(row["length"])),
        url=str(url) if url is not None else None,
        language=str(language) if language is not None else None,
    )
