"""Laws of the SMTP server's limits, over real sockets: what ends a session, and who makes room for whom."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from pathlib import Path

import pytest

from intake.mail.crowd import network_of
from intake.mail.limits import (
    FAILED,
    MADE_ROOM,
    NO_ROOM,
    TIMED_OUT,
    TOO_MANY_COMMANDS,
    TOO_MANY_ERRORS,
    TOO_MUCH_AT_ONCE,
    Limits,
)
from intake.mail.transfer import Pace
from tests.smtp_client import LETTER, Inside, serving, talking, until

RCPT = b"RCPT TO:<support@example.com>"


async def test_errors_have_an_end() -> None:
    """Who guesses mailboxes, or speaks nonsense, is told goodbye; what he sends behind it is not read."""
    inside = Inside()
    async with serving(inside, Limits(errors=3, goodbye=0.1)) as server, talking(server) as client:
        client.writer.write(b"FOO\r\n\r\nRCPT TO:<a@b>\r\nMAIL FROM:<a@b.example>\r\n" + RCPT + b"\r\nDATA\r\n")
        assert [(await client.hear())[:3] for _ in range(3)] == ["500", "500", "503"]
        assert await client.hear() == TOO_MANY_ERRORS
        assert await client.hear() == ""
        await until(lambda: server.sessions == 0)


async def test_commands_that_bring_no_mail_have_an_end() -> None:
    """Politeness without a mail is no reason to stay."""
    async with serving(Inside(), Limits(commands=5)) as server, talking(server) as client:
        assert [answer[:3] for answer in await client.say(b"NOOP", b"RSET", b"NOOP", b"NOOP")] == ["250"] * 4
        assert await client.hear() == TOO_MANY_COMMANDS
        assert await client.hear() == ""


async def test_each_mail_begins_the_count_anew() -> None:
    """A mail server that brings mail after mail over one connection is welcome for as long as it likes."""
    inside = Inside()
    limits = Limits(commands=6, errors=2)
    async with serving(inside, limits) as server, talking(server) as client:
        for _ in range(20):
            assert (await client.say(b"FOO"))[0].startswith("500")
            assert (await client.data(LETTER)).startswith("250")
    assert len(inside.mails) == 20


async def test_a_refused_recipient_too_many_is_no_error() -> None:
    """RFC 5321 §4.5.3.1.10: a mail for a hundred recipients comes in two parts, and the client did nothing wrong."""
    inside = Inside()
    limits = Limits(recipients=1, errors=2)
    async with serving(inside, limits) as server, talking(server) as client:
        answers = await client.say(b"MAIL FROM:<a@b.example>", RCPT, *[RCPT] * 10, b"DATA")
        assert [answer[:3] for answer in answers[2:]] == ["452"] * 10 + ["354"]
        assert (await client.exchange(LETTER + b".\r\n")).startswith("250")


async def test_a_command_without_end_is_hung_up_on() -> None:
    """64 KiB and no line end: nothing more is read of it."""
    async with serving(Inside(), Limits(goodbye=0.1)) as server, talking(server) as client:
        client.writer.write(b"A" * (1 << 18))
        with contextlib.suppress(ConnectionError):
            assert await client.hear() == "500 5.5.2 The command has no end; the connection is closed."
            assert await client.hear() == ""
        await until(lambda: server.sessions == 0)


@pytest.mark.parametrize("said", [b"", b"EHLO a.example\r\n", b"EHLO a.example\r\nMAIL FROM:<a@b.example>\r\n"])
async def test_bytes_now_and_then_keep_nobody_inside(said: bytes) -> None:
    """A command that never ends, one byte at a time: the clock runs from the last whole command."""
    async with serving(Inside(), Limits(idle=0.3)) as server, talking(server) as client:
        for line in filter(None, said.split(b"\r\n")):
            await client.say(line)
        heard = asyncio.create_task(client.hear())
        begun = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while not heard.done():
                client.writer.write(b"N")
                await asyncio.sleep(0.05)
        assert await heard == TIMED_OUT
        assert time.monotonic() - begun < 2


async def test_commands_now_and_then_keep_nobody_inside() -> None:
    """A whole command before each silence grows too long: from the last mail to the next there is a time in all."""
    async with serving(Inside(), Limits(idle=5, turn=0.4)) as server, talking(server) as client:
        assert (await client.data(LETTER)).startswith("250")
        begun = time.monotonic()
        answer = ""
        while answer != TIMED_OUT:
            answer = await client.exchange(b"NOOP\r\n")
            assert time.monotonic() - begun < 2
            await asyncio.sleep(0.05)
        assert time.monotonic() - begun > 0.3


async def test_a_client_that_does_not_read_is_cut_off() -> None:
    """Answers that nobody takes fill no memory, and the last words wait for nobody."""
    async with serving(Inside(), Limits(idle=0.3, goodbye=0.1)) as server, talking(server) as client:
        transport = client.writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(5):
                while server.sessions:
                    client.writer.write(b"FOO\r\nMAIL FROM:<>\r\nRSET\r\n" * 1000)
                    await asyncio.sleep(0.05)
        assert server.sessions == 0


async def test_a_handshake_that_never_ends_is_cut_off(certificate: tuple[Path, Path]) -> None:
    """Who says STARTTLS and then nothing, or nonsense, is counted out as everybody is."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    limits = Limits(idle=0.2, goodbye=0.1)
    async with serving(Inside(), limits, context) as server, talking(server) as silent, talking(server) as loud:
        for client in (silent, loud):
            assert (await client.say(b"STARTTLS"))[0].startswith("220")
        loud.writer.write(b"EHLO a.example\r\n" * 100)
        await until(lambda: server.sessions == 0)
        await server.stop(1)


