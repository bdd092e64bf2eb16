"""Put the parts together and run them until told to stop. The only place that knows all of them."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

import structlog
from telegram import Update

from bot.alarms import Alarms
from bot.chat.channel import ChatChannel
from bot.core import Core, core, words
from bot.duties import Duties
from bot.errors import StartError
from bot.health import Health
from bot.mail import mail_channel, mail_server
from bot.metrics import Metrics
from bot.one_key import agree
from bot.one_process import only_one
from bot.opening import Opening, Step
from bot.room import Room, folders, free_bytes
from bot.setting_values import listen_address
from bot.settings import Settings
from bot.telegram_parts import Telegram, telegram
from bot.unset import switched_off
from bot.watch import DUTY, Watch
from bot.web import Web
from intake.actions import Actions
from intake.agents.answering import Answers
from intake.mail.channel import MailChannel
from intake.mail.server import CannotListenError, MailServer
from intake.message import Channel, Inbound, Receipt
from intake.outbox import Outbox
from intake.pipeline import Intake
from intake.replies import Replies
from storage.database import Database, DatabaseError, prepared, sqlite_path
from storage.kinds import Role
from storage.traces import TRACE, traced

log = structlog.get_logger()
Beside = Callable[[], Coroutine[None, None, None]]  # what goes on beside the messages, until cancelled
END_WITHIN_S = 9.0  # after SIGTERM; ten are promised
COLLECT_AFTER = (5_000, 10, 10)  # objects; then so many collections of the younger ones before one of the older


@dataclass(frozen=True, slots=True)
class App:
    """The assembled program."""

    settings: Settings
    database: Database
    replies: Replies
    intake: Intake
    actions: Actions
    answers: Answers
    outbox: Outbox
    duties: Duties
    channels: Mapping[str, Channel]
    telegram: Telegram | None
    mail_server: MailServer | None
    web: Web | None
    opening: Opening
    beside: Sequence[Beside]

    async def accept(self, message: Inbound) -> Receipt:
        return await self.intake.accept(message, self.outbox.clock())

    async def replay(self, channel: str, raw: bytes, envelope: Mapping[str, str]) -> None:
        """Handle a parked message again. Raises whatever it fails at."""
        with traced(envelope.get(TRACE)):
            await self._replay(channel, raw, envelope)

    async def _replay(self, channel: str, raw: bytes, envelope: Mapping[str, str]) -> None:
        match self.channels.get(channel), self.telegram:
            case MailChannel() as mail, _:
                await self.accept(await mail.read(raw, envelope))
            case ChatChannel(), Telegram() as telegram:
                if telegram.health is not None:
                    await telegram.health.follow()
                await telegram.wire.connect()
                await telegram.router.handle(Update.de_json(json.loads(raw), telegram.wire.bot), self.accept)
            case _:
                raise StartError(f"The channel {channel} is not configured.")

    async def serve(self, stop: asyncio.Event) -> None:
        """Take messages and deliver until `stop`; then finish what is in flight.

        The ports answer at once, "not yet" while the start waits for the database. Raises StartError or DatabaseError.
        """
        web = self._web_bound()
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(self._work())]
                if self.mail_server is not None:
                    running.append(tasks.create_task(self._listen(self.channels["mail"])))
                if web is not None:
                    running.append(tasks.create_task(web.run()))
                await stop.wait()
                log.info("stopping")
                for task in running:
                    task.cancel()
        except BaseExceptionGroup as group:
            raise _sentence(group) or group from group

    async def _work(self) -> None:
        """Open what is needed; then fetch what comes in only when we ask, and deliver."""
        await self.opening.run()
        log.info("running", channels=sorted(self.channels))
        on_duty = asyncio.create_task(self.duties.run())
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, channel in self.channels.items():
                    if name != "mail":
                        tasks.create_task(self._listen(channel))
                tasks.create_task(self.outbox.run())
                for work in self.beside:
                    tasks.create_task(work())
        finally:
            # What was in flight was ours to finish; now another process may go on.
            on_duty.cancel()
            await asyncio.wait({on_duty})

    async def _accept_once_open(self, message: Inbound) -> Receipt:
        await self.opening.passed()
        return await self.accept(message)

    async def _listen(self, channel: Channel) -> None:
        await channel.listen(self._accept_once_open)
        if channel.listens:
            raise RuntimeError(f"The channel {channel.name} has ended by itself.")

    def _web_bound(self) -> Web | None:
        """The web server with its port. A port that nobody asked for may be taken: then there is none."""
        if self.web is None:
            return None
        try:
            self.web.bind()
        except StartError as error:
            if "http_listen" in self.settings.model_fields_set or self.web.brings_updates:
                raise
            log.warning(f"there is no health page: {error}")
            return None
        return self.web


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[App]:
    """Connect the parts. The database is not reached yet. Raises StartError or DatabaseError."""
    read = words(settings)
    database = await prepared(settings.database)
    room = Room(folders(settings.data_dir, sqlite_path(settings.database) if database.is_sqlite else None))
    opening, chat, mail = Opening(database, settings.languages), None, None
    try:
        middle = core(settings, read, database)
        channels: dict[str, Channel] = {}
        server = None
        if settings.mail_on:
            server = mail_server(settings, lambda: opening.away or room.trouble)
            channels["mail"] = mail = mail_channel(settings, server, read.tokens, read.files, middle.parking)
            if settings.smarthost.get_secret_value():
                middle.outgoing["mail"] = mail  # else answers by mail wait, untouched
        if settings.telegram_on:
            chat = telegram(settings, middle)
        channels = {**middle.outgoing, **channels}
        opening.steps = steps(settings, middle, chat, alone=database.is_sqlite)
        yield App(
            settings,
            database,
            read.replies,
            middle.intake,
            middle.actions,
            middle.answers,
            middle.outbox,
            middle.duties,
            channels,
            chat,
            server,
            web(settings, database, (opening, room), chat, server, middle),
            opening,
            (watch(settings, middle, room).run, middle.learning.run, middle.own_files.run, middle.redate),
        )
    finally:
        if chat is not None:
            await chat.wire.close()
        if mail is not None:
            await mail.close()
        await database.close()


def watch(settings: Settings, middle: Core, room: Room) -> Watch:
    """What looks whether something needs a person."""
    alarms = Alarms(middle.house, middle.outbox.wake)
    return Watch(
        alarms,
        middle.outgoing,
        lambda: free_bytes(settings.data_dir),
        duty=middle.duties.add(DUTY),
        room=lambda: room.trouble,
        away=lambda: middle.outbox.away,
        not_understood=lambda: middle.intake.patience.trouble,
    )


def steps(settings: Settings, core: Core, chat: Telegram | None, *, alone: bool) -> list[Step]:
    """What the start writes and asks once the database is there. `alone`: no other process can be at work on it."""

    async def add_admins() -> None:
        for identity in settings.admins:
            # Telegram tells the name when the admin first writes.
            await core.actions.add_agent(identity, "", "settings", datetime.now(UTC), Role.ADMIN)

    found: list[Step] = [] if alone else [partial(agree, core.words.tokens.secret)]
    found += [add_admins, core.learning.versions.follow, partial(asyncio.to_thread, core.intake.form.warm_up)]
    return found if chat is None or chat.health is None else [*found, chat.health.follow]


def web(
    settings: Settings,
    database: Database,
    grounds: tuple[Opening, Room],
    chat: Telegram | None,
    mail: MailServer | None,
    middle: Core,
) -> Web | None:
    """The web server, unless it is switched off."""
    if not settings.http_listen:
        return None
    source, desk = (chat.source, chat.health) if chat is not None else (None, None)
    health = Health(database, source, desk, switched_off(settings), *grounds, middle.troubles)
    host, port = listen_address(settings.http_listen)
    metrics = Metrics(settings.data_dir, middle.owner, "sqlite" if database.is_sqlite else "postgres", mail)
    # Its own name, and the one that a proxy in front of the webhook may hand on.
    names = [name for name in (host, socket.gethostname(), urlsplit(settings.telegram_webhook_url).hostname) if name]
    return Web(host, port, health, metrics, chat.webhook if chat is not None else None, names)


async def run(settings: Settings) -> None:
    """The service, until SIGTERM or Ctrl-C. Raises StartError or DatabaseError."""
    stop = asyncio.Event()

    def told() -> None:
        if not stop.is_set():
            stop.set()
            ending = threading.Timer(END_WITHIN_S, _end)
            ending.daemon = True
            ending.start()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    for sentence in switched_off(settings):
        log.warning(sentence)
    with only_one(settings):
        async with assembled(settings) as app:
            for problem in app.replies.problems() if settings.templates_dir is not None else ():
                log.warning("template", problem=problem)
            app.opening.steps = (*app.opening.steps, _settle_memory)
            await app.serve(stop)


def _end() -> None:
    """End whatever hangs, on a database that swallows all or a disk that is silent.

    Nothing that was acknowledged is in there, and what was not will come again; it is as if the power had gone.
    """
    log.error("not everything came to its end in time; it is cut off")
    os._exit(0)


async def _settle_memory() -> None:
    """What is loaded by now stays. Looked through again and again, it would halt everything for a tenth of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _sentence(group: BaseExceptionGroup) -> Exception | None:
    """What is set wrong, out of all that was told when it ended the program; None when that was our own fault."""
    for error in group.exceptions:
        match error:
            case CannotListenError():
                return StartError(f"{error}; look at INTAKE_SMTP_LISTEN and INTAKE_LMTP_LISTEN.")
            case StartError() | DatabaseError():
                return error
            case BaseExceptionGroup() if (inner := _sentence(error)) is not None:
                return inner
    return None
