"""Tortoise's SQLite engine with BEGIN IMMEDIATE, so that a second process waits for the lock instead of failing.

With the deferred BEGIN of the stock engine, two processes that read and then write fail at once with "database is
locked": busy_timeout does not apply to the upgrade of a read lock. The module's name must contain "sqlite": the
migration executor picks its schema editor by it.
"""

from __future__ import annotations

import sqlite3

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class ImmediateWrapper(SqliteTransactionWrapper):
    """A transaction that holds the write lock from its first statement."""

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error


class ImmediateContext(SqliteTransactionContext):
    """Releases the process-wide lock when the transaction could not begin; the stock context keeps it for ever."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        token = None
        try:
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

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateWrapper(self), self._lock)


client_class = ImmediateClient
