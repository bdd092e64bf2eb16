"""Group commit: who waits together is committed together, and nobody is harmed by what another one does wrong."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing as closing_file
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError

from storage.database import Database, opened
from storage.models import Customer
from storage.transaction import after_commit, transaction

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
async def sqlite(tmp_path: Path, sqlite_file: Path) -> AsyncIterator[Database]:
    """An open SQLite database; PostgreSQL shares syncs by itself."""
    EXECUTOR_CACHE.clear()
    shutil.copy(sqlite_file, tmp_path / "intake.sqlite3")
    database = await opened(f"sqlite://{tmp_path / 'intake.sqlite3'}")
    yield database
    await database.close()


@pytest.fixture
async def said(sqlite: Database) -> AsyncIterator[list[str]]:
    """What SQLite is told."""
    connection: aiosqlite.Connection = get_connection("default")._connection
    statements: list[str] = []
    await connection.set_trace_callback(statements.append)
    yield statements
    await connection.set_trace_callback(lambda _: None)


def _named(name: str) -> Callable[[], Awaitable[str]]:
    async def work() -> str:
        await Customer.create(name=name, created_at=NOW)
        return name

    return work


async def _names() -> set[str]:
    return {str(name) for name in await Customer.all().values_list("name", flat=True)}


async def test_who_waits_together_is_committed_together(said: list[str]) -> None:
    """Twenty at once need a few syncs, not twenty; each gets his own result, in his own order."""
    found = await asyncio.gather(*(transaction(_named(str(number))) for number in range(20)))
    assert found == [str(number) for number in range(20)]
    assert await _names() == set(found)
    assert said.count("COMMIT") <= 2


async def test_one_that_fails_harms_nobody_else(said: list[str]) -> None:
    """Its rows are gone, theirs are there, and what was to follow its commit does not."""
    followed: list[str] = []

    async def fails() -> None:
        await Customer.create(name="gone", created_at=NOW)
        after_commit(lambda: followed.append("gone"))
        raise ValueError("our own fault")

    async def stays() -> None:
        await Customer.create(name="last", created_at=NOW)
        after_commit(lambda: followed.append("last"))

    outcomes = await asyncio.gather(
        transaction(_named("first")), transaction(fails), transaction(stays), return_exceptions=True
    )
    assert outcomes[0] == "first"
    assert isinstance(outcomes[1], ValueError)
    assert outcomes[2] is None
    assert await _names() == {"first", "last"}
    assert followed == ["last"]
    assert said.count("COMMIT") <= 2


async def test_nobody_goes_on_before_the_commit(said: list[str]) -> None:
    """What follows a transaction, and its caller, come after the COMMIT that stores it."""

    async def one(name: str) -> None:
        async def work() -> None:
            await Customer.create(name=name, created_at=NOW)
            after_commit(lambda: said.append("followed"))

        await transaction(work)
        said.append("returned")

    await asyncio.gather(*(one(str(number)) for number in range(5)))
    last = len(said) - said[::-1].index("COMMIT")
    assert said[last:].count("returned") == said.count("followed") == 5


async def test_a_commit_that_fails_stores_nothing_for_anybody(sqlite: Database) -> None:
    """All who share it hear of it, and the next ones find the database free."""

    async def breaks_the_commit() -> None:
        connection = get_connection("default")
        await connection.execute_query("PRAGMA defer_foreign_keys=ON")
        await connection.execute_query(
            "INSERT INTO event (request_id, at, actor, what) VALUES (4711, '2026-11-26', 'test', 'nobody has it')"
        )

    outcomes = await asyncio.gather(
        transaction(_named("one")), transaction(breaks_the_commit), transaction(_named("two")), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [OperationalError] * 3
    assert await _names() == set()
    assert await transaction(_named("later")) == "later"
    assert await _names() == {"later"}


async def test_what_the_database_undoes_is_undone_for_all_who_share_it(sqlite: Database) -> None:
    """SQLite undoes a whole transaction when the disk is full: nobody may take his part of it for stored."""

    async def loses_everything() -> None:
        await get_connection("default").execute_query("ROLLBACK")
        raise OSError("the disk is full")

    outcomes = await asyncio.gather(
        transaction(_named("one")), transaction(loses_everything), transaction(_named("two")), return_exceptions=True
    )
    assert isinstance(outcomes[0], OperationalError)
    assert isinstance(outcomes[1], OSError)
    assert outcomes[2] == "two"
    assert await _names() == {"two"}


async def test_a_reader_waits_for_the_commit(sqlite: Database) -> None:
    """What is asked outside of a transaction never sees what may still be undone."""
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await Customer.create(name="not yet", created_at=NOW)
        inside.set()
        await go_on.wait()
        raise ValueError("undone")

    undone = asyncio.create_task(transaction(work))
    await inside.wait()
    reading = asyncio.ensure_future(_names())
    await asyncio.sleep(0)
    go_on.set()
    assert await reading == set()
    with pytest.raises(ValueError):
        await undone


async def test_the_connection_is_closed_once_nobody_is_at_it(sqlite: Database, tmp_path: Path) -> None:
    """What is inside ends first, and is stored: a statement that meets a connection half closed ends the program."""
    inside, on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        inside.set()
        await on.wait()
        await Customer.create(name="last", created_at=NOW)

    working = asyncio.create_task(transaction(work))
    await inside.wait()
    closing = asyncio.create_task(sqlite.connection.close())
    done, _ = await asyncio.wait([closing], timeout=0.2)
    assert not done
    on.set()
    await asyncio.gather(working, closing)
    with closing_file(sqlite3.connect(tmp_path / "intake.sqlite3")) as file:
        assert file.execute("SELECT name FROM customer").fetchall() == [("last",)]


async def test_who_comes_after_the_end_opens_no_other_connection(tmp_path: Path, sqlite_file: Path) -> None:
    """Nobody would close it, and its thread would keep the process."""
    shutil.copy(sqlite_file, tmp_path / "intake.sqlite3")
    database = await opened(f"sqlite://{tmp_path / 'intake.sqlite3'}")
    connection = database.connection
    await database.close()
    with pytest.raises(OperationalError, match="closed"):
        await connection.execute_query("SELECT 1")
