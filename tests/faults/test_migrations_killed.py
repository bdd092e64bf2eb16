"""Migrations that are killed, doubled or met by older code leave a database that the next start brings up to date."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from storage.database import Database, opened
from tests.ports import free_port
from tests.process import ROOT
from tests.program import program
from tests.test_migrations import MIGRATIONS, _old_customer, _schema, _to

KILLS = 8
RECORD_A_NEWER_ONE = (
    "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('storage', '9999_later', '2027-01-01')"
)


async def test_migrations_killed_again_and_again_come_to_their_end(
    empty_url: str, sqlite_file: Path, postgres_server: str
) -> None:
    """Each is there whole or not at all, none is lost again; at the end the schema is the one that was never killed."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    moments = [str(chance.randrange(2, 60)) for _ in range(KILLS)]
    async with _open(empty_url) as old:
        await _to(old, empty_url, MIGRATIONS[0])
        await _old_customer(old, "Anna")
    said = await _ran("tests.faults.migrating_and_dying", empty_url, *moments)
    words = [line.split() for line in said.splitlines()]
    counts = [int(count) for _, count in words]
    assert counts == sorted(counts), f"seed {seed}"
    assert counts[-1] == len(MIGRATIONS), f"seed {seed}"
    assert any(word == "killed" for word, _ in words), f"seed {seed}"
    unharmed = f"sqlite://{sqlite_file}" if empty_url.startswith("sqlite:") else f"{postgres_server}migrated"
    async with _open(empty_url) as harmed:
        [row] = await harmed.connection.execute_query_dict("SELECT name FROM customer")
        assert row["name"] == "Anna"
        found = await _schema(harmed)
    async with _open(unharmed) as whole:
        assert found == await _schema(whole), f"seed {seed}"


async def test_two_that_migrate_at_once_do_it_once(empty_url: str, tmp_path: Path) -> None:
    """Both end well; each migration was run by one of them."""
    done = await asyncio.gather(*(program(tmp_path, "migrate", database_url=empty_url) for _ in range(2)))
    assert [one.code for one in done] == [0, 0], done
    said = "".join(one.out for one in done)
    assert [said.count(name) for name in MIGRATIONS] == [1] * len(MIGRATIONS)


SERVING = ("run", "migrate", "list", "show R-1001", "export", "parked", "parked show 1", "replay --all", "check")


@pytest.mark.parametrize("command", SERVING)
async def test_a_newer_schema_is_refused_by_all_that_would_use_it(
    sqlite_file: Path, tmp_path: Path, command: str
) -> None:
    """Exit code 78 at once and one line; `check`, which only looks, finds a problem."""
    path = tmp_path / "intake.sqlite3"
    shutil.copy(sqlite_file, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(RECORD_A_NEWER_ONE)
        connection.commit()
    done = await program(
        tmp_path, *command.split(), mailboxes="a@shop.example", smtp_listen="", database_url=f"sqlite://{path}"
    )
    assert done.code == (1 if command == "check" else 78), done
    assert "newer than this program" in done.err + done.out


async def test_a_newer_schema_on_postgresql_ends_the_service_at_once(
    postgres_server: str, database_url: str, tmp_path: Path
) -> None:
    """Also where the program waits for a database that is away, it does not wait for an older schema."""
    if database_url.startswith("sqlite:"):
        pytest.skip("the test above is SQLite's")
    async with _open(database_url) as database:
        await database.connection.execute_script(RECORD_A_NEWER_ONE)
    settings = {"mailboxes": "a@shop.example", "smtp_listen": f"127.0.0.1:{free_port()}", "database_url": database_url}
    done = await program(tmp_path, "run", **settings)
    assert done.code == 78
    assert done.err.splitlines()[-1].startswith("The database is newer than this program (it has 9999_later)")


async def test_an_sqlite_database_is_copied_before_it_is_migrated(sqlite_file: Path, tmp_path: Path) -> None:
    """Whoever wants to go back to the older program puts the copy in its place."""
    path = tmp_path / "intake.sqlite3"
    url = f"sqlite://{path}"
    async with _open(url) as database:
        await _to(database, url, MIGRATIONS[0])
        await _old_customer(database, "Anna")
        await database.migrate()
    copy = path.with_name(f"intake.sqlite3.before-{MIGRATIONS[1]}")
    assert copy.stat().st_mode & 0o777 == 0o600
    async with _open(f"sqlite://{copy}") as before:
        assert (await before.schema_state()).applied == MIGRATIONS[:1]
        assert await before.connection.execute_query_dict("SELECT name FROM customer") == [{"name": "Anna"}]


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Database]:
    database = await opened(url, pool_size=2)
    try:
        yield database
    finally:
        await database.close()


async def _ran(module: str, *words: str) -> str:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await child.communicate()
    assert child.returncode == 0, errors.decode()
    return out.decode()
