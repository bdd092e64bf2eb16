"""Messages and a core to give them to, for tests below the wires."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake.actions import Actions
from intake.agents.answering import Answers
from intake.agents.case_asking import CaseAsking
from intake.agents.casework import Casework
from intake.agents.settling import Settling
from intake.agents.sorting import Sorting
from intake.agents.spoken import AgentWords
from intake.agents.staff import Staff
from intake.house import House
from intake.mail.tokens import Tokens
from intake.message import Inbound, Outbound, Receipt, Sender, Sent
from intake.outbox import Outbox
from intake.pipeline import Intake
from intake.replies import Replies
from intake.understanding.categories import Categories
from intake.understanding.classifier import Classifier
from intake.understanding.model.model import builtin
from storage import claims
from storage.files import Files
from storage.kinds import DeliveryState
from storage.models import Agent, Delivery
from storage.signals import Signals

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MAILBOX = "support@shop.example"
BOT = "700000001"
TOKENS = Tokens(b"a secret for tests")

_numbers = itertools.count(1)


def letter(text: str = "Hello, my kettle is broken.", **changes: object) -> Inbound:
    """A person's mail, like no other before it."""
    number = next(_numbers)
    message = Inbound(
        channel="mail",
        account=MAILBOX,
        key=f"letter{number}",
        sender=Sender("anna@customer.example", "Anna Schmidt"),
        received_at=NOW,
        text=text,
        subject="A question",
        external_id=f"letter{number}@customer.example",
        raw=text.encode(),
    )
    return replace(message, **changes)  # type: ignore[arg-type]  # a builder takes any field


def chat(text: str = "Hello, my kettle is broken.", **changes: object) -> Inbound:
    """A person's chat message, like no other before it."""
    number = next(_numbers)
    message = Inbound(
        channel="telegram",
        account=BOT,
        key=f"{BOT}:501:{number}",
        sender=Sender("501", "Boris", "ru"),
        received_at=NOW,
        text=text,
        reply_to="501",
        verified=True,
        external_id=f"{BOT}:501:{number}",
        origin=f"501:{number}",
        threadless=True,
        raw=b"{}",
    )
    return replace(message, **changes)  # type: ignore[arg-type]  # a builder takes any field


def words(request: int, text: str, **changes: object) -> AgentWords:
    """An agent's message on the desk, like no other before it."""
    number = next(_numbers)
    said = AgentWords(
        request=request,
        key=f"{BOT}:-100500:{number}",
        text=text,
        external_id=f"{BOT}:-100500:{number}",
        channel="telegram",
        account=BOT,
        origin=f"-100500:{number}",
    )
    return replace(said, **changes)  # type: ignore[arg-type]  # a builder takes any field


async def claimed(owner: str, now: datetime, most: int, channel: str) -> list[Delivery]:
    """Take what is due for a channel, as the outbox does: one level of urgency after the other."""
    [levels] = await claims.due(now, [(channel, False)])
    found: list[Delivery] = []
    for level in levels:
        found += await claims.claim(owner, now, most - len(found), channel, level) if len(found) < most else []
    return found


@dataclass
class RecordingChannel:
    """A way to nowhere that remembers what it was given, and fails as it is told to. A real channel's shape."""

    name: str
    repeatable: bool = True
    listens: bool = False
    sent: list[Outbound] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    busy: asyncio.Event | None = None  # set: sends wait for it
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    after_send: Callable[[], Awaitable[None]] | None = None
    ids: Callable[[Outbound], tuple[str, ...]] | None = None  # what the wire calls what was sent

    async def listen(self, accept: object) -> None:
        """Nothing comes in."""

    async def send(self, outbound: Outbound) -> Sent:
        self.entered.set()
        if self.busy is not None:
            await self.busy.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(outbound)
        self.changed.set()
        if self.after_send is not None:
            await self.after_send()
        if self.ids is not None:
            return Sent(self.ids(outbound))
        return Sent((outbound.message_id or f"{self.name}:{outbound.delivery}",))

    async def many(self, count: int) -> None:
        """Wait until so many were sent."""
        while len(self.sent) < count:
            self.changed.clear()
            await self.changed.wait()


class Core:
    """The core over a real database, with channels that lead nowhere and a clock that stands still."""

    def __init__(self, folder: Path, **changes: object) -> None:
        self.now = NOW
        stamps = {"mail": lambda request, nonce, account: TOKENS.message_id(request, nonce, account.split("@")[1])}
        self.house = replace(House(stamps=stamps), **changes)  # type: ignore[arg-type]  # any field
        self.files = Files(folder)
        self.replies = Replies(None, self.house.languages, self.house.default_language, self.house.company)
        self.channels = {
            "mail": RecordingChannel("mail"),
            "telegram": RecordingChannel("telegram", repeatable=False),
            "desk": RecordingChannel("desk"),
        }
        self.fetched: dict[str, bytes | Exception] = {}
        self.outbox = self.new_outbox()
        self.classifier = Classifier(Categories(None), builtin())
        self.intake = Intake(self.house, self.replies, self.classifier, self.files, self.outbox.wake)
        self.sorting = Sorting(self.house, self.classifier, self.outbox.wake)
        self.settling = Settling(self.house, self.replies, self.outbox.wake)
        self.casework = Casework(self.house, self.replies, self.outbox.wake)
        self.case_asking = CaseAsking(self.house, self.intake.form, self.outbox.wake)
        self.staff = Staff(self.house, self.outbox.wake)
        self.actions = Actions(self.house, self.outbox.wake)
        self.answers = Answers(self.house, self.replies, self.outbox.wake)

    def new_outbox(self, alone: bool = True, owner: str = "one", signals: Signals | None = None) -> Outbox:
        clock: Callable[[], datetime] = lambda: self.now  # noqa: E731 - the clock is read anew each time
        fetchers = {"telegram": self._fetch}
        given = (self.house, self.channels, fetchers, self.files, owner)
        return Outbox(*given, alone=alone, clock=clock, signals=signals)

    async def accept(self, message: Inbound) -> Receipt:
        return await self.intake.accept(message, self.now)

    async def deliver(self) -> None:
        """Deliver all that is due now."""
        await self.outbox.drain()

    async def agent(self, name: str = "Maria", identity: str = "901") -> Agent:
        await self.actions.add_agent(identity, name, "test", self.now)
        return await Agent.get(identity=identity)

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    async def leases_end(self) -> None:
        """What is being sent is anybody's, as if its owner had died long ago."""
        await Delivery.filter(state=DeliveryState.SENDING).update(lease_until=datetime.now(UTC) - timedelta(days=900))

    async def _fetch(self, _account: str, remote_id: str) -> bytes:
        found = self.fetched[remote_id]
        if isinstance(found, Exception):
            raise found
        return found
