"""The desk's group as a place to write to: its chat, the bot that writes, and what a missing right means there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from telegram import (
    InlineKeyboardMarkup,
    InputFile,
    InputMedia,
    Message,
    MessageEntity,
    MessageId,
    ReplyParameters,
)

from bot.wire.budget import Family
from bot.wire.client import Wire
from bot.wire.errors import AlreadySo, DeskAway, FormRefused, Misconfigured
from bot.wire.marks import entities_of
from bot.wire.texts import Piece, external_id
from intake.message import Room, Undeliverable
from intake.outgoing import jobs
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

    async def post_plain(
        self,
        text: str,
        topic: DeskTopic | None,
        buttons: InlineKeyboardMarkup | None = None,
        answers: ReplyParameters | None = None,
    ) -> int:
        """Write a message as it stands, whatever a customer put into it."""
        message = await self.call(
            lambda: self.wire.bot.send_message(
                self.chat, text, message_thread_id=thread_of(topic), reply_markup=buttons, reply_parameters=answers
            )
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

    async def post_words(self, words: Piece, topic: DeskTopic, answers: ReplyParameters | None = None) -> int:
        """Write a text with its formatting, as an answer to another message if it is one."""

        async def send(entities: Sequence[MessageEntity], reply: ReplyParameters | None) -> Message:
            return await self.wire.bot.send_message(
                self.chat,
                words.text,
                message_thread_id=thread_of(topic),
                entities=entities,
                reply_parameters=reply,
            )

        try:
            message = await self.call(lambda: send(entities_of(words.marks, words.text), answers))
        except FormRefused:
            message = await self.call(lambda: send((), None))
        return message.message_id

    async def copy(
        self, origin: str, topic: DeskTopic, caption: Piece | None = None, answers: ReplyParameters | None = None
    ) -> int:
        """Copy a message ("chat:message") into a topic, whole or with another caption."""
        chat, message = origin.split(":")

        async def send(words: Piece | None, reply: ReplyParameters | None) -> MessageId:
            return await self.wire.bot.copy_message(
                self.chat,
                int(chat),
                int(message),
                message_thread_id=thread_of(topic),
                caption=words.text if words is not None else None,
                caption_entities=entities_of(words.marks, words.text) if words is not None else None,
                reply_parameters=reply,
            )

        try:
            copied = await self.call(lambda: send(caption, answers))
        except FormRefused:
            copied = await self.call(lambda: send(Piece(caption.text) if caption is not None else None, None))
        return copied.message_id

    async def copy_album(self, origins: Sequence[str], topic: DeskTopic) -> list[int]:
        """Copy the parts of an album, which come from one chat, in one call. What cannot be copied is left out."""
        chat = int(origins[0].partition(":")[0])
        ids = sorted(int(origin.rpartition(":")[2]) for origin in origins)
        copied = await self.call(
            lambda: self.wire.bot.copy_messages(self.chat, chat, ids, message_thread_id=thread_of(topic)),
            cost=len(ids),
        )
        return [one.message_id for one in copied]

    async def change_words(self, message: int, words: Piece) -> None:
        """Replace the text of a message of ours. Raises Gone when it is not there any more."""
        edit = self.wire.bot.edit_message_text
        entities = entities_of(words.marks, words.text)
        try:
            await self._changed(lambda: edit(words.text, self.chat, message, entities=entities))
        except FormRefused:
            await self._changed(lambda: edit(words.text, self.chat, message))

    async def change_caption(self, message: int, words: Piece) -> None:
        """Replace the words under a copy of ours."""
        await self._changed(
            lambda: self.wire.bot.edit_message_caption(
                self.chat, message, caption=words.text, caption_entities=entities_of(words.marks, words.text)
            )
        )

    async def change_media(self, message: int, media: InputMedia) -> None:
        """Replace the file of a copy of ours."""
        await self._changed(lambda: self.wire.bot.edit_message_media(media, self.chat, message))

    async def remove(self, message: int) -> None:
        """Delete a message of ours; one that is gone or too old is left."""
        with suppress(Undeliverable):
            await self.call(lambda: self.wire.bot.delete_message(self.chat, message), family="delete")

    async def _changed(self, method: Callable[[], Awaitable[Message | bool]]) -> None:
        with suppress(AlreadySo):
            await self.call(method)

    def external_id(self, message: int | str) -> str:
        """The id in our storage of a message in this group; of an empty one, how they all begin."""
        return external_id(self.bot, self.chat, message)


def thread_of(topic: DeskTopic | None) -> int | None:
    """The id by which Telegram knows a topic. General has none: its own number 1 is refused (PTB #4739)."""
    return int(topic.thread) if topic is not None and topic.thread else None
