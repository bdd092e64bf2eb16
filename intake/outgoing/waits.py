"""How long the outbox waits: before it tries again, before it looks again, and before it gives up. Pure.

Decided: mail is given up after five days, whatever it waited for, and the agents are told (RFC 5321 §4.5.4.1). What
goes to the desk or into a chat has nowhere else to go, and an outage of Telegram's is nobody's fault: it waits as long
as that lasts, and its five days begin when Telegram is there again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_WAIT_S = 1.0
POLL_S = 2.0  # the safety net; a commit wakes the loop at once
GIVE_UP_AFTER = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the outbox deals with what leaves by one way."""

    places: int = 4  # jobs at once: a relay that stalls must not keep Telegram waiting
    longest_s: float = 1800.0  # between two attempts
    ask_s: float = 60.0  # a wire that is away is asked so often at least whether it is back
    outlasts: bool = True  # an outage of the wire, however long


# A channel's way has its name; what fetches files has its own, and few places: a file may be 20 MiB.
MANNERS = {
    "mail": Manner(places=4, longest_s=7200.0, outlasts=False),
    "desk": Manner(places=6, ask_s=15.0),
    "telegram": Manner(places=8, ask_s=15.0),
    "fetch": Manner(places=2, ask_s=15.0),
}
USUAL = Manner()


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


class Breaker:
    """One way out. When its wire is away, one job at a time asks whether it is back, ever more seldom; the others wait
    without being tried.
    """

    def __init__(self, manner: Manner, now: datetime) -> None:
        self.manner = manner
        self.reason = ""  # why the wire is away; empty: it is not
        self.since = now  # when it was found away
        self._there_since = now  # since when no outage has kept anything waiting
        self._asked = 0
        self._ask_at = now

    @property
    def is_open(self) -> bool:
        return bool(self.reason)

    def room(self, now: datetime, busy: int) -> int:
        """How many jobs may be claimed now while so many are under way."""
        if not self.is_open:
            return max(0, self.manner.places - busy)
        return 1 if busy == 0 and now >= self._ask_at else 0

    def away(self, now: datetime, reason: str) -> float:
        """The wire was not there. Returns the seconds until it is asked again."""
        if not self.is_open:
            self.since, self._asked = now, 0
        # Others that were under way with the first one say nothing new.
        if not self.is_open or now >= self._ask_at:
            self._asked += 1
            self._ask_at = now + timedelta(seconds=_doubled(self._asked, self.manner.ask_s))
        self.reason, self._there_since = reason, now
        return (self._ask_at - now).total_seconds()

    def held_up(self, now: datetime) -> None:
        """It is there, but as good as away for this one job: somebody has to mend something first."""
        self._there_since = now

    def back(self) -> None:
        """It has taken something."""
        self.reason = ""

    def has_expired(self, queued_at: datetime, now: datetime) -> bool:
        """Has a job waited so long that it is given up?"""
        begun = max(queued_at, self._there_since) if self.manner.outlasts else queued_at
        return now - begun > GIVE_UP_AFTER


def back_off(attempts: int, longest_s: float = USUAL.longest_s) -> float:
    """Seconds until the next attempt: doubling, bounded, with jitter so that a crowd does not come back at once."""
    return _doubled(attempts, longest_s)


def _doubled(times: int, longest_s: float) -> float:
    wait = min(FIRST_WAIT_S * 2.0 ** min(times - 1, 20), longest_s)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not a secret
