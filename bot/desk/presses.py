"""The buttons on the desk: who presses is checked, the deed is done, and every press is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from telegram import CallbackQuery
from telegram.error import TelegramError

from bot.desk.members import agent_behind
from bot.wire.client import Wire
from intake.actions import Actions
from intake.joining import CannotMove
from intake.named import NoSuchRequest
from storage.kinds import request_id, request_number

log = structlog.get_logger()


class Presses:
    """Turns presses into the core's verbs."""

    def __init__(self, wire: Wire, actions: Actions, clock: Callable[[], datetime]) -> None:
        self._wire = wire
        self._actions = actions
        self._clock = clock

    async def pressed(self, query: CallbackQuery) -> None:
        """A button on a card. Answered once it has had its effect; when the database is away the press comes again."""
        await self._answer(query, await self._press(query))

    async def _press(self, query: CallbackQuery) -> str:
        agent = await agent_behind(query.from_user)
        if agent is None:
            return "Only agents may press this. An admin can add you with /agent."
        deed, *named = (query.data or "").split(":")
        numbers = [request_id(number) for number in named]
        now = self._clock()
        try:
            match deed, numbers:
                case "resolve", [int(request)]:
                    done = await self._actions.resolve(request, agent, now)
                    return "Resolved." if done else "It was resolved already."
                case "reopen", [int(request)]:
                    done = await self._actions.reopen(request, agent, now)
                    return "Open again." if done else "It was open already."
                case "join", [int(source), int(target)]:
                    done = await self._actions.join(source, target, agent, now)
                    return f"Joined into {request_number(target)}." if done else "It was joined already."
                case _:
                    return "This button does nothing any more."
        except NoSuchRequest as error:
            return f"{error} does not exist."
        except CannotMove as error:
            return str(error)

    async def _answer(self, query: CallbackQuery, text: str) -> None:
        try:
            await self._wire.bot.answer_callback_query(query.id, text)
        except TelegramError as error:
            # The press has had its effect; an answer that came too late changes nothing.
            log.info("press not answered", error=type(error).__name__)
