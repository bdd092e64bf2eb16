"""The whole product on real sockets: SMTP in, a mail catcher as smarthost, the Bot API simulator, people."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.utils import make_msgid
from enum import StrEnum
from pathlib import Path

import aiosmtplib
from tortoise.queryset import QuerySet

from bot.app import App, assembled
from bot.demo.groups import Group
from bot.demo.mailcatcher import CaughtMail, MailCatcher
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from bot.demo.views import SimMessage, Topic
from bot.settings import Settings
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery
from tests.ports import free_port

MAILBOX = "support@shop.example"
WEBHOOK_SECRET = "a-secret-of-the-stage"
WAIT_S = 20


class Transport(StrEnum):
    """How Telegram's updates reach the product."""

    POLLING = "polling"
    WEBHOOK = "webhook"


TRANSPORTS = tuple(Transport)


class Stage:
    """Everything that a story needs."""

    def __init__(self, url: str, folder: Path, transport: Transport = Transport.POLLING) -> None:
        self.url = url
        self.folder = folder
        self.transport = transport
        self.http_port = free_port() if transport is Transport.WEBHOOK else 0
        self.sim = Simulator()
        self.catcher = MailCatcher()
        self.desk: Group
        self.maria: Person
        self.app: App
        self.port = 0
        self._stop = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    def settings(self, **changes: object) -> Settings:
        """The settings of the product on this stage."""
        values: dict[str, object] = {
            "database_url": self.url,
            "data_dir": self.folder / "data",
            "telegram_token": self.sim.token,
            "telegram_api_url": self.sim.url,
            "telegram_pace": 1000,  # the simulator has no limits unless it is told to
            "desk_chat_id": self.desk.chat_id,
            "admins": (str(self.maria.id),),
            "mailboxes": (MAILBOX,),
            **self._receiving(),
            "smtp_listen": "127.0.0.1:0",
            "smarthost": f"smtp://{self.catcher.host}:{self.catcher.port}",
            "company": "Kettle Shop",
            "embeddings": "off",  # what they mean is asked where that is tried
            "mail_auth": "off",  # tests ask nobody's name servers but their own
            "requests_per_sender_per_hour": 0,  # one sender plays many
            **changes,
        }
        return Settings(_env_file=None, **values)  # type: ignore[arg-type]  # any setting

    def _receiving(self) -> dict[str, object]:
        if self.transport is Transport.POLLING:
            return {"http_listen": ""}
        here = f"127.0.0.1:{self.http_port}"
        return {
            "http_listen": here,
            "telegram_webhook_url": f"http://{here}/telegram",
            "telegram_webhook_secret": WEBHOOK_SECRET,
        }

    async def up(self) -> None:
        await self.sim.start()
        await self.catcher.start()
        self.desk = self.sim.forum("Support desk")
        self.maria = self.sim.person("Maria Agent")
        self.desk.add(self.maria, "administrator")

    async def down(self) -> None:
        await self.catcher.stop()
        await self.sim.stop()

    @asynccontextmanager
    async def running(self, **changes: object) -> AsyncIterator[App]:
        """The product, started and stopped cleanly."""
        async with assembled(self.settings(**changes)) as app:
            self.app, self._stop = app, asyncio.Event()
            serving = asyncio.create_task(app.serve(self._stop))
            try:
                if app.mail_server is not None:
                    async with asyncio.timeout(WAIT_S):
                        await app.mail_server.started.wait()
                    self.port = app.mail_server.port if app.mail_server.listen is not None else 0
                yield app
            finally:
                self._stop.set()
                await serving

    async def mail(self, letter: EmailMessage, sender: str, *recipients: str) -> None:
        """Hand a mail in by SMTP, as a mail server would."""
        await aiosmtplib.send(
            letter,
            hostname="127.0.0.1",
            port=self.port,
            sender=sender,
            recipients=list(recipients or (MAILBOX,)),
            start_tls=False,
        )

    async def caught(self, count: int) -> list[CaughtMail]:
        """The mails that left, once there are so many."""
        await self.catcher.until(lambda mails: len(mails) >= count, WAIT_S)
        return self.catcher.mails

    async def topic(self, prefix: str, having: str = "") -> Topic:
        """A topic of the desk, once it shows these words."""

        def shown() -> Topic | None:
            topic = self.desk.topic(prefix)
            return topic if not having or any(having in said.text for said in topic.messages) else None

        found = await self.sim.until(shown, WAIT_S)
        assert found is not None
        return found

    async def general(self, words: str) -> SimMessage:
        """What the bot said in General, once it holds these words."""

        def said() -> list[SimMessage]:
            return [said for said in self.desk.general() if said.from_bot and words in said.text]

        return (await self.sim.until(said, WAIT_S))[-1]

    async def reads(self, person: Person, words: str) -> str:
        """What the bot said to somebody, once it holds these words."""

        def said() -> list[str]:
            return [said.text for said in self.sim.chat_of(person) if said.from_bot and words in said.text]

        return (await self.sim.until(said, WAIT_S))[0]

    async def heard(self) -> None:
        """Wait until Telegram has nothing more for the product."""
        async with asyncio.timeout(WAIT_S):
            while True:
                if not self.sim.world.queue.waiting:
                    return
                await asyncio.sleep(0.02)

    async def settled(self) -> None:
        """Wait until nothing is due any more."""
        waiting = Delivery.filter(state__in=(DeliveryState.QUEUED, DeliveryState.SENDING))
        await self._until(waiting, some=False)

    async def put_off(self, kind: DeliveryKind, times: int = 1) -> None:
        """Wait until so many jobs of this kind were tried and put off."""
        await self._until(
            Delivery.filter(kind=kind, state=DeliveryState.QUEUED, last_error__not_isnull=True), some=True, times=times
        )

    async def _until(self, rows: QuerySet[Delivery], *, some: bool, times: int = 1) -> None:
        end = time.monotonic() + WAIT_S
        while (await rows.count() >= times) is not some:
            assert time.monotonic() < end, "the outbox does not come to it"
            await asyncio.sleep(0.02)


def letter(
    text: str, sender: str = "Anna Schmidt <anna@customer.example>", subject: str = "My kettle", to: str = MAILBOX
) -> EmailMessage:
    """A person's mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = make_msgid(domain="customer.example")
    mail["Date"] = "Tue, 24 Nov 2026 09:00:00 +0000"
    mail.set_content(text)
    return mail


@asynccontextmanager
async def stage(url: str, folder: Path, transport: Transport = Transport.POLLING) -> AsyncIterator[Stage]:
    """A stage with its simulator and its mail catcher up; the product is started by `running`."""
    made = Stage(url, folder, transport)
    await made.up()
    try:
        yield made
    finally:
        await made.down()
