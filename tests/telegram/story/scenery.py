"""Who and what the story has: Telegram, its people, the real program, and what is written down of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from bot.demo.views import SimMessage, Topic
from storage.kinds import request_id
from tests.ports import free_port
from tests.process import Process, Stopped
from tests.telegram.story.ledger import Ledger, Said, Side
from tests.telegram.story.watch import NUMBER, Watch, WatchedFaults

Transport = Literal["polling", "webhook"]
TRANSPORTS: tuple[Transport, ...] = ("polling", "webhook")
CUSTOMERS = (("Anna Schmidt", "de"), ("Boris Iwanow", "ru"), ("Carmen Diaz", "es"))
AGENTS = ("Maria Agent", "Ivan Agent")
STRANGER = "Sam Stranger"


@dataclass(slots=True)
class Scenery:
    """The world of one story."""

    sim: Simulator
    desk: Group
    customers: list[Person]
    agents: list[Person]
    stranger: Person
    program: Process
    watch: Watch
    transport: Transport
    http_port: int
    ledger: Ledger = field(default_factory=Ledger)
    transcript: list[str] = field(default_factory=list)
    stops: list[Stopped] = field(default_factory=list)
    closings: dict[int, int] = field(default_factory=dict)  # by customer: what may let a further request open
    deleted_topics: set[int] = field(default_factory=set)
    up: bool = False
    _starting: asyncio.Task[None] | None = None

    def tell(self, line: str) -> None:
        self.transcript.append(f"{self.watch.now:7.2f} {line}")

    # The program.

    def start(self) -> None:
        """Start it in the background; people go on meanwhile."""
        if self._starting is None and not self.up:
            self._starting = asyncio.create_task(self._start())

    async def started(self) -> None:
        """Wait until it runs."""
        self.start()
        if self._starting is not None:
            await self._starting

    async def kill(self) -> None:
        """SIGKILL, and what it was sending is due at once."""
        self.up = False
        await self.program.kill()
        self.watch.kills.append(self.watch.now)
        self.tell("=== killed")

    async def terminate(self) -> None:
        """SIGTERM, and wait for the end."""
        self.up = False
        stopped = await self.program.terminate()
        self.stops.append(stopped)
        self.tell(f"=== stopped by SIGTERM: exit {stopped.code} after {stopped.seconds:.2f} s")

    def switch_transport(self) -> None:
        """From its next start on, updates come the other way."""
        self.transport = "polling" if self.transport == "webhook" else "webhook"

    async def _start(self) -> None:
        self.program.configure(receiving(self.transport, self.http_port))
        await self.program.leases_end()
        seconds = await self.program.start()
        self.up, self._starting = True, None
        self.tell(f"=== started in {seconds:.2f} s, {self.transport}")

    # What people say.

    def words(self, side: Side, text: str) -> tuple[int, str, str]:
        """Words with the token of what is said next: its number, the token, the words."""
        number, word = self.ledger.next_token(side)
        return number, word, text.replace("@", word)

    def heard(
        self, number: int, side: Side, by: Person, message: SimMessage, topic: Topic | None = None, reply: bool = False
    ) -> str:
        """Remember what was said; gives the line for the transcript."""
        self.ledger.add(Said(number, side, by, message, number_of_topic(topic) if topic else None, reply))
        where = f" in {topic.name[:8]}({topic.thread_id})" if topic else ""
        return (
            f"{by.user.first_name} {side.value}{number:04} #{message.id}{where}: {message.kind} {message.text[:60]!r}"
        )

    def topic(self, dice: Random) -> Topic | None:
        """One of the desk's topics."""
        topics = [topic for topic in self.desk.topics() if number_of_topic(topic) is not None]
        return dice.choice(topics) if topics else None

    def customer_of(self, topic: Topic) -> Person | None:
        """Whose request a topic shows; its name begins with the number and his name."""
        return next((person for person in self.customers if person.user.first_name in topic.name), None)


def number_of_topic(topic: Topic) -> int | None:
    match = NUMBER.match(topic.name)
    return request_id(match[0]) if match else None


def settings(sim: Simulator, desk: Group, agents: list[Person], url: str) -> dict[str, str]:
    """The program's settings. Its greeting on the mail port tells that it is up."""
    return {
        "DATABASE_URL": url,
        "MAILBOXES": "support@shop.example",
        "MAIL_AUTH": "off",
        "TELEGRAM_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        # Telegram's 20 messages a minute would make a story last for half an hour; its refusals are played by faults.
        "TELEGRAM_PACE": "1000",
        "DESK_CHAT_ID": str(desk.chat_id),
        "ADMINS": ",".join(str(agent.id) for agent in agents),
        "ACKS_PER_SENDER_PER_DAY": "0",
        "ACKS_PER_HOUR": "0",
        "REQUESTS_PER_SENDER_PER_HOUR": "0",
        "TOPICS_PER_HOUR": "0",
    }


def receiving(transport: Transport, port: int) -> dict[str, str]:
    """The settings that say how updates come."""
    return {
        "HTTP_LISTEN": f"127.0.0.1:{port}",
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram" if transport == "webhook" else "",
        "TELEGRAM_WEBHOOK_SECRET": "a-secret-of-the-story",
    }


def telegram() -> Simulator:
    """A Telegram whose faults are watched. Start it before anything is built on it."""
    sim = Simulator()
    sim.faults = WatchedFaults()
    return sim


def built(sim: Simulator, folder: Path, url: str, transport: Transport, module: tuple[str, ...]) -> Scenery:
    """A desk with its agents, customers who have not written yet, and the program, not yet started."""
    desk = sim.forum("Support desk")
    agents = [sim.person(name) for name in AGENTS]
    for agent in agents:
        desk.add(agent, "administrator")
    stranger = sim.person(STRANGER)
    desk.add(stranger, "member")
    customers = [sim.person(name, language) for name, language in CUSTOMERS]
    program = Process(folder, settings(sim, desk, agents, url), module)
    transcript: list[str] = []
    assert isinstance(sim.faults, WatchedFaults)
    watch = Watch(sim, sim.faults, lambda line: transcript.append(f"{watch.now:7.2f} {line}"))
    sim.observers.append(watch.observe)
    for customer in customers:
        customer.start()
    return Scenery(
        sim, desk, customers, agents, stranger, program, watch, transport, free_port(), transcript=transcript
    )
