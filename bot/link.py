"""Deep links into the customers' chat: what `intake-bot link` prints."""

from __future__ import annotations

import re

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.errors import StartError
from bot.secret_key import secret
from bot.settings import Settings
from bot.wire.client import make_bot
from intake.customers.links import Links
from storage.kinds import request_id

# What Telegram hands on behind ?start= (Bot API, "Deep linking").
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


async def deep_link(bot: Bot, links: Links, what: str) -> str:
    """A link to the bot. `what`: nothing, a category, an order number, or R-1042 for a signed one that counts once.

    The bot's name is asked for each time: its owner may have changed it. Raises StartError and TelegramError.
    """
    request = request_id(what) if what.upper().startswith("R-") else None
    payload = links.once(request) if request is not None else what
    if payload and not PAYLOAD.fullmatch(payload):
        raise StartError("A link can carry at most 64 letters (A to Z), digits, _ and -.")
    name = (await bot.get_me()).username
    return f"https://t.me/{name}?start={payload}" if payload else f"https://t.me/{name}"


async def link(settings: Settings, what: str) -> str:
    """The same, for the bot that is configured. Raises StartError in words for the operator."""
    if not settings.telegram_on:
        raise StartError("Telegram is off: set INTAKE_TELEGRAM_TOKEN (@BotFather gives you one).")
    bot = make_bot(settings.telegram_token.get_secret_value(), settings.telegram_api_url)
    try:
        async with bot:  # asks who the bot is, and may fail at that
            return await deep_link(bot, Links(secret(settings)), what)
    except InvalidToken as error:
        raise StartError("Telegram does not accept INTAKE_TELEGRAM_TOKEN; get a new one from @BotFather.") from error
    except TelegramError as error:
        where = settings.telegram_api_url
        raise StartError(f"Telegram cannot be reached at {where}: {type(error).__name__}.") from error
