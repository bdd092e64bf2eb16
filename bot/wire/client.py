"""Telegram's wire: the client, and one bot's way out. Knows no requests and no agents."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
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

from bot.duties import Duties, Duty
from bot.wire.budget import Budget, Family
from bot.wire.errors import AlreadySo, meaning
from bot.wire.paces import Paces
from intake.message import TryAgain, Undeliverable
from intake.tally import What, tally

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
# How fast a process goes that does not send for the bot and only shows what a press has changed: of what Telegram lets
# one bot do. Several of them together stay below what the sender leaves free.
ASIDE = 0.2

_on_duty: ContextVar[bool] = ContextVar("on_duty", default=False)


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


def make_wire(token: str, api_url: str, pace: float, duties: Duties) -> Wire:
    """A bot's way out, whose pace goes on where the last sender's was. `pace`: relative to what Telegram allows."""
    bot, budget = make_bot(token, api_url), Budget(scale=pace)
    paces = Paces(_id_of(bot), budget)
    duty = duties.add(f"send:{_id_of(bot)}", begin=paces.load, end=partial(paces.save, at_once=True))
    return Wire(bot, budget, paces, duty)


class Wire:
    """One bot's way out: each chat has a budget of its own, and every error becomes one of ours.

    One process sends for a bot, and has its budget. The others answer presses, and have a little of it.
    """

    def __init__(
        self, bot: Bot, budget: Budget | None = None, paces: Paces | None = None, duty: Duty | None = None
    ) -> None:
        """`paces`: keeps the budget for the next sender; `duty`: to be the sender, by default for ever."""
        self.bot = bot
        self.bot_id = _id_of(bot)
        self.budget = budget or Budget()
        self.duty = duty or Duty.for_ever()
        self.connected = False
        self._paces = paces
        self._aside = Budget(scale=self.budget.scale * ASIDE)

    @contextmanager
    def on_duty(self) -> Iterator[None]:
        """What is called within leaves only while this process sends for the bot."""
        token = _on_duty.set(True)
        try:
            yield
        finally:
            _on_duty.reset(token)

    async def connect(self) -> None:
        """Introduce ourselves to Telegram, as long as it takes: mail goes on meanwhile."""
        waits = 0
        while not self.connected:
            try:
                await self.bot.initialize()
                self.connected = True
            except InvalidToken:
                log.error("Telegram does not accept TELEGRAM_TOKEN; get a new one from @BotFather")
                await asyncio.sleep(TOKEN_WAIT_S)
            except TelegramError as error:
                waits += 1
                log.warning("Telegram cannot be reached", error=type(error).__name__)
                await asyncio.sleep(min(2.0**waits, TOKEN_WAIT_S))

    async def close(self) -> None:
        """Let go of the connections."""
        await self.bot.shutdown()

    async def call(self, chat: int, method: Callable[[], Awaitable[T]], *, family: Family = "send", cost: int = 1) -> T:
        """Call a method that acts in a chat. Raises TryAgain, Undeliverable, Unknown or TopicGone.

        `family`: which limit it falls under; `cost`: how many messages it writes. Nobody sleeps here: what has to wait
        is told for how long.
        """
        if not self.connected:
            raise TryAgain("Telegram is not connected yet.", after=2)
        if _on_duty.get() and not self.duty.ours:
            # This process was stopped for a while, or lost sight of the database: another one sends by now.
            raise TryAgain("Another process sends for this bot.", after=0)
        budget = self.budget if self.duty.ours else self._aside
        wait = budget.take(chat, family, cost)
        if wait > 0:
            raise TryAgain("Telegram lets no more into this chat now.", after=wait)
        try:
            return await method()
        except RetryAfter as error:
            refusal = meaning(error)
            after = refusal.after if isinstance(refusal, TryAgain) and refusal.after is not None else 1.0
            budget.refused(chat, family, after)
            tally.add(What.THROTTLED, family)
            log.warning("Telegram asks to wait", family=family, seconds=round(after))
            await self._keep_pace(at_once=True)
            raise refusal from error
        except (Forbidden, BadRequest, ChatMigrated, InvalidToken, Conflict, NetworkError) as error:
            what = meaning(error)
            if isinstance(what, AlreadySo | Undeliverable):
                # It has written no message. Whoever does several things in a row, and finds the first ones done when he
                # comes again, must have room for the next one, or he would come for ever.
                budget.give_back(chat, family, cost)
            raise what from error
        finally:
            await self._keep_pace()

    async def _keep_pace(self, *, at_once: bool = False) -> None:
        if self._paces is not None and self.duty.ours:
            await self._paces.save(at_once=at_once)


def _id_of(bot: Bot) -> int:
    return int(bot.token.partition(":")[0])
