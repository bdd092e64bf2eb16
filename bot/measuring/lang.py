"""Measure how often a text's language is told right, by the same function that reads messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import thread_time

from bot.measuring.rows import milliseconds, rows, text
from intake.understanding import language


@dataclass(frozen=True, slots=True)
class Line:
    """A text and the language that it is written in."""

    text: str
    language: str


def measure(path: Path, languages: tuple[str, ...]) -> dict[str, object]:
    """Share of texts told right among `languages`, by language, and the CPU time one takes. Raises ValueError, OSError.

    An answer of "unknown" counts as wrong. One text at a time, after a warm-up; no label is looked at before the end.
    """
    lines = list(_lines(path))
    if not lines:
        raise ValueError(f"{path}: there is no line in it.")
    language.warm_up(languages)
    found, times = [], []
    for line in lines:
        started = thread_time()
        found.append(language.detect(line.text, languages))
        times.append(thread_time() - started)
    right = [told is not None and _same(told, line.language) for told, line in zip(found, lines, strict=True)]
    return {
        "accuracy": round(sum(right) / len(right), 4),
        "unknown": round(found.count(None) / len(found), 4),
        "n_eval": len(lines),
        "p50_ms": milliseconds(times, 0.50),
        "p99_ms": milliseconds(times, 0.99),
        "per_lang": _by_language(lines, right),
    }


def _lines(path: Path) -> Iterator[Line]:
    """`{"text", "lang"}` or `{"text", "label"}`, a line each."""
    return rows(path, 'the texts "text" and "lang"', _line)


def _line(row: Mapping[str, object]) -> Line:
    return Line(text(row, "text"), text(row, "lang" if row.get("lang") else "label"))


def _same(one: str, other: str) -> bool:
    return one.lower().partition("-")[0] == other.lower().partition("-")[0]


def _by_language(lines: Sequence[Line], right: Sequence[bool]) -> dict[str, float]:
    shares = {}
    for code in sorted({line.language for line in lines}):
        own = [hit for line, hit in zip(lines, right, strict=True) if line.language == code]
        shares[code] = round(sum(own) / len(own), 4)
    return shares
