"""Laws of the SMTP server, over real sockets: what it takes, what it refuses, and that no client can hurt another."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiosmtplib
import pytest

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
    inside: Inside, limits: Limits | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[MailServer]:
    server = MailServer(MAILBOXES, Listen(port=0), limits, presence=Presence("mx.example.com", tls))
    await server.start(inside.deliver)
    try:
        yield server
    finally:
        inside.open.set()
        await server.stop(5)


class Client:
    """A raw SMTP client: it says exactly what a test tells it to."""

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
async def talking(server: MailServer) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 20)
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


async def test_a_mail_is_handed_in_byte_for_byte() -> None:
    """The bytes, the sender and the recipient arrive as they were sent, and only then comes the 250."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        assert (await client.data(LETTER)).startswith("250 2.0.0")
    envelope = Envelope("anna@customer.example", ("support@example.com",), "127.0.0.1", "customer.example")
    assert inside.mails == [(LETTER, envelope)]


async def test_250_is_said_only_after_the_mail_is_stored() -> None:
    """A 250 is a promise."""
    inside = Inside()
    inside.open.clear()
    async with serving(inside) as server, talking(server) as client:
        answer = asyncio.create_task(client.data(LETTER))
        await inside.until(lambda: inside.begun == 1)
        await asyncio.sleep(0.05)
        assert not answer.done()
        inside.open.set()
        assert (await answer).startswith("250")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (b"", b""),
        (b"\r\n", b"\r\n"),
        (b"no header at all\r\n", b"no header at all\r\n"),
        (b"\x00\xff\xfe garbage \x80\r\n\x01\r\n", b"\x00\xff\xfe garbage \x80\r\n\x01\r\n"),
        (b"Subject: gr\xfc\xdfe\r\n\r\n\xe4\xf6\xfc\r\n", b"Subject: gr\xfc\xdfe\r\n\r\n\xe4\xf6\xfc\r\n"),
        (b"..\r\n..two\r\nx\r\n..\r\n...\r\n", b".\r\n.two\r\nx\r\n.\r\n..\r\n"),
        (b"a\n.\nb\r.\rc\r\n.\nd\n.\r\ne\r\n", b"a\n.\nb\r.\rc\r\n\nd\n.\r\ne\r\n"),
        (b"x" * 60_000 + b"\r\n", b"x" * 60_000 + b"\r\n"),
        (b"x" * 300_000 + b"\r\nshort\r\n", b"x" * 300_000 + b"\r\nshort\r\n"),
        ((b"y" * 998 + b"\r\n") * 300, (b"y" * 998 + b"\r\n") * 300),
    ],
    ids=[
        "nothing",
        "blank",
        "no header",
        "garbage",
        "8 bit",
        "dots",
        "smuggling",
        "60 kB line",
        "300 kB line",
        "300 kB",
    ],
)
async def test_any_bytes_are_one_mail(sent: bytes, stored: bytes) -> None:
    """Only CRLF dot CRLF ends a mail; doubled dots are halved; nothing else is changed or refused."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        assert (await client.data(sent)).startswith("250")
        assert await client.say(b"NOOP") == ["250 2.0.0 OK"]
    assert [raw for raw, _ in inside.mails] == [stored]


async def test_the_end_of_a_mail_is_found_wherever_packets_are_cut() -> None:
    """The final dot may come in any number of pieces, with the next command behind it."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        await client.begin()
        for position in range(len(LETTER)):
            client.writer.write(LETTER[position : position + 1])
            await client.writer.drain()
        for piece in (b".", b"\r", b"\nNOO"):
            client.writer.write(piece)
            await asyncio.sleep(0.01)
        assert (await client.hear()).startswith("250 2.0.0")
        assert await client.exchange(b"P\r\n") == "250 2.0.0 OK"
    assert [raw for raw, _ in inside.mails] == [LETTER]


async def test_two_mailboxes_of_one_mail_are_one_delivery() -> None:
    """Both recipients are named, a plus-address and another case among them."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        to = (b"RCPT TO:<Support+r1.x@EXAMPLE.com>", b"RCPT TO:<returns@example.com>")
        await client.say(b"MAIL FROM:<a@b.example>", *to, b"DATA")
        assert (await client.exchange(LETTER + b".\r\n")).startswith("250")
    assert [envelope.recipients for _, envelope in inside.mails] == [
        ("Support+r1.x@EXAMPLE.com", "returns@example.com")
    ]


async def test_the_null_sender_is_none() -> None:
    """`MAIL FROM:<>` is what bounces come with."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        await client.say(b"MAIL FROM:<>", b"RCPT TO:<support@example.com>", b"DATA")
        assert (await client.exchange(LETTER + b".\r\n")).startswith("250")
    assert inside.mails[0][1].mail_from is None


