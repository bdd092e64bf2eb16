"""How often agents changed what the program had said: per category, per week. Pure.

A verdict that no agent has spoken of counts for nothing: it was not confirmed, only left.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from intake.understanding.categories import UNSORTED
from storage.learning import Judged


@dataclass(frozen=True, slots=True)
class Tally:
    """Of the verdicts that agents spoke of: how many were right, and how many they changed."""

    right: int = 0
    changed: int = 0

    @property
    def share(self) -> float | None:
        """The share that was right; None: agents have spoken of none."""
        count = self.right + self.changed
        return self.right / count if count else None

    def with_one(self, *, right: bool) -> Tally:
        return Tally(self.right + right, self.changed + (not right))


@dataclass(frozen=True, slots=True)
class Category:
    """The verdicts for one category, and which categories agents made of those that they changed, the first most."""

    key: str
    tally: Tally
    became: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What agents say of the program's verdicts. `sorted_by_hand`: requests that it had left unsorted."""

    total: Tally
    weeks: tuple[tuple[date, Tally], ...]  # by their Mondays, oldest first, none left out in between
    categories: tuple[Category, ...]  # the most judged first
    sorted_by_hand: int


def accuracy(judged: Sequence[Judged]) -> Accuracy:
    """Count what became of verdicts."""
    total, weeks, by_hand = Tally(), defaultdict[date, Tally](Tally), 0
    categories, became = defaultdict[str, Tally](Tally), defaultdict[str, Counter[str]](Counter)
    for one in judged:
        if one.said == UNSORTED:
            by_hand += one.is_so != UNSORTED
            continue
        right = one.said == one.is_so
        total = total.with_one(right=right)
        week = monday(one.created_at.date())
        weeks[week] = weeks[week].with_one(right=right)
        categories[one.said] = categories[one.said].with_one(right=right)
        if not right:
            became[one.said][one.is_so] += 1
    ranked = sorted(categories, key=lambda key: (-(categories[key].right + categories[key].changed), key))
    return Accuracy(
        total,
        tuple((week, weeks.get(week, Tally())) for week in _all_weeks(sorted(weeks))),
        tuple(Category(key, categories[key], tuple(became[key].most_common())) for key in ranked),
        by_hand,
    )


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def _all_weeks(found: Sequence[date]) -> list[date]:
    if not found:
        return []
    return [found[0] + timedelta(weeks=number) for number in range((found[-1] - found[0]).days // 7 + 1)]