async def test_when_all_are_in_use_the_longest_stalled_makes_room() -> None:
    """The silent first, then those who stopped halfway; never the one whose mail is being stored."""
    inside = Inside()
    limits = Limits(sessions=3, silent=0.05, stalled=0.15)
    async with serving(inside, limits) as server:
        inside.open.clear()
        async with talking(server) as storing, talking(server) as halfway:
            await storing.begin()
            storing.writer.write(LETTER + b".\r\n")
            await inside.until(lambda: inside.begun == 1)
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            assert (await reader.readline()).startswith(b"220")
            await asyncio.sleep(0.1)
            async with talking(server) as first:
                assert first.greeting.startswith("220")
                assert (await reader.readline()).decode().strip() == MADE_ROOM
                await first.say(b"NOOP")
                await asyncio.sleep(0.2)
                async with talking(server) as second:
                    assert second.greeting.startswith("220")
                    assert await halfway.hear() == MADE_ROOM
            inside.open.set()
            assert (await storing.hear()).startswith("250")
        writer.close()


async def test_who_goes_on_does_not_make_room() -> None:
    """A client in the middle of its mail is not sent away for a newcomer, who is asked to come later."""
    async with serving(Inside(), Limits(sessions=1, silent=0.05, stalled=0.3)) as server, talking(server) as client:
        await client.begin()
        for _ in range(10):
            client.writer.write(b"x" * 2000 + b"\r\n")
            await asyncio.sleep(0.05)
            async with talking(server) as other:
                assert other.greeting.startswith("421 4.3.2")
        assert (await client.exchange(b".\r\n")).startswith("250")


async def test_full_says_421_and_nothing_of_us() -> None:
    """To who comes, and to who is inside when he begins a mail; and it ends as it began, without a restart."""
    inside, why = Inside(), list[str | None]([None])
    async with serving(inside, full=lambda: why[0]) as server, talking(server) as client:
        assert (await client.data(LETTER)).startswith("250")
        why[0] = "/var/lib/intake has 3 MB left"
        async with talking(server) as other:
            assert other.greeting == NO_ROOM
        assert await client.say(b"NOOP", b"MAIL FROM:<a@b.example>") == ["250 2.0.0 OK", NO_ROOM]
        assert await client.hear() == ""
        why[0] = None
        async with talking(server) as other:
            assert (await other.data(LETTER)).startswith("250")


