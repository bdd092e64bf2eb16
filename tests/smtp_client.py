"""A client that says exactly what a test tells it to, and what lies behind the server that it talks to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from intake.mail.inbound import Envelope
from intake.mail.limits import Limits
from intake.mail.server import Listen, MailServer, Presence

MAILBOXES = ("support@example.com", "returns@example.com")
LETTER = b"From: Anna <anna@customer.example>\r\nSubject: Hello\r\n\r\nMy kettle leaks.\r\n"


@dataclass
class Inside:
    """What lies behind the server: it keeps mails, or is slow, or fails."""

    mails: list[tuple[bytes, Envelope]] = field(default_factory=list)
    error: Exception | None = None
    open: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def deliver(self, raw: bytes, envelope: Envelope) -> None:
        self.begun += 1
        self.changed.set()
        await self.open.wait()
        if self.error is not None:
            raise self.error
        self.mails.append((raw, envelope))
        self.changed.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                self.changed.clear()
                await self.changed.wait()


@contextlib.asynccontextmanager
async def serving(
    inside: Inside,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
    mailboxes: Sequence[str] = MAILBOXES,
    full: Callable[[], str | None] = lambda: None,
) -> AsyncIterator[MailServer]:
    server = MailServer(mailboxes, Listen(port=0), limits, presence=Presence("mx.example.com", tls), full=full)
    await server.start(inside.deliver)
    try:
        yield server
    finally:
        inside.open.set()
        await server.stop(5)


class Client:
    """A raw SMTP client, with the bytes as they stand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.greeting = ""

    async def say(self, *lines: bytes) -> list[str]:
        return [await self.exchange(line + b"\r\n") for line in lines]

    async def exchange(self, written: bytes) -> str:
        self.writer.write(written)
        return await self.hear()

    async def hear(self) -> str:
        """The last line of the next answer; empty when the server hung up."""
        async with asyncio.timeout(10):
            while True:
                line = (await self.reader.readline()).decode()
                if line[3:4] != "-":
                    return line.strip()

    async def data(self, content: bytes, recipient: bytes = b"support@example.com") -> str:
        """Send `content`, dots and all, as it stands; then the final dot."""
        await self.begin(recipient)
        return await self.exchange(content + b".\r\n")

    async def begin(self, recipient: bytes = b"support@example.com") -> None:
        answers = await self.say(b"MAIL FROM:<anna@customer.example>", b"RCPT TO:<" + recipient + b">", b"DATA")
        assert [answer[:3] for answer in answers] == ["250", "250", "354"], answers

    def reset(self) -> None:
        """Leave as a crashing client does: with RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@contextlib.asynccontextmanager
async def talking(server: MailServer, address: str = "127.0.0.1") -> AsyncIterator[Client]:
    """`address`: whose the client is."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 20, local_addr=(address, 0))
    client = Client(reader, writer)
    try:
        client.greeting = await client.hear()
        if client.greeting.startswith("220"):
            await client.say(b"EHLO customer.example")
        yield client
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def until(true: Callable[[], bool]) -> None:
    """Wait for what nobody tells: how things stand inside the server."""
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come to that in ten seconds")
