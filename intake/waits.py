"""How long the outbox waits: before it tries again, and before it looks again by itself."""

from __future__ import annotations

import random

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 1800.0
POLL_S = 2.0  # the safety net; a commit wakes the loop at once


class Looks:
    """The moments at which there will be something to do, so that nothing short waits for the next look."""

    def __init__(self) -> None:
        self._moments: set[float] = set()

    def add(self, now: float, seconds: float | None) -> None:
        """In so many seconds; None: nobody knows. What is farther than the next look need not be remembered."""
        if seconds is not None and seconds < POLL_S:
            self._moments.add(now + max(0.0, seconds))

    def next(self, now: float) -> float:
        """When to look again at the latest: a moment that has passed meanwhile is now."""
        soonest = min([now + POLL_S, *self._moments])
        self._moments = {moment for moment in self._moments if moment > now}
        return max(now, soonest)


def back_off(attempts: int) -> float:
    """Seconds until the next attempt: doubling, bounded, with jitter so that a crowd does not come back at once."""
    wait = min(FIRST_WAIT_S * 2.0 ** min(attempts - 1, 20), LONGEST_WAIT_S)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret
