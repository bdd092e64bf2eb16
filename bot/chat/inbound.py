"""A customer's Telegram message as the core sees it. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

from telegram import Message, Update
from telegram.ext import filters

from bot.wire.content import Content, content
from bot.wire.texts import clean, external_id
from intake.message import Inbound, Sender


def inbound(update: Update, bot: int, now: datetime) -> Inbound | None:
    """A private message as the core sees it, or None when nobody wrote it: a service message, a moving location."""
    message = update.effective_message
    person = message.from_user if message else None
    if message is None or person is None or person.is_bot or filters.StatusUpdate.ALL.check_update(update):
        return None
    edited = message.edit_date is not None
    if edited and message.location is not None:
        return None  # a live location moves every few seconds; its first place is on record
    said = content(message)
    place = external_id(bot, message.chat.id, message.message_id)
    # 0 is no id: Telegram gives it to several messages, and none of them can be copied or answered.
    real = message.message_id != 0
    return Inbound(
        channel="telegram",
        account=str(bot),
        key=_key(update, message, place, said),
        sender=Sender(
            value=str(person.id), name=clean(person.full_name), language=person.language_code, phone=said.phone
        ),
        received_at=now,
        text=f"✏️ {said.text}" if edited else said.text,
        reply_to=str(message.chat.id),
        verified=True,  # Telegram vouches for who writes
        external_id=place if real and not edited else None,
        references=(place,) if edited else _answered(bot, message.chat.id, message.reply_to_message),
        attachments=said.files,
        sent_at=message.date,
        origin=f"{message.chat.id}:{message.message_id}" if real else None,
        threadless=True,
        raw=message.to_json().encode("utf-8", "replace"),
    )


def _key(update: Update, message: Message, place: str, said: Content) -> str:
    """The same for each copy of an update. An edit is a message of its own; two may come within one second."""
    if message.message_id == 0:
        return f"{place}:{update.update_id}"
    if message.edit_date is None:
        return place
    words = "\n".join([said.text, *(file.remote_id or "" for file in said.files)])
    return f"{place}:{int(message.edit_date.timestamp())}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def _answered(bot: int, chat: int, answered: Message | None) -> tuple[str, ...]:
    return () if answered is None else (external_id(bot, chat, answered.message_id),)
