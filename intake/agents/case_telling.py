"""What a customer reads of a step of his case: a record, the job that brings it to him, the one that shows it here.

Called inside the transaction of the step.
"""

from __future__ import annotations

from datetime import datetime

from intake.agents.deeds import DONE
from intake.cases.saying import send
from intake.house import House
from intake.outgoing import jobs
from intake.words.occasions import Rendered
from storage import requests
from storage.kinds import DeliveryKind, Direction, Status
from storage.models import Agent, CommunicationRecord, CustomerRequest
from storage.transaction import change


async def tell(house: House, request: CustomerRequest, why: str, by: Agent, made: Rendered, now: datetime) -> None:
    """Let the customer read it on his own channel, as an answer to what he said last."""
    mail = request.channel in house.stamps
    text = (made.text if mail else made.chat).strip()
    record = CommunicationRecord(
        request=request,
        direction=Direction.OUTGOING,
        channel=request.channel,
        subject=made.subject if mail else "",
        text=text,
        reply_text=text,
        author=by.name,
        agent=by,
        at=now,
        threaded_by=why,
        verified=True,
    )
    asked = await requests.last_incoming(request.id) if mail else None
    await send(house, request, record, made, asked, now, kind=DeliveryKind.STEP)


async def answered(house: House, request: CustomerRequest, by: Agent, now: datetime) -> None:
    """What the customer wished for is decided: it is his turn, unless the request was done."""
    if request.status in DONE:
        return
    if request.status is not Status.PENDING:
        await requests.add_event(request.id, now, by.name, "status", request.status, Status.PENDING)
    await change(
        request,
        status=Status.PENDING,
        waiting_since=None,
        first_responded_at=request.first_responded_at or now,
        assignee_id=request.assignee_id or by.id,
    )
    if house.desk:
        await jobs.topic(request.id, now)
