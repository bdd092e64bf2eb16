"""The poller: nothing is confirmed to Telegram before it is stored, and no refusal makes it give up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from telegram import Update

from bot.alarms import Alarms
from bot.demo.simulator import Simulator
from bot.receiving.outages import Outages
from bot.receiving.polling import NO_TOKEN, SECOND_POLLER, Poller
from bot.receiving.updates import Updates
from bot.wire.client import Wire, make_bot
from intake.incoming.accepting import Parking
from storage import bots, parking
from storage.models import Delivery
from tests.builders import NOW, Core

pytestmark = pytest.mark.usefixtures("database")


class Listener:
    """A poller on a simulated Telegram that remembers which texts it has handled. Its rests take no time."""

    def __init__(self, sim: Simulator, folder: Path) -> None:
        self.sim = sim
        self.now = NOW
        self.rests: list[float] = []
        self.handled: list[str] = []
        self.tried: list[str] = []
        self.failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        house = Core(folder, desk=True).house
        self.wire = Wire(make_bot(sim.token, sim.url))
        alarms = Alarms(house, lambda: None, self.clock)
        outages = Outages(self.wire.bot_id, alarms, self.clock)
        updates = Updates(self.wire, Parking(house, lambda: None))
        self.poller = Poller(self.wire, updates, outages, alarms, self.clock, self.rest)

    def clock(self) -> datetime:
        return self.now

    async def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.sim.world.touch()
        await asyncio.sleep(0)

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
        task = asyncio.create_task(self.poller.run(self.handle))
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
    first, second = Listener(sim, tmp_path), Listener(sim, tmp_path)
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
    poller = Listener(sim, tmp_path)
    boris.start()
    async with poller.running():
        for text in ("one", "two", "three"):
            boris.writes(text)
            await poller.until_handled(text)
    assert poller.tried == ["/start", "one", "two", "three"]


async def test_a_batch_is_kept_while_the_database_is_away(sim: Simulator, tmp_path: Path) -> None:
    """Nothing is parked and nothing confirmed; it is handled when the database is back, and so is what came behind."""
    boris = sim.person("Boris")
    poller = Listener(sim, tmp_path)
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
    poller = Listener(sim, tmp_path)
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


async def test_refusals_of_telegram_are_waited_out(sim: Simulator, tmp_path: Path) -> None:
    """Another poller, an outage, a cut connection: it goes on afterwards, and loses nothing."""
    boris = sim.person("Boris")
    poller = Listener(sim, tmp_path)
    sim.fail("getUpdates", error_code=409)
    sim.cut("getUpdates", when="after")
    boris.start()
    boris.writes("still here")
    async with poller.running():
        await poller.until_handled("still here")
    assert poller.tried == ["/start", "still here"]


async def test_a_second_program_is_told_once_and_does_no_harm(sim: Simulator, tmp_path: Path) -> None:
    """409: one alarm in General however long it lasts, ever longer rests, and all is well when it has gone."""
    listener = Listener(sim, tmp_path)
    sim.fail("getUpdates", count=12, error_code=409)
    boris = sim.person("Boris")
    boris.start()
    boris.writes("still here")
    async with listener.running():
        await listener.until_handled("still here")
        await sim.world.queue.polling.wait()
        troubles = [listener.poller.trouble]
        listener.now += timedelta(minutes=11)
        troubles.append(listener.poller.trouble)
    assert troubles == [SECOND_POLLER, None]
    assert [notice.text for notice in await Delivery.all()] == [SECOND_POLLER]
    assert len(listener.rests) == 12
    assert min(listener.rests) >= 3  # a poller that comes back at once would be a loop
    assert sum(listener.rests) > 100


async def test_one_conflict_is_a_restart_that_overlaps(sim: Simulator, tmp_path: Path) -> None:
    """Nobody is told."""
    listener = Listener(sim, tmp_path)
    sim.fail("getUpdates", error_code=409)
    boris = sim.person("Boris")
    boris.start()
    async with listener.running():
        await listener.until_handled("/start")
        assert listener.poller.trouble is None
    assert await Delivery.all().count() == 0


async def test_a_webhook_that_somebody_sets_is_removed_and_told(sim: Simulator, tmp_path: Path) -> None:
    """409 for another reason: nobody may poll while it is set. What waits for it comes to us."""
    listener = Listener(sim, tmp_path)
    boris = sim.person("Boris")
    async with listener.running():
        await sim.world.queue.polling.wait()
        async with httpx.AsyncClient(base_url=f"{sim.url}/bot{sim.token}") as telegram:
            await telegram.post("/setWebhook", json={"url": "http://127.0.0.1:9/theirs"})
        boris.start()
        await listener.until_handled("/start")
    [notice] = await Delivery.all()
    assert "a webhook at 127.0.0.1. It is removed" in notice.text
    assert len(listener.rests) == 1


@pytest.mark.parametrize("code", [401, 404])
async def test_a_revoked_token_is_named_and_waited_for(sim: Simulator, tmp_path: Path, code: int) -> None:
    """A minute between two questions, and work goes on by itself once the token is good again."""
    listener = Listener(sim, tmp_path)
    boris = sim.person("Boris")
    troubles: list[str | None] = []
    async with listener.running():
        await sim.world.queue.polling.wait()
        assert listener.poller.trouble is None
        sim.fail("getUpdates", count=3, error_code=code, description="Unauthorized")
        boris.start()
        await sim.until(lambda: listener.rests)
        troubles.append(listener.poller.trouble)
        boris.writes("at last")
        await listener.until_handled("/start", "at last")
        await sim.world.queue.polling.wait()
        assert listener.poller.trouble is None
    assert troubles == [NO_TOKEN]
    assert len(listener.rests) == 3
    assert all(seconds >= 45 for seconds in listener.rests)


async def test_e04_after_a_silent_week_lower_numbers_are_heard(sim: Simulator, tmp_path: Path) -> None:
    """Telegram's next number is a random one then. The offset of last week is forgotten before it can be in the way."""
    listener = Listener(sim, tmp_path)
    boris = sim.person("Boris")
    boris.start()
    async with listener.running():
        boris.writes("before")
        await listener.until_handled("/start", "before")
        await sim.world.queue.polling.wait()
        for _ in range(7):
            listener.now += timedelta(days=1)
            sim.world.clock.advance(86_400)
        await sim.world.queue.close()  # the question of that week has its answer: nothing
        sim.world.queue.open()
        await sim.world.queue.polling.wait()
        sim.world.queue.next_id = 510_000_000  # lower than before
        boris.writes("after")
        boris.writes("and on")
        await listener.until_handled("after", "and on")
        await sim.world.queue.polling.wait()
        assert not sim.world.queue.waiting
    assert sorted(listener.tried) == ["/start", "after", "and on", "before"]


@pytest.mark.parametrize(("hours", "told"), [(23, False), (50, True)])
async def test_e05_what_telegram_may_have_forgotten_is_told_once(
    sim: Simulator, tmp_path: Path, hours: int, told: bool
) -> None:
    """After an outage longer than a day the admins read from when till when messages may be lost."""
    boris = sim.person("Boris")
    first, second, third = (Listener(sim, tmp_path) for _ in range(3))
    boris.start()
    async with first.running():
        await first.until_handled("/start")
    await bots.heard(str(sim.bot_id), NOW)
    boris.writes("the last thing")
    for later in (second, third):
        later.now = NOW + timedelta(hours=hours)
    async with second.running():
        await second.until_handled("the last thing")
        await sim.world.queue.polling.wait()
    async with third.running():
        await sim.world.queue.polling.wait()
    notices = [notice.text for notice in await Delivery.all()]
    assert len(notices) == int(told)
    assert all("between 2026-11-24 09:00 and 2026-11-25 11:00 UTC" in notice for notice in notices)
