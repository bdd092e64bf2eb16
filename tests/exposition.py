"""Prometheus' text format (version 0.0.4), read strictly by its documentation: a second opinion on what we write."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
LINE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}
Labels = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Family:
    """One metric with all its samples."""

    name: str
    help: str
    kind: str = ""
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


class Malformed(Exception):
    """The page is not as the documentation wants it."""


def families(page: str) -> dict[str, Family]:
    """Read a page. Raises Malformed."""
    if not page.endswith("\n"):
        raise Malformed("the last line has no end")
    found: dict[str, Family] = {}
    current: Family | None = None
    for line in page.splitlines():
        if line.startswith("# HELP "):
            _, _, name, words = line.split(" ", 3)
            if name in found or not NAME.fullmatch(name):
                raise Malformed(f"{name}: named twice, or no name")
            current = found[name] = Family(name, words)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            if current is None or current.name != name or current.kind or kind not in TYPES:
                raise Malformed(line)
            current.kind = kind
        elif current is None or not current.kind:
            raise Malformed(f"a sample before its type: {line}")
        else:
            _add(current, line)
    return found


def _add(family: Family, line: str) -> None:
    match = LINE.fullmatch(line)
    if match is None:
        raise Malformed(line)
    if match["name"] not in [family.name + suffix for suffix in SUFFIXES.get(family.kind, ("",))]:
        raise Malformed(f"{match['name']} is no sample of {family.name}")
    written = match["labels"] or ""
    labels = tuple((name, value) for name, value in LABEL.findall(written))
    if ",".join(f'{name}="{value}"' for name, value in labels) != written.rstrip(","):
        raise Malformed(f"labels: {written}")
    key = match["name"], labels
    if key in family.samples:
        raise Malformed(f"twice: {line}")
    family.samples[key] = float(match["value"])
