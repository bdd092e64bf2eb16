"""Whether a customer can be reached: what the agents are told when that changes. Called inside the transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from intake.outgoing import jobs
from storage import customers, requests
from storage.customers import Known
from storage.kinds import INTAKE
from storage.transaction import change

OFFERED_WITHIN = timedelta(days=14)
MOST_OFFERED = 5  # answers that did not arrive


async def lost(channel: str, value: str, reason: str, at: datetime | None, now: datetime, *, tell: bool) -> bool:
    """Nothing reaches him any more. The agents read it once. False: that was known, or he has come back since.

    `at`: by the wire's clock, when it was the wire that said so.
    """
    known = await customers.found(channel, value)
    if known is None or known.address.unreachable is not None or _is_older(known, at):
        return False
    await change(known.address, unreachable=reason, reached_at=at or known.address.reached_at)
    request = await customers.newest_request(known.customer.id, channel)
    if request is not None:
        await requests.add_event(request.id, now, INTAKE, "unreachable", after=reason)
        if tell:
            await jobs.notice(request.id, None, f"Answers do not arrive: {reason}.", now)
    return True


async def back(channel: str, value: str, at: datetime, now: datetime, *, tell: bool) -> bool:
    """He can be reached again. False: he could all the time."""
    known = await customers.found(channel, value)
    if known is None or known.address.unreachable is None or _is_older(known, at):
        return False
    reason = known.address.unreachable
    await change(known.address, unreachable=None, reached_at=at)
    if tell:
        await tell_of_return(Known(known.customer, known.address, back=reason), now)
    return True


async def tell_of_return(known: Known, now: datetime) -> None:
    """Say that he is back, and offer to send what did not arrive meanwhile."""
    address = known.address
    request = await customers.newest_request(known.customer.id, address.channel)
    if request is None:
        return
    await requests.add_event(request.id, now, INTAKE, "reachable again", before=known.back)
    await jobs.notice(request.id, None, "The customer can be reached again.", now)
    lost = await customers.not_delivered(address.channel, address.value, now - OFFERED_WITHIN, MOST_OFFERED)
    for delivery in lost:
        begin = " ".join(delivery.text.split())[:80]
        told = f"This did not arrive. Send it again if it still helps: “{begin}”"
        await jobs.notice(delivery.request_id, delivery.record_id, told, now, concerns=delivery.id)


def _is_older(known: Known, at: datetime | None) -> bool:
    """Is a word about him older than the last one? They do not always come in order."""
    return at is not None and known.address.reached_at is not None and at < known.address.reached_at
