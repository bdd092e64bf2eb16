"""The past in numbers: what was asked since a day, how soon it was answered and done. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.models import CustomerRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as far as statistics need it."""

    channel: str
    category: str
    created_at: datetime
    first_responded_at: datetime | None
    resolved_at: datetime | None


async def asked_since(since: datetime) -> Sequence[Asked]:
    """The requests that were opened since then, oldest first."""
    rows = CustomerRequest.filter(created_at__gte=since).order_by("id")
    names = ("channel", "category", "created_at", "first_responded_at", "resolved_at")
    return [Asked(*row) for row in await rows.values_list(*names)]
