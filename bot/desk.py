"""The agents' forum group: a topic for each request, made when it is first needed. A picture of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import TypeVar

import structlog
from telegram import InputFile, Message

from bot import cards
from bot.wire import Misconfigured, TopicGone, Wire, external_id, split_text, units
from intake.message import Accept, Outbound, Sent, TryAgain, Undeliverable, is_decoration
from storage import requests, topics
from storage.files import Files
from storage.kinds import DeliveryKind, Direction
from storage.models import CommunicationRecord, CustomerRequest, DeskTopic, StoredAttachment

log = structlog.get_logger()

UPLOAD_CAP = 50 * 1000 * 1000  # bytes; Telegram takes no larger document from a bot
TEXT_CAP = 3500  # UTF-16 units of text in one message; leaves room for the marks

MENDED_AFTER_S = 60.0
MOST_TEXTS = 4  # messages; a longer text is shown as a file

T = TypeVar("T")
Part = Callable[[], Awaitable[int]]  # sends one message and returns its id


class DeskChannel:
    """Shows requests, records and notices to the agents. A copy too many there is harmless: unknown sends repeat."""

    name = "desk"
    repeatable = True
    listens = False

    def __init__(self, wire: Wire, chat: int, files: Files) -> None:
        self._wire = wire
        self._chat = chat
        self._files = files

    async def listen(self, accept: Accept) -> None:
        """Nothing comes in here: agents' words arrive with the bot's other updates."""

    async def send(self, outbound: Outbound) -> Sent:
        """Bring the desk up to date. Raises TryAgain, Undeliverable or Unknown."""
        if outbound.request is None:
            await self._notice(outbound, None)
            return Sent()
        request = await requests.request_with_customer(outbound.request)
        if request is None:
            raise Undeliverable("the request is gone")
        topic = await topics.topic_for(request.id, str(self._bot), str(self._chat), datetime.now(UTC))
        try:
            await self._show(outbound, request, topic)
        except TopicGone as error:
            await topics.forget_thread(topic)
            raise TryAgain("The topic is gone; a new one is made.", after=0) from error
        return Sent()

    @property
    def _bot(self) -> int:
        return self._wire.bot_id

    async def _show(self, outbound: Outbound, request: CustomerRequest, topic: DeskTopic) -> None:
        made = await self._ensure_topic(request, topic)
        if outbound.kind == DeliveryKind.CARD:
            if not made:
                await self._edit_card(request, topic)
        elif outbound.kind == DeliveryKind.NOTICE:
            await self._notice(outbound, topic)
        elif outbound.record is not None:
            await self._mirror(outbound, outbound.record, topic)

    async def _ensure_topic(self, request: CustomerRequest, topic: DeskTopic) -> bool:
        """Make the topic and its card when they are missing."""
        made = False
        if topic.thread is None:
            name = cards.topic_name(request)
            forum_topic = await self._call(lambda: self._wire.bot.create_forum_topic(self._chat, name))
            await topics.set_thread(topic, str(forum_topic.message_thread_id))
            log.info("topic made", request=request.id)
        if topic.card is None:
            text = await self._card_text(request)
            message = await self._call(
                lambda: self._wire.bot.send_message(
                    self._chat,
                    text,
                    message_thread_id=self._thread(topic),
                    parse_mode="HTML",
                    reply_markup=cards.buttons(request),
                )
            )
            await topics.set_card(topic, str(message.message_id))
            made = True
        return made

    async def _edit_card(self, request: CustomerRequest, topic: DeskTopic) -> None:
        text = await self._card_text(request)
        try:
            await self._call(
                lambda: self._wire.bot.edit_message_text(
                    text,
                    self._chat,
                    int(topic.card or 0),
                    parse_mode="HTML",
                    reply_markup=cards.buttons(request),
                )
            )
        except Undeliverable as error:
            if "not modified" not in str(error).lower():
                raise

    async def _card_text(self, request: CustomerRequest) -> str:
        return cards.card(request, await requests.case_of(request.id), await requests.first_incoming(request.id))

    async def _notice(self, outbound: Outbound, topic: DeskTopic | None) -> None:
        """Something an agent must know, in the topic or in General. Plain text, whatever a customer put into it."""
        thread = self._thread(topic) if topic else None
        for text in split_text(outbound.text):
            await self._call(partial(self._wire.bot.send_message, self._chat, text, message_thread_id=thread))

    async def _mirror(self, outbound: Outbound, record_id: int, topic: DeskTopic) -> None:
        record = await requests.record_with_files(record_id)
        if record is None:
            return
        first = await requests.first_incoming(outbound.request or 0)
        on_card = first is not None and first.id == record.id and cards.fits_on_card(record)
        parts = [*([] if on_card else self._texts(record, topic)), *self._media(record, topic)]
        # What an earlier attempt has sent is not sent again: the parts and their order follow from the record alone.
        for part in parts[len(outbound.sent_parts) :]:
            try:
                message_id = await self._call(part)
            except Undeliverable as error:
                # A photo that the customer has deleted meanwhile, a quiz: what cannot be copied is at least told.
                told = f"{escape(cards.record_text(record)[0])}\n⚠️ {escape(str(error))}"
                message_id = await self._call(partial(self._send_text, told, topic))
            await topics.add_link(
                outbound.request or 0, record.id, outbound.delivery, external_id(self._bot, self._chat, message_id)
            )

    def _texts(self, record: CommunicationRecord, topic: DeskTopic) -> list[Part]:
        if record.origin is not None and record.attachments and record.direction is Direction.INCOMING:
            return []  # the copy below carries its own caption
        text, rest = cards.record_text(record)
        plain = split_text(text, TEXT_CAP)
        if len(plain) > MOST_TEXTS:
            # Megabytes of text would fill the desk for an hour: its beginning is shown, the whole is a file.
            whole = partial(self._send_file, record.text.encode(), "message.txt", topic)
            return [partial(self._send_text, f"{escape(plain[0])}\n…", topic), whole]
        pieces = [escape(piece) for piece in plain]
        if rest:
            fold = f"<blockquote expandable>{escape(rest)}</blockquote>"
            if units(plain[-1]) + units(rest) < TEXT_CAP:
                pieces[-1] += f"\n{fold}"
            else:
                pieces.append(fold)
        return [partial(self._send_text, piece, topic) for piece in pieces]

    def _media(self, record: CommunicationRecord, topic: DeskTopic) -> list[Part]:
        if record.origin is not None:
            return [partial(self._copy, record.origin, topic)] if record.attachments else []
        return [
            partial(self._upload, attachment, topic)
            for attachment in record.attachments
            if not is_decoration(inline=attachment.inline, size=attachment.size)
        ]

    async def _send_text(self, html: str, topic: DeskTopic) -> int:
        message = await self._wire.bot.send_message(
            self._chat, html, message_thread_id=self._thread(topic), parse_mode="HTML"
        )
        return message.message_id

    async def _copy(self, origin: str, topic: DeskTopic) -> int:
        chat, message = origin.split(":")
        copied = await self._wire.bot.copy_message(
            self._chat, int(chat), int(message), message_thread_id=self._thread(topic)
        )
        return copied.message_id

    async def _upload(self, attachment: StoredAttachment, topic: DeskTopic) -> int:
        name = cards.shown(attachment.filename or "") or "file"
        if attachment.sha256 is None or attachment.size > UPLOAD_CAP:
            why = attachment.error or f"{attachment.size} bytes are more than Telegram takes from a bot"
            return await self._send_text(f"📎 {escape(name)}: not shown here ({escape(why)})", topic)
        try:
            content = await self._files.read(attachment.sha256)
        except OSError as error:
            why = error.strerror or "it cannot be read"
            return await self._send_text(f"📎 {escape(name)}: not shown here ({escape(why)})", topic)
        if not content:
            return await self._send_text(f"📎 {escape(name)}: an empty file", topic)
        return await self._send_file(content, name, topic)

    async def _send_file(self, content: bytes, name: str, topic: DeskTopic) -> int:
        message: Message = await self._wire.bot.send_document(
            self._chat, InputFile(content, filename=name), message_thread_id=self._thread(topic)
        )
        return message.message_id

    def _thread(self, topic: DeskTopic) -> int | None:
        return int(topic.thread) if topic.thread else None

    async def _call(self, method: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._wire.call(self._chat, method)
        except Misconfigured as error:
            # Minutes until somebody gives the right back; until then nothing of the desk may be dropped.
            raise TryAgain(str(error), after=MENDED_AFTER_S) from error
