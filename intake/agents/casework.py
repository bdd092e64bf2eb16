"""What agents do with an after-sales case: take it a step further, set its facts, decide anew.

Each is one transaction with its event. A step tells the customer, on his own channel and in his language, once; what he
is told is a record of its own, so that the topic shows it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from intake.agents.case_facts import FIELD_WORDS, NOTHING_KNOWN, Field, read_value
from intake.agents.case_steps import STATUS_WORDS, WHYS, step_to
from intake.agents.case_telling import answered, tell
from intake.agents.deeds import REFRESHED, SOMEBODY, Outcome
from intake.agents.named import NoSuchRequest, locked
from intake.cases.correcting import differences
from intake.coverage import known, known_anew, touched
from intake.house import House
from intake.outgoing import jobs
from intake.replies import Replies
from intake.understanding.facts import Fact
from intake.words.occasions import CaseStep, Rendered, ReplyFacts
from storage import requests
from storage.facts import facts_of, from_record
from storage.kinds import CaseStatus, CaseType, request_number
from storage.models import AfterSalesCase, Agent, CustomerRequest
from storage.transaction import after_commit, change, transaction

NO_CASE = "This request has no after-sales case; a category such as Return or Repair opens one."
DECIDED = (CaseStatus.APPROVED, CaseStatus.REFUSED, CaseStatus.RECEIVED, CaseStatus.SENT_BACK, CaseStatus.REFUNDED)
STEP, ANEW = "case step", "case decided anew"


@dataclass(frozen=True, slots=True)
class Remark:
    """What an agent adds to a step for the customer. `why`: a reason of WHYS, which he reads in his language."""

    why: str = ""
    words: str = ""

    @property
    def decision(self) -> str | None:
        """As the case keeps it."""
        return "; ".join(part for part in (WHYS.get(self.why, ""), self.words) if part) or None


NO_REMARK = Remark()


class Casework:
    """The verbs of a case. Who may use them is the desk's question."""

    def __init__(self, house: House, replies: Replies, wake: Callable[[], None]) -> None:
        self._house = house
        self._replies = replies
        self._wake = wake

    async def step(
        self,
        request_id: int,
        to: CaseStatus,
        by: Agent,
        now: datetime,
        seen: int | None = None,
        remark: Remark = NO_REMARK,
    ) -> Outcome:
        """Take a case a step further, and tell its customer. Raises NoSuchRequest.

        `seen`: the version of the request that the agent's card showed; None: he named the request himself.
        """
        while True:
            shown = await requests.case_of(request_id)
            request = await requests.request_with_customer(request_id)
            if request is None:
                raise NoSuchRequest(request_number(request_id))
            made = self._rendered(request, shown, to, remark)

            async def do(request: CustomerRequest, case: AfterSalesCase, made: Rendered | None = made) -> Outcome:
                return await self._step(request, case, to, by, now, made, remark)

            looked_at = None if shown is None else (shown.type, shown.status)
            came = await self._once(request_id, to, now, seen, looked_at, do)
            if came is not None:
                return came

    async def set_fact(self, request_id: int, field: Field, text: str, by: Agent, now: datetime) -> Outcome:
        """Say what a case is about; nothing that we read later overwrites it. Raises NoSuchRequest, ValueError."""
        value = read_value(field, text, now.date())

        async def work() -> Outcome:
            request = await locked(request_id)
            case = await requests.case_of(request_id)
            if case is None or case.status is CaseStatus.DROPPED:
                return Outcome(False, NO_CASE)
            before: object = getattr(case, field.column)
            if before == value:
                return Outcome(False, f"{field.words.capitalize()} is {value or NOTHING_KNOWN} already.")
            told = None if value is None else str(value)
            await requests.add_event(
                request.id, now, by.name, f"case {field.words}", None if before is None else str(before), told
            )
            setattr(case, field.column, value)
            case.sources = {**(case.sources or {}), field.column: f"agent {by.id}"}
            await known_anew(self._house, request, case, by.name, now)
            after_commit(self._wake)
            return Outcome(True, f"{field.words.capitalize()}: {told or NOTHING_KNOWN}.")

        return await transaction(work)

    async def take_over(self, request_id: int, record_id: int, by: Agent, now: datetime) -> Outcome:
        """Set what a customer's message names of the case. From then on it is an agent's word. Raises NoSuchRequest."""

        async def work() -> Outcome:
            request = await locked(request_id)
            case = await requests.case_of(request_id)
            if case is None or case.status is CaseStatus.DROPPED:
                return Outcome(False, NO_CASE)
            rows = [row for row in await facts_of(request_id) if row.record_id == record_id]
            found = [Fact(row.kind, row.value, row.start, row.end, row.confidence) for row in rows]
            new = differences(case, found, now.date())
            if not new:
                return Outcome(False, "The case says so already.")
            for one in new:
                words = FIELD_WORDS[one.column]
                await requests.add_event(request.id, now, by.name, f"case {words}", one.before, one.after)
                setattr(case, one.column, date.fromisoformat(one.after) if one.column == "purchased_on" else one.after)
            source = f"{from_record(record_id)}, agent {by.id}"
            case.sources = {**(case.sources or {}), **{one.column: source for one in new}}
            await known_anew(self._house, request, case, by.name, now)
            after_commit(self._wake)
            return Outcome(True, f"{by.name or SOMEBODY} took it over: {'; '.join(one.words for one in new)}.")

        return await transaction(work)

    async def reconsider(self, request_id: int, by: Agent, now: datetime) -> Outcome:
        """A decision was a mistake: the case waits for one again, and nobody is told. Raises NoSuchRequest."""

        async def work() -> Outcome:
            request = await locked(request_id)
            case = await requests.case_of(request_id)
            if case is None:
                return Outcome(False, NO_CASE)
            if case.status not in (*DECIDED, CaseStatus.DONE):
                return Outcome(False, f"The case is {STATUS_WORDS[case.status]}; nothing is decided.")
            await requests.add_event(request.id, now, by.name, ANEW, case.status)
            await change(case, status=known(case).status, decision=None, updated_at=now)
            await touched(self._house, request, now)
            after_commit(self._wake)
            return Outcome(True, "The case is to be decided anew. The customer was told nothing; write to him.")

        return await transaction(work)

    def _rendered(
        self, request: CustomerRequest, case: AfterSalesCase | None, to: CaseStatus, remark: Remark
    ) -> Rendered | None:
        """What the customer reads of a step; None: nothing, or there is no such step."""
        step = step_to(case.type, case.status, to) if case is not None else None
        if step is None or step.told is None or case is None:
            return None
        send_to = self._house.policy.send_to
        facts = ReplyFacts(
            number=request_number(request.id),
            words=remark.words,
            step=CaseStep(case.type, remark.why, send_to),
        )
        return self._replies.render(step.told, request.language, facts)

    async def _once(
        self,
        request_id: int,
        to: CaseStatus,
        now: datetime,
        seen: int | None,
        looked_at: tuple[CaseType, CaseStatus] | None,
        do: Callable[[CustomerRequest, AfterSalesCase], Awaitable[Outcome]],
    ) -> Outcome | None:
        """Do it under the request's lock, unless it is so, or another thing than the agent looked at.

        None: it is not as it was `looked_at` any more, and the words for its customer must be made again.
        """

        async def work() -> Outcome | None:
            request = await locked(request_id)
            case = await requests.case_of(request_id)
            if case is None or case.status is CaseStatus.DROPPED:
                return await self._outdated(request_id, NO_CASE, now)
            if case.status is to:
                return Outcome(False, f"The case is {STATUS_WORDS[to]} already.")
            if seen is not None and seen != (request.version or 0):
                return await self._outdated(request_id, f"The case is {STATUS_WORDS[case.status]}. {REFRESHED}", now)
            if step_to(case.type, case.status, to) is None:
                says = f"The {case.type} is {STATUS_WORDS[case.status]}; it cannot be {STATUS_WORDS[to]} now."
                return await self._outdated(request_id, says, now)
            if (case.type, case.status) != looked_at:
                return None
            return await do(request, case)

        return await transaction(work)

    async def _outdated(self, request_id: int, says: str, now: datetime) -> Outcome:
        if self._house.desk:
            await jobs.card(request_id, now)
        after_commit(self._wake)
        return Outcome(False, says)

    async def _step(
        self,
        request: CustomerRequest,
        case: AfterSalesCase,
        to: CaseStatus,
        by: Agent,
        now: datetime,
        made: Rendered | None,
        remark: Remark,
    ) -> Outcome:
        step = step_to(case.type, case.status, to)
        decision = remark.decision
        after = str(to) if decision is None else f"{to}: {decision}"
        await requests.add_event(request.id, now, by.name, STEP, case.status, after)
        kept = decision if step is not None and step.decides else case.decision
        await change(case, status=to, decision=kept, asking=None, updated_at=now)
        if made is not None:
            await tell(self._house, request, f"the {case.type} came a step further", by, made, now)
        if step is not None and step.decides:
            await answered(self._house, request, by, now)
        await touched(self._house, request, now)
        after_commit(self._wake)
        told = "" if made is None else " The customer is told."
        return Outcome(True, f"The case is {STATUS_WORDS[to]}.{told}")
