"""A crowd of connections from many addresses that say nothing, or a byte now and then: `python -m tests.hostile.crowd`.

A process of its own, so that it costs the measuring nothing. Each that is sent away comes again after a while.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import heapq
import json
import selectors
import socket
import time
from collections import Counter
from dataclasses import dataclass, field

BEGINNING = (
    b"EHLO evil.example\r\nMAIL FROM:<evil@attacker.example>\r\nRCPT TO:<support@shop.example>\r\nDATA\r\n"
    b"Subject: slow\r\n\r\n"
)
COMES_AGAIN_AFTER_S = 8.0
SAYS_A_BYTE_EVERY_S = 1.0
PER_ROUND = 50  # connections opened before the others are looked at


@dataclass(slots=True)
class Member:
    """One of the crowd. The silent say nothing, the slow never end a command, the trickling never end a mail."""

    number: int
    port: int
    connection: socket.socket | None = None

    @property
    def address(self) -> str:
        return f"127.{10 + self.number // 60_000}.{self.number // 250 % 240 + 1}.{self.number % 250 + 1}"

    @property
    def kind(self) -> str:
        return ("silent", "slow", "trickling")[self.number % 3]

    def connect(self) -> socket.socket:
        connection = socket.socket()
        connection.setblocking(False)
        # A port is free again at once only for who says so.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        connection.bind((self.address, 0))
        with contextlib.suppress(BlockingIOError):
            connection.connect(("127.0.0.1", self.port))
        self.connection = connection
        return connection


@dataclass(slots=True)
class Crowd:
    """All of them, and what they have heard."""

    port: int
    members: list[Member]
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    heard: Counter[str] = field(default_factory=Counter)  # codes
    due: list[tuple[float, int, str]] = field(default_factory=list)  # when, whose number, what

    def run(self, until: float) -> None:
        """Open them all, say when that is done, and keep on."""
        started = time.monotonic()
        coming = list(reversed(self.members))
        told = False
        while (now := time.monotonic()) < until:
            for _ in range(min(PER_ROUND, len(coming))):
                self._open(coming.pop())
            if not coming and not told:
                told = True
                print(json.dumps({"opened_s": round(now - started, 2)}), flush=True)
            while self.due and self.due[0][0] <= now:
                _, number, what = heapq.heappop(self.due)
                self._do(self.members[number], what)
            for key, _ in self.selector.select(0 if coming else 0.02):
                self._hear(key.data)
        print(json.dumps({"heard": dict(self.heard)}), flush=True)

    def _open(self, member: Member) -> None:
        self.selector.register(member.connect(), selectors.EVENT_READ, member)

    def _do(self, member: Member, what: str) -> None:
        if what == "connect":
            self._open(member)
        elif member.connection is not None:
            with contextlib.suppress(OSError):
                member.connection.send(b"x")
            self._later(SAYS_A_BYTE_EVERY_S, member, "say")

    def _hear(self, member: Member) -> None:
        assert member.connection is not None
        try:
            words = member.connection.recv(4096)
        except OSError as error:
            words = b""
            self.heard[errno.errorcode.get(error.errno or 0, "error")] += 1
        if not words:
            self.selector.unregister(member.connection)
            member.connection.close()
            member.connection = None
            # Each after a time of its own, from half as long to one and a half times as long.
            self._later(COMES_AGAIN_AFTER_S * (0.5 + member.number * 0.618 % 1), member, "connect")
            return
        for line in words.splitlines():
            self.heard[line[:3].decode("ascii", "replace")] += 1
        if words.startswith(b"220") and member.kind != "silent":
            with contextlib.suppress(OSError):
                member.connection.send(BEGINNING if member.kind == "trickling" else b"MAIL FROM:<")
            self._later(SAYS_A_BYTE_EVERY_S, member, "say")

    def _later(self, seconds: float, member: Member, what: str) -> None:
        heapq.heappush(self.due, (time.monotonic() + seconds, member.number, what))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("seconds", type=float)
    given = parser.parse_args()
    members = [Member(number, given.port) for number in range(given.connections)]
    Crowd(given.port, members).run(time.monotonic() + given.seconds)


if __name__ == "__main__":
    main()
