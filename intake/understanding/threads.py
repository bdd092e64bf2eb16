"""Work that is done beside the event loop, and given up when it takes too long. Threads here never delay the end.

asyncio.to_thread will not do: its threads are waited for when the program ends, and one that hangs keeps its place.
"""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import threading
from collections.abc import Callable
from queue import SimpleQueue

import structlog

log = structlog.get_logger()


class TookTooLong(Exception):
    """The work was given up."""


class _GivenUp(BaseException):
    """Raised inside of a thread that nobody waits for any more."""


class Threads:
    """Threads that wait for work; as many as there is work at once."""

    def __init__(self) -> None:
        self._idle: list[_Thread] = []

    async def run(self, work: Callable[[], None], within_s: float) -> None:
        """Do it in a thread, with the caller's context. Raises TookTooLong, or what the work raises."""
        job = _Job(work)
        thread = self._idle.pop() if self._idle else _Thread()
        thread.take(job)
        try:
            await asyncio.wait_for(job.done, within_s)
        except TimeoutError as error:
            if not job.over:
                raise TookTooLong from error
        finally:
            if job.over:
                self._idle.append(thread)
            else:
                # Whether it took too long or its caller was cancelled: this thread is not used again.
                thread.give_up()


class _Job:
    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._context = contextvars.copy_context()
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self._loop.create_future()
        self.over = False

    def do(self) -> None:
        """In the thread."""
        failed: Exception | None = None
        try:
            self._context.run(self._work)
        except Exception as error:  # noqa: BLE001 - handed to the one who waits
            failed = error
        self.over = True
        try:
            self._loop.call_soon_threadsafe(self._tell, failed)
        except RuntimeError:
            log.debug("work was done after its end")  # the loop is closed: nobody waits

    def _tell(self, failed: Exception | None) -> None:
        if self.done.done():
            return
        if failed is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(failed)


class _Thread:
    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="understanding", daemon=True)
        self._thread.start()

    def take(self, job: _Job) -> None:
        self._jobs.put(job)

    def give_up(self) -> None:
        """End it at its next step. What hangs outside of Python ends when it comes back."""
        ident = self._thread.ident
        if ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(_GivenUp))

    def _run(self) -> None:
        try:
            while True:
                self._jobs.get().do()
        except _GivenUp:
            return


# One for the process: threads are.
threads = Threads()
