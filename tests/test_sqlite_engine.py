"""Our SQLite engine ends what fails, so that one failure is not the end of all that follows."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from storage.database import DATABASE_AWAY, Database, opened, prepared
from storage.engines.sqlite_immediate import ImmediateClient
from storage.models import Customer
from storage.transaction import transaction
from tests.builders import NOW

ORPHAN = (
    "INSERT INTO address (channel, value, verified, created_at, customer_id) "
    "VALUES ('mail', 'a@b.c', 1, '2026-01-01', 99)"
)


@pytest.fixture
async def database(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database, migrated."""
    path = tmp_path / "intake.sqlite3"
    shutil.copy(sqlite_file, path)
    database = await opened(f"sqlite://{path}")
    yield database
    await database.close()


async def _added() -> None:
    await Customer.create(created_at=NOW)


async def test_a_database_that_anybody_may_read_is_narrowed(sqlite_file: Path, tmp_path: Path) -> None:
    """As a backup leaves it that was made under a wide umask; what SQLite makes beside it has its rights."""
    path = tmp_path / "intake.sqlite3"
    shutil.copy(sqlite_file, path)
    path.chmod(0o644)
    database = await opened(f"sqlite://{path}")
    try:
        await transaction(_added)
        files = [path.with_name(f"{path.name}{beside}") for beside in ("", "-wal", "-shm")]
        rights = [stat.S_IMODE(file.stat().st_mode) for file in files]
    finally:
        await database.close()
    assert rights == [0o600, 0o600, 0o600]


async def test_a_commit_that_fails_ends_its_transaction(database: Database) -> None:
    """The next one begins as if nothing had been; what the failed one wrote is gone."""

    async def orphan() -> None:
        await Customer.create(created_at=NOW)
        await database.connection.execute_query("PRAGMA defer_foreign_keys = ON")
        # An address of nobody: found out by the commit alone.
        await database.connection.execute_insert(ORPHAN, [])

    with pytest.raises((IntegrityError, OperationalError)):
        await transaction(orphan)
    await transaction(_added)
    assert await Customer.all().count() == 1


async def test_a_full_database_takes_the_next_message_once_there_is_room(database: Database) -> None:
    """Nothing half stored, nothing stuck: the same transaction fails, then succeeds."""
    [row] = await database.connection.execute_query_dict("PRAGMA page_count")
    await database.connection.execute_query(f"PRAGMA max_page_count = {row['page_count']}")

    async def large() -> None:
        await Customer.create(created_at=NOW, name="x" * 200)
        for _ in range(500):
            await Customer.create(created_at=NOW, name="x" * 200)

    with pytest.raises(DATABASE_AWAY):
        await transaction(large)
    assert await Customer.all().count() == 0
    await database.connection.execute_query("PRAGMA max_page_count = 1000000")
    await transaction(large)
    assert await Customer.all().count() == 501


async def test_after_a_failed_sync_the_database_is_opened_anew_and_all_is_there(database: Database) -> None:
    """What was committed is brought into the database's own file before anything else is written."""
    client = database.connection
    assert isinstance(client, ImmediateClient)
    await transaction(_added)
    before = client._connection
    assert before is not None
    await client.distrust(before)
    await transaction(_added)
    assert client._connection is not before
    assert not client.distrusted
    assert await Customer.all().count() == 2


async def test_connecting_again_keeps_what_others_must_not_take(tmp_path: Path) -> None:
    """A start that is tried again, and another program that reads the file meanwhile: what is committed later stays."""
    path = tmp_path / "again.sqlite3"
    database = await opened(f"sqlite://{path}")
    try:
        await database.migrate()
        await database.connect()
        assert await asyncio.to_thread(_read_by_another, path) == 0
        await transaction(_added)
        assert await asyncio.to_thread(_read_by_another, path) == 1
    finally:
        await database.close()


def _read_by_another(path: Path) -> int:
    """How many customers a process of its own finds."""
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(*c.execute(sys.argv[2]).fetchone()); c.close()"
    )
    return int(subprocess.check_output([sys.executable, "-c", script, str(path), "SELECT count(*) FROM customer"]))


async def test_a_connection_that_cannot_be_set_up_is_none(sqlite_file: Path, tmp_path: Path) -> None:
    """While somebody holds the file no half set up connection is left, whose commits would not be durable."""
    path = tmp_path / "held.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        database = await prepared(f"sqlite://{path}")
        try:
            client = database.connection
            assert isinstance(client, ImmediateClient)
            client.pragmas["busy_timeout"] = 1
            for _ in range(2):
                with pytest.raises(DATABASE_AWAY):
                    await transaction(_added)
                with pytest.raises(DATABASE_AWAY):
                    await Customer.all().count()
                assert client._connection is None
            holder.execute("ROLLBACK")
            holder.execute("PRAGMA locking_mode = NORMAL")
            holder.execute("SELECT count(*) FROM sqlite_master").fetchall()
            await database.connect()
        finally:
            await database.close()
