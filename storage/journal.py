"""Remember, across a crash, what the program was at work on when it came: a small file in memory, never synced.

What is written to mapped memory outlives `kill -9`, a crash and a lack of memory; only a loss of power it does not, and
that is no message's fault. It costs two writes to memory each time the work goes on, and nothing while it waits.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import ParamSpec, TypeVar

import structlog

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

FORGOTTEN_AFTER_S = 7 * 24 * 3600  # a mail server tries for five days
SIZE = 8192  # bytes of the file
PROCESSES = 64  # that may share a folder, each with a file of its own

_HAND = struct.Struct("?32s")  # is it at work, and on what
_HANDS = 32  # the first is the event loop's, the others are threads'
_SUSPECT = struct.Struct("<B32sd")  # how often the program died at it, what it is, when that was last
_PLACES = range(_HANDS * _HAND.size, SIZE - _SUSPECT.size, _SUSPECT.size)


class Journal:
    """One process's. The file is opened when it is first needed; without one it lasts as long as the process."""

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._memory: mmap.mmap | None = None
        self._suspects: dict[bytes, tuple[int, int]] = {}  # where it stands, and how often the program died at it
        self._lock = threading.Lock()
        self._file = -1  # held open: its lock says that it is in use

    def deaths(self, name: str) -> int:
        """How often the program came to an unclean end while it was at work on this."""
        if self._memory is None:
            self._opened()
        return self._suspects.get(_digest(name), (0, 0))[1] if self._suspects else 0

    def survived(self, name: str) -> None:
        """The program is through with it, and lives."""
        place, _ = self._suspects.pop(_digest(name), (None, 0))
        if place is not None:
            _SUSPECT.pack_into(self._opened(), place, 0, b"", 0.0)

    async def watch(self, name: str, work: Awaitable[T]) -> T:
        """Do the work. Whenever its code runs, here or in a thread by `watched`, the journal says so."""
        at_work = _AtWork(self, _digest(name))
        token = _current.set(at_work)
        try:
            return await _Steps(at_work, work)
        finally:
            _current.reset(token)

    def take_up(self, digest: bytes, hand: int = 0) -> None:
        _HAND.pack_into(self._memory or self._opened(), hand * _HAND.size, True, digest)

    def lay_down(self, hand: int = 0) -> None:
        (self._memory or self._opened())[hand * _HAND.size] = 0

    @contextmanager
    def in_a_thread(self, digest: bytes) -> Iterator[None]:
        """A hand of its own for a thread. When all are taken, the work goes on unnoted."""
        with self._lock:
            memory = self._opened()
            hand = next((hand for hand in range(1, _HANDS) if not memory[hand * _HAND.size]), None)
            if hand is not None:
                self.take_up(digest, hand)
        try:
            yield
        finally:
            if hand is not None:
                self.lay_down(hand)

    def _opened(self) -> mmap.mmap:
        if self._memory is None:
            self._memory = self._mapped()
            self._look_back(self._memory, self._clock())
        return self._memory

    def _mapped(self) -> mmap.mmap:
        """The first file of the folder that no other process has; memory of our own when there can be none."""
        try:
            if self._folder is not None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for number in range(PROCESSES if self._folder is not None else 0):
                assert self._folder is not None
                file = os.open(self._folder / f"journal.{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(file)
                    continue
                # With its blocks on the disk now: a disk that is full later would end the program at a write.
                os.posix_fallocate(file, 0, SIZE)
                self._file = file
                return mmap.mmap(file, SIZE)
        except OSError as error:
            log.warning("no journal: what kills the program will not be recognised", error=error.strerror)
        return mmap.mmap(-1, SIZE)

    def _look_back(self, memory: mmap.mmap, now: float) -> None:
        """What was at work when the last process ended, was so when it died: a clean end lays everything down."""
        since: dict[bytes, float] = {}
        for place in _PLACES:
            times, digest, when = _SUSPECT.unpack_from(memory, place)
            if times and 0 <= now - when < FORGOTTEN_AFTER_S:
                self._suspects[digest], since[digest] = (place, times), when
        hands = [_HAND.unpack_from(memory, hand * _HAND.size) for hand in range(_HANDS)]
        # One death is one, though the loop was just handing the work to a thread that had it already.
        for digest in {digest for at_work, digest in hands if at_work}:
            self._suspect(memory, digest, since, now)
        for hand in range(_HANDS):
            memory[hand * _HAND.size] = 0

    def _suspect(self, memory: mmap.mmap, digest: bytes, since: dict[bytes, float], now: float) -> None:
        taken = {place: since.get(known, now) for known, (place, _) in self._suspects.items()}
        # A free place, or that of the one that was suspected longest ago.
        free = min(_PLACES, key=lambda place: taken.get(place, 0.0))
        place, times = self._suspects.get(digest, (free, 0))
        self._suspects = {known: it for known, it in self._suspects.items() if it[0] != place}
        self._suspects[digest] = (place, times + 1)
        _SUSPECT.pack_into(memory, place, min(times + 1, 255), digest, now)
        log.warning("the program died at work on a message", times=times + 1)


class _AtWork:
    """What one piece of work is, and where that is noted."""

    def __init__(self, journal: Journal, digest: bytes) -> None:
        self.journal = journal
        self.digest = digest


class _Steps:
    """Awaits some work, and notes it whenever its code runs on the event loop: there only one does at a time."""

    def __init__(self, at_work: _AtWork, work: Awaitable[T]) -> None:
        self._at_work = at_work
        self._work = work

    def __await__(self) -> Generator[object, object, T]:
        steps = self._work.__await__()
        journal, digest = self._at_work.journal, self._at_work.digest
        answer: object = None
        raised: BaseException | None = None
        while True:
            journal.take_up(digest)
            try:
                awaited = steps.send(answer) if raised is None else steps.throw(raised)
            except StopIteration as done:
                result: T = done.value
                return result
            finally:
                journal.lay_down()
            try:
                answer, raised = (yield awaited), None
            except BaseException as error:  # noqa: BLE001  # a cancellation, say: the work must hear of it
                raised = error


_current: ContextVar[_AtWork | None] = ContextVar("at_work", default=None)


def watched(work: Callable[P, T]) -> Callable[P, T]:
    """For work that `Journal.watch` hands to a thread by asyncio.to_thread: noted there while it runs."""

    def noted(*args: P.args, **kwargs: P.kwargs) -> T:
        at_work = _current.get()
        if at_work is None:
            return work(*args, **kwargs)
        with at_work.journal.in_a_thread(at_work.digest):
            return work(*args, **kwargs)

    return noted


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
