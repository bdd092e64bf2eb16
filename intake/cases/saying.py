"""What the form says to a customer: a message of ours, on record, and what of his own words it may repeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from intake.cases.wording import Told, harmless
from intake.house import House
from intake.message import Choice
from intake.outgoing import jobs
from intake.words.occasions import Rendered
from storage import requests
from storage.kinds import DeliveryKind, Direction
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest
from storage.transaction import add, change


async def say(
    house: House,
    request: CustomerRequest,
    answered: CommunicationRecord,
    made: Rendered,
    choices: Sequence[Choice],
    now: datetime,
    by: str = "",
) -> None:
    """Queue a message and show it in the topic. `answered`: the customer's message that it follows.

    `by`: the agent who wants it said.
    """
    mail = request.channel in house.stamps
    text = made.text if mail else made.chat
    record = CommunicationRecord(
        request_id=request.id,
        direction=Direction.OUTGOING,
        channel=request.channel,
        subject=made.subject if mail else "",
        text=text,
        reply_text=text,
        author=by or house.company,
        at=now,
        threaded_by="an agent has it asked" if by else "the program asks what the case needs",
        flags=[] if by else ["by itself"],
    )
    await send(house, request, record, made, answered, now, kind=DeliveryKind.QUESTION, choices=choices)


async def send(
    house: House,
    request: CustomerRequest,
    record: CommunicationRecord,
    made: Rendered,
    answered: CommunicationRecord | None,
    now: datetime,
    *,
    kind: DeliveryKind,
    choices: Sequence[Choice] = (),
) -> None:
    """Store a record of ours with the delivery that brings its words to the customer, and show it in the topic.

    `answered`: the customer's message that a mail follows, if there is one.
    """
    mail = request.channel in house.stamps
    await add(record)
    automatic = kind is DeliveryKind.QUESTION  # a step is an agent's deed
    delivery = jobs.to_customer(house, request, record, now, automatic=automatic, kind=kind)
    delivery.choices = [[choice.words, choice.token] for choice in choices] or None
    delivery.subject, delivery.text, delivery.html = record.subject, record.text, made.html if mail else None
    if mail and answered is not None and answered.external_id is not None:
        delivery.in_reply_to = answered.external_id
        delivery.references = await requests.message_ids(request.id, answered.id)
    await add(delivery)
    if delivery.message_id is not None:
        await change(record, external_id=delivery.message_id)
    if house.desk:
        await jobs.mirror(record, request, now)


def told(case: AfterSalesCase, record: CommunicationRecord) -> list[Told]:
    """What may be said back: numbers and days; a name only to somebody who is proven to have written it."""
    numbers = (case.order_number or "").split(", ")
    found = [Told("order_number", ", ".join(numbers))] if all(harmless(number) for number in numbers) else []
    product = case.product_number or case.serial_number or (case.model if record.verified else None)
    if product is not None and harmless(product):
        found.append(Told("product", product))
    if case.purchased_on is not None:
        found.append(Told("purchased_on", case.purchased_on.isoformat()))
    return found
