"""What has happened since the program started, counted for those who watch it. How it is shown is bot/metrics.py's."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from enum import StrEnum

# Upper bounds, seconds: an ordinary message takes 5 to 20 ms, and a sender's patience ends after a minute.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class What(StrEnum):
    """The things that are counted. Each is counted by one more name, of which there are few: `of`."""

    ACCEPTED = "accepted"  # of a channel
    DUPLICATE = "duplicate"  # of a channel: accepted before, nothing changed
    PARKED = "parked"  # of a channel
    NOT_UNDERSTOOD = "not understood"  # of a part of understanding: the message went on without it
    BLOCKED = "blocked"  # of a channel: kept, for agents have blocked the sender
    RETURNED = "returned"  # of a channel: a bounce or a complaint
    WITHHELD = "withheld"  # of a budget: acknowledgements that were not sent
    SENT = "sent"  # of a channel, as all that follow
    RETRIED = "retried"
    FAILED = "failed"
    UNKNOWN = "unknown"
    THROTTLED = "throttled"  # of a family of calls: Telegram's 429
    REFUSED = "refused"  # of an SMTP code: answers of 4xx and 5xx
    SENT_AWAY = "sent away"  # of a reason: SMTP connections that were refused, or ended by us


class Tally:
    """Counts, and how long accepting took. Of this process alone, from zero at its start."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[What, str]] = Counter()
        self.times: dict[str, list[int]] = {}  # by channel: how many took up to each bound, and how many longer
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def add(self, what: What, of: str) -> None:
        """It happened once more."""
        self.counts[what, of] += 1

    def took(self, channel: str, seconds: float) -> None:
        """A message was accepted in so long."""
        self.times.setdefault(channel, [0] * (len(BOUNDS) + 1))[bisect_left(BOUNDS, seconds)] += 1
        self.seconds[channel] += seconds


# One for the process, as its log is: whoever counts something need not be handed it.
tally = Tally()
