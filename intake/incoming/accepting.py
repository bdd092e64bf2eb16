"""Take a message in, or set it aside: one that our own code cannot handle never stops the ones behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from intake.house import House
from intake.message import CannotRead, PutOff
from intake.outgoing import jobs
from intake.tally import What, tally
from storage import parking
from storage.database import is_away
from storage.journal import Journal
from storage.traces import TRACE, current
from storage.transaction import after_commit, transaction

log = structlog.get_logger()

DEADLY = 2  # unclean ends of the program at one message, after which it is read no more


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as it came, before anybody has read it. `envelope` is what the adapter needs to read it again."""

    channel: str
    key: str
    content: bytes
    envelope: Mapping[str, str]


class Parking:
    """The place for messages that crash our code."""

    def __init__(
        self,
        house: House,
        wake: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        journal: Journal | None = None,
    ) -> None:
        self._house = house
        self._wake = wake
        self._clock = clock
        self._journal = journal or Journal()

    def suspects(self, channel: str, key: str) -> bool:
        """Did the program die while it was at work on this message? Whoever can read it apart does."""
        return self._journal.deaths(f"{channel}:{key}") > 0

    async def handle(self, raw: Raw, work: Callable[[], Awaitable[object]]) -> None:
        """Do the work; when our own code fails at it, park the message and tell the agents.

        Raises what the database or the disk raises: then nothing was accepted, and the wire must not be acknowledged.
        """
        name = f"{raw.channel}:{raw.key}"
        deaths = self._journal.deaths(name)
        if deaths >= DEADLY:
            await self._park(
                raw, f"the program died {deaths} times while it was at work on it, and has not read it again"
            )
            return
        try:
            await self._journal.watch(name, work())
        except PutOff as error:
            log.info("put off", channel=raw.channel, reason=str(error))
            raise
        except CannotRead as error:
            log.warning("parked", channel=raw.channel, reason=str(error))
            await self._park(raw, str(error))
        except Exception as error:
            if is_away(error):
                raise
            log.exception("parked", channel=raw.channel)
            await self._park(raw, type(error).__name__)
        else:
            # What was parked stays suspicious: it may come again, when its 250 was lost.
            if deaths:
                self._journal.survived(name)

    async def _park(self, raw: Raw, error: str) -> None:
        now = self._clock()
        envelope = {**raw.envelope, TRACE: current() or ""}

        async def work() -> None:
            parked, new = await parking.park(raw.channel, raw.key, raw.content, envelope, error, now)
            if new and self._house.desk:
                told = (
                    f"A message by {raw.channel} could not be handled ({error}). It is kept whole: "
                    f"intake-bot parked show {parked.id}, and intake-bot replay {parked.id} after the fix."
                )
                await jobs.notice(None, None, told, now)
                after_commit(self._wake)

        await transaction(work)
        tally.add(What.PARKED, raw.channel)
