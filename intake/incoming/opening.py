"""A new request, and what is made of it when its customer first writes words. Called inside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from intake.after_sales import case_facts
from intake.coverage import covered
from intake.coverage import known as told
from intake.house import House
from intake.incoming import urgency
from intake.incoming.rows import ADDRESS_CAP, Beside, case_row
from intake.incoming.threading import Thread
from intake.message import Inbound
from intake.screening import FORGED
from intake.understanding.categories import Categories, Verdict
from intake.understanding.priority import Urgency
from intake.understanding.reading import NO_WORDS, Matter, Reading
from storage import requests
from storage.customers import Known
from storage.kinds import CUSTOMER, INTAKE, CaseType, Priority, Status
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest
from storage.transaction import add, change

CAME_BY = "came by link:"
NOT_VERIFIED = "sender not verified"


def reply_to(message: Inbound) -> str:
    """Where answers to a message go."""
    return (message.reply_to or message.sender.value)[:ADDRESS_CAP]


async def open_request(
    house: House,
    categories: Categories,
    message: Inbound,
    reading: Reading,
    known: Known,
    where: Thread,
    rule: str,
    now: datetime,
) -> tuple[CustomerRequest, list[Beside]]:
    """Open a request for a message that belongs to none. Returns also what is still to be stored of it."""
    customer, matter = known.customer, reading.matter()
    soon = await urgency.of_new(house, message, known, matter.urgency, now)
    flags = [*where.flags, *([rule] if rule else []), *message.warnings]
    flags += [FORGED] if message.forged and rule != FORGED else []
    flags += [] if message.verified or message.forged else [NOT_VERIFIED]
    flags += [f"{CAME_BY} {known.address.came_by}"] if known.address.came_by else []
    request = CustomerRequest(
        customer=customer,
        channel=message.channel,
        account=message.account[:ADDRESS_CAP],
        reply_to=reply_to(message),
        subject=message.subject,
        **_judged(matter.verdict, soon),
        flags=flags,
        linked_to=where.linked_to,
        language=customer.chosen_language or _spoken(reading, known) or house.default_language,
        created_at=now,
        updated_at=now,
        waiting_since=now,
    )
    await add(request)
    opened = requests.event(request.id, now, CUSTOMER, "opened", after=matter.verdict.category)
    return request, [opened, *await _case(house, categories, request, matter, now)]


async def say_sources(begun: Sequence[Beside], record: CommunicationRecord) -> None:
    """Write into the case that was begun which message it is from, now that this is stored."""
    for row in begun:
        if isinstance(row, AfterSalesCase):
            await change(row, sources=told(row, record.id).sources)


async def sort_by_first_words(
    house: House,
    categories: Categories,
    request: CustomerRequest,
    message: Inbound,
    reading: Reading,
    known: Known,
    now: datetime,
) -> bool:
    """A request that began with a picture is sorted by the first words that follow. False: it has been sorted."""
    if message.wordless or request.status is not Status.NEW or request.category_reasons != [NO_WORDS]:
        return False
    matter = reading.matter()
    soon = await urgency.of_first_words(request, reading.urgency, matter.urgency)
    sorted_anew = requests.event(request.id, now, INTAKE, "category", request.category, matter.verdict.category)
    await add(sorted_anew, *await _case(house, categories, request, matter, now))
    await change(
        request,
        **_judged(matter.verdict, soon),
        language=known.customer.chosen_language or reading.told.given(request.language) or request.language,
        version=(request.version or 0) + 1,
    )
    return True


def _judged(verdict: Verdict, soon: Urgency) -> dict[str, object]:
    """What it is about and how soon it wants an agent, as columns of its request."""
    return {
        "category": verdict.category,
        "category_confidence": verdict.confidence,
        "category_reasons": list(verdict.reasons),
        "category_choices": [list(choice) for choice in verdict.choices],
        "category_model": verdict.model,
        "priority": Priority(soon.priority),
        "priority_reasons": list(soon.reasons),
    }


def _spoken(reading: Reading, known: Known) -> str | None:
    """The message's language; what he has written so far decides where a word or two could be in several."""
    so_far = None if known.is_new else known.customer.language
    return reading.told.given(so_far) or known.customer.language


async def _case(
    house: House, categories: Categories, request: CustomerRequest, matter: Matter, now: datetime
) -> list[Beside]:
    """The after-sales case that it is, if it is one, with its place in the audit trail."""
    case = categories.case(matter.verdict.category)
    if case is None:
        return []
    found = case_facts(CaseType(case), matter.facts, now.date())
    row = case_row(request, found, now)
    told = await covered(house, row, request, now)
    return [row, requests.event(request.id, now, INTAKE, "case opened", after=found.type), *told]
