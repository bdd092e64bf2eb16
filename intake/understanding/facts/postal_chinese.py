"""Find Chinese postal addresses: from the largest place to the smallest, without gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts import postal_shapes as shapes
from intake.understanding.facts.fact import Fact

_BREAK = re.compile(r"[ \t>]*\r?\n[ \t>]*")


def chinese_addresses(text: str) -> Iterator[Fact]:
    """Each one that has a place, a street and a number."""
    reached = 0
    for count, match in enumerate(shapes.HAN_NUMBER.finditer(text)):
        if count == 100:
            return
        if match.start() < reached:
            continue
        run = shapes.HAN_RUN.search(text, max(reached, match.start() - 60), match.start())
        if run is None:
            continue
        start = _chinese_start(text, run.start(), match.end())
        if start is None:
            continue
        end = match.end()
        while (more := shapes.HAN_BEHIND.match(text, end)) is not None:
            end = more.end()
        reached = end
        yield Fact("postal_address", one_line(text[start:end]), start, end, 0.8)


def _chinese_start(text: str, start: int, end: int) -> int | None:
    """Where the largest place begins. None: it names a number, but no place and street."""
    place = shapes.HAN_PLACE.search(text, start, end)
    if place is None:
        return None
    begin = place.start()
    for said in shapes.HAN_START.finditer(text, start, end):
        if said.end() > begin and shapes.HAN_PLACE.match(text, said.end(), end):
            begin = said.end()
    return begin if shapes.HAN_STREET.search(text, begin, end) else None


def one_line(written: str) -> str:
    """Lines joined by commas, blanks made one."""
    lines = [line.strip(" \t,;") for line in _BREAK.split(written)]
    return " ".join(", ".join(line for line in lines if line).split())
