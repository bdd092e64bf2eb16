"""Telegram's wire: the client, and one bot's way out. Knows no requests and no agents."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

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

from bot.wire.errors import meaning
from intake.message import TryAgain

T = TypeVar("T")

log = structlog.get_logger()

TOKEN_WAIT_S = 60.0
# The default of 5 s makes a slow answer an unknown one.
READ_TIMEOUT_S = 25.0


def make_bot(token: str, api_url: str) -> ExtBot[None]:
    """A typed client for Telegram's API. Not yet connected."""
    base = api_url.rstrip("/")
    # Each RetryAfter warns of its coming type otherwise; both types are understood below.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    return ExtBot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=16, connect_timeout=10, read_timeout=READ_TIMEOUT_S, write_timeout=30, pool_timeout=10
        ),
        get_updates_request=HTTPXRequest(connection_pool_size=1),
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True), allow_sending_without_reply=True),
    )


class Wire:
    """One bot's way out: a chat that was told to slow down waits alone, and every error becomes one of ours."""

    def __init__(self, bot: Bot, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.bot = bot
        self.bot_id = int(bot.token.partition(":")[0])
        self.connected = False
        self._monotonic = monotonic
        self._paused: dict[int, float] = {}

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

    async def call(self, chat: int, method: Callable[[], Awaitable[T]]) -> T:
        """Call a method that writes into a chat. Raises TryAgain, Undeliverable, Unknown or TopicGone."""
        if not self.connected:
            raise TryAgain("Telegram is not connected yet.", after=2)
        wait = self._paused.get(chat, 0.0) - self._monotonic()
        if wait > 0:
            raise TryAgain("Telegram asked this chat to wait.", after=wait)
        try:
            return await method()
        except RetryAfter as error:
            seconds = error.retry_after
            after = seconds if isinstance(seconds, int) else seconds.total_seconds()
            self._paused[chat] = self._monotonic() + after
            raise TryAgain(f"Telegram asks to wait {after:.0f} s.", after=after) from error
        except (Forbidden, BadRequest, ChatMigrated, InvalidToken, Conflict, NetworkError) as error:
            raise meaning(error) from error
