"""Two and three real programs on one PostgreSQL: one polls and sends, another goes on when it cannot. Nothing twice."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot import one_key
from bot.receiving.polling import SECOND_POLLER
from storage import leases
from storage.kinds import DeliveryKind, Direction
from storage.models import CommunicationRecord, CustomerRequest, Delivery, Event
from tests.crew import WAIT_S, Crew, crew, go_on, pause
from tests.ports import free_port
from tests.process import Process
from tests.program import program

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
        takings = ("lease taken", "lease=send"), ("lease taken", "lease=poll")
        assert [team.logs(*taking) for taking in takings] == [3, 3]


async def test_a_process_that_telegram_does_not_answer_ends_by_itself_and_gives_its_leases_back(
    database_url: str, tmp_path: Path
) -> None:
    """Ten seconds are promised. What hangs is left to the next owner; nothing has to be cut off by force."""
    async with crew(database_url, tmp_path, 1) as team:
        team.boris.start()
        await team.heard("before")
        only = await team.on_duty("send")
        team.sim.slow("sendMessage", 30)
        await team.heard("after")
        stopped = await only.terminate()
        assert (stopped.code, stopped.seconds < 10) == (0, True)
        assert team.logs("cut off") == 0
        async with only.database():
            held = {holder.name.partition(":")[0] for holder in await leases.holders()}
        assert held.isdisjoint({"poll", "send"})


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
        await team.until(lambda: "lease over" in first.log)
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


async def test_a_process_with_another_key_does_not_start(database_url: str, tmp_path: Path) -> None:
    """It takes no mail and names the setting; alone on the database it starts, and says that the key has changed."""
    mail = {"mailboxes": "support@shop.example", "mail_auth": "off"}
    given = {"database_url": database_url, "secret_key": "a key of its own", **mail}
    (tmp_path / "other").mkdir()
    ours = {"DATABASE_URL": database_url, "SECRET_KEY": "the key of all", "MAILBOXES": mail["mailboxes"]}
    async with Process(tmp_path / "first", ours) as first:
        await first.start()
        await _until_key(first, one_key.mark(b"the key of all"))
        refused = await program(tmp_path / "other", "run", smtp_listen=f"127.0.0.1:{free_port()}", **given)
        assert refused.code == 78
        assert one_key.ANOTHER in refused.err
        checked = await program(tmp_path / "other", "check", **given)
        assert checked.code == 1
        assert "INTAKE_SECRET_KEY is not the one" in " ".join(checked.out.split())
        await first.kill()
    async with Process(tmp_path / "other", {name.upper(): value for name, value in given.items()}) as second:
        await second.start()
        await _until_key(second, one_key.mark(b"a key of its own"))
        assert one_key.CHANGED in second.log


async def _until_key(process: Process, mark: str) -> None:
    """Wait until the lease on the key says that this one counts."""
    end = time.monotonic() + WAIT_S
    async with process.database():
        while (one_key.LEASE, mark) not in [(held.name, held.owner) for held in await leases.holders()]:
            assert time.monotonic() < end, process.log_end()
            await asyncio.sleep(0.1)


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
