"""Which request a message belongs to, and why. A stranger never joins: he opens a request of his own, flagged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.message import Inbound, Proof
from storage import requests
from storage.kinds import Status, request_number
from storage.models import Customer, CustomerRequest

# A proof that names a request is read in this order; each row says how an agent reads it.
PROOFS: tuple[tuple[Proof, str], ...] = (
    (Proof.SIGNED_ADDRESS, "it was sent to the request's own reply address"),
    (Proof.SIGNED_MESSAGE_ID, "it answers a message of ours"),
)


BY_NUMBER = "the customer wrote the request's number in the subject"


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a message goes: into `request`, or into a new one when that is None. `why` is for the record."""

    request: CustomerRequest | None
    why: str
    flags: tuple[str, ...] = ()


async def thread(message: Inbound, customer: Customer, now: datetime, reopen: timedelta) -> Thread:
    """Find the request that a message belongs to. Called with the customer's row locked."""
    flags: list[str] = []
    for request_id, why in await _candidates(message):
        owner = await requests.owner_of(request_id)
        if owner is None:
            continue
        if owner != customer.id:
            # Not even locked: a stranger must not choose in which order we lock other people's requests.
            flags.append(f"points at {request_number(request_id)}, which is another customer's")
            continue
        if message.forged:
            flags.append(f"points at {request_number(request_id)}, but the sender is not who he says he is")
            continue
        if why is BY_NUMBER and not message.verified:
            # Anybody can type a number and forge a From.
            flags.append(f"names {request_number(request_id)} in its subject, and the sender is not verified")
            continue
        request = await requests.locked_request(request_id)
        if request is not None and _may_go_on(request, now, reopen):
            return Thread(request, why)
        return Thread(None, f"a new request: {request_number(request_id)} was closed too long ago")
    if message.threadless:
        return await _newest(message, customer, now, reopen, tuple(flags))
    return Thread(None, "the first message of a new request", tuple(flags))


async def _candidates(message: Inbound) -> list[tuple[int, str]]:
    found: dict[int, str] = {}
    for proof, why in PROOFS:
        for hint in message.hints:
            if hint.proof is proof:
                found.setdefault(hint.request, why)
    for request_id in await requests.requests_referred_to(message.references):
        found.setdefault(request_id, "it answers an earlier message of the same request")
    for hint in message.hints:
        if hint.proof is Proof.SUBJECT:
            found.setdefault(hint.request, BY_NUMBER)
    return list(found.items())


def _may_go_on(request: CustomerRequest, now: datetime, reopen: timedelta) -> bool:
    if request.status in requests.OPEN_STATES:
        return True
    return request.status is Status.RESOLVED and request.resolved_at is not None and now - request.resolved_at <= reopen


async def _newest(
    message: Inbound, customer: Customer, now: datetime, reopen: timedelta, flags: tuple[str, ...]
) -> Thread:
    """A chat has no subject: it goes on with what is open, else with what has just been resolved."""
    place = (customer.id, message.channel, message.account)
    for found, why in (
        (await requests.newest_open_request(*place), "the customer's newest open request in this chat"),
        (await requests.newest_resolved_request(*place, now, reopen), "his last resolved request in this chat"),
    ):
        # Read again under its lock: an agent may have resolved it between the two.
        request = await requests.locked_request(found.id) if found is not None else None
        if request is not None and _may_go_on(request, now, reopen):
            return Thread(request, why, flags)
    return Thread(None, "the first message of a new request", flags)
