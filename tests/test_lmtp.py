"""Laws of LMTP (RFC 2033), over real sockets: one answer for each recipient, one mail for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import pytest

from intake.mail.inbound import Envelope
from intake.mail.limits import Limits
from intake.mail.server import CannotListenError, Listen, MailServer, Presence
from tests.smtp_client import LETTER, MAILBOXES, Client, Inside

BOTH = (b"RCPT TO:<support@example.com>", b"RCPT TO:<returns+r1.x@example.com>")


@contextlib.asynccontextmanager
async def serving(
    inside: Inside, limits: Limits | None = None, lmtp: Listen | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[MailServer]:
    presence = Presence("mx.example.com", tls)
    server = MailServer(MAILBOXES, Listen(port=0), limits, lmtp=lmtp or Listen(port=0), presence=presence)
    await server.start(inside.deliver)
    try:
        yield server
    finally:
        inside.open.set()
        await server.stop(5)


@contextlib.asynccontextmanager
async def talking(server: MailServer) -> AsyncIterator[Client]:
    if server.lmtp is not None and server.lmtp.path is not None:
        reader, writer = await asyncio.open_unix_connection(server.lmtp.path)
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.lmtp_port)
    client = Client(reader, writer)
    try:
        client.greeting = await client.hear()
        yield client
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def begun(client: Client, *recipients: bytes) -> list[str]:
    """LHLO, MAIL, the recipients and DATA; what was answered to the recipients and to DATA."""
    answers = await client.say(b"LHLO mx.example.com", b"MAIL FROM:<anna@customer.example>", *recipients, b"DATA")
    return answers[2:]


async def ended(client: Client, content: bytes, count: int) -> list[str]:
    """Send the mail to its final dot and hear so many answers, and that no further one comes."""
    client.writer.write(content + b".\r\n")
    answers = [await client.hear() for _ in range(count)]
    assert await client.say(b"NOOP") == ["250 2.0.0 OK"]
    return answers


async def test_each_recipient_has_its_answer_and_the_mail_is_one() -> None:
    """Two mailboxes, two answers, one delivery that names both."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        assert [answer[:3] for answer in await begun(client, *BOTH)] == ["250", "250", "354"]
        assert [answer[:9] for answer in await ended(client, LETTER, 2)] == ["250 2.0.0"] * 2
    recipients = ("support@example.com", "returns+r1.x@example.com")
    ((raw, envelope),) = inside.mails
    assert raw == LETTER
    assert (envelope.mail_from, envelope.recipients, envelope.peer) == (
        "anna@customer.example",
        recipients,
        "127.0.0.1",
    )


