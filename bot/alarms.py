"""Tell the agents, in General, what somebody of theirs must mend. The same words once in six hours at most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from intake import jobs
from intake.house import House
from storage import deliveries
from storage.database import DATABASE_AWAY
from storage.transaction import after_commit, transaction

log = structlog.get_logger()

TOLD_AGAIN_AFTER = timedelta(hours=6)


class Alarms:
    """The way from the program's own troubles to the people who can end them."""

    def __init__(
        self, house: House, wake: Callable[[], None], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._house = house
        self._wake = wake
        self._clock = clock
        self._told: dict[str, datetime] = {}

    async def tell(self, words: str) -> None:
        """Log it, and queue it for the desk. An alarm never fails: without a database it is in the log alone."""
        now = self._clock()
        self._told = {said: at for said, at in self._told.items() if now - at < TOLD_AGAIN_AFTER}
        if words in self._told:
            return
        log.warning(words)
        try:
            await transaction(lambda: self.queue(words))
        except DATABASE_AWAY as error:
            log.warning("alarm not queued", error=type(error).__name__)
        else:
            self._told[words] = now

    async def queue(self, words: str) -> None:
        """Queue it in the transaction around us, unless the desk was told before a restart of ours."""
        now = self._clock()
        if self._house.desk and not await deliveries.told_since(words, now - TOLD_AGAIN_AFTER):
            await jobs.notice(None, None, words, now)
            after_commit(self._wake)
