"""What comes before the first message is taken, while the ports answer already: the database, its schema, the models.

What is away for a while is waited for; what is set wrong ends the program.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.errors import StartError
from intake.understanding.reading import warm_up
from storage.database import Database, DatabaseAwayError, is_away
from storage.migrating import newer_than_code
from storage.transaction import to_its_end

log = structlog.get_logger()

Step = Callable[[], Awaitable[None]]

STARTING = "The program is starting."
AGAIN_S, AGAIN_AT_MOST_S = 0.25, 2.0
# Whoever comes while all goes well waits for it: a second or two, more where a large SQLite database is migrated. RFC
# 5321 §4.5.3.2.6: a client waits for ten minutes after its final dot.
PATIENCE_S = 60.0


class Opening:
    """The start of one run. `trouble` says what is still missing, in words for the operator."""

    def __init__(self, database: Database, languages: tuple[str, ...]) -> None:
        self.trouble: str | None = STARTING
        # Done once the database is there and fits; each may be done again when it failed.
        self.steps: Sequence[Step] = ()
        self._database = database
        self._languages = languages
        self._over = asyncio.Event()

    @property
    def away(self) -> str | None:
        """Why nothing can be taken before something changes; None also while it is a matter of a second."""
        return None if self.trouble == STARTING else self.trouble

    async def run(self) -> None:
        """Return when messages can be taken. Raises StartError or DatabaseError where waiting would not help."""
        # The models take a second to load; on the event loop everybody would wait for it.
        loading = asyncio.create_task(asyncio.to_thread(warm_up, self._languages))
        await self._until_there()
        await loading
        self.trouble = None
        self._over.set()

    async def passed(self) -> None:
        """Wait for the end of a start that goes well. Raises DatabaseAwayError when it does not."""
        if self.trouble is None:
            return
        try:
            async with asyncio.timeout(0 if self.away else PATIENCE_S):
                await self._over.wait()
        except TimeoutError as error:
            raise DatabaseAwayError(self.trouble or STARTING) from error

    async def _until_there(self) -> None:
        wait = AGAIN_S
        while True:
            try:
                await self._try()
                return
            except Exception as error:
                if not is_away(error):
                    raise
                words = str(error) if isinstance(error, DatabaseAwayError) else f"{type(error).__name__}: {error}"
                if self.trouble == STARTING:
                    log.warning("the start waits for the database", reason=words)
                self.trouble = f"The start waits for the database. {words}"
            await asyncio.sleep(wait)
            wait = min(2 * wait, AGAIN_AT_MOST_S)

    async def _try(self) -> None:
        await self._database.connect()
        # A migration that was cancelled would leave its connection to nobody.
        await to_its_end(bring_up_to_date(self._database))
        for step in self.steps:
            await step()


async def bring_up_to_date(database: Database) -> None:
    """SQLite is migrated at the start. PostgreSQL, which other processes may be using, is migrated by command."""
    if database.is_sqlite:
        for name in await database.migrate():
            log.info("migrated", migration=name)
        return
    state = await database.schema_state()
    if state.unknown:
        raise StartError(newer_than_code(state))
    if state.missing:
        raise StartError("The database is not up to date. Run: intake-bot migrate")
