"""A customer has edited a message: change its copy in the topic, or say the new words when there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from telegram import (
    InputMedia,
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    ReplyParameters,
)

from bot.desk import wording
from bot.desk.group import DeskGroup
from bot.desk.uploading import Uploads
from bot.wire.errors import FormRefused, Gone
from bot.wire.marks import entities_of
from bot.wire.texts import Piece, units
from intake.message import Outbound
from storage import requests, shown
from storage.models import CommunicationRecord, DeskTopic
from storage.shown import CAPTION, FILE, MERGED, TEXT, Shown

MEDIA: Mapping[
    str, type[InputMediaPhoto | InputMediaVideo | InputMediaAnimation | InputMediaAudio | InputMediaDocument]
]
MEDIA = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "animation": InputMediaAnimation,
    "audio": InputMediaAudio,
    "document": InputMediaDocument,
}
MESSAGE_CAP = 4096  # UTF-16 units


class Revisions:
    """Edits of records in the topics of one forum group."""

    def __init__(self, group: DeskGroup, uploads: Uploads, clock: Callable[[], datetime]) -> None:
        self._group = group
        self._uploads = uploads
        self._clock = clock

    async def show(self, outbound: Outbound, edit: CommunicationRecord, topic: DeskTopic) -> None:
        """Bring the copies of a record up to its newest words. Doing it again changes nothing."""
        original = await requests.record_with_files(edit.revises or 0)
        newest = await shown.newest(edit.revises or 0) or edit
        if original is None:
            return
        copies = await shown.copies(original.id, self._group.external_id(""))
        try:
            changed = await self._change(outbound, original, newest, copies, topic)
        except Gone:
            changed = False
        if not changed:
            await self._say(outbound, original, newest, copies, topic)

    async def _change(
        self,
        outbound: Outbound,
        original: CommunicationRecord,
        newest: CommunicationRecord,
        copies: Sequence[Shown],
        topic: DeskTopic,
    ) -> bool:
        """Edit in place. False: there is nothing that can be edited."""
        texts = [copy for copy in copies if copy.form == TEXT]
        media = next((copy for copy in copies if copy.form == CAPTION), None)
        if copies and copies[0].form == MERGED:
            return await self._change_merged(outbound, copies[0])
        if media is not None:
            await self._change_media(media, newest)
            too_long = units(newest.reply_text) > wording.CAPTION_CAP
            await self._change_texts(outbound, original, newest if too_long else None, texts, copies, topic)
            return True
        if not texts or len(texts) != len(copies):
            return False  # never shown, or a part of it is a file
        return await self._change_texts(outbound, original, newest, texts, copies, topic)

    async def _change_texts(
        self,
        outbound: Outbound,
        original: CommunicationRecord,
        newest: CommunicationRecord | None,
        texts: Sequence[Shown],
        copies: Sequence[Shown],
        topic: DeskTopic,
    ) -> bool:
        """The words in as many messages as they take now: surplus ones go, lacking ones are added."""
        pieces = wording.pieces(newest, edited=True) if newest is not None else []
        if len(pieces) > wording.MOST_TEXTS:
            return False
        for copy, piece in zip(texts, pieces, strict=False):
            await self._group.change_words(copy.message, piece)
        for copy in texts[len(pieces) :]:
            await self._group.remove(copy.message)
            await shown.forget(copy.external_id)
        part = max((copy.part for copy in copies), default=0)
        for piece in pieces[len(texts) :]:
            part += 1
            message = await self._group.post_words(piece, topic, ReplyParameters(copies[0].message))
            await self._remember(outbound, original, message, TEXT, part)
        return True

    async def _change_media(self, copy: Shown, newest: CommunicationRecord) -> None:
        words = wording.caption(newest, edited=True)
        try:
            await self._put_media(copy, newest, words)
        except FormRefused:
            await self._put_media(copy, newest, Piece(words.text))

    async def _put_media(self, copy: Shown, newest: CommunicationRecord, words: Piece) -> None:
        file = newest.attachments[0] if newest.attachments else None
        media = _media(newest.form, file.remote_id, words) if file is not None and file.remote_id else None
        if media is not None:
            await self._group.change_media(copy.message, media)
        else:
            await self._group.change_caption(copy.message, words)

    async def _change_merged(self, outbound: Outbound, copy: Shown) -> bool:
        records = await shown.merged_in(copy.external_id, outbound.request or 0)
        newest = await shown.newest_of(records)
        edited = [new is not old for new, old in zip(newest, records, strict=True)]
        words = wording.merged(newest, edited)
        if not records or units(words.text) > MESSAGE_CAP:
            return False
        await self._group.change_words(copy.message, words)
        return True

    async def _say(
        self,
        outbound: Outbound,
        original: CommunicationRecord,
        newest: CommunicationRecord,
        copies: Sequence[Shown],
        topic: DeskTopic,
    ) -> None:
        """The new words as a new message that answers the old one, if that is there."""
        card = int(topic.card) if topic.card else None
        place = copies[0].message if copies else card
        answers = ReplyParameters(place) if place is not None else None
        for copy in copies:
            if copy.form != MERGED:
                await shown.forget(copy.external_id)  # from now on the new messages are its copies
        for number, (form, send) in list(enumerate(self._said(newest, topic, answers)))[len(outbound.sent_parts) :]:
            await self._remember(outbound, original, await send(), form, number)

    def _said(
        self, newest: CommunicationRecord, topic: DeskTopic, answers: ReplyParameters | None
    ) -> list[tuple[str, Callable[[], Awaitable[int]]]]:
        if newest.attachments and newest.origin is not None:
            words = wording.caption(newest, edited=True) if newest.form in wording.CAPTIONED else None
            return [(CAPTION, partial(self._group.copy, newest.origin, topic, words, answers))]
        pieces = wording.pieces(newest, edited=True)
        texts = [(TEXT, partial(self._group.post_words, piece, topic, answers)) for piece in pieces]
        if len(pieces) <= wording.MOST_TEXTS:
            return [*texts]
        return [texts[0], (FILE, partial(self._uploads.post_words, newest.text, topic))]

    async def _remember(
        self, outbound: Outbound, original: CommunicationRecord, message: int, form: str, part: int
    ) -> None:
        copy = Shown(self._group.external_id(message), form, part)
        await shown.add_copies(outbound.request or 0, outbound.delivery, [(original.id, copy)], (), self._clock())


def _media(form: str | None, file: str, words: Piece) -> InputMedia | None:
    kind = MEDIA.get(form or "")
    return kind(file, caption=words.text, caption_entities=entities_of(words.marks, words.text)) if kind else None
