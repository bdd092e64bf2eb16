"""Which request a message leads to, by its references, its conversation and its people; and records that move.

Plain values in, rows out; decides nothing. What writes is called inside `transaction`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from storage.asking import Row, asked, listed
from storage.kinds import DeliveryKind, DeliveryState, Direction, Status
from storage.models import (
    Address,
    AfterSalesCase,
    AwaitedMessage,
    CommunicationRecord,
    CustomerRequest,
    Delivery,
    FoundFact,
    MessageLink,
    Participant,
)

LONGEST_ID = 512  # characters of a wire's id that can be looked up: the column of MessageLink
MOST_OWN, MOST_OTHERS = 50, 5  # requests that one question finds: of the sender's own, and of other people
MOST_HOPS = 5
WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who asks: a customer, and his address on the channel on which he writes."""

    customer: int
    channel: str
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """A request as somebody who points at it stands to it."""

    request: int
    customer: int
    participates: bool  # as somebody else than its customer


async def places(request_ids: Collection[int], writer: Writer) -> dict[int, Place]:
    """Where these requests of the writer's channel lead, by the id that was asked for; what is unknown is left out.

    A request that was joined into another one leads there. Nothing is locked.
    """
    found: dict[int, CustomerRequest] = {}
    for request in await CustomerRequest.filter(id__in=list(request_ids), channel=writer.channel):
        led = await _final(request)
        if led is not None and led.channel == writer.channel:
            found[request.id] = led
    # A customer needs no leave to add to his own, and most who write are customers.
    others = [request.id for request in found.values() if request.customer_id != writer.customer]
    rows = Participant.filter(request_id__in=others, channel=writer.channel, value=writer.value)
    named = {row.request_id for row in await rows} if others else set()
    return {asked: Place(request.id, request.customer_id, request.id in named) for asked, request in found.items()}


async def _final(request: CustomerRequest) -> CustomerRequest | None:
    for _ in range(MOST_HOPS):
        if not await was_joined(request):
            return request
        onward = await CustomerRequest.filter(id=request.linked_to).first()
        if onward is None:
            return None
        request = onward
    return None


async def final_request(request_id: int) -> CustomerRequest | None:
    """The request that an id leads to, through all that were joined into others."""
    request = await CustomerRequest.filter(id=request_id).first()
    return None if request is None else await _final(request)


async def was_joined(request: CustomerRequest) -> bool:
    """Have its records gone into another request? Then it is closed, empty, and linked to that one."""
    if request.status is not Status.CLOSED or request.linked_to is None:
        return False
    return not await CommunicationRecord.filter(request_id=request.id).exists()


async def answered_by(external_ids: Collection[str], writer: Writer) -> list[int]:
    """The requests to which messages with these wire ids belong now: the writer's own first, then those that he takes
    part in. Each in the order of the ids. Anybody may reuse an id, so an unproven message is no trace to follow.
    """
    ids = _findable(external_ids)
    if not ids:
        return []
    rows = await asked(
        _ANSWERED.replace("{ids}", listed(len(ids), 4)).replace("{most}", str(MOST_OWN)),
        writer.channel,
        writer.customer,
        writer.value,
        *ids,
    )
    by_part: dict[object, list[Row]] = {}
    for row in rows:
        by_part.setdefault(row["part"], []).append(row)
    return _without_doubles([request for _, found in sorted(by_part.items()) for request in _in_order(ids, found)])


