"""Updates that come twice, late, out of turn or not at all: each is stored once, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from storage import bots, parking
from storage.models import BotState, CommunicationRecord, CustomerRequest
from tests.ports import free_port
from tests.process import SETTLES_WITHIN_S, Process
from tests.stage import WEBHOOK_SECRET, Stage, Transport, letter
from tests.telegram.customers import until_so
from tests.telegram.outage import away, held
from tests.telegram.relay import Relay

LOST = "do not lose me"


class Killable:
    """The real program as a process, on a simulated Telegram that fetches nothing for it or brings it all."""

    def __init__(self, sim: Simulator, boris: Person, program: Process, relay: Relay | None, url: str) -> None:
        self.sim = sim
        self.boris = boris
        self.program = program
        self.relay = relay
        self.url = url

    async def greeted(self) -> None:
        """Started, and known to have taken an update."""
        self.boris.start()
        await self.sim.until(lambda: not self.sim.world.queue.waiting, SETTLES_WITHIN_S)
        if self.relay is not None:
            self.relay.came.clear()
            self.relay.answered.clear()

    async def is_taking(self) -> None:
        """Wait until an update was handed to the program."""
        if self.relay is not None:
            await self.relay.came.wait()
        else:
            await self.sim.until(lambda: LOST in str(self.sim.calls_of("getUpdates")[-1].result), SETTLES_WITHIN_S)
        await asyncio.sleep(0.1)  # it may take its time: whatever it does now, it cannot finish it

    async def texts(self) -> list[str]:
        """What it has stored."""
        return [record["text"] for record in (await self.program.export("record"))["record"]]

    async def has_logged(self, words: str) -> None:
        async with asyncio.timeout(SETTLES_WITHIN_S):
            while True:
                if words in self.program.log_end():
                    return
                await asyncio.sleep(0.02)

    async def stored_once(self) -> None:
        await self.sim.until(lambda: not self.sim.world.queue.waiting, SETTLES_WITHIN_S)
        await self.program.settled()
        assert await self.texts() == [LOST]


@asynccontextmanager
async def _killable(url: str, transport: Transport, folder: Path) -> AsyncIterator[Killable]:
    async with Simulator() as sim:
        settings = _settings(url, sim, sim.forum("Support desk"))
        relay = None
        if transport is Transport.WEBHOOK:
            port = free_port()
            relay = Relay(port)
            settings |= {
                "HTTP_LISTEN": f"127.0.0.1:{port}",
                "TELEGRAM_WEBHOOK_URL": relay.url,
                "TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
            }
        try:
            async with Process(folder, settings) as program:
                await program.start()
                yield Killable(sim, sim.person("Boris"), program, relay, url)
        finally:
            await sim.world.queue.unhook()
            if relay is not None:
                await relay.close()


def _settings(url: str, sim: Simulator, desk: Group) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "MAILBOXES": "support@shop.example",
        "TELEGRAM_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        "TELEGRAM_PACE": "1000",
        "DESK_CHAT_ID": str(desk.chat_id),
    }


async def test_e01_killed_between_fetch_and_commit_loses_nothing(
    database_url: str, transport: Transport, tmp_path: Path
) -> None:
    """The program has the update and cannot store it yet: Telegram gives it once more after the next start."""
    async with _killable(database_url, transport, tmp_path) as scene:
        await scene.greeted()
        async with held(database_url):
            scene.boris.writes(LOST)
            await scene.is_taking()
            await scene.program.kill()
        assert await scene.texts() == []
        await scene.program.leases_end()
        await scene.program.start()
        await scene.stored_once()


async def test_e02_killed_after_the_commit_stores_nothing_twice(
    database_url: str, transport: Transport, tmp_path: Path
) -> None:
    """It is stored, and Telegram does not know: what comes again is recognised by its key."""
    async with _killable(database_url, transport, tmp_path) as scene:
        await scene.greeted()
        if scene.relay is not None:
            scene.relay.lose_answers = True
        else:
            scene.sim.cut("getUpdates", "before", count=2)  # the question that would confirm it
        scene.boris.writes(LOST)
        if scene.relay is not None:
            await scene.relay.answered.wait()
            scene.relay.lose_answers = False
        else:
            await scene.has_logged("accepted")
        assert scene.sim.world.queue.waiting
        await scene.program.kill()
        await scene.program.leases_end()
        await scene.program.start()
        await scene.stored_once()
        assert "duplicate=True" in scene.program.log_end()


async def test_e03_the_same_update_twice_is_one_record(scene: Stage) -> None:
    """An update that was confirmed comes once more, as when two ways of receiving overlap."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        await scene.reads(boris, "Hello")
        scene.sim.duplicate_next_update()
        boris.writes("My kettle is broken.")
        await scene.topic("R-1001", "My kettle is broken.")
        boris.writes("It is the red one.")
        await scene.topic("R-1001", "It is the red one.")
        await scene.settled()
        assert await CommunicationRecord.filter(text="My kettle is broken.").count() == 1
    assert len(scene.desk.topics()) == 1


