"""Tortoise's SQLite engine with BEGIN IMMEDIATE, so that a second process waits for the lock instead of failing.

With the deferred BEGIN of the stock engine, two processes that read and then write fail at once with "database is
locked": busy_timeout does not apply to the upgrade of a read lock. The module's name must contain "sqlite": the
migration executor picks its schema editor by it.

It also ends well what the stock engine leaves open: a transaction that could not begin or commit, a connection that
could not be set up, a disk that failed to sync.
"""

from __future__ import annotations

import sqlite3

import aiosqlite
import structlog
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError

log = structlog.get_logger()

_PRIMARY_CODE = 0xFF  # https://sqlite.org/rescode.html: the rest of an extended code says where it happened


class ImmediateWrapper(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first statement."""

    _parent: ImmediateClient

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    async def commit(self) -> None:
        try:
            await super().commit()
        except sqlite3.Error as error:
            if error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_IOERR:
                await self._parent.distrust(self._connection)
            else:
                await self._connection.rollback()  # it would stay open, and no other could begin
            raise OperationalError(error) from error


class ImmediateContext(SqliteTransactionContext):
    """Releases the process-wide lock when the transaction could not begin; the stock context keeps it for ever."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        token = None
        try:
            # While we waited for the lock, the connection may have become another one.
            self.connection._connection = self.connection._parent._connection
            await self.ensure_connection()
            token = get_connections().set(self.connection_name, self.connection)
            await self.connection.begin()
        except BaseException:
            get_connections().reset(token)
            self._trxlock.release()
            raise
        self.token = token
        return self.connection  # type: ignore[no-any-return]  # typed Any by the stock context


class ImmediateClient(SqliteClient):
    """The engine's client."""

    disk_faults = 0  # how often the disk failed to keep a commit
    distrusted = False  # nothing is written before all that was is known to be on the disk

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateWrapper(self), self._lock)

    async def create_connection(self, with_db: bool) -> None:
        """Connect. A connection that is not wholly set up is none: its commits would not be durable."""
        if self._connection is not None:
            return
        try:
            await super().create_connection(with_db)
            if self.distrusted:
                await self._check_point()
        except BaseException as error:
            await self._drop()
            if isinstance(error, sqlite3.OperationalError):
                raise OperationalError(error) from error
            raise

    async def distrust(self, connection: aiosqlite.Connection) -> None:
        """The disk failed to sync. A sync that is repeated may succeed without having written anything.

        https://wiki.postgresql.org/wiki/Fsync_Errors: so everything is written once more, to another file.
        """
        self.disk_faults += 1
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


client_class = ImmediateClient
