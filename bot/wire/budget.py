"""How fast a bot may write into each chat: a bucket of messages, emptied by what is sent, slowed by refusals (429).

Pure: the clock is given, nothing sleeps, nothing is stored here. Seconds are those of a clock that never jumps.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

# The methods that share a limit. A new topic counts as a message too (tdlib/td#2592); reactions, deletions, questions
# about members and files do not, and keep no message waiting. "free" (answerCallbackQuery) is never limited.
Family = Literal["send", "topic", "reaction", "delete", "member", "file", "free"]

ALL_CHATS = 0  # Telegram gives no chat this id: here it stands for the bot as a whole
MINUTE = 60.0
SLOWEST = 0.1  # of the usual pace: however often a chat refuses, it is asked now and then
QUIET_S = 60.0  # without a refusal; then the pace rises again
STEP, STEP_S = 1 / 18, 30.0  # by so much of the usual pace, every so many seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """What is allowed before anything was refused."""

    per_minute: float
    burst: float  # at once, after a rest
    window: float = math.inf  # in any time of `seconds`, the burst with it
    seconds: float = 61.0  # a little more than Telegram's minute: one that left first may arrive last


# core.telegram.org/bots/faq: about one message a second in a chat, 20 a minute in a group, about 30 a second over all.
GROUP = Limit(18, 5, 20)
PRIVATE = Limit(60, 3, 3, 3.3)
WHOLE_BOT = Limit(28 * MINUTE, 28)
# New bots that make topics fast were banned (python-telegram-bot#4774): one in three seconds, ten in a minute.
TOPICS = Limit(20, 1, 10)
# Not documented; a desk that answers more than one customer a second is told by its first refusal.
REACTIONS = Limit(50, 10, 55)
UNPACED = Limit(math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is worth remembering of one bucket."""

    chat: int
    family: str
    per_minute: float
    tokens: float
    paused_for: float  # seconds


