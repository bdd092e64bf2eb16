"""`classify`, as scripts see it: a process that fits, judges, and prints one JSON object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.program import program

KEYS = (
    "n_train n_eval accuracy macro_f1 coverage accuracy_covered unsorted_recall ece train_s p50_ms p99_ms model_bytes "
    "per_lang backend"
)
WISHES = {
    "refund": ("my money back", "a refund for it", "the amount paid back", "you to refund the price"),
    "delivery": ("to know where the parcel is", "the tracking number", "my parcel at last", "it delivered on friday"),
    "account": ("to reset my password", "to log in again", "another login name", "to change my password"),
}


def _written(path: Path, rows: Sequence[tuple[str, str]]) -> str:
    lines = (json.dumps({"text": text, "label": label, "lang": "en"}) for text, label in rows)
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def _rows(start: str) -> list[tuple[str, str]]:
    return [(f"{start} {wish}", label) for label, wishes in WISHES.items() for wish in wishes]


async def test_classify_prints_every_figure(tmp_path: Path) -> None:
    """Whoever scripts against it finds every key, and what is easy is told right."""
    train = _written(tmp_path / "t.jsonl", [*_rows("i want"), *_rows("please, i need"), *_rows("hi, i wish")])
    others = [("Where is my parcel?", "delivery"), ("i forgot the password", "account"), ("nice weather", "unsorted")]
    evaluation = _written(tmp_path / "e.jsonl", others)
    command = ("classify", "--train", train, "--eval", evaluation, "--embeddings", "off", "--target-precision", "0.9")
    found = await program(tmp_path, *command)
    assert (found.code, found.err) == (0, "")
    figures = json.loads(found.out)
    assert set(figures) >= set(KEYS.split())
    assert (figures["n_train"], figures["n_eval"], figures["accuracy"]) == (36, 3, 1.0)
    assert figures["backend"] == "tfidf"


async def test_a_correction_overrules_what_was_said_before(tmp_path: Path) -> None:
    """The same text with another label counts alone."""
    train = _written(tmp_path / "t.jsonl", _rows("i want"))
    corrections = _written(tmp_path / "c.jsonl", [("i want my money back", "account")])
    evaluation = _written(tmp_path / "e.jsonl", [("i want my money back", "account")])
    command = ("classify", "--train", train, "--eval", evaluation, "--corrections", corrections, "--embeddings", "off")
    figures = json.loads((await program(tmp_path, *command)).out)
    assert (figures["n_train"], figures["accuracy"]) == (12, 1.0)


async def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    """A broken file is one clear line with file and line number, never a traceback."""
    broken = tmp_path / "t.jsonl"
    broken.write_text('{"text": "a", "label": "b"}\n{"text": 5, "label": "b"}\n')
    found = await program(tmp_path, "classify", "--train", str(broken), "--eval", str(broken))
    assert found.code == 1
    assert found.err == f'{broken}, line 2: not an object with the texts "text", "label" and perhaps "lang".\n'


@pytest.mark.parametrize("line", [b'{"text": "\xff", "label": "b"}', b"[" * 100_000], ids=["no text", "nested"])
async def test_a_line_that_nobody_can_read_is_named_too(tmp_path: Path, line: bytes) -> None:
    """Bytes that are no text, and what is nested deeper than anybody reads; a mark before the first line is none."""
    broken = tmp_path / "t.jsonl"
    broken.write_bytes(b'\xef\xbb\xbf{"text": "a", "label": "b", "lang": "en", "facts": {}}\n\n' + line + b"\n")
    for command in (("classify", "--train", str(broken)), ("lang",), ("extract",)):
        found = await program(tmp_path, *command, "--eval", str(broken))
        assert (found.code, found.out) == (1, "")
        assert found.err.startswith(f"{broken}, line 3: not an object with ")
        assert found.err.count("\n") == 1
