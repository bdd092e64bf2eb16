"""The name by which a process owns leases, and whether an owner is dead. Asks the kernel, and no database."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from pathlib import Path

_NOBODY_KNOWS = "-"


def own_name() -> str:
    """A name that no other process has or ever will: host, machine, process, its start, and something random."""
    pid = os.getpid()
    start = _start_of(pid) or _NOBODY_KNOWS
    return f"{socket.gethostname()[:16]}|{_machine()}|{pid}|{start}|{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Has this owner died, for certain? What ran on another machine, or in another container, is never known to be.

    So what a killed process held is free as soon as the next one on the same machine looks, and not when it ends.
    """
    match owner.split("|"):
        case [_, machine, pid, start, _] if machine == _machine() != _NOBODY_KNOWS and start != _NOBODY_KNOWS:
            return pid.isascii() and pid.isdecimal() and _start_of(int(pid)) != start
    return False


def _machine() -> str:
    """This boot of this machine, as far as process numbers mean the same processes (a container has its own)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return hashlib.sha256(f"{boot} {os.readlink('/proc/self/ns/pid')}".encode()).hexdigest()[:8]
    except OSError:
        return _NOBODY_KNOWS


def _start_of(pid: int) -> str | None:
    """When a process started, in ticks since the boot; None: there is none, or only its exit status is left."""
    try:
        # proc(5): the second field is the program's name in brackets, which may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, start = fields[0], fields[19]
    return None if state in "ZX" else start
