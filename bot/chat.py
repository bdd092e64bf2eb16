"""The customers' private chats: a Telegram message becomes an `Inbound`, an `Outbound` becomes messages."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from telegram import Message, Update
from telegram.constants import FileSizeLimit
from telegram.ext import filters

from bot.content import Content, content
from bot.wire import TopicGone, Wire, clean, external_id, split_text
from intake.message import Accept, Inbound, Outbound, Sender, Sent, Undeliverable, Unknown
from storage import topics
from storage.database import DATABASE_AWAY

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

    async def listen(self, accept: Accept) -> None:
        await self._listen(accept)

    async def send(self, outbound: Outbound) -> Sent:
        """Send words or a copy of the agent's media. Raises TryAgain, Undeliverable or Unknown."""
        chat = int(outbound.to)
        try:
            if outbound.files and outbound.origin:
                return await self._copy(outbound, chat, outbound.origin)
            return await self._texts(outbound, chat)
        except TopicGone as error:
            raise Undeliverable("Telegram does not know this chat") from error

    async def fetch(self, account: str, remote_id: str) -> bytes:
        """A file's bytes. Raises TryAgain or Undeliverable: a lost answer only means to ask again."""
        if account != str(self._wire.bot_id):
            raise Undeliverable("the file belongs to another bot")
        file = await self._wire.call(0, partial(self._wire.bot.get_file, remote_id))
        if file.file_size is not None and file.file_size > FileSizeLimit.FILESIZE_DOWNLOAD:
            raise Undeliverable("the file is larger than the 20 MiB that Telegram lets a bot fetch")
        return bytes(await self._wire.call(0, file.download_as_bytearray))

    async def _copy(self, outbound: Outbound, chat: int, origin: str) -> Sent:
        from_chat, message = origin.split(":")
        copied = await self._wire.call(chat, lambda: self._wire.bot.copy_message(chat, int(from_chat), int(message)))
        return Sent((external_id(self._wire.bot_id, chat, copied.message_id),))

    async def _texts(self, outbound: Outbound, chat: int) -> Sent:
        ids = list(outbound.sent_parts)
        for text in split_text(outbound.text)[len(ids) :]:
            message = await self._wire.call(chat, partial(self._wire.bot.send_message, chat, text))
            ids.append(external_id(self._wire.bot_id, chat, message.message_id))
            if outbound.request is not None:
                # Remembered at once: when the next part has to wait, this one is not sent again.
                try:
                    await topics.add_link(outbound.request, outbound.record, outbound.delivery, ids[-1])
                except DATABASE_AWAY as error:
                    raise Unknown("a part was sent and could not be remembered") from error
        return Sent(tuple(ids))


def inbound(update: Update, bot: int, now: datetime) -> Inbound | None:
    """A private message as the core sees it, or None when nobody wrote it: a service message, a moving location."""
    message = update.effective_message
    person = message.from_user if message else None
    if message is None or person is None or person.is_bot or filters.StatusUpdate.ALL.check_update(update):
        return None
    edited = message.edit_date is not None
    if edited and message.location is not None:
        return None  # a live location moves every few seconds; its first place is on record
    said = content(message)
    place = external_id(bot, message.chat.id, message.message_id)
    # 0 is no id: Telegram gives it to several messages, and none of them can be copied or answered.
    real = message.message_id != 0
    return Inbound(
        channel="telegram",
        account=str(bot),
        key=_key(update, message, place, said),
        sender=Sender(
            value=str(person.id), name=clean(person.full_name), language=person.language_code, phone=said.phone
        ),
        received_at=now,
        text=f"✏️ {said.text}" if edited else said.text,
        reply_to=str(message.chat.id),
        verified=True,  # Telegram vouches for who writes
        external_id=place if real and not edited else None,
        references=(place,) if edited else _answered(bot, message.chat.id, message.reply_to_message),
        attachments=said.files,
        sent_at=message.date,
        origin=f"{message.chat.id}:{message.message_id}" if real else None,
        threadless=True,
        raw=message.to_json().encode("utf-8", "replace"),
    )


def _key(update: Update, message: Message, place: str, said: Content) -> str:
    """The same for each copy of an update. An edit is a message of its own; two may come within one second."""
    if message.message_id == 0:
        return f"{place}:{update.update_id}"
    if message.edit_date is None:
        return place
    words = "\n".join([said.text, *(file.remote_id or "" for file in said.files)])
    return f"{place}:{int(message.edit_date.timestamp())}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def _answered(bot: int, chat: int, answered: Message | None) -> tuple[str, ...]:
    return () if answered is None else (external_id(bot, chat, answered.message_id),)
