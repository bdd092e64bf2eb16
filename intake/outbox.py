"""Deliver what is due: claim it, have it tried, keep it while that lasts, and take up what a dead process has left.

Each way out (a channel's, or the fetching of files) has places of its own. Several processes share the work by leases
and fences; a process that cannot claim what it was woken for tells the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeGuard

import structlog

from intake.house import House
from intake.message import Channel, Elected, Paced, Room
from intake.outgoing.attempts import FETCH, Attempts, Fetch, Job, lane
from intake.outgoing.steady import SteadyClock
from intake.outgoing.waits import GIVE_UP_AFTER, MANNERS, USUAL, Breaker, Looks
from storage import claims
from storage.claims import LEASE
from storage.database import DATABASE_AWAY
from storage.files import Files
from storage.models import Delivery
from storage.moments import database_now
from storage.signals import Signals
from storage.transaction import to_its_end

log = structlog.get_logger()

STOP_WITHIN_S = 6.0  # of the ten that are promised: then leases are given back and the database is closed
GATHER_S = 0.01
FREE_EVERY_S = 1.0  # what needs no room is looked for so often while there is none
RECOVER_EVERY = timedelta(seconds=2)
RENEW_AFTER_S = 5.0
EXPIRE_AT_ONCE = 50
MARGIN_S = 2.0  # so long before its lease ends a job must have been renewed, or is stopped


class Outbox:
    """One loop. Jobs of one conversation leave one after the other, conversations side by side."""

    def __init__(
        self,
        house: House,
        channels: Mapping[str, Channel],
        fetchers: Mapping[str, Fetch],
        files: Files,
        owner: str,
        *,
        alone: bool,
        clock: Callable[[], datetime] | None = None,
        signals: Signals | None = None,
    ) -> None:
        """`alone`: no other process works on this database, so that what is `sending` at the start is an orphan.

        `signals`: to and from the other ones.
        """
        self._channels = channels
        self._fetchers = fetchers
        self._owner = owner
        self._alone = alone
        self.clock = clock or SteadyClock()  # the time by which everything is due
        self._signals = signals
        self._attempts = Attempts(house, channels, fetchers, files, self.clock, self._soon)
        self._recovered = False
        self._recover_at = datetime.min.replace(tzinfo=UTC)
        self._woken = asyncio.Event()
        self._woken_here = False
        self._looks = Looks()
        self._free_at: dict[str, float] = {}
        self._breakers: dict[str, Breaker] = {}
        self._working: dict[asyncio.Task[None], Job] = {}

    def wake(self) -> None:
        """There is new work, of this process."""
        self._woken_here = True
        self._woken.set()

    @property
    def away(self) -> dict[str, Breaker]:
        """The ways out whose wire is away, by their names."""
        return {lane: breaker for lane, breaker in self._breakers.items() if breaker.is_open}

    async def run(self) -> None:
        """Deliver until cancelled; then finish what is in flight."""
        hearing = asyncio.create_task(self._signals.listen(self._woken.set)) if self._signals else None
        try:
            while True:
                self._woken.clear()
                # A batch that is claimed must be started on, or it would wait as an orphan for the next start.
                if await to_its_end(self._turn()) == 0:
                    self._woken_here = False
                    await self._sleep()
        finally:
            if hearing is not None:
                hearing.cancel()
            if self._working:
                await asyncio.wait(self._working, timeout=STOP_WITHIN_S)

    async def drain(self) -> None:
        """Deliver until nothing is due, then return."""
        while await self._turn() or self._working:
            if self._working:
                await asyncio.wait(self._working)

    async def _turn(self) -> int:
        """Take what is due in each lane and start on it. Returns how many jobs were taken; none when that failed."""
        taken = 0
        try:
            if isinstance(self.clock, SteadyClock) and not self._alone:
                await self.clock.follow(database_now)
            await self._renew()
            await self._recover()
            for way, levels in (await self._due()).items():
                taken += await self._claim(way, levels)
                if self._woken_here and self._signals is not None and self._is_for_others(way):
                    self._signals.say()
        except DATABASE_AWAY as error:
            log.warning("outbox waits for the database", error=type(error).__name__)
            # Whoever was working meanwhile gets the time to say what came of it.
            self._recover_at = self.clock() + LEASE
            return 0
        except Exception:
            # Whatever it is, the loop goes on: without it nothing leaves any more.
            log.exception("outbox failed")
            return 0
        return taken

    async def _due(self) -> dict[str, list[int]]:
        """The lanes in which something waits, and how urgent it is. A claim is a transaction, and most of what wakes us
        is for one lane. What is another process's to send is asked for only to tell it.
        """
        tells = self._woken_here and self._signals is not None
        sends = [(lane, False) for lane in self._channels if tells or self._is_ours(lane)]
        fetches = [(channel, True) for channel in self._fetchers if tells or self._is_ours(channel)]
        due = await claims.due(self.clock(), [*sends, *fetches])
        found = {lane: levels for (lane, _), levels in zip(sends, due, strict=False) if levels}
        if waiting := {level for levels in due[len(sends) :] for level in levels}:
            found[FETCH] = sorted(waiting)
        return found

    async def _claim(self, lane: str, levels: list[int]) -> int:
        """Take what may leave now and start on it. Returns how many jobs that were."""
        breaker = self._breaker(lane)
        busy = self._busy(breaker)
        free = breaker.room(self.clock(), busy)
        if free <= 0 or not self._is_ours(lane):
            return 0
        if lane != FETCH and isinstance(channel := self._channels[lane], Paced):
            return await self._claim_in_turn(lane, channel.room(), free, busy)
        taken = await self._expire(lane, levels) if breaker.is_open and not breaker.manner.outlasts else 0
        for level in levels:
            for of in self._fetching() if lane == FETCH else [lane]:
                if free > 0:
                    began = asyncio.get_running_loop().time()
                    found = await claims.claim(self._owner, self.clock(), free, of, level, fetches=lane == FETCH)
                    free, taken = free - len(found), taken + self._start(lane, found, began)
        return taken

    async def _expire(self, lane: str, levels: list[int]) -> int:
        """Give up, untried, what has waited too long for a wire that is away: its agents must know."""
        now, began, taken = self.clock(), asyncio.get_running_loop().time(), 0
        for level in levels:
            found = await claims.claim(self._owner, now, EXPIRE_AT_ONCE, lane, level, queued_by=now - GIVE_UP_AFTER)
            taken += self._start(lane, found, began, expired=True)
        return taken

    async def _claim_in_turn(self, lane: str, room: Room, free: int, busy: int) -> int:
        """What has room now, and no more: a job that is claimed only to be put back costs two writes and its turn."""
        began = asyncio.get_running_loop().time()
        most = min(free, room.jobs - busy)
        self._looks.add(began, room.after)
        upto = room.upto if most > 0 else None
        if upto is None:
            if not room.free or began < self._free_at.get(lane, 0.0):
                return 0
            self._free_at[lane], most = began + FREE_EVERY_S, free
        rests = {kind: timedelta(seconds=rest) for kind, rest in room.rests.items()}
        turn = claims.Turn(upto, room.free, rests)
        return self._start(lane, await claims.claim_in_turn(self._owner, self.clock(), most, lane, turn), began)

    def _is_for_others(self, lane: str) -> bool:
        """Can another process do at once what this one cannot?"""
        if not (self._fetching() if lane == FETCH else self._is_ours(lane)):
            return True
        breaker = self._breaker(lane)
        paced = lane != FETCH and isinstance(self._channels[lane], Paced)
        return not paced and not breaker.is_open and breaker.room(self.clock(), self._busy(breaker)) == 0

    def _busy(self, breaker: Breaker) -> int:
        return sum(1 for job in self._working.values() if job.breaker is breaker)

    def _fetching(self) -> list[str]:
        """The channels whose files are ours to fetch: those that we send for."""
        return [name for name in self._fetchers if self._is_ours(name)]

    def _is_ours(self, lane: str) -> bool:
        """May this process send by this channel, or is another one elected to?"""
        channel = self._channels.get(lane)
        return channel is None or not _is_elected(channel) or channel.is_ours()

    def _start(self, lane: str, claimed: list[Delivery], began: float, *, expired: bool = False) -> int:
        for delivery in claimed:
            job = self._job(delivery, lane, began, expired=expired)
            self._work(job, self._attempts.attempt(job))
        return len(claimed)

    def _job(self, delivery: Delivery, lane: str, began: float, *, expired: bool = False) -> Job:
        until = None if self._alone else began + LEASE.total_seconds() - MARGIN_S
        return Job(delivery, self._breaker(lane), began, until, expired)

    def _work(self, job: Job, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._working[task] = job
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._working[task]
        self._woken.set()  # the next job of this conversation may go now
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery failed", error=type(error).__name__)

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout_at(self._looks.next(asyncio.get_running_loop().time())):
                await self._woken.wait()
                # Commits come in crowds: one claim for all of them.
                await asyncio.sleep(GATHER_S)
        except TimeoutError:
            pass

    def _soon(self, seconds: float) -> None:
        self._looks.add(asyncio.get_running_loop().time(), seconds)

    def _breaker(self, lane: str) -> Breaker:
        if lane not in self._breakers:
            self._breakers[lane] = Breaker(MANNERS.get(lane, USUAL), self.clock())
        return self._breakers[lane]

    async def _renew(self) -> None:
        """Keep what takes longer, in one statement. What is not ours any more is stopped: somebody else is at it."""
        at = asyncio.get_running_loop().time()
        if not any(job.began + RENEW_AFTER_S <= at for job in self._working.values() if job.until is not None):
            return
        jobs = list(self._working.values())
        kept = await claims.renew(self._owner, [job.delivery.id for job in jobs], self.clock())
        for job in jobs:
            job.renewed(at, at + LEASE.total_seconds() - MARGIN_S if job.delivery.id in kept else at)

    async def _recover(self) -> None:
        """Take up what others have left. What we have claimed without learning of it, nobody has begun."""
        now, began = self.clock(), asyncio.get_running_loop().time()
        if now < self._recover_at:
            return
        ours = {job.delivery.id for job in self._working.values()}
        everything = self._alone and not self._recovered
        for orphan in await claims.orphans(self._owner, now, everything=everything, but=ours):
            job = self._job(orphan.delivery, lane(orphan.delivery), began)
            unbegun = orphan.owner == self._owner
            self._work(job, self._attempts.unbegun(job) if unbegun else self._attempts.orphaned(job))
        self._recovered, self._recover_at = True, now + RECOVER_EVERY


def _is_elected(channel: Channel) -> TypeGuard[Elected]:
    return _elects(type(channel))


@cache
def _elects(kind: type[Channel]) -> bool:
    """Asked of each channel in each turn, and slow to find out of a protocol."""
    return issubclass(kind, Elected)
