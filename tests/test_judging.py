"""What is said of the labelled messages: right counts as right, wrong as wrong, and what is held stays unseen."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import judging
from bench.judging import Read
from bench.labelled import HELD, LANGUAGES, Row, read
from bench.understanding import figures
from bot.measuring.extract import alike
from intake.understanding.categories import Categories
from intake.understanding.classifier import Classifier
from intake.understanding.model.model import builtin

ROOT = Path(__file__).parent.parent
ROWS = read(HELD)


def _understood(row: Row) -> Read:
    """A reading that made no mistake."""
    facts = frozenset((field, alike(field, value)) for field, some in row.facts.items() for value in some)
    return Read(row, row.label, (row.label,), row.priority, row.language, facts, 0.001)


def _misunderstood(row: Row) -> Read:
    """A reading that got nothing right."""
    other = "praise" if row.label != "praise" else "spam"
    hurry = "normal" if row.priority in judging.PRESSING else "high"
    return Read(row, other, (other,), hurry, None, frozenset({("order_number", "NEVER")}), 0.001)


def test_a_reading_without_mistakes_has_all_shares_at_one() -> None:
    """Every share is 1, and there are no false alarms."""
    found = figures([_understood(row) for row in ROWS])
    assert found["sorting"]["all"] == dict.fromkeys(found["sorting"]["all"], 1.0)
    assert found["priority"]["all"] == {"right": 1, "urgent_found": 1, "pressing_found": 1, "false_alarms": 0}
    assert {found["language"][language]["right"] for language in LANGUAGES} == {1.0}
    assert {(field["precision"], field["recall"]) for field in found["facts"].values()} == {(1.0, 1.0)}


def test_a_reading_of_mistakes_has_all_shares_at_zero() -> None:
    """No share is above 0, all alarms are false, and a fact that is never found has no precision."""
    found = figures([_misunderstood(row) for row in ROWS])
    assert found["sorting"]["all"] == {
        "accuracy": 0,
        "in_top_three": 0,
        "decided": 1,
        "right_of_decided": 0,
        "left_unsorted": 0,
    }
    assert found["priority"]["all"] == {"right": 0, "urgent_found": 0, "pressing_found": 0, "false_alarms": 1}
    assert found["language"]["all"]["right"] == 0
    assert found["facts"]["order_number"]["precision"] == 0
    assert found["facts"]["name"]["precision"] is None
    assert found["facts"]["name"]["recall"] == 0


def test_what_is_not_sure_counts_for_the_likeliest_only() -> None:
    """An undecided reading whose likeliest category is right is accurate, and decides nothing."""
    unsure = [replace(_understood(row), category="unsorted") for row in ROWS if row.label != "unsorted"]
    assert judging.sorting(unsure) == {
        "accuracy": 1,
        "in_top_three": 1,
        "decided": 0,
        "right_of_decided": None,
        "left_unsorted": None,
    }


def test_an_invented_fact_costs_precision_and_no_recall() -> None:
    """One value too many of a field that is there n times: precision n/(n+1), recall 1."""
    reads = [_understood(row) for row in ROWS]
    reads[0] = replace(reads[0], facts=reads[0].facts | {("phone", "+4915100000000")})
    found = judging.facts(reads, "phone")
    assert found["n"] is not None
    assert found["precision"] == round(found["n"] / (found["n"] + 1), 4)
    assert found["recall"] == 1


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("order_number", "#ab 12", "AB12"),
        ("postal_address", "Seestrasse 101, 8002 Zürich", "Seestrasse 101\n8002 Zürich"),
        ("name", "Anna  Schmidt", "anna schmidt"),
    ],
)
def test_values_that_differ_in_how_they_are_written_are_the_same(field: str, one: str, other: str) -> None:
    """Spaces, line breaks and capitals do not make another fact."""
    assert alike(field, one) == alike(field, other)


@pytest.mark.parametrize("half", ["held", "held-later"])
def test_mistakes_on_a_held_half_are_not_shown(half: str) -> None:
    """Whoever asks for them is refused with the reason."""
    command = [sys.executable, "-m", "bench.understanding", half, "--wrong"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "tuned on" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("bought", "judged"),
    [
        ("yesterday", ()),
        ("on 12 May", ()),
        ("on 26 May", ()),
        ("on 26.10.", ()),
        ("on 12 May 2026", ("2026-05-12",)),
        ("on 12.05.26", ("2026-05-12",)),
    ],
)
def test_a_day_without_its_year_is_not_judged(bought: str, judged: tuple[str, ...]) -> None:
    """The program reads it from the day of writing, of which the labels know nothing."""
    row = Row("en", "chat", "repair", "normal", "", f"The kettle leaks. I bought it {bought}.", {})
    [found] = judging.read_all([row], Classifier(Categories(), builtin()))
    assert found.facts == {("purchase_date", day) for day in judged}
