"""Correct what threading decided, inside an agent's transaction: join a request into another, split a message off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from intake.after_sales import COLUMNS
from intake.agents.named import next_version
from intake.agents.sorting import DROPPED
from intake.coverage import known_anew
from intake.house import House
from intake.incoming.rows import name_and_address
from intake.message import Receipt
from intake.outgoing import jobs
from storage import requests, threads
from storage.kinds import CaseStatus, Direction, Status, request_number
from storage.models import Agent, CommunicationRecord, CustomerRequest
from storage.transaction import add, after_commit, change

MOST_SHOWN = 20  # moved messages that are shown again in the other topic; a forum takes no more in a minute
SOMEBODY = "an agent"  # who has no name yet
WAITED_FOR = (Status.NEW, Status.OPEN)  # in these, somebody waits for us


class CannotMove(Exception):
    """What an agent wants to move cannot go there. The message is a sentence for him."""


async def join(
    house: House, wake: Callable[[], None], source_id: int, target_id: int, agent: Agent, now: datetime
) -> bool:
    """Move all that was said in a request into another one, or to where that one was joined; close it, and let its
    customer add to the other. Where the other's answers go does not change. False: it was done already.

    Raises CannotMove.
    """
    leads = await threads.final_request(target_id)
    into = target_id if leads is None else leads.id
    # Always in the same order, so that two agents who join crosswise do not lock each other out.
    locked = {request: await _locked(request) for request in sorted({source_id, into})}
    source, target = locked[source_id], locked[into]
    if await threads.was_joined(source):
        return False
    if source.id == target.id or await threads.was_joined(target):
        raise CannotMove(f"{request_number(target_id)} is in {request_number(source.id)} itself.")
    if source.channel != target.channel:
        raise CannotMove(f"{request_number(target.id)} is on another channel; what was said cannot go on there.")
    await _move(house, source, target, agent.name or SOMEBODY, now)
    after_commit(wake)
    return True


async def split(
    house: House, wake: Callable[[], None], request_id: int, record_id: int, agent: Agent, now: datetime
) -> Receipt:
    """Make a message that was threaded into a request a request of its own, linked to the first. Raises CannotMove.

    One that is elsewhere by now is told as a duplicate.
    """
    request, record = await _locked(request_id), await requests.record_with_files(record_id)
    if record is None or record.request_id is None or record.direction is not Direction.INCOMING:
        raise CannotMove("Only what a customer wrote can become a request of its own.")
    if record.request_id != request.id:
        return Receipt(record.id, record.request_id, opened=False, duplicate=True)
    first, parts = await requests.first_incoming(request.id), await threads.parts_of(record)
    if first is None or first.id in {part.id for part in parts}:
        raise CannotMove(f"This message opened {request_number(request.id)}: there is nothing to split it from.")
    made = await _open(request, record, [part.id for part in parts], agent.name or SOMEBODY, now)
    if house.desk:
        told = f"{agent.name or SOMEBODY} made a message of this request {request_number(made.id)}."
        await jobs.notice(request.id, record.id, told, now)
        alone = await threads.shown_alone([part.id for part in parts])
        for part in parts:
            if part is parts[0] or part.id in alone:
                await jobs.mirror(part, made, now)
    after_commit(wake)
    return Receipt(record.id, made.id, opened=True)


async def _locked(request_id: int) -> CustomerRequest:
    request = await requests.locked_request(request_id)
    if request is None:
        raise CannotMove(f"{request_number(request_id)} does not exist.")
    return request


async def _move(house: House, source: CustomerRequest, target: CustomerRequest, who: str, now: datetime) -> None:
    since = source.waiting_since or now if source.status in WAITED_FOR else None
    moved = await threads.move_records(source.id, target.id, f"{who} joined it from {request_number(source.id)}")
    await _one_case(house, source, target, who, now)
    await _admit(source, target, who, now)
    await _close(source, target, who, now)
    await requests.add_event(target.id, now, who, "joined", before=request_number(source.id))
    await _wait_again(target, who, now, since)
    if house.desk:
        await _show_joined(source, target, moved, who, now)


async def _open(
    request: CustomerRequest, record: CommunicationRecord, parts: Sequence[int], who: str, now: datetime
) -> CustomerRequest:
    """A request for a message of another one, and the message with all its parts in it."""
    number = request_number(request.id)
    customer, reply_to = await _author(request, record)
    made = CustomerRequest(
        customer_id=customer,
        channel=request.channel,
        account=request.account,
        reply_to=reply_to,
        subject=record.subject,
        category_reasons=[f"split from {number} by {who}"],
        flags=[f"split from {number}", *([] if record.verified else ["sender not verified"])],
        language=request.language,
        linked_to=request.id,
        created_at=now,
        updated_at=now,
        waiting_since=record.at,
    )
    await add(made)
    why = f"{who} split it from {number}, where it was because {record.threaded_by}"
    await threads.move_message(parts, made.id, why)
    await requests.add_event(made.id, now, who, "split", before=number)
    await requests.add_event(request.id, now, who, "split", after=request_number(made.id))
    return made


async def _one_case(house: House, source: CustomerRequest, target: CustomerRequest, who: str, now: datetime) -> None:
    """Where both have an after-sales case, the target's goes on, and the other one is dropped.

    As long as it is not decided it learns what the same customer has said there. What others say fills in nothing.
    """
    this, case = await requests.case_of(source.id), await requests.case_of(target.id)
    if this is None or case is None or CaseStatus.DROPPED in (this.status, case.status):
        return
    await requests.add_event(source.id, now, who, DROPPED, this.type, this.status)
    await change(this, status=CaseStatus.DROPPED, asking=None)
    learns = case.status in (CaseStatus.ASKED, CaseStatus.COMPLETE) and source.customer_id == target.customer_id
    new = [name for name in COLUMNS if getattr(case, name) is None and getattr(this, name) is not None]
    new = new if learns else []
    for name in new:
        setattr(case, name, getattr(this, name))
        await requests.add_event(target.id, now, who, f"case {name}", after=str(getattr(case, name)))
    case.sources = {**(case.sources or {}), **{name: (this.sources or {}).get(name, who) for name in new}}
    await known_anew(house, target, case, who, now)


async def _admit(source: CustomerRequest, target: CustomerRequest, who: str, now: datetime) -> None:
    """Whom an agent has let in may add; nobody whom that one had copied."""
    if source.customer_id == target.customer_id:
        return
    customer = await requests.customer(source.customer_id)
    name = customer.name if customer is not None else ""
    people = [(value, name) for value in await threads.addresses(source.customer_id, source.channel)]
    # An agent's word counts more than the bound on those whom a customer may name.
    most = len(await requests.participants_of(target.id)) + len(people)
    await threads.add_participants(target.id, target.channel, people, who, now, most)


async def _close(source: CustomerRequest, target: CustomerRequest, who: str, now: datetime) -> None:
    number = request_number(target.id)
    await requests.add_event(source.id, now, who, "status", source.status, Status.CLOSED)
    await requests.add_event(source.id, now, who, "joined", after=number)
    await change(
        source,
        status=Status.CLOSED,
        resolved_at=now,
        updated_at=now,
        version=next_version(source),
        waiting_since=None,
        linked_to=target.id,
        flags=[f"{who} joined it into {number}", *source.flags],
    )


async def _wait_again(target: CustomerRequest, who: str, now: datetime, since: datetime | None) -> None:
    """What was moved still waits for an answer, unless it had one."""
    if since is None:
        await change(target, updated_at=now)
        return
    if target.status not in WAITED_FOR:
        await requests.add_event(target.id, now, who, "status", target.status, Status.OPEN)
        await change(target, status=Status.OPEN, resolved_at=None, version=next_version(target))
    earliest = min(target.waiting_since, since) if target.waiting_since else since
    await change(target, updated_at=now, waiting_since=earliest)


async def _show_joined(
    source: CustomerRequest, target: CustomerRequest, moved: list[CommunicationRecord], who: str, now: datetime
) -> None:
    to, here = request_number(source.id), request_number(target.id)
    shown = moved[-MOST_SHOWN:]
    rest = f" The {len(moved) - len(shown)} oldest are not shown again: {to}." if len(moved) > len(shown) else ""
    await jobs.notice(source.id, None, f"{who} joined this request into {here}. Go on there.", now)
    await jobs.card(source.id, now)
    told = f"{who} joined {to} into this request.{rest} Answers still go to {target.reply_to} alone."
    await jobs.notice(target.id, None, told, now)
    for record in shown:
        await jobs.mirror(record, target, now)
    await jobs.card(target.id, now)


async def _author(request: CustomerRequest, record: CommunicationRecord) -> tuple[int, str]:
    """Who wrote a message of a request, and where to answer him. Not only participants may have: a join moves words of
    others in, and these must not go to the request's customer."""
    address = name_and_address(record.author)[1]
    customer = await threads.customer_at(record.channel, address)
    if customer is None or customer == request.customer_id:
        return request.customer_id, request.reply_to
    return customer, address
