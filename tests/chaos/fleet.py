"""The program, as one process or as several on one database, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.process import Process, Stopped

DEAD_S = (0.0, 0.8)  # how long it stays dead
READY_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Start:
    """One start: the seconds until it greeted, and how many of them were its own.

    Its own are those that it computed or waited for; not those in which other programs had the processors.
    """

    seconds: float
    own: float


@dataclass(slots=True)
class Fleet:
    """Processes by their numbers."""

    processes: list[Process]
    dice: Random
    now: Callable[[], float]
    tell: Callable[[str], None]
    kills: list[tuple[float, int]] = field(default_factory=list)  # when, which
    on_kill: list[Callable[[int], None]] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    stops: list[Stopped] = field(default_factory=list)
    _up: set[int] = field(default_factory=set)
    _rising: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def up(self) -> list[int]:
        """Those that run."""
        return sorted(self._up)

    @property
    def ports(self) -> list[int]:
        return [process.port for process in self.processes]

    async def __aenter__(self) -> Fleet:
        for process in self.processes:
            await self._stack.enter_async_context(process)
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._rising.values():
            task.cancel()
        await asyncio.gather(*self._rising.values(), return_exceptions=True)
        await self._stack.aclose()

    async def all_up(self) -> None:
        """Wait until each runs."""
        for number in range(len(self.processes)):
            if number not in self._up:
                self._rise(number, 0.0)
        await asyncio.gather(*self._rising.values())

    async def kill(self, number: int) -> bool:
        """SIGKILL; after a while it is started again. False: it was dead already."""
        if number not in self._up:
            return False
        self._up.discard(number)
        self.kills.append((self.now(), number))
        await self.processes[number].kill()
        for call in self.on_kill:
            call(number)
        self.tell(f"=== process {number} killed")
        self._rise(number, self.dice.uniform(*DEAD_S))
        return True

    async def terminate(self, number: int) -> None:
        """SIGTERM, as at every upgrade; then it is started again."""
        if number not in self._up:
            return
        self._up.discard(number)
        stopped = await self.processes[number].terminate()
        self.stops.append(stopped)
        self.tell(f"=== process {number} stopped by SIGTERM: exit {stopped.code} after {stopped.seconds:.1f} s")
        self._rise(number, 0.0)

    def ended(self) -> list[tuple[int, int]]:
        """Those that nobody has ended and that run no more, with their exit codes."""
        codes = [(number, self.processes[number].ended) for number in self.up]
        return [(number, code) for number, code in codes if code is not None]

    def logs(self) -> list[str]:
        return [process.log for process in self.processes]

    def _rise(self, number: int, after: float) -> None:
        running = self._rising.get(number)
        if running is None or running.done():
            self._rising[number] = asyncio.create_task(self._start(number, after))

    async def _start(self, number: int, after: float) -> None:
        await asyncio.sleep(after)
        idle, process = _idle_s(), self.processes[number]
        seconds = await process.start()
        self.starts.append(Start(seconds, min(seconds, process.cpu_s + _idle_s() - idle)))
        self._up.add(number)
        self.tell(f"=== process {number} started in {seconds:.2f} s")


def _idle_s() -> float:
    """The seconds that a processor of this machine has been idle or has waited for a disk, since it was started."""
    # proc(5): user, nice, system, idle, iowait, in ticks, of all processors together.
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(words[4]) + int(words[5])) / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)


def shared(folder: Path, number: int) -> Path:
    """Where one process of several keeps its log."""
    own = folder / f"process{number}"
    with contextlib.suppress(FileExistsError):
        own.mkdir(parents=True)
    return own
