"""Laws of the SMTP server, over real sockets: what it takes, what it refuses, and what it says."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from pathlib import Path

import aiosmtplib
import pytest

from intake.mail.inbound import Envelope
from intake.mail.limits import FAILED, Limits
from tests.smtp_client import LETTER, Inside, serving, talking, until


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
    """Many big mails at once are put off, not kept until the memory is full; a small one is taken all the same."""
    inside = Inside()
    limits = Limits(buffered=300_000, reserved=10_000)
    async with serving(inside, limits) as server, talking(server) as client, talking(server) as other:
        assert (await client.data(b"x" * 310_000 + b"\r\n")).startswith("452 4.3.1")
        assert server.budget.used == 0
        await client.begin()
        client.writer.write(b"x" * 290_000)
        await until(lambda: server.budget.used >= 220_000)
        assert (await other.data(b"y" * 90_000 + b"\r\n")).startswith("452 4.3.1")
        assert (await other.data(LETTER)).startswith("250")
        assert (await client.exchange(b"\r\n.\r\n")).startswith("250")


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
        await client.say(b"MAIL FROM:<a@b.example>")
        server.mailboxes = None  # type: ignore[assignment]  # a fault in our own code, planted
        (answer,) = await client.say(b"RCPT TO:<support@example.com>")
        assert answer == FAILED


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
