"""A good client who hands in one small mail after the other, and knows how long the slowest of them took."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.load import MAILBOX, Client, Letter, NotTakenError

SERVED_WITHIN_S = 1.0
# Another address of loopback than any hostile client has: what is counted by address must not hit the good one.
ADDRESS = "127.0.77.1"
PAUSE_S = 0.05
GIVES_UP_S = 60.0
OPENS_WITHIN_S = 90.0


class Witness:
    """What the good client has seen so far."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.served = 0
        self.slowest = 0.0  # seconds from the connection to the 250
        self.served_again = asyncio.Event()

    async def hand_in_once(self) -> float:
        """Connect, hand in a mail that is like no other, hear 250, leave. Returns the seconds. Raises what went wrong.

        Each mail has a sender of its own, so that nothing that is counted by sender holds it up.
        """
        begun = time.monotonic()
        async with asyncio.timeout(GIVES_UP_S):
            client = Client(*await asyncio.open_connection("127.0.0.1", self.port, local_addr=(ADDRESS, 0)))
            try:
                await client.greeted()
                await client.hand_in(_letter())
            finally:
                client.close()
        took = time.monotonic() - begun
        self.served += 1
        self.slowest = max(self.slowest, took)
        self.served_again.set()
        return took

    async def sees(self, mails: int = 1) -> None:
        """Wait until so many more mails were handed in."""
        wanted = self.served + mails
        while self.served < wanted:
            self.served_again.clear()
            await self.served_again.wait()

    async def _keep_on(self) -> None:
        while True:
            await self.hand_in_once()
            await asyncio.sleep(PAUSE_S)


async def wait_until_open(port: int) -> None:
    """The program listens before it has loaded everything; on a busy machine it says 451 until it has."""
    async with asyncio.timeout(OPENS_WITHIN_S):
        while True:
            try:
                await Witness(port).hand_in_once()
                return
            except NotTakenError:
                await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def served_meanwhile(port: int, within_s: float = SERVED_WITHIN_S) -> AsyncIterator[Witness]:
    """What happens inside must not keep a good client waiting: each of his mails has its 250 within so many seconds."""
    witness = Witness(port)
    keeping_on = asyncio.create_task(witness._keep_on())
    seen = asyncio.create_task(witness.sees())
    await asyncio.wait({keeping_on, seen}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield witness
        # One that came after all that was done inside.
        last = asyncio.create_task(witness.sees(2))
        await asyncio.wait({keeping_on, last}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        keeping_on.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping_on  # raises what the good client was told instead of 250
    assert witness.slowest < within_s, f"a good client waited {witness.slowest:.2f} s"


def _letter() -> Letter:
    name = f"good.{time.monotonic_ns()}"
    sender = f"{name}@customer.example"
    words = (
        f"From: Gustav Good <{sender}>\r\nTo: {MAILBOX}\r\nSubject: A question\r\nMessage-ID: <{sender}>\r\n"
        f"Date: Tue, 24 Nov 2026 09:00:00 +0000\r\n\r\nMy kettle leaks, number {name}.\r\n"
    )
    return Letter(sender, sender, words.encode())
