"""`stats`: the past in numbers, for people with bars and for programs as one object."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from bot.bars import bar
from bot.statistics import Times, counted, span, times
from intake.learning.accuracy import accuracy
from storage.database import Database
from storage.models import CustomerRequest
from storage.statistics import asked_since
from tests.builders import NOW, Core, chat, letter, words
from tests.program import program


async def _filled(folder: Path) -> None:
    """A refund that an agent answers after an hour and confirms; another that he makes a return and resolves."""
    core = Core(folder)
    for message, verdict in ((letter(), "refund"), (letter(), "refund"), (chat(), "unsorted")):
        opened = await core.accept(message)
        await CustomerRequest.filter(id=opened.request).update(category=verdict, category_choices=[])
    maria = await core.agent()
    core.later(hours=1)
    await core.answers.reply(maria, words(1001, "Of course."), core.now)
    await core.sorting.right(1001, maria, core.now)
    core.later(hours=1)
    await core.sorting.categorise(1002, "return", maria, core.now)
    await core.sorting.resolve(1002, maria, core.now)
    await core.sorting.categorise(1003, "order", maria, core.now)


async def test_statistics_count_what_happened(database: Database, tmp_path: Path) -> None:
    """Volume, times, categories, and how often agents changed the verdict."""
    await _filled(tmp_path)
    found = counted(30, await asked_since(NOW - timedelta(days=1)), accuracy([]))
    assert (found.channels, found.categories) == (
        (("mail", 2), ("telegram", 1)),
        (("order", 1), ("refund", 1), ("return", 1)),
    )
    assert (found.response, found.resolution) == (Times(1, 3600.0, 3600.0), Times(1, 7200.0, 7200.0))
    assert counted(30, await asked_since(NOW + timedelta(days=1)), accuracy([])).channels == ()


async def test_the_command_prints_a_table_or_an_object(database: Database, database_url: str, tmp_path: Path) -> None:
    """The same numbers; nothing to tell is told, not a fault."""
    empty = await program(tmp_path, "stats", database_url=database_url)
    assert (empty.code, empty.err) == (0, "")
    assert "nothing yet" in empty.out
    await _filled(tmp_path)
    days = ("--days", "36500")
    told = json.loads((await program(tmp_path, "stats", *days, "--format", "json", database_url=database_url)).out)
    assert told["volume"]["requests"] == await CustomerRequest.all().count() == 3
    assert told["response_s"] == {"n": 1, "p50": 3600.0, "p90": 3600.0}
    assert (told["accuracy"]["right"], told["accuracy"]["changed"], told["accuracy"]["sorted_by_hand"]) == (1, 1, 1)
    assert told["accuracy"]["categories"]["refund"]["became"] == {"return": 1}
    assert told["ratings"] == {}
    table = (await program(tmp_path, "stats", *days, database_url=database_url)).out
    assert "█" in table
    assert "1 of 2 right" in table
    wrong = await program(tmp_path, "stats", "--format", "csv", database_url=database_url)
    assert wrong.code == 2


def test_times_are_told_by_the_middle_and_the_slow_end() -> None:
    """A mean would be the one request that lay over Christmas."""
    assert times([1.0] * 8 + [60.0, 9000.0]) == Times(10, 1.0, 60.0)
    assert [span(value) for value in (None, 5.0, 600.0, 9000.0, 400_000.0)] == [
        "–",
        "5 s",
        "10.0 min",
        "2.5 h",
        "4.6 d",
    ]


def test_a_bar_is_always_as_long() -> None:
    """Whatever it is asked to show."""
    assert [bar(share, 4) for share in (-1.0, 0.0, 0.5, 1.0, 9.0)] == ["░░░░", "░░░░", "██░░", "████", "████"]
