"""The process that has everything loaded, and forks a child for each piece of work. One thread, no event loop.

It is started by exec, never forked from the running program, so that it holds no locks, threads or connections of
another. A fork of it costs a few milliseconds and shares its memory; each child does one piece of work and ends, so
that nothing of one message is left when the next one comes.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from intake.apart.end import FAILED, End
from intake.apart.limits import NO_MEMORY, Limits, hold_to

Work = Callable[[End], None]
READY = b"+"
STATUS = 4  # bytes, signed

_NICE = 5  # the program itself, which has others waiting, comes first
_PR_SET_PDEATHSIG = 1  # prctl(2)


def serve(handle: int, program: int, prepared: Callable[[bytes], Work]) -> None:
    """Fork a child for each that the program asks for, until it is gone. `handle`: our end of the connection to it."""
    die_with(program)
    # Both come to the whole group or unit. What is on its way is finished; the connection's end is ours.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=handle)
    # A program that was killed has gone at whatever moment: there is nobody left to tell of it.
    with contextlib.suppress(EOFError, ConnectionError):
        first = End(control)
        limits = Limits(**json.loads(first.receive()))
        work = prepared(first.receive())
        # What is there now is never collected: its pages stay shared with the children.
        gc.collect()
        gc.freeze()
        control.sendall(READY)
        _Nursery(control, work, limits).run()


class _Nursery:
    def __init__(self, control: socket.socket, work: Work, limits: Limits) -> None:
        self._control = control
        self._work = work
        self._limits = limits
        self._waiting: dict[int, int] = {}  # where the end of a child is told, by its pid

    def run(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: self._reap())
        while True:
            try:
                asked, handles, _, _ = socket.recv_fds(self._control, 1, 2)
            except ConnectionResetError:
                return  # the program was killed while we had told it something that it had not read
            if not asked:
                return
            self._bear(*handles)

    def _bear(self, connection: int, told: int) -> None:
        # Without this a child could end before its pid is noted.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        mother = os.getpid()
        try:
            pid = os.fork()
            if pid == 0:
                self._live(mother, connection)
            self._waiting[pid] = told
        except OSError:
            # No more processes: both ends close, and the program sees that there was no child.
            os.close(told)
        finally:
            os.close(connection)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def _live(self, mother: int, connection: int) -> NoReturn:
        """In the child: do the work and end."""
        code = 1
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            die_with(mother)
            self._control.close()
            be_the_first_to_go()
            hold_to(self._limits)
            code = _done(self._work, End(socket.socket(fileno=connection)))
        finally:
            os._exit(code)

    def _reap(self) -> None:
        while self._waiting:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            told = self._waiting.pop(pid)
            code = os.waitstatus_to_exitcode(status)
            with contextlib.suppress(BrokenPipeError):  # who had what he wanted does not wait for the end
                os.write(told, code.to_bytes(STATUS, "big", signed=True))
            os.close(told)


def _done(work: Work, end: End) -> int:
    """The exit code of the work."""
    try:
        work(end)
    except MemoryError:
        return NO_MEMORY
    except (EOFError, ConnectionError):
        return 0  # nobody waits for it any more
    except Exception as error:  # noqa: BLE001  # the mouth of the child
        end.send(_named(error).encode(), FAILED)
    return 0


def _named(error: Exception) -> str:
    """The kind of an exception and where it arose. Never its words: they may be the message's."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = "".join(f" at {os.path.basename(frame.filename)}:{frame.lineno}" for frame in last)
    return f"{type(error).__name__}{place}"


def die_with(parent: int) -> None:
    """Be killed when the process that started us dies; at once when it has already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def be_the_first_to_go() -> None:
    """Give way to the program, for the processor and when memory runs out."""
    os.nice(_NICE)
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
    except OSError:
        pass  # another system has its own way of choosing
