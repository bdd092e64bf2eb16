"""A clock that never goes back, for what is due: a clock that was set must not hold up what waits.

Where several processes share a database each follows the database's clock: by its own, one that is ahead would queue
work that the others do not see as due.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

ALIGN_EVERY_S = 60.0
SLOW_ANSWER_S = 1.0  # what comes later says little about now
SLIGHTLY = timedelta(seconds=60)  # ahead by less, the clock waits for the database's; by more, somebody has set that
SLOWER = 0.9


class SteadyClock:
    """The wall clock, or what it would say if it had not been set back meanwhile, whichever is later.

    Back by an hour: it runs on as if nothing had happened, and what was due stays due. Ahead: it follows. Aligned to
    another clock it does the same by that one; slightly ahead of it, it goes slower for a while.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._last, self._at = wall(), monotonic()
        self._leading: tuple[datetime, float] | None = None  # the other clock, and when it said so
        self._align_at = -1e9

    def __call__(self) -> datetime:
        at = self._monotonic()
        passed, self._at = at - self._at, at
        right = self._right(at)
        ahead = self._last + timedelta(seconds=passed) - right
        if ahead <= timedelta():
            self._last = right
        elif self._leading is not None and ahead < SLIGHTLY:
            self._last = max(right, self._last + timedelta(seconds=passed * SLOWER))
        else:
            self._last += timedelta(seconds=passed)
        return self._last

    async def follow(self, leading: Callable[[], Awaitable[datetime | None]]) -> None:
        """Ask the clock that leads, when that was not done for a minute. None: there is no such clock."""
        asked = self._monotonic()
        if asked < self._align_at:
            return
        said, answered = await leading(), self._monotonic()
        self._align_at = answered + ALIGN_EVERY_S
        if said is None or answered - asked >= SLOW_ANSWER_S:
            return
        first = self._leading is None
        self._leading = said, (asked + answered) / 2
        if first:
            # This machine's own clock may be hours ahead. Once, at the start, we go back.
            self._last, self._at = self._right(answered), answered

    def _right(self, at: float) -> datetime:
        if self._leading is None:
            return self._wall()
        said, then = self._leading
        return said + timedelta(seconds=at - then)
