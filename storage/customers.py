"""Customers and their addresses: who writes, what the wire calls him, whether he can be reached, what he has chosen.

Plain values in, rows out; decides nothing. What writes is called inside `transaction`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from storage import failures
from storage.asking import as_row, asked, columns
from storage.facts import FROM_CONTACT, is_agents, is_claimed
from storage.kinds import DeliveryKind, DeliveryState, Status
from storage.models import Address, CommunicationRecord, Customer, CustomerRequest, Delivery
from storage.requests import OPEN_STATES
from storage.transaction import add, change

REFRESH_AFTER = timedelta(hours=1)  # names change at most so often


@dataclass(frozen=True, slots=True)
class Contact:
    """Who writes, as the wire names him. `renames`: the wire vouches for his names, which may change at any time."""

    channel: str
    value: str
    name: str
    language: str | None
    phone: str | None
    verified: bool
    username: str | None = None
    reads: str | None = None  # the language that the wire says he reads
    renames: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A customer and the address by which he is known here; what has just been learnt of him."""

    customer: Customer
    address: Address
    is_new: bool = False
    renamed: bool = False
    back: str | None = None  # why he could not be reached until now


async def lock_customer(contact: Contact, now: datetime) -> Known:
    """Find or make the customer behind an address and lock his row.

    Two first messages at the same instant: the second one's insert raises IntegrityError, and its caller tries again.
    """
    found = await asked(
        _SOUGHT.replace("{columns}", f"{columns(Customer, 'customer')}, {columns(Address, 'address')}"),
        *(contact.channel, contact.value),
        lock="FOR NO KEY UPDATE OF customer",
    )
    if not found:
        return await _new(contact, now)
    customer, address = as_row(Customer, "customer", found[0]), as_row(Address, "address", found[0])
    await _learn(customer, address, contact, proven=bool(found[0]["proven"]))
    return await _refresh(customer, address, contact, now) if contact.renames else Known(customer, address)


_SOUGHT = """
SELECT {columns},
    address.verified OR EXISTS (SELECT 1 FROM address o WHERE o.customer_id = customer.id AND o.verified) AS proven
FROM address JOIN customer ON customer.id = address.customer_id
WHERE address.channel = $1 AND address.value = $2 {lock}
"""


async def _new(contact: Contact, now: datetime) -> Known:
    customer = Customer(
        name=contact.name,
        language=contact.language,
        phone=contact.phone,
        sources={"phone": FROM_CONTACT} if contact.phone else None,
        created_at=now,
    )
    await add(customer)
    address = Address(
        customer=customer,
        channel=contact.channel,
        value=contact.value,
        verified=contact.verified,
        username=contact.username,
        language=contact.reads,
        created_at=now,
    )
    await add(address)
    return Known(customer, address, is_new=True)


async def _learn(customer: Customer, address: Address, contact: Contact, *, proven: bool) -> None:
    """Fill what we did not know yet; what an earlier proof has set stays, and only proof adds to it.

    What was said before the first proof may have been anybody's word under his address: he himself replaces it.
    """
    if proven and not contact.verified:
        return
    first_proof = contact.verified and not proven
    sources = dict(customer.sources or {})
    said = (("name", contact.name), ("language", contact.language), ("phone", contact.phone))
    learned: dict[str, object] = {
        name: value
        for name, value in said
        if not is_agents(sources, name)
        and ((value and not getattr(customer, name)) or (first_proof and value != getattr(customer, name)))
    }
    if first_proof:
        learned |= {name: None for name in ("email", "postal_address") if is_claimed(sources, name)}
    if contact.phone and contact.phone != customer.phone and is_claimed(sources, "phone"):
        learned["phone"] = contact.phone
    if learned:
        await change(customer, **learned, sources=_sources(sources, learned))
    if contact.verified and not address.verified:
        await change(address, verified=True)


def _sources(sources: dict[str, str], learned: Mapping[str, object]) -> dict[str, str] | None:
    """Where a customer's data is from, now that the wire has told these."""
    kept = {name: source for name, source in sources.items() if name not in learned}
    if learned.get("phone"):
        kept["phone"] = FROM_CONTACT
    return kept or None


