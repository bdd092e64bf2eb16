"""Wake other processes at once: PostgreSQL's LISTEN and NOTIFY on a connection of its own that comes back by itself.

A signal is a hint and may get lost; whoever waits for one looks by himself every few seconds too. It is sent after the
commit and not within it: PostgreSQL lets only one transaction that notifies commit at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg
import structlog

from storage.database import DATABASE_AWAY, postgres_credentials

log = structlog.get_logger()

CHANNEL = "intake_outbox"
AGAIN_S = 1.0  # until the next attempt at a connection
ALIVE_EVERY_S = 20.0  # a connection that a firewall has forgotten looks alive
TIMEOUT_S = 5.0
APART_S = 0.05  # signals that come together are one


class Signals:
    """One process's ear and voice."""

    def __init__(self, url: str) -> None:
        """`url`: of the database."""
        self._url = url
        self._stirred = asyncio.Event()
        self._to_say = False
        self._deaf = False  # said once, until we hear again

    def say(self) -> None:
        """There is something that another process may have to do. Returns at once."""
        self._to_say = True
        self._stirred.set()

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` for each signal of another process, and whenever one may have been missed, until cancelled."""
        while True:
            try:
                await self._connected(heard)
            except DATABASE_AWAY as error:
                if not self._deaf:
                    log.info("signals of other processes are not heard", error=type(error).__name__)
                self._deaf = True
            await asyncio.sleep(AGAIN_S)

    async def _connected(self, heard: Callable[[], None]) -> None:
        connection = await asyncpg.connect(
            **postgres_credentials(self._url),
            timeout=TIMEOUT_S,
            command_timeout=TIMEOUT_S,
            # To notify takes a commit. Nobody needs it to survive a power cut.
            server_settings={"synchronous_commit": "off"},
        )
        own = connection.get_server_pid()

        def received(_connection: object, sender: int, _channel: str, _payload: str) -> None:
            if sender != own:
                heard()

        try:
            connection.add_termination_listener(lambda _connection: self._stirred.set())
            await connection.add_listener(CHANNEL, received)
            heard()
            self._deaf = False
            while not connection.is_closed():
                await self._one_round(connection)
        finally:
            connection.terminate()

    async def _one_round(self, connection: asyncpg.Connection) -> None:
        """Wait until there is something to say, and say it; or see that the connection is still there."""
        try:
            async with asyncio.timeout(ALIVE_EVERY_S):
                await self._stirred.wait()
        except TimeoutError:
            await connection.execute("SELECT 1")
            return
        self._stirred.clear()
        if self._to_say and not connection.is_closed():
            self._to_say = False
            await connection.execute(f"NOTIFY {CHANNEL}")
            await asyncio.sleep(APART_S)