async def test_e04_numbers_that_fall_after_a_silent_week_are_accepted(scene: Stage) -> None:
    """Nothing of ours is ordered by Telegram's numbers, and none is remembered for good."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("before the holidays")
        await scene.topic("R-1001", "before the holidays")
        await scene.heard()
        scene.sim.world.queue.next_id -= 100_000
        boris.writes("after the holidays")
        boris.writes("and a question")
        await scene.topic("R-1001", "and a question")
        await scene.settled()
        records = await CommunicationRecord.all().order_by("id")
    assert [record.text for record in records] == ["before the holidays", "after the holidays", "and a question"]


async def test_e05_nothing_is_lost_while_the_database_is_away(scene: Stage) -> None:
    """No offset, and 503 with the time to wait; what came meanwhile is stored once, in its order, when it is back."""
    boris = scene.sim.person("Boris")
    async with scene.running() as app:
        boris.start()
        await scene.reads(boris, "Hello")
        await scene.settled()
        if app.database.is_sqlite:  # else a locked file is waited for as long as Telegram waits for us
            await app.database.connection.execute_script("PRAGMA busy_timeout=50")
        async with away(scene.url):
            boris.writes("one")
            boris.writes("two")
            if scene.transport is Transport.WEBHOOK:
                await scene.sim.until(lambda: scene.sim.world.attempts[-1].status == 503, 60)
            else:
                await scene.sim.until(lambda: "one" in str(scene.sim.calls_of("getUpdates")[-1].result), 60)
            assert len(scene.sim.world.queue.waiting) == 2
        scene.sim.world.clock.advance(10)
        await scene.heard()
        records = await CommunicationRecord.all().order_by("id")
    assert [record.text for record in records] == ["one", "two"]


async def test_e05_after_a_long_outage_the_admins_read_what_may_be_lost(
    scene: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram keeps updates for a day: once, in General, from when till when; not after the next short stop."""
    monkeypatch.setattr("bot.receiving.webhook.LOOK_EVERY_S", 0.1)
    long_ago = datetime.now(UTC) - timedelta(hours=30)
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()  # else Telegram has nothing to say for as long as it may be asked
        await until_so(BotState.exclude(heard_at=None).exists)
        await bots.heard(str(scene.sim.bot_id), long_ago)
    for _ in range(2):
        async with scene.running():
            boris.writes("/help")
            told = await scene.general("may be lost")
            await until_so(BotState.filter(heard_at__gt=long_ago + timedelta(hours=1)).exists)
            await scene.heard()
            await scene.settled()
    assert len([said for said in scene.desk.general() if "may be lost" in said.text]) == 1
    assert f"between {long_ago:%Y-%m-%d %H:%M} and" in told.text


