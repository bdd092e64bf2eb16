"""Everything stored, as plain lines: the export. Reads in pages, so that the memory stays flat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage import exported
from storage.exported import Line
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
    return [(row.id, exported.customer(row)) for row in await rows.order_by("id").limit(PAGE)]


async def _requests(wanted: Wanted, after: int) -> Page:
    rows = CustomerRequest.filter(id__gt=after, **wanted.filters("created_at", "customer_id"))
    return [
        (row.id, exported.request(row))
        for row in await rows.select_related("assignee").prefetch_related("participants").order_by("id").limit(PAGE)
    ]


async def _records(wanted: Wanted, after: int) -> Page:
    rows = CommunicationRecord.filter(id__gt=after, **wanted.filters("at", "request__customer_id"))
    page = await rows.only(*record_fields()).prefetch_related("attachments").order_by("id").limit(PAGE)
    facts: dict[int, list[FoundFact]] = defaultdict(list)
    for fact in await FoundFact.filter(record_id__in=[row.id for row in page]).order_by("record_id", "start"):
        facts[fact.record_id].append(fact)
    return [(row.id, exported.record(row, facts[row.id])) for row in page]


async def _cases(wanted: Wanted, after: int) -> Page:
    rows = AfterSalesCase.filter(id__gt=after, **wanted.filters("created_at", "request__customer_id"))
    page = await rows.order_by("id").limit(PAGE)
    before = AfterSalesCase.filter(id__in=[row.repeats for row in page if row.repeats is not None])
    earlier = {case.id: exported.number(case.request_id) for case in await before.only("id", "request_id")}
    return [(row.id, exported.case(row, earlier.get(row.repeats or 0))) for row in page]


async def _deliveries(wanted: Wanted, after: int) -> Page:
    rows = Delivery.filter(id__gt=after, **wanted.filters("queued_at", "request__customer_id"))
    return [(row.id, exported.delivery(row)) for row in await rows.order_by("id").limit(PAGE)]


async def _events(wanted: Wanted, after: int) -> Page:
    rows = Event.filter(id__gt=after, **wanted.filters("at", "request__customer_id"))
    return [(row.id, exported.event(row)) for row in await rows.order_by("id").limit(PAGE)]


async def _parked(wanted: Wanted, after: int) -> Page:
    fields = [name for name in Parked._meta.fields_db_projection if name != "raw_content"]
    rows = Parked.filter(id__gt=after, **wanted.filters("at", None)).only(*fields)
    return [(row.id, exported.parked(row)) for row in await rows.order_by("id").limit(PAGE)]


_PAGES: dict[Kind, Callable[[Wanted, int], Awaitable[Page]]] = {
    Kind.CUSTOMER: _customers,
    Kind.REQUEST: _requests,
    Kind.RECORD: _records,
    Kind.CASE: _cases,
    Kind.DELIVERY: _deliveries,
    Kind.EVENT: _events,
    Kind.PARKED: _parked,
}
