"""Laws of taking a message or setting it aside, over a real database."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from intake.incoming.accepting import DEADLY, Parking, Raw
from intake.message import CannotRead
from storage import parking
from storage.database import Database
from storage.journal import Journal
from storage.models import Delivery
from tests.builders import NOW, Core

UPDATE = Raw("telegram", "7:abc", b'{"update_id": 1}', {"bot": "7"})


def _parking(folder: Path, journal: Journal) -> Parking:
    core = Core(folder, desk=True)
    return Parking(core.house, lambda: None, lambda: NOW, journal)


def _died_at(folder: Path, name: str) -> None:
    """What a process leaves behind that dies while it is at work on this."""
    journal = Journal(folder)

    async def dies() -> None:
        os._exit(0)

    pid = os.fork()
    if pid == 0:
        journal.watch(name, dies()).send(None)
    os.waitpid(pid, 0)


@pytest.mark.parametrize("deaths", [1, DEADLY])
async def test_an_update_that_the_program_died_at_twice_is_parked_unread(
    database: Database, tmp_path: Path, deaths: int
) -> None:
    """Once may be chance: it is tried again. Twice is not: it is kept whole, told in General, and counts as taken."""
    for _ in range(deaths):
        _died_at(tmp_path, "telegram:7:abc")
    tried = []

    async def work() -> None:
        tried.append(True)

    journal = Journal(tmp_path)
    await _parking(tmp_path, journal).handle(UPDATE, work)
    if deaths < DEADLY:
        assert tried
        assert await parking.waiting() == []
        assert journal.deaths("telegram:7:abc") == 0
        return
    assert not tried
    [row] = await parking.waiting()
    kept = await parking.parked(row.id)
    assert kept is not None
    assert (kept.raw_content, kept.envelope["bot"]) == (UPDATE.content, "7")
    [told] = await Delivery.all()
    assert f"intake-bot replay {row.id}" in told.text


async def test_what_cannot_be_read_is_told_once_in_our_words(database: Database, tmp_path: Path) -> None:
    """Its sender may come again and again; the agents are told once."""

    async def work() -> None:
        raise CannotRead("reading it took more than 5 s of processor time")

    place = _parking(tmp_path, Journal())
    for _ in range(3):
        await place.handle(UPDATE, work)
    [row] = await parking.waiting()
    assert (row.attempts, row.error) == (3, "reading it took more than 5 s of processor time")
    [told] = await Delivery.all()
    assert "took more than 5 s" in told.text


async def test_a_failure_of_the_disk_is_nobodys_fault(database: Database, tmp_path: Path) -> None:
    """It goes up, so that the wire is not acknowledged; nothing is parked."""

    async def work() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        await _parking(tmp_path, Journal()).handle(UPDATE, work)
    assert await parking.waiting() == []
