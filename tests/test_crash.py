"""Killed, stopped and hung up on, the real program loses nothing and doubles nothing. On both databases."""

from __future__ import annotations

import asyncio
import hashlib
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import MAILBOX, Client, Letter, NotTakenError, hand_in, hang_up, letters
from bot.demo.groups import Group
from bot.demo.mailcatcher import CaughtMail, MailCatcher
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from storage.kinds import DeliveryState
from tests.process import SETTLES_WITHIN_S, Line, Process

MAILS, MAIL_KILLS = 60, 10
MESSAGES, CHAT_KILLS = 40, 5
HANG_UPS = 200
Stored = dict[str, list[Line]]  # lines of the export by kind


async def test_killed_ten_times_every_mail_is_there_once(database_url: str, tmp_path: Path) -> None:
    """What got a 250 is stored once, as one request, and acknowledged; repeats carry the same Message-ID."""
    seed = random.randrange(1 << 32)
    about = f"seed {seed}"
    chance = random.Random(seed)
    # Every sixth mail is larger than what a row holds, so that it and its attachment are files.
    mails = list(letters(MAILS, seed, senders=12, text=600, every=6, attachment=80_000))
    async with _catching() as catcher, Process(tmp_path, _mail(database_url, catcher)) as program:
        await program.start()
        sending = Sending(program.port, mails)
        handing_in = asyncio.create_task(sending.all())
        for dots in sorted(chance.choices(range(1, MAILS), k=MAIL_KILLS)):
            await sending.reaches(dots)
            # Between the final dot and the 250, or while the acknowledgements leave.
            await asyncio.sleep(chance.uniform(0, 0.04))
            await program.kill()
            on_their_way = sending.on_their_way
            await program.leases_end()
            await program.start()
            # Killed once more at the same mail, the program would think that it dies of it, and read it no more.
            await sending.took(on_their_way)
        await handing_in
        await program.settled()
        stored = await program.export("record", "request", "delivery", "parked")
    assert stored["parked"] == [], about
    _each_stored_once(mails, stored, program.data, about)
    assert set(_acknowledged(catcher.mails)) == _ids(mails), about
    tries = {delivery["request"]: delivery["attempts"] for delivery in stored["delivery"]}
    numbers = {record["message_id"]: record["request"] for record in stored["record"]}
    for message_id, acknowledgements in _acknowledged(catcher.mails).items():
        assert len(set(acknowledgements)) == 1, about
        assert len(acknowledgements) <= tries[numbers[message_id]], about
    assert sending.dots.total() > MAILS, f"no kill hit a mail on its way; {about}"


async def test_killed_five_times_every_chat_message_is_there_once(database_url: str, tmp_path: Path) -> None:
    """One record and one place in one topic for each; the desk repeats only where a send was cut."""
    seed = random.randrange(1 << 32)
    about = f"seed {seed}"
    chance = random.Random(seed)
    async with Simulator() as sim:
        desk, people = (
            sim.forum("Support desk"),
            [sim.person(name) for name in ("Anna A", "Boris B", "Chen C", "Dora D")],
        )
        async with Process(tmp_path, _chat(database_url, sim, desk)) as program:
            await program.start()
            for person in people:
                person.start()
            said = [(people[number % 4], f"message {number:02} of {seed}") for number in range(MESSAGES)]
            writing = asyncio.create_task(_write(sim, said))
            for _ in range(CHAT_KILLS):
                await _calls(sim, chance.randrange(4, 16))
                await asyncio.sleep(chance.uniform(0, 0.02))
                await program.kill()
                cut = set(sim.world.queue.waiting)
                await program.leases_end()
                await program.start()
                # Killed once more at the same message, the program would think that it dies of it.
                await _are_through(sim, cut)
            await writing
            await sim.until(lambda: not sim.world.queue.waiting, SETTLES_WITHIN_S)
            await program.settled()
            stored = await program.export("record", "delivery", "parked")
        assert stored["parked"] == [], about
        assert sorted(record["text"] for record in stored["record"]) == sorted(text for _, text in said), about
        tries = _attempts(stored)
        _each_shown_once(desk, people, said, tries, about)


