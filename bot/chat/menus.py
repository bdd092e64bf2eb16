"""The lists of commands that Telegram's apps offer: customers' in their languages, agents' on the desk."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from telegram import (
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeDefault,
)

from bot.wire.client import Wire
from intake.customers.pickers import NAMES
from intake.message import ChannelError
from intake.replies import Replies
from intake.words.occasions import Event, ReplyFacts
from storage import bots
from storage.database import DATABASE_AWAY

log = structlog.get_logger()

DESCRIPTION_CAP = 256  # characters, as Telegram has it
CUSTOMERS = ("new", "my", "close", "language", "help")
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 3600.0

# (command, what it does)
Command = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Menu:
    """What is offered in a scope, to whom reads a language (None: everybody else). No commands: nothing any more."""

    scope: BotCommandScope
    language: str | None
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentsMenu:
    """What agents are offered on the desk, and its administrators besides."""

    chat: int
    agents: Sequence[Command]
    admins: Sequence[Command] = ()


def menus(replies: Replies, languages: Sequence[str], desk: AgentsMenu | None) -> list[Menu]:
    """All that is to be shown, and all that an earlier program or setting may have left behind."""
    private = BotCommandScopeAllPrivateChats()
    shown = [Menu(private, None, customers_commands(replies, None))]
    shown += [Menu(private, code, customers_commands(replies, code)) for code in languages if _is_short(code)]
    if desk is not None:
        admins = (*desk.agents, *desk.admins)
        shown.append(Menu(BotCommandScopeChat(desk.chat), None, tuple(desk.agents)))
        shown.append(Menu(BotCommandScopeChatAdministrators(desk.chat), None, admins))
    stale = [Menu(private, code) for code in NAMES if code not in languages]
    everywhere = (BotCommandScopeDefault(), BotCommandScopeAllGroupChats(), BotCommandScopeAllChatAdministrators())
    return [*shown, *stale, *(Menu(scope, None) for scope in everywhere)]


def customers_commands(replies: Replies, language: str | None) -> tuple[Command, ...]:
    """The customers' commands in a language: the lines of a template. A command that it leaves out is not offered."""
    lines = replies.words(Event.MENU, language, ReplyFacts("")).splitlines()
    said = {name.strip(): words.strip()[:DESCRIPTION_CAP] for name, _, words in (line.partition(":") for line in lines)}
    return tuple((name, said[name]) for name in CUSTOMERS if said.get(name))


class Menus:
    """Shows the menus of one bot, when they have changed since it last did."""

    def __init__(self, wire: Wire, wanted: Sequence[Menu]) -> None:
        self._wire = wire
        self._wanted = wanted
        signs = [(menu.scope.to_json(), menu.language, menu.commands) for menu in wanted]
        self._hash = hashlib.sha256(repr(signs).encode()).hexdigest()

    async def keep(self) -> None:
        """Show them, as long as it takes. A menu is an ornament: nothing else waits for it."""
        wait = FIRST_WAIT_S
        while not await self._shown():
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)

    async def _shown(self) -> bool:
        if not self._wire.connected:
            return False
        bot = str(self._wire.bot_id)
        try:
            if await bots.menus(bot) == self._hash:
                return True
            for menu in self._wanted:
                await self._show(menu)
            await bots.set_menus(bot, self._hash)
        except (ChannelError, *DATABASE_AWAY) as error:
            log.info("menus not shown yet", error=str(error))
            return False
        except Exception:
            log.exception("menus failed")
            return True
        log.info("menus shown")
        return True

    async def _show(self, menu: Menu) -> None:
        bot = self._wire.bot
        if menu.commands:
            await self._wire.call(
                0,
                lambda: bot.set_my_commands(menu.commands, menu.scope, language_code=menu.language),
                family="member",
            )
        else:
            await self._wire.call(
                0, lambda: bot.delete_my_commands(menu.scope, language_code=menu.language), family="member"
            )


def _is_short(code: str) -> bool:
    """Telegram knows languages by two letters (ISO 639-1)."""
    return len(code) == 2 and code.isascii() and code.isalpha()
