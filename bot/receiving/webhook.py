"""The webhook: tells Telegram where to bring updates, takes them to their commit, and looks after both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog
from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.alarms import Alarms
from bot.duties import Duty
from bot.receiving.outages import Outages
from bot.receiving.polling import NO_TOKEN, NOT_YET
from bot.receiving.updates import ALLOWED, Handle, RawUpdate, Updates
from bot.wire.client import Wire
from storage.database import is_away

log = structlog.get_logger()

# Our database is the bottleneck; more at once would only wait inside.
MOST_AT_ONCE = 20
LOOK_EVERY_S = 60.0
RECENT = timedelta(minutes=3)


class NotNow(Exception):
    """The update was not stored. Telegram is to bring it again."""


class Webhook:
    """Takes one bot's updates as Telegram brings them."""

    def __init__(
        self,
        wire: Wire,
        updates: Updates,
        outages: Outages,
        alarms: Alarms,
        url: str,
        secret: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
        duty: Duty | None = None,
    ) -> None:
        """`duty`: to be the process that sets the webhook and looks after it, by default for ever."""
        self._duty = duty or Duty.for_ever()
        self.secret = secret.encode()
        self._wire = wire
        self._updates = updates
        self._outages = outages
        self._alarms = alarms
        self._url = url
        self._clock = clock
        self._rest = rest
        self._handle: Handle | None = None
        self._set = False
        self._trouble: str | None = NOT_YET

    @property
    def trouble(self) -> str | None:
        if self._handle is not None and self._duty.known and not self._duty.ours:
            return None  # another process looks after the webhook, and tells; Telegram may bring updates here, too
        return self._trouble

    async def run(self, handle: Handle) -> None:
        """Take what comes, and while it is our duty see to it that it does; until cancelled."""
        await self._wire.connect()
        # An earlier run has registered already; what came meanwhile is brought as soon as we answer.
        self._handle = handle
        await self._duty.during(self._watch)

    async def _watch(self) -> None:
        """Register, and look now and then whether it is still so."""
        self._set = False
        while True:
            trouble = await self._look()
            if trouble is not None and trouble != self._trouble:
                log.warning("no updates", reason=trouble)
            self._trouble = trouble
            await self._rest(LOOK_EVERY_S)

    async def take(self, raw: RawUpdate) -> None:
        """Handle one update to its commit. Raises NotNow when it could not be stored."""
        if self._handle is None:
            raise NotNow
        try:
            await self._updates.handle_in_turn(raw, self._handle)
        except Exception as error:
            if not is_away(error):
                log.exception("update not taken")
            raise NotNow from error

    async def _look(self) -> str | None:
        """Ask Telegram how it stands, and set right what is wrong. Returns what keeps updates from us."""
        try:
            info = await self._wire.bot.get_webhook_info()
            if not self._set or info.url != self._url or set(info.allowed_updates) != set(ALLOWED):
                await self._register(info)
                return None
            if info.pending_update_count == 0:
                await self._outages.nothing_waits()
        except InvalidToken:
            return NO_TOKEN
        except TelegramError as error:
            return f"Telegram does not take the webhook: {error}"
        except Exception as error:
            if not is_away(error):
                log.exception("webhook not looked after")
            return f"The webhook cannot be looked after ({type(error).__name__})."
        return self._refused_by(info)

    async def _register(self, found: WebhookInfo) -> None:
        foreign = found.url != self._url and (self._set or bool(found.url))
        await self._wire.bot.set_webhook(
            self._url,
            allowed_updates=ALLOWED,
            max_connections=MOST_AT_ONCE,
            secret_token=self.secret.decode(),
            drop_pending_updates=False,
        )
        self._set = True
        log.info("webhook set", host=urlsplit(self._url).hostname)
        if foreign:
            where = (
                f"to a webhook at {urlsplit(found.url).hostname}" if found.url else "to nobody: the webhook was gone"
            )
            await self._alarms.tell(
                f"Telegram brought this bot's messages {where}. They come to this program again; does another one use "
                "the bot's token?"
            )

    def _refused_by(self, info: WebhookInfo) -> str | None:
        """What Telegram met when it last tried, when that is not long ago and something still waits."""
        if info.last_error_date is None or not info.pending_update_count:
            return None
        if self._clock() - info.last_error_date > RECENT:
            return None
        return f"Telegram cannot bring updates to the webhook: {info.last_error_message}"
