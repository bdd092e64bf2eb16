"""Write what came of attempts: those that end while others are being written share the next transaction.

What we know must not become "nobody knows": it is written as often as it takes. A job that somebody else has taken over
meanwhile stays as he has it, by the fence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from storage import deliveries
from storage.database import is_away
from storage.deliveries import Settlement
from storage.transaction import transaction

log = structlog.get_logger()

AT_ONCE = 50
AGAIN_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What came of one attempt, and what else is to be written with it."""

    settlement: Settlement
    follow: Callable[[], Awaitable[None]] | None
    written: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Books:
    """One transaction after the other, each for all that waits."""

    def __init__(self) -> None:
        self._waiting: list[Entry] = []
        self._writer: asyncio.Task[None] | None = None

    async def enter(self, settlement: Settlement, follow: Callable[[], Awaitable[None]] | None = None) -> bool:
        """Write it, and what follows from it. False: another owner has taken the job meanwhile, nothing was written."""
        entry = Entry(settlement, follow)
        self._waiting.append(entry)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        return await entry.written

    async def _write(self) -> None:
        structlog.contextvars.clear_contextvars()  # of the job whose end has started this
        try:
            while self._waiting:
                batch = self._waiting[:AT_ONCE]
                del self._waiting[: len(batch)]
                for entry, written in zip(batch, await _written(batch), strict=True):
                    entry.written.set_result(written)
        finally:
            self._writer = None


async def _written(batch: Sequence[Entry]) -> list[bool]:
    while True:
        try:
            return await transaction(partial(_in_one, batch))
        except Exception as error:
            if is_away(error):
                log.warning("deliveries not settled yet", jobs=len(batch), error=type(error).__name__)
                await asyncio.sleep(AGAIN_S)
                continue
            log.exception("deliveries settled one by one", jobs=len(batch))
            return [await _alone(entry) for entry in batch]


async def _in_one(batch: Sequence[Entry]) -> list[bool]:
    settled = await deliveries.settle_all([entry.settlement for entry in batch])
    found = [entry.settlement.delivery.id in settled for entry in batch]
    for entry, written in zip(batch, found, strict=True):
        if written and entry.follow is not None:
            # What it stores belongs to the message that has caused the job.
            with structlog.contextvars.bound_contextvars(trace=entry.settlement.delivery.trace):
                await entry.follow()
    return found


async def _alone(entry: Entry) -> bool:
    """One of several has failed by a fault of ours: the others must not suffer, nor must this one be sent again."""
    for follow in (entry.follow, None):
        bare = Entry(entry.settlement, follow, entry.written)
        try:
            return (await transaction(partial(_in_one, [bare])))[0]
        except Exception as error:
            if is_away(error):
                return (await _written([bare]))[0]
            log.exception("what follows from a delivery was not written", delivery=entry.settlement.delivery.id)
    return False
