"""The messages that the categories begin with, before a company has any of its own: a file a language, and labelled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from intake.own_file import OwnFile, parse

# The weight of a word or phrase of the categories as an example. So a correction can overrule a word, and the model
# knows it in all its endings. Chosen by the labelled messages that are there to tune on.
BY_WORDS = 0.15
LONGEST = 2_000  # characters; the model reads no more of a message
LANGUAGES = ("en", "zh", "es", "de", "ru")


@dataclass(frozen=True, slots=True)
class Seed:
    """A message as customers write, and what it is about. `unsorted`: nothing that a category names."""

    text: str
    label: str
    language: str


@cache
def builtin_seeds() -> tuple[Seed, ...]:
    """All that come with the program: by language, then the labelled ones, in the order of their files."""
    folder = files("intake.understanding").joinpath("seeds")
    found: list[Seed] = []
    for language in LANGUAGES:
        name = f"{language}.toml"
        found += _seeds(parse(folder.joinpath(name).read_text("utf-8"), name), language)
    # With all that a person says of each: what bench/labelled/README.md tells.
    for path in sorted(folder.joinpath("labelled").iterdir(), key=lambda path: path.name):
        found += _labelled(path.read_text("utf-8"))
    return tuple(found)


def _labelled(lines: str) -> Iterator[Seed]:
    """What each line says of the category; a mail's subject is its first line."""
    for line in lines.splitlines():
        row: dict[str, object] = json.loads(line)
        yield Seed(f"{row.get('subject', '')}\n{row['text']}".strip(), str(row["label"]), str(row["lang"]))


def _seeds(file: OwnFile, language: str) -> list[Seed]:
    found = []
    for label, table in file.document.items():
        messages = table.get("messages") if isinstance(table, dict) else None
        if not isinstance(messages, list):
            raise file.wrong(f"[{label}] must have a list of messages.", label)
        for number, text in enumerate(messages):
            if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
                raise file.wrong(f"[{label}]: a message has 1 to {LONGEST} characters.", label, "messages", number)
            found.append(Seed(text, label, language))
    return found