class Budget:
    """The buckets of one bot. `scale`: how fast to go, relative to what Telegram allows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, scale: float = 1.0) -> None:
        self._clock = clock
        self.scale = scale
        self._buckets: dict[tuple[int, str], _Bucket] = {}

    def take(self, chat: int, family: Family = "send", cost: int = 1) -> float:
        """How many seconds a call that writes `cost` messages has to wait; 0: it may go, and it is counted."""
        now = self._clock()
        needed = self._needed(chat, family)
        wait = max((bucket.wait(now, cost) for bucket in needed), default=0.0)
        if wait <= 0:
            for bucket in needed:
                bucket.spend(now, cost)
        return wait

    def give_back(self, chat: int, family: Family, cost: int = 1) -> None:
        """What was counted has written no message."""
        for bucket in self._needed(chat, family):
            bucket.give_back(cost)

    def refused(self, chat: int, family: Family, after: float) -> None:
        """Telegram has answered 429: nothing of this family goes into this chat for so many seconds."""
        if family == "free":
            return
        now = self._clock()
        self._bucket(chat, family).refused(now, after)
        if family == "topic":
            # Whether the topic was refused or the message that it counts as, Telegram does not say.
            self._bucket(chat, "send").pause(now, after)

    def room(self, chat: int) -> int:
        """How many messages may go into a chat now."""
        now = self._clock()
        return max(0, min(int(bucket.left(now)) for bucket in self._needed(chat, "send")))

    def plenty(self, chat: int) -> bool:
        """Is there room for what is only nice to have?"""
        bucket = self._bucket(chat, "send")
        return self.room(chat) >= max(1, math.ceil(bucket.burst / 2))

    def until_room(self, chat: int) -> float:
        """Seconds until a message may go into a chat; 0: now."""
        now = self._clock()
        return max(bucket.wait(now, 1) for bucket in self._needed(chat, "send"))

    def learnt(self) -> list[Learnt]:
        """What a restart must know. What is as good as new is forgotten."""
        now = self._clock()
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_new(now)}
        return [
            Learnt(chat, family, bucket.per_minute, bucket.tokens, max(0.0, bucket.paused_until - now))
            for (chat, family), bucket in self._buckets.items()
            if chat != ALL_CHATS and bucket.is_worth_keeping(now)
        ]

    def begin_anew(self) -> None:
        """Whatever is known here is out of date: another process has written into these chats meanwhile."""
        self._buckets.clear()

    def remember(self, learnt: Iterable[Learnt], age: float) -> None:
        """Take up what an earlier run had learnt, so many seconds ago."""
        now = self._clock()
        for one in learnt:
            bucket = self._bucket(one.chat, one.family)
            if math.isfinite(one.per_minute):
                bucket.per_minute = min(max(one.per_minute, bucket.limit.per_minute * SLOWEST), bucket.limit.per_minute)
                # What left just before the end of that run is not known by the second: no burst at the start.
                bucket.tokens = min(one.tokens, 1.0)
            bucket.at = now - max(0.0, age)
            bucket.pause(now, one.paused_for)
            bucket.changed_at = now

    def _needed(self, chat: int, family: Family) -> list[_Bucket]:
        match family:
            case "free":
                return []
            case "send":
                return [self._bucket(chat, "send"), self._bucket(ALL_CHATS, "send")]
            case "topic":
                return [self._bucket(chat, "topic"), *self._needed(chat, "send")]
        return [self._bucket(chat, family)]

    def _bucket(self, chat: int, family: str) -> _Bucket:
        bucket = self._buckets.get((chat, family))
        if bucket is None:
            limit = _scaled(_limit(chat, family), self.scale)
            now = self._clock()
            bucket = _Bucket(limit, limit.per_minute, limit.burst, now, changed_at=now)
            self._buckets[chat, family] = bucket
        return bucket


@dataclass(slots=True)
class _Bucket:
    """The messages that may go now, and how fast they become more."""

    limit: Limit
    per_minute: float
    tokens: float  # below zero after an album that was larger than the burst
    at: float  # the time for which `tokens` is true
    changed_at: float  # the last refusal or rise
    paused_until: float = -math.inf
    recent: deque[float] = field(default_factory=deque)  # when the messages of the window left

    @property
    def burst(self) -> float:
        """A chat that takes less in a minute takes less at once."""
        return max(1.0, self.limit.burst * self.per_minute / self.limit.per_minute) if self._is_paced else math.inf

    @property
    def _is_paced(self) -> bool:
        return math.isfinite(self.limit.per_minute)

    @property
    def _window(self) -> float:
        return self.limit.window * self.per_minute / self.limit.per_minute if self._is_paced else math.inf

    def wait(self, now: float, cost: int) -> float:
        """Seconds until so many messages may go. An album larger than the burst goes when the bucket is full."""
        self._fill(now)
        waits = [self.paused_until - now]
        if self._is_paced:
            waits.append((min(cost, self.burst) - self.tokens) * MINUTE / self.per_minute)
            surplus = len(self.recent) + cost - max(1.0, self._window)
            if surplus > 0 and self.recent:
                waits.append(self.recent[min(math.ceil(surplus), len(self.recent)) - 1] + self.limit.seconds - now)
        # A billionth of a second is no reason to come again.
        return wait if (wait := max(waits)) > 1e-6 else 0.0

    def left(self, now: float) -> float:
        self._fill(now)
        if now < self.paused_until:
            return 0.0
        return min(self.tokens + 1e-6, max(1.0, self._window) - len(self.recent)) if self._is_paced else math.inf

    def spend(self, now: float, cost: int) -> None:
        if not self._is_paced:
            return
        self.tokens -= cost
        if math.isfinite(self.limit.window):
            self.recent.extend([now] * cost)

    def give_back(self, cost: int) -> None:
        if self._is_paced:
            self.tokens = min(self.burst, self.tokens + cost)
            for _ in range(min(cost, len(self.recent))):
                self.recent.pop()

    def pause(self, now: float, seconds: float) -> None:
        self.paused_until = max(self.paused_until, now + seconds)

    def refused(self, now: float, after: float) -> None:
        """Half as fast from now on. What was under way with it and is refused too does not count again."""
        self._fill(now)
        if self._is_paced and now >= self.paused_until:
            self.per_minute = max(self.per_minute / 2, self.limit.per_minute * SLOWEST)
        self.tokens = min(self.tokens, 0.0) if self._is_paced else self.tokens
        self.changed_at = now + after
        self.pause(now, after)

    def is_new(self, now: float) -> bool:
        self._fill(now)
        full = not self._is_paced or (self.tokens >= self.burst and self.per_minute >= self.limit.per_minute)
        return full and now >= self.paused_until and not self.recent

    def is_worth_keeping(self, now: float) -> bool:
        """Would somebody who knows nothing of it go too fast for more than a few seconds?"""
        if now < self.paused_until or not self._is_paced or self.per_minute < self.limit.per_minute:
            return True
        return (self.burst - self.tokens) * MINUTE / self.per_minute > 5

    def _fill(self, now: float) -> None:
        if not self._is_paced:
            return
        # Backwards only when the given clock is no steady one: then nothing is added, and nothing waits for the past.
        passed, self.at = max(0.0, now - self.at), now
        quiet = now - self.changed_at - QUIET_S
        if self.per_minute < self.limit.per_minute and quiet >= STEP_S:
            steps = quiet // STEP_S
            self.per_minute = min(self.limit.per_minute, self.per_minute + steps * STEP * self.limit.per_minute)
            self.changed_at += steps * STEP_S
        self.tokens = min(self.burst, self.tokens + passed * self.per_minute / MINUTE)
        while self.recent and self.recent[0] <= now - self.limit.seconds:
            self.recent.popleft()


def _limit(chat: int, family: str) -> Limit:
    match family:
        case "topic":
            return TOPICS
        case "reaction":
            return REACTIONS
        case "send" if chat == ALL_CHATS:
            return WHOLE_BOT
        case "send":
            return PRIVATE if chat > 0 else GROUP
    return UNPACED


def _scaled(limit: Limit, scale: float) -> Limit:
    """The burst and the window of a slower bot are at least one message."""
    window = max(1.0, limit.window * scale)
    return Limit(limit.per_minute * scale, max(1.0, limit.burst * scale), window, limit.seconds)
