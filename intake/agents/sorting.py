"""What agents decide about a request: who is responsible, what it is about, how soon, and that it is spam.

Each is one transaction with its event. `seen` is the version of the request that the agent's card showed: a press on a
card that is not true any more changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from intake.after_sales import CaseFacts, case_facts
from intake.agents import resolving
from intake.agents.deeds import DONE, REFRESHED, SOMEBODY, Deed, Outcome, once
from intake.agents.named import locked, next_version
from intake.agents.resolving import SPAM
from intake.coverage import covered, known_anew
from intake.house import House
from intake.incoming.rows import case_row
from intake.outgoing import jobs
from intake.understanding.categories import UNSORTED
from intake.understanding.classifier import Classifier
from intake.understanding.facts import Fact, extract
from storage import agents, learning, requests
from storage.facts import facts_of
from storage.kinds import CaseStatus, CaseType, Priority, Status, request_number
from storage.models import AfterSalesCase, Agent, CustomerRequest
from storage.transaction import add, after_commit, change, transaction

DROPPED = "case dropped"  # in the audit trail: which kind, and where it was


class Sorting:
    """The verbs of a card. Who may use them is the desk's question."""

    def __init__(self, house: House, classifier: Classifier, wake: Callable[[], None]) -> None:
        self._house = house
        self._classifier = classifier
        self._wake = wake

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The categories to choose from: key and name."""
        categories = self._classifier.categories
        return tuple((key, categories.name(key, "en")) for key in categories.keys)

    def name(self, category: str) -> str:
        """What agents call a category."""
        return self._classifier.categories.name(category, "en")

    async def resolve(self, request_id: int, by: Agent, now: datetime, seen: int | None = None) -> Outcome:
        """Mark a request as resolved. Raises NoSuchRequest."""
        return await resolving.resolve(self._house, self._wake, request_id, by, now, seen)

    async def reopen(self, request_id: int, by: Agent, now: datetime, seen: int | None = None) -> Outcome:
        """Open a resolved request again. Raises NoSuchRequest."""
        return await resolving.reopen(self._house, self._wake, request_id, by, now, seen)

    async def assign(self, request_id: int, to: Agent, by: Agent, now: datetime, seen: int | None = None) -> Outcome:
        """Make an agent responsible for a request. Raises NoSuchRequest."""
        whom = "you" if to.id == by.id else _called(to)

        def already(request: CustomerRequest) -> str | None:
            return f"Already assigned to {whom}." if request.assignee_id == to.id else None

        async def do(request: CustomerRequest) -> str:
            before = await _assignee(request)
            await requests.add_event(request.id, now, by.name, "assigned", before, _called(to))
            await change(request, assignee_id=to.id, updated_at=now, version=next_version(request))
            if to.id != by.id and self._house.desk:
                await jobs.notice(request.id, None, f"{_called(by)} gave this request to {whom}.", now)
            return f"Assigned to {whom}; it was with {before}." if before else f"Assigned to {whom}."

        came = await once(self._house, self._wake, request_id, Deed(already, do), now, seen)
        if came.says != REFRESHED:
            return came
        # What matters most to somebody who wants it for himself: a colleague was quicker.
        request = await requests.request_with_customer(request_id)
        taken = request.assignee if request is not None else None
        return Outcome(False, f"Already assigned to {_called(taken)}.") if taken is not None else came

    async def unassign(self, request_id: int, by: Agent, now: datetime, seen: int | None = None) -> Outcome:
        """Nobody is responsible any more. Raises NoSuchRequest."""

        def already(request: CustomerRequest) -> str | None:
            return "It is assigned to nobody." if request.assignee_id is None else None

        async def do(request: CustomerRequest) -> str:
            await requests.add_event(request.id, now, by.name, "assigned", await _assignee(request))
            await change(request, assignee_id=None, updated_at=now, version=next_version(request))
            return "Assigned to nobody now."

        return await once(self._house, self._wake, request_id, Deed(already, do), now, seen)

    async def categorise(
        self, request_id: int, category: str, by: Agent, now: datetime, seen: int | None = None
    ) -> Outcome:
        """Say what a request is about; the after-sales case that belongs to that is opened, another one dropped.

        Raises NoSuchRequest.
        """
        name = self._classifier.categories.name(category, "en")
        found = await self._facts(request_id, category, now)

        def already(request: CustomerRequest) -> str | None:
            said = category == UNSORTED or request.category_choices is None
            return f"The category is {name} already." if request.category == category and said else None

        async def do(request: CustomerRequest) -> str:
            if request.category == category:
                await _confirm(request, by, now)
                return f"Right: {name}."
            await _set_category(request, category, f"set by {_called(by)}", by, now)
            await _set_case(self._house, request, found, by, now)
            return f"Category: {name}."

        return await once(self._house, self._wake, request_id, Deed(already, do), now, seen)

    async def right(self, request_id: int, by: Agent, now: datetime, seen: int | None = None) -> Outcome:
        """Say that the program has sorted a request rightly: it learns from that, too. Raises NoSuchRequest."""

        def already(request: CustomerRequest) -> str | None:
            if request.category == UNSORTED:
                return "It is unsorted: say what it is about with /category."
            return "An agent has said so already." if request.category_choices is None else None

        async def do(request: CustomerRequest) -> str:
            await _confirm(request, by, now)
            return f"Right: {self._classifier.categories.name(request.category, 'en')}."

        return await once(self._house, self._wake, request_id, Deed(already, do), now, seen)

    async def prioritise(
        self, request_id: int, priority: Priority, by: Agent, now: datetime, seen: int | None = None
    ) -> Outcome:
        """Say how soon a request wants an agent. Raises NoSuchRequest."""

        def already(request: CustomerRequest) -> str | None:
            return f"The priority is {priority} already." if request.priority is priority else None

        async def do(request: CustomerRequest) -> str:
            await requests.add_event(request.id, now, by.name, "priority", request.priority, priority)
            why = [f"set by {_called(by)}"]
            await change(
                request, priority=priority, priority_reasons=why, updated_at=now, version=next_version(request)
            )
            return f"Priority: {priority}."

        return await once(self._house, self._wake, request_id, Deed(already, do), now, seen)

    async def spam(self, request_id: int, by: Agent, now: datetime, seen: int | None = None) -> Outcome:
        """Close a request as unwanted. The sender is told nothing. Raises NoSuchRequest."""

        def already(request: CustomerRequest) -> str | None:
            return "It is closed as spam already." if request.category == SPAM and request.status in DONE else None

        async def do(request: CustomerRequest) -> str:
            await _set_category(request, SPAM, f"marked as spam by {_called(by)}", by, now)
            await _set_case(self._house, request, None, by, now)
            if request.status is not Status.CLOSED:
                await requests.add_event(request.id, now, by.name, "status", request.status, Status.CLOSED)
            await change(request, status=Status.CLOSED, resolved_at=now, waiting_since=None)
            if self._house.desk:
                told = f"{_called(by)} closed this as spam; the sender is told nothing. Reopen brings it back."
                await jobs.notice(request.id, None, told, now)
            return "Closed as spam."

        return await once(self._house, self._wake, request_id, Deed(already, do), now, seen)

    async def show(self, request_id: int, now: datetime) -> Outcome:
        """Give a request its topic, when it has none. Raises NoSuchRequest."""

        async def work() -> Outcome:
            await locked(request_id)
            await jobs.rebuild(request_id, now)
            after_commit(self._wake)
            return Outcome(True, f"The topic of {request_number(request_id)} is made, unless it is there.")

        return await transaction(work)

    async def refresh(self, request_id: int, now: datetime) -> None:
        """Bring the card up to date: somebody has seen it otherwise than it should be."""

        async def work() -> None:
            if self._house.desk:
                await jobs.card(request_id, now)
                after_commit(self._wake)

        await transaction(work)

    async def _facts(self, request_id: int, category: str, now: datetime) -> CaseFacts | None:
        """What the first message tells of the case that belongs to a category; None: no case belongs to it."""
        kind = self._classifier.categories.case(category)
        if kind is None:
            return None
        first = await requests.first_incoming(request_id)
        if first is None:
            return case_facts(CaseType(kind), (), now.date())
        kept = [row for row in await facts_of(request_id) if row.record_id == first.id]
        found = tuple(Fact(row.kind, row.value, row.start, row.end, row.confidence) for row in kept)
        # Messages that came before facts were kept have none beside them.
        words, numbers = f"{first.subject}\n{first.reply_text}", self._house.policy.numbers.patterns
        if not found:
            found = extract(words, None, numbers=numbers, today=first.at.date())
        return case_facts(CaseType(kind), found, now.date(), first.id)


def _called(agent: Agent) -> str:
    return agent.name or SOMEBODY


async def _assignee(request: CustomerRequest) -> str | None:
    found = await agents.agent(request.assignee_id) if request.assignee_id is not None else None
    return None if found is None else _called(found)


async def _confirm(request: CustomerRequest, by: Agent, now: datetime) -> None:
    """The program's verdict is an agent's word now; why it was the program's stays to be read."""
    await learning.label(request, request.category, by.id, now)
    await requests.add_event(request.id, now, by.name, "category confirmed", after=request.category)
    await _is_said(request, request.category, [*request.category_reasons, f"right, says {_called(by)}"], now)


