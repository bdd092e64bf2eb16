"""When the company's policy changes, say anew until when the cases under way are covered and may come back.

Nothing waits for it: cases are looked at a few at a time, and only those whose dates differ are written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

import structlog

from intake.coverage import dates
from intake.house import House
from intake.outgoing import jobs
from intake.policy import Policy
from storage import cases, requests
from storage.database import DATABASE_AWAY
from storage.kinds import INTAKE
from storage.transaction import after_commit, change, transaction

log = structlog.get_logger()

LOOK_EVERY_S = 10.0
AT_ONCE = 50  # cases that are read together
DATED = "case dates"  # in the audit trail


class Redating:
    """Follows the policy in use."""

    def __init__(self, house: House, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        self._house = house
        self._clock = clock
        self._wake = wake
        self._seen: Policy | None = None
        self._done: Policy | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except DATABASE_AWAY:
                continue
            except Exception:
                # Whatever the database does, the next look begins again.
                log.exception("cases not dated anew")

    async def look(self) -> int:
        """Date the cases anew if the policy has changed, and has not just changed. Returns how many were written.

        The other processes may take a few seconds longer to read the same file.
        """
        policy = self._house.policy
        still, self._seen = policy is self._seen, policy
        if policy is self._done or not still:
            return 0
        written, last = 0, 0
        while rows := await cases.dated(last, AT_ONCE):
            last = rows[-1].id
            for row in rows:
                if dates(policy, row) != (row.warranty_until, row.return_until):
                    written += await transaction(partial(self._date, row.request_id, policy))
                await asyncio.sleep(0)  # patterns take time, and messages come first
        self._done = policy
        log.info("cases dated anew", written=written)
        return written

    async def _date(self, request_id: int, policy: Policy) -> bool:
        """With the request locked, as it is now."""
        request, case = await requests.locked_request(request_id), await requests.case_of(request_id)
        if request is None or case is None:
            return False
        before, found = (case.warranty_until, case.return_until), dates(policy, case)
        if before == found:
            return False
        await change(case, warranty_until=found[0], return_until=found[1])
        await requests.add_event(request_id, self._clock(), INTAKE, DATED, _told(before), _told(found))
        if self._house.desk:
            await jobs.card(request_id, self._clock())
        after_commit(self._wake)
        return True


def _told(days: tuple[date | None, date | None]) -> str:
    """Both days as the audit trail has them."""
    named = zip(("warranty until", "back until"), days, strict=True)
    return ", ".join(f"{name} {day}" for name, day in named if day is not None) or "none"
