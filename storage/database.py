"""Open the database, bring it up to date, close it. SQLite by default, PostgreSQL for several machines."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, OperationalError, TransactionManagementError

from storage import migrating
from storage.engines.sqlite_immediate import ImmediateClient
from storage.migrating import SchemaState, newer_than_code
from storage.sqlite_file import keep_to_ourselves, make
from storage.transaction import transaction


class DatabaseError(Exception):
    """The database cannot be used as it is set or as it is. The message is a sentence for the operator."""


class DatabaseAwayError(DatabaseError):
    """The database does not answer; it may later."""


# What a query raises when the database is away, slow, full or locked: the same work can be tried again later.
DATABASE_AWAY = (
    DatabaseAwayError,
    DBConnectionError,
    TransactionManagementError,
    OperationalError,
    OSError,
    TimeoutError,
    sqlite3.DatabaseError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # "cannot switch to state …": the connection was cut while a statement began
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,  # a deadlock, a serialisation failure
    asyncpg.ReadOnlySQLTransactionError,  # a standby that is about to become the primary
    asyncpg.InvalidAuthorizationSpecificationError,  # a password that is being changed
    asyncpg.PostgresSystemError,  # the server's disk
)
# What no waiting helps against when it is answered at the start: the settings are wrong.
_SET_WRONG = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)


def is_away(error: Exception) -> bool:
    """Is it the database's or the disk's failure, which passes, and not one of our own, which stays?"""
    if isinstance(error, OperationalError):
        # Tortoise wraps both in the same class: bad values and SQL of ours, and a database that is locked or full.
        cause = error.args[0] if error.args else None
        return isinstance(cause, sqlite3.OperationalError)
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError | sqlite3.DataError):
        return False
    return isinstance(error, DATABASE_AWAY)


_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENFILE, errno.EMFILE)  # of a disk, of a busy machine
_CONNECT_S = 10.0
COMMAND_S = 30.0


class Stateless(asyncpg.Connection):  # type: ignore[misc]  # asyncpg brings no types
    """A connection on which nothing is set: no setting, advisory lock, cursor or LISTEN that would have to be undone.

    So a transaction ends with its COMMIT, without the four statements by which the pool would reset the session. What
    is still open when a connection comes back is rolled back all the same.
    """

    def get_reset_query(self) -> str:
        return ""


class Database:
    """An open database. One per process; `opened` makes it."""

    def __init__(self, context: TortoiseContext, url: str) -> None:
        self._context = context
        self.is_sqlite = url.startswith("sqlite:")
        self._url = url

    @property
    def connection(self) -> BaseDBAsyncClient:
        return get_connection("default")

    async def schema_state(self) -> SchemaState:
        """Compare the migrations applied here with those the code knows. Raises what the database raises."""
        return await migrating.schema_state(self.connection, self._apps())

    async def migrate(self) -> tuple[str, ...]:
        """Bring the schema up to date and return the migrations that were run. Two at once are harmless.

        An SQLite database that holds something is copied before. Raises DatabaseError when the database is newer than
        the code, or when there is no room for the copy.
        """
        async with self._alone():
            state = await self.schema_state()
            if state.unknown:
                raise DatabaseError(newer_than_code(state))
            if state.missing:
                if self.is_sqlite:
                    await self._keep(state)
                await migrating.run_missing(self.connection, self._apps())
            return state.missing

    async def _keep(self, state: SchemaState) -> None:
        path = sqlite_path(self._url)
        try:
            await migrating.kept_before(path, state)
        except (OSError, sqlite3.Error) as error:
            raise DatabaseError(f"{path} cannot be copied before it is brought up to date: {error}.") from error

    async def connect(self) -> None:
        """Reach the database for the first time; once it was reached, it heals by itself.

        Raises DatabaseAwayError when it may be there later, and calling this again may help; else DatabaseError.
        """
        if self.is_sqlite:
            _prepare_folder(sqlite_path(self._url))
        await self.ping()
        if self.is_sqlite:
            await _assert_durable(self)

    async def ping(self) -> None:
        """Ask the database anything. Raises DatabaseAwayError when it does not answer, else DatabaseError."""
        try:
            await self.connection.execute_query("SELECT count(*) FROM sqlite_master" if self.is_sqlite else "SELECT 1")
        except _SET_WRONG as error:
            raise DatabaseError(f"PostgreSQL refuses us: {error}. Look at INTAKE_DATABASE_URL.") from error
        except DATABASE_AWAY as error:
            if isinstance(error.__cause__, asyncpg.InvalidCatalogNameError):
                raise DatabaseError(f"PostgreSQL has no such database: {error.__cause__}. Create it first.") from error
            if self.is_sqlite and type(error) is sqlite3.DatabaseError:
                path = sqlite_path(self._url)
                raise DatabaseError(f"{path} is damaged or no SQLite database: {error}. Put a backup there.") from error
            why = str(error) or f"no answer in time ({type(error).__name__})"
            raise DatabaseAwayError(f"The database does not answer: {why}") from error

    async def probe(self) -> None:
        """Can the database be written to? Raises DatabaseError or what the database raises."""
        if self.is_sqlite:
            # It takes the lock that writers take, and writes nothing.
            await transaction(self.ping)
            return
        await self.ping()
        [row] = await self.connection.execute_query_dict("SHOW transaction_read_only")
        if row["transaction_read_only"] != "off":
            raise DatabaseAwayError("The database takes no writes.")

    async def close(self) -> None:
        """Close it for good."""
        if self._context.inited and isinstance(client := self.connection, ImmediateClient):
            client.closed = True
        await self._context.__aexit__(None, None, None)

    def _apps(self) -> dict[str, dict[str, Any]]:
        return config(self._url)["apps"]  # type: ignore[no-any-return]  # Tortoise's configuration is an open dict

    def _alone(self) -> AbstractAsyncContextManager[None]:
        """Hold off every other migration."""
        if self.is_sqlite:
            return migrating.alone_on_file(Path(f"{sqlite_path(self._url)}.migrating"))
        return migrating.alone_on_server(asyncpg.connect(**postgres_credentials(self._url), timeout=_CONNECT_S))


async def opened(url: str, pool_size: int = 10, command_s: float | None = COMMAND_S) -> Database:
    """The database at `url`, reached. Raises DatabaseError in words for the operator; see `prepared` and `connect`."""
    database = await prepared(url, pool_size, command_s)
    try:
        await database.connect()
    except BaseException:
        await database.close()
        raise
    return database


async def prepared(url: str, pool_size: int = 10, command_s: float | None = COMMAND_S) -> Database:
    """The database at `url` (`sqlite:///path` or `postgres://user:password@host:port/name`), not yet reached.

    Call it in the top coroutine, before other tasks start. `command_s`: how long PostgreSQL may take for one
    statement, None for as long as it wants. Raises DatabaseError when the URL cannot be used.
    """
    settings = config(url, pool_size, command_s)
    context = TortoiseContext()
    await context.__aenter__()
    database = Database(context, url)
    try:
        await context.init(config=settings, _enable_global_fallback=True)
    except BaseException:
        await database.close()
        raise
    return database


def config(url: str, pool_size: int = 10, command_s: float | None = COMMAND_S) -> dict[str, Any]:
    """Tortoise's configuration for this database."""
    if url.startswith("sqlite:"):
        connection: dict[str, Any] = {
            "engine": "storage.engines.sqlite_immediate",
            "credentials": {
                "file_path": str(sqlite_path(url)),
                "synchronous": "FULL",
                "busy_timeout": 5000,
                # KiB. With SQLite's own 2 MiB a message costs a third more in a store of a million.
                "cache_size": -65536,
            },
        }
    elif url.startswith(("postgres:", "postgresql:")):
        credentials = postgres_credentials(url)
        connection = {
            "engine": "storage.engines.postgres_released",
            "credentials": {
                **credentials,
                "minsize": 1,
                "maxsize": pool_size,
                "timeout": _CONNECT_S,
                "command_timeout": command_s,  # a black hole would hang for ever
                "connection_class": Stateless,
            },
        }
    else:
        raise DatabaseError("DATABASE_URL must start with sqlite:// or postgres://")
    return {
        "connections": {"default": connection},
        "apps": {
            "storage": {
                "models": ["storage.models"],
                "default_connection": "default",
                "migrations": "storage.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _prepare_folder(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make(path)
    except OSError as error:
        kind = DatabaseAwayError if error.errno in _PASSING else DatabaseError
        raise kind(f"The database file {path} cannot be opened: {error.strerror}.") from error
    keep_to_ourselves(path)


async def _assert_durable(database: Database) -> None:
    """A 250 promises that the message survives a power cut; only WAL with FULL keeps that (2 is FULL)."""
    for pragma, wanted in (("synchronous", 2), ("journal_mode", "wal"), ("foreign_keys", 1)):
        rows = await database.connection.execute_query_dict(f"PRAGMA {pragma}")
        if rows[0][pragma] != wanted:
            raise DatabaseError(f"SQLite refuses PRAGMA {pragma}={wanted}; the disk may not support it.")


def sqlite_path(url: str) -> Path:
    """The file behind an sqlite:// URL."""
    return Path(unquote(url.removeprefix("sqlite://")))


def postgres_credentials(url: str) -> dict[str, Any]:
    """What asyncpg wants to know of this database."""
    try:
        parts = urlsplit(url)
        credentials: dict[str, Any] = {
            "host": parts.hostname,
            "port": parts.port or 5432,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password) if parts.password else None,
            "database": parts.path.removeprefix("/"),
        }
    except ValueError:
        # Its words would repeat a part of a password that was taken for the port.
        raise DatabaseError(
            "DATABASE_URL cannot be read; write it as postgres://user:password@host:port/name. "
            "A / ? # or @ in a password is written %2F %3F %23 %40."
        ) from None
    if not credentials["host"] or not credentials["database"]:
        raise DatabaseError("DATABASE_URL must look like postgres://user:password@host:port/name")
    return credentials