async def _set_category(request: CustomerRequest, category: str, why: str, by: Agent, now: datetime) -> None:
    await learning.label(request, category, by.id, now)
    await requests.add_event(request.id, now, by.name, "category", request.category, category)
    await _is_said(request, category, [why], now)


async def _is_said(request: CustomerRequest, category: str, reasons: list[str], now: datetime) -> None:
    """An agent's word: nothing is left to choose from, and no model has said it."""
    await change(
        request,
        category=category,
        category_confidence=1.0,
        category_reasons=reasons,
        category_choices=None,
        category_model=None,
        updated_at=now,
        version=next_version(request),
    )


async def _set_case(house: House, request: CustomerRequest, found: CaseFacts | None, by: Agent, now: datetime) -> None:
    """The after-sales case that belongs to the request's new category, if any."""
    case = await requests.case_of(request.id)
    if found is None:
        if case is not None and case.status is not CaseStatus.DROPPED:
            await requests.add_event(request.id, now, by.name, DROPPED, case.type, case.status)
            await change(case, status=CaseStatus.DROPPED)
    elif case is None:
        row = case_row(request, found, now)
        told = await covered(house, row, request, now)
        await add(row, requests.event(request.id, now, by.name, "case opened", after=found.type), *told)
    elif case.type is not found.type or case.status is CaseStatus.DROPPED:
        await _turn_case(house, request, case, found.type, by, now)


async def _turn_case(
    house: House, request: CustomerRequest, case: AfterSalesCase, kind: CaseType, by: Agent, now: datetime
) -> None:
    """Another kind of case, or one that was dropped: what is known of it stays, what is missing may differ."""
    decided = await _decided_before(request, case) if case.type is kind else None
    await requests.add_event(case.request_id, now, by.name, "case opened", case.type, kind)
    decision = case.decision if decided is not None else None
    await change(case, type=kind, status=decided or CaseStatus.ASKED, decision=decision)
    await known_anew(house, request, case, by.name, now)


async def _decided_before(request: CustomerRequest, case: AfterSalesCase) -> CaseStatus | None:
    """Where a case was when it was dropped, if that was decided: its customer has read so, and once is enough."""
    dropped = await requests.events_of(request.id, DROPPED) if case.status is CaseStatus.DROPPED else []
    before = CaseStatus(dropped[-1].after) if dropped and dropped[-1].after else CaseStatus.ASKED
    return None if before in (CaseStatus.ASKED, CaseStatus.COMPLETE) else before
