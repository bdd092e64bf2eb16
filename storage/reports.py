"""Everything stored, as plain lines: the export. Reads in pages, so that the memory stays flat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.kinds import request_number
from storage.models import (
    AfterSalesCase,
    CommunicationRecord,
    Customer,
    CustomerRequest,
    Delivery,
    Event,
    FoundFact,
    Parked,
)
from storage.requests import record_fields

PAGE = 500

Line = dict[str, object]


class Kind(StrEnum):
    """What an exported line describes."""

    CUSTOMER = "customer"
    REQUEST = "request"
    RECORD = "record"
    CASE = "case"
    DELIVERY = "delivery"
    EVENT = "event"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows to export: those that came since a moment, and those of one customer."""

    since: datetime | None = None
    customer: int | None = None

    def filters(self, came: str, customer: str | None) -> dict[str, object]:
        """The conditions on a table whose rows carry their time and their customer under these names."""
        conditions: dict[str, object] = {}
        if self.since is not None:
            conditions[f"{came}__gte"] = self.since
        if self.customer is not None:
            # What belongs to no customer is never one customer's.
            conditions.update({customer: self.customer} if customer else {"id": -1})
        return conditions


async def lines(kind: Kind, wanted: Wanted) -> AsyncIterator[Line]:
    """Everything of one kind, oldest first."""
    page_after, last = _PAGES[kind], 0
    while page := await page_after(wanted, last):
        for last, line in page:  # noqa: B007 - the last id is where the next page begins
            yield {"kind": str(kind), **line}


async def count(kind: Kind, wanted: Wanted) -> int:
    """About how many lines of a kind there are; for a progress bar."""
    match kind:
        case Kind.CUSTOMER:
            return await Customer.filter(**wanted.filters("created_at", "id")).count()
        case Kind.REQUEST:
            return await CustomerRequest.filter(**wanted.filters("created_at", "customer_id")).count()
        case Kind.RECORD:
            return await CommunicationRecord.filter(**wanted.filters("at", "request__customer_id")).count()
        case Kind.CASE:
            return await AfterSalesCase.filter(**wanted.filters("created_at", "request__customer_id")).count()
        case Kind.DELIVERY:
            return await Delivery.filter(**wanted.filters("queued_at", "request__customer_id")).count()
        case Kind.EVENT:
            return await Event.filter(**wanted.filters("at", "request__customer_id")).count()
        case Kind.PARKED:
            return await Parked.filter(**wanted.filters("at", None)).count()


Page = list[tuple[int, Line]]


async def _customers(wanted: Wanted, after: int) -> Page:
    rows = Customer.filter(id__gt=after, **wanted.filters("created_at", "id")).prefetch_related("addresses")
    return [
        (
            row.id,
            {
                "id": row.id,
                "name": row.name,
                "language": row.language,
                "addresses": [
                    {"channel": address.channel, "value": address.value, "verified": address.verified}
                    for address in row.addresses
                ],
                "phone": row.phone,
                "email": row.email,
                "postal_address": row.postal_address,
                "sources": row.sources or {},
                "created_at": _time(row.created_at),
            },
        )
        for row in await rows.order_by("id").limit(PAGE)
    ]


async def _requests(wanted: Wanted, after: int) -> Page:
    rows = CustomerRequest.filter(id__gt=after, **wanted.filters("created_at", "customer_id"))
    return [
        (
            row.id,
            {
                "number": request_number(row.id),
                "customer": row.customer_id,
                "channel": row.channel,
                "account": row.account,
                "subject": row.subject,
                "status": str(row.status),
                "category": row.category,
                "category_confidence": row.category_confidence,
                "category_reasons": row.category_reasons,
                "category_choices": row.category_choices,
                "category_model": row.category_model,
                "priority": str(row.priority),
                "priority_reasons": row.priority_reasons,
                "tags": row.tags,
                "flags": row.flags,
                "language": row.language,
                "assignee": row.assignee.name if row.assignee else None,
                "linked_to": _number(row.linked_to),
                "participants": [
                    {"channel": person.channel, "value": person.value, "name": person.name, "added_by": person.added_by}
                    for person in row.participants
                ],
                "created_at": _time(row.created_at),
                "first_response_due_at": _time(row.first_response_due_at),
                "first_responded_at": _time(row.first_responded_at),
                "resolved_at": _time(row.resolved_at),
            },
        )
        for row in await rows.select_related("assignee").prefetch_related("participants").order_by("id").limit(PAGE)
    ]


async def _records(wanted: Wanted, after: int) -> Page:
    rows = CommunicationRecord.filter(id__gt=after, **wanted.filters("at", "request__customer_id"))
    page = await rows.only(*record_fields()).prefetch_related("attachments").order_by("id").limit(PAGE)
    facts: dict[int, list[Line]] = defaultdict(list)
    for fact in await FoundFact.filter(record_id__in=[row.id for row in page]).order_by("record_id", "start"):
        place = {"start": fact.start, "end": fact.end, "confidence": fact.confidence}
        facts[fact.record_id].append({"kind": fact.kind, "value": fact.value, **place})
    return [(row.id, _record(row, facts[row.id])) for row in page]


