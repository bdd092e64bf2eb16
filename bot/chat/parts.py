"""The messages that an answer becomes in a customer's chat: cut where Telegram's limits want it, formatted by entities.

Never a parse_mode: what an agent typed is read as words, whatever signs are in it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    ReplyParameters,
)
from telegram.constants import InputMediaType, MessageLimit

from bot.wire.marks import entities_of
from bot.wire.texts import Piece, split_marked, units
from intake.message import Mark, Outbound, Part, StoredFile

TEXT, CAPTION, FILE = (
    "text",
    "caption",
    "file",
)  # how a message carries the words: as its text, below a file, not at all

# What Telegram can send again by its file's id in an album, and put in the place of another file.
GroupMedia: TypeAlias = InputMediaAudio | InputMediaDocument | InputMediaPhoto | InputMediaVideo
GROUPED: Mapping[str, type[GroupMedia]] = {
    InputMediaType.AUDIO: InputMediaAudio,
    InputMediaType.DOCUMENT: InputMediaDocument,
    InputMediaType.PHOTO: InputMediaPhoto,
    InputMediaType.VIDEO: InputMediaVideo,
}
CAPTIONED = frozenset({*GROUPED, InputMediaType.ANIMATION, "voice", "live_photo"})

Call = Callable[[Bot, int, "Form"], Awaitable[tuple[int, ...]]]


@dataclass(frozen=True, slots=True)
class Form:
    """What Telegram may refuse of a message without minding its words: what it refers to, and its formatting."""

    reply: ReplyParameters | None = None
    formatted: bool = True


PLAIN = Form()


@dataclass(frozen=True, slots=True)
class Step:
    """One call, the messages that it writes, and how each carries its words. A record's id stands for each message."""

    call: Call
    forms: tuple[str, ...]
    records: tuple[int | None, ...]


def steps(outbound: Outbound, buttons: InlineKeyboardMarkup | None = None) -> list[Step]:
    """The calls that bring an answer, in their order. They follow from the answer alone; the last text has buttons."""
    if outbound.album:
        return _album(outbound)
    if outbound.origin is None or (outbound.form in (None, TEXT) and not outbound.files):
        pieces = split_marked(outbound.text, outbound.marks)
        return [
            _text(piece, outbound.record, buttons if number == len(pieces) else None)
            for number, piece in enumerate(pieces, 1)
        ]
    caption, rest = captioned(outbound.form, outbound.text, outbound.marks)
    copied = _copy(outbound.origin, outbound.form, caption, outbound.record)
    if outbound.form is None:
        return [copied]  # stored by an older program: it did not say what it is, and carries its own caption
    return [copied, *(_text(piece, outbound.record) for piece in rest)]


def captioned(form: str | None, text: str, marks: Sequence[Mark]) -> tuple[Piece, list[Piece]]:
    """A file's caption, and the messages that follow it: what is too long for a caption is a text of its own."""
    if form in CAPTIONED and units(text) <= MessageLimit.CAPTION_LENGTH:
        return Piece(text, tuple(marks)), []
    return Piece(""), split_marked(text, marks) if text else []


def carried(form: str | None) -> str:
    """How a file of this form carries words."""
    return CAPTION if form in CAPTIONED else FILE


def media(kind: str | None, file: StoredFile, caption: Piece, form: Form) -> GroupMedia | InputMediaAnimation | None:
    """A file as Telegram takes it by its id, or None for what cannot be sent so."""
    made = InputMediaAnimation if kind == InputMediaType.ANIMATION else GROUPED.get(kind or "")
    if made is None or file.remote_id is None:
        return None
    entities = entities_of(caption.marks, caption.text) if form.formatted else ()
    return made(file.remote_id, caption=caption.text or None, caption_entities=entities or None)


def _text(piece: Piece, record: int | None, buttons: InlineKeyboardMarkup | None = None) -> Step:
    async def call(bot: Bot, chat: int, form: Form) -> tuple[int, ...]:
        entities = entities_of(piece.marks, piece.text) if form.formatted else ()
        message = await bot.send_message(
            chat, piece.text, entities=entities or None, reply_parameters=form.reply, reply_markup=buttons
        )
        return (message.message_id,)

    return Step(call, (TEXT,), (record,))


def _copy(origin: str, kind: str | None, caption: Piece, record: int | None) -> Step:
    source, message = origin.split(":")

    async def call(bot: Bot, chat: int, form: Form) -> tuple[int, ...]:
        entities = entities_of(caption.marks, caption.text) if form.formatted else ()
        copied = await bot.copy_message(
            chat,
            int(source),
            int(message),
            # Always said, even where there is none: without it Telegram takes the caption that stands there by now.
            caption=caption.text if kind in CAPTIONED else None,
            caption_entities=entities or None,
            reply_parameters=form.reply,
        )
        return (copied.message_id,)

    return Step(call, (carried(kind),), (record,))


def _album(outbound: Outbound) -> list[Step]:
    """One call for all pictures, so that they stay together; captions that are too long follow as texts."""
    parts = outbound.album
    cut = [captioned(part.form, part.text, part.marks) for part in parts]
    captions = [caption for caption, _ in cut]
    records = tuple(part.record for part in parts)
    texts = [_text(piece, record) for record, (_, rest) in zip(records, cut, strict=True) for piece in rest]
    if any(_in_group(part, Piece("")) is None for part in parts):
        # Of a kind that Telegram groups and we do not know: one by one, better than not at all.
        copied = [
            _copy(part.origin, part.form, caption, part.record)
            for part, caption in zip(parts, captions, strict=True)
            if part.origin is not None
        ]
        return [*copied, *texts]

    async def call(bot: Bot, chat: int, form: Form) -> tuple[int, ...]:
        group = [_in_group(part, caption, form) for part, caption in zip(parts, captions, strict=True)]
        messages = await bot.send_media_group(
            chat, [item for item in group if item is not None], reply_parameters=form.reply
        )
        return tuple(message.message_id for message in messages)

    return [Step(call, (CAPTION,) * len(records), records), *texts]


def _in_group(part: Part, caption: Piece, form: Form = PLAIN) -> GroupMedia | None:
    found = media(part.form, part.files[0], caption, form) if part.files else None
    return None if isinstance(found, InputMediaAnimation) else found
