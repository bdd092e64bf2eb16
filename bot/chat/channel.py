"""The customers' private chats: a Telegram message becomes an `Inbound`, an `Outbound` becomes messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog
from telegram import ReplyParameters

from bot.chat.amending import Amender
from bot.chat.choices import keyboard
from bot.chat.parts import Form, Step, steps
from bot.chat.reach import not_reached
from bot.wire.client import Wire
from bot.wire.content import FETCHED_UPTO, TOO_BIG
from bot.wire.errors import FormRefused, TopicGone, Unreachable
from bot.wire.texts import external_id
from intake.message import Accept, Outbound, Sent, Undeliverable, Unknown
from storage import answers
from storage.database import DATABASE_AWAY
from storage.kinds import DeliveryKind

log = structlog.get_logger()

Listen = Callable[[Accept], Awaitable[None]]


class ChatChannel:
    """Customers on Telegram. An unknown send is never repeated: the customer would read it twice."""

    name = "telegram"
    repeatable = False
    listens = True

    def __init__(self, wire: Wire, listen: Listen) -> None:
        """`listen` takes the bot's updates: the same stream carries the customers' messages and the agents'."""
        self._wire = wire
        self._listen = listen
        self._amender = Amender(wire)

    def is_ours(self) -> bool:
        """Does this process send for the bot?"""
        return self._wire.duty.ours

    async def listen(self, accept: Accept) -> None:
        await self._listen(accept)

    async def send(self, outbound: Outbound) -> Sent:
        """Send an answer, or change what was sent. Raises TryAgain, Undeliverable or Unknown."""
        with self._wire.on_duty():
            return await self._send(outbound, int(outbound.to))

    async def _send(self, outbound: Outbound, chat: int) -> Sent:
        try:
            match outbound.kind:
                case DeliveryKind.EDIT:
                    return await self._amender.edit(outbound, chat)
                case DeliveryKind.RECALL:
                    return await self._amender.recall(outbound, chat)
            return await self._answer(outbound, chat)
        except TopicGone as error:
            raise Undeliverable("Telegram does not know this chat") from error
        except Unreachable as error:
            await not_reached(chat, str(error))
            raise

    async def fetch(self, account: str, remote_id: str) -> bytes:
        """A file's bytes. Raises TryAgain or Undeliverable: a lost answer only means to ask again."""
        if account != str(self._wire.bot_id):
            raise Undeliverable("the file belongs to another bot")
        with self._wire.on_duty():
            file = await self._wire.call(0, partial(self._wire.bot.get_file, remote_id), family="file")
            if file.file_size is not None and file.file_size > FETCHED_UPTO:
                raise Undeliverable(TOO_BIG)
            return bytes(await self._wire.call(0, file.download_as_bytearray, family="file"))

    async def _answer(self, outbound: Outbound, chat: int) -> Sent:
        """Bring an answer, from where an earlier attempt has stopped."""
        ids = list(outbound.sent_parts)
        done = 0
        for step in steps(outbound, keyboard(outbound.choices)):
            done += len(step.forms)
            if done <= len(outbound.sent_parts):
                continue
            reply = _reply(outbound, self._wire.bot_id, chat) if not ids else None
            messages = await self._call(step, chat, reply)
            shown = [external_id(self._wire.bot_id, chat, message) for message in messages]
            await self._remember(outbound, step, shown, len(ids) + 1)
            ids += shown
        return Sent(tuple(ids))

    async def _call(self, step: Step, chat: int, reply: ReplyParameters | None) -> tuple[int, ...]:
        """Make a call; when Telegram refuses its form, without quotation, reference and formatting in turn."""
        forms = [Form(), Form(formatted=False)]
        if reply is not None:
            forms = [Form(ReplyParameters(reply.message_id, allow_sending_without_reply=True)), *forms]
            forms = [Form(reply), *forms] if reply.quote is not None else forms
        for number, form in enumerate(forms):
            try:
                return await self._try(step, chat, form)
            except FormRefused as error:
                log.error("Telegram refuses the form of a message", attempt=number, reason=str(error))
        raise Undeliverable("Telegram refuses it in any form")

    async def _try(self, step: Step, chat: int, form: Form) -> tuple[int, ...]:
        return await self._wire.call(chat, partial(step.call, self._wire.bot, chat, form), cost=len(step.forms))

    async def _remember(self, outbound: Outbound, step: Step, shown: Sequence[str], first: int) -> None:
        """At once: when the next part has to wait, this one is not sent again."""
        if outbound.request is None:
            return
        found = list(zip(step.records, shown, step.forms, strict=False))
        try:
            await answers.add_links(outbound.request, outbound.delivery, found, first)
        except DATABASE_AWAY as error:
            raise Unknown("a part was sent and could not be remembered") from error


def _reply(outbound: Outbound, bot: int, chat: int) -> ReplyParameters | None:
    """The message in this chat that an answer refers to. If it is gone, the answer goes without."""
    if outbound.automatic:
        return None
    place, _, message = (outbound.in_reply_to or "").rpartition(":")
    if place != f"{bot}:{chat}" or not message.isdecimal() or not message.isascii():
        return None
    return ReplyParameters(int(message), allow_sending_without_reply=True, quote=outbound.quote)
