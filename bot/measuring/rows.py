"""Labelled lines of JSON, and what is said of how long each took. Shared by all that measures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

R = TypeVar("R")


def rows(path: Path, wanted: str, read: Callable[[Mapping[str, object]], R]) -> Iterator[R]:
    """An object a line, empty lines left out. Raises OSError, and ValueError with file, line and what is `wanted`."""
    # As bytes: a line that is no text is a line like any other that is wrong. Some editors begin a file with a mark.
    with path.open("rb") as source:
        for number, written in enumerate(source, 1):
            try:
                line = written.decode("utf-8-sig" if number == 1 else "utf-8")
                if line.strip():
                    yield read(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise ValueError(f"{path}, line {number}: not an object with {wanted}.") from error


def text(row: Mapping[str, object], key: str) -> str:
    """Raises KeyError when it is not there, TypeError when it is no text."""
    value = row[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def share(some: Sequence[R], counts: Callable[[R], bool]) -> float | None:
    """How many of them count; None: there is none."""
    return ratio(sum(map(counts, some)), len(some))


def ratio(part: int, whole: int) -> float | None:
    """None: nothing to be divided by."""
    return round(part / whole, 4) if whole else None


def milliseconds(times: Sequence[float], share: float) -> float:
    """What such a share of the times, in seconds, does not exceed."""
    return round(sorted(times)[min(len(times) - 1, int(share * len(times)))] * 1000, 3)
