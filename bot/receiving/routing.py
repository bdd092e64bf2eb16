"""Where an update goes: a private chat to the pipeline, the desk's group to the agents' verbs, the rest nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.chat.commands import CustomerCommands
from bot.chat.inbound import inbound
from bot.chat.reach import Reach
from bot.desk.group import DeskGroup
from bot.desk.health import DeskHealth
from bot.desk.hearing import AgentsDesk
from bot.desk.members import agent_behind
from bot.wire.client import Wire
from intake.message import Accept
from storage.kinds import Role

log = structlog.get_logger()


class Router:
    """Sorts the updates of one bot."""

    def __init__(
        self,
        wire: Wire,
        group: DeskGroup | None,
        agents: AgentsDesk | None,
        health: DeskHealth | None,
        customers: CustomerCommands,
        reach: Reach,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._wire = wire
        self._group = group
        self._agents = agents
        self._health = health
        self._customers = customers
        self._reach = reach
        self._clock = clock

    async def handle(self, update: Update, accept: Accept) -> None:
        """Handle one update to its commit. What nobody here can use is left alone."""
        message = update.message or update.edited_message
        await self._follow(update)
        if update.callback_query is not None:
            await self._press(update.callback_query)
        elif update.my_chat_member is not None:
            await self._moved(update, update.my_chat_member)
        elif update.chat_member is not None:
            if self._agents is not None and update.chat_member.chat.id == self._desk_chat:
                await self._agents.members.left(update.chat_member)
        elif self._health is not None and message is not None and _has_moved(message):
            await self._health.changed(update)
        elif message is None:
            log.debug("update left alone")
        elif message.chat.type == ChatType.PRIVATE:
            await self._private(update, message, accept)
        elif self._agents is not None and message.chat.id == self._desk_chat:
            await (self._agents.edited(message) if update.edited_message else self._agents.message(update, message))
        else:
            log.info("message in a foreign chat left alone", kind=str(message.chat.type))

    async def _follow(self, update: Update) -> None:
        """A group that we do not know may be the desk, which has moved: another process was told so."""
        chat = update.effective_chat
        if (
            self._health is not None
            and chat is not None
            and chat.type != ChatType.PRIVATE
            and chat.id != self._desk_chat
        ):
            await self._health.follow()

    @property
    def _desk_chat(self) -> int | None:
        return self._group.chat if self._group is not None else None

    async def _private(self, update: Update, message: Message, accept: Accept) -> None:
        if update.message is not None and await self._customers.heard(message):
            return
        said = inbound(update, self._wire.bot_id, self._clock())
        if said is not None:
            await accept(said)

    async def _press(self, query: CallbackQuery) -> None:
        chat = query.message.chat.id if query.message else None
        if self._agents is not None and chat == self._desk_chat:
            await self._agents.pressed(query)
        elif query.message is not None and query.message.chat.type == ChatType.PRIVATE:
            await self._customers.pressed(query)
        else:
            await self._answer(query)

    async def _answer(self, query: CallbackQuery) -> None:
        """A press that means nothing here: without an answer the button would turn for minutes."""
        try:
            await self._wire.bot.answer_callback_query(query.id)
        except TelegramError as error:
            log.info("press not answered", error=type(error).__name__)

    async def _moved(self, update: Update, change: ChatMemberUpdated) -> None:
        """The bot came into a chat, or went, or may do there what it could not."""
        joined = change.new_chat_member.status in (ChatMember.MEMBER, ChatMember.ADMINISTRATOR)
        if change.chat.type == ChatType.PRIVATE:
            await self._reach.reached(update)
            return
        if change.chat.id == self._desk_chat or not joined:
            await self._tell_health(update)
            return
        if self._desk_chat is None:
            log.warning("the bot is in a group; when it is the desk, set INTAKE_DESK_CHAT_ID", chat=change.chat.id)
            return
        agent = await agent_behind(change.from_user)
        if agent is not None and agent.role is Role.ADMIN:
            log.info("an admin took the bot into another group; it listens to the desk alone", chat=change.chat.id)
            await self._tell_health(update)
            return
        try:
            await self._wire.bot.leave_chat(change.chat.id)
        except TelegramError as error:
            log.info("foreign chat not left", error=type(error).__name__)
        else:
            log.info("foreign chat left", kind=str(change.chat.type))

    async def _tell_health(self, update: Update) -> None:
        if self._health is not None:
            await self._health.changed(update)


def _has_moved(message: Message) -> bool:
    """Does it say that a group has another id?"""
    return bool(message.migrate_to_chat_id or message.migrate_from_chat_id)
