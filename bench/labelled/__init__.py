"""The labelled support messages of our own, as rows: those among the seeds the program knows, the held only measure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from intake.understanding.facts.fact import KINDS

HERE = Path(__file__).parent
# What the program's model is fitted to lies with the program.
SEEDS = HERE.parent.parent / "intake" / "understanding" / "seeds" / "labelled"
TRAIN = tuple(sorted(SEEDS.glob("*.jsonl")))
HELD = HERE / "held.jsonl"
HELD_LATER = HERE / "held_later.jsonl"

LANGUAGES = ("en", "zh", "es", "de", "ru")
CHANNELS = ("mail", "chat")
PRIORITIES = ("urgent", "high", "normal", "low")
LABELS = (
    "order",
    "delivery",
    "return",
    "refund",
    "repair",
    "exchange",
    "warranty",
    "invoice",
    "account",
    "product_question",
    "booking",
    "complaint",
    "praise",
    "appointment",
    "privacy",
    "sales",
    "spam",
    "other",
    "unsorted",
)
FIELDS = KINDS


@dataclass(frozen=True, slots=True)
class Row:
    """One message with what a person says about it; a field missing in facts does not stand in the text."""

    language: str
    channel: str
    label: str
    priority: str
    subject: str
    text: str
    facts: Mapping[str, tuple[str, ...]]

    @property
    def whole(self) -> str:
        """Subject and text, as a model reads them."""
        return f"{self.subject}\n{self.text}".strip()


def read(path: Path) -> tuple[Row, ...]:
    """All rows of a file; ValueError names the line that is none."""
    return tuple(_rows(path))


def _rows(path: Path) -> Iterator[Row]:
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            yield _row(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as trouble:
            raise ValueError(f"{path.name}, line {number}: {trouble!r}") from trouble


def _row(line: dict[str, object]) -> Row:
    facts = line["facts"]
    if not isinstance(facts, dict):
        raise TypeError("facts is not an object")
    return Row(
        language=str(line["lang"]),
        channel=str(line["channel"]),
        label=str(line["label"]),
        priority=str(line["priority"]),
        subject=str(line.get("subject", "")),
        text=str(line["text"]),
        facts={str(field): tuple(str(value) for value in values) for field, values in facts.items()},
    )
