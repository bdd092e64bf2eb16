"""Customers' requests and what was said. Plain values in, rows out; decides nothing.

The functions that write are called inside `transaction` by the pipeline and the agents' actions.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.asking import as_row, asked, columns
from storage.kinds import Direction, Role, Status
from storage.models import (
    AfterSalesCase,
    Agent,
    CommunicationRecord,
    Customer,
    CustomerRequest,
    Event,
    MessageLink,
    Participant,
    StoredAttachment,
)
from storage.transaction import add
from storage.unsaid import unsaid

OPEN_STATES = (Status.NEW, Status.OPEN, Status.PENDING)


async def record_by_key(dedupe_key: str) -> CommunicationRecord | None:
    """The record of a message that was accepted before: its id, and its request's."""
    found = await asked("SELECT id, request_id FROM communication_record WHERE dedupe_key = $1", dedupe_key)
    return CommunicationRecord._init_from_db(**found[0]) if found else None


async def locked_request(request_id: int) -> CustomerRequest | None:
    """A request for change. Locked until the transaction ends."""
    return await _locked("id = $1", request_id)


async def opened_since(customer_id: int, channel: str, account: str, since: datetime) -> list[CustomerRequest]:
    """A customer's requests that were opened since then, newest first."""
    rows = CustomerRequest.filter(customer_id=customer_id, channel=channel, account=account, created_at__gt=since)
    return await rows.only("id", "flags", "reply_to").order_by("-id").limit(100)


async def waiting_of(customer_id: int, since: datetime) -> int:
    """How many requests of a customer's, opened since then, wait for us. Counts to twenty."""
    found = await asked(
        "SELECT id FROM customer_request WHERE customer_id = $1 AND status IN ('new', 'open')"
        " AND waiting_since IS NOT NULL AND created_at > $2 LIMIT 20",
        *(customer_id, since),
    )
    return len(found)


async def opened_at(request_id: int) -> datetime | None:
    """When the request with this number, or the last one before it, was opened."""
    row = await CustomerRequest.filter(id__lte=request_id).only("id", "created_at").order_by("-id").first()
    return None if row is None else row.created_at


async def newest_open_request(customer_id: int, channel: str, account: str) -> CustomerRequest | None:
    """The request that a chat goes on with, locked.

    None also when an agent has resolved it at this very moment: then it is the newest resolved one.
    """
    place = "customer_id = $1 AND channel = $2 AND account = $3 AND status IN ('new', 'open', 'pending')"
    return await _locked(f"{place} ORDER BY id DESC LIMIT 1", customer_id, channel, account)


_SOUGHT = "SELECT {columns} FROM customer_request request WHERE {which} {lock}"


async def _locked(which: str, *values: object) -> CustomerRequest | None:
    statement = _SOUGHT.replace("{columns}", columns(CustomerRequest, "request")).replace("{which}", which)
    found = await asked(statement, *values, lock="FOR NO KEY UPDATE")
    return as_row(CustomerRequest, "request", found[0]) if found else None


async def newest_resolved_request(
    customer_id: int, channel: str, account: str, now: datetime, window: timedelta
) -> CustomerRequest | None:
    """The request that a chat's next message reopens, locked."""
    rows = CustomerRequest.filter(
        customer_id=customer_id,
        channel=channel,
        account=account,
        status=Status.RESOLVED,
        resolved_at__gte=now - window,
    )
    return await rows.select_for_update(no_key=True).order_by("-resolved_at").first()


async def participants_of(request_id: int) -> list[Participant]:
    """The people besides the customer who may add to a request, in the order in which they were named."""
    return await Participant.filter(request_id=request_id).order_by("id")


async def add_event(
    request_id: int | None, at: datetime, actor: str, what: str, before: str | None = None, after: str | None = None
) -> None:
    """Write the audit trail of a change."""
    await add(event(request_id, at, actor, what, before, after))


def event(
    request_id: int | None, at: datetime, actor: str, what: str, before: str | None = None, after: str | None = None
) -> Event:
    """A change as the audit trail has it. Not yet stored."""
    told = None if after is None else unsaid(after)
    return Event(request_id=request_id, at=at, actor=actor, what=what, before=before, after=told)


async def has_event(request_id: int | None, what: str, before: str) -> bool:
    """Is this already in the audit trail of the request, or in that of no request?"""
    return await Event.filter(request_id=request_id, what=what, before=before).exists()


async def events_of(request_id: int, what: str) -> list[Event]:
    """All of this kind that has happened to a request, oldest first."""
    return await Event.filter(request_id=request_id, what=what).order_by("id")


