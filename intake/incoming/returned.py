"""What a report on a message of ours does to its delivery and its request. Called inside the report's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from intake.agents.settling import SAID, UNDELIVERED
from intake.house import House
from intake.incoming import reasons
from intake.incoming.reopening import open_again
from intake.message import Bounce, Failure
from intake.outgoing import jobs, telling
from intake.tally import What, tally
from storage import deliveries, requests
from storage.kinds import INTAKE, DeliveryKind, DeliveryState, Status
from storage.models import CustomerRequest, Delivery
from storage.transaction import after_commit, change

CAME_BACK, DELAYED, COMPLAINT = "message came back", "message delayed", "complaint"
COMPLAINT_FLAG = "a message of ours was reported as unwanted"

# RFC 5965 §7.3: the reports that a person caused because he did not want the mail.
_UNWANTED = ("abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "complaint")
_ARRIVED = ("delivered", "relayed", "expanded")  # RFC 3464 §2.3.3
_NAMES = {
    DeliveryKind.ACKNOWLEDGEMENT: "acknowledgement",
    DeliveryKind.QUESTION: "question",
    DeliveryKind.REPLY: "answer",
    DeliveryKind.STEP: "message on the case",
}


@dataclass(frozen=True, slots=True)
class Concerned:
    """A delivery that a report speaks of, and what it says about it."""

    delivery: Delivery
    failures: tuple[Failure, ...]


async def concerned(report: Bounce, channel: str) -> list[Concerned]:
    """The deliveries behind a report, all of one request; none when it speaks of nothing that we sent.

    The signed address that it came back to proves the delivery. Without it the Message-ID does, which nobody can guess:
    it carries our signature, and only who got the message knows it.
    """
    if report.delivery is not None:
        proven = await deliveries.to_customer(report.delivery, channel)
        if proven is not None:
            return [Concerned(proven, report.failures)]
    sent = await deliveries.behind(report.original_id, channel) if report.original_id else []
    # A message that went to several people is one delivery for each of them.
    named = [
        Concerned(delivery, tuple(one for one in report.failures if one.address.lower() == delivery.recipient.lower()))
        for delivery in sent
    ]
    # Forwarders write back for addresses that we do not know.
    return [one for one in named if one.failures] or [Concerned(delivery, report.failures) for delivery in sent[:1]]


async def tell(house: House, request: CustomerRequest, found: Concerned, kind: str, now: datetime) -> None:
    """Mark the delivery, and tell the agents once of each thing that can become of it. The request is locked."""
    # Read again under the request's lock: two reports on one delivery may come at the same instant.
    delivery = await deliveries.refreshed(found.delivery)
    if kind == "feedback":
        await _complained(house, request, delivery, found.failures, now)
        return
    failed = [one for one in found.failures if not _is_late(one) and one.action not in _ARRIVED]
    late = [one for one in found.failures if _is_late(one)]
    if delivery.state is DeliveryState.FAILED:
        return
    if failed or not found.failures:
        await _came_back(house, request, delivery, failed, now)
    elif late:
        await _delayed(house, request, delivery, late[0], now)


def _is_late(failure: Failure) -> bool:
    # RFC 3464 §2.3.3 asks for an action; without one, RFC 3463 §2 says that class 4 is not for good.
    return failure.action == "delayed" or (failure.action is None and (failure.status or "").startswith("4"))


async def _came_back(
    house: House, request: CustomerRequest, delivery: Delivery, failed: Sequence[Failure], now: datetime
) -> None:
    why = reasons.reason(failed[0]) if failed else reasons.UNKNOWN
    await deliveries.mark_returned(delivery.id, why)
    after_commit(partial(tally.add, What.RETURNED, delivery.channel))
    # Nobody has answered a new one yet; in every other the customer waits for words that did not reach him.
    if request.status not in (Status.NEW, Status.OPEN):
        await open_again(request, INTAKE, now)
    await requests.add_event(request.id, now, INTAKE, CAME_BACK, _mark(delivery), why)
    if delivery.kind in SAID and UNDELIVERED not in request.flags:
        await change(request, flags=[UNDELIVERED, *request.flags])
    if house.desk:
        await jobs.card(request.id, now)
        told = f"{_named(delivery)} came back: {why}"
        await jobs.notice(request.id, delivery.record_id, told, now, concerns=delivery.id)
        await telling.mark(delivery, now)


async def _delayed(house: House, request: CustomerRequest, delivery: Delivery, late: Failure, now: datetime) -> None:
    if await requests.has_event(request.id, DELAYED, _mark(delivery)):
        return
    why = reasons.reason(late)
    await requests.add_event(request.id, now, INTAKE, DELAYED, _mark(delivery), why)
    if house.desk:
        text = f"{_named(delivery)} is delayed; the relay goes on trying. The reason: {why}"
        await jobs.notice(request.id, delivery.record_id, text, now)


async def _complained(
    house: House, request: CustomerRequest, delivery: Delivery, named: Sequence[Failure], now: datetime
) -> None:
    kind = next((one.diagnostic for one in named if one.diagnostic), "abuse").lower()
    if await requests.has_event(request.id, COMPLAINT, _mark(delivery)):
        return
    await requests.add_event(request.id, now, INTAKE, COMPLAINT, _mark(delivery), kind[:64])
    if not kind.startswith(_UNWANTED):
        # "not-spam", "auth-failure" (RFC 6591): kept with the request, nothing that an agent could do.
        return
    if COMPLAINT_FLAG not in request.flags:
        await change(request, flags=[*request.flags, COMPLAINT_FLAG], updated_at=now)
    if house.desk:
        await jobs.card(request.id, now)
        text = f"{_named(delivery)} was reported as unwanted (spam) by its receiver or his provider."
        await jobs.notice(request.id, delivery.record_id, text, now)


def _named(delivery: Delivery) -> str:
    return f"The {_NAMES.get(delivery.kind, 'message')} to {delivery.recipient}"


def _mark(delivery: Delivery) -> str:
    """How an event names the delivery that it is about."""
    return f"delivery {delivery.id}"
