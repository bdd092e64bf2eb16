"""What the past adds to how urgent a message is: who writes, how often, and how long he has waited.

Only ever raised, and never over what an agent has set.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from intake.agents.named import next_version
from intake.house import House
from intake.message import Inbound
from intake.outgoing import jobs
from intake.understanding.priority import Urgency, higher
from storage import requests
from storage.customers import Known
from storage.kinds import INTAKE, Priority
from storage.models import CustomerRequest
from storage.transaction import change

MANY_OPEN, LATELY = 2, timedelta(days=30)  # earlier requests of his that are not done
WAITED_LONG = timedelta(days=3)  # where the policy has no deadline
EVERYTHING = timedelta(seconds=1)  # also what happened in the same instant
NEARLY = 0.75  # of the time within which somebody must have answered


async def of_new(house: House, message: Inbound, known: Known, said: Urgency, now: datetime) -> Urgency:
    """How urgent a message is that opens a request. Of somebody who writes for the first time nothing is asked."""
    reasons = _important(house, message, known)
    if not known.is_new and not reasons and said.priority in (Priority.NORMAL, Priority.HIGH):
        waiting = await requests.waiting_of(known.customer.id, now - LATELY)
        if waiting >= MANY_OPEN:
            reasons = (f"repeated contact: {waiting} other requests of his wait for us",)
    return _raised(said, Priority.HIGH, reasons)


async def raise_again(
    house: House, message: Inbound, known: Known, request: CustomerRequest, said: Urgency, now: datetime
) -> None:
    """Raise a request's priority by a further message in it. Called with its row locked, before it waits anew."""
    reasons = _important(house, message, known) or _waits(house, request, now)
    urgency = _raised(said, Priority.HIGH, reasons)
    if higher(urgency.priority, request.priority) == request.priority:
        return
    if await is_agents(request):
        return
    raised = Priority(urgency.priority)
    await requests.add_event(request.id, now, INTAKE, "priority", request.priority, raised)
    await change(
        request, priority=raised, priority_reasons=list(urgency.reasons), updated_at=now, version=next_version(request)
    )
    if house.desk:
        await jobs.card(request.id, now)
        await jobs.topic(request.id, now)


async def is_agents(request: CustomerRequest) -> bool:
    """Has an agent said how soon a request wants one? Then no message changes it."""
    chosen = await requests.events_since(request.id, "priority", request.created_at - EVERYTHING)
    return any(event.actor != INTAKE for event in chosen)


async def of_first_words(request: CustomerRequest, heard: Urgency, said: Urgency) -> Urgency:
    """How urgent a request is that began without words, now that there are some. Called with its row locked.

    `heard`: how urgent the words are by themselves; `said`: with what they are about. What an agent has set stays, and
    what the past has raised is not lowered by calm words.
    """
    so_far = Urgency(request.priority, tuple(request.priority_reasons))
    by_these_words = so_far.reasons in ((), heard.reasons)
    if (not by_these_words and higher(said.priority, so_far.priority) == so_far.priority) or await is_agents(request):
        return so_far
    return said


def _important(house: House, message: Inbound, known: Known) -> tuple[str, ...]:
    # Who is not proven to be him may write any address into a letter.
    if message.verified and house.policy.vip.includes(message.sender.value, known.customer.id):
        return ("important customer",)
    return ()


def _waits(house: House, request: CustomerRequest, now: datetime) -> tuple[str, ...]:
    """He waits for us and writes again, when the time for an answer is over, or nearly."""
    if request.waiting_since is None:
        return ()
    waited = now - request.waiting_since
    deadline = house.policy.deadlines.of(request.priority)
    if waited < (deadline * NEARLY if deadline is not None else WAITED_LONG):
        return ()
    late = deadline is not None and waited >= deadline
    return (f"writes again after {_span(waited)}" + ("; the time for an answer is over" if late else ""),)


def _raised(said: Urgency, to: Priority, reasons: tuple[str, ...]) -> Urgency:
    if not reasons:
        return said
    priority = higher(said.priority, to)
    return Urgency(priority, (*reasons, *(said.reasons if said.priority == priority else ())))


def _span(waited: timedelta) -> str:
    hours = int(waited.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 2 * 24 else f"{hours} hours" if hours != 1 else "1 hour"
