"""Which addresses agents have blocked. Plain values in, rows out; what writes is called inside `transaction`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from storage.models import Address, CommunicationRecord, CustomerRequest

MOST = 200  # requests of one customer that are marked and unmarked


async def of_customer(customer_id: int, channel: str) -> list[Address]:
    """Where a customer writes from on a channel."""
    return await Address.filter(customer_id=customer_id, channel=channel).order_by("id")


async def called(value: str) -> list[Address]:
    """The addresses with this value, on whichever channel."""
    return await Address.filter(value=value.strip().lower()).order_by("id")


async def blocked(most: int) -> list[Address]:
    """The blocked ones, the newest block first."""
    return await Address.filter(blocked_at__not_isnull=True).order_by("-blocked_at").limit(most)


async def is_blocked(channel: str, value: str) -> bool:
    """Is nothing said to this address by itself?"""
    return await Address.filter(channel=channel, value=value, blocked_at__not_isnull=True).exists()


async def set_blocked(addresses: Collection[Address], at: datetime | None, by: str | None) -> None:
    """Block them, or let them in again."""
    await Address.filter(id__in=[address.id for address in addresses]).update(blocked_at=at, blocked_by=by)


async def requests_from(addresses: Collection[Address]) -> list[CustomerRequest]:
    """The newest requests of those who write from there."""
    people, channels = {one.customer_id for one in addresses}, {one.channel for one in addresses}
    rows = CustomerRequest.filter(customer_id__in=people, channel__in=channels)
    return await rows.order_by("-id").limit(MOST)


async def kept_since(since: datetime, why: str, request_ids: Collection[int]) -> int:
    """How many messages were kept unseen in these requests."""
    rows = CommunicationRecord.filter(request_id__in=request_ids, at__gte=since, threaded_by=why)
    return await rows.count()
