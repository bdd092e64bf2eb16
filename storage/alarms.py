"""What all agents were told of by name: when, and whether it is over. Plain values in; called by intake/alarms.py."""

from __future__ import annotations

from datetime import datetime

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from storage.kinds import DeliveryKind
from storage.models import Delivery

ON, OVER = "alarm:", "over:"


async def told_since(name: str, since: datetime) -> bool:
    """Was this alarm told since then?"""
    return await _told(since).filter(subject=ON + name).exists()


async def first_to_tell(name: str, since: datetime) -> bool:
    """The same question, asked by one process at a time until its transaction ends. True: nobody has told it."""
    if await told_since(name, since):
        return False
    connection = get_connection("default")
    if connection.capabilities.dialect == "postgres":
        await connection.execute_query("SELECT pg_advisory_xact_lock(hashtext($1))", [ON + name])
        return not await told_since(name, since)
    return True


async def standing(since: datetime) -> dict[str, datetime]:
    """The alarms that were told since then and are not over, and when each was last told."""
    found: dict[str, datetime] = {}
    rows = _told(since).exclude(subject="").only("id", "subject", "queued_at").order_by("id")
    for row in await rows:
        if row.subject.startswith(ON):
            found[row.subject.removeprefix(ON)] = row.queued_at
        else:
            found.pop(row.subject.removeprefix(OVER), None)
    return found


def _told(since: datetime) -> QuerySet[Delivery]:
    return Delivery.filter(kind=DeliveryKind.NOTICE, queued_at__gt=since, request_id__isnull=True)
