"""Mails that are the same on every run, and a client that hands them in and costs little beside what it measures."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self

MAILBOX = "support@shop.example"
TALK = (
    "the kettle does not heat any more and the lamp on its foot stays dark although I have tried another socket "
    "please tell me whether you can repair it or send me a new one my neighbour has bought the same model last year "
    "and is very happy with it we would like to know how long a repair takes thank you for your help in advance"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: who hands it in, its id, its bytes."""

    sender: str
    message_id: str
    raw: bytes

    @property
    def on_the_wire(self) -> bytes:
        """What follows DATA, up to its final dot. RFC 5321 §4.5.2: a dot at the start of a line is doubled."""
        return (b"\r\n" + self.raw).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


class NotTakenError(Exception):
    """The server answered, and not with what we hoped for. The message is its answer."""


def letters(
    count: int, seed: int, *, senders: int = 25, text: int = 4096, every: int = 5, attachment: int = 10_240
) -> Iterator[Letter]:
    """`count` people's mails of `text` bytes; every so many carries an `attachment` of so many bytes."""
    chance = random.Random(seed)
    for number in range(count):
        sender = f"customer{number % senders}@customer.example"
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = f"Customer {number % senders} <{sender}>", MAILBOX
        mail["Subject"] = f"My kettle, order {chance.randrange(10_000, 99_999)}"
        mail["Message-ID"] = f"<{seed}.{number}@customer.example>"
        mail["Date"] = "Tue, 24 Nov 2026 09:00:00 +0000"
        mail.set_content(_words(text, chance))
        if number % every == every - 1:
            mail.add_attachment(chance.randbytes(attachment), "image", "jpeg", filename=f"kettle{number}.jpg")
            mail.set_boundary(f"==={seed}.{number}===")
        yield Letter(sender, f"{seed}.{number}@customer.example", mail.as_bytes())


def _words(size: int, chance: random.Random) -> str:
    words, lines = TALK.split(), list[str]()
    while sum(map(len, lines)) + len(lines) < size:
        lines.append(" ".join(chance.choices(words, k=12)) + ".")
    return "\n".join(lines)[:size] + "\n"


class Client:
    """A mail server's side of one SMTP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connected(cls, port: int) -> Self:
        """Connect to loopback and say EHLO. Raises OSError or NotTakenError."""
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        try:
            await client.greeted()
        except BaseException:
            client.close()
            raise
        return client

    async def greeted(self) -> None:
        """Hear the greeting and say EHLO. Raises OSError or NotTakenError."""
        await self._answer(b"220")
        await self._command(b"EHLO customer.example", b"250")

    async def begin(self, letter: Letter) -> None:
        """Say all that comes before the mail itself, up to 354. Raises OSError or NotTakenError."""
        await self._command(f"MAIL FROM:<{letter.sender}>".encode(), b"250")
        await self._command(f"RCPT TO:<{MAILBOX}>".encode(), b"250")
        await self._command(b"DATA", b"354")

    async def hand_in(self, letter: Letter, at_dot: Callable[[], None] = lambda: None) -> None:
        """Hand in a mail; returns when it is taken. Raises OSError or NotTakenError. `at_dot`: the last byte left."""
        await self.begin(letter)
        await self.write(letter.on_the_wire)
        at_dot()
        await self._answer(b"250")

    async def write(self, content: bytes) -> None:
        self._writer.write(content)
        await self._writer.drain()

    async def taken(self) -> None:
        """Wait for the 250. Raises OSError or NotTakenError."""
        await self._answer(b"250")

    def close(self) -> None:
        self._writer.close()

    def reset(self) -> None:
        """Hang up without a goodbye: the peer sees a reset."""
        self._writer.transport.abort()

    async def _command(self, line: bytes, wanted: bytes) -> None:
        await self.write(line + b"\r\n")
        await self._answer(wanted)

    async def _answer(self, wanted: bytes) -> None:
        while True:
            line = await self._reader.readline()
            if not line.endswith(b"\n"):
                raise ConnectionResetError("the server hung up")
            if line[3:4] != b"-":
                break
        if not line.startswith(wanted):
            raise NotTakenError(line.decode("ascii", "replace").strip())


async def hand_in(port: int, letter: Letter, at_dot: Callable[[], None] = lambda: None) -> None:
    """Hand in one mail on a connection of its own. Raises OSError or NotTakenError."""
    client = await Client.connected(port)
    try:
        await client.hand_in(letter, at_dot)
    finally:
        client.close()


async def hang_up(port: int, letter: Letter) -> None:
    """Send one mail and reset the connection right after the final dot. Raises OSError or NotTakenError."""
    client = await Client.connected(port)
    await client.begin(letter)
    await client.write(letter.on_the_wire)
    client.reset()
