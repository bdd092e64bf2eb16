"""Telegram's wire: the client, what its errors mean, how texts fit in. Knows no requests and no agents."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import structlog
from telegram import Bot, LinkPreviewOptions
from telegram.constants import MessageLimit
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

from intake.message import ChannelError, TryAgain, Undeliverable, Unknown

T = TypeVar("T")

log = structlog.get_logger()

TOKEN_WAIT_S = 60.0
# The default of 5 s makes a slow answer an unknown one.
READ_TIMEOUT_S = 25.0
# Only with these is it certain that nothing has left.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class TopicGone(ChannelError):
    """The topic was deleted, or the wire has forgotten it."""


class Misconfigured(Undeliverable):
    """A group is not as it must be: a right is missing, the bot was removed. Somebody will mend that."""


# What Telegram says (lower-cased; python-telegram-bot changes the case) and what it means for what we send.
GONE = ("message thread not found", "topic_deleted", "topic_id_invalid")
REASONS: tuple[tuple[str, str], ...] = (
    ("bot was blocked by the user", "the customer has blocked the bot"),
    ("user is deactivated", "the customer's Telegram account is gone"),
    ("bot can't initiate conversation", "the customer has never started the bot"),
    ("file is too big", "the file is larger than the 20 MiB that Telegram lets a bot fetch"),
)
MENDABLE: tuple[tuple[str, str], ...] = (
    ("chat not found", "Telegram does not know this chat"),
    ("bot was kicked", "the bot was removed from the group"),
    ("bot is not a member", "the bot is not a member of the group"),
    ("the chat is not a forum", "the desk's group has no topics; switch them on in its settings"),
    ("not enough rights", "the bot lacks a right in the desk's group; intake-bot check says which"),
)


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


def meaning(error: Exception) -> ChannelError:
    """What an error of python-telegram-bot means for the message that met it."""
    words = str(error).lower()
    match error:
        case BadRequest() | Forbidden():
            if any(sign in words for sign in GONE):
                return TopicGone(str(error))
            for sign, reason in REASONS:
                if sign in words:
                    return Undeliverable(reason)
            for sign, reason in MENDABLE:
                if sign in words:
                    return Misconfigured(reason)
            return Undeliverable(f"Telegram refuses it: {error}")
        case ChatMigrated():
            return TryAgain(
                f"The group has become the supergroup {error.new_chat_id}; set DESK_CHAT_ID to it.", after=60
            )
        case InvalidToken():
            return TryAgain("Telegram does not accept the bot's token.", after=60)
        case Conflict():
            return TryAgain("Another program uses this bot.", after=60)
        case NetworkError() if isinstance(error.__cause__, NOT_SENT):
            return TryAgain("Telegram cannot be reached.")
    return Unknown(f"Telegram's answer was lost ({error}).")


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def split_text(text: str, most: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """Cut a text into parts that fit into a message, at paragraphs, lines or words where it can."""
    parts: list[str] = []
    begin = 0
    # A part is never longer than `most` characters: looking so far is enough, however long the text is.
    while units(rest := text[begin : begin + most + 1]) > most:
        cut = fitting(rest, most)
        for pattern in (r"\n\s*\n", r"\n", r"\s"):
            places = [match.end() for match in re.finditer(pattern, rest[:cut]) if match.end() > cut // 2]
            if places:
                cut = places[-1]
                break
        parts.append(rest[:cut].rstrip())
        begin += cut
    parts.append(rest)
    return [part for part in parts if part.strip()]


def fitting(text: str, most: int) -> int:
    """How many characters of the text fit into so many UTF-16 units."""
    used = 0
    for position, letter in enumerate(text):
        used += 2 if letter > "\uffff" else 1
        if used > most:
            return position
    return len(text)


def clean(text: str) -> str:
    """A text that every database takes: without NUL, without lone surrogates."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def external_id(bot: int | str, chat: int | str, message: int | str) -> str:
    """The id of a message in our storage: bot, chat and message together."""
    return f"{bot}:{chat}:{message}"
