"""Laws of urgency."""

from __future__ import annotations

import pytest

from intake.understanding.priority import Urgency, judge


@pytest.mark.parametrize(
    ("text", "language", "priority"),
    [
        ("Please answer asap", "en", "urgent"),
        ("the charger caught fire", "en", "urgent"),
        ("Der Toaster qualmt", "de", "urgent"),
        ("Necesito una respuesta urgente", "es", "urgent"),
        ("Срочно нужна помощь", "ru", "urgent"),
        ("插座冒烟了", "zh", "urgent"),
        ("I will call my lawyer", "en", "high"),
        ("Ich schreibe zum dritten Mal", "de", "high"),
        ("我要找消协", "zh", "high"),
        ("No rush, just curious", "en", "low"),
        ("不急，有空再说", "zh", "low"),
        ("Where is my parcel?", "en", "normal"),
        ("", None, "normal"),
    ],
)
def test_words_decide_how_urgent_it_is(text: str, language: str | None, priority: str) -> None:
    """Danger first, then what cannot wait; nothing said is normal."""
    assert judge("", text, language).priority == priority


@pytest.mark.parametrize(
    ("text", "language"),
    [("This is not urgent", "en"), ("Es ist nicht dringend", "de"), ("no es urgente", "es"), ("это не срочно", "ru")],
)
def test_not_urgent_is_not_urgent(text: str, language: str) -> None:
    """A word inside its own denial does not count."""
    assert judge("", text, language).priority == "low"


def test_the_reason_quotes_the_word_and_its_place() -> None:
    """An agent sees why."""
    assert judge("URGENT", "hello", "en") == Urgency("urgent", ('word "URGENT" in the subject',))


def test_danger_outweighs_patience() -> None:
    """ "No rush, but it smokes" is urgent."""
    assert judge("", "No rush, but it smokes when I switch it on", "en").priority == "urgent"
