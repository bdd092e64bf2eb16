"""A TCP proxy that fails as networks do: it refuses, hangs up, resets, swallows everything, or is slow."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum


class Fault(StrEnum):
    """What becomes of connections, those that are there and those that come."""

    NONE = "none"
    REFUSED = "refused"  # nobody listens, and what was open is closed
    DROPPED = "dropped"  # taken, and hung up on at once
    RESET = "reset"  # the same, with a reset
    BLACK_HOLE = "black hole"  # open, and nothing passes
    STALLED = "stalled"  # open, and what comes is held back until all is well again
    SLOW = "slow"  # everything passes late


LATE_S = 0.05
PIECE = 1 << 16


class Proxy:
    """In front of one port of loopback. `port` stays the same, whatever fails."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._fault = Fault.NONE
        self._passing = asyncio.Event()
        self._passing.set()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._working: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        await self._stop_listening()
        self._cut(reset=True)
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    async def fail(self, fault: Fault) -> None:
        """From now on. What is in a black hole stays there, also when all is well again."""
        before, self._fault = self._fault, fault
        if fault in (Fault.BLACK_HOLE, Fault.STALLED):
            self._passing.clear()
        else:
            if before is not Fault.STALLED:
                self._passing = asyncio.Event()
            self._passing.set()
        if fault in (Fault.REFUSED, Fault.DROPPED, Fault.RESET):
            self._cut(reset=fault is Fault.RESET)
        if fault is Fault.REFUSED:
            await self._stop_listening()
        elif self._server is None:
            await self.start()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connected(reader, writer))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._fault in (Fault.DROPPED, Fault.RESET):
            _end(writer, reset=self._fault is Fault.RESET)
            return
        self._open.add(writer)
        try:
            await self._joined(reader, writer, self._passing)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passing: asyncio.Event) -> None:
        await passing.wait()
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            return
        self._open.add(back)
        try:
            await asyncio.gather(self._carry(reader, back, passing), self._carry(there, writer, passing))
        finally:
            self._open.discard(back)
            back.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passing: asyncio.Event) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                await passing.wait()
                if self._fault is Fault.SLOW:
                    await asyncio.sleep(LATE_S)  # the fault itself
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _cut(self, *, reset: bool) -> None:
        for writer in list(self._open):
            _end(writer, reset=reset)


def _end(writer: asyncio.StreamWriter, *, reset: bool) -> None:
    if reset and not writer.transport.is_closing():
        connection = writer.get_extra_info("socket")
        # Close with nothing lingering: the peer sees RST.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def proxied(target: int) -> AsyncIterator[Proxy]:
    """A proxy in front of a port."""
    proxy = Proxy(target)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
