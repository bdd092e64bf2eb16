"""A wall clock that never goes back, for what is due: a clock that was set must not hold up what waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SteadyClock:
    """The wall clock, or what it would say if it had not been set back meanwhile, whichever is later.

    Back by an hour: it runs on as if nothing had happened, and what was due stays due. Ahead: it follows.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._last, self._at = wall(), monotonic()

    def __call__(self) -> datetime:
        at = self._monotonic()
        self._last = max(self._wall(), self._last + timedelta(seconds=at - self._at))
        self._at = at
        return self._last