# What belongs to the writer, what he takes part in, and what we sent ourselves. A record that was moved takes its wire
# messages along.
_ANSWERED = """
SELECT * FROM (
    SELECT 1 AS part, r.id, r.external_id, r.request_id FROM communication_record r
    JOIN customer_request q ON q.id = r.request_id
    WHERE r.external_id IN ({ids}) AND r.channel = $1 AND (r.verified OR r.direction = 'outgoing')
      AND q.customer_id = $2
    ORDER BY r.id DESC LIMIT {most}) own
UNION ALL
SELECT * FROM (
    SELECT 2 AS part, r.id, r.external_id, r.request_id FROM communication_record r
    JOIN participant p ON p.request_id = r.request_id AND p.channel = $1 AND p.value = $3
    WHERE r.external_id IN ({ids}) AND r.channel = $1 AND (r.verified OR r.direction = 'outgoing')
    ORDER BY r.id DESC LIMIT {most}) named
UNION ALL
SELECT 3 AS part, l.id, l.external_id, COALESCE(r.request_id, l.request_id) FROM message_link l
LEFT JOIN communication_record r ON r.id = l.record_id WHERE l.external_id IN ({ids})
"""


async def in_conversation(conversation: str, writer: Writer) -> list[int]:
    """The same for the messages of a conversation, newest first."""
    found = [
        row.request_id
        for records in _proven(CommunicationRecord.filter(conversation=conversation), writer)
        for row in await records
    ]
    return _without_doubles(found)


async def touched_by(external_ids: Collection[str], conversation: str | None, writer: Writer) -> list[int]:
    """A few requests with messages of these ids or of this conversation, whosever they are and whoever wrote them."""
    ids = _findable(external_ids)
    by, values = ("external_id", ids) if ids else ("conversation", [conversation] if conversation else [])
    if not values:
        return []
    statement = _TOUCHED.replace("{by}", by).replace("{values}", listed(len(values), 2))
    rows = await asked(statement.replace("{most}", str(MOST_OTHERS)), writer.channel, *values)
    return _without_doubles([row["request_id"] for row in rows])


_TOUCHED = """
SELECT request_id FROM communication_record
WHERE {by} IN ({values}) AND channel = $1 AND request_id IS NOT NULL ORDER BY id DESC LIMIT {most}
"""


def _proven(records: QuerySet[CommunicationRecord], writer: Writer) -> tuple[QuerySet[CommunicationRecord], ...]:
    """What belongs to the writer, then what he takes part in; without what may only bear a customer's name."""
    proven = records.filter(Q(verified=True) | Q(direction=Direction.OUTGOING), channel=writer.channel)
    named = Q(request__participants__channel=writer.channel, request__participants__value=writer.value)
    own = Q(request__customer_id=writer.customer)
    return tuple(_brief(proven.filter(near)).limit(MOST_OWN) for near in (own, named))


def _brief(records: QuerySet[CommunicationRecord]) -> QuerySet[CommunicationRecord]:
    return records.order_by("-id").only("id", "external_id", "request_id")


def _in_order(ids: Sequence[str], rows: Iterable[Row]) -> list[object]:
    known: dict[object, list[object]] = {}
    for row in rows:
        known.setdefault(row["external_id"], []).append(row["request_id"])
    return [request for external_id in ids for request in known.get(external_id, ())]


def _without_doubles(requests: Iterable[object]) -> list[int]:
    return list(dict.fromkeys(request for request in requests if isinstance(request, int)))


async def awaiting(external_id: str | None, writer: Writer) -> list[int]:
    """The requests in which a message with this id was answered before it came: only those that know the writer."""
    if not external_id or not _findable([external_id]):
        return []
    if not await asked("SELECT 1 AS waits FROM awaited_message WHERE external_id = $1 LIMIT 1", external_id):
        return []  # nearly always, so that this costs a new message next to nothing
    waits = AwaitedMessage.filter(external_id=external_id, request__channel=writer.channel)
    named = Q(request__participants__channel=writer.channel, request__participants__value=writer.value)
    rows = waits.filter(Q(request__customer_id=writer.customer) | named).order_by("-id").limit(MOST_OWN)
    return _without_doubles([row.request_id for row in await rows])


