"""The customers' private chats: a Telegram message becomes an `Inbound`, an `Outbound` becomes messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.chat.choices import keyboard
from bot.chat.reach import not_reached
from bot.wire.client import Wire
from bot.wire.content import FETCHED_UPTO, TOO_BIG
from bot.wire.errors import TopicGone, Unreachable
from bot.wire.texts import external_id, split_text
from intake.message import Accept, Outbound, Sent, Undeliverable, Unknown
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
        except Unreachable as error:
            await not_reached(chat, str(error))
            raise

    async def fetch(self, account: str, remote_id: str) -> bytes:
        """A file's bytes. Raises TryAgain or Undeliverable: a lost answer only means to ask again."""
        if account != str(self._wire.bot_id):
            raise Undeliverable("the file belongs to another bot")
        file = await self._wire.call(0, partial(self._wire.bot.get_file, remote_id), family="file")
        if file.file_size is not None and file.file_size > FETCHED_UPTO:
            raise Undeliverable(TOO_BIG)
        return bytes(await self._wire.call(0, file.download_as_bytearray, family="file"))

    async def _copy(self, outbound: Outbound, chat: int, origin: str) -> Sent:
        from_chat, message = origin.split(":")
        copied = await self._wire.call(chat, lambda: self._wire.bot.copy_message(chat, int(from_chat), int(message)))
        return Sent((external_id(self._wire.bot_id, chat, copied.message_id),))

    async def _texts(self, outbound: Outbound, chat: int) -> Sent:
        ids = list(outbound.sent_parts)
        texts = split_text(outbound.text)
        for number, text in enumerate(texts[len(ids) :], len(ids) + 1):
            # What there is to pick from stands below the last part.
            buttons = keyboard(outbound.choices) if number == len(texts) else None
            message = await self._wire.call(
                chat, partial(self._wire.bot.send_message, chat, text, reply_markup=buttons)
            )
            ids.append(external_id(self._wire.bot_id, chat, message.message_id))
            if outbound.request is not None:
                # Remembered at once: when the next part has to wait, this one is not sent again.
                try:
                    await topics.add_link(outbound.request, outbound.record, outbound.delivery, ids[-1])
                except DATABASE_AWAY as error:
                    raise Unknown("a part was sent and could not be remembered") from error
        return Sent(tuple(ids))
