"""Show the files of a mail in a topic, and words that are too long for messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from html import escape

from bot.desk import cards
from bot.desk.group import DeskGroup
from intake.message import is_decoration
from storage.files import Files
from storage.models import CommunicationRecord, DeskTopic, StoredAttachment
from storage.shown import FILE, TEXT

UPLOAD_CAP = 50 * 1000 * 1000  # bytes; Telegram takes no larger document from a bot

Send = Callable[[], Awaitable[list[tuple[int, str, int]]]]  # the record, the form and the message that it made


class Uploads:
    """Uploads into the topics of one forum group."""

    def __init__(self, group: DeskGroup, files: Files) -> None:
        self._group = group
        self._files = files

    def of(self, record: CommunicationRecord, topic: DeskTopic) -> list[Send]:
        """What shows the files of a record, one call each. Logos in a signature are left out."""
        return [
            partial(self._upload, record, file, topic)
            for file in record.attachments
            if not is_decoration(inline=file.inline, size=file.size)
        ]

    def words(self, record: CommunicationRecord, text: str, topic: DeskTopic) -> Send:
        """What shows a text as a file."""

        async def send() -> list[tuple[int, str, int]]:
            return [(record.id, FILE, await self.post_words(text, topic))]

        return send

    async def post_words(self, text: str, topic: DeskTopic) -> int:
        """Upload a text as a file; its message's id."""
        return await self._group.post_file(text.encode(), "message.txt", topic)

    async def _upload(
        self, record: CommunicationRecord, file: StoredAttachment, topic: DeskTopic
    ) -> list[tuple[int, str, int]]:
        name = cards.shown(file.filename or "") or "file"
        found = await self._content(file)
        if isinstance(found, bytes):
            return [(record.id, FILE, await self._group.post_file(found, name, topic))]
        return [(record.id, TEXT, await self._group.post(f"📎 {escape(name)}: {escape(found)}", topic))]

    async def _content(self, file: StoredAttachment) -> bytes | str:
        """The bytes of a file, or why they are not shown."""
        if file.sha256 is None or file.size > UPLOAD_CAP:
            why = file.error or f"{file.size} bytes are more than Telegram takes from a bot"
            return f"not shown here ({why})"
        try:
            return await self._files.read(file.sha256) or "an empty file"
        except FileNotFoundError as error:
            # Any other failure passes: the outbox comes again.
            return f"not shown here ({error.strerror or 'it cannot be read'})"
