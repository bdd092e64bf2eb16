"""An agent's message on the desk, and how its words become a record. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from telegram import Message

from bot.wire.content import content
from bot.wire.texts import clean, external_id
from intake.agents.spoken import AgentWords
from intake.message import Receipt
from intake.words.marks import within
from storage.models import Agent

Verb = Callable[[Agent, AgentWords, datetime], Awaitable[Receipt]]

NOTE_MARK = "//"
SLASHES = "/／"  # Chinese and Japanese keyboards write the second one


@dataclass(frozen=True, slots=True)
class Said:
    """An agent's message on the desk, and the request whose topic it stands in."""

    agent: Agent
    message: Message
    request: int | None
    arguments: str


def plain_words(message: Message) -> str:
    """An agent's words, in which a slash at the start is one whatever stands invisibly before it."""
    words = message.text or message.caption or ""
    start = next((place for place, letter in enumerate(words) if not _is_invisible(letter)), len(words))
    head = words[start : start + len(NOTE_MARK)]
    if not head or head[0] not in SLASHES:
        return words
    slashed = "".join("/" if letter in SLASHES else letter for letter in head)
    return slashed + words[start + len(head) :]


def note_in(words: str) -> str | None:
    """The words of a note behind its mark, or None."""
    return words.removeprefix(NOTE_MARK).strip() if words.startswith(NOTE_MARK) else None


def words_of(said: Said, text: str, bot: int) -> AgentWords:
    """An agent's message as the core takes it, with this text instead of all its words."""
    message = said.message
    found = content(message)
    whole, kept = clean(message.text or message.caption or ""), clean(text)
    place = whole.rfind(kept)
    key = external_id(bot, message.chat.id, message.message_id)
    answered = answered_by(message)
    return AgentWords(
        request=said.request or 0,
        key=key,
        text=kept,
        external_id=key,
        channel="telegram",
        account=str(bot),
        origin=f"{message.chat.id}:{message.message_id}",
        attachments=found.files,
        # A file whose caption is nothing but a command has no words; one without a caption gets a line to read.
        line=found.text if found.wordless else "",
        form=found.form,
        marks=within(found.marks, place, place + len(kept)) if place >= 0 else (),
        album=message.media_group_id,
        answers=external_id(bot, message.chat.id, answered.message_id) if answered is not None else None,
        quote=clean(message.quote.text) if message.quote is not None and message.quote.is_manual else None,
        said_at=message.date,
    )


def edited_words(said: Said, text: str, bot: int, *, internal: bool) -> AgentWords:
    """The new words of a message that an agent has edited."""
    words = words_of(said, text, bot)
    stamp = int(said.message.edit_date.timestamp()) if said.message.edit_date is not None else 0
    marks = [f"{mark.kind}:{mark.start}:{mark.length}:{mark.url}" for mark in words.marks]
    new = "\n".join(
        [said.message.text or said.message.caption or "", *marks, *(str(f.remote_id) for f in words.attachments)]
    )
    key = f"{words.key}:{stamp}:{hashlib.sha256(new.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return replace(words, key=key, edits=words.key, internal=internal)


def answered_by(message: Message) -> Message | None:
    """The message that an agent's message replies to: in a topic, all of them "reply" to its first service message."""
    answered = message.reply_to_message
    return None if answered is None or answered.message_id == message.message_thread_id else answered


def refers_to(message: Message) -> int | None:
    """The number of the message in this group that an agent's message replies to, be it in another topic."""
    answered, elsewhere = answered_by(message), message.external_reply
    if answered is not None:
        return answered.message_id
    if elsewhere is None or elsewhere.chat is None or elsewhere.chat.id != message.chat.id:
        return None
    return elsewhere.message_id


def _is_invisible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc", "Mn")