async def test_who_cannot_tell_whether_there_is_room_keeps_no_mail_out() -> None:
    """The question is asked for the client's sake; an error in it is ours."""

    def full() -> str | None:
        raise OSError("statvfs")

    inside = Inside()
    async with serving(inside, full=full) as server, talking(server) as client:
        assert (await client.data(LETTER)).startswith("250")


async def test_who_closes_his_side_still_gets_his_answers() -> None:
    """As `nc -N` does: all is said at once, and then only listened."""
    inside = Inside()
    async with serving(inside) as server, talking(server) as client:
        client.writer.write(b"MAIL FROM:<a@b.example>\r\n" + RCPT + b"\r\nDATA\r\n" + LETTER + b".\r\n")
        client.writer.write_eof()
        assert [(await client.hear())[:3] for _ in range(5)] == ["250", "250", "354", "250", ""]
    assert len(inside.mails) == 1


async def test_an_error_while_a_mail_comes_is_451_and_the_end() -> None:
    """What follows can no longer be told from the mail's content, so it is not read as commands."""
    inside = Inside()
    async with serving(inside, Limits(reserved=0)) as server, talking(server) as client:
        await client.say(b"MAIL FROM:<a@b.example>", RCPT)
        server.budget.most = None  # type: ignore[assignment]  # a fault in our own code, planted
        assert (await client.say(b"DATA"))[0].startswith("354")
        assert await client.exchange(LETTER + b".\r\nRSET\r\n") == FAILED
        assert await client.hear() == ""
    assert inside.mails == []


def test_a_big_mail_may_take_longer_as_long_as_it_comes_on() -> None:
    """A thin line is no attack; sending much and then nothing gains no time."""
    limits = Limits(transfer=120, pace=32 << 10)
    pace, now = Pace(limits, 0), 0.0
    for size in range(0, (25 << 20) + 1, 64 << 10):
        now = size / (40 << 10)
        assert pace.left(now, size) > 0
    assert now > 600
    assert pace.left(now + 40, 25 << 20) < 0
    fast = Pace(limits, 0)
    assert all(fast.left(1, size) <= 120 for size in range(0, (25 << 20) + 1, 64 << 10))
    assert fast.left(121, 25 << 20) < 0


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a socket", "a socket"),
    ],
)
def test_a_house_is_counted_as_one(host: str, network: str) -> None:
    """Whoever has a /64 of IPv6 has as many addresses as he likes."""
    assert network_of(host) == network


async def test_who_hangs_up_after_the_final_dot_does_not_get_past_the_cap_of_his_address() -> None:
    """What he leaves behind is stored, and counts: one address never fills what is there for all."""
    inside = Inside()
    async with serving(inside, Limits(sessions_per_peer=2)) as server:
        inside.open.clear()
        for number in range(2):
            async with talking(server) as client:
                await client.begin()
                client.writer.write(LETTER + b".\r\n")
                await inside.until(lambda number=number: inside.begun == number + 1)  # type: ignore[misc]  # a bound value
                client.reset()
            await until(lambda: server.sessions == 0)
        async with talking(server) as client:
            assert await client.data(LETTER) == TOO_MUCH_AT_ONCE
            async with talking(server, "127.0.0.2") as other:
                await other.begin()
                other.writer.write(LETTER + b".\r\n")
                await inside.until(lambda: inside.begun == 3)
                inside.open.set()
                assert (await other.hear()).startswith("250")
            await inside.until(lambda: len(inside.mails) == 3)
            assert (await client.data(LETTER)).startswith("250")