async def test_sigterm_ends_cleanly_with_a_mail_on_its_way(database_url: str, tmp_path: Path) -> None:
    """Exit code 0 within ten seconds; the mail has its 250 or will come again; nothing is left half sent."""
    *first, last = letters(9, seed=3, text=600)
    async with _catching() as catcher, Process(tmp_path, _mail(database_url, catcher)) as program:
        await program.start()
        await asyncio.gather(*(hand_in(program.port, letter) for letter in first))
        client = await Client.connected(program.port)
        await client.begin(last)
        wire = last.on_the_wire
        await client.write(wire[: len(wire) // 2])
        stopping = asyncio.create_task(program.terminate())
        await _refuses(program.port)
        try:
            await client.write(wire[len(wire) // 2 :])
            await client.taken()
            taken = True
        except (OSError, NotTakenError):
            taken = False
        stopped = await stopping
        client.close()
        assert stopped.code == 0
        assert stopped.seconds < 10
        assert taken, "there was time to finish it"
        assert await program.count(DeliveryState.SENDING) == 0
        await program.start()
        await program.settled()
        assert (await program.terminate()).code == 0
        stored = await program.export("record")
    assert Counter(record["message_id"] for record in stored["record"]) == Counter(_ids([*first, last]))
    assert Counter(_acknowledged(catcher.mails).keys()) == Counter(_ids([*first, last]))


async def test_sigterm_does_not_wait_for_a_client_that_stalls(database_url: str, tmp_path: Path) -> None:
    """Half a mail that never ends is cut off, and not stored."""
    [letter] = letters(1, seed=4)
    async with Process(tmp_path, {"DATABASE_URL": database_url, "MAILBOXES": MAILBOX}) as program:
        await program.start()
        client = await Client.connected(program.port)
        await client.begin(letter)
        await client.write(letter.on_the_wire[:100])
        stopped = await program.terminate()
        client.close()
        assert stopped.code == 0
        assert stopped.seconds < 10
        assert await program.export("record") == {"record": []}


async def test_two_hundred_clients_that_hang_up_leave_the_service_well(database_url: str, tmp_path: Path) -> None:
    """Each of their mails is stored once or not at all; whoever comes after them is served."""
    *lost, late, good = letters(HANG_UPS + 2, seed=5, text=600, every=20, attachment=80_000)
    # Who closes his side may still read our answer: he counts as there until his mail is stored.
    many = {"MAX_SESSIONS": "250", "MAX_SESSIONS_PER_IP": "250"}
    settings = {"DATABASE_URL": database_url, "MAILBOXES": MAILBOX, **many}
    async with Process(tmp_path, settings) as program:
        await program.start()
        for start in range(0, HANG_UPS, 20):
            await asyncio.gather(*(hang_up(program.port, letter) for letter in lost[start : start + 20]))
        await hand_in(program.port, late)  # waits behind those of the others that are still being stored
        async with asyncio.timeout(30):
            await hand_in(program.port, good)
        stopped = await program.terminate()
        assert (stopped.code, stopped.seconds < 10) == (0, True)
        stored = await program.export("record", "request")
    there = {record["message_id"] for record in stored["record"]}
    assert {good.message_id, late.message_id} <= there
    _each_stored_once([letter for letter in (*lost, late, good) if letter.message_id in there], stored, program.data)
    if database_url.startswith("sqlite:"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite://"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@dataclass(slots=True)
class Sending:
    """Mail servers that hand in their mails, each again until it has its 250."""

    port: int
    mails: list[Letter]
    dots: Counter[str] = field(default_factory=Counter)  # how often a mail's final dot has left
    _taken: set[str] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def all(self) -> None:
        waiting = iter(self.mails)
        await asyncio.gather(*(self._one_after_the_other(waiting) for _ in range(4)))

    async def reaches(self, mails: int) -> None:
        """Wait until the final dot of so many mails has left."""
        while len(self.dots) < mails:
            self._changed.clear()
            await self._changed.wait()

    @property
    def on_their_way(self) -> set[str]:
        """The mails whose final dot has left and that have no 250."""
        return set(self.dots) - self._taken

    async def took(self, mails: set[str]) -> None:
        """Wait until all of these have their 250."""
        while not mails <= self._taken:
            self._changed.clear()
            await self._changed.wait()

    async def _one_after_the_other(self, waiting: Iterable[Letter]) -> None:
        for letter in waiting:
            taken = False
            while not taken:
                taken = await self._is_taken(letter)

    async def _is_taken(self, letter: Letter) -> bool:
        def dot() -> None:
            self.dots[letter.message_id] += 1
            self._changed.set()

        try:
            await hand_in(self.port, letter, dot)
        except (OSError, NotTakenError):
            await asyncio.sleep(0.02)
            return False
        self._taken.add(letter.message_id)
        self._changed.set()
        return True


async def _refuses(port: int) -> None:
    """Wait until nobody listens any more: the program has heard the signal."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return
        writer.close()
        await asyncio.sleep(0.01)


def _mail(url: str, catcher: MailCatcher) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "MAILBOXES": MAILBOX,
        "SMARTHOST": f"smtp://{catcher.host}:{catcher.port}",
        "ACKS_PER_SENDER_PER_DAY": "0",
        "ACKS_PER_HOUR": "0",
        "REQUESTS_PER_SENDER_PER_HOUR": "0",
        "TOPICS_PER_HOUR": "0",
    }


def _chat(url: str, sim: Simulator, desk: Group) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "MAILBOXES": MAILBOX,  # its greeting tells that the program is up
        "TELEGRAM_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        "DESK_CHAT_ID": str(desk.chat_id),
        "TELEGRAM_PACE": "1000",
    }


@asynccontextmanager
async def _catching() -> AsyncIterator[MailCatcher]:
    catcher = MailCatcher()
    await catcher.start()
    try:
        yield catcher
    finally:
        await catcher.stop()


def _ids(mails: Iterable[Letter]) -> set[str]:
    return {mail.message_id for mail in mails}


def _acknowledged(caught: Iterable[CaughtMail]) -> dict[str, list[str]]:
    """The Message-IDs of the acknowledgements by the id of the mail that they answer."""
    found: dict[str, list[str]] = {}
    for mail in caught:
        answered = str(mail.parsed["In-Reply-To"]).strip("<>")
        found.setdefault(answered, []).append(str(mail.parsed["Message-ID"]))
    return found


def _each_stored_once(mails: Iterable[Letter], stored: Stored, data: Path, about: str = "") -> None:
    """These mails and no others, byte for byte, each a request of its own, every file there and whole."""
    records = stored["record"]
    wanted = sorted((mail.message_id, hashlib.sha256(mail.raw).hexdigest()) for mail in mails)
    assert sorted((record["message_id"], record["raw_sha256"]) for record in records) == wanted, about
    numbers = sorted(request["number"] for request in stored["request"])
    assert sorted(record["request"] for record in records) == numbers, about
    for record in records:
        for attachment in record["attachments"]:
            kept = (data / "files" / attachment["sha256"][:2] / attachment["sha256"][2:]).read_bytes()
            assert hashlib.sha256(kept).hexdigest() == attachment["sha256"], about


def _attempts(stored: Stored) -> dict[str, int]:
    """How often each record, by its text, was tried to be shown on the desk."""
    mirrored = {line["record"]: line["attempts"] for line in stored["delivery"] if line["what"] == "mirror"}
    return {record["text"]: mirrored[record["id"]] for record in stored["record"]}


async def _calls(sim: Simulator, count: int) -> None:
    """Wait until the bot has made so many more calls."""
    enough = len(sim.calls) + count
    await sim.until(lambda: len(sim.calls) >= enough, SETTLES_WITHIN_S)


async def _are_through(sim: Simulator, updates: set[int]) -> None:
    """Wait until the bot has confirmed all of these."""
    await sim.until(lambda: updates.isdisjoint(sim.world.queue.waiting), SETTLES_WITHIN_S)


async def _write(sim: Simulator, said: list[tuple[Person, str]]) -> None:
    """Write all of it, as fast as the bot fetches it but not faster, so that every kill finds some on its way."""
    for person, text in said:
        person.writes(text)
        await sim.until(lambda: len(sim.world.queue.waiting) < 4, SETTLES_WITHIN_S)


def _each_shown_once(
    desk: Group, people: list[Person], said: list[tuple[Person, str]], tries: dict[str, int], about: str
) -> None:
    for person in people:
        [topic] = [topic for topic in desk.topics() if person.user.first_name in topic.name]
        for text in (text for writer, text in said if writer is person):
            shown = sum(text in message.text for message in topic.messages)
            assert 1 <= shown <= tries[text], about
    assert len(desk.topics()) == len(people), about
