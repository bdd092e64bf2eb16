"""Find requests by number, name, address or words."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import Q

from storage import cases
from storage.kinds import Status, request_id
from storage.models import Address, CommunicationRecord, Customer, CustomerRequest


async def find(words: str, most: int = 10) -> list[CustomerRequest]:
    """Requests that fit: by number alone when it is one, else by who asked, what was said, the case. Newest first."""
    words = words.strip()
    if not words:
        return []
    number = request_id(words)
    if number is not None:
        exact = await _with_customer([number])
        if exact:
            return exact
    customers = await Customer.filter(name__icontains=words).limit(100).values_list("id", flat=True)
    addresses = await Address.filter(value__icontains=words).limit(100).values_list("customer_id", flat=True)
    said = (
        await CommunicationRecord.filter(
            Q(reply_text__icontains=words) | Q(subject__icontains=words), request_id__not_isnull=True
        )
        .order_by("-id")
        .limit(most)
        .values_list("request_id", flat=True)
    )
    named = [*said, *await cases.requests_about(words, most)]
    found = (
        await CustomerRequest.filter(Q(customer_id__in=[*customers, *addresses]) | Q(id__in=named))
        .order_by("-id")
        .limit(most)
        .values_list("id", flat=True)
    )
    return await _with_customer([int(str(found_id)) for found_id in found])


async def requests_of(customer_id: int, most: int = 20) -> list[CustomerRequest]:
    """A customer's requests, newest first."""
    return await CustomerRequest.filter(customer_id=customer_id).select_related("customer").order_by("-id").limit(most)


async def listed(
    status: Status | None = None, category: str | None = None, customer_id: int | None = None, most: int = 1000
) -> list[CustomerRequest]:
    """Requests for a table, newest first."""
    rows = CustomerRequest.all()
    if status is not None:
        rows = rows.filter(status=status)
    if category is not None:
        rows = rows.filter(category=category)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    return await rows.select_related("customer", "assignee").order_by("-id").limit(most)


async def _with_customer(ids: Sequence[int]) -> list[CustomerRequest]:
    return await CustomerRequest.filter(id__in=list(ids)).select_related("customer").order_by("-id")
