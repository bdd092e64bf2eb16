"""After-sales cases: listed, found, and the earlier ones of the same piece. Plain values in, rows out."""

from __future__ import annotations

from collections.abc import Collection

from tortoise.expressions import Q

from storage.kinds import CaseStatus, CaseType
from storage.models import AfterSalesCase

REPAIRS = (CaseType.REPAIR, CaseType.EXCHANGE)
UNDER_WAY = (
    *(CaseStatus.ASKED, CaseStatus.COMPLETE, CaseStatus.APPROVED, CaseStatus.REFUSED),
    *(CaseStatus.RECEIVED, CaseStatus.SENT_BACK, CaseStatus.REFUNDED),
)


async def case(case_id: int) -> AfterSalesCase | None:
    """A case by its own id, which stays the same when its request is joined into another one."""
    return await AfterSalesCase.filter(id=case_id).first()


async def repaired_before(serial_number: str, request_id: int | None) -> AfterSalesCase | None:
    """The last earlier case of another request in which this piece was to be repaired or exchanged.

    In the order of the requests, so that a case is no repetition of a later one.
    """
    rows = AfterSalesCase.filter(serial_number__in={serial_number, serial_number.upper()}, type__in=REPAIRS)
    rows = rows.exclude(status=CaseStatus.DROPPED)
    if request_id is not None:
        rows = rows.filter(request_id__lt=request_id)
    return await rows.order_by("-request_id").first()


async def listed(
    statuses: Collection[CaseStatus] = UNDER_WAY, customer_id: int | None = None, most: int = 1000
) -> list[AfterSalesCase]:
    """Cases in these states with their requests and customers, those that wait longest first."""
    rows = AfterSalesCase.filter(status__in=list(statuses))
    if customer_id is not None:
        rows = rows.filter(request__customer_id=customer_id)
    return await rows.select_related("request", "request__customer").order_by("request_id").limit(most)


async def dated(after: int, most: int) -> list[AfterSalesCase]:
    """Cases under way that have a date or could have one, in the order of their ids, from behind this one."""
    rows = AfterSalesCase.filter(id__gt=after, status__in=list(UNDER_WAY))
    has_day = Q(purchased_on__isnull=False) | Q(warranty_until__isnull=False) | Q(return_until__isnull=False)
    return await rows.filter(has_day).order_by("id").limit(most)


async def requests_about(words: str, most: int) -> list[int]:
    """The requests whose case names such an order, product, serial number or model, newest first."""
    named = (
        Q(order_number__icontains=words)
        | Q(product_number__icontains=words)
        | Q(serial_number__icontains=words)
        | Q(model__icontains=words)
    )
    found = AfterSalesCase.filter(named).order_by("-request_id").limit(most)
    return [int(str(one)) for one in await found.values_list("request_id", flat=True)]
