"""What every test can ask for: a database of its own, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from bot.settings import PREFIX
from storage.database import Database, opened
from tests.postgres import postgres

BOTH = ("sqlite", "postgres")
_names = itertools.count()
_ran: dict[str, int] = dict.fromkeys(BOTH, 0)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-faults", action="store_true", help="also the faults that take long to play")
    parser.addoption(
        "--every-way", action="store_true", help="Telegram's cases on both databases by both ways, not one way on each"
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server for the whole run, with a migrated database to copy."""
    with postgres() as url:
        _psql(url, "CREATE DATABASE migrated")
        _migrate(f"{url}migrated")
        yield url


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "intake.sqlite3"
    _migrate(f"sqlite://{path}")
    return path


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it."""
    return _new_database(request, tmp_path, migrated=False)


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database without rows."""
    return _new_database(request, tmp_path, migrated=True)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database, migrated."""
    database = await opened(database_url)
    yield database
    await database.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody signed but itself, and its key."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    try:
        subprocess.run([*make.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return certificate, key


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database on PostgreSQL, for what only that can do."""
    return _new_on("postgres", request, tmp_path, migrated=True)


@pytest.fixture
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Gives the URL of a new, migrated database of a kind, as often as it is asked."""

    def new(kind: str) -> str:
        folder = tmp_path / f"database{next(_names)}"
        folder.mkdir()
        return _new_on(kind, request, folder, migrated=True)

    return new


def _new_database(request: pytest.FixtureRequest, folder: Path, *, migrated: bool) -> str:
    return _new_on(request.param, request, folder, migrated=migrated)


def _new_on(kind: str, request: pytest.FixtureRequest, folder: Path, *, migrated: bool) -> str:
    # Tortoise keeps INSERT statements by model, not by database: PostgreSQL would get SQLite's placeholders.
    EXECUTOR_CACHE.clear()
    _ran[kind] += 1
    if kind == "sqlite":
        path = folder / "intake.sqlite3"
        if migrated:
            shutil.copy(request.getfixturevalue("sqlite_file"), path)
        return f"sqlite://{path}"
    server: str = request.getfixturevalue("postgres_server")
    name = f"test{next(_names)}"
    _psql(server, f"CREATE DATABASE {name} TEMPLATE {'migrated' if migrated else 'template1'}")
    return f"{server}{name}"


def _psql(server: str, statement: str) -> None:
    """Run one statement, outside any event loop of a test."""

    async def run() -> None:
        connection = await asyncpg.connect(f"{server}postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


def _migrate(url: str) -> None:
    environment = {**os.environ, f"{PREFIX}DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "migrate"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several processes: tell the one that reports."""
    told: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["databases"] = _ran


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Add up what the processes tell. One that died has told nothing."""
    told: dict[str, dict[str, int]] = getattr(node, "workeroutput", {})
    for name, count in told.get("databases", {}).items():
        _ran[name] += count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests really ran on each database."""
    terminalreporter.write_line(f"databases: {_ran['sqlite']} tests on SQLite, {_ran['postgres']} on PostgreSQL")
