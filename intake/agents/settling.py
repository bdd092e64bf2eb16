"""What becomes of an answer that did not arrive, or of which nobody knows: the request waits for us again, and agents
try once more, send it by mail, or say that it did arrive. Each is done once, however many press.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from intake.agents import wording
from intake.agents.deeds import DONE, SOMEBODY, Outcome
from intake.agents.named import locked, next_version
from intake.agents.wording import Shape
from intake.house import House
from intake.incoming.reopening import open_again
from intake.outgoing import jobs
from intake.replies import Replies
from storage import failures, requests
from storage.kinds import DeliveryKind, DeliveryState, Status
from storage.models import Agent, CommunicationRecord, CustomerRequest, Delivery
from storage.transaction import add, after_commit, change, transaction

UNDELIVERED = "an answer did not arrive"  # a request's flag, until an agent has dealt with it
RETRIED, MAILED, ARRIVED = "delivery retried", "delivery mailed", "delivery confirmed"
# What was done, in words. Whoever comes second reads the same: his press may be drawn after that of the first.
DID = {RETRIED: "sent it again", MAILED: "sent it by email to {after}", ARRIVED: "says that it arrived"}
# What an agent has said, or done and told: it takes the turn, and gives it back when it does not arrive.
SAID = (DeliveryKind.REPLY, DeliveryKind.STEP)
SETTLED = "Nothing is left to do about this message."


class NoMailAddress(Exception):
    """There is no proven address to send it to. The message is a sentence for the agent."""


async def waits_again(house: House, delivery: Delivery, now: datetime) -> None:
    """An answer will not arrive: the customer waits for us, not we for him. Inside the transaction that gave it up."""
    if delivery.kind not in SAID or delivery.request_id is None:
        return
    request = await locked(delivery.request_id)
    await change(request, flags=[UNDELIVERED, *(flag for flag in request.flags if flag != UNDELIVERED)])
    if request.status not in (Status.NEW, Status.OPEN):
        await open_again(request, "outbox", now)
    if house.desk:
        await jobs.card(request.id, now)


class Settling:
    """The agents' verbs for a delivery. `attempts`: how often it had been tried when the agent looked at it."""

    def __init__(self, house: House, replies: Replies, wake: Callable[[], None]) -> None:
        self._house = house
        self._replies = replies
        self._wake = wake

    async def retry(self, delivery_id: int, attempts: int, by: Agent, now: datetime) -> Outcome:
        """Try it once more: the same job, so that its parts that arrived are not sent again."""

        async def do(delivery: Delivery, request: CustomerRequest) -> str | None:
            if not await failures.queue_again(delivery.id, attempts, now):
                return None
            await requests.add_event(request.id, now, by.name, RETRIED, _mark(delivery), delivery.state)
            return DID[RETRIED]

        return await self._once(delivery_id, by, now, do)

    async def arrived(self, delivery_id: int, attempts: int, by: Agent, now: datetime) -> Outcome:
        """The agent knows that the customer has it."""

        async def do(delivery: Delivery, request: CustomerRequest) -> str | None:
            if not await failures.has_arrived(delivery.id, attempts, now):
                return None
            await requests.add_event(request.id, now, by.name, ARRIVED, _mark(delivery), delivery.state)
            return DID[ARRIVED]

        return await self._once(delivery_id, by, now, do)

    async def by_mail(self, delivery_id: int, attempts: int, by: Agent, now: datetime) -> Outcome:
        """Send the same words to the customer's verified mail address. A job of its own, the old one stays failed.

        Raises NoMailAddress.
        """
        delivery = await failures.delivery(delivery_id)
        if delivery is None or delivery.request_id is None or delivery.record is None:
            return Outcome(False, SETTLED)
        address = await self.mail_address(delivery)
        if address is None:
            raise NoMailAddress("No email address of this customer is known for certain.")
        words = await self._words(delivery.record)
        if words is None:
            return Outcome(False, SETTLED)

        async def do(current: Delivery, request: CustomerRequest) -> str | None:
            if current.attempts != attempts or current.state not in failures.UNSETTLED:
                return None
            letter = jobs.letter(self._house, request, current, address, now)
            words.put(letter)
            await add(letter)
            await requests.add_event(request.id, now, by.name, MAILED, _mark(current), address)
            return DID[MAILED].format(after=address)

        return await self._once(delivery_id, by, now, do)

    async def mail_address(self, delivery: Delivery) -> str | None:
        """The proven mail address to which an answer that failed elsewhere can go instead."""
        if delivery.kind not in SAID or delivery.channel == jobs.MAIL or self._house.mailbox is None:
            return None
        request = await requests.request_with_customer(delivery.request_id or 0)
        addresses = request.customer.addresses if request is not None else ()
        return next((one.value for one in addresses if one.channel == jobs.MAIL and one.verified), None)

    async def _words(self, record: CommunicationRecord) -> Shape | None:
        """What the agent says by now in all that was to leave with the record; None when nothing of it is left."""
        request = await requests.request_with_customer(record.request_id or 0)
        said = await wording.leaving_with(record)
        if request is None or said is None:
            return None
        made = await wording.rendered(self._replies, request, record.author, said, None)
        return wording.shape(said, made, mail=True)

    async def _once(
        self,
        delivery_id: int,
        by: Agent,
        now: datetime,
        do: Callable[[Delivery, CustomerRequest], Awaitable[str | None]],
    ) -> Outcome:
        """Do it under the request's lock, unless somebody has dealt with the delivery: then say who, and what."""

        async def work() -> Outcome:
            seen = await failures.delivery(delivery_id)
            if seen is None or seen.request_id is None:
                return Outcome(False, SETTLED)
            request = await locked(seen.request_id)
            delivery = await failures.delivery(delivery_id) or seen
            replaced = await failures.replaced_by(delivery.id)
            done = None if replaced is not None else await do(delivery, request)
            if done is None:
                return Outcome(False, await _who_did(request.id, delivery))
            await self._under_way(request, delivery, by, now)
            return Outcome(True, f"{by.name or SOMEBODY} {done}.")

        return await transaction(work)

    async def _under_way(self, request: CustomerRequest, delivery: Delivery, by: Agent, now: datetime) -> None:
        """The answer is on its way or there: if the customer has said nothing since, it is his turn again."""
        flags = [flag for flag in request.flags if flag != UNDELIVERED]
        last = await requests.last_incoming(request.id)
        answered = last is None or last.id < (delivery.record_id or 0)
        if delivery.kind in SAID and answered and request.status not in (Status.PENDING, *DONE):
            await requests.add_event(request.id, now, by.name, "status", request.status, Status.PENDING)
            await change(request, status=Status.PENDING, waiting_since=None, version=next_version(request))
        await change(request, flags=flags, updated_at=now)
        if self._house.desk:
            await jobs.card(request.id, now)
            if delivery.record_id is not None and delivery.kind is DeliveryKind.REPLY:
                await jobs.mark(request.id, delivery.record_id, now)
        after_commit(self._wake)


async def _who_did(request_id: int, delivery: Delivery) -> str:
    deed = await failures.last_deed(request_id, _mark(delivery), tuple(DID))
    if deed is not None:
        return f"{deed.actor or SOMEBODY} {DID[deed.what].format(after=deed.after)}."
    return "It has arrived meanwhile." if delivery.state is DeliveryState.SENT else SETTLED


def _mark(delivery: Delivery) -> str:
    """How an event names the delivery that it is about."""
    return f"delivery {delivery.id}"
