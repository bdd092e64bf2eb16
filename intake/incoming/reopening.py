"""What a customer's further message does to his request: he waits again, within bounds. Thanks change nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from intake.agents.named import next_version
from intake.house import House
from intake.message import Inbound, is_decoration
from intake.outgoing import jobs
from intake.screening import Treatment
from intake.understanding import courtesy as courtesies
from intake.understanding.courtesy import Courtesy
from intake.understanding.reading import Reading
from storage import requests
from storage.kinds import CUSTOMER, INTAKE, PARTICIPANT, Status, request_number
from storage.models import Customer, CustomerRequest
from storage.transaction import change

MOST_REOPENINGS = 3  # of a request in `WITHIN`, by its customer's messages
WITHIN = timedelta(days=1)

# In which states of a request a mere courtesy changes nothing. To "May we send a new one?" an "Ok!" is an answer.
SETTLED: dict[Courtesy, tuple[Status, ...]] = {
    Courtesy.THANKS: (Status.RESOLVED, Status.PENDING),
    Courtesy.ASSENT: (Status.RESOLVED,),
}


async def go_on(
    house: House,
    request: CustomerRequest,
    sender: Customer,
    treatment: Treatment,
    courtesy: Courtesy | None,
    now: datetime,
) -> None:
    """A known request has a new message. Called with its row locked."""
    actor = CUSTOMER if sender.id == request.customer_id else PARTICIPANT
    if treatment is not Treatment.WELCOME:
        # A robot has no question: it never makes anybody wait, and never reopens.
        await change(request, updated_at=now)
    elif courtesy is not None and request.status in SETTLED[courtesy]:
        await requests.add_event(request.id, now, actor, "courtesy", after=courtesy)
        await change(request, updated_at=now)
    elif request.status is Status.RESOLVED and not await _may_reopen(request, now):
        await change(request, updated_at=now)
        await _withhold(house, request, now)
    else:
        await _wait_again(house, request, actor, now)


async def courtesy_of(house: House, message: Inbound, reading: Reading, sender: Customer) -> Courtesy | None:
    """Does somebody who answers only say thanks?"""
    answers = message.threadless or message.hints or message.references or message.conversation
    if not answers or message.wordless or len(reading.reply_text) > courtesies.LONGEST:
        return None
    if any(not is_decoration(inline=file.inline, size=file.size) for file in message.attachments):
        return None
    if not courtesies.depends_on_names(message.subject, reading.reply_text):
        return None
    his = (message.sender.name, sender.name, message.sender.value.partition("@")[0])
    names = (*his, house.company, *await requests.agent_names())
    return courtesies.judge(message.subject, reading.reply_text, names)


async def open_again(request: CustomerRequest, actor: str, now: datetime) -> None:
    """It is our turn: write it down, and who has made it so. Called with the request's row locked."""
    await requests.add_event(request.id, now, actor, "status", request.status, Status.OPEN)
    await change(
        request,
        status=Status.OPEN,
        resolved_at=None,
        waiting_since=request.waiting_since or now,
        updated_at=now,
        version=next_version(request),
    )


async def _may_reopen(request: CustomerRequest, now: datetime) -> bool:
    changes = await requests.events_since(request.id, "status", now - WITHIN)
    reopened = [
        event for event in changes if event.before == Status.RESOLVED and event.actor in (CUSTOMER, PARTICIPANT)
    ]
    return len(reopened) < MOST_REOPENINGS


async def _withhold(house: House, request: CustomerRequest, now: datetime) -> None:
    """Two machines that answer each other would reopen it for ever. The agents hear of it once."""
    if await requests.events_since(request.id, "reopening withheld", now - WITHIN):
        return
    told = f"{request_number(request.id)} was reopened {MOST_REOPENINGS} times within a day"
    await requests.add_event(request.id, now, INTAKE, "reopening withheld", after=told)
    if house.desk:
        words = f"{told}: further messages are shown here, but do not reopen it. Reopen it yourself if it is not done."
        await jobs.notice(request.id, None, words, now)


async def _wait_again(house: House, request: CustomerRequest, actor: str, now: datetime) -> None:
    if request.status not in (Status.PENDING, Status.RESOLVED):
        await change(request, updated_at=now, waiting_since=request.waiting_since or now)
        return
    await open_again(request, actor, now)
    if house.desk:
        await jobs.card(request.id, now)
        await jobs.topic(request.id, now)
