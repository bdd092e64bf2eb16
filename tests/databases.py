"""Empty, migrated databases for runs of the program outside of pytest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import asyncpg
from tortoise.backends.base.executor import EXECUTOR_CACHE

from storage.database import opened
from tests.postgres import postgres

# Ends every connection to this database but the one that says so.
CUT_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Databases:
    """Empty, migrated databases, as many as are asked for."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server
        self._numbers = count()

    async def new(self, kind: str) -> tuple[str, Path]:
        """The URL of one, and a folder for what goes with it."""
        # Tortoise keeps INSERT statements by model, not by database: PostgreSQL would get SQLite's placeholders.
        EXECUTOR_CACHE.clear()
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        url = f"sqlite://{folder}/intake.sqlite3"
        if kind == "postgres":
            name = f"run{folder.name}"
            connection = await asyncpg.connect(f"{self._server}postgres")
            await connection.execute(f"CREATE DATABASE {name}")
            await connection.close()
            url = f"{self._server}{name}"
        database = await opened(url)
        await database.migrate()
        await database.close()
        return url, folder


@contextmanager
def databases() -> Iterator[Databases]:
    """A PostgreSQL and a folder for as long as they are needed."""
    with postgres() as server, tempfile.TemporaryDirectory(prefix="intake-runs-") as folder:
        yield Databases(Path(folder), server)
