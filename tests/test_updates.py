"""The poller: nothing is confirmed to Telegram before it is stored, and one bad update stops no other."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Update

from bot.demo.simulator import Simulator
from bot.updates import Updates, conversation
from bot.wire.client import Wire, make_bot
from intake.accepting import Parking
from storage import parking
from tests.builders import Core

pytestmark = pytest.mark.usefixtures("database")


class Poller:
    """A poller on a simulated Telegram that remembers which texts it has handled."""

    def __init__(self, sim: Simulator, folder: Path) -> None:
        self.sim = sim
        self.wire = Wire(make_bot(sim.token, sim.url))
        self.parking = Parking(Core(folder).house, lambda: None)
        self.updates = Updates(self.wire, self.parking)
        self.handled: list[str] = []
        self.tried: list[str] = []
        self.failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def handle(self, update: Update) -> None:
        text = (update.message.text if update.message else None) or ""
        self.tried.append(text)
        self.sim.world.touch()
        if self.failures and text == "bad":
            raise self.failures.pop(0)
        await self.gate.wait()
        self.handled.append(text)
        self.sim.world.touch()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.updates.run(self.handle))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self.wire.close()

    async def until_handled(self, *texts: str) -> None:
        await self.sim.until(lambda: [text for text in self.handled if text in texts] == list(texts), 20)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator() as simulator:
        yield simulator


async def test_what_was_not_handled_comes_again_after_a_crash(sim: Simulator, tmp_path: Path) -> None:
    """The offset moves after the handling: a poller that dies in the middle leaves the update to the next one."""
    boris = sim.person("Boris")
    first, second = Poller(sim, tmp_path), Poller(sim, tmp_path)
    boris.start()
    async with first.running():
        await first.until_handled("/start")
        first.gate.clear()
        boris.writes("do not lose me")
        await sim.until(lambda: "do not lose me" in first.tried)
    assert first.handled == ["/start"]
    async with second.running():
        await second.until_handled("do not lose me")


async def test_what_was_handled_does_not_come_again(sim: Simulator, tmp_path: Path) -> None:
    """Asking for the next batch confirms the last one."""
    boris = sim.person("Boris")
    poller = Poller(sim, tmp_path)
    boris.start()
    async with poller.running():
        for text in ("one", "two", "three"):
            boris.writes(text)
            await poller.until_handled(text)
    assert poller.tried == ["/start", "one", "two", "three"]


async def test_a_batch_is_kept_while_the_database_is_away(sim: Simulator, tmp_path: Path) -> None:
    """Nothing is parked and nothing confirmed; it is handled when the database is back, and so is what came behind."""
    boris = sim.person("Boris")
    poller = Poller(sim, tmp_path)
    poller.failures = [OSError("the disk is full"), TimeoutError()]
    boris.start()
    async with poller.running():
        await poller.until_handled("/start")
        boris.writes("bad")
        boris.writes("behind")
        await poller.until_handled("bad", "behind")
    assert poller.tried.count("bad") == 3
    assert await parking.waiting() == []


async def test_an_update_that_crashes_our_code_is_parked_and_the_next_is_handled(
    sim: Simulator, tmp_path: Path
) -> None:
    """Kept whole, tried once, never in the way of others."""
    boris = sim.person("Boris")
    poller = Poller(sim, tmp_path)
    poller.failures = [RuntimeError("a bug of ours")] * 5
    boris.start()
    async with poller.running():
        boris.writes("bad")
        boris.writes("good")
        await poller.until_handled("good")
    [row] = await parking.waiting()
    kept = await parking.parked(row.id)
    assert kept is not None
    assert b'"text": "bad"' in (kept.raw_content or b"")
    assert (kept.channel, kept.error, kept.attempts) == ("telegram", "RuntimeError", 1)


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1, "message": {"nonsense": True}},
        {"update_id": 1, "message": {"message_id": 1, "date": "yesterday", "chat": {"id": 1, "type": "private"}}},
        {"update_id": 1, "callback_query": {}},
        {"update_id": 1, "message": None},
        {"update_id": 1, "something_new": {"chat": 1}},
        {"update_id": 1, "message": {"chat": []}},
        {"update_id": 1, "message": "text"},
    ],
)
async def test_no_update_can_stop_the_poller(sim: Simulator, tmp_path: Path, raw: dict[str, object]) -> None:
    """Whatever Telegram sends one day: handled or parked, never raised."""
    poller = Poller(sim, tmp_path)
    await poller.updates.handle_batch([raw], poller.handle)
    assert len(poller.tried) + len(await parking.waiting()) == 1


def _said(number: int, chat: int, text: str) -> dict[str, object]:
    person = {"id": chat, "is_bot": False, "first_name": "Boris"}
    where = {"id": chat, "type": "private"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1, "chat": where, "from": person, "text": text},
    }


async def test_a_conversation_keeps_its_order_and_waits_for_no_other(sim: Simulator, tmp_path: Path) -> None:
    """Each chat one after the other, the chats side by side."""
    poller = Poller(sim, tmp_path)
    held = asyncio.Event()

    async def handle(update: Update) -> None:
        assert update.message is not None
        if update.message.text == "1a":
            await held.wait()
        await poller.handle(update)
        if update.message.text == "2c":
            held.set()

    texts = ("1a", "2a", "1b", "2b", "1c", "2c")
    async with asyncio.timeout(10):
        await poller.updates.handle_batch(
            [_said(number, int(text[0]), text) for number, text in enumerate(texts)], handle
        )
    assert poller.handled == ["2a", "2b", "2c", "1a", "1b", "1c"]


async def test_refusals_of_telegram_are_waited_out(sim: Simulator, tmp_path: Path) -> None:
    """Another poller, an outage, a cut connection: it goes on afterwards, and loses nothing."""
    boris = sim.person("Boris")
    poller = Poller(sim, tmp_path)
    sim.fail("getUpdates", error_code=409)
    sim.cut("getUpdates", when="after")
    boris.start()
    boris.writes("still here")
    async with poller.running():
        await poller.until_handled("still here")
    assert poller.tried == ["/start", "still here"]


def test_a_conversation_is_a_chat_or_a_topic() -> None:
    """What must stay in order together; what is not known shares one place."""
    topic = {"message": {"chat": {"id": -100}, "message_thread_id": 7, "is_topic_message": True}}
    assert conversation(_said(1, 5, "a")) == conversation({"edited_message": {"chat": {"id": 5}}})
    assert conversation(topic) != conversation({"message": {"chat": {"id": -100}}})
    assert conversation(topic) == conversation({"callback_query": topic})
    assert conversation({"poll": {}}) == conversation({})
