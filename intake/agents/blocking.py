"""A sender whom agents have blocked: what he writes is kept whole, shown nowhere and never answered. Reversible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from intake.agents.deeds import SOMEBODY, Outcome
from intake.agents.named import locked, next_version
from intake.house import House
from intake.incoming.opening import NOT_VERIFIED
from intake.incoming.rows import Kept, store_record
from intake.message import Inbound
from intake.outgoing import jobs
from intake.screening import FORGED
from intake.tally import What, tally
from intake.understanding.reading import Reading
from storage import blocks, customers, requests
from storage.customers import Known
from storage.kinds import request_number
from storage.models import Address, Agent, CommunicationRecord, CustomerRequest
from storage.transaction import after_commit, change, transaction

FLAG = "its sender is blocked"
KEPT = "its sender is blocked: kept, and shown nowhere"  # why a record is in the request that it is in
BLOCKED = "blocked sender"  # the rule by which it is treated so
NOT_FETCHED = "not fetched: its sender is blocked"
ANOTHERS_WORD = (
    "Not blocked: the sender is not proven, and a block would silence whoever really has the address. "
    "/spam closes the request; /block {address} does it all the same."
)
MOST_LISTED = 20


class Blocking:
    """The agents' verbs for it."""

    def __init__(self, house: House, wake: Callable[[], None]) -> None:
        self._house = house
        self._wake = wake

    async def block(self, request_id: int, by: Agent, now: datetime) -> Outcome:
        """Block whoever a request is from, on its channel. Raises NoSuchRequest."""
        return await transaction(lambda: self._of_request(request_id, by, now, block=True))

    async def unblock(self, request_id: int, by: Agent, now: datetime) -> Outcome:
        """Let him in again. Raises NoSuchRequest."""
        return await transaction(lambda: self._of_request(request_id, by, now, block=False))

    async def block_address(self, value: str, by: Agent, now: datetime) -> Outcome:
        """Block an address that has written to us."""
        return await transaction(lambda: self._of_address(value, by, now, block=True))

    async def unblock_address(self, value: str, by: Agent, now: datetime) -> Outcome:
        """Let it in again."""
        return await transaction(lambda: self._of_address(value, by, now, block=False))

    async def listed(self) -> str:
        """Who is blocked, in lines."""
        found = await blocks.blocked(MOST_LISTED)
        lines = [f"{one.value} ({one.channel}), since {one.blocked_at:%d %b %Y}, by {one.blocked_by}" for one in found]
        return "\n".join(["Blocked:", *lines]) if lines else "Nobody is blocked."

    async def _of_request(self, request_id: int, by: Agent, now: datetime, *, block: bool) -> Outcome:
        request = await locked(request_id)
        addresses = await blocks.of_customer(request.customer_id, request.channel)
        if block and _is_anothers_word(request, addresses):
            return Outcome(False, ANOTHERS_WORD.format(address=addresses[0].value))
        return await (self._block if block else self._unblock)(addresses, by, now)

    async def _of_address(self, value: str, by: Agent, now: datetime, *, block: bool) -> Outcome:
        addresses = await blocks.called(value)
        if not addresses:
            return Outcome(False, "Nobody has written from this address.")
        return await (self._block if block else self._unblock)(addresses, by, now)

    async def _block(self, addresses: Sequence[Address], by: Agent, now: datetime) -> Outcome:
        wanted = [address for address in addresses if address.blocked_at is None]
        if not wanted:
            return Outcome(False, "The sender is blocked already.")
        who = by.name or SOMEBODY
        await blocks.set_blocked(wanted, now, who)
        told = (
            f"{who} blocked {_named(wanted)}: what comes from there is kept, shown nowhere and not answered. "
            "/unblock ends it."
        )
        await self._note(wanted, "blocked", told, by, now, flagged=True)
        return Outcome(True, "Blocked.")

    async def _unblock(self, addresses: Sequence[Address], by: Agent, now: datetime) -> Outcome:
        wanted = [address for address in addresses if address.blocked_at is not None]
        if not wanted:
            return Outcome(False, "The sender is not blocked.")
        since = min(address.blocked_at for address in wanted if address.blocked_at is not None)
        theirs = [request.id for request in await blocks.requests_from(wanted)]
        kept = await blocks.kept_since(since, KEPT, theirs)
        await blocks.set_blocked(wanted, None, None)
        told = f"{by.name or SOMEBODY} let {_named(wanted)} in again. {_kept(kept, theirs)}"
        await self._note(wanted, "unblocked", told, by, now, flagged=False)
        return Outcome(True, "Let in again.")

    async def _note(
        self, addresses: Sequence[Address], what: str, told: str, by: Agent, now: datetime, *, flagged: bool
    ) -> None:
        """Write it into the audit trail and on the cards; tell it in the newest request, where it is looked for."""
        theirs = await blocks.requests_from(addresses)
        newest = theirs[0].id if theirs else None
        await requests.add_event(newest, now, by.name, what, after=_named(addresses))
        for request in theirs:
            if (FLAG in request.flags) != flagged:
                others = [flag for flag in request.flags if flag != FLAG]
                await change(request, flags=[FLAG, *others] if flagged else others, version=next_version(request))
                if self._house.desk and request.id == newest:
                    await jobs.card(request.id, now)
        if self._house.desk and newest is not None:
            await jobs.notice(newest, None, told, now)
        after_commit(self._wake)


async def keep(
    message: Inbound, reading: Reading, kept: Kept, known: Known, now: datetime
) -> tuple[Inbound, CommunicationRecord]:
    """Store what a blocked sender writes with his newest request: whoever lets him in again finds it there.

    Gives the record, and the message with the files as they are to be stored. Called inside the transaction.
    """
    files = [replace(file, error=NOT_FETCHED) if file.content is None else file for file in message.attachments]
    message = replace(message, attachments=tuple(files))
    newest = await customers.newest_request(known.customer.id, message.channel)
    request = newest.id if newest is not None else None
    record = await store_record(message, reading, kept, request, KEPT, BLOCKED, now)
    after_commit(partial(tally.add, What.BLOCKED, message.channel))
    return message, record


def _is_anothers_word(request: CustomerRequest, addresses: Sequence[Address]) -> bool:
    """Was a request written under a name whose owner proves his mails? A stranger must not get him silenced."""
    proves = any(address.verified for address in addresses)
    return FORGED in request.flags or (NOT_VERIFIED in request.flags and proves)


def _named(addresses: Sequence[Address]) -> str:
    return ", ".join(address.value for address in addresses)


def _kept(count: int, theirs: Sequence[int]) -> str:
    if not count:
        return "Nothing came meanwhile."
    return f"{count} messages came meanwhile; intake-bot show {request_number(theirs[0])} prints them."
