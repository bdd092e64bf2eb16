"""Posting updates to a bot's webhook, as Telegram does: in lanes, repeated until they are taken or too old."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from bot.demo.clock import Clock
from bot.demo.queue.pending import Lane, Pending
from bot.demo.queue.poster import Poster, Unreachable

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the name of a header
DEFAULT_CONNECTIONS = 40
FIRST_RETRY_S, LAST_RETRY_S, LONGEST_RETRY_AFTER_S = 1, 60, 3600
# A webhook that answers 410 Gone for so long is removed.
GONE_S = 23 * 3600
ANSWER_WITHIN_S = 60


class Source(Protocol):
    """The queue that the updates come from."""

    def holds(self, pending: Pending) -> bool: ...

    def taken(self, pending: Pending) -> None: ...

    def gave_up(self) -> None:
        """The address is gone for good."""


@dataclass(frozen=True, slots=True)
class Target:
    """What setWebhook was told."""

    url: str
    secret: str
    max_connections: int
    ip_address: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST of an update. Status None: there was no answer. `at` in seconds since 1970."""

    at: float
    update_id: int
    kind: str
    status: int | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """`trouble` is empty when the update was taken."""

    status: int | None
    trouble: str = ""
    retry_after: float | None = None


@dataclass(slots=True, eq=False)
class Webhook:
    """One webhook while it is set. `tell` hears of every attempt, `broken` of what went wrong in here."""

    source: Source
    clock: Clock
    target: Target
    tell: Callable[[Attempt], None]
    broken: Callable[[Exception], None]
    last_error: tuple[int, str] | None = None
    _poster: Poster | None = None
    _lanes: dict[Lane, deque[Pending]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _gone_since: float | None = None

    def start(self, waiting: tuple[Pending, ...]) -> None:
        """Begin with what waits already, oldest first."""
        headers = {SECRET_HEADER: self.target.secret} if self.target.secret else {}
        self._poster = Poster(self.target.url, headers, self.target.max_connections, ANSWER_WITHIN_S)
        for pending in waiting:
            self.take(pending)

    async def stop(self) -> None:
        """Hang up. What was not taken yet waits on in the queue."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()
        if self._poster is not None:
            await self._poster.close()
            self._poster = None

    def take(self, pending: Pending) -> None:
        """Queue an update behind the others of its lane. While stopped, it waits in the queue alone."""
        if self._poster is None:
            return
        if pending.lane in self._lanes:
            self._lanes[pending.lane].append(pending)
            return
        self._lanes[pending.lane] = deque([pending])
        task = asyncio.create_task(self._guarded(pending.lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, lane: Lane) -> None:
        try:
            await self._drain(lane)
        except Exception as error:  # noqa: BLE001  # a defect of ours: the simulator raises it when it stops
            self.broken(error)

    async def _drain(self, lane: Lane) -> None:
        """One after the other; whoever is not taken holds up the lane, and only the lane."""
        waiting, delay = self._lanes[lane], float(FIRST_RETRY_S)
        while waiting:
            pending = waiting[0]
            if not self.source.holds(pending):
                waiting.popleft()
                continue
            answer = await self._post(pending)
            gone = self._settle(pending, answer)
            self.tell(Attempt(self.clock.now(), pending.id, pending.kind, answer.status))
            if gone:
                break
            if not answer.trouble:
                delay = FIRST_RETRY_S
                continue
            pause = delay if answer.retry_after is None else min(answer.retry_after, LONGEST_RETRY_AFTER_S)
            await self.clock.sleep(pause)
            delay = min(2 * delay, LAST_RETRY_S)
        del self._lanes[lane]

    async def _post(self, pending: Pending) -> _Answer:
        assert self._poster is not None
        try:
            answer = await self._poster.post(json.dumps(pending.body, ensure_ascii=False).encode())
        except Unreachable as error:
            return _Answer(None, str(error))
        if not 200 <= answer.status < 300:
            words = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            return _Answer(answer.status, words, _seconds(answer.headers.get("retry-after", "")))
        if b'"method"' in answer.content:
            # Telegram would do it and tell nobody how it went.
            return _Answer(answer.status, "strict simulator: the answer to a webhook calls a method")
        return _Answer(answer.status)

    def _settle(self, pending: Pending, answer: _Answer) -> bool:
        """Note how it went. True when the address has answered 410, and nothing else, for too long."""
        if not answer.trouble:
            self.source.taken(pending)
        else:
            self.last_error = int(self.clock.now()), answer.trouble
        if answer.status != HTTPStatus.GONE:
            self._gone_since = None
            return False
        if self._gone_since is None:
            self._gone_since = self.clock.monotonic()
        gone = self.clock.monotonic() - self._gone_since > GONE_S
        if gone:
            self.source.gave_up()
        return gone


def _seconds(retry_after: str) -> float | None:
    return float(retry_after) if retry_after.isdigit() else None
