"""What follows from the facts of an after-sales case: what is missing, until when it is covered, was it here before."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from intake.after_sales import COLUMNS, CaseFacts
from intake.agents.named import next_version
from intake.house import House
from intake.outgoing import jobs
from intake.policy import Policy
from storage import cases, requests
from storage.kinds import INTAKE, CaseStatus, CaseType, request_number
from storage.models import AfterSalesCase, CustomerRequest, Event
from storage.transaction import add, change

REPEATED = "repeated repair"
LAST_YEAR = 9998  # a purchase date that somebody has made up must not lead out of the calendar


@dataclass(frozen=True, slots=True)
class Coverage:
    """Until when the warranty lasts, until when goods may come back, and the earlier case of the same piece."""

    warranty_until: date | None = None
    return_until: date | None = None
    repeats: int | None = None


async def coverage(policy: Policy, case: AfterSalesCase) -> Coverage:
    """What is so of a case, stored or not yet. What an agent has said of the warranty stays."""
    earlier = None
    if case.serial_number:
        earlier = await cases.repaired_before(case.serial_number, case.request_id)
    warranty, back = dates(policy, case)
    return Coverage(warranty, back, None if earlier is None else earlier.id)


def dates(policy: Policy, case: AfterSalesCase) -> tuple[date | None, date | None]:
    """Until when the warranty lasts, and until when goods may come back, by these rules. Pure."""
    # Cleared by an agent, it follows from the rules again.
    set_by_agent = case.warranty_until is not None and "agent" in (case.sources or {}).get("warranty_until", "")
    warranty = case.warranty_until if set_by_agent else warranty_until(policy, case)
    return warranty, return_until(policy, case)


async def covered(house: House, case: AfterSalesCase, request: CustomerRequest, now: datetime) -> list[Event]:
    """Write into a case that is not stored yet what follows from its facts. Returns its place in the audit trail."""
    found = await coverage(house.policy, case)
    case.warranty_until, case.return_until, case.repeats = found.warranty_until, found.return_until, found.repeats
    return await _repeated(case, request, INTAKE, now)


def warranty_until(policy: Policy, case: AfterSalesCase) -> date | None:
    """The last day of the warranty: so many months after the purchase, by the product line."""
    warranty = policy.warranty(case.model, case.product_number, case.serial_number)
    if warranty is None or case.purchased_on is None:
        return None
    return months_later(case.purchased_on, warranty.months)


def return_until(policy: Policy, case: AfterSalesCase) -> date | None:
    """The last day on which the goods may come back for money."""
    if case.type is not CaseType.RETURN or case.purchased_on is None or policy.returns_days is None:
        return None
    if case.purchased_on.year > LAST_YEAR - policy.returns_days // 365 - 1:
        return None
    return case.purchased_on + timedelta(days=policy.returns_days)


def months_later(day: date, months: int) -> date | None:
    """The same day so many months later, or the last of that month. None: no calendar goes so far."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > LAST_YEAR:
        return None
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def known(case: AfterSalesCase, record: int | None = None) -> CaseFacts:
    """What a case says of itself. `record`: whose words they are."""
    facts = case.order_number, case.product_number, case.model, case.purchased_on, case.serial_number
    return CaseFacts(case.type, *facts, record=record)


async def known_anew(house: House, request: CustomerRequest, case: AfterSalesCase, actor: str, now: datetime) -> None:
    """Store the facts of a case, which have changed, with all that follows from them; the card is drawn anew.

    Inside the transaction around us, with the request locked.
    """
    found, covered, before = known(case), await coverage(house.policy, case), case.repeats
    facts = {name: getattr(case, name) for name in (*COLUMNS, "sources")}
    if case.status in (CaseStatus.ASKED, CaseStatus.COMPLETE):
        # What an agent has said meanwhile stays before the customer: his answer to it leads to the next question.
        asking = case.asking if found.missing else None
        await change(case, status=found.status, missing=list(found.missing), asking=asking)
    await change(
        case,
        warranty_until=covered.warranty_until,
        return_until=covered.return_until,
        repeats=covered.repeats,
        updated_at=now,
        **facts,
    )
    if case.repeats is not None and case.repeats != before:
        await add(*await _repeated(case, request, actor, now))
    await touched(house, request, now)


async def touched(house: House, request: CustomerRequest, now: datetime) -> None:
    """What the card shows of the case is another thing now, and so are its buttons."""
    await change(request, updated_at=now, version=next_version(request))
    if house.desk:
        await jobs.card(request.id, now)


async def _repeated(case: AfterSalesCase, request: CustomerRequest, actor: str, now: datetime) -> list[Event]:
    earlier = await cases.case(case.repeats) if case.repeats is not None else None
    if earlier is None:
        return []
    return [requests.event(request.id, now, actor, REPEATED, after=request_number(earlier.request_id))]
