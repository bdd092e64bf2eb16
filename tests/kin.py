"""Children of a process, and whether a process lives. Linux only."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that it has started and not yet seen the end of."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def lives(pid: int) -> bool:
    """A zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def rss_mib(pid: int) -> float:
    """Memory that it holds, with what it shares, MiB."""
    return float(Path(f"/proc/{pid}/smaps_rollup").read_text().partition("Rss:")[2].split()[0]) / 1024


async def until(holds: Callable[[], bool], within: float = 10.0) -> None:
    """Wait until it does. Raises TimeoutError."""
    async with asyncio.timeout(within):
        for _ in itertools.count():
            if holds():
                return
            await asyncio.sleep(0.01)
