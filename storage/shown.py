"""Which messages of a chat show a record, and what waits to be shown with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from tortoise.expressions import F

from storage.kinds import DeliveryKind, DeliveryState
from storage.links import Link, first_in, remember
from storage.models import CommunicationRecord, Delivery, MessageLink
from storage.requests import record_fields
from storage.transaction import transaction

TEXT, CAPTION, FILE, MERGED = "text", "caption", "file", "merged"  # the forms of a copy; merged: of several records
FORMS = (TEXT, CAPTION, FILE, MERGED)


@dataclass(frozen=True, slots=True)
class Shown:
    """One message that shows a record, or a part of it."""

    external_id: str  # "bot:chat:message"
    form: str
    part: int

    @property
    def message(self) -> int:
        return int(self.external_id.rpartition(":")[2])


async def copies(record_id: int, place: str) -> list[Shown]:
    """The messages that show a record in a place ("bot:chat:"), in their order. Of a merged one, all its records'."""
    links = MessageLink.filter(record_id=record_id, external_id__startswith=place, form__in=FORMS)
    rows = await links.order_by("part", "id")
    if rows:
        return [Shown(row.external_id, row.form or TEXT, row.part or 0) for row in rows]
    job = await Delivery.filter(
        record_id=record_id, kind=DeliveryKind.MIRROR, state=DeliveryState.SENT, external_id__startswith=place
    ).first()
    return [Shown(job.external_id, MERGED, 0)] if job is not None and job.external_id is not None else []


async def any_message(record_id: int, place: str) -> str | None:
    """A message in this place by which a record is known: a copy of it, or the one it was written in."""
    shown = await copies(record_id, place)
    return shown[0].external_id if shown else await first_in(record_id, place)


async def merged_in(external_id: str, request_id: int) -> list[CommunicationRecord]:
    """The records that one merged message shows, oldest first."""
    link = await MessageLink.filter(external_id=external_id).first()
    jobs = Delivery.filter(request_id=request_id, kind=DeliveryKind.MIRROR, external_id=external_id)
    ids = {int(str(one)) for one in await jobs.values_list("record_id", flat=True)}
    return await _records({*ids, *([link.record_id] if link is not None and link.record_id is not None else [])})


async def newest(record_id: int) -> CommunicationRecord | None:
    """The last edit of a record, or None when it is as it came."""
    rows = CommunicationRecord.filter(revises=record_id).only(*record_fields())
    return await rows.prefetch_related("attachments").order_by("-id").first()


async def newest_of(records: Sequence[CommunicationRecord]) -> list[CommunicationRecord]:
    """These records in their newest words."""
    rows = CommunicationRecord.filter(revises__in=[record.id for record in records]).only(*record_fields())
    edits = {edit.revises: edit for edit in await rows.order_by("id")}
    return [edits.get(record.id, record) for record in records]


async def album_from(record: CommunicationRecord) -> list[CommunicationRecord]:
    """The parts of an album that are shown together with this one: those after it that have no job of their own."""
    rows = CommunicationRecord.filter(
        album=record.album, request_id=record.request_id, revises=None, direction=record.direction, id__gte=record.id
    )
    parts = await rows.only(*record_fields()).prefetch_related("attachments").order_by("id").limit(100)
    jobs = Delivery.filter(record_id__in=[part.id for part in parts], kind=DeliveryKind.MIRROR)
    own = {int(str(one)) for one in await jobs.values_list("record_id", flat=True)}
    return list(takewhile(lambda part: part.id == record.id or part.id not in own, parts))


async def first_of_album(record: CommunicationRecord) -> CommunicationRecord | None:
    """The part with which an album began, when that is another one."""
    rows = CommunicationRecord.filter(album=record.album, request_id=record.request_id, revises=None)
    first = await rows.only(*record_fields()).order_by("id").first()
    return first if first is not None and first.id != record.id else None


async def waiting_behind(delivery_id: int, now: datetime, most: int) -> list[tuple[int, CommunicationRecord]]:
    """The records that are to be shown next in the same topic, with their jobs: due, one after the other.

    Nobody else takes these jobs while the one before them is being sent.
    """
    job = await Delivery.get(id=delivery_id)
    rows = Delivery.filter(conversation=job.conversation, state=DeliveryState.QUEUED, id__gt=job.id)
    ready = takewhile(
        lambda row: row.kind is DeliveryKind.MIRROR and row.due_at <= now, await rows.order_by("id").limit(most)
    )
    jobs = {row.record_id: row.id for row in ready if row.record_id is not None}
    return [(jobs[record.id], record) for record in await _records(jobs.keys())]


async def tried(jobs: Collection[int]) -> None:
    """Jobs that are tried together with the one before them: counted like each attempt, before the work."""
    await Delivery.filter(id__in=list(jobs), state=DeliveryState.QUEUED).update(attempts=F("attempts") + 1)


async def add_copies(
    request_id: int, delivery_id: int, copies: Sequence[tuple[int, Shown]], also: Collection[int], now: datetime
) -> None:
    """Remember which records these messages show. `also`: jobs that waited and were shown by the first of them."""

    async def work() -> None:
        links = [Link(shown.external_id, record_id, shown.form, shown.part) for record_id, shown in copies]
        await remember(request_id, delivery_id, links)
        if also:
            await Delivery.filter(id__in=list(also), state=DeliveryState.QUEUED).update(
                state=DeliveryState.SENT, sent_at=now, external_id=copies[0][1].external_id
            )

    await transaction(work)


async def last_part(delivery_id: int) -> int:
    """The number of the last message that a delivery has made; -1 before the first one."""
    parts = await MessageLink.filter(delivery_id=delivery_id).values_list("part", flat=True)
    return max((int(str(part)) for part in parts if part is not None), default=-1)


async def copied_by(delivery_id: int) -> int:
    """How many copies of media a delivery has made."""
    return await MessageLink.filter(delivery_id=delivery_id, form__in=(CAPTION, FILE)).count()


async def forget(external_id: str) -> None:
    """This message is there no more."""
    await MessageLink.filter(external_id=external_id).delete()


async def _records(ids: Collection[int]) -> list[CommunicationRecord]:
    rows = CommunicationRecord.filter(id__in=list(ids)).only(*record_fields())
    return await rows.prefetch_related("attachments").order_by("id")
