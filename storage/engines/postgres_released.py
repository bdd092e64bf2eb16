"""Tortoise's engine for PostgreSQL, but a connection whose BEGIN failed or was answered late goes back to the pool.

Tortoise takes one from the pool and begins; when that fails it forgets the connection. It stays open, in a transaction
of nobody's, and the pool has one less: ten stalls of the database, and the process never stores anything again.
"""

from __future__ import annotations

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections


class ReleasedContext(TransactionContextPooled):
    """A transaction that is begun, or leaves nothing behind."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        connection = await pool.acquire()
        self.client._connection = connection
        self.token = get_connections().set(self.connection_name, self.client)
        try:
            await self.client.begin()
        except BaseException:
            get_connections().reset(self.token)
            # Whether it is in a transaction nobody knows: the answer may come yet. Not worth another question.
            connection.terminate()
            await pool.release(connection)
            raise
        return self.client


class ReleasedClient(AsyncpgDBClient):
    """The engine's client."""

    def _in_transaction(self) -> TransactionContext:
        return ReleasedContext(TransactionWrapper(self), self._pool_init_lock)


client_class = ReleasedClient