@pytest.mark.parametrize(
    "recipient",
    [
        b"nobody@example.com",
        b"support@elsewhere.example",
        b"supporter@example.com",
        b"support@example.com.evil.example",
        b"x%support@example.com",
        b"sup\xc3\xbcort@example.com",
        b"\xff\xfe@example.com",
    ],
)
async def test_other_peoples_mail_is_refused(recipient: bytes) -> None:
    """We relay nothing, and say so in a sentence that can be printed."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        answers = await client.say(b"MAIL FROM:<a@b.example>", b"RCPT TO:<" + recipient + b">", b"DATA")
        assert answers[1][:3] in ("550", "553")
        assert answers[1].isascii()
        assert answers[2].startswith("503 5.5.1")
    assert inside.mails == []


async def test_the_refusal_says_what_is_wrong() -> None:
    """The sender of a mistyped address reads this sentence in his bounce."""
    async with serving(Inside()) as server, talking(server) as client:
        answers = await client.say(b"MAIL FROM:<a@b.example>", b"RCPT TO:<suport@example.com>")
    assert answers[1] == "550 5.1.1 <suport@example.com> is not a mailbox here; check the address."


async def test_recipients_are_counted() -> None:
    """Past the limit the client is asked to send the others in another mail; what he named before stays good."""
    inside = Inside()
    async with serving(inside, Limits(recipients=2)) as server, talking(server) as client:
        rcpt = b"RCPT TO:<support@example.com>"
        answers = await client.say(b"MAIL FROM:<a@b.example>", rcpt, rcpt, rcpt, b"DATA")
        assert [answer[:3] for answer in answers] == ["250", "250", "250", "452", "354"]
        assert (await client.exchange(LETTER + b".\r\n")).startswith("250")


async def test_a_big_mail_is_refused_before_and_after_it_is_sent() -> None:
    """552 to SIZE=, 552 to the final dot, and the session goes on."""
    inside = Inside()
    async with serving(inside, Limits(size=10_000)) as server, talking(server) as client:
        assert (await client.say(b"MAIL FROM:<a@b.example> SIZE=10001"))[0].startswith("552 5.3.4")
        assert (await client.data(b"x" * 12_000 + b"\r\n")).startswith("552 5.3.4")
        assert (await client.data(b"x" * 9_998 + b"\r\n")).startswith("250")
        assert server.budget.used == 0
    assert len(inside.mails) == 1


async def test_a_mail_without_end_is_not_kept_and_hung_up_on() -> None:
    """A line without CRLF fills no memory: past the limit nothing is held, far past it the connection ends."""
    inside = Inside()
    async with serving(inside, Limits(size=200_000)) as server, talking(server) as client:
        await client.begin()
        held = 0
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                client.writer.write(b"x" * 10_000)
                await client.writer.drain()
                await asyncio.sleep(0.001)
                held = max(held, server.budget.used)
            assert (await client.hear()).startswith("552")
            assert await client.hear() == ""
        assert 0 < held <= 200_005
        assert server.budget.used == 0
    assert inside.mails == []


async def test_all_mails_together_have_a_limit() -> None:
    """Many big mails at once are put off, not kept until the memory is full."""
    inside = Inside()
    async with serving(inside, Limits(buffered=50_000)) as server, talking(server) as client:
        assert (await client.data(b"x" * 60_000 + b"\r\n")).startswith("452 4.3.1")
        assert (await client.data(LETTER)).startswith("250")


async def test_our_failure_is_451_and_says_nothing_of_us() -> None:
    """A full disk is no reason to bounce a customer, and its path is not his business."""
    inside = Inside(error=OSError("secret path"))
    async with serving(inside) as server, talking(server) as client:
        answer = await client.data(LETTER)
        assert answer.startswith("451 4.3.0")
        assert "secret" not in answer
        inside.error = None
        assert (await client.data(LETTER)).startswith("250")


async def test_an_error_in_the_session_is_451_too() -> None:
    """The library would answer 500 with the text of the error."""
    async with serving(Inside()) as server, talking(server) as client:
        (answer,) = await client.say(b"VRFY <\xff@")
        assert answer.startswith("451 4.3.0")


@pytest.mark.parametrize("address", [b"<", b"<a@", b"<a@[", b'<"', b"(" * 1500, b"<" + b"(" * 1500])
async def test_a_broken_address_is_the_clients_fault(address: bytes) -> None:
    """It is refused as such, and the session goes on."""
    async with serving(Inside()) as server, talking(server) as client:
        answers = await client.say(b"MAIL FROM:" + address)
        assert answers[0].startswith("553 5.1.3")
        assert (await client.data(LETTER)).startswith("250")


async def test_a_delivery_that_takes_too_long_is_451_and_goes_on() -> None:
    """The client comes again; the first copy is stored all the same."""
    inside = Inside()
    inside.open.clear()
    async with serving(inside, Limits(delivery=0.05)) as server, talking(server) as client:
        assert (await client.data(LETTER)).startswith("451 4.3.0")
        inside.open.set()
        await inside.until(lambda: len(inside.mails) == 1)


async def test_a_client_that_resets_after_the_final_dot_cancels_nothing() -> None:
    """The mail is stored to its end, and the next client is served."""
    inside = Inside()
    inside.open.clear()
    async with serving(inside) as server:
        async with talking(server) as client:
            await client.begin()
            client.writer.write(LETTER + b".\r\n")
            await inside.until(lambda: inside.begun == 1)
            client.reset()
        await asyncio.sleep(0.02)
        inside.open.set()
        await inside.until(lambda: len(inside.mails) == 1)
        async with talking(server) as client:
            assert (await client.data(LETTER)).startswith("250")
    assert len(inside.mails) == 2


async def test_two_hundred_resets_lose_no_mail_and_hold_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The cheapest attack there is changes nothing for the next customer, and asyncio has nothing to complain of."""
    inside = Inside()
    async with serving(inside, Limits(sessions_per_peer=20)) as server:
        for round_ in range(200):
            async with talking(server) as client:
                await client.begin()
                client.writer.write(LETTER + b".\r\n")
                await inside.until(partial(lambda seen: inside.begun > seen, round_))
                client.reset()
        await inside.until(lambda: len(inside.mails) == 200)
        async with talking(server) as client:
            assert (await client.data(LETTER)).startswith("250")
        assert server.budget.used == 0
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


