"""The only way to open a transaction. Each runs to its end in a task of its own, whatever happens to its caller.

A client that hangs up cancels our handler, and a cancelled Tortoise transaction leaks its connection (PostgreSQL) or
the process-wide lock (SQLite). So the transaction is shielded: a cancelled caller waits for the end, then re-raises.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TypeVar

import asyncpg
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError
from tortoise.models import Model
from tortoise.transactions import in_transaction

from storage.adding import added_together

PASSING = (
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InternalClientError,  # what that is called when it hits while a statement begins
    asyncpg.TransactionRollbackError,
    asyncpg.CannotConnectNowError,
)
Conflict = IntegrityError  # somebody else stored the same thing at the same instant

T = TypeVar("T")

_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)


async def transaction(work: Callable[[], Awaitable[T]]) -> T:
    """Run `work` in one transaction and return its result once it is committed. Inside another one: a savepoint.

    No network, file or template work belongs inside, and no task may be started there: it would inherit the
    transaction's connection. What must follow the commit goes on `after_commit`.
    """
    if _after_commit.get() is not None:
        async with in_transaction():
            return await work()
    return await to_its_end(_tried_twice(work))


def after_commit(call: Callable[[], None]) -> None:
    """Call this once the transaction around us is committed; at once when there is none."""
    waiting = _after_commit.get()
    if waiting is None:
        call()
    else:
        waiting.append(call)


async def add(*rows: Model) -> None:
    """Insert rows, of which none refers to another: on PostgreSQL by one statement."""
    connection = get_connection("default")
    if len(rows) > 1 and connection.capabilities.dialect == "postgres":
        await added_together(connection, rows)
        return
    for row in rows:
        await row.save(force_create=True)


async def change(row: Model, **values: object) -> None:
    """Write these columns of a row, and no others: a full save would undo what somebody else has changed."""
    for name, value in values.items():
        setattr(row, name, value)
    await row.save(update_fields=list(values))


async def _tried_twice(work: Callable[[], Awaitable[T]]) -> T:
    """A connection that was reset under us, or a deadlock that chose us, is nothing that our caller should hear of.

    The work must bear to be done twice: when the answer to the commit was lost, it may have been. Ours finds itself by
    unique keys and fences.
    """
    try:
        return await _committed(work)
    except PASSING:
        return await _committed(work)


async def _committed(work: Callable[[], Awaitable[T]]) -> T:
    calls: list[Callable[[], None]] = []
    token = _after_commit.set(calls)
    try:
        async with in_transaction():
            result = await work()
    finally:
        _after_commit.reset(token)
    for call in calls:
        call()
    return result


async def to_its_end(work: Awaitable[T]) -> T:
    """Do the work in a task of its own. A cancelled caller waits for its end, then re-raises."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            # Ours, even when it comes at the very moment at which the work ends: a cancellation must not get lost.
            if not task.cancelled():
                cancelled = error
        except BaseException:  # noqa: BLE001, S110 - the task is done; its result() below raises the same
            pass
    if cancelled is not None:
        if not task.cancelled():
            task.exception()
        raise cancelled
    return task.result()
