"""The outbox's rows: what came of an attempt, what waits, what people were sent. Who works on them: claims.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.connection import get_connection
from tortoise.expressions import F

from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery, MessageLink
from storage.unsaid import unsaid

TO_PEOPLE = (DeliveryKind.REPLY, DeliveryKind.STEP, DeliveryKind.QUESTION, DeliveryKind.ACKNOWLEDGEMENT)

# What came of many attempts, in one statement. Whoever is not the owner any more changes nothing.
_SETTLE = """
WITH came (id, fence, state, error, due_at, sent_at, external_id) AS (VALUES {rows})
UPDATE delivery SET state = came.state, last_error = came.error, due_at = came.due_at, sent_at = came.sent_at,
    external_id = came.external_id, lease_owner = NULL, lease_until = NULL
FROM came WHERE delivery.id = came.id AND delivery.fence = came.fence AND delivery.state = 'sending'
RETURNING delivery.id
"""
_COLUMNS = ("bigint", "int", "text", "text", "timestamptz", "timestamptz", "text")
_REMEMBER = """
INSERT INTO message_link (request_id, record_id, delivery_id, external_id) VALUES {rows}
ON CONFLICT (external_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of an attempt at a job."""

    delivery: Delivery  # as it was claimed: its fence says whose attempt this was
    state: DeliveryState
    error: str | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    external_ids: tuple[str, ...] = ()


async def settle_all(settlements: Sequence[Settlement]) -> set[int]:
    """Write what came of attempts at different jobs. Returns the ids of those that were still their owners'.

    Call it inside `transaction`.
    """
    values: list[object] = []
    for one in settlements:
        due_at, ids = one.due_at or one.delivery.due_at, " ".join(one.external_ids) or None
        error = None if one.error is None else unsaid(one.error)
        values += [one.delivery.id, one.delivery.fence, str(one.state), error, due_at, one.sent_at, ids]
    rows = await _execute(_SETTLE, values, len(_COLUMNS), _COLUMNS)
    settled = {int(str(row["id"])) for row in rows}
    links: list[object] = []
    for one in settlements:
        if one.delivery.id in settled and one.delivery.request_id is not None:
            for external_id in one.external_ids:
                links += [one.delivery.request_id, one.delivery.record_id, one.delivery.id, external_id]
    if links:
        await _execute(_REMEMBER, links, 4)
    return settled


async def parts_sent(delivery_id: int) -> tuple[str, ...]:
    """The wire's ids of the parts that an earlier attempt delivered."""
    links = await MessageLink.filter(delivery_id=delivery_id).order_by("id")
    return tuple(link.external_id for link in links)


async def waits(request_id: int | None, kind: DeliveryKind, record_id: int | None = None) -> bool:
    """Is a job of this kind already queued for the request, or for the record?"""
    return await Delivery.filter(
        request_id=request_id, record_id=record_id, kind=kind, state=DeliveryState.QUEUED
    ).exists()


async def behind(message_id: str, channel: str) -> list[Delivery]:
    """The jobs that brought people a message with this id, whether or not we have learnt that it arrived."""
    return await Delivery.filter(message_id=message_id, channel=channel, kind__in=TO_PEOPLE).order_by("id")


async def to_customer(delivery_id: int, channel: str) -> Delivery | None:
    """A job that brought somebody a message by this channel."""
    return await Delivery.filter(id=delivery_id, channel=channel, kind__in=TO_PEOPLE).first()


async def to_people(request_id: int) -> list[Delivery]:
    """What a request's people were sent or are to be sent, oldest first."""
    return await Delivery.filter(request_id=request_id, kind__in=TO_PEOPLE).order_by("id")


async def refreshed(delivery: Delivery) -> Delivery:
    """A job as it is now."""
    return await Delivery.get(id=delivery.id)


async def mark_returned(delivery_id: int, reason: str) -> None:
    """A job that the wire had taken came back. An owner that is still at it finds its fence gone."""
    await Delivery.filter(id=delivery_id).update(
        state=DeliveryState.FAILED, last_error=unsaid(reason), fence=F("fence") + 1, lease_owner=None, lease_until=None
    )


async def _execute(
    statement: str, values: list[object], columns: int, types: Sequence[str] = ()
) -> list[dict[str, object]]:
    """Ask with rows of so many values. PostgreSQL wants to know of the first row what its values are."""
    connection = get_connection("default")
    postgres = connection.capabilities.dialect == "postgres"
    rows = []
    for start in range(0, len(values), columns):
        places = [f"${number + 1}" if postgres else "?" for number in range(start, start + columns)]
        if postgres and start == 0 and types:
            places = [f"{place}::{kind}" for place, kind in zip(places, types, strict=True)]
        rows.append(f"({', '.join(places)})")
    return await connection.execute_query_dict(statement.replace("{rows}", ", ".join(rows)), values)
