"""What customers ask with a command or a button in their private chat. What is no command of ours is a message."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from telegram import CallbackQuery, Message, User
from telegram.error import TelegramError

from bot.chat.choices import keyboard
from bot.chat.inbound import sender
from bot.wire.client import Wire
from bot.wire.texts import external_id
from intake.customers.links import Links
from intake.customers.pickers import Asking, Picker
from intake.customers.self_service import SelfService
from intake.message import ChannelError

log = structlog.get_logger()

# A command alone, or with the payload of a deep link. Whoever writes more has something to say.
COMMAND = re.compile(r"\s*/([a-z]+)(?:@(\w+))?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*", re.ASCII | re.IGNORECASE)
POPUP_CAP = 200  # characters of the answer to a press


class CustomerCommands:
    """The customers' commands and buttons, for one bot."""

    def __init__(
        self, wire: Wire, service: SelfService, links: Links, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._wire = wire
        self._service = service
        self._links = links
        self._clock = clock

    async def heard(self, message: Message) -> bool:
        """Do what a command says. False: it is none, or says more than that."""
        match = COMMAND.fullmatch(message.text or "")
        person = message.from_user
        if match is None or person is None or not self._is_ours(match[2]):
            return False
        asking = self._asking(message, person)
        now = self._clock()
        match match[1].lower(), match[3]:
            case "start", payload:
                await self._service.greet(asking, self._links.read(payload) if payload else None, now)
            case "help", None:
                await self._service.explain(asking, now)
            case "new", None:
                await self._service.begin(asking, now)
            case "my", None:
                await self._service.mine(asking, now)
            case "close", None:
                await self._service.close(asking, now)
            case "language", None:
                await self._service.languages(asking, now)
            case _:
                return False
        return True

    async def pressed(self, query: CallbackQuery) -> None:
        """A button in a private chat. It is answered whatever happens, once it has had its effect."""
        words, picker = "", None
        try:
            asking = Asking("telegram", str(self._wire.bot_id), sender(query.from_user), str(query.from_user.id))
            words, picker = await self._service.pick(asking, query.data or "", self._clock())
        finally:
            await self._answer(query, words)
        if picker is not None:
            await self._show(query, picker)

    async def _answer(self, query: CallbackQuery, words: str) -> None:
        try:
            await self._wire.bot.answer_callback_query(query.id, words[:POPUP_CAP] or None)
        except TelegramError as error:
            # The press has had its effect; an answer that came too late changes nothing.
            log.info("press not answered", error=type(error).__name__)

    async def _show(self, query: CallbackQuery, picker: Picker) -> None:
        """What he picked stands where he picked it. If that fails, the effect stays, and /my tells."""
        message = query.message
        if message is None:
            return
        chat, number = message.chat.id, message.message_id
        try:
            await self._wire.call(
                chat,
                lambda: self._wire.bot.edit_message_text(
                    picker.words, chat, number, reply_markup=keyboard(picker.choices)
                ),
            )
        except ChannelError as error:
            log.info("picker not shown", error=type(error).__name__)

    def _is_ours(self, addressed: str | None) -> bool:
        return addressed is None or (self._wire.connected and addressed.lower() == self._wire.bot.username.lower())

    def _asking(self, message: Message, person: User) -> Asking:
        bot, chat = self._wire.bot_id, message.chat.id
        answered = message.reply_to_message
        return Asking(
            channel="telegram",
            account=str(bot),
            sender=sender(person),
            to=str(chat),
            message=external_id(bot, chat, message.message_id) if message.message_id else None,
            answers=external_id(bot, chat, answered.message_id) if answered is not None else None,
        )
