"""How it stands, in a few numbers for those who watch: flat questions that stay cheap however much is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.functions import Count, Min

from storage import leases, overview
from storage.deliveries import TO_PEOPLE
from storage.kinds import DeliveryState, Status
from storage.models import Delivery, Parked

WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many jobs of a channel are in a state."""

    channel: str
    state: DeliveryState
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one moment."""

    at: datetime
    depths: tuple[Depth, ...]
    oldest: Mapping[str, datetime]  # by channel: since when the oldest job waits that should have left by now
    parked: int
    requests: Mapping[Status, int]  # the open ones, by state
    leases: tuple[leases.Holder, ...]


async def figures(now: datetime) -> Figures:
    """Ask for all of them."""
    return Figures(
        at=now,
        depths=await _depths(),
        oldest=await overdue(now),
        parked=await Parked.filter(replayed_at=None).count(),
        requests=await overview.counts(),
        leases=tuple(await leases.holders()),
    )


async def overdue(now: datetime) -> dict[str, datetime]:
    """Since when the oldest job of each channel waits that is due, or was tried and put off."""
    late = Q(due_at__lte=now) | Q(last_error__not_isnull=True)
    rows = (
        await Delivery.filter(late, state=DeliveryState.QUEUED)
        .annotate(oldest=Min("queued_at"))
        .group_by("channel")
        .values("channel", "oldest")
    )
    return {str(row["channel"]): row["oldest"] for row in rows}


async def oldest_parked() -> datetime | None:
    """Since when the oldest message waits that is set aside."""
    row = await Parked.filter(replayed_at=None).only("id", "at").order_by("id").first()
    return None if row is None else row.at


async def returned_since(since: datetime) -> tuple[int, int]:
    """Of how many mails to people that left since then how many came back."""
    left = Delivery.filter(kind__in=TO_PEOPLE, channel="mail", queued_at__gt=since, sent_at__not_isnull=True)
    return await left.filter(state=DeliveryState.FAILED).count(), await left.count()


async def _depths() -> tuple[Depth, ...]:
    rows = (
        await Delivery.filter(state__in=WAITING)
        .annotate(number=Count("id"))
        .group_by("channel", "state")
        .values("channel", "state", "number")
    )
    return tuple(Depth(str(row["channel"]), DeliveryState(str(row["state"])), int(row["number"])) for row in rows)
