"""Show a communication record in its request's topic: words, a copy of what a chat can copy, files of a mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile

from telegram import ReplyParameters

from bot.desk import cards, wording
from bot.desk.group import DeskGroup
from bot.desk.revising import Revisions
from bot.desk.uploading import Uploads
from bot.wire.texts import Piece, units
from intake.message import Outbound, Undeliverable
from storage import requests, shown
from storage.files import Files
from storage.kinds import DeliveryKind, Direction
from storage.models import CommunicationRecord, DeskTopic
from storage.shown import CAPTION, FILE, MERGED, TEXT, Shown

WORDS = (None, "text")  # the forms of a record that are words and nothing else
UNCOPIED = "Telegram lets no bot show this here"
# So many messages that wait in one topic are shown as one, even when there is room for each of them.
MANY, MOST_MERGED = 5, 40

Messages = list[tuple[int, str, int]]  # record, form, message


@dataclass(frozen=True, slots=True)
class _Step:
    """One call of Telegram's, and how many messages it makes."""

    record: CommunicationRecord
    send: Callable[[], Awaitable[Messages]]
    messages: int = 1


class Mirror:
    """Shows records in the topics of one forum group."""

    def __init__(
        self, group: DeskGroup, files: Files, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._group = group
        self._uploads = Uploads(group, files)
        self._revisions = Revisions(group, self._uploads, clock)
        self._clock = clock

    async def show(self, outbound: Outbound, topic: DeskTopic) -> None:
        """Show the record of an outgoing job. What an earlier attempt has sent is not sent again."""
        record = await requests.record_with_files(outbound.record or 0)
        if record is None or outbound.kind != DeliveryKind.MIRROR:
            return
        if record.revises is not None:
            await self._revisions.show(outbound, record, topic)
            return
        first = await requests.first_incoming(outbound.request or 0)
        on_card = first is not None and first.id == record.id and cards.fits_on_card(record)
        if not on_card and not outbound.sent_parts and await self._merged(outbound, record, topic):
            return
        await self._steps_of(outbound, record, topic, on_card=on_card)

    async def _steps_of(
        self, outbound: Outbound, record: CommunicationRecord, topic: DeskTopic, *, on_card: bool
    ) -> None:
        answers = await self._answers(record, topic)
        shown_upto = await shown.last_part(outbound.delivery) if outbound.sent_parts else -1
        last = -1
        # The steps, their order and the numbers of their messages follow from the record alone.
        for step in await self._steps(outbound, record, topic, answers, on_card=on_card):
            first, last = last + 1, last + step.messages
            if last <= shown_upto:
                continue
            try:
                sent = await step.send()
            except Undeliverable as error:
                # A photo that the customer has deleted meanwhile, a quiz: what cannot be copied is at least told.
                [told, *_] = wording.pieces(step.record, remark=str(error))
                sent = [(step.record.id, TEXT, await self._group.post_words(told, topic, answers))]
            # The last of them has the step's last number, also when there are fewer: it says that the step is done.
            parts = [*range(first, first + len(sent) - 1), last]
            messages = [
                (of, Shown(self._group.external_id(message), form, part))
                for part, (of, form, message) in zip(parts, sent, strict=False)
            ]
            await shown.add_copies(outbound.request or 0, outbound.delivery, messages, (), self._clock())

    async def _steps(
        self,
        outbound: Outbound,
        record: CommunicationRecord,
        topic: DeskTopic,
        answers: ReplyParameters | None,
        *,
        on_card: bool,
    ) -> list[_Step]:
        newest = await shown.newest(record.id)
        if record.album is not None and _is_copied(record):
            parts = [part for part in await shown.album_from(record) if _is_copied(part)]
            if len(parts) > 1:
                return self._album(parts, topic, outbound.delivery)
        if _is_copied(record) and record.direction is Direction.INCOMING:
            return self._copied(record, newest, topic, answers)
        said = newest or record
        remark = UNCOPIED if record.origin is None and record.form not in WORDS else ""
        # The card shows a request's first words as they came; what has become of them follows.
        texts = [] if on_card and newest is None else self._texts(record, said, topic, answers, remark)
        if _is_copied(record):  # an agent's own media
            return [*texts, _Step(record, partial(self._copy, record, None, topic, None))]
        return [*texts, *(_Step(record, send) for send in self._uploads.of(record, topic))]

    def _texts(
        self,
        record: CommunicationRecord,
        said: CommunicationRecord,
        topic: DeskTopic,
        answers: ReplyParameters | None,
        remark: str = "",
    ) -> list[_Step]:
        pieces = wording.pieces(said, edited=said is not record, remark=remark)
        if len(pieces) > wording.MOST_TEXTS:
            # Megabytes of text would fill the desk for an hour: its beginning is shown, the whole is a file.
            whole = self._uploads.words(record, said.text, topic)
            return [_Step(record, partial(self._text, record, pieces[0], topic, answers)), _Step(record, whole)]
        return [
            _Step(record, partial(self._text, record, piece, topic, answers if number == 0 else None))
            for number, piece in enumerate(pieces)
        ]

    async def _text(
        self, record: CommunicationRecord, piece: Piece, topic: DeskTopic, answers: ReplyParameters | None
    ) -> Messages:
        return [(record.id, TEXT, await self._group.post_words(piece, topic, answers))]

    def _copied(
        self,
        record: CommunicationRecord,
        newest: CommunicationRecord | None,
        topic: DeskTopic,
        answers: ReplyParameters | None,
    ) -> list[_Step]:
        """Media by a copy, with its own caption unless something has to be said or the caption is too long."""
        said, captioned = newest or record, record.form is None or record.form in wording.CAPTIONED
        remark = "; ".join(file.error for file in record.attachments if file.error)
        too_long = units(said.reply_text) > wording.CAPTION_CAP
        caption = None
        if captioned and (too_long or remark or newest is not None):
            caption = wording.caption(said, edited=newest is not None, remark=remark)
        copy = _Step(record, partial(self._copy, record, caption, topic, answers))
        return [copy, *(self._texts(record, said, topic, None) if too_long else [])]

    async def _copy(
        self,
        record: CommunicationRecord,
        caption: Piece | None,
        topic: DeskTopic,
        answers: ReplyParameters | None,
    ) -> Messages:
        form = CAPTION if record.form is None or record.form in wording.CAPTIONED else FILE
        return [(record.id, form, await self._group.copy(record.origin or "", topic, caption, answers))]

    def _album(self, parts: Sequence[CommunicationRecord], topic: DeskTopic, delivery: int) -> list[_Step]:
        steps = [
            _Step(parts[0], partial(self._copy_album, parts, topic), len(parts)),
            _Step(parts[0], partial(self._missing, parts, topic, delivery)),
        ]
        for part in parts:
            remark = "; ".join(file.error for file in part.attachments if file.error)
            if units(part.reply_text) > wording.CAPTION_CAP or remark:
                said = wording.pieces(part, remark=remark)
                steps += [_Step(part, partial(self._text, part, piece, topic, None)) for piece in said]
        return steps

    async def _copy_album(self, parts: Sequence[CommunicationRecord], topic: DeskTopic) -> Messages:
        in_order = sorted(parts, key=_message_id)
        copied = await self._group.copy_album([part.origin or "" for part in in_order], topic)
        if len(copied) == len(in_order):
            return [(part.id, CAPTION, message) for part, message in zip(in_order, copied, strict=True)]
        if not copied:
            raise Undeliverable("nothing of this album is there any more")
        # Telegram leaves out what it cannot copy and does not say which: the album stands for all of them.
        return [(in_order[0].id, FILE, message) for message in copied]

    async def _missing(self, parts: Sequence[CommunicationRecord], topic: DeskTopic, delivery: int) -> Messages:
        """Say how many parts of an album were left out, if any were."""
        copied = await shown.copied_by(delivery)
        if not 0 < copied < len(parts):
            return []  # all of it is there, or what is missing was told in its place
        first = min(parts, key=_message_id)
        [told, *_] = wording.pieces(first, remark=f"{len(parts) - copied} parts of an album are missing")
        return [(first.id, FILE, await self._group.post_words(told, topic))]

    async def _merged(self, outbound: Outbound, record: CommunicationRecord, topic: DeskTopic) -> bool:
        """Show what waits in this topic as one message, when there is no room for each. False: it is shown alone."""
        if not _is_simple(record):
            return False
        now = self._clock()
        behind = await shown.waiting_behind(outbound.delivery, now, MOST_MERGED)
        behind = list(takewhile(lambda one: _is_simple(one[1]), behind))
        waiting = 1 + len(behind)
        if waiting < 2 or waiting <= min(self._group.room().jobs, MANY):
            return False
        records = [record, *(one for _, one in behind)]
        newest = await shown.newest_of(records)
        fitting = wording.fit_together(newest)
        if fitting < 2:
            return False
        edited = [new is not old for new, old in zip(newest, records, strict=True)]
        words = wording.merged(newest[:fitting], edited[:fitting])
        also = [job for job, _ in behind[: fitting - 1]]
        await shown.tried(also)
        message = self._group.external_id(await self._group.post_words(words, topic))
        copies = [(record.id, Shown(message, MERGED, 0))]
        await shown.add_copies(outbound.request or 0, outbound.delivery, copies, also, now)
        return True

    async def _answers(self, record: CommunicationRecord, topic: DeskTopic) -> ReplyParameters | None:
        """What the record replies to, as far as it stands in this topic; with the words it quotes if they are there."""
        place, quote = self._group.external_id(""), None
        if record.answers is not None:
            target = await shown.any_message(record.answers, place)
            asked = await requests.record_with_files(record.answers)
            quote = record.quote if asked is not None and record.quote and record.quote in asked.text else None
        elif record.album is not None:
            # A late part of an album answers the album.
            first = await shown.first_of_album(record)
            target = await shown.any_message(first.id, place) if first is not None else None
        else:
            return None
        if target is None:
            return ReplyParameters(int(topic.card)) if record.answers is not None and topic.card else None
        return ReplyParameters(int(target.rpartition(":")[2]), quote=quote)


def _is_copied(record: CommunicationRecord) -> bool:
    """Is it something that Telegram copies from one chat into another, and not words?"""
    return record.origin is not None and (bool(record.attachments) or record.form not in WORDS)


def _is_simple(record: CommunicationRecord) -> bool:
    """Is it a customer's message of words alone, that stands for itself?"""
    alone = record.revises is None and record.answers is None and record.album is None
    words = record.form in WORDS and not record.attachments and record.reply_text == record.text
    return alone and words and record.direction is Direction.INCOMING and len(wording.pieces(record)) == 1


def _message_id(record: CommunicationRecord) -> int:
    return int((record.origin or "0").rpartition(":")[2])
