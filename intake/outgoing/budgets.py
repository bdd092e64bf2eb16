"""How many acknowledgements leave by themselves: to an address, to an organisation, in all. Beyond that we are silent.

Whoever forges senders must not make a mail bomb of us, neither against one of them nor against their employer.
Called inside the transaction that would acknowledge.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from intake import alarms
from intake.house import House
from intake.tally import What, tally
from storage import acknowledged, requests
from storage.kinds import INTAKE
from storage.models import CustomerRequest
from storage.transaction import after_commit

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Of the acknowledgements of an hour: as many may go to one organisation, and to one provider of everybody's mailboxes.
ORGANISATION_SHARE, PROVIDER_SHARE = 20, 2
LEAST = 10
WITHHELD = "acknowledgement withheld"  # in the audit trail


class Budget(StrEnum):
    """Which of them is used up."""

    RECIPIENT = "recipient"
    DOMAIN = "domain"
    ALL = "all"


# The address's own budget is used up by anybody who writes six times; the others mean that something is going on.
ALARMS = {
    Budget.DOMAIN: "Very many requests within an hour came under addresses of one organisation",
    Budget.ALL: "Very many requests came within an hour",
}


async def used_up(house: House, recipient: str, organisation: str | None, now: datetime) -> Budget | None:
    """Which budget lets no further acknowledgement leave for this address, if any."""
    day, hour = house.acks_per_sender_per_day, house.acks_per_hour
    if day and await acknowledged.to_recipient(recipient, now - DAY) >= day:
        return Budget.RECIPIENT
    if not hour:
        return None
    to_organisation, in_all = await acknowledged.counts(organisation, now - HOUR)
    if in_all >= hour:
        return Budget.ALL
    if organisation and to_organisation >= of_organisation(house, organisation):
        return Budget.DOMAIN
    return None


def of_organisation(house: House, organisation: str) -> int:
    """How many acknowledgements an hour may go to an organisation's addresses."""
    share = PROVIDER_SHARE if house.is_provider(organisation) else ORGANISATION_SHARE
    return max(LEAST, house.acks_per_hour // share)


async def was_withheld(request_id: int) -> bool:
    """Did nothing leave when this request was opened?"""
    return bool(await requests.events_of(request_id, WITHHELD))


async def withhold(house: House, request: CustomerRequest, budget: Budget, now: datetime) -> None:
    """Write down that nothing leaves, count it, and tell the agents once when it is more than one sender's doing."""
    await requests.add_event(request.id, now, INTAKE, WITHHELD, after=f"budget used up: {budget}")
    after_commit(partial(tally.add, What.WITHHELD, budget))
    what = ALARMS.get(budget)
    if what is not None:
        words = (
            f"⚠️ {what}: further ones are stored and shown, but not acknowledged until it is less. If nobody's campaign "
            "explains it, somebody writes under others' addresses: look at the newest requests, close them with /spam, "
            "block with /block. INTAKE_ACKS_PER_HOUR sets how many leave."
        )
        await alarms.tell(house, f"budget {budget}", words, now)
