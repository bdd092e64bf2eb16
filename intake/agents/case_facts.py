"""The facts of an after-sales case as agents write them: `/case order 48213`, `/case bought 2026-05-02`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

LONGEST = 64  # characters of a number
LONGEST_MODEL = 200
NOTHING = ("-", "none", "nothing")  # what clears a fact
NOTHING_KNOWN = "not known"
EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Field:
    """A fact of a case: what agents write for it, its column, and what it is called."""

    names: tuple[str, ...]
    column: str
    words: str
    is_day: bool = False


FIELDS: tuple[Field, ...] = (
    Field(("order",), "order_number", "order number"),
    Field(("product", "article", "sku"), "product_number", "product number"),
    Field(("serial",), "serial_number", "serial number"),
    Field(("model",), "model", "model"),
    Field(("bought", "purchased"), "purchased_on", "day of purchase", is_day=True),
    Field(("warranty",), "warranty_until", "end of the warranty", is_day=True),
)
FIELD_WORDS = {field.column: field.words for field in FIELDS}


def field(name: str) -> Field | None:
    """The fact of this name."""
    return next((one for one in FIELDS if name.lower() in one.names), None)


def read_value(wanted: Field, text: str, today: date) -> str | date | None:
    """What to store; None clears it. Raises ValueError with a sentence for the agent."""
    text = " ".join(text.split())
    if text.lower() in NOTHING:
        return None
    if not wanted.is_day:
        longest = LONGEST_MODEL if wanted.column == "model" else LONGEST
        if not text or len(text) > longest:
            raise ValueError(f"Write the {wanted.words} behind it, at most {longest} characters; - clears it.")
        return text.upper() if wanted.column == "serial_number" else text
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if day > today + timedelta(days=1) and wanted.column == "purchased_on":  # it may be tomorrow where he is
            raise ValueError("Nothing was bought in the future.")
        if day >= EARLIEST:
            return day
    raise ValueError(f"Write the {wanted.words} as 2026-05-31; - clears it.")
