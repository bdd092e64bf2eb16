"""Which request a message belongs to, and why. A stranger never joins: he opens a request of his own, flagged.

The rules with their special cases and tests: docs/threading.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from intake.incoming.rows import ADDRESS_CAP, conversation
from intake.message import Inbound, Proof
from storage import copies, requests, threads
from storage.copies import Named
from storage.customers import Known
from storage.kinds import Status, request_number
from storage.models import CommunicationRecord, Customer, CustomerRequest
from storage.threads import Place, Writer

MOST_CANDIDATES = 20  # requests that one message may point at; what it points at beyond is not looked at
MOST_FLAGS = 3  # requests that a flag names
MOST_PARTICIPANTS = 20  # of a request
MOST_AWAITED = 10  # messages that a request waits for


class Standing(StrEnum):
    """What the sender of a message is to a request that it points at."""

    CUSTOMER = "its customer, verified"
    CLAIMED = "its customer by the address, not verified, but nothing speaks against him"
    UNCLEAR = "its customer by an address that could not be checked"
    PARTICIPANT = "a participant, verified"
    NAMED = "a participant by the address, not verified"
    STRANGER = "nobody who is known there"
    FORGED = "not who he says he is"


class Bond(StrEnum):
    """How a message points at a request. The value is what the record says of it."""

    ADDRESS = "it was sent to the request's own reply address"
    MESSAGE_ID = "it answers a message of ours"
    REFERENCE = "it answers an earlier message of the same request"
    NUMBER = "it names the request's number in the subject"
    AWAITED = "an earlier message of the request answers it"
    CONVERSATION = "the sender's mail program counts it to the same conversation"
    TRACE = "something that anybody may have written has the same marks"


# Strongest first; each row says who joins by it. Our own signature is enough for the customer himself even when nothing
# proves him, as long as nothing speaks against him. What anybody can copy or type counts for the proven alone.
RULES: tuple[tuple[Bond, tuple[Standing, ...]], ...] = (
    (Bond.ADDRESS, (Standing.CUSTOMER, Standing.CLAIMED, Standing.PARTICIPANT)),
    (Bond.MESSAGE_ID, (Standing.CUSTOMER, Standing.CLAIMED, Standing.PARTICIPANT)),
    (Bond.REFERENCE, (Standing.CUSTOMER, Standing.PARTICIPANT)),
    (Bond.NUMBER, (Standing.CUSTOMER, Standing.PARTICIPANT)),
    (Bond.AWAITED, (Standing.CUSTOMER,)),
    (Bond.CONVERSATION, (Standing.CUSTOMER, Standing.PARTICIPANT)),
    # Messages of strangers, and those that came unproven under a customer's name: they lead agents, never a message.
    (Bond.TRACE, ()),
)

# What the agents read when somebody did not join: "points at R-1042, …".
REFUSED: dict[Standing, str] = {
    Standing.CUSTOMER: "by a message whose sender was not verified",
    Standing.CLAIMED: "and that its customer wrote this is not verified",
    Standing.UNCLEAR: "but it does not say clearly who its sender is",
    Standing.PARTICIPANT: "which is another customer's",
    Standing.NAMED: "and that its participant wrote this is not verified",
    Standing.STRANGER: "which is another customer's",
    Standing.FORGED: "but the sender is not who he says he is",
}


HINTS = {
    Bond.ADDRESS: Proof.SIGNED_ADDRESS,
    Bond.MESSAGE_ID: Proof.SIGNED_MESSAGE_ID,
    Bond.NUMBER: Proof.SUBJECT,
}
NEW = "the first message of a new request"
ASKED_NEW = 0  # in Address.next_request: the next message opens a request
CHOICE_HOLDS = timedelta(minutes=30)  # a request that he has chosen stays so while he goes on writing


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a message goes: into `request`, or into a new one when that is None. `why` is for the record.

    `flags` say which requests it points at without belonging to them; the first of those is `linked_to`.
    """

    request: CustomerRequest | None
    why: str
    flags: tuple[str, ...] = ()
    linked_to: int | None = None
    album: tuple[int, ...] = ()  # the records of its album that have come before
    folded: bool = False  # it is one of very many of its sender


async def thread(
    message: Inbound,
    known: Known,
    answered: Named | None,
    now: datetime,
    reopen: timedelta,
    *,
    courteous: bool = False,
) -> Thread:
    """Find the request that a message belongs to. Called with the customer's row locked.

    `answered`: the record that a chat's message replies to. `courteous`: nothing but thanks, which reopens nothing and
    therefore finds a resolved request however old.
    """
    customer = known.customer
    if message.album is not None and (begun := await _begun(message.album, message.channel)) is not None:
        return begun
    writer = Writer(customer.id, message.channel, message.sender.value[:ADDRESS_CAP])
    refused: dict[int, str] = {}
    for bond, joined_by in RULES:
        for place in await _places(bond, message, writer):
            standing = standing_of(message, customer, place)
            if standing not in joined_by:
                # Not even locked: a stranger must not choose in which order we lock other people's requests.
                refused.setdefault(place.request, f"points at {request_number(place.request)}, {REFUSED[standing]}")
                continue
            flags = _flags({other: words for other, words in refused.items() if other != place.request})
            request = await requests.locked_request(place.request)
            if request is not None and (may_go_on(request, now, reopen) or (courteous and _is_resolved(request))):
                return Thread(request, bond, flags)
            return _sequel(place.request, flags)
    flags, linked_to = _flags(refused), next(iter(refused), None)
    if answered is not None and answered.request is not None:
        request = await requests.locked_request(answered.request)
        if request is not None and request.customer_id == customer.id:
            goes_on = may_go_on(request, now, reopen) or (courteous and _is_resolved(request))
            return Thread(request, Bond.REFERENCE, flags) if goes_on else _sequel(request.id, flags)
    if message.threadless:
        return await _in_chat(message, known, now, reopen, flags, linked_to)
    return Thread(None, NEW, flags, linked_to)


