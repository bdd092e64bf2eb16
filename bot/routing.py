"""Where an update goes: a private chat to the pipeline, the desk's group to the agents' verbs, the rest nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType

from bot.chat.inbound import inbound
from bot.desk.hearing import AgentsDesk
from intake.message import Accept
from intake.pipeline import Intake

log = structlog.get_logger()

# A command alone, or with the payload of a deep link. Whoever writes more has something to say.
GREETED = re.compile(r"\s*(?:/help|/start(?:\s+[A-Za-z0-9_-]{1,64})?)\s*", re.ASCII)


class Router:
    """Sorts the updates of one bot."""

    def __init__(
        self,
        bot: int,
        desk_chat: int | None,
        agents: AgentsDesk | None,
        intake: Intake,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bot = bot
        self._desk_chat = desk_chat
        self._agents = agents
        self._intake = intake
        self._clock = clock

    async def handle(self, update: Update, accept: Accept) -> None:
        """Handle one update to its commit. What nobody here can use is left alone."""
        message = update.message or update.edited_message
        if update.callback_query is not None:
            await self._press(update.callback_query)
        elif message is None:
            log.debug("update left alone")
        elif message.chat.type == ChatType.PRIVATE:
            await self._private(update, message, accept)
        elif message.chat.id == self._desk_chat and self._agents is not None:
            await (self._agents.edited(message) if update.edited_message else self._agents.message(update, message))
        else:
            log.info("message in a foreign chat left alone", kind=str(message.chat.type))

    async def _private(self, update: Update, message: Message, accept: Accept) -> None:
        if update.message is not None and GREETED.fullmatch(message.text or ""):
            person = message.from_user
            await self._intake.greet(
                "telegram",
                str(self._bot),
                str(message.chat.id),
                person.language_code if person else None,
                self._clock(),
            )
            return
        said = inbound(update, self._bot, self._clock())
        if said is not None:
            await accept(said)

    async def _press(self, query: CallbackQuery) -> None:
        chat = query.message.chat.id if query.message else None
        if self._agents is not None and chat == self._desk_chat:
            await self._agents.pressed(query)
