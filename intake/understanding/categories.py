"""Say what a message is about by words and phrases, with reasons an agent can read; unsorted rather than a guess."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from intake.understanding.words import Entry, Tokens, Words, tokens

UNSORTED = "unsorted"
_UNSORTED_NAMES = {"en": "Unsorted", "zh": "未分类", "es": "Sin clasificar", "de": "Nicht zugeordnet", "ru": "Без темы"}

_WEIGHTS = {"words": 3, "hints": 1}
_IN_SUBJECT = 1  # a subject is chosen with more care than a sentence
_CASES = ("return", "exchange", "repair", "refund")
_SETTINGS = ("names", "words", "hints", "case", "replace")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message is about, how sure that is (0 to 1), and why.

    `choices` are the likeliest categories with their probabilities, likeliest first; `model` is the version that spoke.
    """

    category: str
    confidence: float
    reasons: tuple[str, ...] = ()
    choices: tuple[tuple[str, float], ...] = ()
    model: int | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """One category: its names by language, and the after-sales case that it opens, if any."""

    key: str
    names: tuple[tuple[str, str], ...]
    case: str | None
    entries: tuple[Entry, ...]


class Categories:
    """The built-in categories, with the company's own over them. Never changes after it was made."""

    def __init__(self, own: Path | None = None) -> None:
        """`own` is the operator's CATEGORIES_FILE. Raises ValueError with one sentence that names file and key."""
        source = files("intake.understanding").joinpath("categories.toml").read_text("utf-8")
        found = _parsed(source, "categories.toml", {})
        if own is not None:
            found = _parsed(_read(own), str(own), found)
        self._categories = found
        self._words = Words(entry for category in found.values() for entry in category.entries)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every category in the order of the file, and `unsorted` last."""
        return (*self._categories, UNSORTED)

    def name(self, category: str, language: str) -> str:
        """What people call it: in `language`, else in English, else the key. Never raises."""
        known = self._categories.get(category)
        names = dict(known.names) if known else _UNSORTED_NAMES if category == UNSORTED else {}
        return names.get(language) or names.get("en") or category.replace("_", " ").capitalize()

    def case(self, category: str) -> str | None:
        """The after-sales case (return, exchange, repair, refund) that a request of this category opens."""
        known = self._categories.get(category)
        return known.case if known else None

    def judge(self, subject: str, text: str, language: str | None) -> Verdict:
        """The category with the most points; `unsorted` when nothing fires or two have the same."""
        return self.judge_tokens(tokens(subject), tokens(text), language)

    def judge_tokens(self, subject: Tokens, text: Tokens, language: str | None) -> Verdict:
        """The same, for who has cut the message into words already."""
        points: dict[str, int] = defaultdict(int)
        reasons: dict[str, list[str]] = defaultdict(list)
        counted: set[Entry] = set()
        for place, part, more in (("subject", subject, _IN_SUBJECT), ("text", text, 0)):
            for hit in self._words.find(part, language):
                if hit.entry not in counted:
                    counted.add(hit.entry)
                    points[hit.entry.label] += hit.entry.weight + more
                    reasons[hit.entry.label].append(f'word "{hit.found}" in the {place}')
        if not points:
            return Verdict(UNSORTED, 0.0, ("no known word in it",))
        ranking = sorted(points, key=lambda key: -points[key])
        if len(ranking) > 1 and points[ranking[0]] == points[ranking[1]]:
            return Verdict(UNSORTED, 0.0, _undecided(ranking, points, reasons))
        return Verdict(ranking[0], _confidence(points), tuple(reasons[ranking[0]][:_MOST_REASONS]))


def _confidence(points: dict[str, int]) -> float:
    """How much of what was said is for the winner, and how much was said. A scale for people, not a probability."""
    most = max(points.values())
    return round(most / sum(points.values()) * most / (most + 2), 2)


def _undecided(ranking: list[str], points: dict[str, int], reasons: dict[str, list[str]]) -> tuple[str, ...]:
    equal = [key for key in ranking if points[key] == points[ranking[0]]]
    return tuple(f"{reasons[key][0]} says {key}" for key in equal[:_MOST_REASONS])


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read as UTF-8 text: {error}") from error


def _parsed(source: str, file: str, earlier: dict[str, Category]) -> dict[str, Category]:
    """The categories of a file over `earlier` ones: extended, or replaced where the file says `replace = true`."""
    try:
        document: dict[str, object] = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: not valid TOML: {error}.") from error
    keep = document.pop("keep_builtin", True)
    if not isinstance(keep, bool):
        raise ValueError(f"{file}: keep_builtin must be true or false.")
    found = dict(earlier) if keep else {}
    for key, table in document.items():
        if not isinstance(table, dict) or key == UNSORTED or not _KEY.fullmatch(key):
            raise ValueError(f"{file}: [{key}] is not a category: a table named in a-z, 0-9 and _, not {UNSORTED}.")
        found[key] = _category(key, table, file, found.get(key))
    return found


def _category(key: str, table: dict[str, object], file: str, earlier: Category | None) -> Category:
    if unknown := [name for name in table if name not in _SETTINGS]:
        raise ValueError(f"{file}: [{key}] {unknown[0]} is unknown; it may have {', '.join(_SETTINGS)}.")
    case = table.get("case", earlier.case if earlier else None)
    if case is not None and case not in _CASES:
        raise ValueError(f"{file}: [{key}] case must be one of {', '.join(_CASES)}.")
    replace = table.get("replace", False)
    if not isinstance(replace, bool):
        raise ValueError(f"{file}: [{key}] replace must be true or false.")
    kept = earlier.entries if earlier and not replace else ()
    names = dict(earlier.names) if earlier else {}
    names.update(_names(table.get("names", {}), f"{file}: [{key}] names"))
    return Category(key, tuple(names.items()), str(case) if case else None, (*kept, *_entries(key, table, file)))


def _names(names: object, where: str) -> Iterator[tuple[str, str]]:
    if not isinstance(names, dict):
        raise ValueError(f'{where} must be a table such as {{ en = "Refund" }}.')
    for language, name in names.items():
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"{where}.{language} must be a text.")
        yield language, name.strip()


def _entries(key: str, table: dict[str, object], file: str) -> Iterator[Entry]:
    for kind, weight in _WEIGHTS.items():
        languages = table.get(kind, {})
        if not isinstance(languages, dict):
            raise ValueError(f'{file}: [{key}] {kind} must be lists by language, such as en = ["refund*"].')
        for language, words in languages.items():
            where = f"{file}: [{key}] {kind}.{language}"
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise ValueError(f"{where} must be a list of words.")
            for word in words:
                yield _checked(Entry(language, key, weight, word), where)


def _checked(entry: Entry, where: str) -> Entry:
    try:
        Words((entry,))
    except ValueError as error:
        raise ValueError(f"{where}: {error}.") from error
    return entry
