"""Tortoise's SQLite engine with BEGIN IMMEDIATE and with commits that waiting transactions share.

With the deferred BEGIN of the stock engine, two processes that read and then write fail at once with "database is
locked": busy_timeout does not apply to the upgrade of a read lock. The module's name must contain "sqlite": the
migration executor picks its schema editor by it.

What may wait, for the lock or for the disk, is done in the connection's own thread: BEGIN and COMMIT, and every
question outside of a transaction. The statements in between hold the lock already and find their rows by an index;
they are done where they are asked, for the way into the thread and back costs more than they do.

It also ends well what the stock engine leaves open: a transaction that could not begin or commit, a connection that
could not be set up, a disk that failed to sync.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

import aiosqlite
import structlog
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper, translate_exceptions
from tortoise.connection import ConnectionToken, get_connections
from tortoise.exceptions import OperationalError

from storage.engines.sharing import Shared, Sharing

log = structlog.get_logger()

_PRIMARY_CODE = 0xFF  # https://sqlite.org/rescode.html: the rest of an extended code says where it happened


class Alone(ConnectionWrapper[aiosqlite.Connection]):
    """The connection for one statement outside of a transaction. The stock one keeps the lock when there is none."""

    __slots__ = ()

    async def __aenter__(self) -> aiosqlite.Connection:
        await self._lock.acquire()
        try:
            # While we waited for the lock, the connection may have become another one, or none.
            self.connection = self.client._connection
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class ImmediateClient(SqliteClient):
    """The engine's client. All of its transactions pass through one `Sharing`."""

    distrusted = False  # nothing is written before all that was is known to be on the disk
    closed = False  # for good: whoever comes late must not open it again, for nobody would close it

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self._sharing = Sharing(self)

    def _in_transaction(self) -> TransactionContext:
        return SharedContext(ImmediateWrapper(self), self._sharing)

    def acquire_connection(self) -> ConnectionWrapper[aiosqlite.Connection]:
        return Alone(self._lock, self)

    async def create_connection(self, with_db: bool) -> None:
        """Connect. A connection that is not wholly set up is none: its commits would not be durable."""
        if self._connection is not None:
            return
        if self.closed:
            raise OperationalError(sqlite3.OperationalError("the database is closed"))
        try:
            # The stock one, but for a connection that may be used outside of its thread: one at a time, by the lock.
            self._connection = await aiosqlite.connect(self.filename, isolation_level=None, check_same_thread=False)
            self._connection._conn.row_factory = sqlite3.Row
            for pragma, value in self.pragmas.items():
                await (await self._connection.execute(f"PRAGMA {pragma}={value}")).close()
            if self.distrusted:
                await self._check_point()
        except BaseException as error:
            await self._drop()
            if isinstance(error, sqlite3.OperationalError):
                raise OperationalError(error) from error
            raise

    async def close(self) -> None:
        """Close once nobody is at it: a statement that is run outside of the thread must not meet it half closed."""
        async with self._sharing.idle():
            await self._drop()

    async def begun(self) -> aiosqlite.Connection:
        """Begin a transaction. Called with the lock held."""
        await self.create_connection(with_db=True)
        assert self._connection is not None
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        return self._connection

    async def undone(self, connection: aiosqlite.Connection, error: sqlite3.Error | None) -> None:
        """Make an end of a transaction that could not be committed: open, it would let no other one begin."""
        if error is not None and getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE == sqlite3.SQLITE_IOERR:
            await self.distrust(connection)
        else:
            await connection.rollback()

    async def distrust(self, connection: aiosqlite.Connection) -> None:
        """The disk failed to sync. A sync that is repeated may succeed without having written anything.

        https://wiki.postgresql.org/wiki/Fsync_Errors: so everything is written once more, to another file.
        """
        self.distrusted = True
        log.critical("the disk failed to keep a commit; the database is opened anew")
        if self._connection is connection:
            await self._drop()

    async def _check_point(self) -> None:
        """Bring all that the log holds into the database's file, newly written, and begin the log anew."""
        assert self._connection is not None
        [row] = await self._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        if row[0]:
            raise sqlite3.OperationalError("database is locked")
        self.distrusted = False

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class ImmediateWrapper(SqliteTransactionWrapper):
    """A transaction, or one inside another: a savepoint of the transaction that it shares with others."""

    @property
    def database(self) -> sqlite3.Connection:
        return self._connection._conn

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(ImmediateWrapper(self))

    @translate_exceptions
    async def execute_insert(self, query: str, values: list[Any]) -> int | None:
        self.log.debug("%s: %s", query, values)
        return self.database.execute(query, values).lastrowid

    @translate_exceptions
    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        self.log.debug("%s: %s", query, values)
        self.database.executemany(query, values)

    @translate_exceptions
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        query = query.replace("\x00", "'||CHAR(0)||'")
        self.log.debug("%s: %s", query, values)
        before = self.database.total_changes
        rows = self.database.execute(query, values or ()).fetchall()
        return (self.database.total_changes - before) or len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_script(self, query: str) -> None:
        """Several statements, one by one. Python's own way would commit before them what came before."""
        for statement in statements(query):
            await self.execute_query(statement)

    async def savepoint(self) -> None:
        self._savepoint = f"at{id(self)}"
        self.database.execute(f"SAVEPOINT {self._savepoint}")

    async def savepoint_rollback(self) -> None:
        self.database.execute(f"ROLLBACK TO {self._savepoint}")
        self.database.execute(f"RELEASE {self._savepoint}")

    async def release_savepoint(self) -> None:
        self.database.execute(f"RELEASE {self._savepoint}")


class SharedContext(TransactionContext):
    """One transaction's part in a commit that others may share. It is left when that commit is done."""

    def __init__(self, connection: ImmediateWrapper, sharing: Sharing) -> None:
        self.connection = connection
        self.connection_name = connection.connection_name
        self._sharing = sharing
        self._shared: Shared | None = None
        self._token: ConnectionToken | None = None

    async def __aenter__(self) -> TransactionalDBClient:
        self._shared = await self._sharing.enter()
        try:
            self.connection._connection = self._shared.connection
            await self.connection.savepoint()
            self._token = get_connections().set(self.connection_name, self.connection)
        except BaseException as error:
            await self._sharing.leave(error)
            raise
        return self.connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        get_connections().reset(self._token)
        failed: BaseException | None = error
        try:
            if error is None:
                await self.connection.release_savepoint()
            elif self.connection.database.in_transaction:
                await self.connection.savepoint_rollback()
        except sqlite3.Error as worse:
            failed = worse
            raise OperationalError(worse) from worse
        finally:
            await self._sharing.leave(failed)
        if self._shared is not None and error is None:
            await self._shared.committed()


def statements(script: str) -> Iterator[str]:
    """The statements of a script. A semicolon inside of a string or a trigger ends none."""
    pending = ""
    for piece in script.split(";"):
        pending += f"{piece};"
        if sqlite3.complete_statement(pending):
            if pending.strip(" \n;"):
                yield pending
            pending = ""
    if pending.strip(" \n;"):
        yield pending


client_class = ImmediateClient