async def await_messages(request_id: int, external_ids: Collection[str], most: int) -> None:
    """Remember the newest of those ids that nobody knows yet: a request's first message answers them. Newest first."""
    ids = _findable(external_ids)
    if not ids:
        return
    known = {row.external_id for row in await CommunicationRecord.filter(external_id__in=ids).only("id", "external_id")}
    known |= {row.external_id for row in await MessageLink.filter(external_id__in=ids).only("id", "external_id")}
    missing = [external_id for external_id in ids if external_id not in known][:most]
    await AwaitedMessage.bulk_create(
        [AwaitedMessage(request_id=request_id, external_id=external_id) for external_id in missing],
        ignore_conflicts=True,
    )


async def no_longer_awaited(request_id: int, external_id: str) -> None:
    """The message has come into the request."""
    await AwaitedMessage.filter(request_id=request_id, external_id=external_id).delete()


def _findable(external_ids: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(external_ids) if name and len(name) <= LONGEST_ID]


async def add_participants(
    request_id: int, channel: str, people: Iterable[tuple[str, str]], added_by: str, now: datetime, most: int
) -> None:
    """Let these people, (address, name), add to a request, until it has `most` of them. Its row must be locked."""
    known = {(row.channel, row.value) for row in await Participant.filter(request_id=request_id)}
    new = [(value, name) for value, name in dict(people).items() if (channel, value) not in known]
    await Participant.bulk_create(
        [
            Participant(request_id=request_id, channel=channel, value=value, name=name, added_by=added_by, added_at=now)
            for value, name in new[: max(0, most - len(known))]
        ],
        ignore_conflicts=True,
    )


async def addresses(customer_id: int, channel: str) -> list[str]:
    """A customer's addresses on a channel."""
    return [row.value for row in await Address.filter(customer_id=customer_id, channel=channel).order_by("id")]


async def customer_at(channel: str, value: str) -> int | None:
    """The customer behind an address."""
    address = await Address.filter(channel=channel, value=value).first()
    return None if address is None else address.customer_id


async def move_records(source: int, target: int, why: str) -> list[CommunicationRecord]:
    """Move all that was said in a request into another one. Returns what was moved, oldest first, by its ids alone.

    What has left by then follows its record, so that a late bounce finds the request that is still read. What waits to
    leave stays: its words, its id and its reply address name the request that it was written for.
    """
    moved = await CommunicationRecord.filter(request_id=source).order_by("id").only("id", "revises")
    await CommunicationRecord.filter(request_id=source).update(request_id=target, threaded_by=why)
    settled = Delivery.filter(request_id=source, record_id__not_isnull=True).exclude(state__in=WAITING)
    await settled.update(request_id=target)
    await FoundFact.filter(request_id=source).update(request_id=target)
    if not await AfterSalesCase.filter(request_id=target).exists():
        await AfterSalesCase.filter(request_id=source).update(request_id=target)
    return moved


async def move_message(record_ids: Collection[int], target: int, why: str) -> None:
    """Move a message, all parts of it and whatever its writer has made of it since, into another request."""
    rows = CommunicationRecord.filter(Q(id__in=record_ids) | Q(revises__in=record_ids))
    moved = [row.id for row in await rows.only("id")]
    await rows.update(request_id=target, threaded_by=why)
    await FoundFact.filter(record_id__in=moved).update(request_id=target)


async def parts_of(record: CommunicationRecord) -> list[CommunicationRecord]:
    """A customer's message: the record, or all parts of the album that it belongs to, oldest first."""
    if record.album is None:
        return [record]
    rows = CommunicationRecord.filter(album=record.album, channel=record.channel, request_id=record.request_id)
    return await rows.filter(revises=None, direction=Direction.INCOMING).only("id", "revises").order_by("id")


async def shown_alone(record_ids: Collection[int]) -> set[int]:
    """Those of these records that were shown by a job of their own, and not together with another one."""
    jobs = Delivery.filter(record_id__in=record_ids, kind=DeliveryKind.MIRROR)
    return {int(str(one)) for one in await jobs.values_list("record_id", flat=True)}
