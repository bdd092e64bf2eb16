"""What only one process does at a time: who is on duty here, and that he stops before his lease ends."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

import structlog

from storage import leases
from storage.database import DATABASE_AWAY
from storage.owners import is_dead

log = structlog.get_logger()

LEASE_S, RENEW_EVERY_S, TRY_EVERY_S = 10.0, 3.0, 1.0
EARLY_S = 2.0  # so long before its lease ends a duty is over for us: what is under way must end before it
IDLE_S = 5.0  # a duty that belongs beside another is left to that one's holder for so long
END_WITHIN_S = 1.0
GIVE_BACK_WITHIN_S = 2.0

Work = Callable[[], Awaitable[None]]


async def _nothing() -> None:
    pass


class Duty:
    """One thing that only one process does at a time.

    Whether it is ours is a matter of a clock that never jumps: a process that was stopped for a while and goes on finds
    its duty over before it does anything.
    """

    def __init__(
        self, name: str, owner: str, begin: Work = _nothing, end: Work = _nothing, beside: Duty | None = None
    ) -> None:
        self.name = name
        self.owner = owner
        self.beside = beside
        self.asked = -math.inf  # when its lease was last asked for
        self.known = False  # somebody has it, perhaps we
        self._begin = begin
        self._end = end
        self._until = -math.inf
        self._begun, self._over = asyncio.Event(), asyncio.Event()
        self._doing: set[asyncio.Task[None]] = set()

    @classmethod
    def for_ever(cls) -> Duty:
        """One that nobody else can have."""
        duty = cls("", "")
        duty._until, duty.known = math.inf, True
        duty._begun.set()
        return duty

    @property
    def ours(self) -> bool:
        """Are we on duty?"""
        return time.monotonic() < self._until

    async def during(self, work: Work) -> None:
        """Do the work whenever the duty is ours, and only as long as it is. Ends when cancelled; raises as the work."""
        while True:
            await self._begun.wait()
            await self._once(work)

    async def _once(self, work: Work) -> None:
        doing, over = asyncio.ensure_future(work()), asyncio.ensure_future(self._over.wait())
        self._doing.add(doing)
        try:
            await asyncio.wait({doing, over}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                doing.result()
                await over
        finally:
            doing.cancel()
            over.cancel()
            await asyncio.wait({doing, over})
            self._doing.discard(doing)

    async def held_until(self, until: float) -> None:
        """Our lease is good until then (`time.monotonic`). Raises what the beginning of a duty raises."""
        self.look()  # if it was over meanwhile, it begins anew
        if not self._begun.is_set():
            await self._begin()
        self._until = until - EARLY_S
        # Before anything is begun: the beginning may have taken longer than the lease.
        if self.ours and not self._begun.is_set():
            self._over.clear()
            self._begun.set()
            log.info("lease taken", lease=self.name)
        if until < math.inf:
            asyncio.get_running_loop().call_later(max(0.0, self._until - time.monotonic()), self.look)

    def look(self) -> None:
        """Our time may be over."""
        if not self.ours and self._begun.is_set():
            self._begun.clear()
            self._over.set()
            log.info("lease over", lease=self.name)

    async def end(self) -> None:
        """Stop, and write down what the next one must know."""
        had, self._until = self.ours, -math.inf
        self.look()
        if self._doing:
            await asyncio.wait(self._doing, timeout=END_WITHIN_S)
        if had:
            await self._end()


class Duties:
    """The duties that a process stands ready for. It renews what it has, and takes what nobody has."""

    def __init__(self, owner: str, *, alone: bool) -> None:
        """`alone`: no other process works on this database, so that all duties are ours, and no lease is needed."""
        self.owner = owner
        self._alone = alone
        self._duties: list[Duty] = []
        self._away = False

    def add(
        self,
        name: str,
        *,
        owner: str | None = None,
        begin: Work = _nothing,
        end: Work = _nothing,
        beside: Duty | None = None,
    ) -> Duty:
        """Stand ready for a duty.

        `begin` is done before it is ours, `end` when we give it back. `beside`: another one that the same process had
        better have. `owner`: in whose name, when it is not this process's.
        """
        duty = Duty(name, owner or self.owner, begin, end, beside)
        self._duties.append(duty)
        return duty

    async def run(self) -> None:
        """Take, renew, stop in time; until cancelled, then give back."""
        try:
            while True:
                for duty in self._duties:
                    await self._ask(duty)
                await asyncio.sleep(TRY_EVERY_S)
        finally:
            # A database that does not answer must not keep us from ending: then the leases end by themselves.
            await asyncio.wait({asyncio.create_task(self._give_back())}, timeout=GIVE_BACK_WITHIN_S)

    async def _ask(self, duty: Duty) -> None:
        now = time.monotonic()
        if duty.ours and now - duty.asked < (math.inf if self._alone else RENEW_EVERY_S):
            return
        duty.asked = now
        try:
            if self._alone or await self._take(duty):
                await duty.held_until(math.inf if self._alone else now + LEASE_S)
            duty.known, self._away = True, False
        except DATABASE_AWAY as error:
            if not self._away:
                log.warning("no lease can be asked for", lease=duty.name, error=type(error).__name__)
            self._away = True
        except Exception:
            # Whatever it is, the next round comes: without it nobody would be on duty any more.
            log.exception("lease not taken", lease=duty.name)

    async def _take(self, duty: Duty) -> bool:
        idle = 0.0 if duty.ours or duty.beside is None or duty.beside.ours else IDLE_S
        if await leases.take(duty.name, duty.owner, LEASE_S, idle) is not None:
            return True
        holder = await leases.last_owner(duty.name)
        if idle or holder is None or not is_dead(holder):
            return False
        await leases.let_go(duty.name, holder)
        return await leases.take(duty.name, duty.owner, LEASE_S) is not None

    async def _give_back(self) -> None:
        """The last one first: what belongs beside another goes before it."""
        for duty in reversed(self._duties):
            had = duty.ours
            try:
                await duty.end()
                if had and not self._alone and duty.owner == self.owner:
                    await leases.let_go(duty.name, duty.owner)
            except DATABASE_AWAY as error:
                log.warning("lease not given back", lease=duty.name, error=type(error).__name__)
