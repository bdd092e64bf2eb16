"""Laws of names and addresses that look like what they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import cards
from intake.words.lookalikes import disguised, honest_address, honest_name, misleading

ANOTHER = "the name looks like another address"
MIXED = "the name mixes letters of several alphabets that look alike"
ADDRESS = "the address has letters that look like others"


@pytest.mark.parametrize(
    ("name", "address", "told"),
    [
        ("Anna Schmidt", "anna@shop.example", ()),
        ("", "anna@shop.example", ()),
        ("anna@shop.example", "Anna@shop.example", ()),
        ("anna@shop.example.", "anna@shop.example", ()),
        ("Анна Петрова", "anna@shop.example", ()),
        ("王小明 Wang", "wang@shop.example", ()),
        ("Ελένη (Eleni)", "eleni@shop.example", ()),
        ("José Ñandú", "jose@shop.example", ()),
        ("Müller @ Söhne", "m@shop.example", ()),
        ("Анна", "анна@почта.рф", ()),
        ("support@bank.example", "x@evil.example", (ANOTHER,)),
        ("Bank <support@bank.example>", "x@evil.example", (ANOTHER,)),
        ("support＠bank.example", "x@evil.example", (ANOTHER,)),
        ("anna@shop.example, support@bank.example", "anna@shop.example", (ANOTHER,)),
        ("Pаypal", "x@evil.example", (MIXED,)),
        ("Αpple Support", "x@evil.example", (MIXED,)),
        ("Bank", "x@pаypal.example", (ADDRESS,)),
        ("Bank", "x@xn--pypal-4ve.example", (ADDRESS,)),
        ("Bank", "x@рауреу.example", (ADDRESS,)),
        ("Bank", "suppоrt@evil.example", (ADDRESS,)),
        ("Bücher", "x@bücher.example", ()),
    ],
)
def test_a_sender_that_deceives_is_told_from_one_that_does_not(name: str, address: str, told: tuple[str, ...]) -> None:
    """Honest names of all alphabets are left in peace."""
    assert misleading(name, address) == told


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("anna@shop.example", "anna@shop.example"),
        ("anna@bücher.example", "anna@bücher.example"),
        ("анна@почта.рф", "анна@почта.рф"),
        ("x@pаypal.example", "x@xn--pypal-4ve.example"),
        ("x@xn--pypal-4ve.example", "x@xn--pypal-4ve.example"),
        ("700000001", "700000001"),
    ],
)
def test_a_domain_that_could_be_taken_for_another_is_shown_in_ascii(address: str, shown: str) -> None:
    """Others in their own letters."""
    assert honest_address(address) == shown


def test_a_name_is_never_an_address() -> None:
    """Also with the at sign of another alphabet."""
    assert honest_name("support@bank.example") == "support(at)bank.example"
    assert honest_name("support ＠ bank.example") == "support(at)bank.example"
    assert cards.shown_name("a\u202e@\u200bb.example\nx") == "a(at)b.example x"


@pytest.mark.parametrize(
    ("author", "shown"),
    [
        ("Anna <anna@shop.example>", "Anna <anna@shop.example>"),
        ("support@bank.example <x@evil.example>", "support(at)bank.example <x@evil.example>"),
        ("a@b.example <c@d.example> <x@evil.example>", "a(at)b.example <c(at)d.example> <x@evil.example>"),
        ("x@pаypal.example", "x@xn--pypal-4ve.example"),
        ("Maria Agent", "Maria Agent"),
    ],
)
def test_the_author_of_a_record_is_shown_with_one_address(author: str, shown: str) -> None:
    """His own."""
    assert cards.shown_author(author) == shown


@given(name=st.text(max_size=100), address=st.text(max_size=100))
def test_any_name_and_any_address_can_be_looked_at(name: str, address: str) -> None:
    """It never raises, and a shown name has no at sign."""
    misleading(name, address)
    disguised(address)
    honest_address(address)
    assert "@" not in cards.shown_name(name)
