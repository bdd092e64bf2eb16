"""What agents know of a customer: his name, telephone number, mail address and postal address, set by hand.

What is set here no message changes. It is data, no proof: by his addresses alone a customer is known.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from intake.agents.deeds import SOMEBODY, Outcome
from intake.agents.named import NoSuchRequest, locked
from intake.house import House
from intake.outgoing import jobs
from intake.understanding.facts import extract
from storage import facts, requests
from storage.facts import Known
from storage.kinds import request_number
from storage.models import Agent
from storage.transaction import after_commit, transaction

WORDS = {
    "name": Known.NAME,
    "phone": Known.PHONE,
    "email": Known.EMAIL,
    "mail": Known.EMAIL,
    "address": Known.ADDRESS,
}
NOTHING = "-"
LONGEST = {Known.NAME: 200, Known.PHONE: 64, Known.EMAIL: 512, Known.ADDRESS: 1000}
HOW = "Write /customer name|phone|email|address and what it is, or - to forget it."


class CustomerData:
    """The verb by which agents say what is known of a customer. Who may use it is the desk's question."""

    def __init__(self, house: House, wake: Callable[[], None]) -> None:
        self._house = house
        self._wake = wake

    async def set(self, request_id: int, words: str, by: Agent, now: datetime) -> Outcome:
        """Set one of them for a request's customer: `phone +49 30 901820`. Raises NoSuchRequest."""
        what, _, written = words.strip().partition(" ")
        name = WORDS.get(what.casefold().rstrip(":"))
        written = " ".join(written.split())
        if name is None or not written:
            return Outcome(False, HOW)
        value = None if written == NOTHING else _plain(name, written)
        if value == "" or (value is not None and len(value) > LONGEST[name]):
            return Outcome(False, f"That is no {name.replace('_', ' ')}.")

        async def do() -> Outcome:
            return await self._set(request_id, name, value, by, now)

        return await transaction(do)

    async def _set(self, request_id: int, name: Known, value: str | None, by: Agent, now: datetime) -> Outcome:
        # The customer's row first, as whoever accepts a message of his locks them.
        customer = await facts.locked_customer_of(request_id)
        request = await locked(request_id)
        if customer is None:
            raise NoSuchRequest(request_number(request_id))
        before, label = str(getattr(customer, name) or ""), name.replace("_", " ")
        await facts.set_by_agent(customer, name, value, by.id)
        await requests.add_event(request.id, now, by.name or SOMEBODY, f"customer's {label}", before, value or "")
        if self._house.desk:
            await jobs.card(request.id, now)
        after_commit(self._wake)
        return Outcome(
            True, f"The customer's {label} is {value}." if value else f"The customer's {label} is forgotten."
        )


def _plain(name: Known, written: str) -> str:
    """As we keep it; "" if it is none. A telephone number that we cannot read is kept as it was written."""
    match name:
        case Known.EMAIL:
            found = extract(written, None)
            return found[0].value if [fact.kind for fact in found] == ["email"] else ""
        case Known.PHONE:
            numbers = [fact.value for fact in extract(f"phone {written}", None) if fact.kind == "phone"]
            digits = sum(letter.isdigit() for letter in written)
            return numbers[0] if numbers else written if 3 <= digits <= 20 else ""
        case Known.NAME | Known.ADDRESS:
            return written
