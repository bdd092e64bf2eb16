"""Write into an after-sales case what its customer has answered; what is known already stays.

Called inside the transaction of his message or his press, with the request's row locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from intake.after_sales import COLUMNS
from intake.cases import correcting
from intake.cases.reading import Answers
from intake.coverage import known_anew
from intake.house import House
from storage import requests
from storage.facts import from_record
from storage.kinds import CUSTOMER
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest
from storage.transaction import add, change


async def take(
    house: House,
    case: AfterSalesCase,
    answers: Answers,
    request: CustomerRequest,
    record: CommunicationRecord,
    now: datetime,
) -> bool:
    """Write down what was answered; what is known already stays. False: nothing was."""
    known = {getattr(case, column) for column in COLUMNS}
    free = {column: value for column, value in answers.values.items() if getattr(case, column) is None}
    # Who sends the same number twice answers no second question with it.
    new = {column: value for column, value in free.items() if value not in known}
    if "product" not in case.missing:
        new = {column: value for column, value in new.items() if column != "model"}
    gone = [one for one in answers.unknown if one in case.missing and one not in (case.skipped or ())]
    if not new and not gone:
        return False
    for column, value in new.items():
        setattr(case, column, date.fromisoformat(value) if column == "purchased_on" else value)
    case.sources = {**(case.sources or {}), **dict.fromkeys(new, from_record(record.id))}
    said = [requests.event(request.id, now, CUSTOMER, f"case {name}", after=value) for name, value in new.items()]
    said += [requests.event(request.id, now, CUSTOMER, "case question skipped", after=name) for name in gone]
    await add(*said)
    await change(case, skipped=[*(case.skipped or ()), *gone] or None)
    await known_anew(house, request, case, CUSTOMER, now)
    return True


async def replace(
    house: House,
    case: AfterSalesCase,
    new: Mapping[str, str | None],
    request: CustomerRequest,
    record: CommunicationRecord,
    now: datetime,
) -> None:
    """Write down what an answer says now, in the place of what it said before."""
    if not new:
        return
    for column, value in new.items():
        before = correcting.known(case, column)
        await requests.add_event(request.id, now, CUSTOMER, f"case {column}", before, value)
        setattr(case, column, date.fromisoformat(value) if column == "purchased_on" and value else value)
    sources = {column: source for column, source in (case.sources or {}).items() if column not in new}
    case.sources = {**sources, **{column: from_record(record.id) for column, value in new.items() if value}}
    await known_anew(house, request, case, CUSTOMER, now)
