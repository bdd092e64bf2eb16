"""Tell all agents what wants somebody, and that it is over. Called inside the transaction that finds it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from intake.house import House
from intake.outgoing import jobs
from storage import alarms

log = structlog.get_logger()

TOLD_AGAIN_AFTER = timedelta(hours=6)


async def tell(house: House, name: str, words: str, now: datetime) -> None:
    """Tell it unless that was done within six hours, in whichever words. `words` end with what to do."""
    if not house.desk or not await alarms.first_to_tell(name, now - TOLD_AGAIN_AFTER):
        return
    log.warning("agents are told", alarm=name)
    await jobs.notice(None, None, words, now, name=alarms.ON + name)


async def over(name: str, words: str, now: datetime) -> None:
    """Say that it has ended."""
    log.info("agents are told that it is over", alarm=name)
    await jobs.notice(None, None, words, now, name=alarms.OVER + name)
