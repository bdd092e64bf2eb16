"""A request is done, or not done after all: by an agent's word, each in one transaction with its event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from intake.agents.deeds import DONE, SOMEBODY, Deed, Outcome, once
from intake.agents.named import next_version
from intake.house import House
from intake.understanding.categories import UNSORTED
from storage import learning, requests
from storage.kinds import Status
from storage.models import Agent, CustomerRequest
from storage.transaction import change

SPAM = "spam"


async def resolve(
    house: House, wake: Callable[[], None], request_id: int, by: Agent, now: datetime, seen: int | None = None
) -> Outcome:
    """Mark a request as resolved. Raises NoSuchRequest."""

    def already(request: CustomerRequest) -> str | None:
        return f"It was {request.status} already." if request.status in DONE else None

    async def do(request: CustomerRequest) -> str:
        await requests.add_event(request.id, now, by.name, "status", request.status, Status.RESOLVED)
        await change(
            request,
            status=Status.RESOLVED,
            resolved_at=now,
            waiting_since=None,
            updated_at=now,
            version=next_version(request),
        )
        return "Resolved."

    return await once(house, wake, request_id, Deed(already, do), now, seen)


async def reopen(
    house: House, wake: Callable[[], None], request_id: int, by: Agent, now: datetime, seen: int | None = None
) -> Outcome:
    """Open a resolved request again; one that was closed as spam is unsorted then. Raises NoSuchRequest."""

    def already(request: CustomerRequest) -> str | None:
        return "It was open already." if request.status not in DONE else None

    async def do(request: CustomerRequest) -> str:
        await requests.add_event(request.id, now, by.name, "status", request.status, Status.OPEN)
        if request.category == SPAM:
            await requests.add_event(request.id, now, by.name, "category", SPAM, UNSORTED)
            await learning.withdraw(request, by.id, now)
            why = [f"no spam, says {by.name or SOMEBODY}"]
            await change(request, category=UNSORTED, category_confidence=0.0, category_reasons=why)
        await change(
            request,
            status=Status.OPEN,
            resolved_at=None,
            waiting_since=now,
            updated_at=now,
            version=next_version(request),
        )
        return "Open again."

    return await once(house, wake, request_id, Deed(already, do), now, seen)
