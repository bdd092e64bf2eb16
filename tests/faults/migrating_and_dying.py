"""Migrate a database several times over, each time killed at a given statement, and once to the end.

`python -m tests.faults.migrating_and_dying URL 3 17 5`: dies by SIGKILL at its third statement, and so on. Prints how
many migrations were recorded after each.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

from storage.database import opened


class Dying(logging.Handler):
    """Counts the statements that Tortoise logs before it runs them."""

    def __init__(self, at: int) -> None:
        super().__init__(logging.DEBUG)
        self._left = at

    def emit(self, record: logging.LogRecord) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def migrated(url: str) -> int:
    """Migrate; gives the number of migrations that are recorded then."""
    database = await opened(url, pool_size=2)
    try:
        await database.migrate()
        return len((await database.schema_state()).applied)
    finally:
        await database.close()


async def recorded(url: str) -> int:
    """How many migrations are recorded."""
    database = await opened(url, pool_size=2)
    try:
        return len((await database.schema_state()).applied)
    finally:
        await database.close()


def in_a_child(url: str, at: int) -> bool:
    """Migrate in a process of its own, that dies at a statement. Was it killed?"""
    child = os.fork()
    if child == 0:
        logger = logging.getLogger("tortoise.db_client")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(Dying(at))
        asyncio.run(migrated(url))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "a migration failed after a kill"
    return os.WIFSIGNALED(status)


def main() -> None:
    """See above."""
    url, *moments = sys.argv[1:]
    for at in moments:
        killed = in_a_child(url, int(at))
        print(f"{'killed' if killed else 'ended'} {asyncio.run(recorded(url))}")
    print(f"ended {asyncio.run(migrated(url))}")


if __name__ == "__main__":
    main()