async def test_e06_an_update_that_our_code_cannot_handle_holds_up_nobody(scene: Stage) -> None:
    """Kept whole, told in General, the rest of that chat goes on; after the fix it is handled like any other."""
    boris = scene.sim.person("Boris")
    async with scene.running() as app:
        boris.start()
        await scene.reads(boris, "Hello")
        whole = app.intake._house  # the fault is planted where our own code works

        class Broken:
            def __getattr__(self, name: str) -> object:
                raise RuntimeError("a bug of ours")

        app.intake._house = Broken()  # type: ignore[assignment]  # a defect of ours
        boris.writes("the bad one")
        await scene.sim.until(lambda: "could not be handled" in scene.desk.general()[-1].text, 20)
        app.intake._house = whole
        boris.writes("the next one")
        await scene.topic("R-1001", "the next one")
        [row] = await parking.waiting()
        kept = await parking.parked(row.id)
        assert kept is not None
        assert b"the bad one" in (kept.raw_content or b"")
        await app.replay(kept.channel, kept.raw_content or b"", kept.envelope)
        await scene.topic("R-1001", "the bad one")


async def test_e15_a_foreign_group_is_left_and_its_words_are_nobodys(scene: Stage) -> None:
    """Nothing is said there and nothing stored; an admin of ours may keep the bot in another group."""
    stranger = scene.sim.person("Stranger")
    foreign, own = scene.sim.group("Kettle lovers"), scene.sim.group("The next desk")
    async with scene.running():
        for group, person in ((foreign, stranger), (own, scene.maria)):
            group.bot_becomes("left")
            group.add(person, "creator")
            group.bot_becomes("member")
            person.writes_in_general("/start hello, bot", chat_id=group.chat_id)
        await scene.sim.until(lambda: scene.sim.calls_of("leaveChat"), 20)
        await scene.heard()
        await scene.settled()
        left = [int(str(call.params["chat_id"])) for call in scene.sim.calls_of("leaveChat")]
        assert await CommunicationRecord.all().count() == 0
        assert await CustomerRequest.all().count() == 0
    assert left == [foreign.chat_id]
    said = [call for call in scene.sim.calls if call.method.startswith(("send", "copy"))]
    assert {call.params["chat_id"] for call in said} <= {str(scene.desk.chat_id), scene.desk.chat_id}


async def test_e15_without_a_desk_the_bot_stays_in_its_first_group(scene: Stage) -> None:
    """Whoever sets it up takes the bot into the group first, and learns the group's number from the log."""
    group = scene.sim.group("The desk to be")
    group.add(scene.maria, "creator")
    async with scene.running(desk_chat_id=None):
        group.bot_becomes("administrator")
        await scene.heard()
    assert scene.sim.calls_of("leaveChat") == []


async def test_e45_a_revoked_token_ends_nothing(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program says so, goes on with mail, and takes up Telegram by itself once the token is good again."""
    monkeypatch.setattr("bot.receiving.polling.TOKEN_WAIT_S", 0.1)
    monkeypatch.setattr("bot.receiving.webhook.LOOK_EVERY_S", 0.1)
    boris = scene.sim.person("Boris")
    boris.start()
    boris.writes("still here")
    scene.sim.fail("getWebhookInfo", count=3, error_code=401, description="Unauthorized")
    async with scene.running() as app:
        assert app.telegram is not None
        source = app.telegram.source
        await scene.sim.until(lambda: "@BotFather" in (source.trouble or ""), 20)
        await scene.mail(letter("A question by mail"), "anna@customer.example")
        await scene.heard()
        await scene.settled()
        texts = {record.text.strip() for record in await CommunicationRecord.all()}
    assert texts == {"still here", "A question by mail"}
    assert source.trouble is None


async def test_e45_another_bots_token_is_told_once(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The customers of the old bot are not reached by the new one: agents read it before they wonder."""
    monkeypatch.setattr("bot.receiving.webhook.LOOK_EVERY_S", 0.1)
    boris = scene.sim.person("Boris")
    boris.start()
    async with scene.running():
        await until_so(BotState.exclude(heard_at=None).exists)
    other = scene.sim.bot("Another", "another_bot")
    scene.desk.add_bot(other)
    for _ in range(2):
        boris.with_bot(other).start()
        async with scene.running(telegram_token=other.token):
            await scene.general("Customers must start the new bot")
            await scene.settled()
    assert len([said for said in scene.desk.general() if "Customers must start the new bot" in said.text]) == 1
