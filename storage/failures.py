"""Deliveries that did not arrive, or of which nobody knows: found, tried again, marked. Plain values in, rows out.

What writes is called inside `transaction`; each write is a compare-and-set, so that two presses do it once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tortoise.expressions import Q

from storage.kinds import DeliveryKind, DeliveryState, Direction, Status
from storage.models import CommunicationRecord, Delivery, Event

UNSETTLED = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
ANSWERS = (DeliveryKind.REPLY, DeliveryKind.STEP, DeliveryKind.QUESTION, DeliveryKind.ACKNOWLEDGEMENT)
WORDS = (DeliveryKind.REPLY, DeliveryKind.EDIT, DeliveryKind.RECALL)
FINISHED = (Status.RESOLVED, Status.CLOSED)


async def delivery(delivery_id: int) -> Delivery | None:
    """A job with its record and its request."""
    return await Delivery.filter(id=delivery_id).select_related("record", "request").first()


async def of_record(record_id: int) -> list[Delivery]:
    """The jobs that bring people an agent's words, oldest first."""
    return await Delivery.filter(record_id=record_id, kind__in=WORDS).order_by("id")


async def queue_again(delivery_id: int, attempts: int, now: datetime) -> bool:
    """Let it be tried once more. False: it is not as whoever asks has seen it."""
    changed = await Delivery.filter(id=delivery_id, attempts=attempts, state__in=UNSETTLED).update(
        state=DeliveryState.QUEUED, due_at=now, queued_at=now
    )
    return bool(changed)


async def has_arrived(delivery_id: int, attempts: int, now: datetime) -> bool:
    """It did arrive, says an agent. False: it is not as he has seen it."""
    changed = await Delivery.filter(id=delivery_id, attempts=attempts, state=DeliveryState.UNKNOWN).update(
        state=DeliveryState.SENT, sent_at=now
    )
    return bool(changed)


async def replaced_by(delivery_id: int) -> Delivery | None:
    """The job that does on another channel what this one could not."""
    return await Delivery.filter(concerns=delivery_id, kind=DeliveryKind.REPLY).first()


async def last_deed(request_id: int, mark: str, whats: Collection[str]) -> Event | None:
    """The last thing that somebody did about a delivery."""
    return await Event.filter(request_id=request_id, before=mark, what__in=whats).order_by("-id").first()


async def unsettled(since: datetime, most: int) -> list[Delivery]:
    """What did not arrive since then and nobody has dealt with, newest first; of requests that are still open."""
    rows = (
        await Delivery.filter(state__in=UNSETTLED, kind__in=ANSWERS, queued_at__gt=since)
        .exclude(request__status__in=FINISHED)
        .select_related("request", "request__customer")
        .order_by("-id")
        .limit(most)
    )
    rows = await wanted(rows)
    replaced = await Delivery.filter(concerns__in=[row.id for row in rows], kind=DeliveryKind.REPLY).values_list(
        "concerns", flat=True
    )
    return [row for row in rows if row.id not in replaced]


async def wanted(rows: Collection[Delivery]) -> list[Delivery]:
    """Those of these jobs whose words somebody is still to read: not what was taken back, not what became a note."""
    ids = [row.record_id for row in rows]
    recalls = Delivery.filter(record_id__in=ids, kind=DeliveryKind.RECALL)
    notes = CommunicationRecord.filter(Q(id__in=ids) | Q(revises__in=ids), direction=Direction.NOTE)
    unwanted = {int(str(one)) for one in await recalls.values_list("record_id", flat=True)}
    for note in await notes.only("id", "revises"):
        unwanted |= {note.id, note.revises or note.id}
    return [row for row in rows if row.record_id not in unwanted]
