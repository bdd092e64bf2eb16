"""What chats do and mail does not: edits, albums, floods, names that change. Called inside the transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from intake.customers import reach
from intake.incoming.opening import CAME_BY
from intake.incoming.rows import Kept, store_record
from intake.incoming.threading import ASKED_NEW, chosen_request
from intake.message import Inbound
from intake.outgoing import jobs
from intake.understanding.reading import Reading
from storage import copies, customers, requests
from storage.customers import Known
from storage.kinds import INTAKE, Status
from storage.models import CommunicationRecord, CustomerRequest
from storage.transaction import change

EDITED = "edited"
# An album comes in parts, and nothing says which is the last: each part waits a little for the next one.
ALBUM_WAIT, ALBUM_LONGEST = timedelta(seconds=1.2), timedelta(seconds=10)
FLOOD = 40  # messages of a customer in FLOOD_WITHIN are shown as they come, what exceeds them once in so long
FLOOD_WITHIN = timedelta(minutes=1)
TELL_AGAIN = timedelta(hours=1)  # that a flood goes on


async def revise(
    message: Inbound, original: CommunicationRecord, reading: Reading, kept: Kept, rule: str, now: datetime
) -> CommunicationRecord:
    """Store the new words of a message beside the old ones. What was asked stays asked: nothing else changes."""
    return await store_record(
        # Its id leads to the message as it first came.
        replace(message, external_id=None, remarks=(*message.remarks, EDITED)),
        reading,
        kept,
        original.request_id,
        "an edit of an earlier message",
        rule,
        now,
        revises=original.id,
    )


async def show_edit(record: CommunicationRecord, request: CustomerRequest, now: datetime) -> None:
    """Bring the copy on the desk up to date."""
    await jobs.mirror(record, request, now)
    if request.status in (Status.RESOLVED, Status.CLOSED):
        await jobs.notice(
            request.id, record.id, "The customer has edited a message of this request, which is done.", now
        )


async def is_new_file(message: Inbound, original: CommunicationRecord) -> bool:
    """Does an edit bring another file, or only another caption?"""
    if not message.attachments:
        return False
    return await copies.last_file(original.id) != message.attachments[-1].remote_id


async def show(
    record: CommunicationRecord,
    request: CustomerRequest,
    album: tuple[int, ...],
    before: datetime | None,
    now: datetime,
    *,
    folded: bool = False,
) -> None:
    """Show a new message in its topic: an album as one, a flood once a minute.

    `album`: its records that have come before. `before`: when the request's previous message came. `folded`: it is one
    of very many of its sender.
    """
    waiting = await copies.waiting(album) if album else None
    if waiting is None:
        due_at = await _after_flood(request, before, now) if before is not None else None
        due_at = _together(now) if folded else due_at
        await jobs.mirror(record, request, now, due_at or (now + ALBUM_WAIT if record.album is not None else None))
        return
    later = min(now + ALBUM_WAIT, waiting.queued_at + ALBUM_LONGEST)
    if later > waiting.due_at:
        await change(waiting, due_at=later)


async def _after_flood(request: CustomerRequest, before: datetime, now: datetime) -> datetime | None:
    """When a message of a flood is shown: together with all others of its minute. None for an ordinary message."""
    if now - before > FLOOD_WITHIN / FLOOD * 2:
        return None  # whoever writes that slowly makes no flood; most messages end here and cost nothing
    earlier = await copies.came_at(request.id, FLOOD)
    if earlier is None or now - earlier > FLOOD_WITHIN:
        return None
    if not await requests.events_since(request.id, "flood", now - TELL_AGAIN):
        await requests.add_event(request.id, now, INTAKE, "flood", after=f"more than {FLOOD} messages in a minute")
        told = f"More than {FLOOD} messages in a minute: all of them are kept, and shown together once a minute."
        await jobs.notice(request.id, None, told, now)
    return _together(now)


def _together(now: datetime) -> datetime:
    """When all messages of this minute are shown."""
    return now.replace(second=0, microsecond=0) + FLOOD_WITHIN


async def note_customer(known: Known, now: datetime) -> None:
    """Show on the desk what was just learnt of the customer: another name, or that he can be reached again."""
    if known.renamed:
        for request in await customers.open_requests(known.customer.id):
            await jobs.card(request.id, now)
            await jobs.topic(request.id, now)
    if known.back is not None:
        await reach.tell_of_return(known, now)


async def settle_choice(known: Known, request: CustomerRequest, opened: bool, now: datetime) -> None:
    """What the customer said of his next message has been done; a choice holds on while he goes on writing."""
    address = known.address
    changes: dict[str, object] = {}
    if address.came_by is not None:
        changes["came_by"] = None
    match address.next_request, chosen_request(known, now):
        case None, _:
            pass
        case asked, None:
            changes["next_request"] = None
        case asked, _ if asked == ASKED_NEW and opened:
            changes["next_request"] = None
        case asked, _ if asked == request.id:
            changes["chosen_at"] = now
    if changes:
        await change(address, **changes)


def remarks(message: Inbound, known: Known) -> tuple[str, ...]:
    """What a record says of its message: it is an edit of one that nobody knows, its writer came by a link."""
    said = [EDITED] if message.edits is not None else []
    return (*said, *([f"{CAME_BY} {known.address.came_by}"] if known.address.came_by is not None else []))
