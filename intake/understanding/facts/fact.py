"""A fact, and how a step of the search hands it on. No search here."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "order_number",
    "product_number",
    "serial_number",
    "model",
    "purchase_date",
    "amount",
    "phone",
    "email",
    "postal_address",
    "name",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A value in a text: text[start:end] is where it stands, `value` is how we write it."""

    kind: str
    """One of KINDS: purchase_date as ISO 8601, amount as "59.90 EUR", phone as E.164, email in small letters,
    postal_address with its lines joined by commas; "" for what is none of these but must not be taken for one."""
    value: str
    start: int
    end: int
    confidence: float
