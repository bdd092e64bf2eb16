"""Show a communication record in its request's topic: words, a copy of what a chat can copy, files of a mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from html import escape

from bot.desk import cards
from bot.desk.group import DeskGroup
from bot.wire.texts import split_text, units
from intake.message import Outbound, Undeliverable, is_decoration
from storage import requests, topics
from storage.files import Files
from storage.kinds import Direction
from storage.models import CommunicationRecord, DeskTopic, StoredAttachment

UPLOAD_CAP = 50 * 1000 * 1000  # bytes; Telegram takes no larger document from a bot
TEXT_CAP = 3500  # UTF-16 units of text in one message; leaves room for the marks
MOST_TEXTS = 4  # messages; a longer text is shown as a file

Part = Callable[[], Awaitable[int]]  # sends one message and returns its id


class Mirror:
    """Shows records in the topics of one forum group."""

    def __init__(self, group: DeskGroup, files: Files) -> None:
        self._group = group
        self._files = files

    async def show(self, outbound: Outbound, topic: DeskTopic) -> None:
        """Show the record of an outgoing job. What an earlier attempt has sent is not sent again."""
        record = await requests.record_with_files(outbound.record or 0)
        if record is None:
            return
        first = await requests.first_incoming(outbound.request or 0)
        on_card = first is not None and first.id == record.id and cards.fits_on_card(record)
        parts = [*([] if on_card else self._texts(record, topic)), *self._media(record, topic)]
        # The parts and their order follow from the record alone.
        for part in parts[len(outbound.sent_parts) :]:
            try:
                message_id = await part()
            except Undeliverable as error:
                # A photo that the customer has deleted meanwhile, a quiz: what cannot be copied is at least told.
                told = f"{escape(cards.record_text(record)[0])}\n⚠️ {escape(str(error))}"
                message_id = await self._group.post(told, topic)
            shown = self._group.external_id(message_id)
            await topics.add_link(outbound.request or 0, record.id, outbound.delivery, shown)

    def _texts(self, record: CommunicationRecord, topic: DeskTopic) -> list[Part]:
        if record.origin is not None and record.attachments and record.direction is Direction.INCOMING:
            return []  # the copy below carries its own caption
        text, rest = cards.record_text(record)
        plain = split_text(text, TEXT_CAP)
        if len(plain) > MOST_TEXTS:
            # Megabytes of text would fill the desk for an hour: its beginning is shown, the whole is a file.
            whole = partial(self._group.post_file, record.text.encode(), "message.txt", topic)
            return [partial(self._group.post, f"{escape(plain[0])}\n…", topic), whole]
        pieces = [escape(piece) for piece in plain]
        if rest:
            fold = f"<blockquote expandable>{escape(rest)}</blockquote>"
            if units(plain[-1]) + units(rest) < TEXT_CAP:
                pieces[-1] += f"\n{fold}"
            else:
                pieces.append(fold)
        return [partial(self._group.post, piece, topic) for piece in pieces]

    def _media(self, record: CommunicationRecord, topic: DeskTopic) -> list[Part]:
        if record.origin is not None:
            return [partial(self._group.copy, record.origin, topic)] if record.attachments else []
        return [
            partial(self._upload, attachment, topic)
            for attachment in record.attachments
            if not is_decoration(inline=attachment.inline, size=attachment.size)
        ]

    async def _upload(self, attachment: StoredAttachment, topic: DeskTopic) -> int:
        name = cards.shown(attachment.filename or "") or "file"
        if attachment.sha256 is None or attachment.size > UPLOAD_CAP:
            why = attachment.error or f"{attachment.size} bytes are more than Telegram takes from a bot"
            return await self._group.post(f"📎 {escape(name)}: not shown here ({escape(why)})", topic)
        try:
            content = await self._files.read(attachment.sha256)
        except OSError as error:
            why = error.strerror or "it cannot be read"
            return await self._group.post(f"📎 {escape(name)}: not shown here ({escape(why)})", topic)
        if not content:
            return await self._group.post(f"📎 {escape(name)}: an empty file", topic)
        return await self._group.post_file(content, name, topic)
