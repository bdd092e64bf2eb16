"""Laws of the words that name things."""

from __future__ import annotations

import pytest

from intake.understanding.facts.things.nouns import kind_of


@pytest.mark.parametrize(
    "word",
    [
        "gerade",
        "unterstützen",
        "anliegen",
        "praktisch",
        "automatisch",
        "kritisch",
        "entdecken",
        "grad",
        "kowalski",
        "inbox",
        "überweisen",
        "reisen",
        "wilhelm",
    ],
)
def test_an_everyday_word_is_no_thing_because_of_its_end(word: str) -> None:
    """German puts words together, but not every word that ends so is put together."""
    assert kind_of(word) is None


@pytest.mark.parametrize(
    "word",
    [
        "rad",
        "fahrräder",
        "kinderfahrrad",
        "rennrad",
        "armbanduhr",
        "uhren",
        "bluetoothbox",
        "esstisch",
        "schreibtisch",
        "heizdecke",
        "sonnenliege",
        "schwimmweste",
        "armstütze",
        "bügeleisen",
        "fahrradhelm",
        "waschmaschine",
    ],
)
def test_a_word_that_is_put_together_is_the_thing_at_its_end(word: str) -> None:
    """With what is mostly put before it, and in the plural."""
    assert kind_of(word) == "thing"
