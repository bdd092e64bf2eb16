"""Is all well? What keeps the program from doing its work, in words for the operator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.desk.health import DeskHealth
from bot.opening import Opening
from bot.receiving.updates import Source
from bot.room import Room
from storage.database import Database

ANSWERS_WITHIN_S = 3.0


class Health:
    """Looks at the parts that can fail while everything else goes on."""

    def __init__(
        self,
        database: Database,
        source: Source | None,
        desk: DeskHealth | None,
        hints: Sequence[str],
        opening: Opening,
        room: Room,
        troubles: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """`hints`: what does not work because it was never set; no failure.

        `troubles`: what is wrong while messages go on, so that we are ready all the same.
        """
        self.hints = tuple(hints)
        self._database = database
        self._source = source
        self._desk = desk
        self._opening = opening
        self._room = room
        self.troubles = troubles
        self._asking: asyncio.Task[str | None] | None = None

    async def reasons(self) -> list[str]:
        """Why messages do not come in or go out as they should; empty when all is well."""
        parts = [part for part in (self._room, self._source, self._desk) if part is not None]
        found = [await self._stored(), *(part.trouble for part in parts)]
        return [reason for reason in found if reason]

    async def _stored(self) -> str | None:
        """Does the database answer? One question at a time, however many ask us."""
        if self._opening.trouble is not None:
            return self._opening.trouble
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait([self._asking], timeout=ANSWERS_WITHIN_S)
        return self._asking.result() if done else f"The database has not answered for {ANSWERS_WITHIN_S:.0f} seconds."

    async def _ask(self) -> str | None:
        try:
            await self._database.probe()
        except Exception as error:  # noqa: BLE001 - a mouth: whatever it is, the page says so
            return f"The database does not answer ({type(error).__name__})."
        return None
