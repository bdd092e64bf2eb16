"""How it stands, in a few numbers for those who watch: flat questions that stay cheap however much is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.functions import Count, Min

from storage import overview
from storage.kinds import DeliveryState, Status
from storage.models import Delivery, Lease, Parked

WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many jobs of a channel are in a state."""

    channel: str
    state: DeliveryState
    count: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who does what only one process may do at a time."""

    name: str
    owner: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one moment."""

    at: datetime
    depths: tuple[Depth, ...]
    oldest: Mapping[str, datetime]  # by channel: since when the oldest job waits that should have left by now
    parked: int
    requests: Mapping[Status, int]  # the open ones, by state
    leases: tuple[Holder, ...]


async def figures(now: datetime) -> Figures:
    """Ask for all of them."""
    return Figures(
        at=now,
        depths=await _depths(),
        oldest=await overdue(now),
        parked=await Parked.filter(replayed_at=None).count(),
        requests=await overview.counts(),
        leases=tuple(
            Holder(str(row["name"]), str(row["owner"]))
            for row in await Lease.filter(until__gt=now).order_by("name").values("name", "owner")
        ),
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


async def _depths() -> tuple[Depth, ...]:
    rows = (
        await Delivery.filter(state__in=WAITING)
        .annotate(number=Count("id"))
        .group_by("channel", "state")
        .values("channel", "state", "number")
    )
    return tuple(Depth(str(row["channel"]), DeliveryState(str(row["state"])), int(row["number"])) for row in rows)
