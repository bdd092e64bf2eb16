"""Bring a schema up to date, each migration whole or not at all: killed at any moment, the next start goes on.

Tortoise's own executor writes down a migration after the transaction that ran it; killed in between, it would run it
once more and fail for ever. And what cannot be asked it takes for a database without migrations.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.transactions import in_transaction

Apps = Mapping[str, Any]  # Tortoise's configuration is an open dict

ADVISORY_LOCK = 0x1_17A_4E_B07  # any fixed number

_RECORDED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'tortoise_migrations'",
    "postgres": "SELECT relname FROM pg_class WHERE oid = to_regclass('tortoise_migrations')",
}


@dataclass(frozen=True, slots=True)
class SchemaState:
    """How far the database's schema is from the code's."""

    missing: tuple[str, ...]  # migrations to run
    unknown: tuple[str, ...]  # migrations that only newer code knows
    applied: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.missing and not self.unknown


def newer_than_code(state: SchemaState) -> str:
    """The sentence for an operator who starts old code on a newer database."""
    names = ", ".join(state.unknown)
    return f"The database is newer than this program (it has {names}). Install the newer version again."


async def schema_state(connection: BaseDBAsyncClient, apps: Apps) -> SchemaState:
    """Compare the migrations applied here with those the code knows. Raises what the database raises."""
    executor = await _executor(connection, apps)
    known = {key.name for key in executor.loader.graph.nodes}
    applied = {key.name for key in await _applied(connection)}
    return SchemaState(*(tuple(sorted(names)) for names in (known - applied, applied - known, applied)))


async def run_missing(connection: BaseDBAsyncClient, apps: Apps) -> None:
    """Run what is missing. Nobody else may be doing so."""
    # The parts of the executor's own `migrate`, which are private, in another order: see above.
    executor = await _executor(connection, apps)
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    applied = set(await _applied(connection))
    state = await executor._project_state(applied)
    for step in executor._migration_plan(None, applied, executor.loader.graph):
        editor = executor._schema_editor(atomic=True)
        async with in_transaction(connection.connection_name) as transaction:
            editor.client = transaction
            await step.migration.apply(state, schema_editor=editor)
            await MigrationRecorder(transaction).record_applied(step.migration.app_label, step.migration.name)


@asynccontextmanager
async def alone_on_file(path: Path) -> AsyncIterator[None]:
    """Hold off every other migration on this machine: Tortoise's own executor has no lock between processes."""
    held = await asyncio.to_thread(_locked, path)
    try:
        yield
    finally:
        held.close()  # which lets it go


@asynccontextmanager
async def alone_on_server(connecting: Awaitable[asyncpg.Connection]) -> AsyncIterator[None]:
    """The same on a PostgreSQL, from whichever machine. `connecting`: to it, by a connection of the lock's own."""
    lock = await connecting
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        yield
    finally:
        await lock.close()


def _locked(path: Path) -> TextIO:
    held = path.open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


async def kept_before(path: Path, state: SchemaState) -> Path | None:
    """Copy an SQLite database as it is before it is migrated; give the copy's path. An empty one needs no copy.

    Raises OSError or sqlite3.Error when there is no room for it.
    """
    if not state.applied:
        return None
    copy = path.with_name(f"{path.name}.before-{state.missing[0]}")
    await asyncio.to_thread(_copy, path, copy)
    return copy


def _copy(path: Path, copy: Path) -> None:
    """By SQLite's own way, which copes with a log beside the file, to a name that it gets when it is whole."""
    unfinished = copy.with_name(f"{copy.name}.tmp")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.rename(copy)


async def _executor(connection: BaseDBAsyncClient, apps: Apps) -> MigrationExecutor:
    executor = MigrationExecutor(connection, dict(apps))
    await executor.loader.build_graph()
    return executor


async def _applied(connection: BaseDBAsyncClient) -> list[MigrationKey]:
    if not await connection.execute_query_dict(_RECORDED[connection.capabilities.dialect]):
        return []
    rows = await connection.execute_query_dict("SELECT app, name FROM tortoise_migrations ORDER BY id")
    return [MigrationKey(app_label=row["app"], name=row["name"]) for row in rows]