def standing_of(message: Inbound, customer: Customer, place: Place) -> Standing:
    """What a sender is to a request."""
    if message.forged:
        return Standing.FORGED
    if place.customer == customer.id:
        if message.verified:
            return Standing.CUSTOMER
        return Standing.UNCLEAR if message.unclear else Standing.CLAIMED
    if place.participates:
        return Standing.PARTICIPANT if message.verified else Standing.NAMED
    return Standing.STRANGER


async def remember(
    message: Inbound, record: CommunicationRecord, request: CustomerRequest, customer: Customer, opened: bool
) -> None:
    """Keep what later messages are threaded by. Called with the request's row locked or new.

    Whom the customer himself has copied may add to his request; what his first message answers and nobody knows yet
    will belong to it when it comes. Who only has the customer's address and a token of the request opens it to nobody.
    """
    if message.threadless:
        return  # a chat tells one by one what it answers, and always after that
    if record.external_id is not None and not opened:
        await threads.no_longer_awaited(request.id, record.external_id)
    if message.forged or request.customer_id != customer.id or not (opened or message.verified):
        return
    people = [(person.value[:ADDRESS_CAP], person.name) for person in message.copied]
    if people:
        writer = message.sender.value
        await threads.add_participants(request.id, message.channel, people, writer, record.at, MOST_PARTICIPANTS)
    if opened and message.verified:
        await threads.await_messages(request.id, message.references[::-1], MOST_AWAITED)


async def _places(bond: Bond, message: Inbound, writer: Writer) -> list[Place]:
    """The requests that a message points at by one bond; of those it names, the one it answers first comes first."""
    pointed = list(dict.fromkeys(await _pointed(bond, message, writer)))[:MOST_CANDIDATES]
    found = await threads.places(pointed, writer) if pointed else {}
    return [found[request] for request in pointed if request in found]


async def _pointed(bond: Bond, message: Inbound, writer: Writer) -> list[int]:
    # What was answered last says most, so the newest reference comes first.
    references = message.references[::-1]
    match bond:
        case Bond.ADDRESS | Bond.MESSAGE_ID | Bond.NUMBER:
            return [hint.request for hint in message.hints if hint.proof is HINTS[bond]]
        case Bond.REFERENCE:
            return await threads.answered_by(references, writer)
        case Bond.AWAITED:
            return [] if message.threadless else await threads.awaiting(message.external_id, writer)
        case Bond.CONVERSATION:
            # Outlook's own mark counts only where the references are gone: they are more exact.
            same = None if references else conversation(message)
            return await threads.in_conversation(same, writer) if same else []
        case Bond.TRACE:
            return await threads.touched_by(references, conversation(message), writer)


def _flags(refused: dict[int, str]) -> tuple[str, ...]:
    return tuple(refused.values())[:MOST_FLAGS]


def _sequel(request_id: int, flags: tuple[str, ...]) -> Thread:
    number = request_number(request_id)
    why = f"a new request: {number} was closed too long ago"
    return Thread(None, why, (*flags, f"goes on with {number}, which was closed too long ago"), request_id)


def may_go_on(request: CustomerRequest, now: datetime, reopen: timedelta) -> bool:
    if request.status in requests.OPEN_STATES:
        return True
    return _is_resolved(request) and request.resolved_at is not None and now - request.resolved_at <= reopen


def _is_resolved(request: CustomerRequest) -> bool:
    return request.status is Status.RESOLVED


async def _begun(album: str, channel: str) -> Thread | None:
    """The request in which the album's first part is: all of it stays together."""
    parts = await copies.of_album(album, channel)
    request = await requests.locked_request(parts[0].request_id) if parts and parts[0].request_id is not None else None
    if request is None:
        return None
    return Thread(request, "the album that it is part of", album=tuple(part.id for part in parts))


async def _in_chat(
    message: Inbound,
    known: Known,
    now: datetime,
    reopen: timedelta,
    flags: tuple[str, ...],
    linked_to: int | None,
) -> Thread:
    """A chat has no subject: it goes on with what the customer chose, what is open, what has just been resolved."""
    customer = known.customer
    if known.is_new:
        return Thread(None, NEW, flags, linked_to)
    chosen = chosen_request(known, now)
    if chosen == ASKED_NEW:
        return Thread(None, "a new request, as the customer asked", flags, linked_to)
    if chosen is not None:
        led = await threads.final_request(chosen)
        request = await requests.locked_request(led.id) if led is not None else None
        if request is not None and request.customer_id == customer.id and may_go_on(request, now, reopen):
            return Thread(request, "the request that the customer chose", flags)
    place = (customer.id, message.channel, message.account)
    request = await requests.newest_open_request(*place)
    if request is not None:
        return Thread(request, "the customer's newest open request in this chat", flags)
    request = await requests.newest_resolved_request(*place, now, reopen)
    if request is not None:
        return Thread(request, "his last resolved request in this chat", flags)
    return Thread(None, NEW, flags, linked_to)


def chosen_request(known: Known, now: datetime) -> int | None:
    """What the customer said his next message is for, as long as that holds."""
    chosen, at = known.address.next_request, known.address.chosen_at
    if chosen is None or chosen == ASKED_NEW:
        return chosen
    return chosen if at is not None and now - at <= CHOICE_HOLDS else None
