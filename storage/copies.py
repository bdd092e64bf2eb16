"""The copies of a chat's messages that wait for the desk: albums and edits that join them, and how fast a chat writes.

Called inside `transaction`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.kinds import DeliveryKind, DeliveryState, Direction
from storage.models import CommunicationRecord, Delivery, MessageLink, StoredAttachment


async def of_album(album: str, channel: str) -> list[CommunicationRecord]:
    """The parts of an album that have come so far, oldest first."""
    rows = CommunicationRecord.filter(album=album, channel=channel, revises=None)
    return await rows.only("id", "request_id").order_by("id").limit(100)


async def waiting(record_ids: Sequence[int]) -> Delivery | None:
    """The copy that still waits to be made of one of these records, locked: nobody starts on it before our commit."""
    rows = Delivery.filter(record_id__in=record_ids, kind=DeliveryKind.MIRROR, state=DeliveryState.QUEUED)
    return await rows.select_for_update().order_by("-id").first()


async def original(external_id: str, channel: str) -> CommunicationRecord | None:
    """The message that an edit is of, as it first came."""
    rows = CommunicationRecord.filter(external_id=external_id, channel=channel, direction=Direction.INCOMING)
    return await rows.only("id", "request_id", "album", "at").order_by("id").first()


async def last_file(record_id: int) -> str | None:
    """The wire's handle of the file that a message shows after all its edits."""
    edits = await CommunicationRecord.filter(revises=record_id).values_list("id", flat=True)
    row = await StoredAttachment.filter(record_id__in=[record_id, *edits]).order_by("-id").first()
    return None if row is None else row.remote_id


@dataclass(frozen=True, slots=True)
class Named:
    """The record behind a wire's id, and the request in which it is now."""

    record: int
    request: int | None


async def named(external_id: str, channel: str) -> Named | None:
    """What a wire's id names: a customer's own message, or one of ours. A record that was moved is where it is now."""
    rows = CommunicationRecord.filter(external_id=external_id, channel=channel)
    record = await rows.only("id", "request_id").order_by("id").first()
    if record is not None:
        return Named(record.id, record.request_id)
    links = MessageLink.filter(external_id=external_id, record_id__not_isnull=True)
    for record_id, request_id in await links.limit(1).values_list("record_id", "record__request_id"):
        return Named(record_id, request_id)
    return None


async def came_at(request_id: int, before: int) -> datetime | None:
    """When the customer's message came that is so many before the newest one."""
    rows = CommunicationRecord.filter(request_id=request_id, direction=Direction.INCOMING)
    record = await rows.only("id", "at").order_by("-id").offset(before).limit(1).first()
    return None if record is None else record.at
