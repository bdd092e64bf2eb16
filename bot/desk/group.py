"""The desk's group as a place to write to: its chat, the bot that writes, and what a missing right means there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import InlineKeyboardMarkup, InputFile, Message

from bot.wire.budget import Family
from bot.wire.client import Wire
from bot.wire.errors import DeskAway, Misconfigured
from bot.wire.texts import external_id
from intake import jobs
from intake.message import Room
from storage.kinds import DeliveryKind
from storage.models import DeskTopic

MENDED_AFTER_S = 60.0
# What only shows again what is so already is drawn no more often than this, however fast it changes.
RESTS_S: dict[str, float] = {DeliveryKind.CARD: 20.0, DeliveryKind.BOARD: 60.0}
REACTIONS = frozenset({DeliveryKind.MARK})  # they are no messages

T = TypeVar("T")


class DeskGroup:
    """One forum group, written to by one bot."""

    def __init__(self, wire: Wire, chat: int) -> None:
        self.wire = wire
        self.chat = chat

    @property
    def bot(self) -> int:
        return self.wire.bot_id

    def room(self) -> Room:
        """What may be written into the group now. What only shows again goes when there is plenty of room."""
        budget = self.wire.budget
        wait = budget.until_room(self.chat)
        upto = jobs.PRIORITIES[DeliveryKind.MARK] if budget.plenty(self.chat) else jobs.MESSAGES
        rests = {kind: rest / budget.scale for kind, rest in RESTS_S.items()}
        return Room(budget.room(self.chat), upto, after=wait or None, free=REACTIONS, rests=rests)

    async def call(self, method: Callable[[], Awaitable[T]], *, family: Family = "send", cost: int = 1) -> T:
        """Call a method that acts in the group. Raises TryAgain, Undeliverable, Unknown or TopicGone."""
        try:
            return await self.wire.call(self.chat, method, family=family, cost=cost)
        except Misconfigured as error:
            # Minutes until somebody gives the right back; until then nothing of the desk may be dropped.
            raise DeskAway(str(error), after=MENDED_AFTER_S) from error

    async def post(self, html: str, topic: DeskTopic | None, buttons: InlineKeyboardMarkup | None = None) -> int:
        """Write a message of Telegram HTML into a topic, or into General. Returns its id; raises as `call` does."""
        message = await self.call(
            lambda: self.wire.bot.send_message(
                self.chat, html, message_thread_id=thread_of(topic), parse_mode="HTML", reply_markup=buttons
            )
        )
        return message.message_id

    async def post_plain(self, text: str, topic: DeskTopic | None) -> int:
        """Write a message as it stands, whatever a customer put into it."""
        message = await self.call(
            lambda: self.wire.bot.send_message(self.chat, text, message_thread_id=thread_of(topic))
        )
        return message.message_id

    async def post_file(self, content: bytes, name: str, topic: DeskTopic) -> int:
        """Upload a document into a topic."""
        message: Message = await self.call(
            lambda: self.wire.bot.send_document(
                self.chat, InputFile(content, filename=name), message_thread_id=thread_of(topic)
            )
        )
        return message.message_id

    async def copy(self, origin: str, topic: DeskTopic) -> int:
        """Copy a message ("chat:message") into a topic, whole."""
        chat, message = origin.split(":")
        copied = await self.call(
            lambda: self.wire.bot.copy_message(self.chat, int(chat), int(message), message_thread_id=thread_of(topic))
        )
        return copied.message_id

    def external_id(self, message: int) -> str:
        """The id in our storage of a message in this group."""
        return external_id(self.bot, self.chat, message)


def thread_of(topic: DeskTopic | None) -> int | None:
    """The id by which Telegram knows a topic. General has none: its own number 1 is refused (PTB #4739)."""
    return int(topic.thread) if topic is not None and topic.thread else None
