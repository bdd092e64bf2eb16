"""A database that answers too late costs us no connection, and is called by what it does."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from storage.database import DatabaseAwayError, opened
from storage.transaction import transaction
from tests.faults.proxy import Fault, proxied


async def test_a_begin_that_is_answered_too_late_leaves_the_pool_whole(postgres_url: str) -> None:
    """With one connection to lose: the next transaction has one."""
    port = urlsplit(postgres_url).port
    assert port is not None
    async with proxied(port) as proxy:
        behind = postgres_url.replace(f":{port}/", f":{proxy.port}/")
        database = await opened(behind, pool_size=1, command_s=0.5)
        try:
            await transaction(database.ping)
            await proxy.fail(Fault.STALLED)
            with pytest.raises(TimeoutError):
                await transaction(database.ping)
            await proxy.fail(Fault.NONE)
            next_one = asyncio.create_task(transaction(database.ping))
            done, _ = await asyncio.wait({next_one}, timeout=10)
            assert done, "it waits for a connection that nobody gives back"
            await next_one
        finally:
            await asyncio.wait({asyncio.create_task(database.close())}, timeout=15)


async def test_a_database_that_says_nothing_is_told_in_words(postgres_url: str) -> None:
    """A time that has run out has no words of its own."""
    port = urlsplit(postgres_url).port
    assert port is not None
    async with proxied(port) as proxy:
        database = await opened(postgres_url.replace(f":{port}/", f":{proxy.port}/"), pool_size=1, command_s=0.5)
        try:
            await proxy.fail(Fault.STALLED)
            with pytest.raises(DatabaseAwayError, match="no answer in time"):
                await database.ping()
        finally:
            await proxy.fail(Fault.NONE)
            await database.close()
