"""What a child may use, and how the kernel holds it to that. Nothing that a child does can put these off."""

from __future__ import annotations

import resource
import signal
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """For one piece of work."""

    memory: int = 512 << 20  # bytes
    cpu: int = 5  # seconds
    wall: float = 10.0  # seconds
    file: int = 0  # bytes of each file that it writes; most have no business writing any


def hold_to(limits: Limits) -> None:
    """Called in the child, before it has seen a byte. Default signal actions end it, wherever in C it may be."""
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 1))
    # The address space of a process counts libraries and what they reserve and never touch; this counts what it fills.
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file, limits.file))
    for number in (signal.SIGXCPU, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.wall)


def why_it_ended(status: int, limits: Limits) -> str:
    """The end of a child in words for an agent. `status` as os.waitpid gives it, turned by waitstatus_to_exitcode."""
    match -status:
        case signal.SIGXCPU:
            return f"reading it took more than {limits.cpu} s of processor time"
        case signal.SIGALRM:
            return f"reading it took more than {limits.wall:g} s"
        case signal.SIGKILL:
            return "reading it was ended from outside, as machines do that run out of memory"
        case number if number > 0:
            return f"reading it crashed ({signal.Signals(number).name})"
        case _ if status == NO_MEMORY:
            return f"reading it took more than {limits.memory >> 20} MiB of memory"
        case _:
            return f"reading it ended unexpectedly ({status})"


NO_MEMORY = 3  # exit code of a child whose work raised MemoryError
