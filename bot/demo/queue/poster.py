"""A small HTTP client that posts to one address over connections it keeps: Telegram's end of a webhook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LONGEST_HEAD = 64 * 1024


class Unreachable(Exception):
    """There was no answer; the message says why, in Telegram's words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the address answered. `headers` by their names in small letters."""

    status: int
    reason: str
    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class _Line:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass(slots=True, eq=False)
class Poster:
    """At most `connections` requests at once; the others wait for as long as it takes."""

    url: str
    headers: dict[str, str]
    connections: int
    within: float
    _idle: list[_Line] = field(default_factory=list)
    _places: asyncio.Semaphore = field(init=False)
    _head: bytes = field(init=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.connections)
        address = urlsplit(self.url)
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        lines = [f"POST {path} HTTP/1.1", f"Host: {address.netloc}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        self._head = "\r\n".join(lines).encode()

    async def post(self, body: bytes) -> Answer:
        """Post once and read the answer. Raises Unreachable."""
        request = self._head + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        async with self._places:
            try:
                async with asyncio.timeout(self.within):
                    return await self._exchanged(request)
            except TimeoutError:
                raise Unreachable("Connection timed out") from None
            except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
                raise Unreachable(str(error) or "Connection closed") from error

    async def close(self) -> None:
        while self._idle:
            self._idle.pop().writer.close()
        await asyncio.sleep(0)  # the transports end in the next turn of the loop

    async def _exchanged(self, request: bytes) -> Answer:
        line = await self._line()
        kept = False
        try:
            line.writer.write(request)
            answer = await _read(line.reader)
            kept = answer.headers.get("connection", "").lower() != "close"
        finally:
            if kept:
                self._idle.append(line)
            else:
                line.writer.close()
        return answer

    async def _line(self) -> _Line:
        """A connection that is still open, or a new one."""
        while self._idle:
            line = self._idle.pop()
            if not line.reader.at_eof():
                return line
            line.writer.close()
        address = urlsplit(self.url)
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 80)
        reader, writer = await asyncio.open_connection(
            address.hostname, port, ssl=True if secure else None, limit=LONGEST_HEAD
        )
        return _Line(reader, writer)


async def _read(reader: asyncio.StreamReader) -> Answer:
    """One answer of HTTP/1.1. Raises EOFError and ValueError."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    _, status, *reason = head[0].split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        content = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            content += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    else:
        content = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(status), "".join(reason), headers, content)
