"""A Bot API server for tests and the playground: behaves as api.telegram.org does, and forgives nothing.

Give its `url` to the program instead of Telegram's, then let people act and look at what they see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from bot.demo import groups, parts, views
from bot.demo.chats import Press
from bot.demo.clock import Clock
from bot.demo.faults import DESCRIPTIONS, RATES, Family, Fault, Faults, When
from bot.demo.groups import Group
from bot.demo.network import Network
from bot.demo.people import Person
from bot.demo.record import Exchange, Record
from bot.demo.refusal import Refused, too_many_requests
from bot.demo.server import Server
from bot.demo.views import SimMessage
from bot.demo.world import World

__all__ = ["Exchange", "Simulator"]

BOT_ID = 7_000_000_001
FIRST_PERSON_ID = 510_000_001
OTHER_BOT_ID = 8_000_000_001
T = TypeVar("T")


class Simulator:
    """Telegram, with one bot to begin with. Start it in the event loop that runs the program, or in any other."""

    def __init__(self) -> None:
        self.username = "intake_demo_bot"
        self.url = ""
        self.network = Network()
        self.world = self.bot("Support", self.username)
        self.faults = Faults()
        self._server: Server | None = None

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def bot_id(self) -> int:
        return self.world.bot.id

    @property
    def clock(self) -> Clock:
        """Time, to be moved forward."""
        return self.network.clock

    @property
    def record(self) -> Record:
        """What happened since the beginning."""
        return self.network.record

    @property
    def calls(self) -> list[Exchange]:
        return self.network.record.calls

    @property
    def observers(self) -> list[Callable[[Exchange], None]]:
        return self.network.record.observers

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any free one. Raises OSError."""
        self._server = Server(self.network, self.faults, port)
        self.url = self._server.url
        for world in self.network.worlds.values():
            world.queue.open()

    async def stop(self) -> None:
        """Let pollers go and end. What is in the world stays; it may be started again.

        Raises an ExceptionGroup of what went wrong in the simulator itself or in its observers, if anything did.
        """
        for world in self.network.worlds.values():
            await world.queue.close()
        if self._server is not None:
            await self._server.stop()
            self._server = None
        if self.network.defects:
            defects, self.network.defects = self.network.defects, []
            raise ExceptionGroup("the simulator itself is wrong", defects)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def bot(self, name: str, username: str) -> World:
        """One more bot of ours, with a token, a queue and ids of files of its own; in no group yet."""
        number = len(self.network.worlds)
        user = parts.User(id=BOT_ID + number, is_bot=True, first_name=name, username=username)
        token = f"{user.id}:AAHsimulated-token-for-tests-{123456 + number:07}"
        files = self.world.files.of_another_bot(number) if number else None
        return World(user, token, self.network, files)

    def person(self, name: str, language_code: str | None = "en", username: str | None = None) -> Person:
        """Somebody new on Telegram, who has not met the bot yet."""
        first, _, last = name.partition(" ")
        user = parts.User(
            id=FIRST_PERSON_ID + len(self.network.users),
            is_bot=False,
            first_name=first,
            last_name=last or None,
            username=username,
            language_code=language_code,
        )
        self.network.add_user(user)
        return Person(self.world, user)

    def other_bot(self, name: str) -> Person:
        """A bot of another house, in bot-to-bot mode: what it writes in a group is told."""
        number = OTHER_BOT_ID + len(self.network.users)
        user = parts.User(id=number, is_bot=True, first_name=name, username=f"{name.lower()}_bot")
        self.network.add_user(user)
        return Person(self.world, user)

    def forum(self, title: str) -> Group:
        """A supergroup with topics, in which the bot is an administrator."""
        return groups.found(self.world, title, is_forum=True)

    def group(self, title: str, kind: str = "supergroup") -> Group:
        """A group or supergroup without topics; the bot is a plain member (privacy mode: it hears only commands)."""
        return groups.found(self.world, title, is_forum=False, kind=kind)

    def chat_of(self, person: Person) -> list[SimMessage]:
        """What somebody sees in his chat with the bot (of `Person.with_bot`, or the first), oldest first."""
        return views.messages(person.world, person.world.chats[person.id])

    def calls_of(self, method: str) -> list[Exchange]:
        return self.record.of(method)

    def unanswered(self) -> list[Press]:
        """The presses that no bot has answered yet."""
        presses = [press for world in self.network.worlds.values() for press in world.presses.values()]
        return [press for press in presses if not press.answered]

    async def until(self, predicate: Callable[[], T], timeout: float = 10) -> T:
        """Wait until the predicate is true; give what it gave. LookupError counts as not yet. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                try:
                    if result := predicate():
                        return result
                except LookupError:
                    pass
                self.network.changed.clear()
                await self.network.changed.wait()

    def fail(
        self,
        method: str,
        count: int = 1,
        error_code: int = 429,
        description: str = "",
        retry_after: int | None = None,
        chat_id: int | None = None,
        family: Family | None = None,
        bot: World | None = None,
    ) -> None:
        """Refuse the next `count` calls of a method ("*": of any, or of a family), before they have an effect."""
        if error_code == 429 and not description:
            refusal = too_many_requests(retry_after or 3)
        else:
            refusal = Refused(error_code, description or DESCRIPTIONS[error_code], retry_after)
        self.faults.plan(Fault(method, count, chat_id, refusal, family=family, bot_id=bot.bot.id if bot else None))

    def cut(self, method: str, when: When = "after", count: int = 1, chat_id: int | None = None) -> None:
        """End the connection without an answer, before or after the call had its effect."""
        self.faults.plan(Fault(method, count, chat_id, cut=when))

    def slow(
        self, method: str, seconds: float, when: When = "after", count: int = 1, chat_id: int | None = None
    ) -> None:
        """Take time, before or after the call has its effect."""
        self.faults.plan(Fault(method, count, chat_id, delay=seconds, delay_when=when))

    def flood_control(self, on: bool = True) -> None:
        """Refuse what is beyond Telegram's rates: see `faults.RATES`. Set `faults.rates` for others."""
        self.faults.rates = RATES if on else ()

    def duplicate_next_update(self) -> None:
        """Hand the next update out twice, as after a lost confirmation."""
        self.world.queue.repeat_next()

    def newer_api(self, on: bool = True) -> None:
        """Speak a Bot API of tomorrow: unknown fields in every object, and an update of an unknown kind at once."""
        self.world.newer = on
        if on:
            self.world.queue.put(teleportation=parts.Hologram(file_id="x"))
