"""Keep what a bot's budget has learnt for whoever sends next: at once after a refusal, now and then otherwise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.wire.budget import Budget, Learnt
from storage import paces
from storage.database import DATABASE_AWAY
from storage.models import Pace

log = structlog.get_logger()

EVERY_S = 10.0
STALE = timedelta(days=1)  # by then every chat is as good as new


class Paces:
    """The rows of one bot's budget."""

    def __init__(
        self,
        bot: int,
        budget: Budget,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bot = str(bot)
        self._budget = budget
        self._monotonic = monotonic
        self._clock = clock
        self._written = monotonic()
        self._writing = asyncio.Lock()

    async def load(self) -> None:
        """Take up what whoever sent before had learnt. Raises what the database raises."""
        now = self._clock()
        rows = await paces.paces(self._bot)
        self._budget.begin_anew()
        stale = [row for row in rows if now - row.at > STALE and _left(row, now) <= 0]
        if stale:
            await paces.forget(stale)
        for row in rows:
            age = (now - row.at).total_seconds()
            self._budget.remember([Learnt(int(row.chat), row.family, row.per_minute, row.tokens, _left(row, now))], age)

    async def save(self, *, at_once: bool = False) -> None:
        """Write what there is to know, if it was not written just now. A database that is away is asked again later."""
        if not at_once and self._monotonic() - self._written < EVERY_S:
            return
        async with self._writing:
            self._written = self._monotonic()
            now = self._clock()
            rows = [self._row(one, now) for one in self._budget.learnt()]
            try:
                if rows:
                    await paces.keep(rows)
            except DATABASE_AWAY as error:
                log.warning("the pace is not written down", error=type(error).__name__)

    def _row(self, one: Learnt, now: datetime) -> Pace:
        paused = now + timedelta(seconds=one.paused_for) if one.paused_for > 0 else None
        # 0 stands for "not paced": no database agrees with another on infinity.
        paced = one.per_minute if one.per_minute != float("inf") else 0.0
        return Pace(
            bot=self._bot,
            chat=str(one.chat),
            family=one.family,
            per_minute=paced,
            tokens=one.tokens if paced else 0.0,
            at=now,
            paused_until=paused,
        )


def _left(row: Pace, now: datetime) -> float:
    """Seconds of a pause that are left: never more than there were, though the clock was set back meanwhile."""
    if row.paused_until is None:
        return 0.0
    whole = (row.paused_until - row.at).total_seconds()
    return max(0.0, min(whole, (row.paused_until - now).total_seconds()))
