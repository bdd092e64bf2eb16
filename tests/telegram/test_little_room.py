"""What takes several calls gets done however little may leave at once, and no message leaves again and again for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.demo.simulator import Simulator
from bot.wire.budget import Budget
from intake.message import TryAgain
from intake.outgoing.rendered import outgoing
from storage.models import Delivery
from tests.test_mirror import JPEG, Easel

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def easel(tmp_path: Path) -> AsyncIterator[Easel]:
    async with Simulator() as sim:
        made = Easel(sim, tmp_path)
        await made.up(tmp_path)
        yield made
        await made.wire.close()


class Slowly:
    """A desk whose budget is used up: whatever has to wait comes again when it was told to, and not later."""

    def __init__(self, easel: Easel) -> None:
        self.now = 0.0
        easel.wire.budget = Budget(lambda: self.now)
        while easel.wire.budget.take(easel.desk.chat_id) == 0:
            pass

    async def done(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """Try until it is done."""
        for _ in range(12):
            try:
                return await attempt()
            except TryAgain as error:
                self.now += error.after or 1.0
        raise AssertionError("it is never done")


def _showing(easel: Easel, job: Delivery) -> Callable[[], Awaitable[None]]:
    async def attempt() -> None:
        job.attempts += 1
        await easel.mirror.show(await outgoing(job), easel.topic)

    return attempt


async def test_an_edit_of_several_messages_is_done(easel: Easel) -> None:
    """Those that were edited the last time cost nothing, so that there is room for the next one."""
    record = await easel.record(text="word " * 1000)
    await easel.show(record)
    edit = await easel.record(text="term " * 1000, revises=record.id)
    slowly = Slowly(easel)
    await slowly.done(_showing(easel, await easel.job(edit)))
    assert sum(one.text.count("term") for one in easel.shown()) == 1000


async def test_a_picture_that_is_gone_is_told(easel: Easel) -> None:
    """What Telegram refuses to copy takes no room from what is said in its place."""
    said = easel.anna.sends_photo(JPEG, "the crack")
    record = await easel.record(said)
    easel.anna.deletes(said)
    slowly = Slowly(easel)
    await slowly.done(_showing(easel, await easel.job(record)))
    assert "the crack" in easel.shown()[-1].text
    assert easel.sim.calls_of("copyMessage") != []
    assert len(easel.sim.calls_of("copyMessage")) == 1


async def test_an_album_that_lacks_a_picture_is_shown_once(easel: Easel) -> None:
    """The customer has deleted one of them: that it is missing is said when there is room for that."""
    said = easel.anna.sends_album(*(JPEG + bytes([number]) for number in range(6)))
    parts = [await easel.record(one, album="a") for one in said]
    easel.anna.deletes(said[2])
    slowly = Slowly(easel)
    await slowly.done(_showing(easel, await easel.job(parts[0])))
    assert [one.kind for one in easel.shown()] == ["photo"] * 5 + ["text"]
    assert "1 parts of an album are missing" in easel.shown()[-1].text


async def test_nothing_left_of_an_album_is_told_once(easel: Easel) -> None:
    """All pictures were deleted before they could be shown."""
    said = easel.anna.sends_album(JPEG + b"1", JPEG + b"2", caption="all", caption_on=0)
    parts = [await easel.record(one, album="a") for one in said]
    for one in said:
        easel.anna.deletes(one)
    slowly = Slowly(easel)
    await slowly.done(_showing(easel, await easel.job(parts[0])))
    [told] = easel.shown()
    assert "all" in told.text
