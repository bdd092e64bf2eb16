"""What a topic that was made again begins with: the last things said, in few messages, and their files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from html import escape

from bot.desk import cards
from bot.desk.group import DeskGroup
from bot.wire.texts import fitting, units
from intake.message import Undeliverable, is_decoration
from storage import links, topics
from storage.files import Files
from storage.kinds import Direction, request_number
from storage.links import Link
from storage.models import CommunicationRecord, DeskTopic, StoredAttachment

MOST_RECORDS = 10
EACH, WHOLE = 700, 3500  # UTF-16 units of one record's words, and of one message
UPLOAD_CAP = 50 * 1000 * 1000  # bytes; Telegram takes no larger document from a bot
MARKS = {Direction.INCOMING: "💬", Direction.OUTGOING: "↪️", Direction.NOTE: "📝"}

Step = tuple[int | None, Callable[[], Awaitable[int]]]  # the record that it shows, if one; sends one message


class History:
    """Shows in a topic what was said before it was made. Goes on after an interruption where it stopped."""

    def __init__(self, group: DeskGroup, files: Files) -> None:
        self._group = group
        self._files = files

    async def show(self, topic: DeskTopic) -> None:
        """Raises what the group's calls raise; what has been shown by then is remembered."""
        records = await topics.said_before(topic, MOST_RECORDS)
        steps: list[Step] = [
            (None, partial(self._group.post, html, topic)) for html in digest(request_number(topic.request_id), records)
        ]
        for record in records:
            steps += [(record.id, send) for send in self._files_of(record, topic)]
        # The steps follow from the records alone: nothing that is said later is among them.
        for record_id, send in steps[await topics.history_shown(topic) :]:
            try:
                message = await send()
            except Undeliverable:
                message = await self._group.post("📎 (a file that cannot be shown again)", topic)
            shown = self._group.external_id(message)
            await links.remember(topic.request_id, None, [Link(shown, record_id, topics.HISTORY)])
        await topics.restored(topic)

    def _files_of(self, record: CommunicationRecord, topic: DeskTopic) -> list[Callable[[], Awaitable[int]]]:
        files = [file for file in record.attachments if not is_decoration(inline=file.inline, size=file.size)]
        if record.origin is not None:
            return [partial(self._group.copy, record.origin, topic)] if files else []
        return [partial(self._upload, file, topic) for file in files if file.sha256 and 0 < file.size <= UPLOAD_CAP]

    async def _upload(self, file: StoredAttachment, topic: DeskTopic) -> int:
        try:
            content = await self._files.read(file.sha256 or "")
        except FileNotFoundError as error:
            raise Undeliverable(f"the file cannot be read: {error.strerror}") from error
        return await self._group.post_file(content, cards.shown(file.filename or "") or "file", topic)


def digest(number: str, records: Sequence[CommunicationRecord]) -> list[str]:
    """The records in as few messages of Telegram HTML as they fit into. Pure."""
    messages = [f"🔄 This topic was lost and is made again. The last of it; intake-bot show {number} prints all:"]
    for record in records:
        text = record.reply_text or record.text or "(no text)"
        if units(text) > EACH:
            text = f"{text[: fitting(text, EACH)]}…"
        names = ", ".join(cards.shown(file.filename or "file") for file in record.attachments)
        files = f"\n📎 {escape(names[:200])}" if names else ""
        author = cards.shown_speaker(record.author)
        head = f"{MARKS[record.direction]} {escape(author[:100])}, {record.at:%d %b %H:%M} UTC"
        piece = f"{head}\n<blockquote>{escape(text)}</blockquote>{files}"
        if units(messages[-1]) + units(piece) >= WHOLE:
            messages.append(piece)
        else:
            messages[-1] += f"\n{piece}"
    return messages
