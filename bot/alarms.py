"""The way from the program's own troubles to General, for parts that stand outside of any transaction.

The same alarm is told once in six hours at most, whichever process finds it and however often it restarts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from intake import alarms
from intake.alarms import TOLD_AGAIN_AFTER
from intake.house import House
from storage.database import DATABASE_AWAY
from storage.transaction import after_commit, transaction

log = structlog.get_logger()

LONGEST_NAME = 200


class Alarms:
    """Tells what must be mended, and that it was."""

    def __init__(
        self, house: House, wake: Callable[[], None], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._house = house
        self._wake = wake
        self._clock = clock
        self._told: dict[str, datetime] = {}

    async def tell(self, words: str, name: str = "") -> None:
        """Log it, and queue it for the desk. An alarm never fails: without a database it is in the log alone.

        `name`: the same for all words about the same trouble; empty: the words are.
        """
        now, name = self._clock(), name or words[:LONGEST_NAME]
        self._told = {said: at for said, at in self._told.items() if now - at < TOLD_AGAIN_AFTER}
        if name in self._told:
            return
        log.warning(words)
        try:
            await transaction(lambda: self.queue(words, name))
        except DATABASE_AWAY as error:
            log.warning("alarm not queued", error=type(error).__name__)
        else:
            self._told[name] = now

    async def queue(self, words: str, name: str = "") -> None:
        """Queue it in the transaction around us, unless the desk was told before a restart of ours."""
        await alarms.tell(self._house, name or words[:LONGEST_NAME], words, self._clock())
        after_commit(self._wake)

    async def over(self, name: str, words: str) -> None:
        """Say that it has ended."""

        async def work() -> None:
            await alarms.over(name, words, self._clock())
            after_commit(self._wake)

        try:
            await transaction(work)
        except DATABASE_AWAY as error:
            log.warning("the end of an alarm is not queued", error=type(error).__name__)
