"""The time of the simulated Telegram: the machine's, moved forward on demand, so that a day passes without waiting."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Clock:
    """`ahead` is by how many seconds it runs before the machine's clock."""

    ahead: float = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> float:
        """Seconds since 1970, as in dates of messages."""
        return time.time() + self.ahead

    def monotonic(self) -> float:
        """Seconds of any origin, for distances."""
        return time.monotonic() + self.ahead

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once. Whoever sleeps by this clock looks at it again."""
        self.ahead += seconds
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def sleep(self, seconds: float) -> None:
        end = self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._moved.wait()
