"""Who and what a run has: people, the desk, the relay, the processes, and what is written down of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import asyncpg

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from storage.kinds import request_id
from tests.chaos.fleet import Fleet, shared
from tests.chaos.letters import MAILBOX, OTHER_MAILBOX, Desk, Letter
from tests.chaos.office import Office
from tests.chaos.relays import Relays
from tests.chaos.traps import Trap
from tests.chaos.weather import Weather
from tests.process import Process
from tests.telegram.story.ledger import Ledger
from tests.telegram.story.watch import NUMBER, Watch

AGENTS = ("Maria Agent", "Ivan Agent")
LANGUAGES = ("en", "de", "ru", "es")
FORGETS_WITHIN_S = 8.0  # after a kill, on a machine that is busy: what it did so long before may not be written down
WHOLE = ("bot",)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run is played on."""

    database: str
    processes: int

    def __str__(self) -> str:
        return f"{self.database}-{self.processes}"


SETUPS = (Setup("sqlite", 1), Setup("postgres", 1), Setup("postgres", 3))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run has its data: an empty, migrated database, and a folder."""

    url: str
    folder: Path


@dataclass(slots=True)
class World:
    """The world of one run."""

    setup: Setup
    place: Place
    sim: Simulator
    weather: Weather
    desk: Group
    people: list[Person]
    agents: list[Person]
    watch: Watch
    ledger: Ledger
    mails: Desk
    relays: Relays
    fleet: Fleet
    office: Office
    after_dot: Trap
    unanswered: Trap
    transcript: list[str]
    hiccups: list[tuple[float, float]] = field(default_factory=list)  # from, to: the database was away
    replayed: int = 0  # how many parked messages were tried again
    refused: set[str] = field(default_factory=set)  # customers' addresses that do not exist

    def tell(self, line: str) -> None:
        self.transcript.append(f"{self.watch.now:7.2f} {line}")

    @property
    def letters(self) -> list[Letter]:
        return self.mails.letters

    async def speaks_to_telegram(self) -> int | None:
        """The process that holds the lease for it, if one does."""
        if self.setup.processes == 1:
            return 0
        connection = await asyncpg.connect(self.place.url)
        try:
            holders = await connection.fetch("SELECT owner FROM lease WHERE name LIKE 'send:%' AND until > now()")
        finally:
            await connection.close()
        # An owner's name has the number of its process in it: storage/owners.py.
        parts = [part for row in holders for part in str(row["owner"]).split("|")]
        return next((number for number in self.fleet.up if str(self.fleet.processes[number].pid) in parts), None)

    def number_of_topic(self, name: str) -> int | None:
        match = NUMBER.match(name)
        return request_id(match[0]) if match else None


@asynccontextmanager
async def built(
    setup: Setup, place: Place, dice: Random, sizes: tuple[int, int], module: tuple[str, ...] = WHOLE
) -> AsyncIterator[World]:
    """All of it, the program not yet started. `sizes`: how many mails and chat messages are to come."""
    weather = Weather(Random(dice.randrange(1 << 32)))
    sim = Simulator()
    sim.faults = weather
    await sim.start()
    transcript: list[str] = []

    def tell(line: str) -> None:
        transcript.append(f"{watch.now:7.2f} {line}")

    watch = Watch(sim, weather, tell, forgets_within_s=FORGETS_WITHIN_S)
    sim.observers.append(watch.observe)
    people, agents = _people(sim, sizes[1])
    desk = sim.forum("Support desk")
    for agent in agents:
        desk.add(agent, "administrator")

    async def at_mail(process: int) -> None:
        await unanswered.passes(process)

    relays = Relays(setup.processes, Random(dice.randrange(1 << 32)), lambda: watch.now, tell, at_mail)
    await relays.start()
    try:
        settings = [_settings(setup, place, sim, desk, agents, relays.url(n)) for n in range(setup.processes)]
        processes = [Process(shared(place.folder, n), settings[n], module) for n in range(setup.processes)]
        async with Fleet(processes, Random(dice.randrange(1 << 32)), lambda: watch.now, tell) as fleet:
            unanswered = Trap(fleet, dice, 0.02)
            after_dot = Trap(fleet, dice, 0.05)
            ledger = Ledger()
            mails = Desk(ledger, customers(sizes[0]))

            async def at_dot(process: int, letter: Letter) -> None:
                await after_dot.passes(process)

            office = Office(fleet.ports, at_dot, tell, Random(dice.randrange(1 << 32)))
            fleet.on_kill.append(lambda _: watch.kills.append(watch.now))
            made = World(
                setup, place, sim, weather, desk, people, agents, watch, ledger, mails, relays, fleet, office,
                after_dot, unanswered, transcript,
            )  # fmt: skip
            relays.nobody = made.refused = {one for one in customers(sizes[0]) if one.startswith("gone")}
            yield made
    finally:
        await relays.stop()
        await sim.stop()


def customers(mails: int) -> list[str]:
    """Who writes mails; some have given an address that takes none."""
    count = max(4, mails // 6)
    return [
        f"{'gone' if number % 15 == 14 else 'anna'}{number}@customer{number % 7}.example" for number in range(count)
    ]


def _people(sim: Simulator, messages: int) -> tuple[list[Person], list[Person]]:
    count = max(3, messages // 18)
    names = [f"{'ABCDEFGHIJ'[number % 10]}anna{number} Chat" for number in range(count)]
    people = [sim.person(name, LANGUAGES[number % len(LANGUAGES)]) for number, name in enumerate(names)]
    return people, [sim.person(name) for name in AGENTS]


def _settings(
    setup: Setup, place: Place, sim: Simulator, desk: Group, agents: Sequence[Person], smarthost: str
) -> dict[str, str]:
    return {
        "DATABASE_URL": place.url,
        "DATA_DIR": str(place.folder / "data"),
        "SECRET_KEY": "the one secret of all processes of this run",
        "MAILBOXES": f"{MAILBOX},{OTHER_MAILBOX}",
        "MAIL_AUTH": "assume-pass",  # everybody is who he says he is: a stranger must be kept out all the same
        "SMARTHOST": smarthost,
        "TELEGRAM_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        # Telegram's 20 messages a minute would make a run last for an hour; its refusals are played by faults.
        "TELEGRAM_PACE": "1000",
        "DESK_CHAT_ID": str(desk.chat_id),
        "ADMINS": ",".join(str(agent.id) for agent in agents),
        "ACKS_PER_SENDER_PER_DAY": "0",
        "ACKS_PER_HOUR": "0",
        # What floods cost is tested elsewhere; here every mail opens what it should.
        "REQUESTS_PER_SENDER_PER_HOUR": "0",
        "TOPICS_PER_HOUR": "0",
        "MAX_SESSIONS_PER_IP": "50",
        "LOG_FORMAT": "json",
    }


async def until(true: Callable[[], bool], seconds: float) -> bool:
    """Wait until this is so; False when the time is over."""
    end = asyncio.get_running_loop().time() + seconds
    while not true():
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.03)
    return True
