"""Measure how well facts are found in labelled texts: precision and recall for each kind of fact."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.measuring.rows import ratio, rows, text
from intake.understanding import language
from intake.understanding.facts import extract, own_words
from intake.understanding.facts.fact import KINDS
from intake.understanding.quotes import splitting

LANGUAGES = ("en", "zh", "es", "de", "ru")
# Under which names a line may hold its facts, and how else a kind may be called.
_PLACES = ("facts", "labels", "entities")
_ALSO = {
    "order": "order_number",
    "product": "product_number",
    "serial": "serial_number",
    "date": "purchase_date",
    "price": "amount",
    "address": "postal_address",
}
Values = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text: what was written, in which language and when, and what should be found in it."""

    subject: str
    text: str
    language: str | None
    today: date | None
    expected: Values


def measure(evaluation: Path) -> dict[str, dict[str, float | int | None]]:
    """For each kind precision, recall and `n`, how many there are. None: nothing to be divided by.

    Raises ValueError that names file and line, OSError.
    """
    rows = list(lines(evaluation))
    if not rows:
        raise ValueError(f"{evaluation}: there is no line in it.")
    # Where nobody tells the number of one piece from that of an article, neither do we.
    serials = any("serial_number" in row.expected for row in rows)
    right: dict[str, int] = defaultdict(int)
    found_in_all: dict[str, int] = defaultdict(int)
    there: dict[str, int] = defaultdict(int)
    for row in rows:
        found = _found(row, serials=serials)
        for kind in KINDS:
            expected = {alike(kind, value) for value in row.expected.get(kind, ())}
            values = {alike(kind, value) for value in found.get(kind, ())}
            right[kind] += len(expected & values)
            found_in_all[kind] += len(values)
            there[kind] += len(expected)
    return {
        kind: {
            "precision": ratio(right[kind], found_in_all[kind]),
            "recall": ratio(right[kind], there[kind]),
            "n": there[kind],
        }
        for kind in KINDS
    }


def wrong(row: Row) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What was found and is not there, and what is there and was not found, each as kind and value."""
    found = _found(row, serials=True)
    values = {(kind, alike(kind, value)) for kind, some in found.items() for value in some}
    expected = {(kind, alike(kind, value)) for kind, some in row.expected.items() for value in some}
    return values - expected, expected - values


def _found(row: Row, *, serials: bool) -> Values:
    """What the service finds in a message of these words."""
    split = splitting.split(row.text, forwarded=splitting.is_forward(row.subject))
    spoken = row.language or language.detect(f"{row.subject}\n{split.reply}", LANGUAGES)
    found: Values = defaultdict(set)
    for fact in extract(own_words(row.subject, split.reply, split.signature), spoken, today=row.today):
        kind = "product_number" if fact.kind == "serial_number" and not serials else fact.kind
        found[kind].add(fact.value)
    return found


def alike(kind: str, value: str) -> str:
    """Values that differ only in how they are written are the same."""
    match kind:
        case "order_number" | "product_number" | "serial_number":
            return re.sub(r"[\s#]", "", value).upper()
        case "phone":
            return re.sub(r"[^0-9]", "", value)
        case "postal_address":
            return re.sub(r"[\W_]", "", value).casefold()
        case _:
            return " ".join(value.split()).casefold()


def lines(path: Path) -> Iterator[Row]:
    """`{"text", "facts": {kind: value or values}, "subject"?, "lang"?, "today"?}`, a line each.

    Facts may be a list of `{"kind", "value"}` too. Raises ValueError that names file and line, OSError.
    """
    return rows(path, '"text" and "facts"', _row)


def _row(written: Mapping[str, object]) -> Row:
    subject, spoken, today = (written.get(key) for key in ("subject", "lang", "today"))
    return Row(
        subject=subject if isinstance(subject, str) else "",
        text=text(written, "text"),
        language=spoken if isinstance(spoken, str) else None,
        today=date.fromisoformat(today) if isinstance(today, str) else None,
        expected=_values(next((written[place] for place in _PLACES if place in written), {})),
    )


def _values(facts: object) -> Values:
    values: Values = defaultdict(set)
    if isinstance(facts, Mapping):
        for kind, some in facts.items():
            for value in some if isinstance(some, list) else [some]:
                _put(values, kind, value)
    elif isinstance(facts, list):
        for fact in facts:
            _put(values, fact.get("kind", fact.get("label")), fact.get("value", fact.get("text")))
    else:
        raise TypeError("facts")
    return values


def _put(values: Values, kind: object, value: object) -> None:
    if not isinstance(kind, str):
        raise TypeError("kind")
    if isinstance(value, Mapping):
        value = value.get("value")
    if value is not None and str(value):
        values[_ALSO.get(kind, kind)].add(str(value))
