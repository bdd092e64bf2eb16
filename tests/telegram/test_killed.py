"""Killed with SIGKILL at exactly the worst moments, the real program loses nothing and says nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage.kinds import DeliveryKind, DeliveryState, Direction
from storage.models import CommunicationRecord, CustomerRequest, Delivery
from tests.process import Process
from tests.telegram.story.scenery import TRANSPORTS, Scenery, Transport, built, telegram

WAIT_S = 30.0
WORDS = "My kettle leaks."


@pytest.fixture(params=TRANSPORTS)
def way(request: pytest.FixtureRequest) -> Transport:
    """How updates come."""
    return "webhook" if request.param == "webhook" else "polling"


async def test_e01_killed_between_fetch_and_commit_the_message_is_there_once(
    database_url: str, tmp_path: Path, way: Transport
) -> None:
    """It was written and not committed; Telegram was not told, and brings it again."""
    await _killed_at("before_commit", database_url, tmp_path, way, committed=0)


async def test_e02_killed_between_commit_and_offset_the_message_is_there_once(
    database_url: str, tmp_path: Path, way: Transport
) -> None:
    """It was committed; Telegram was not told, brings it again, and the copy is known by its key."""
    await _killed_at("after_commit", database_url, tmp_path, way, committed=1)


async def test_e23_killed_while_sending_to_a_customer_nothing_is_repeated_and_agents_are_told(
    database_url: str, tmp_path: Path, way: Transport
) -> None:
    """The answer has reached the customer, and we were killed before Telegram could say so."""
    async with _scene(database_url, tmp_path, way) as story:
        anna, maria = story.customers[0], story.agents[0]
        await story.started()
        anna.writes(WORDS)
        topic = await story.sim.until(lambda: story.desk.topic("R-1001"), WAIT_S)
        await story.sim.until(lambda: any("R-1001" in said.text for said in story.sim.chat_of(anna)), WAIT_S)
        story.sim.slow("sendMessage", 60, chat_id=anna.id)
        maria.writes_in(topic, "Please send a photo.")
        await story.sim.until(lambda: _count(story, "Please send a photo.") == 1, WAIT_S)
        await story.kill()
        await story.started()
        await story.sim.until(lambda: "Nobody knows" in _topic_text(story), WAIT_S)
        await story.program.settled()
        async with story.program.database():
            [reply] = await Delivery.filter(kind=DeliveryKind.REPLY)
            assert reply.state is DeliveryState.UNKNOWN
        assert _count(story, "Please send a photo.") == 1


async def _killed_at(point: str, url: str, folder: Path, way: Transport, committed: int) -> None:
    there = folder / "there"
    async with _scene(url, folder, way, ("tests.telegram.halted", point, str(there))) as story:
        await story.started()
        story.customers[0].writes(WORDS)
        await _until(there.exists)
        await story.kill()
        assert await _records(story.program) == committed
        story.program.module = ("bot",)
        await story.started()
        await story.sim.until(lambda: WORDS in _topic_text(story), WAIT_S)
        await story.sim.until(lambda: not story.sim.world.queue.waiting, WAIT_S)
        await story.program.settled()
        assert await _records(story.program) == 1
        async with story.program.database():
            assert await CustomerRequest.all().count() == 1
        assert len(story.desk.topics()) == 1


@asynccontextmanager
async def _scene(url: str, folder: Path, way: Transport, module: tuple[str, ...] = ("bot",)) -> AsyncIterator[Scenery]:
    async with telegram() as sim:
        story = built(sim, folder, url, way, module)
        async with story.program:
            yield story


async def _records(program: Process) -> int:
    async with program.database():
        return await CommunicationRecord.filter(text=WORDS, direction=Direction.INCOMING).count()


async def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, "it has not come to that point"
        await asyncio.sleep(0.02)


def _topic_text(story: Scenery) -> str:
    """All that is in topics. (A transaction that was not committed may have used up a number.)"""
    return "\n".join(said.text for topic in story.desk.topics() for said in topic.messages)


def _count(story: Scenery, words: str) -> int:
    return sum(said.text == words for said in story.sim.chat_of(story.customers[0]))
