"""Laws of SMTP sessions, over real sockets: no client, however slow, many or rude, hurts another; and how they end."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial

import pytest

from intake.mail.limits import Limits
from tests.smtp_client import LETTER, Inside, serving, talking, until


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
            assert (await client.hear())[:3] in ("421", "")
    assert inside.mails == []


async def test_stopping_is_not_held_up_by_any_kind_of_client() -> None:
    """One that says nothing, one in its mail, one that goes on after our last words, one that reads no answers."""
    inside = Inside()
    limits = Limits(errors=1)
    async with serving(inside, limits) as server, contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(talking(server)) for _ in range(4)]
        _, halfway, babbling, deaf = clients
        await halfway.begin()
        halfway.writer.write(LETTER)
        babbling.writer.write(b"FOO\r\n" * 1000)
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads, too
        for _ in range(200):
            deaf.writer.write(b"EHLO deaf.example\r\n" * 100)
        await asyncio.sleep(0.1)
        async with asyncio.timeout(2):
            await server.stop(0.3)
        await until(lambda: server.sessions == 0)
    assert inside.begun == 0
