"""Remember when Telegram last had nothing more for us; say what may be lost after long, and that the bot is another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.alarms import Alarms
from storage import bots
from storage.transaction import transaction

# An update that nobody fetches is gone after a day: core.telegram.org/bots/api#getting-updates
KEPT = timedelta(hours=24)
NOTED_EVERY = timedelta(minutes=1)
ANOTHER_BOT = (
    "INTAKE_TELEGRAM_TOKEN is another bot's now. Customers must start the new bot before it can answer them on "
    "Telegram, and it makes new topics for their requests. If that is not what you want, put back the old bot's token."
)


class Outages:
    """The memory of one bot. Where nothing was fetched for longer than Telegram keeps it, the agents are told once."""

    def __init__(self, bot: int, alarms: Alarms, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._bot = str(bot)
        self._alarms = alarms
        self._clock = clock
        self._empty_at: datetime | None = None
        self._noted_at: datetime | None = None

    async def nothing_waits(self) -> None:
        """Telegram has nothing for us that is not stored. Raises what the database raises."""
        now = self._clock()
        # What this process saw counts also when the database could not note it.
        before, self._empty_at = self._empty_at, now
        if self._noted_at is not None and timedelta() <= now - self._noted_at < NOTED_EVERY:
            return

        async def work() -> None:
            noted = await bots.heard(self._bot, now)
            if noted is None and await bots.other_heard(self._bot):
                await self._alarms.queue(ANOTHER_BOT)
            since = max((moment for moment in (noted, before) if moment is not None), default=now)
            if now - since > KEPT:
                await self._alarms.queue(_lost(since, now - KEPT))

        await transaction(work)
        self._noted_at = now


def _lost(first: datetime, last: datetime) -> str:
    moments = " and ".join(f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" for moment in (first, last))
    return (
        f"Telegram keeps messages for 24 hours, and for longer than that none were fetched: messages between {moments} "
        "UTC may be lost. Who wrote then may have to write again."
    )
