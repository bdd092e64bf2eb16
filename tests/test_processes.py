"""Two and three real programs on one PostgreSQL: one polls and sends, another goes on when it cannot. Nothing twice."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.receiving.polling import SECOND_POLLER
from storage.kinds import DeliveryKind, Direction
from storage.models import CommunicationRecord, CustomerRequest, Delivery, Event
from tests.crew import Crew, crew, go_on, pause

pytestmark = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


async def test_one_of_three_polls_and_sends_and_another_goes_on_when_it_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    """Both leases are one process's; after a kill -9 and after a SIGTERM the next one has them within seconds."""
    async with crew(database_url, tmp_path, 3) as team:
        team.boris.start()
        await team.heard("before the kill")
        first = await team.on_duty("poll")
        assert await team.on_duty("send") is first
        await first.kill()
        assert await team.heard("after the kill") < 15
        second = await team.on_duty("poll", but=first)
        assert await team.on_duty("send") is second
        begun = time.monotonic()
        stopped = await second.terminate()
        assert (stopped.code, stopped.seconds < 10) == (0, True)
        third = await team.on_duty("poll", but=second)
        assert time.monotonic() - begun < 10
        await team.heard("after the handing over")
        assert await team.on_duty("send") is third
        await _said_once(team, "before the kill", "after the kill", "after the handing over")
        # Each was on duty once: nothing flaps, and no lease is taken from one that lives.
        assert team.logs("on duty") - team.logs("duty=secret-key") >= 6
        assert team.logs("duty=poll") <= 3 + 2


async def test_a_process_that_stood_still_neither_polls_nor_sends_afterwards(database_url: str, tmp_path: Path) -> None:
    """SIGSTOP in the middle of a send, for longer than its lease: another one goes on, and nobody reads it twice."""
    async with crew(database_url, tmp_path, 2) as team:
        team.boris.start()
        await team.heard("My kettle leaks.")
        await team.until(lambda: team.read_by_boris("R-1001"))
        first = await team.on_duty("send")
        team.sim.slow("sendMessage", 4, chat_id=team.boris.id)
        team.maria.writes_in(team.desk.topic("R-1001"), "Please send a photo.")
        await team.until(lambda: team.read_by_boris("Please send a photo."))
        pause(first)
        for number in range(3):
            team.boris.writes(f"while it stands {number}")
        await team.shown("while it stands 2")
        second = await team.on_duty("send", but=first)
        assert await team.on_duty("poll") is second
        go_on(first)
        for number in range(3):
            team.boris.writes(f"when it goes on {number}")
            team.maria.writes_in(team.desk.topic("R-1001"), f"We know, {number}.")
        await team.until(lambda: team.read_by_boris("We know, 2."))
        await team.shown("when it goes on 2")
        await team.until(lambda: "off duty" in first.log)
        await asyncio.sleep(5)  # it would poll by now, and be refused, if it did
        assert await team.on_duty("send") is second
        said = [f"{when} {number}" for when in ("while it stands", "when it goes on") for number in range(3)]
        await _said_once(team, *said)
        for words in ("Please send a photo.", *(f"We know, {number}." for number in range(3))):
            assert team.read_by_boris(words) == 1


async def test_webhooks_reach_any_of_three_and_the_same_update_at_two_is_one(database_url: str, tmp_path: Path) -> None:
    """Each update comes to two processes at the same instant: one record, one answer, one deed, one topic."""
    async with crew(database_url, tmp_path, 3, webhook=True) as team:
        team.boris.start()
        await team.heard("one at a time")
        assert team.balancer is not None
        team.balancer.twice = True
        for number in range(3):
            await team.heard(f"twice {number}")
        topic = team.desk.topic("R-1001")
        [card] = [said for said in topic.messages if said.buttons]
        press = team.maria.presses(card, "🙋 Assign to me")
        await team.until(lambda: press.answered)
        await team.until(lambda: any("🧑‍💼 Maria" in said.text for said in team.desk.topic("R-1001").messages))
        team.maria.writes_in(topic, "Please send a photo.")
        await team.until(lambda: team.read_by_boris("Please send a photo."))
        await team.programs[0].settled()
        await _said_once(team, "one at a time", *(f"twice {number}" for number in range(3)))
        assert team.read_by_boris("Please send a photo.") == 1
        async with team.programs[0].database():
            assert (
                await CommunicationRecord.filter(direction=Direction.OUTGOING, text="Please send a photo.").count() == 1
            )
            assert await Event.filter(what="assigned").count() == 1
        assert not team.sim.unanswered()


async def _said_once(team: Crew, *texts: str) -> None:
    """Each is one record in one request, shown in one topic once; and nobody was told of a second program."""
    async with team.programs[0].database():
        for text in texts:
            assert await CommunicationRecord.filter(text=text).count() == 1, text
        assert await CustomerRequest.all().count() == 1
        assert not await Delivery.filter(kind=DeliveryKind.NOTICE, text=SECOND_POLLER).exists()
    assert [team.in_topics(text) for text in texts] == [1] * len(texts)
    assert len(team.desk.topics()) == 1
    assert team.logs(SECOND_POLLER) == 0