async def test_a_recipient_that_is_refused_has_no_second_answer() -> None:
    """Only those that were accepted are answered after the mail; one that was named twice is answered twice."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        answers = await begun(client, BOTH[0], b"RCPT TO:<nobody@example.com>", BOTH[0])
        assert [answer[:3] for answer in answers] == ["250", "550", "250", "354"]
        assert len(await ended(client, LETTER, 2)) == 2


async def test_a_mail_for_nobody_here_is_refused_before_it_is_sent() -> None:
    """RFC 2033 §4.2: DATA without a recipient fails, once."""
    async with serving(Inside()) as server, talking(server) as client:
        answers = await begun(client, b"RCPT TO:<nobody@example.com>")
        assert [answer[:3] for answer in answers] == ["550", "503"]


async def test_our_failure_is_451_for_each() -> None:
    """The mail server keeps the mail for every recipient and comes again."""
    inside = Inside(error=OSError("disk full"))
    async with serving(inside) as server, talking(server) as client:
        await begun(client, *BOTH)
        assert [answer[:9] for answer in await ended(client, LETTER, 2)] == ["451 4.3.0"] * 2


async def test_an_error_on_the_way_is_451_for_each() -> None:
    """Also when our own code fails before the mail is handed in, and when what takes it fails at once."""

    def fails(raw: bytes, envelope: Envelope) -> Coroutine[object, object, None]:
        raise OSError("disk full")

    server = MailServer(MAILBOXES, None, Limits(reserved=0, goodbye=0.1), lmtp=Listen(port=0))
    await server.start(fails)
    async with talking(server) as client, contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(server.stop, 5)
        await begun(client, *BOTH)
        assert [answer[:9] for answer in await ended(client, LETTER, 2)] == ["451 4.3.0"] * 2
        await client.say(b"MAIL FROM:<a@b.example>", *BOTH)
        server.budget.most = None  # type: ignore[assignment]  # a fault in our own code, planted
        assert (await client.say(b"DATA"))[0].startswith("354")
        client.writer.write(LETTER + b".\r\n")
        assert [(await client.hear())[:9] for _ in range(3)] == ["451 4.3.0", "451 4.3.0", ""]


async def test_too_much_at_once_and_too_slow_are_told_to_each() -> None:
    """Whatever the reason, two recipients hear two answers; a mail without end too, and then the connection ends."""
    inside = Inside()
    limits = Limits(size=200_000, buffered=100_000, reserved=1000, delivery=0.05)
    async with serving(inside, limits) as server, talking(server) as client:
        await begun(client, *BOTH)
        assert [answer[:9] for answer in await ended(client, b"x" * 150_000 + b"\r\n", 2)] == ["452 4.3.1"] * 2
        inside.open.clear()
        await begun(client, *BOTH)
        assert [answer[:9] for answer in await ended(client, LETTER, 2)] == ["451 4.3.0"] * 2
        await begun(client, *BOTH)
        client.writer.write(b"x" * 1_000_000)
        with contextlib.suppress(ConnectionError):
            assert [(await client.hear())[:9] for _ in range(3)] == ["552 5.3.4", "552 5.3.4", ""]


async def test_a_mail_too_big_is_refused_for_each() -> None:
    """What was not taken was not taken for anybody."""
    inside = Inside()
    async with serving(inside, Limits(size=10_000)) as server, talking(server) as client:
        await begun(client, *BOTH)
        assert [answer[:9] for answer in await ended(client, b"x" * 12_000 + b"\r\n", 2)] == ["552 5.3.4"] * 2
    assert inside.mails == []


@pytest.mark.parametrize("hello", [b"HELO a.example", b"EHLO a.example"])
async def test_only_lhlo_introduces(hello: bytes) -> None:
    """RFC 2033 §4.1; on the port of SMTP it is the other way round."""
    async with serving(Inside()) as server, talking(server) as client:
        answers = await client.say(hello, b"MAIL FROM:<a@b.example>")
        assert [answer[:3] for answer in answers] == ["500", "503"]
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        smtp = Client(reader, writer)
        assert (await smtp.hear()).startswith("220")
        assert [answer[:3] for answer in await smtp.say(b"LHLO a.example", hello)] == ["500", "250"]
        writer.close()


async def test_it_offers_what_rfc_2033_demands() -> None:
    """PIPELINING and ENHANCEDSTATUSCODES, beside the size and both extensions for letters outside ASCII."""
    async with serving(Inside(), Limits(size=12_345)) as server, talking(server) as client:
        client.writer.write(b"LHLO mx.example.com\r\n")
        offered = set()
        while not (line := (await client.reader.readline()).decode().strip()).startswith("250 "):
            offered.add(line.removeprefix("250-"))
        assert {"SIZE 12345", "PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"} <= offered
        assert not any(line.startswith("AUTH") for line in offered)


async def test_every_answer_after_the_greeting_has_its_enhanced_code() -> None:
    """What is promised with ENHANCEDSTATUSCODES (RFC 2034), the library's own answers among them."""
    async with serving(Inside()) as server, talking(server) as client:
        said = [b"LHLO a.example", b"RCPT TO:<x@y.example>", b"", b"FOO", b"MAIL", b"MAIL FROM:<a@b.example> X=1"]
        said += [b"MAIL FROM:<a@b.example> SIZE=x", b"VRFY", b"VRFY a@b.example", b"RSET x", b"RSET", b"DATA", b"HELP"]
        said += [b"MAIL FROM:<a@b.example>", b"MAIL FROM:<a@b.example>", b"STARTTLS", b"QUIT"]
        answers = (await client.say(*said))[1:]
    assert [answer for answer in answers if not re.match(r"([245])\d\d \1\.\d{1,3}\.\d{1,3} ", answer)] == []


async def test_commands_may_be_sent_at_once() -> None:
    """PIPELINING (RFC 2920): each is answered, in order, and nothing that was sent ahead is lost."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        await client.say(b"LHLO mx.example.com")
        client.writer.write(b"MAIL FROM:<a@b.example>\r\n" + b"\r\n".join(BOTH) + b"\r\nDATA\r\n")
        assert [(await client.hear())[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        client.writer.write(LETTER + b".\r\nMAIL FROM:<c@d.example>\r\n" + BOTH[0] + b"\r\nDATA\r\n")
        assert [(await client.hear())[:3] for _ in range(5)] == ["250", "250", "250", "250", "354"]
        assert len(await ended(client, LETTER, 1)) == 1
    assert [envelope.mail_from for _, envelope in inside.mails] == ["a@b.example", "c@d.example"]


async def test_only_the_final_dot_ends_a_mail() -> None:
    """Bare line ends smuggle nothing here either."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        await begun(client, BOTH[0])
        smuggled = b"a\n.\nMAIL FROM:<evil@b.example>\r.\rb\r\n"
        await ended(client, smuggled, 1)
    assert [raw for raw, _ in inside.mails] == [smuggled]


