"""How the desk stands, in numbers and lists: for the summary in General and for agents who ask. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Count, Min

from storage.kinds import DeliveryState, Status
from storage.models import CustomerRequest, Delivery, Pace
from storage.requests import OPEN_STATES

WAITED_FOR = (Status.NEW, Status.OPEN)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to leave by a channel: how much is due, and since when the oldest of it."""

    channel: str
    count: int
    since: datetime


async def counts() -> dict[Status, int]:
    """How many requests there are in each open state."""
    rows = (
        await CustomerRequest.filter(status__in=OPEN_STATES)
        .annotate(number=Count("id"))
        .group_by("status")
        .values("status", "number")
    )
    found = {Status(str(row["status"])): int(row["number"]) for row in rows}
    return {status: found.get(status, 0) for status in OPEN_STATES}


async def unassigned() -> int:
    """How many requests wait for us and are nobody's."""
    return await CustomerRequest.filter(status__in=WAITED_FOR, assignee_id=None).count()


async def waiting_longest(most: int) -> list[CustomerRequest]:
    """The customers who wait for us longest."""
    rows = CustomerRequest.filter(status__in=WAITED_FOR, waiting_since__not_isnull=True)
    return await rows.select_related("customer", "assignee").order_by("waiting_since", "id").limit(most)


async def of_agent(agent_id: int, most: int) -> list[CustomerRequest]:
    """An agent's open requests: those that wait for us first."""
    rows = CustomerRequest.filter(assignee_id=agent_id, status__in=OPEN_STATES).select_related("customer")
    found = await rows.order_by("id").limit(most)
    return sorted(
        found, key=lambda request: (request.status not in WAITED_FOR, request.waiting_since or request.updated_at)
    )


async def due(now: datetime, upto: int) -> list[Waiting]:
    """What should have left by now and has not, by channel; what is less urgent than `upto` does not count."""
    rows = (
        await Delivery.filter(state=DeliveryState.QUEUED, due_at__lte=now, priority__lte=upto)
        .annotate(number=Count("id"), oldest=Min("queued_at"))
        .group_by("channel")
        .values("channel", "number", "oldest")
    )
    return [Waiting(str(row["channel"]), int(row["number"]), row["oldest"]) for row in rows]


async def put_off(now: datetime) -> int:
    """How many jobs were refused for now and wait for their next attempt."""
    return await Delivery.filter(state=DeliveryState.QUEUED, due_at__gt=now, last_error__not_isnull=True).count()


async def paused(now: datetime) -> list[Pace]:
    """The chats that the wire has told to wait."""
    return await Pace.filter(paused_until__gt=now).order_by("paused_until")