async def test_hanging_up_is_no_way_past_the_limits() -> None:
    """What a client left behind counts on: as bytes that are held, and as mails that are being stored."""
    inside = Inside()
    inside.open.clear()
    async with serving(inside, Limits(sessions=2, buffered=100_000)) as server:
        for round_ in range(4):
            async with talking(server) as client:
                await client.begin()
                client.writer.write(LETTER + b".\r\n")
                await inside.until(partial(lambda seen: inside.begun > seen, round_))
                client.reset()
        assert server.budget.used >= 4 * len(LETTER)
        async with talking(server) as client:
            assert (await client.data(LETTER)).startswith("452 4.3.1")
        inside.open.set()
        await inside.until(lambda: len(inside.mails) == 4)
        await asyncio.sleep(0)
        assert server.budget.used == 0


async def test_half_a_mail_is_no_mail() -> None:
    """A connection that ends before the final dot delivers nothing and holds nothing."""
    inside = Inside()
    async with serving(inside) as server:
        async with talking(server) as client:
            await client.begin()
            client.writer.write(LETTER * 1000)
            await client.writer.drain()
        await server.stop(5)
        assert server.budget.used == 0
    assert inside.begun == 0


async def test_connections_are_counted_per_address_and_freed() -> None:
    """One address too many gets 421; when one leaves, the next may come."""
    async with serving(Inside(), Limits(sessions_per_peer=1)) as server:
        async with talking(server), talking(server) as second:
            assert second.greeting.startswith("421 4.7.0")
        await asyncio.sleep(0.05)
        async with talking(server) as third:
            assert (await third.data(LETTER)).startswith("250")


async def test_connections_are_counted_in_all() -> None:
    """When all are in use the next one is told so at once."""
    async with serving(Inside(), Limits(sessions=1)) as server, talking(server), talking(server) as second:
        assert second.greeting.startswith("421 4.3.2")