async def test_a_unix_socket_serves_and_is_taken_away_again(tmp_path: Path) -> None:
    """Another user's mail server may write to it; one that a crash left behind is replaced."""
    path = tmp_path / "lmtp"
    inside = Inside()
    for _ in range(2):
        async with serving(inside, lmtp=Listen(path=path)) as server, talking(server) as client:
            assert path.stat().st_mode & 0o777 == 0o666
            await begun(client, *BOTH)
            assert len(await ended(client, LETTER, 2)) == 2
        assert not path.exists()
        await _leave_behind(path)
    assert [envelope.peer for _, envelope in inside.mails] == ["", ""]


async def _leave_behind(path: Path) -> None:
    """A socket file that nobody listens on any more."""
    server = await asyncio.start_unix_server(lambda reader, writer: writer.close(), path)
    server.close()
    await server.wait_closed()


async def test_a_place_that_cannot_be_listened_on_is_named(tmp_path: Path) -> None:
    """And the other port is given back: the program ends."""
    server = MailServer(MAILBOXES, Listen(port=0), lmtp=Listen(path=tmp_path / "nowhere" / "lmtp"))
    with pytest.raises(CannotListenError, match="nowhere/lmtp cannot be listened on for LMTP"):
        await server.start(Inside().deliver)


async def test_both_protocols_share_the_limits_and_the_stop() -> None:
    """Sessions are counted together; at the stop both say goodbye, and the mail on its way is taken."""
    inside = Inside()
    inside.open.clear()
    async with serving(inside, Limits(sessions=2)) as server, talking(server) as sending, talking(server) as idle:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert (await Client(reader, writer).hear()).startswith("421 4.3.2")
        writer.close()
        await begun(sending, *BOTH)
        sending.writer.write(LETTER + b".\r\n")
        await inside.until(lambda: inside.begun == 1)
        assert server.budget.used >= len(LETTER)
        stopping = asyncio.create_task(server.stop(5))
        assert (await idle.hear()).startswith("421 4.3.2")
        inside.open.set()
        assert [(await sending.hear())[:9] for _ in range(2)] == ["250 2.0.0"] * 2
        await stopping
    assert len(inside.mails) == 1


async def test_our_own_mail_servers_connections_are_not_counted_by_address() -> None:
    """All of LMTP comes from one address."""
    async with serving(Inside(), Limits(sessions_per_peer=1)) as server, talking(server), talking(server) as second:
        assert second.greeting.startswith("220")


@pytest.mark.parametrize("hello", [b"LHLO a.example", b"EHLO a.example"])
async def test_nothing_that_was_said_before_tls_counts_under_it(certificate: tuple[Path, Path], hello: bytes) -> None:
    """RFC 3207 §4.2: neither the introduction nor a command that was smuggled in behind STARTTLS. On both ports."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    inside = Inside()
    async with serving(inside, tls=context) as server:
        port = server.lmtp_port if hello.startswith(b"L") else server.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        client = Client(reader, writer)
        await client.hear()
        await client.say(hello)
        smuggled = hello + b"\r\nMAIL FROM:<evil@b.example>\r\n"
        assert (await client.exchange(b"STARTTLS\r\n" + smuggled)).startswith("220")
        await writer.start_tls(trusting, server_hostname="localhost")
        answers = await client.say(b"MAIL FROM:<a@b.example>", hello, b"RCPT TO:<support@example.com>")
        assert [answer[:3] for answer in answers] == ["503", "250", "503"]
        assert (await client.say(b"STARTTLS"))[0] == "503 5.5.1 The connection is encrypted already."
        await client.say(b"MAIL FROM:<a@b.example>", BOTH[0], b"DATA")
        assert (await client.exchange(LETTER + b".\r\n")).startswith("250 2.0.0")
        writer.close()
    assert [(raw, envelope.mail_from) for raw, envelope in inside.mails] == [(LETTER, "a@b.example")]
