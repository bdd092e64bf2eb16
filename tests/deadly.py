"""Children that do what a mail tells them: stall, wait, eat memory, crash. For tests of what becomes of the mail.

`python -m tests.deadly run` is the program with such children; the same module is their mother.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from intake.apart.end import End
from intake.apart.limits import Limits
from intake.apart.mother import Work, serve
from intake.mail import reading
from intake.mail.apart import work
from intake.message import Inbound, Receipt

MODULE = "tests.deadly"
LIMITS = Limits(cpu=1, wall=60.0)  # on a busy machine a second of the processor may take long to come by
IMPATIENT = Limits(cpu=1, wall=5.0)


def letter(deed: str, size: int = 40_000) -> bytes:
    """A mail that is read apart, and does this there."""
    head = f"From: Eve <eve@evil.example>\r\nSubject: {deed}\r\nX-Deadly: {deed};\r\n\r\n"
    return head.encode() + b"A line of words that make the mail long.\r\n" * (size // 42)


def _spin() -> None:
    while True:
        pass


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(16 << 20))


def _fail() -> None:
    raise ZeroDivisionError("words of the mail")


def _orphan() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


DEEDS: dict[str, Callable[[], object]] = {
    "spin": _spin,
    "wait": lambda: time.sleep(60),
    "eat": _eat,
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "leave": lambda: os._exit(7),
    "fail": _fail,
    "orphan": _orphan,
    "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
}


class _Obedient(End):
    def receive(self) -> bytes:
        piece = super().receive()
        for name, deed in DEEDS.items():
            if f"X-Deadly: {name};".encode() in piece[:500]:
                deed()
        return piece


def prepared(packed: bytes) -> Work:
    whole = work.prepared(packed)
    return lambda end: whole(_Obedient(end._connection))


def _plant() -> None:
    """Let a mail that says so kill the whole program: where it is read, or later, once it is read."""
    from intake.pipeline import Intake

    read, accept = vars(reading)["read"], Intake.accept

    def deadly_read(raw: bytes, *facts: Any) -> Inbound:
        if b"X-Deadly: die;" in raw[:500]:
            DEEDS["die"]()
        inbound: Inbound = read(raw, *facts)
        return inbound

    async def deadly_accept(self: Intake, message: Inbound, now: datetime) -> Receipt:
        if message.subject == "die later":
            DEEDS["die"]()
        return await accept(self, message, now)

    reading.MODULE, reading.LIMITS = MODULE, LIMITS
    vars(reading)["read"] = deadly_read
    Intake.accept = deadly_accept  # type: ignore[method-assign]  # a bug is planted where our own code works


if __name__ == "__main__":
    if sys.argv[1] != "run":
        serve(int(sys.argv[1]), int(sys.argv[2]), prepared)
    else:
        from bot.__main__ import main

        _plant()
        main()