async def events_since(request_id: int, what: str, since: datetime) -> list[Event]:
    """What of this kind has happened to a request since then, oldest first."""
    return await Event.filter(request_id=request_id, what=what, at__gt=since).order_by("id")


async def request_with_customer(request_id: int) -> CustomerRequest | None:
    """A request as people look at it: with its customer, his addresses and its assignee."""
    return (
        await CustomerRequest.filter(id=request_id)
        .prefetch_related("customer__addresses")
        .select_related("customer", "assignee")
        .first()
    )


async def customer(customer_id: int) -> Customer | None:
    """A customer with his addresses."""
    return await Customer.filter(id=customer_id).prefetch_related("addresses").first()


async def case_of(request_id: int) -> AfterSalesCase | None:
    """The after-sales case of a request."""
    return await AfterSalesCase.filter(request_id=request_id).first()


async def records_of(request_id: int, last: int | None = None) -> list[CommunicationRecord]:
    """What was said in a request, oldest first, with attachments, without raw mails. `last`: only the newest ones."""
    records = CommunicationRecord.filter(request_id=request_id).only(*record_fields()).prefetch_related("attachments")
    if last is None:
        return await records.order_by("id")
    return list(reversed(await records.order_by("-id").limit(last)))


def record_fields() -> tuple[str, ...]:
    """Everything of a record but the raw mail, which nobody wants when he reads a history.

    Asked of the open database: the columns of foreign keys are known only then.
    """
    return tuple(name for name in CommunicationRecord._meta.fields_db_projection if name != "raw_content")


async def record_with_files(record_id: int) -> CommunicationRecord | None:
    """One record with its attachments, without its raw mail."""
    return await CommunicationRecord.filter(id=record_id).only(*record_fields()).prefetch_related("attachments").first()


async def first_incoming(request_id: int) -> CommunicationRecord | None:
    """The message that opened a request."""
    return (
        await CommunicationRecord.filter(request_id=request_id, direction=Direction.INCOMING)
        .only(*record_fields())
        .prefetch_related("attachments")
        .order_by("id")
        .first()
    )


async def last_incoming(request_id: int) -> CommunicationRecord | None:
    """What the customer said last: the message that an answer answers."""
    return (
        await CommunicationRecord.filter(request_id=request_id, direction=Direction.INCOMING)
        .only(*record_fields())
        .order_by("-id")
        .first()
    )


async def attachment_fetched(attachment_id: int, sha256: str, size: int) -> None:
    """The bytes of an attachment have been fetched from the wire and lie in the file store."""
    await StoredAttachment.filter(id=attachment_id).update(sha256=sha256, size=size, stored=True, error=None)


async def attachment_lost(attachment_id: int, error: str) -> None:
    """The bytes of an attachment cannot be had."""
    await StoredAttachment.filter(id=attachment_id).update(error=unsaid(error))


async def message_ids(request_id: int, upto: int, most: int = 20) -> list[str]:
    """The wire ids of a request's messages up to a record, oldest first: the first one and the newest."""
    rows = CommunicationRecord.filter(request_id=request_id, id__lte=upto, external_id__not_isnull=True)
    rows = rows.only("id", "external_id")
    newest = list(reversed(await rows.order_by("-id").limit(most)))
    first = await rows.order_by("id").first()
    if first is not None and newest and newest[0].id != first.id:
        newest = [first, *newest[1:]]
    return [row.external_id for row in newest if row.external_id is not None]


async def add_link(request_id: int, record_id: int, external_id: str) -> None:
    """Remember the wire message by which a record is known."""
    await MessageLink.create(request_id=request_id, record_id=record_id, external_id=external_id)


async def add_agent(identity: str, name: str, role: Role, now: datetime) -> bool:
    """Take an agent on, or back, or make him an admin. False: he was all that already."""
    agent, made = await Agent.get_or_create(identity=identity, defaults={"name": name, "role": role, "created_at": now})
    promoted = role is Role.ADMIN and agent.role is not Role.ADMIN
    if made or (agent.active and not promoted):
        return made
    agent.active, agent.role = True, Role.ADMIN if promoted else agent.role
    await agent.save(update_fields=["active", "role"])
    return True


async def name_agent(agent: Agent, name: str) -> None:
    """Learn what an agent is called; a name that somebody gave him stays."""
    agent.name = name
    await agent.save(update_fields=["name"])


async def agent_names() -> list[str]:
    """What the agents are called."""
    return [str(name) for name in await Agent.exclude(name="").limit(500).values_list("name", flat=True)]


async def agent_by_identity(identity: str) -> Agent | None:
    """The agent behind a name on the desk's wire, when he is active."""
    return await Agent.filter(identity=identity, active=True).first()
