"""The other things that the program stands on: a lock that somebody holds, the clock, the relay."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.demo.mailcatcher import MailCatcher
from storage.kinds import DeliveryState
from tests.faults.proxy import Fault, proxied
from tests.faults.ward import Ward, ward
from tests.telegram.outage import held

HOURS, DAYS = 3600, 86400


@pytest.mark.long
async def test_a_locked_database_is_waited_for_then_refused(tmp_path: Path, fresh_url: Callable[[str], str]) -> None:
    """Somebody holds SQLite's lock for longer than anybody waits: 4xx and 503, then all is there once."""
    url = fresh_url("sqlite")
    async with ward(tmp_path, DATABASE_URL=url) as patient:
        await patient.program.start()
        await patient.well()
        async with held(url):
            await patient.says()
            await patient.sick("database")
            await patient.refuses()
        await patient.well()
        await patient.all_there()


@pytest.mark.long
async def test_the_relay_is_away_for_a_while(tmp_path: Path, fresh_url: Callable[[str], str]) -> None:
    """Mail is taken and chats go on; when the relay is back each acknowledgement leaves, once."""
    catcher = MailCatcher()
    await catcher.start()
    try:
        async with proxied(catcher.port) as relay:
            url, smarthost = fresh_url("sqlite"), f"smtp://127.0.0.1:{relay.port}"
            async with ward(tmp_path, DATABASE_URL=url, SMARTHOST=smarthost, MAIL_AUTH="assume-pass") as patient:
                await relay.fail(Fault.REFUSED)
                await patient.program.start()
                await patient.well()
                await patient.says()
                await patient.settled()
                assert catcher.mails == []
                await relay.fail(Fault.NONE)
                await patient.program.settled()
                assert await patient.program.count(DeliveryState.FAILED) == 0
                await patient.all_there()
                answered = [str(mail.parsed["In-Reply-To"]).strip("<>") for mail in catcher.mails]
                assert sorted(answered) == sorted(letter.message_id for letter in patient.letters)
    finally:
        await catcher.stop()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
async def test_a_clock_that_jumps_holds_nothing_up(
    tmp_path: Path, fresh_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Two hours ahead, then a day back: mail and chats are taken, shown and settled as before."""
    offset = tmp_path / "offset"
    offset.write_text("0")
    monkeypatch.setenv("LD_PRELOAD", await _clock(tmp_path))
    monkeypatch.setenv("CLOCK_OFFSET", str(offset))
    async with ward(tmp_path, DATABASE_URL=fresh_url(kind)) as patient:
        monkeypatch.delenv("LD_PRELOAD")
        await patient.program.start()
        for jump in (0, 2 * HOURS, -DAYS):
            offset.write_text(str(jump))
            await patient.well()
            await _goes_on(patient)
        offset.write_text("0")
        assert (await patient.program.terminate()).code == 0
        await patient.all_there()


async def _goes_on(patient: Ward) -> None:
    await patient.says()
    await patient.settled()
    assert await patient.writes() == "250"
    await patient.sim.until(lambda: patient.shows(patient.said[-1]), 30)


async def _clock(folder: Path) -> str:
    """Compile the library that sets the wall clock of whoever loads it."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    library = folder / "clock.so"
    source = Path(__file__).with_name("clock.c")
    done = await asyncio.create_subprocess_exec(
        "gcc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl", env=dict(os.environ)
    )
    assert await done.wait() == 0
    return str(library)
