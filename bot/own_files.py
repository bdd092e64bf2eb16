"""Look every few seconds whether the operator changed his own files: a good one is taken into use, a broken one told.

Until it is mended the last good one holds. The start refuses a broken one: bot/core.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.alarms import LONGEST_NAME, Alarms

log = structlog.get_logger()

LOOK_EVERY_S = 3.0

# What tells one state of a file from another: when it was written, how long it is, and which it is.
Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Followed:
    """A file of the operator's. `read` may take long, and raises ValueError; what it returns takes it into use."""

    setting: str
    path: Path
    read: Callable[[Path], Callable[[], None]]


@dataclass(slots=True)
class _State:
    used: Mark | None  # the file as it was last read
    seen: Mark | None  # as it was at the last look
    wrong: str | None = None


class OwnFiles:
    """Follows the operator's files while the program runs."""

    def __init__(self, files: Sequence[Followed], alarms: Alarms) -> None:
        """The files have just been read."""
        self._files = tuple(files)
        self._alarms = alarms
        self._states = {file.setting: _State(mark, mark) for file in files for mark in (_mark(file.path),)}

    def troubles(self) -> list[str]:
        """What is wrong with the files as they are now: setting, file, line and reason of each."""
        return [f"{setting}: {state.wrong}" for setting, state in self._states.items() if state.wrong is not None]

    async def run(self) -> None:
        """Look until cancelled."""
        while self._files:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except Exception:
                # Whatever a file or a disk does, the next look may find it otherwise; what holds, holds.
                log.exception("own files not looked at")

    async def look(self) -> None:
        """Look at every file once. One that changed is read at the next look, if it has not changed again by then."""
        for file in self._files:
            state, mark = self._states[file.setting], await asyncio.to_thread(_mark, file.path)
            # An editor may be at work: what is half written would be told as broken.
            still, state.seen = mark == state.seen, mark
            if mark != state.used and still:
                state.used = mark
                await self._take(file, state)

    async def _take(self, file: Followed, state: _State) -> None:
        before = state.wrong
        try:
            use = await asyncio.to_thread(file.read, file.path)
        except (OSError, ValueError) as error:
            state.wrong = str(error)
            told = f"⚠️ {file.setting} is not taken into use. {error} What was read before still holds; mend the file."
            await self._alarms.tell(told, _alarm(file, state.wrong))
            return
        use()
        state.wrong = None
        log.info("own file taken into use", setting=file.setting)
        if before is not None:
            await self._alarms.over(_alarm(file, before), f"✅ {file.setting} is taken into use again.")


def _alarm(file: Followed, wrong: str) -> str:
    """Every mistake is told, each once: he who mends the first wants to read of the second."""
    return f"{file.setting}: {wrong}"[:LONGEST_NAME]


def _mark(path: Path) -> Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
