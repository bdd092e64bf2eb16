"""What agents have said and what has become of it: their albums, their edits, the jobs that carry their words.

Plain values in, rows out. What changes rows is called inside `transaction`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.kinds import DeliveryKind, DeliveryState, Direction, Status
from storage.links import Link, remember
from storage.models import CommunicationRecord, Delivery, Event, MessageLink
from storage.requests import record_fields


@dataclass(frozen=True, slots=True)
class Carried:
    """A job that carries an agent's words, and whether anything of it has arrived."""

    delivery: Delivery
    begun: bool

    @property
    def waits(self) -> bool:
        """Has nothing of it left, for certain?"""
        return self.delivery.state is DeliveryState.QUEUED and not self.begun

    @property
    def has_left(self) -> bool:
        """Has something of it left, or may have?"""
        return self.begun or self.delivery.state not in (DeliveryState.QUEUED, DeliveryState.FAILED)


async def by_key(dedupe_key: str) -> CommunicationRecord | None:
    """An agent's message as it first came, with its files."""
    rows = CommunicationRecord.filter(dedupe_key=dedupe_key, agent_id__not_isnull=True)
    return await rows.only(*record_fields()).prefetch_related("attachments").first()


async def versions(record_ids: Collection[int]) -> list[CommunicationRecord]:
    """The words that have replaced those of these records, oldest first, with their files."""
    rows = CommunicationRecord.filter(revises__in=record_ids).only(*record_fields())
    return await rows.prefetch_related("attachments").order_by("id")


async def of_album(album: str) -> list[CommunicationRecord]:
    """The parts of an agent's album that have come so far, in their order, with their files."""
    rows = CommunicationRecord.filter(album=album, agent_id__not_isnull=True, revises=None).only(*record_fields())
    return await rows.prefetch_related("attachments").order_by("id")


async def last_of(request_id: int, agent_id: int) -> CommunicationRecord | None:
    """What an agent has said last in a request."""
    rows = CommunicationRecord.filter(request_id=request_id, agent_id=agent_id, revises=None)
    return await rows.only(*record_fields()).order_by("-id").first()


async def shown_by(external_id: str) -> CommunicationRecord | None:
    """The record that a wire message shows."""
    link = await MessageLink.filter(external_id=external_id, record_id__not_isnull=True).first()
    if link is None:
        return None
    return await CommunicationRecord.filter(id=link.record_id).only(*record_fields()).first()


async def is_note(record: CommunicationRecord) -> bool:
    """Is this a note, or has an edit made one of it?"""
    if record.direction is Direction.NOTE:
        return True
    return await CommunicationRecord.filter(revises=record.id, direction=Direction.NOTE).exists()


async def carrying(record_ids: Collection[int]) -> list[Carried]:
    """The jobs that bring people these records, oldest first, locked until the transaction ends."""
    found = Delivery.filter(record_id__in=record_ids, kind__in=(DeliveryKind.REPLY, DeliveryKind.STEP))
    rows = await found.select_for_update().order_by("id")
    begun = await MessageLink.filter(delivery_id__in=[row.id for row in rows]).values_list("delivery_id", flat=True)
    return [Carried(row, row.id in begun) for row in rows]


async def leaving_with(record: CommunicationRecord) -> list[CommunicationRecord]:
    """What leaves in one job with this record: the parts of its album from one job's first to the next one's."""
    if record.album is None:
        return [record]
    album = await of_album(record.album)
    rows = Delivery.filter(record_id__in=[part.id for part in album], kind=DeliveryKind.REPLY)
    begins = {int(str(one)) for one in await rows.values_list("record_id", flat=True)}
    first = max((one for one in begins if one <= record.id), default=record.id)
    end = min((one for one in begins if one > record.id), default=None)
    return [part for part in album if part.id >= first and (end is None or part.id < end)]


def newest(record: CommunicationRecord, versions: Sequence[CommunicationRecord]) -> CommunicationRecord:
    """A record in its newest words."""
    return next((one for one in reversed(versions) if one.revises == record.id), record)


def newest_file(record: CommunicationRecord, versions: Sequence[CommunicationRecord]) -> CommunicationRecord:
    """The version of a record that brought the file which it shows now."""
    return next((one for one in reversed(versions) if one.revises == record.id and one.attachments), record)


async def waiting_edit(reply_id: int, record_id: int) -> Delivery | None:
    """The job that brings what a reply has sent up to date and that nobody has started on, locked."""
    rows = Delivery.filter(concerns=reply_id, record_id=record_id, kind=DeliveryKind.EDIT, state=DeliveryState.QUEUED)
    return await rows.select_for_update().order_by("-id").first()


async def withdraw(delivery_ids: Collection[int], why: str) -> None:
    """These jobs do not leave any more."""
    await Delivery.filter(id__in=delivery_ids, state=DeliveryState.QUEUED).update(
        state=DeliveryState.FAILED, last_error=why
    )


async def withdraw_edits(record_ids: Collection[int], why: str) -> None:
    """No edit of these records leaves any more."""
    await Delivery.filter(record_id__in=record_ids, kind=DeliveryKind.EDIT, state=DeliveryState.QUEUED).update(
        state=DeliveryState.FAILED, last_error=why
    )


async def taken_back(record_ids: Collection[int]) -> set[int]:
    """Those of these records that an agent has taken back."""
    rows = Delivery.filter(record_id__in=record_ids, kind=DeliveryKind.RECALL)
    return {int(str(one)) for one in await rows.values_list("record_id", flat=True)}


async def become_notes(record_ids: Collection[int], channel: str) -> None:
    """Words that have not left turn out to be a note. The one change of a record's direction that there is."""
    rows = CommunicationRecord.filter(id__in=record_ids, direction=Direction.OUTGOING)
    await rows.update(direction=Direction.NOTE, channel=channel, external_id=None)


async def status_before(request_id: int, at: datetime, actor: str) -> Status | None:
    """What a request's status was before an agent's answer at this time changed it."""
    rows = Event.filter(request_id=request_id, at=at, actor=actor, what="status", after=Status.PENDING)
    event = await rows.order_by("-id").first()
    return Status(event.before) if event is not None and event.before is not None else None


async def add_links(
    request_id: int, delivery_id: int, shown: Sequence[tuple[int | None, str, str]], first_part: int
) -> None:
    """Remember wire messages in their order: record, id and form of each."""
    links = [
        Link(external_id, record_id, form, first_part + number)
        for number, (record_id, external_id, form) in enumerate(shown)
    ]
    await remember(request_id, delivery_id, links)


async def copies(delivery_id: int, record_id: int) -> list[MessageLink]:
    """The messages in which a reply has brought a record's words, in their order."""
    rows = MessageLink.filter(delivery_id=delivery_id, record_id=record_id)
    return sorted(await rows.order_by("id"), key=lambda link: (link.part or 0, link.id))


async def forget_copy(link_id: int) -> None:
    """A message of ours is there no more."""
    await MessageLink.filter(id=link_id).delete()
