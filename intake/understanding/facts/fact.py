"""A fact, and how a step of the search hands it on. No search here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A value in a text: text[start:end] is where it stands, `value` is how we write it."""

    kind: str
    """order_number, product_number, serial_number, model, purchase_date (ISO 8601), amount ("59.90 EUR"),
    phone (E.164), email (small letters), postal_address (lines joined by commas), name; "" for what is none of these
    but must not be taken for one."""
    value: str
    start: int
    end: int
    confidence: float