@pytest.mark.parametrize("in_data", [False, True])
async def test_who_says_nothing_is_told_goodbye(in_data: bool) -> None:
    """421 in a sentence, between commands and in the middle of a mail."""
    async with serving(Inside(), Limits(idle=0.1)) as server, talking(server) as client:
        if in_data:
            await client.begin()
            client.writer.write(b"half a li")
        assert (await client.hear()).startswith("421 4.4.2")
        assert await client.hear() == ""


async def test_a_mail_that_trickles_has_an_end() -> None:
    """Pieces that keep the connection alive do not keep it for ever."""
    async with serving(Inside(), Limits(idle=5, transfer=0.2)) as server, talking(server) as client:
        await client.begin()
        heard = asyncio.create_task(client.hear())
        with contextlib.suppress(ConnectionError):
            while not heard.done():
                client.writer.write(b"x\r\n")
                await asyncio.sleep(0.02)
        assert (await heard).startswith("421 4.4.2")


async def test_slow_storing_is_not_cut_by_the_idle_clock() -> None:
    """The clock measures the client's silence, not ours."""
    inside = Inside()
    inside.open.clear()
    async with serving(inside, Limits(idle=0.1)) as server, talking(server) as client:
        answer = asyncio.create_task(client.data(LETTER))
        await inside.until(lambda: inside.begun == 1)
        await asyncio.sleep(0.3)
        inside.open.set()
        assert (await answer).startswith("250")


async def test_stopping_says_goodbye_to_the_idle_and_finishes_the_mail_on_its_way() -> None:
    """No new connection, 421 to who waits, 250 to who was sending."""
    inside = Inside()
    inside.open.clear()
    async with serving(inside) as server, talking(server) as idle, talking(server) as sending:
        port = server.port
        answer = asyncio.create_task(sending.data(LETTER))
        await inside.until(lambda: inside.begun == 1)
        stopping = asyncio.create_task(server.stop(5))
        assert (await idle.hear()).startswith("421 4.3.2")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        inside.open.set()
        assert (await answer).startswith("250")
        await stopping
    assert len(inside.mails) == 1


async def test_stopping_waits_no_longer_than_it_was_told() -> None:
    """A mail that hangs does not keep the program from stopping; its client heard no 250."""
    inside = Inside()
    inside.open.clear()
    async with serving(inside) as server, talking(server) as client:
        await client.begin()
        client.writer.write(LETTER + b".\r\n")
        await inside.until(lambda: inside.begun == 1)
        async with asyncio.timeout(2):
            await server.stop(0.1)
        with contextlib.suppress(ConnectionError):
            assert await client.hear() == ""
    assert inside.mails == []


async def test_international_addresses_and_eight_bits_are_offered() -> None:
    """SIZE, 8BITMIME and SMTPUTF8 stand in the answer to EHLO; logging in does not."""
    inside = Inside()
    async with serving(inside) as server:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port, start_tls=False)
        async with client:
            await client.ehlo()
            assert client.esmtp_extensions["size"] == str(25 << 20)
            assert {"8bitmime", "smtputf8"} <= set(client.esmtp_extensions)
            assert not client.server_auth_methods
            await client.mail("дима@почта.example", options=["SMTPUTF8", "BODY=8BITMIME"], encoding="utf-8")
            await client.rcpt("support@example.com")
            await client.data(LETTER)
    assert inside.mails[0][1].mail_from == "дима@почта.example"


async def test_long_sender_addresses_are_taken() -> None:
    """Bulk senders write the recipient into the sender; 512 bytes are not enough for all of them."""
    async with serving(Inside()) as server, talking(server) as client:
        sender = b"bounce-" + b"x" * 600 + b"@lists.example"
        assert (await client.say(b"MAIL FROM:<" + sender + b">"))[0].startswith("250")


async def test_starttls_carries_mail(certificate: tuple[Path, Path]) -> None:
    """With a certificate the server offers STARTTLS, and takes mail under it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    inside = Inside()
    async with serving(inside, tls=context) as server:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port, start_tls=True, validate_certs=False)
        async with client:
            await client.ehlo()
            assert not client.server_auth_methods
            await client.sendmail("a@b.example", ["support@example.com"], LETTER)
    assert inside.mails[0][0] == LETTER


async def test_the_librarys_log_says_no_addresses() -> None:
    """At INFO it would print who writes to us, at DEBUG what."""
    async with serving(Inside()):
        assert logging.getLogger("mail.log").getEffectiveLevel() >= logging.WARNING
