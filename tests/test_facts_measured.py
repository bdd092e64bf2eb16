"""Laws of the facts in whole messages: what people really write, and what must not be taken for a fact."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.measuring.extract import Row, lines, measure, wrong
from intake.understanding.facts.fact import KINDS

TEXTS = Path(__file__).parent / "facts"
FILES = sorted(TEXTS.glob("*.jsonl"))
PRECISION, RECALL = 0.95, 0.85


def _rows() -> list[Row]:
    return [replace(row, language=row.language or file.stem) for file in FILES for row in lines(file)]


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row.text[:40])
def test_a_message_holds_the_facts_that_a_reader_finds(row: Row) -> None:
    """Nothing is missed and nothing made up, in five languages, chats, letters, forms and signatures."""
    assert wrong(row) == (set(), set())


def test_all_kinds_are_measured_on_all_texts(tmp_path: Path) -> None:
    """Each kind is found as often and as surely as was promised."""
    together = tmp_path / "all.jsonl"
    together.write_text("".join(file.read_text() for file in FILES))
    found = measure(together)
    assert tuple(found) == KINDS
    for kind, score in found.items():
        assert score["n"], kind
        assert (score["precision"] or 0) >= PRECISION, kind
        assert (score["recall"] or 0) >= RECALL, kind


def test_labels_may_be_written_in_several_ways(tmp_path: Path) -> None:
    """A value, several, or a list of kinds with values; a number of one piece is a product's where nobody says more."""
    file = tmp_path / "labelled.jsonl"
    rows = [
        {
            "text": "order 48213, serial number AB-20417",
            "facts": {"order_number": "48213", "product_number": ["AB-20417"]},
        },
        {"text": "order 48214", "entities": [{"kind": "order", "value": "#48214"}], "lang": "en"},
        {"text": "nothing", "labels": {}},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows))
    found = measure(file)
    assert found["order_number"] == {"precision": 1.0, "recall": 1.0, "n": 2}
    assert found["product_number"] == {"precision": 1.0, "recall": 1.0, "n": 1}
    assert found["phone"] == {"precision": None, "recall": None, "n": 0}


@pytest.mark.parametrize("line", ["[]", "{}", '{"text": 1}', '{"text": "a", "facts": 3}', "{"])
def test_a_line_that_is_no_label_is_named(line: str, tmp_path: Path) -> None:
    """Whoever wrote the file hears which line is wrong."""
    file = tmp_path / "bad.jsonl"
    file.write_text(f'{{"text": "a", "facts": {{}}}}\n{line}\n')
    with pytest.raises(ValueError, match=r"bad\.jsonl, line 2: "):
        measure(file)
