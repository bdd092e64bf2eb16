"""What `intake-bot stats` says: volume, response and resolution times, categories, how often verdicts were changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from statistics import median

from rich.console import Console
from rich.table import Table

from bot.bars import bar, percent
from bot.commands import database
from bot.settings import Settings
from intake.learning.accuracy import Accuracy, Tally, accuracy, monday
from storage import learning, statistics
from storage.statistics import Asked

SLOWEST = 0.9  # the share of requests that took at most so long as the second number says


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in seconds: of so many, half of them at most, nine of ten at most."""

    count: int
    half: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What happened in so many days. Ratings are not asked for yet."""

    days: int
    channels: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[date, int], ...]
    response: Times
    resolution: Times
    categories: tuple[tuple[str, int], ...]
    accuracy: Accuracy


async def stats(settings: Settings, days: int, form: str, console: Console) -> None:
    """Print the statistics of the last days, as tables with bars or as one JSON object."""
    since = datetime.now(UTC) - timedelta(days=days)
    async with database(settings):
        found = counted(days, await statistics.asked_since(since), accuracy(await learning.judged(since)))
    if form == "json":
        print(json.dumps(as_json(found), ensure_ascii=False))  # noqa: T201 - the command's output
        return
    for table in tables(found):
        console.print(table)
        console.print()


def counted(days: int, asked: Sequence[Asked], judged: Accuracy) -> Statistics:
    """Count what was asked."""
    return Statistics(
        days,
        _ranked(Counter(one.channel for one in asked)),
        tuple(sorted(Counter(monday(one.created_at.date()) for one in asked).items())),
        times([_seconds(one.created_at, one.first_responded_at) for one in asked if one.first_responded_at]),
        times([_seconds(one.created_at, one.resolved_at) for one in asked if one.resolved_at]),
        _ranked(Counter(one.category for one in asked)),
        judged,
    )


def times(seconds: Sequence[float]) -> Times:
    """How long things took."""
    if not seconds:
        return Times(0, None, None)
    ordered = sorted(seconds)
    return Times(len(ordered), median(ordered), ordered[ceil(SLOWEST * len(ordered)) - 1])


def as_json(found: Statistics) -> dict[str, object]:
    """The same for programs: seconds, shares between 0 and 1, null where there is nothing to tell."""
    judged = found.accuracy
    return {
        "days": found.days,
        "volume": {
            "requests": sum(count for _, count in found.channels),
            "channels": dict(found.channels),
            "weeks": [{"week": week.isoformat(), "requests": count} for week, count in found.weeks],
        },
        "response_s": _times_json(found.response),
        "resolution_s": _times_json(found.resolution),
        "categories": dict(found.categories),
        "ratings": {},
        "accuracy": {
            **_tally_json(judged.total),
            "sorted_by_hand": judged.sorted_by_hand,
            "weeks": [{"week": week.isoformat(), **_tally_json(tally)} for week, tally in judged.weeks],
            "categories": {
                one.key: {**_tally_json(one.tally), "became": dict(one.became)} for one in judged.categories
            },
        },
    }


def tables(found: Statistics) -> list[Table]:
    """The same for people."""
    total = sum(count for _, count in found.channels)
    judged = found.accuracy
    return [
        _times_table(found, total),
        _shares(f"Requests by week ({total})", [(f"{week:%d %b %Y}", count) for week, count in found.weeks]),
        _shares("By channel", found.channels),
        _shares("By category", found.categories),
        _tallies("What agents said of verdicts, by week", [(f"{week:%d %b %Y}", one) for week, one in judged.weeks]),
        _tallies("… by category", [(one.key, one.tally) for one in judged.categories]),
    ]


def _times_table(found: Statistics, total: int) -> Table:
    table = Table("", "requests", "half within", "nine of ten within", title=f"The last {found.days} days", box=None)
    table.title_justify = "left"
    for name, one in (("first answer", found.response), ("resolution", found.resolution)):
        table.add_row(name, f"{one.count} of {total}", span(one.half), span(one.most))
    return table


def _shares(title: str, rows: Sequence[tuple[str, int]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, show_header=False)
    most = max((count for _, count in rows), default=0)
    for name, count in rows:
        table.add_row(name, bar(count / most), str(count))
    if not rows:
        table.add_row("nothing yet")
    return table


def _tallies(title: str, rows: Sequence[tuple[str, Tally]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, show_header=False)
    for name, one in rows:
        table.add_row(
            name, bar(one.share or 0.0), percent(one.share), f"{one.right} of {one.right + one.changed} right"
        )
    if not rows:
        table.add_row("agents have said nothing of them yet")
    return table


def span(seconds: float | None) -> str:
    """A span of time as people read it."""
    if seconds is None:
        return "–"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _ranked(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _seconds(since: datetime, until: datetime) -> float:
    return max(0.0, (until - since).total_seconds())


def _times_json(one: Times) -> dict[str, object]:
    return {"n": one.count, "p50": one.half, "p90": one.most}


def _tally_json(one: Tally) -> dict[str, object]:
    return {"right": one.right, "changed": one.changed, "share": one.share}
