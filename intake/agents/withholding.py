"""Keep in the house what has not left: an answer that turns out to be a note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from intake.agents.named import next_version
from intake.agents.spoken import NOTES
from intake.house import House
from intake.outgoing import jobs
from storage import answers, requests
from storage.kinds import Status
from storage.models import Agent, CommunicationRecord, CustomerRequest
from storage.transaction import change

IS_NOTE = "it is a note now"


async def withhold(
    house: House, request: CustomerRequest, records: Sequence[CommunicationRecord], agent: Agent, now: datetime
) -> bool:
    """Make notes of these records, as if they had never been answers. False: something has left, or may have.

    What still waits of them does not leave in either case. Inside a transaction, the request locked.
    """
    ids = [record.id for record in records]
    carrying = await answers.carrying(ids)
    await answers.withdraw([one.delivery.id for one in carrying], IS_NOTE)
    await answers.withdraw_edits(ids, IS_NOTE)
    left = {one.delivery.record_id or 0 for one in carrying if one.has_left}
    first_ones = sorted({one.delivery.record_id or 0 for one in carrying})
    # A part of an album leaves with the last job that was made up to it.
    kept = [one for one in ids if max((first for first in first_ones if first <= one), default=one) not in left]
    await answers.become_notes(kept, NOTES)
    await requests.add_event(request.id, now, agent.name, "withheld")
    if left:
        return False
    await _unanswered(house, request, records[0], now)
    return True


async def _unanswered(house: House, request: CustomerRequest, record: CommunicationRecord, now: datetime) -> None:
    """The customer waits for us as he did before."""
    before = await answers.status_before(request.id, record.at, record.author)
    first = request.first_responded_at == record.at
    if before is None or request.status is not Status.PENDING:
        return
    asked = await requests.last_incoming(request.id)
    done = before in (Status.RESOLVED, Status.CLOSED)
    await requests.add_event(request.id, now, record.author, "status", request.status, before)
    await change(
        request,
        status=before,
        waiting_since=asked.at if asked is not None and not done else None,
        resolved_at=now if done else None,
        first_responded_at=None if first else request.first_responded_at,
        updated_at=now,
        version=next_version(request),
    )
    if house.desk:
        await jobs.card(request.id, now)
        await jobs.topic(request.id, now)
