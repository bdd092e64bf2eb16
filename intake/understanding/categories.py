"""The categories: what they are called, which case they open, and what the words of a message say of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from intake.own_file import parse, read
from intake.understanding.category_file import UNSORTED as UNSORTED
from intake.understanding.category_file import UNSORTED_NAMES, WEIGHTS, Category, categories_of
from intake.understanding.seeds import Seed, builtin_seeds
from intake.understanding.words import Entry, Tokens, Words, folded, tokens

NO_WORD = "no known word in it"  # a model says so, too
_IN_SUBJECT = 1  # a subject is chosen with more care than a sentence
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
class Said:
    """What the words of a message say: points by category, and for each the words that gave them."""

    points: dict[str, int]
    reasons: dict[str, list[str]]

    @property
    def leaders(self) -> list[str]:
        """The category with the most points; all that have as many."""
        most = max(self.points.values(), default=0)
        return [key for key, points in self.points.items() if points == most]

    @property
    def lead(self) -> int:
        """How many points the first is ahead of the second; 0: nothing was said, or two have the same."""
        points = sorted((*self.points.values(), 0), reverse=True)
        return points[0] - points[1] if self.points else 0

    def verdict(self) -> Verdict:
        """The category with the most points; `unsorted` when no word was known or two have the same."""
        if not self.points:
            return Verdict(UNSORTED, 0.0, (NO_WORD,))
        if not self.lead:
            return Verdict(
                UNSORTED, 0.0, tuple(f"{self.reasons[key][0]} says {key}" for key in self.leaders[:_MOST_REASONS])
            )
        first = self.leaders[0]
        return Verdict(first, self.confidence, tuple(self.reasons[first][:_MOST_REASONS]))

    @property
    def confidence(self) -> float:
        """How much of what was said is for the first, and how much was said. A scale for people, not a probability."""
        most = max(self.points.values(), default=0)
        return round(most / sum(self.points.values()) * most / (most + 2), 2) if most else 0.0


class Categories:
    """The built-in categories, with the company's own over them. Never changes after it was made."""

    def __init__(self, own: Path | None = None) -> None:
        """`own` is the operator's CATEGORIES_FILE. Raises ValueError with one line that names file, line and reason."""
        builtin = _builtin()
        self._categories = categories_of(read(own), builtin) if own is not None else builtin
        self._rules = frozenset(rule for category in self._categories.values() for rule in category.rules)
        self._words = Words(self._entries())

    @property
    def keys(self) -> tuple[str, ...]:
        """Every category in the order of the file, and `unsorted` last."""
        return (*self._categories, UNSORTED)

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """The messages that a model of these categories begins with. Those of `unsorted` are about nothing."""
        nothing = tuple(seed for seed in builtin_seeds() if seed.label == UNSORTED)
        return (*nothing, *(seed for category in self._categories.values() for seed in category.seeds))

    @property
    def phrases(self) -> tuple[Seed, ...]:
        """The words that name a wish, the company's last, each as a message of its own: weak examples for a model."""
        named = (entry for entry in self._entries() if entry.weight == WEIGHTS["words"])
        return tuple(Seed(entry.text.replace("*", ""), entry.label, entry.language) for entry in named)

    def name(self, category: str, language: str) -> str:
        """What people call it: in `language`, else in English, else in any, else the key. Never raises."""
        known = self._categories.get(category)
        names = dict(known.names) if known else UNSORTED_NAMES if category == UNSORTED else {}
        named = names.get(language) or names.get("en") or next(iter(names.values()), None)
        return named or category.replace("_", " ").capitalize()

    def case(self, category: str) -> str | None:
        """The after-sales case (return, exchange, repair, refund) that a request of this category opens."""
        known = self._categories.get(category)
        return known.case if known else None

    def judge(self, subject: str, text: str, language: str | None) -> Verdict:
        """What the words alone say: the most points win; `unsorted` when two have the same or no word is known."""
        return self.said(tokens(subject), tokens(text), language).verdict()

    def said(self, subject: Tokens, text: Tokens, language: str | None, *, rules: bool = False) -> Said:
        """What the words say of each category. `rules`: only those that the company wrote itself."""
        points: dict[str, int] = defaultdict(int)
        reasons: dict[str, list[str]] = defaultdict(list)
        counted: set[Entry] = set()
        for place, part, more in (("subject", subject, _IN_SUBJECT), ("text", text, 0)):
            for hit in self._words.find(part, language):
                if hit.entry not in counted and (not rules or hit.entry in self._rules):
                    counted.add(hit.entry)
                    points[hit.entry.label] += hit.entry.weight + more
                    reasons[hit.entry.label].append(f'word "{hit.found}" in the {place}')
        return Said(points, reasons)

    @property
    def has_rules(self) -> bool:
        """Has the company written words of its own?"""
        return bool(self._rules)

    @property
    def own_languages(self) -> frozenset[str]:
        """The languages in which the company has written words of its own."""
        return frozenset(rule.language for rule in self._rules)

    def _entries(self) -> Iterator[Entry]:
        """All words, the company's last. One that it gave another meaning than ours loses ours."""
        meant = {
            (rule.language, folded(rule.text)): rule.label for rule in self._rules if rule.weight == WEIGHTS["words"]
        }
        for category in self._categories.values():
            for entry in category.builtin:
                if meant.get((entry.language, folded(entry.text)), category.key) == category.key:
                    yield entry
        for category in self._categories.values():
            yield from category.rules


@cache
def _builtin() -> dict[str, Category]:
    """What comes with the program: the table of words, and the messages of each language's file."""
    table = files("intake.understanding").joinpath("categories.toml").read_text("utf-8")
    found = categories_of(parse(table, "categories.toml"))
    seeds: dict[str, list[Seed]] = defaultdict(list)
    for seed in builtin_seeds():
        seeds[seed.label].append(seed)
    return {key: replace(category, seeds=tuple(seeds[key])) for key, category in found.items()}
