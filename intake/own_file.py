"""Read a TOML file of the operator's own, and say in which line a mistake of his is. Knows nothing of what it means."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST = 4 * 1024 * 1024  # bytes; what people write by hand is a hundredth of it

# Where something stands in a file: the names of the tables and keys that lead to it, and places in lists from 0.
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class OwnFile:
    """What stands in the file, and where: `name` is what the operator knows it by."""

    name: str
    document: dict[str, object]
    lines: dict[Place, int]

    def line(self, *place: str | int) -> int | None:
        """The line, from 1, of a key or an element; of what it stands in when it is not there itself, or, of a table
        that is named nowhere alone (`[[name]]`, `[name.part]`), where it begins."""
        for length in range(len(place), 0, -1):
            if (line := self.lines.get(place[:length])) is not None:
                return line
        return next((line for found, line in self.lines.items() if found[:1] == place[:1]), None)

    def wrong(self, reason: str, *place: str | int) -> ValueError:
        """The error to raise for a mistake at a place: one line with file, line and reason."""
        line = self.line(*place)
        where = self.name if line is None else f"{self.name}, line {line}"
        return ValueError(f"{where}: {' '.join(reason.split())}")


def read(path: Path) -> OwnFile:
    """Read the file. Raises ValueError with one line that names file, line (where there is one) and reason."""
    try:
        # A pipe or a device would never come to an end.
        if not path.is_file():
            raise ValueError(
                f"{path}: cannot be read: {'it is no file' if path.exists() else 'there is no such file'}."
            )
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path}: is larger than {LARGEST >> 20} MiB.")
        source = path.read_text("utf-8-sig")
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: cannot be read as UTF-8 text: byte {error.start} is none.") from error
    return parse(source, str(path))


def parse(source: str, name: str) -> OwnFile:
    """The same, of a text. Raises ValueError."""
    try:
        document: dict[str, object] = tomllib.loads(source)
        return OwnFile(name, document, dict(_lines(source.replace("\r\n", "\n"))))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(_not_toml(str(error), name)) from error
    except ValueError as error:  # a number of more digits than Python reads
        raise ValueError(f"{name}: not valid TOML: {error}.") from error
    except RecursionError as error:
        raise ValueError(f"{name}: is nested too deeply.") from error


_AT_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def _not_toml(told: str, name: str) -> str:
    """What tomllib says ends in the place, `(at line 3, column 7)`; here the line comes first."""
    if found := _AT_LINE.search(told):
        return f"{name}, line {found[1]}: not valid TOML: {told[: found.start()]} (column {found[2]})."
    return f"{name}: not valid TOML: {told}."


_TOKEN = re.compile(
    r"""
      \#[^\n]*                                     # a comment
    | \"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5}   # a text of several lines
    | "(?:\\.|[^"\\\n])*" | '[^'\n]*'
    | [\[\]{}=,.\n]
    | [^\s\[\]{}=,.\#"']+
    """,
    re.VERBOSE | re.DOTALL,
)


def _lines(source: str) -> Iterator[tuple[Place, int]]:
    """Every key and list element of a text that is known to be valid TOML, with its line."""
    return _Walk(source).statements()


class _Walk:
    """Goes once through the words of a TOML text. It checks nothing: the text is known to be valid."""

    def __init__(self, source: str) -> None:
        self._words = [(match.group(), match.start()) for match in _TOKEN.finditer(source) if match[0][0] != "#"]
        self._starts = [0, *(match.end() for match in re.finditer("\n", source))]
        self._at = 0

    def statements(self) -> Iterator[tuple[Place, int]]:
        table: Place = ()
        tables: dict[Place, int] = defaultdict(int)  # of `[[name]]`, how many there were
        while (word := self._word()) is not None:
            line = self._line()
            if word == "\n":
                self._at += 1
            elif word == "[":
                is_list = self._is_list()
                self._at += 1 + is_list
                table = self._indexed(self._key("]"), tables)
                self._at += 1 + is_list
                if is_list:
                    tables[table] += 1
                    table = (*table, tables[table] - 1)
                yield table, line
            else:
                yield from self._pair(table)

    def _indexed(self, key: Place, tables: dict[Place, int]) -> Place:
        """`[fruit.variety]` under `[[fruit]]` belongs to the last fruit."""
        place: Place = ()
        for number, part in enumerate(key):
            place = (*place, part)
            if number < len(key) - 1 and tables.get(place):
                place = (*place, tables[place] - 1)
        return place

    def _pair(self, table: Place) -> Iterator[tuple[Place, int]]:
        line = self._line()
        place = (*table, *self._key("="))
        self._at += 1
        yield place, line
        yield from self._value(place)

    def _key(self, end: str) -> Place:
        parts: list[str | int] = []
        while (word := self._word()) is not None and word != end:
            if word != ".":
                parts.append(_unquoted(word))
            self._at += 1
        return tuple(parts)

    def _value(self, place: Place) -> Iterator[tuple[Place, int]]:
        match self._word():
            case "[":
                self._at += 1
                yield from self._elements(place)
            case "{":
                self._at += 1
                while (word := self._word()) not in (None, "}"):
                    if word in (",", "\n"):
                        self._at += 1
                    else:
                        yield from self._pair(place)
                self._at += 1
            case _:
                while self._word() not in (None, "\n", ",", "]", "}"):
                    self._at += 1

    def _elements(self, place: Place) -> Iterator[tuple[Place, int]]:
        number = 0
        while (word := self._word()) not in (None, "]"):
            if word in (",", "\n"):
                self._at += 1
            else:
                yield (*place, number), self._line()
                yield from self._value((*place, number))
                number += 1
        self._at += 1

    def _word(self) -> str | None:
        return self._words[self._at][0] if self._at < len(self._words) else None

    def _line(self) -> int:
        return bisect_right(self._starts, self._words[self._at][1])

    def _is_list(self) -> bool:
        """`[[name]]`: the two stand side by side, with nothing between them."""
        first, second = self._words[self._at : self._at + 2]
        return second[0] == "[" and second[1] == first[1] + 1


def _unquoted(word: str) -> str:
    return str(next(iter(tomllib.loads(f"{word} = 0")))) if word[0] in "\"'" else word