def _record(row: CommunicationRecord, facts: list[Line]) -> Line:
    return {
        "id": row.id,
        "request": _number(row.request_id),
        "direction": str(row.direction),
        "channel": row.channel,
        "external_id": row.external_id,
        # Only a mail's id holds an @ (RFC 5322 §3.6.4).
        "message_id": row.external_id if row.external_id and "@" in row.external_id else None,
        "subject": row.subject,
        "text": row.text,
        "reply_text": row.reply_text,
        "author": row.author,
        "at": _time(row.at),
        "threaded_by": row.threaded_by,
        "verified": row.verified,
        "checked": row.checked,
        "raw_sha256": row.raw_sha256,
        "attachments": [
            {
                "filename": file.filename,
                "content_type": file.content_type,
                "size": file.size,
                "sha256": file.sha256,
                "stored": file.stored,
                "error": file.error,
            }
            for file in row.attachments
        ],
        "facts": facts,
        "flags": row.flags,
        "defects": row.defects,
        "trace": row.trace,
    }


async def _cases(wanted: Wanted, after: int) -> Page:
    rows = AfterSalesCase.filter(id__gt=after, **wanted.filters("created_at", "request__customer_id"))
    page = await rows.order_by("id").limit(PAGE)
    before = AfterSalesCase.filter(id__in=[row.repeats for row in page if row.repeats is not None])
    earlier = {case.id: _number(case.request_id) for case in await before.only("id", "request_id")}
    return [
        (
            row.id,
            {
                "request": _number(row.request_id),
                "type": str(row.type),
                "order_number": row.order_number,
                "product_number": row.product_number,
                "serial_number": row.serial_number,
                "model": row.model,
                "purchased_on": _time(row.purchased_on),
                "warranty_until": _time(row.warranty_until),
                "return_until": _time(row.return_until),
                "status": str(row.status),
                "missing": row.missing,
                "decision": row.decision,
                "sources": row.sources or {},
                "repeats": earlier.get(row.repeats or 0),
                "created_at": _time(row.created_at),
                "updated_at": _time(row.updated_at),
            },
        )
        for row in page
    ]


async def _deliveries(wanted: Wanted, after: int) -> Page:
    rows = Delivery.filter(id__gt=after, **wanted.filters("queued_at", "request__customer_id"))
    return [
        (
            row.id,
            {
                "id": row.id,
                "request": _number(row.request_id),
                "record": row.record_id,
                "what": str(row.kind),
                "channel": row.channel,
                "to": row.recipient,
                "state": str(row.state),
                "attempts": row.attempts,
                "last_error": row.last_error,
                "message_id": row.message_id,
                "external_id": row.external_id,
                "text": row.text,
                "queued_at": _time(row.queued_at),
                "sent_at": _time(row.sent_at),
                "trace": row.trace,
            },
        )
        for row in await rows.order_by("id").limit(PAGE)
    ]


async def _events(wanted: Wanted, after: int) -> Page:
    rows = Event.filter(id__gt=after, **wanted.filters("at", "request__customer_id"))
    return [
        (
            row.id,
            {
                "request": _number(row.request_id),
                "at": _time(row.at),
                "actor": row.actor,
                "what": row.what,
                "before": row.before,
                "after": row.after,
            },
        )
        for row in await rows.order_by("id").limit(PAGE)
    ]


async def _parked(wanted: Wanted, after: int) -> Page:
    fields = [name for name in Parked._meta.fields_db_projection if name != "raw_content"]
    rows = Parked.filter(id__gt=after, **wanted.filters("at", None)).only(*fields)
    return [
        (
            row.id,
            {
                "id": row.id,
                "channel": row.channel,
                "at": _time(row.at),
                "attempts": row.attempts,
                "error": row.error,
                "raw_sha256": row.raw_sha256,
                "replayed_at": _time(row.replayed_at),
            },
        )
        for row in await rows.order_by("id").limit(PAGE)
    ]


_PAGES: dict[Kind, Callable[[Wanted, int], Awaitable[Page]]] = {
    Kind.CUSTOMER: _customers,
    Kind.REQUEST: _requests,
    Kind.RECORD: _records,
    Kind.CASE: _cases,
    Kind.DELIVERY: _deliveries,
    Kind.EVENT: _events,
    Kind.PARKED: _parked,
}


def _number(request_id: int | None) -> str | None:
    return None if request_id is None else request_number(request_id)


def _time(value: date | None) -> str | None:
    """ISO 8601; moments in UTC."""
    return None if value is None else value.isoformat()