async def _refresh(customer: Customer, address: Address, contact: Contact, now: datetime) -> Known:
    """Take over what the wire calls him now; he is known by his id alone. Who writes can be reached again."""
    back = address.unreachable
    learned: dict[str, object] = {"unreachable": None} if back is not None else {}
    due = address.refreshed_at is None or now - address.refreshed_at >= REFRESH_AFTER
    name = customer.name if is_agents(customer.sources or {}, "name") else contact.name
    renamed = due and (name, contact.username) != (customer.name, address.username)
    reads_another = due and contact.reads != address.language
    if renamed or reads_another:
        learned |= {"username": contact.username, "language": contact.reads, "refreshed_at": now}
        language = (contact.language if reads_another else None) or customer.language
        await change(customer, name=name, language=language)
    if learned:
        await change(address, **learned)
    return Known(customer, address, renamed=renamed, back=back)


async def found(channel: str, value: str) -> Known | None:
    """The customer behind an address, only to look at."""
    address = await Address.filter(channel=channel, value=value).select_related("customer").first()
    return None if address is None else Known(address.customer, address)


async def requests_in(customer_id: int, channel: str, account: str, most: int, after: int = 0) -> list[CustomerRequest]:
    """A customer's requests in one chat, newest first, but for those that were joined into others."""
    rows = CustomerRequest.filter(customer_id=customer_id, channel=channel, account=account)
    return await rows.exclude(status=Status.CLOSED).order_by("-id").offset(after).limit(most)


async def count_in(customer_id: int, channel: str, account: str, *, only_open: bool = False) -> int:
    """How many of them there are."""
    rows = CustomerRequest.filter(customer_id=customer_id, channel=channel, account=account)
    return await (rows.filter(status__in=OPEN_STATES) if only_open else rows.exclude(status=Status.CLOSED)).count()


async def open_requests(customer_id: int) -> list[CustomerRequest]:
    """All of a customer's that are not done, newest first."""
    return await CustomerRequest.filter(customer_id=customer_id, status__in=OPEN_STATES).order_by("-id").limit(50)


async def newest_request(customer_id: int, channel: str) -> CustomerRequest | None:
    """Where a word about the customer is read."""
    return await CustomerRequest.filter(customer_id=customer_id, channel=channel).order_by("-id").first()


async def first_words(request_ids: list[int]) -> dict[int, str]:
    """What each request began with."""
    found: dict[int, str] = {}
    for request_id in request_ids:
        record = await CommunicationRecord.filter(request_id=request_id).only("id", "reply_text").order_by("id").first()
        found[request_id] = record.reply_text if record is not None else ""
    return found


async def speaks(customer: Customer, language: str) -> None:
    """He wants to be written to in this language, in what is open too."""
    await change(customer, chosen_language=language)
    await CustomerRequest.filter(customer_id=customer.id, status__in=OPEN_STATES).update(language=language)


async def asked_last_in(request: CustomerRequest, now: datetime) -> None:
    """What he writes next in this chat answers a question of this request, though newer ones are open.

    As if he had chosen it. That his next message opens one he has said himself, and it stays so.
    """
    newer = CustomerRequest.filter(customer_id=request.customer_id, channel=request.channel, account=request.account)
    if await newer.filter(id__gt=request.id, status__in=OPEN_STATES).exists():
        his = Address.filter(customer_id=request.customer_id, channel=request.channel, value=request.reply_to)
        said_nothing_else = Q(next_request__isnull=True) | Q(next_request__gt=0)
        await his.filter(said_nothing_else).update(next_request=request.id, chosen_at=now)


async def answers_since(recipient: str, since: datetime) -> list[Delivery]:
    """What we have said by ourselves to somebody since then."""
    rows = Delivery.filter(kind=DeliveryKind.GREETING, recipient=recipient, queued_at__gt=since)
    return await rows.only("id", "subject", "in_reply_to").order_by("-id").limit(100)


async def not_delivered(channel: str, recipient: str, since: datetime, most: int) -> list[Delivery]:
    """The newest answers that did not reach him since then, oldest first."""
    kinds = (DeliveryKind.REPLY, DeliveryKind.STEP)
    rows = Delivery.filter(kind__in=kinds, recipient=recipient, queued_at__gt=since)
    newest = await rows.filter(channel=channel, state=DeliveryState.FAILED).order_by("-id").limit(most)
    return list(reversed(await failures.wanted(newest)))
