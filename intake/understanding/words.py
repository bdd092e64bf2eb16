"""Find the words and phrases of a table in a text. Linear in the text; knows no categories."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# What somebody wants stands in the first lines; the rest would only cost time.
_LONGEST = 3000

# Scripts that put no spaces between words: their entries are looked for as they stand, anywhere.
_UNSPACED = "\u0e00-\u0e7f\u2e80-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(rf"[^\W{_UNSPACED}]+")
_ENTRY_WORD = re.compile(rf"[^\W{_UNSPACED}]+\*?")
_MARKS = re.compile("[\u0300-\u036f]")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or phrase of a language and what it stands for. `refund*` also means refunds, refunded, ..."""

    language: str
    label: str
    weight: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, and the words of the text as they were written there, at word or sign `start`."""

    entry: Entry
    found: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """The beginning of a text and its words: where they stand, and what they are without case and accents."""

    text: str
    places: tuple[tuple[int, int], ...]
    folded: tuple[str, ...]


def tokens(text: str) -> Tokens:
    """Cut a text into words, once for all tables that are looked up in it."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST])
    places = tuple(match.span() for match in _WORD.finditer(text))
    if text.isascii():
        lowered = text.lower()
        return Tokens(text, places, tuple(lowered[start:end] for start, end in places))
    return Tokens(text, places, tuple(_fold(text[start:end]) for start, end in places))


@dataclass(frozen=True, slots=True)
class _Pattern:
    entry: Entry
    words: tuple[tuple[str, bool], ...]  # folded word, and whether it is only the beginning of one

    @property
    def second(self) -> str | None:
        """Its second word; None if it has none, or only the beginning of one."""
        return self.words[1][0] if len(self.words) > 1 and not self.words[1][1] else None


# By the beginning of the first word: that word, is it a stem, the second word; and the pattern itself.
_Table = dict[str, list[tuple[tuple[str, bool, str | None], _Pattern]]]


class Words:
    """A table of entries, arranged so that every word of a text is looked up once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Raises ValueError for an entry that can match nothing, or nearly everything."""
        self._alphabetic: dict[str | None, _Table] = defaultdict(lambda: defaultdict(list))
        self._unspaced: dict[str, list[Entry]] = defaultdict(list)
        self._by_first_sign: dict[str, list[tuple[int, str]]] = defaultdict(
            list
        )  # of `_unspaced`, with its place there
        for entry in entries:
            if _HAS_UNSPACED.search(entry.text):
                self._unspaced[unicodedata.normalize("NFKC", entry.text)].append(entry)
            else:
                pattern = _Pattern(entry, _pattern_words(entry.text))
                beginning = pattern.words[0][0][:_SHORTEST_STEM]
                looked_at = ((*pattern.words[0], pattern.second), pattern)
                self._alphabetic[entry.language][beginning].append(looked_at)
                self._alphabetic[None][beginning].append(looked_at)
        for place, sought in enumerate(self._unspaced):
            self._by_first_sign[sought[0]].append((place, sought))

    def find(self, said: Tokens, language: str | None) -> list[Hit]:
        """Each entry that occurs, once, and not again inside a longer one that stands for the same. Looks in
        the table of `language` and in the English one, for English words are used everywhere; without a language, in
        all.
        """
        hits: dict[Entry, Hit] = {}
        for hit in self._hits(said, language, 1):
            hits.setdefault(hit.entry, hit)
        return _outermost(hits.values())

    def find_all(self, said: Tokens, language: str | None, times: int) -> list[Hit]:
        """The same with each place where an entry occurs, so many at most."""
        return _outermost(self._hits(said, language, times))

    def _hits(self, said: Tokens, language: str | None, times: int) -> Iterator[Hit]:
        text = said.text
        for table in self._tables(language):
            for pattern, first in _found(table, said.folded, times):
                start, end = said.places[first][0], said.places[first + len(pattern.words) - 1][1]
                yield Hit(pattern.entry, text[start:end], start, end)
        if not text.isascii() and _HAS_UNSPACED.search(text):
            first_signs = self._by_first_sign.keys() & set(text)
            for _, sought in sorted(one for sign in first_signs for one in self._by_first_sign[sign]):
                entries, start = self._unspaced[sought], text.find(sought)
                for _ in range(times):
                    if start < 0:
                        break
                    yield from (Hit(entry, sought, start, start + len(sought)) for entry in entries)
                    start = text.find(sought, start + len(sought))

    def _tables(self, language: str | None) -> list[_Table]:
        codes = (None,) if language is None else dict.fromkeys((language.lower().partition("-")[0], "en"))
        return [self._alphabetic[code] for code in codes if code in self._alphabetic]


def _found(table: _Table, words: tuple[str, ...], times: int) -> Iterator[tuple[_Pattern, int]]:
    """The patterns of a table that occur, each with the place of its first word; some more often than `times`."""
    left: dict[int, int] = {}
    sought: dict[str, list[_Pattern]] = {}  # by the words of the text that they may begin with
    there: set[str | None] = {None, *words}
    for word in set(words):
        # Most end here: either the first word is another, or the second is nowhere.
        sought[word] = [
            pattern
            for (first, is_stem, second), pattern in table.get(word[:_SHORTEST_STEM], ())
            if (word == first or (is_stem and word.startswith(first))) and second in there
        ]
    for index, word in enumerate(words):
        if patterns := sought.get(word):
            found = [pattern for pattern in patterns if _fits(pattern, words, index)]
            for pattern in found:
                yield pattern, index
                left[id(pattern)] = left.get(id(pattern), times) - 1
                if left[id(pattern)] <= 0:
                    patterns.remove(pattern)


def _fits(pattern: _Pattern, words: tuple[str, ...], index: int) -> bool:
    """Do its other words follow the one at `index`?"""
    if index + len(pattern.words) > len(words):
        return False
    # A loop, for this is asked for every word of a text: most end at the second.
    for offset in range(1, len(pattern.words)):  # noqa: SIM110
        if not _is(words[index + offset], *pattern.words[offset]):
            return False
    return True


def _is(word: str, sought: str, is_stem: bool) -> bool:
    return word == sought or (is_stem and word.startswith(sought))


def is_unspaced(text: str) -> bool:
    """Has it signs of a script that puts no spaces between words?"""
    return _HAS_UNSPACED.search(text) is not None


def folded(text: str) -> str:
    """A text as it is compared: without case and accents, with one space between words."""
    return _fold(" ".join(unicodedata.normalize("NFKC", text).split()))


def _outermost(hits: Iterable[Hit]) -> list[Hit]:
    reached: dict[str, int] = {}
    kept = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.end > reached.get(hit.entry.label, 0):
            reached[hit.entry.label] = hit.end
            kept.append(hit)
    return kept


def _pattern_words(text: str) -> tuple[tuple[str, bool], ...]:
    words = tuple((_fold(word.rstrip("*")), word.endswith("*")) for word in _ENTRY_WORD.findall(text))
    if not words:
        raise ValueError(f'"{text}" has no word in it')
    for word, is_stem in words:
        if is_stem and len(word) < _SHORTEST_STEM:
            raise ValueError(f'"{text}" needs at least {_SHORTEST_STEM} letters before the star')
    return words


def _fold(word: str) -> str:
    """Upper or lower case, with accents or without: the same word. People leave accents out on a telephone."""
    if word.isascii():
        return word.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", word.casefold()))
