"""Telegram's wire: the client, and one bot's way out. Knows no requests and no agents."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import Defaults, ExtBot
from telegram.request import HTTPXRequest

from bot.wire.budget import Budget, Family
from bot.wire.errors import AlreadySo, meaning
from bot.wire.paces import Paces
from intake.message import TryAgain, Undeliverable
from intake.tally import What, tally
from storage.database import DATABASE_AWAY

T = TypeVar("T")

log = structlog.get_logger()

TOKEN_WAIT_S = 60.0
# The default of 5 s makes a slow answer an unknown one.
READ_TIMEOUT_S = 25.0
# Ample for thirty messages a second; a larger pool costs more CPU per call.
CONNECTIONS = 16
# A desk writes every three seconds: a new handshake for each message would be dear. What is kept much longer than that
# may be closed by Telegram just when we write, and the answer is lost.
KEPT_S = 15.0


def make_bot(token: str, api_url: str) -> ExtBot[None]:
    """A typed client for Telegram's API. Not yet connected."""
    base = api_url.rstrip("/")
    # Each RetryAfter warns of its coming type otherwise; both types are understood below.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    kept = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=KEPT_S)
    return _Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=CONNECTIONS,
            connect_timeout=10,
            read_timeout=READ_TIMEOUT_S,
            write_timeout=30,
            pool_timeout=10,
            httpx_kwargs={"limits": kept},
        ),
        get_updates_request=HTTPXRequest(connection_pool_size=1),
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True), allow_sending_without_reply=True),
    )


class _Bot(ExtBot[None]):
    """python-telegram-bot 22.8, but for one mistake of its own."""

    def _insert_defaults(self, data: dict[str, object]) -> None:
        # It takes an empty text for a list of poll options, of which it makes an empty list: "[]" would stand below a
        # picture without words.
        empty = [name for name, value in data.items() if isinstance(value, str) and not value]
        super()._insert_defaults(data)
        data.update(dict.fromkeys(empty, ""))


def make_wire(token: str, api_url: str, pace: float = 1.0) -> Wire:
    """A bot's way out that remembers its pace over a restart. `pace`: relative to what Telegram allows."""
    bot, budget = make_bot(token, api_url), Budget(scale=pace)
    return Wire(bot, budget, Paces(_id_of(bot), budget))


class Wire:
    """One bot's way out: each chat has a budget of its own, and every error becomes one of ours."""

    def __init__(self, bot: Bot, budget: Budget | None = None, paces: Paces | None = None) -> None:
        """`paces`: keeps the budget over a restart."""
        self.bot = bot
        self.bot_id = _id_of(bot)
        self.budget = budget or Budget()
        self.connected = False
        self._paces = paces

    async def connect(self) -> None:
        """Introduce ourselves to Telegram, as long as it takes: mail goes on meanwhile."""
        waits = 0
        while not self.connected:
            try:
                await self.bot.initialize()
                if self._paces is not None:
                    await self._paces.load()
                self.connected = True
            except InvalidToken:
                log.error("Telegram does not accept TELEGRAM_TOKEN; get a new one from @BotFather")
                await asyncio.sleep(TOKEN_WAIT_S)
            except (TelegramError, *DATABASE_AWAY) as error:
                waits += 1
                log.warning("Telegram or the database cannot be reached", error=type(error).__name__)
                await asyncio.sleep(min(2.0**waits, TOKEN_WAIT_S))

    async def close(self) -> None:
        """Write down the pace and let go of the connections."""
        if self._paces is not None and self.connected:
            await self._paces.save(at_once=True)
        await self.bot.shutdown()

    async def call(self, chat: int, method: Callable[[], Awaitable[T]], *, family: Family = "send", cost: int = 1) -> T:
        """Call a method that acts in a chat. Raises TryAgain, Undeliverable, Unknown or TopicGone.

        `family`: which limit it falls under; `cost`: how many messages it writes. Nobody sleeps here: what has to wait
        is told for how long.
        """
        if not self.connected:
            raise TryAgain("Telegram is not connected yet.", after=2)
        wait = self.budget.take(chat, family, cost)
        if wait > 0:
            raise TryAgain("Telegram lets no more into this chat now.", after=wait)
        try:
            return await method()
        except RetryAfter as error:
            refusal = meaning(error)
            after = refusal.after if isinstance(refusal, TryAgain) and refusal.after is not None else 1.0
            self.budget.refused(chat, family, after)
            tally.add(What.THROTTLED, family)
            log.warning("Telegram asks to wait", family=family, seconds=round(after))
            if self._paces is not None:
                await self._paces.save(at_once=True)
            raise refusal from error
        except (Forbidden, BadRequest, ChatMigrated, InvalidToken, Conflict, NetworkError) as error:
            what = meaning(error)
            if isinstance(what, AlreadySo | Undeliverable):
                # It has written no message. Whoever does several things in a row, and finds the first ones done when he
                # comes again, must have room for the next one, or he would come for ever.
                self.budget.give_back(chat, family, cost)
            raise what from error
        finally:
            if self._paces is not None:
                await self._paces.save()


def _id_of(bot: Bot) -> int:
    return int(bot.token.partition(":")[0])
