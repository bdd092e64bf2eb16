"""Laws of the operator's own files: a mistake is told with its line."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.own_file import LARGEST, parse, read

WRITTEN = '''\
keep = true            # [not.a.table]
"two words" = "a ] # = { text"

[refund]
words = { en = ["a", "b"], de = [
  "c",   # , "x"
  "d",
] }
when = 2026-05-03 10:00:00
note = """
[fake]
key = "quote"" \\""""

[[warranty]]
months = 24
[warranty.lines]
names = ['it''s', 1.5] # the last
[[ warranty ]]
months = 12
[a."b.c".d]
e.f = [[1, 2],
  [3]]
'''.replace("'it''s'", "'its'")


def test_every_key_and_element_has_its_line() -> None:
    """Tables, lists of tables, inline tables, lists over lines, quoted keys; comments and texts hide nothing."""
    file = parse(WRITTEN, "own.toml")
    lines = WRITTEN.split("\n")
    for place, said in (
        (("keep",), "keep ="),
        (("two words",), '"two words"'),
        (("refund",), "[refund]"),
        (("refund", "words", "en", 1), "words ="),
        (("refund", "words", "de", 1), '  "d"'),
        (("refund", "note"), "note ="),
        (("warranty", 0, "months"), "months = 24"),
        (("warranty", 0, "lines", "names", 1), "names ="),
        (("warranty", 1), "[[ warranty ]]"),
        (("warranty", 1, "months"), "months = 12"),
        (("a", "b.c", "d", "e", "f", 1, 0), "  [3]]"),
    ):
        line = file.line(*place)
        assert line is not None
        assert lines[line - 1].startswith(said), place
    assert file.line("fake") is None


def test_the_line_of_what_is_missing_is_that_of_its_table() -> None:
    """A key that ought to be there has no line of its own."""
    file = parse("\n[refund]\ncase = 1\n", "own.toml")
    assert file.line("refund", "names", "en") == 2
    assert file.line("nothing") is None
    assert str(file.wrong("case must\nbe a word.", "refund", "case")) == "own.toml, line 3: case must be a word."
    assert str(file.wrong("nothing is in it.")) == "own.toml: nothing is in it."


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("a = 1\nb = = 2\n", "own.toml, line 2: not valid TOML: Invalid value (column 5)."),
        ("a = 1\na = 2\n", "own.toml, line 2: not valid TOML: Cannot overwrite a value"),
        ("[refund", "own.toml: not valid TOML: "),
        ("a = " + "9" * 5_000, "own.toml: not valid TOML: "),
        ("a = " + "[" * 100_000, "own.toml: is nested too deeply."),
    ],
)
def test_what_is_no_toml_is_told_in_one_line(source: str, told: str) -> None:
    """With the line that it breaks at, where the parser knows one."""
    with pytest.raises(ValueError) as caught:
        parse(source, "own.toml")
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_of_text_is_told(tmp_path: Path) -> None:
    """Missing, a folder, a pipe that would never end, bytes, and one that is too large."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large").write_bytes(b"#" * (LARGEST + 1))
    for name in ("none", "", "pipe", "bytes", "large"):
        with pytest.raises(ValueError) as caught:
            read(tmp_path / name)
        assert str(caught.value).startswith(f"{tmp_path / name}: ")


def test_a_mark_of_byte_order_does_no_harm(tmp_path: Path) -> None:
    """Windows' Notepad writes one."""
    (tmp_path / "own.toml").write_bytes("\ufeff[refund]\r\ncase = 1\r\n".encode())
    file = read(tmp_path / "own.toml")
    assert (file.document, file.line("refund", "case")) == ({"refund": {"case": 1}}, 2)


_NAMES = st.text("ab", min_size=1, max_size=2)
_VALUES = st.recursive(
    st.sampled_from(["1", "1.5", '"x ] # y"', "'{'", "true", '"""\n[a]\n"""', "1979-05-27 07:32:00"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda found: "[\n" + ",\n".join(found) + "]"),
    max_leaves=6,
)


@given(st.dictionaries(_NAMES, st.dictionaries(_NAMES, _VALUES, max_size=3), max_size=3))
def test_whatever_is_written_the_line_of_a_key_holds_it(tables: dict[str, dict[str, str]]) -> None:
    """Any values between them move no line."""
    source = "\n".join(
        f"[{table}]\n" + "".join(f"{key} = {value} # [c]\n" for key, value in pairs.items())
        for table, pairs in tables.items()
    )
    file, lines = parse(source, "own.toml"), source.split("\n")
    for table, pairs in tables.items():
        for key in pairs:
            line = file.line(table, key)
            assert line is not None
            assert lines[line - 1].startswith(f"{key} = ")


@pytest.mark.parametrize("piece", ['a = """', "[[a]]\n", "a.", "[a.", "'", "\n", "x={"])
def test_a_hostile_file_takes_no_time(piece: str) -> None:
    """Whatever stands in it, it is read or refused in the time its size takes."""
    started = time.process_time()
    with contextlib.suppress(ValueError):
        parse(piece * 20_000, "own.toml")
    assert time.process_time() - started < 2
