"""An agent's message on the desk, and how its words become a record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from telegram import Message

from bot.wire.content import content
from bot.wire.texts import clean, external_id
from intake.answering import AgentWords
from intake.message import Receipt
from storage.models import Agent

Verb = Callable[[Agent, AgentWords, datetime], Awaitable[Receipt]]


@dataclass(frozen=True, slots=True)
class Said:
    """An agent's message on the desk, and the request whose topic it stands in."""

    agent: Agent
    message: Message
    request: int | None
    arguments: str


def words_of(said: Said, text: str, bot: int) -> AgentWords:
    """An agent's message as the core takes it, with this text instead of all its words."""
    message = said.message
    found = content(message)
    key = external_id(bot, message.chat.id, message.message_id)
    return AgentWords(
        request=said.request or 0,
        key=key,
        # A file whose caption is nothing but a command has no words; one without a caption gets a line to read.
        text=clean(text) or ("" if message.text or message.caption else found.text),
        external_id=key,
        channel="telegram",
        account=str(bot),
        origin=f"{message.chat.id}:{message.message_id}",
        attachments=found.files,
    )
