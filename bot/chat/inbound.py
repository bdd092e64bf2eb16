"""A customer's Telegram message as the core sees it. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

from telegram import Message, Update, User
from telegram.ext import filters

from bot.wire.content import Content, content
from bot.wire.texts import clean, external_id
from intake.message import Inbound, Sender

QUOTE_CAP = 1024  # characters; Telegram's own limit is the same
REMARKS: tuple[tuple[str, str], ...] = (
    ("forward_origin", "forwarded"),
    ("reply_to_story", "answers a story"),
    ("external_reply", "answers a message of another chat"),
)


def inbound(update: Update, bot: int, now: datetime) -> Inbound | None:
    """A private message as the core sees it, or None when nobody wrote it: a service message, a moving location."""
    message = update.effective_message
    person = message.from_user if message else None
    if message is None or person is None or person.is_bot or filters.StatusUpdate.ALL.check_update(update):
        return None
    edited = message.edit_date is not None
    if edited and message.location is not None and message.location.live_period:
        return None  # it moves every few seconds; its first place is on record, and its last one will be
    said = content(message)
    place = external_id(bot, message.chat.id, message.message_id)
    # 0 is no id: Telegram gives it to several messages, and none of them can be copied or answered.
    real = message.message_id != 0
    answers = None if edited else _answered(bot, message)
    return Inbound(
        channel="telegram",
        account=str(bot),
        key=_key(update, message, place, said),
        sender=sender(person, said.phone),
        received_at=now,
        text=said.text,
        reply_to=str(message.chat.id),
        verified=True,  # Telegram vouches for who writes
        external_id=place if real else None,
        attachments=said.files,
        sent_at=message.date,
        origin=f"{message.chat.id}:{message.message_id}" if real and said.copyable else None,
        threadless=True,
        form=said.form,
        place=said.place,
        wordless=said.wordless,
        marks=said.marks,
        album=f"{message.chat.id}:{message.media_group_id}" if message.media_group_id else None,
        edits=place if edited else None,
        answers=answers,
        quote=clean(message.quote.text)[:QUOTE_CAP] if message.quote is not None else None,
        remarks=tuple(remark for attribute, remark in REMARKS if getattr(message, attribute, None) is not None),
        raw=message.to_json().encode("utf-8", "replace"),
    )


def sender(person: User, phone: str | None = None) -> Sender:
    """Somebody with a Telegram account. The id is who he is; all else may change at any time."""
    return Sender(
        value=str(person.id),
        name=clean(person.full_name),
        language=person.language_code,
        phone=phone,
        username=clean(person.username) if person.username else None,
    )


def _key(update: Update, message: Message, place: str, said: Content) -> str:
    """The same for each copy of an update. An edit is a message of its own; two may come within one second."""
    if message.message_id == 0:
        return f"{place}:{update.update_id}"
    if message.edit_date is None:
        return place
    words = "\n".join([said.text, *(file.remote_id or "" for file in said.files)])
    return f"{place}:{int(message.edit_date.timestamp())}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def _answered(bot: int, message: Message) -> str | None:
    answered = message.reply_to_message
    if answered is None or answered.message_id == 0:
        return None
    return external_id(bot, message.chat.id, answered.message_id)
