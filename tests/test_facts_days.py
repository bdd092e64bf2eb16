"""Laws of the days that are counted from the day of writing."""

from __future__ import annotations

from datetime import date

import pytest

from intake.understanding.facts import extract

TODAY = date(2026, 11, 26)  # a Thursday


def _days(text: str, language: str) -> list[str]:
    return [fact.value for fact in extract(text, language, today=TODAY) if fact.kind == "purchase_date"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I bought it fıve days ago. order 48213", "en"),
        ("FİVE DAYS AGO I bought it, order 48213", "en"),
        ("Am 3. Maı 2026 gekauft, Bestellung 48213", "de"),
        ("last frıday I bought it, order 48213", "en"),
    ],
)
def test_a_letter_that_only_looks_like_another_loses_nothing_else(text: str, language: str) -> None:
    """A day written so is none, and the other facts are found."""
    assert [fact.value for fact in extract(text, language, today=TODAY) if fact.kind] == ["48213"]


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("geſtern gekauft", "de", "2026-11-25"),
        ("lo compré el sabado pasado", "es", "2026-11-21"),
        ("lo compré el pasado miercoles", "es", "2026-11-25"),
    ],
)
def test_a_counted_day_is_found_as_people_write_it(text: str, language: str, day: str) -> None:
    """With a long s, and without its accents."""
    assert _days(text, language) == [day]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where can I buy this today?", "en"),
        ("I would like to buy two today", "en"),
        ("I did not buy yesterday", "en"),
        ("Kauf ist heute nicht möglich", "de"),
        ("今天购买可以吗", "zh"),
    ],
)
def test_a_wish_to_buy_is_no_purchase(text: str, language: str) -> None:
    """Beside a day without a year only what was done counts."""
    assert _days(text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Kauf am 12.11., schon defekt", "de", "2026-11-12"),
        ("la compra fue ayer", "es", "2026-11-25"),
        ("昨天购买的灯坏了", "zh", "2026-11-25"),
        ("11月3日购买，坏了", "zh", "2026-11-03"),
    ],
)
def test_a_noun_tells_a_purchase_that_was_made(text: str, language: str, day: str) -> None:
    """Where the words beside it say so."""
    assert _days(text, language) == [day]
