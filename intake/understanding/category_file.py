"""Read a file of categories: ours, or the company's own over it. Whatever is wrong is told with line and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeGuard

from intake.own_file import OwnFile, Place
from intake.own_tables import unseen
from intake.understanding.seeds import LONGEST, Seed
from intake.understanding.words import Entry, Words, folded

UNSORTED = "unsorted"
UNSORTED_NAMES = {"en": "Unsorted", "zh": "未分类", "es": "Sin clasificar", "de": "Nicht zugeordnet", "ru": "Без темы"}
WEIGHTS = {"words": 3, "hints": 1}
CASES = ("return", "exchange", "repair", "refund")

_SETTINGS = ("names", "words", "hints", "messages", "case", "replace", "remove")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
LONGEST_NAME = 60  # characters, so that a button still reads well
# Telegram shows a hundred buttons at most; of the rest, what a text is still looked through for in no time.
MOST_CATEGORIES, MOST_WORDS, MOST_MESSAGES = 97, 10_000, 20_000


@dataclass(frozen=True, slots=True)
class Category:
    """One category: its names by language, and the after-sales case that it opens, if any.

    `rules` are the words that the company itself wrote: what they say goes. `builtin` are those that came with the
    program. `seeds` are messages such as belong to it.
    """

    key: str
    names: tuple[tuple[str, str], ...]
    case: str | None
    builtin: tuple[Entry, ...] = ()
    rules: tuple[Entry, ...] = ()
    seeds: tuple[Seed, ...] = ()


def categories_of(file: OwnFile, earlier: dict[str, Category] | None = None) -> dict[str, Category]:
    """The categories of a file. `earlier`: those that come with the program, which this file of the company's extends,
    replaces or removes; None: this is our own file. Raises ValueError with one line that names file, line and reason.
    """
    keep = file.document.get("keep_builtin", True)
    if not isinstance(keep, bool):
        raise file.wrong("keep_builtin must be true or false.", "keep_builtin")
    known = dict(earlier or {}) if keep else {}
    found = dict(known)
    for key, table in file.document.items():
        if key == "keep_builtin":
            continue
        if not isinstance(table, dict) or key == UNSORTED or not _KEY.fullmatch(key):
            raise file.wrong(f"[{key}] is not a category: a table named in a-z, 0-9 and _, not {UNSORTED}.", key)
        if _removes(file, key, table, known):
            del found[key]
        else:
            found[key] = _category(file, key, table, known.get(key), own=earlier is not None)
    _check_whole(file, found)
    return found


def _removes(file: OwnFile, key: str, table: dict[str, object], known: dict[str, Category]) -> bool:
    if not _flag(file, key, table, "remove"):
        return False
    if key not in known:
        raise file.wrong(f"[{key}] cannot be removed: it is none of {', '.join(known) or 'those that are left'}.", key)
    if others := [name for name in table if name != "remove"]:
        raise file.wrong(f"[{key}] is removed, and yet it has {others[0]}.", key, others[0])
    return True


def _flag(file: OwnFile, key: str, table: dict[str, object], name: str) -> bool:
    value = table.get(name, False)
    if not isinstance(value, bool):
        raise file.wrong(f"[{key}] {name} must be true or false.", key, name)
    return value


def _category(file: OwnFile, key: str, table: dict[str, object], known: Category | None, *, own: bool) -> Category:
    if unknown := [name for name in table if name not in _SETTINGS]:
        raise file.wrong(f"[{key}] {unknown[0]} is unknown; it may have {', '.join(_SETTINGS)}.", key, unknown[0])
    case = table.get("case", known.case if known else None)
    if case is not None and case not in CASES:
        raise file.wrong(f"[{key}] case must be one of {', '.join(CASES)}.", key, "case")
    replace = _flag(file, key, table, "replace")
    if replace and known is None:
        raise file.wrong(f"[{key}] replaces nothing: there is no built-in category of that name.", key, "replace")
    kept = known if known and not replace else Category(key, (), None)
    names = dict(known.names) if known else {}
    names.update(_names(file, key, table))
    entries = tuple(_entries(file, key, table))
    return Category(
        key,
        tuple(names.items()),
        str(case) if case else None,
        kept.builtin if own else entries,
        entries if own else (),
        (*kept.seeds, *(seed for _, seed in _messages(file, key, table))),
    )


def _names(file: OwnFile, key: str, table: dict[str, object]) -> Iterator[tuple[str, str]]:
    for language, name in _by_language(file, key, table, "names", 'a table such as { en = "Refund" }'):
        if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME or unseen(name):
            reason = f"[{key}] names.{language} must be a text of one line and at most {LONGEST_NAME} characters."
            raise file.wrong(reason, key, "names", language)
        yield language, name.strip()


def _entries(file: OwnFile, key: str, table: dict[str, object]) -> Iterator[Entry]:
    for kind, weight in WEIGHTS.items():
        for language, words in _by_language(file, key, table, kind, 'lists by language, such as en = ["refund*"]'):
            where = f"[{key}] {kind}.{language}"
            if not _texts(words):
                raise file.wrong(f"{where} must be a list of words.", key, kind, language)
            for number, word in enumerate(words):
                entry = Entry(language, key, weight, word)
                try:
                    Words((entry,))
                except ValueError as error:
                    raise file.wrong(f"{where}: {error}.", key, kind, language, number) from error
                yield entry


def _messages(file: OwnFile, key: str, table: dict[str, object]) -> Iterator[tuple[Place, Seed]]:
    for language, texts in _by_language(file, key, table, "messages", "lists by language of what customers write"):
        where = f"[{key}] messages.{language}"
        if not _texts(texts):
            raise file.wrong(f"{where} must be a list of messages.", key, "messages", language)
        for number, text in enumerate(texts):
            place = (key, "messages", language, number)
            if not text.strip() or len(text) > LONGEST:
                raise file.wrong(f"{where}: a message has 1 to {LONGEST} characters.", *place)
            yield place, Seed(text.strip(), key, language)


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _by_language(
    file: OwnFile, key: str, table: dict[str, object], name: str, must_be: str
) -> Iterator[tuple[str, object]]:
    by_language = table.get(name, {})
    if not isinstance(by_language, dict):
        raise file.wrong(f"[{key}] {name} must be {must_be}.", key, name)
    for language, value in by_language.items():
        if not _LANGUAGE.fullmatch(language):
            raise file.wrong(f"[{key}] {name}.{language}: a language is written as en, zh, es.", key, name, language)
        yield language, value


def _check_whole(file: OwnFile, found: dict[str, Category]) -> None:
    """What no category is wrong for by itself: too much of it, and what contradicts."""
    own = [found[key] for key in file.document if key in found]
    for many, most, what in (
        (len(found), MOST_CATEGORIES, "categories"),
        (sum(len(category.rules) for category in own), MOST_WORDS, "words of your own"),
        (sum(len(category.seeds) for category in own), MOST_MESSAGES, "messages"),
    ):
        if many > most:
            raise file.wrong(f"{many} {what} are too many; {most} can be.")
    if not found:
        raise file.wrong("no category is left.")
    _check_names(file, found)
    _Said(file).check()


def _check_names(file: OwnFile, found: dict[str, Category]) -> None:
    """Two buttons that read the same would be a coin to toss."""
    named = {(language, name.casefold()): UNSORTED for language, name in UNSORTED_NAMES.items()}
    for category in found.values():
        for language, name in category.names:
            other = named.setdefault((language, name.casefold()), category.key)
            if other != category.key:
                later = category.key if category.key in file.document else other
                first = other if later == category.key else category.key
                reason = f'[{later}] names.{language} is "{name}", and so is that of [{first}].'
                raise file.wrong(reason, later, "names", language)


class _Said:
    """What a file says of each word and message, to find what it says two things of."""

    def __init__(self, file: OwnFile) -> None:
        self._file = file
        self._first: dict[tuple[str, str, str], tuple[str, Place]] = {}

    def check(self) -> None:
        """Raises ValueError for a word that names two wishes, and for a message that belongs to two."""
        for key, table in self._file.document.items():
            if isinstance(table, dict):
                words = ((place, "word", entry.language, entry.text) for place, entry in self._words(key, table))
                said = _messages(self._file, key, table)
                messages = ((place, "message", seed.language, seed.text) for place, seed in said)
                for place, what, language, text in chain(words, messages):
                    self._note(key, place, what, language, text)

    def _words(self, key: str, table: dict[str, object]) -> Iterator[tuple[Place, Entry]]:
        """Only words that name a wish: a hint may well go with several."""
        numbers: dict[str, int] = {}
        for entry in _entries(self._file, key, {"words": table.get("words", {})}):
            number = numbers[entry.language] = numbers.get(entry.language, -1) + 1
            yield (key, "words", entry.language, number), entry

    def _note(self, key: str, place: Place, what: str, language: str, text: str) -> None:
        other, where = self._first.setdefault((what, language, folded(text)), (key, place))
        if other != key:
            line = self._file.line(*where)
            reason = f'the {what} "{text[:60]}" is in [{key}], and in [{other}] too (line {line}).'
            raise self._file.wrong(reason, *place)
