"""What every test can ask for: a database of its own, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from storage.database import Database, opened
from tests.postgres import postgres

BOTH = ("sqlite", "postgres")
_names = itertools.count()
_ran: dict[str, int] = {name: 0 for name in BOTH}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server for the whole run, with a migrated database to copy."""
    with postgres() as url:
        yield url


@pytest.fixture(params=BOTH)
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    # Tortoise keeps INSERT statements by model, not by database: PostgreSQL would get SQLite's placeholders.
    EXECUTOR_CACHE.clear()
    _ran[request.param] += 1
    if request.param == "sqlite":
        return f"sqlite://{tmp_path / 'intake.sqlite3'}"
    server: str = request.getfixturevalue("postgres_server")
    name = f"test{next(_names)}"
    connection = await asyncpg.connect(f"{server}template1")
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"{server}{name}"


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    """An open database, migrated."""
    database = await opened(empty_url)
    await database.migrate()
    yield database
    await database.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests really ran on each database."""
    terminalreporter.write_line(f"databases: {_ran['sqlite']} tests on SQLite, {_ran['postgres']} on PostgreSQL")
