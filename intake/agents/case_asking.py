"""An agent has a customer asked what his after-sales case still needs: once, and only where something may go to him."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from intake.agents import blocking
from intake.agents.case_telling import answered
from intake.agents.casework import NO_CASE
from intake.agents.deeds import REFRESHED, Outcome
from intake.agents.named import locked
from intake.cases.form import Form
from intake.coverage import touched
from intake.house import House
from intake.outgoing import jobs
from intake.screening import SILENCED
from storage import customers, requests
from storage.kinds import CaseStatus, request_number
from storage.models import AfterSalesCase, Agent, CustomerRequest
from storage.requests import OPEN_STATES
from storage.transaction import after_commit, transaction


class CaseAsking:
    """The agents' verb for it. Who may use it is the desk's question."""

    def __init__(self, house: House, form: Form, wake: Callable[[], None]) -> None:
        self._house = house
        self._form = form
        self._wake = wake

    async def ask(self, request_id: int, by: Agent, now: datetime, seen: int | None = None) -> Outcome:
        """Send the questions: all in one mail, or the first of them in a chat. Raises NoSuchRequest.

        `seen`: the version of the request that the agent's card showed; None: he named the request himself.
        """

        async def work() -> Outcome:
            request = await locked(request_id)
            case = await requests.case_of(request_id)
            refused = why_not(request, case) or await _out_of_reach(request)
            if refused is None and seen is not None and seen != (request.version or 0):
                refused = REFRESHED
            record = await requests.last_incoming(request_id)
            if refused is not None or case is None or record is None:
                if self._house.desk:
                    await jobs.card(request_id, now)
                after_commit(self._wake)
                return Outcome(False, refused or NO_CASE)
            await self._form.ask(case, request, record, by.name, now)
            await answered(self._house, request, by, now)
            await touched(self._house, request, now)
            return Outcome(True, "The customer is asked.")

        return await transaction(work)


def why_not(request: CustomerRequest, case: AfterSalesCase | None) -> str | None:
    """Why a customer cannot be asked, as a sentence for agents; None: he can. Of what the rows say alone."""
    if case is None or case.status is CaseStatus.DROPPED:
        return NO_CASE
    if case.asked_at is not None:
        return "The customer was asked already; nothing is asked twice. Write to him."
    if case.status is not CaseStatus.ASKED or not case.missing:
        return "The case misses nothing that the customer could be asked."
    if request.status not in OPEN_STATES:
        return f"{request_number(request.id)} is done; reopen it first."
    if blocking.FLAG in request.flags or SILENCED.intersection(request.flags):
        return "Nothing goes to this sender by itself: a robot, a list, a forged or a blocked one. Write to him."
    return None


async def _out_of_reach(request: CustomerRequest) -> str | None:
    known = await customers.found(request.channel, request.reply_to)
    if known is not None and known.address.unreachable is not None:
        return f"Nothing reaches this customer now: {known.address.unreachable}."
    if known is not None and known.address.blocked_at is not None:
        return "This sender is blocked."
    return None
