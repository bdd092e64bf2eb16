"""Group commit: SQLite transactions that wait for each other share one BEGIN IMMEDIATE … COMMIT, and so one sync.

A disk syncs a few hundred times a second, however much is written each time. Those who wait while others are committed
do their work one after the other, each in a savepoint of its own, and all of them return after the one COMMIT.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextvars import Context
from typing import Protocol

import aiosqlite
from tortoise.exceptions import OperationalError


class Database(Protocol):
    """What is shared. Whoever holds `_lock` has the connection to himself."""

    _lock: asyncio.Lock

    async def begun(self) -> aiosqlite.Connection: ...
    async def undone(self, connection: aiosqlite.Connection, error: sqlite3.Error | None) -> None: ...


class Shared:
    """A transaction that several share, from its BEGIN to its COMMIT."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.connection = connection
        self.failure: sqlite3.Error | None = None
        self.ended = asyncio.Event()

    async def committed(self) -> None:
        """Wait for the end. Raises when nothing was stored, whosever fault that was."""
        await self.ended.wait()
        if self.failure is not None:
            raise OperationalError(self.failure) from self.failure


class Sharing:
    """Lets transactions in one at a time, and commits for all who were waiting when the first of them began."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()  # first come, first served
        self._shared: Shared | None = None
        self._ending: asyncio.Task[None] | None = None

    async def enter(self) -> Shared:
        """Wait for one's turn. Raises what the database raises when it does not let us begin."""
        await self._turn.acquire()
        try:
            return self._shared or await self._begin()
        except BaseException:
            self._turn.release()
            raise

    async def leave(self, error: BaseException | None) -> None:
        """One's turn is over. Called with `error` when one has failed, and has undone one's own part."""
        try:
            shared = self._shared
            # A full disk, for one, makes SQLite undo everything, and not only what has failed.
            if error is not None and shared is not None and not shared.connection.in_transaction:
                undone = sqlite3.OperationalError(f"the shared transaction was undone: {error}")
                await self._end(shared, undone)
        finally:
            self._turn.release()

    @contextlib.asynccontextmanager
    async def idle(self) -> AsyncIterator[None]:
        """Nobody is at the connection, nor comes to it: whoever is inside has ended, and what they did is committed."""
        async with self._turn:
            if self._shared is not None:
                await self._end(self._shared)
            async with self._database._lock:
                yield

    async def _begin(self) -> Shared:
        await self._database._lock.acquire()
        try:
            self._shared = Shared(await self._database.begun())
        except BaseException:
            self._database._lock.release()
            raise
        # It gets in line behind all who wait by now. Of nobody's context: it would inherit his connection.
        self._ending = asyncio.create_task(self._end_in_turn(self._shared), context=Context())
        return self._shared

    async def _end_in_turn(self, shared: Shared) -> None:
        try:
            async with self._turn:
                await self._end(shared)
        except asyncio.CancelledError:
            # The loop is being shut down; nobody may be left waiting.
            await self._end(shared, sqlite3.OperationalError("the program stopped before the commit"))
            raise

    async def _end(self, shared: Shared, failure: sqlite3.Error | None = None) -> None:
        """Commit, or make an end of what has failed. Ended once, whoever comes first."""
        if self._shared is not shared:
            return
        self._shared = None
        shared.failure = failure
        try:
            if failure is None:
                await shared.connection.commit()
        except sqlite3.Error as error:
            shared.failure = error
        except BaseException:
            shared.failure = sqlite3.OperationalError("nobody knows what became of the commit")
            raise
        finally:
            if shared.failure is not None:
                with contextlib.suppress(sqlite3.Error, ValueError):
                    await self._database.undone(shared.connection, shared.failure)
            self._database._lock.release()
            shared.ended.set()
