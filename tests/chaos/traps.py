"""Moments at which a process is killed: armed beforehand, sprung by what the process itself does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random

from tests.chaos.fleet import Fleet


@dataclass(slots=True)
class Trap:
    """One kind of moment. Armed, it kills the first process that comes to it."""

    fleet: Fleet
    dice: Random
    latest_s: float  # after the moment
    _armed: asyncio.Future[int] | None = field(default=None)

    async def kills_within(self, seconds: float) -> bool:
        """Arm it, and wait until it has killed; False when nobody came."""
        self._armed = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._armed
        except TimeoutError:
            return False
        finally:
            self._armed = None
        return True

    async def passes(self, process: int) -> None:
        """A process comes to this moment."""
        armed, self._armed = self._armed, None
        if armed is None or armed.done():
            return
        await asyncio.sleep(self.dice.uniform(0, self.latest_s))
        await self.fleet.kill(process)
        if not armed.done():
            armed.set_result(process)
