"""A database that nobody can write to, and one that is gone."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg

from storage.database import sqlite_path


@asynccontextmanager
async def held(url: str) -> AsyncIterator[None]:
    """Keep the records to ourselves: whoever wants to store one waits, and nothing is committed."""
    if url.startswith("sqlite:"):
        with sqlite3.connect(sqlite_path(url), isolation_level=None, timeout=10) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
        connection.close()
        return
    keeper = await asyncpg.connect(url)
    try:
        async with keeper.transaction():
            await keeper.execute("LOCK TABLE communication_record IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await keeper.close()


@asynccontextmanager
async def away(url: str) -> AsyncIterator[None]:
    """A database that fails at once: locked for good, or a server that has hung up and takes nobody in."""
    if url.startswith("sqlite:"):
        async with held(url):
            yield
        return
    name = urlsplit(url).path.removeprefix("/")
    keeper = await asyncpg.connect(url.removesuffix(name) + "postgres")
    try:
        await keeper.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await keeper.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        yield
    finally:
        await keeper.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await keeper.close()
