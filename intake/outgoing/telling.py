"""What the agents hear of a job of the outbox that did not go well. Called inside the transaction that settles it."""

from __future__ import annotations

from datetime import datetime

from intake.outgoing import jobs
from storage import requests
from storage.kinds import DeliveryKind, Direction, request_number
from storage.models import Delivery

# What somebody was to read or to lose: the agents hear when it fails, with buttons to deal with it.
TO_PEOPLE = (
    *(DeliveryKind.REPLY, DeliveryKind.STEP, DeliveryKind.QUESTION, DeliveryKind.ACKNOWLEDGEMENT),
    *(DeliveryKind.EDIT, DeliveryKind.RECALL),
)
# An agent's own words: the message on the desk is marked with how far they have come.
AGENTS_WORDS = (DeliveryKind.REPLY, DeliveryKind.EDIT, DeliveryKind.RECALL)

WHAT = {
    DeliveryKind.EDIT: "The edit did not reach the customer",
    DeliveryKind.STEP: "The customer was not told how far his case has come",
    DeliveryKind.QUESTION: "What his case still needs was not asked",
    DeliveryKind.RECALL: "It could not be taken back",
}


def failed(delivery: Delivery, reason: str) -> str:
    """A sentence on a job that has failed."""
    what = WHAT.get(delivery.kind, "Not delivered")
    if delivery.addressed_to:
        what = f"The copy to {delivery.recipient} was not delivered"
    return f"{what}: {reason}"


def unknown(reason: str) -> str:
    """A sentence on a job of which nobody knows what came of it."""
    return f"Nobody knows whether this reached the customer: {reason.rstrip('.')}. It is not sent again by itself."


async def tell(delivery: Delivery, told: str, now: datetime) -> None:
    """Tell the agents of what concerns them: in the topic, or to all when the topic itself is what failed."""
    if delivery.kind in TO_PEOPLE:
        await jobs.notice(delivery.request_id, delivery.record_id, told, now, concerns=delivery.id)
        await mark(delivery, now)
    elif delivery.kind is DeliveryKind.MIRROR and delivery.request_id is not None:
        number = request_number(delivery.request_id)
        lost = f"A message of {number} could not be shown on the desk; intake-bot show {number} prints it. {told}"
        await jobs.notice(None, delivery.record_id, lost, now)
    elif delivery.kind is DeliveryKind.FETCH and delivery.record_id is not None:
        record = await requests.record_with_files(delivery.record_id)
        if record is not None and record.direction is Direction.OUTGOING:
            await jobs.notice(delivery.request_id, delivery.record_id, told, now)


async def mark(delivery: Delivery, now: datetime) -> None:
    """Have the agent's message marked, when it was one that left."""
    if delivery.kind in AGENTS_WORDS and delivery.request_id is not None and delivery.record_id is not None:
        await jobs.mark(delivery.request_id, delivery.record_id, now)
