"""Other processes hear at once of work that is theirs, and of what they missed while they could not hear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from intake.message import Sender
from intake.outgoing import waits
from storage import signals
from storage.database import Database
from storage.kinds import DeliveryState
from storage.models import Delivery
from storage.signals import Signals
from tests.builders import Core, RecordingChannel, chat

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


class Ear:
    """What a process hears."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()

    async def hears(self) -> None:
        """Wait for the next signal."""
        async with asyncio.timeout(10):
            await self.heard.wait()
        self.heard.clear()


@asynccontextmanager
async def _listening(url: str) -> AsyncIterator[tuple[Signals, Ear]]:
    made, ear = Signals(url), Ear()
    task = asyncio.create_task(made.listen(ear.heard.set))
    await ear.hears()  # it has a connection: something may have been missed before
    try:
        yield made, ear
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_signal_is_heard_by_the_others_and_not_by_oneself(database: Database, database_url: str) -> None:
    """Many at once are one."""
    async with _listening(database_url) as (one, own), _listening(database_url) as (_, other):
        for _ in range(20):
            one.say()
        await other.hears()
        assert not own.heard.is_set()


async def test_a_connection_that_was_cut_comes_back_and_looks(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said meanwhile is not heard, so it looks for itself; after that it hears again."""
    monkeypatch.setattr(signals, "AGAIN_S", 0.01)
    async with _listening(database_url) as (one, _), _listening(database_url) as (_, other):
        listening = "FROM pg_stat_activity WHERE query ILIKE 'LISTEN%' OR query ILIKE 'NOTIFY%'"
        await database.connection.execute_query(f"SELECT pg_terminate_backend(pid) {listening}")
        await other.hears()
        one.say()
        await other.hears()


class Held(RecordingChannel):
    """A channel of which only one process may send."""

    mine = False

    def is_ours(self) -> bool:
        return self.mine


async def test_whoever_sends_for_a_chat_hears_of_what_another_process_took(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long before anybody would look by himself."""
    monkeypatch.setattr(waits, "POLL_S", 600.0)
    here, there = Core(tmp_path), Core(tmp_path)
    here.channels["telegram"] = Held("telegram")
    there.channels["telegram"] = theirs = Held("telegram")
    theirs.mine = True
    here.outbox = here.new_outbox(alone=False, owner="here", signals=Signals(database_url))
    there.outbox = there.new_outbox(alone=False, owner="there", signals=Signals(database_url))
    here.intake._wake = here.outbox.wake
    running = [asyncio.create_task(core.outbox.run()) for core in (here, there)]
    try:
        for number in range(3):
            await here.accept(chat(f"message {number}", sender=here_and_now(number)))
            async with asyncio.timeout(20):
                await theirs.many(number + 1)
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
    assert await Delivery.filter(channel="telegram", state=DeliveryState.SENT).count() == 3


def here_and_now(number: int) -> Sender:
    return Sender(str(600 + number), "Boris", "ru")


async def test_that_nothing_is_heard_is_said_once(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage of an hour is one line, and not three thousand."""
    monkeypatch.setattr(signals, "AGAIN_S", 0.0)
    tried = asyncio.Semaphore(0)

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tried.release()
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with capture_logs() as logs:
        listening = asyncio.create_task(Signals(f"postgres://intake@127.0.0.1:{port}/intake").listen(lambda: None))
        for _ in range(8):
            await asyncio.wait_for(tried.acquire(), 10)
        listening.cancel()
        await asyncio.wait({listening})
    server.close()
    assert [line["event"] for line in logs] == ["signals of other processes are not heard"]
