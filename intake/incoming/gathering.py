"""What a message tells of orders, things and its sender: kept beside its record, and his card filled where it is empty.

What somebody writes proves nothing: it never becomes an address by which he is known.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime

from intake.message import Inbound
from intake.understanding.facts import Fact
from intake.understanding.quotes import splitting
from storage import facts, requests
from storage.customers import Known
from storage.kinds import INTAKE
from storage.models import CommunicationRecord, FoundFact
from storage.transaction import add

LOOKED_AT = 20_000  # characters of a message in which it may begin that he passes another's on
FORWARDED = "forwarded"  # among a message's remarks: somebody else has written it
SURE_ENOUGH = 0.6  # to be written on a customer's card
WRITTEN_ON_CARDS = ("name", "phone", "email", "postal_address")


async def gather(
    message: Inbound, found: tuple[Fact, ...], record: CommunicationRecord, known: Known, now: datetime
) -> None:
    """Store what was found in a message. Inside the transaction of its acceptance; without facts it asks nothing."""
    found += _shared(message)
    if not found or message.auto_reason is not None:
        return
    await add(
        *(
            FoundFact(
                request_id=record.request_id,
                record_id=record.id,
                kind=fact.kind,
                value=fact.value,
                start=fact.start,
                end=fact.end,
                confidence=fact.confidence,
            )
            for fact in found
        )
    )
    # Who is not proven to be him may have anybody's telephone number.
    if message.forged or message.unclear or (known.address.verified and not message.verified):
        return
    source = facts.from_record(record.id)
    end = _his_end(message, record.reply_text)
    his = _his(message, [fact for fact in found if fact.end <= end])
    learned = await facts.learn(known.customer, his, source, proven=message.verified)
    if learned and record.request_id is not None:
        await requests.add_event(record.request_id, now, INTAKE, "customer's data", after=", ".join(learned))


def _shared(message: Inbound) -> tuple[Fact, ...]:
    """The place that he has shared, where it stands in the line that names it."""
    if message.place is None or (at := message.text.find(message.place)) < 0:
        return ()
    start = len(message.subject) + 1 + at
    return (Fact("postal_address", message.place, start, start + len(message.place), 0.7),)


def _his_end(message: Inbound, reply_text: str) -> int:
    """Up to where the words are his own. What he passes on is another's, and so are the data in it."""
    before = len(message.subject) + 1
    if FORWARDED in message.remarks:
        return 0
    looked_at = reply_text[:LOOKED_AT]
    at = splitting.passed_on(looked_at)
    if at < len(looked_at):
        return before + at
    # His program has marked no place where it begins.
    return 0 if splitting.is_forward(message.subject) else sys.maxsize


def _his(message: Inbound, found: Iterable[Fact]) -> dict[str, str]:
    """What he says of himself: of each kind the one value. Of two telephone numbers nobody knows which is his."""
    values: dict[str, set[str]] = {}
    for fact in found:
        if fact.kind in WRITTEN_ON_CARDS and fact.confidence >= SURE_ENOUGH:
            values.setdefault(fact.kind, set()).add(fact.value)
    his = {kind: min(some) for kind, some in values.items() if len(some) == 1}
    if his.get("email") in (message.sender.value.lower(), message.account.lower()):
        del his["email"]  # known by itself, or ours
    return his
