"""Facts that were read out of records: stored beside them, found again, and what a customer's row learns of them.

Plain values in, rows out. What writes is called inside `transaction`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storage.asking import as_row, asked, columns
from storage.models import Customer, FoundFact
from storage.transaction import change

FROM_RECORD, FROM_AGENT, FROM_CONTACT = "record", "agent", "shared contact"
SHORTENED = {"phone": 64, "email": 512}  # characters that a column holds


class Known(StrEnum):
    """What a customer's row says of him."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "postal_address"


def from_record(record_id: int) -> str:
    """The source of what was read out of a record."""
    return f"{FROM_RECORD} {record_id}"


def is_claimed(sources: Mapping[str, str], name: str) -> bool:
    """Is it known only from what was read out of his words?"""
    return sources.get(name, "").startswith(FROM_RECORD)


def is_agents(sources: Mapping[str, str], name: str) -> bool:
    """Has an agent set it? Then nothing else changes it."""
    return sources.get(name, "").startswith(FROM_AGENT)


async def facts_of(request_id: int) -> list[FoundFact]:
    """All that was read out of a request's records, in the order in which it was said."""
    return await FoundFact.filter(request_id=request_id).order_by("record_id", "start")


async def locked_customer_of(request_id: int) -> Customer | None:
    """A request's customer for change. Locked until the transaction ends."""
    found = await asked(_OF_REQUEST.replace("{columns}", columns(Customer, "customer")), request_id, lock=_LOCK)
    return as_row(Customer, "customer", found[0]) if found else None


_OF_REQUEST = """
SELECT {columns} FROM customer JOIN customer_request request ON request.customer_id = customer.id
WHERE request.id = $1 {lock}
"""
_LOCK = "FOR NO KEY UPDATE OF customer"


async def learn(customer: Customer, found: Mapping[str, str], source: str, *, proven: bool) -> tuple[str, ...]:
    """Fill what is not known of a customer, or known only from what was read out of his words. Returns what was filled.

    What an agent has set stays, and what a wire vouches for. Words that are not `proven` to be his replace nothing.
    """
    sources = dict(customer.sources or {})
    learned = {}
    for name, value in found.items():
        replaceable = not getattr(customer, name) or (proven and is_claimed(sources, name))
        if replaceable and value != getattr(customer, name) and len(value) <= SHORTENED.get(name, len(value)):
            learned[name] = value
            sources[name] = source
    if learned:
        await change(customer, **learned, sources=sources)
    return tuple(learned)


async def set_by_agent(customer: Customer, name: Known, value: str | None, agent: int) -> None:
    """An agent says it: from now on no message changes it. Without a value it is forgotten, and may be learnt anew."""
    sources = dict(customer.sources or {})
    if value:
        sources[name] = f"{FROM_AGENT} {agent}"
    else:
        sources.pop(name, None)
    empty = "" if name is Known.NAME else None
    await change(customer, **{name: value or empty}, sources=sources)
