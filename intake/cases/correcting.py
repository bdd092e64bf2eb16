"""What a customer corrects: an answer that he has edited is read again, another fact that he names is for the agents.

Neither changes what an agent has set. Called inside the transaction of his message, with the request's row locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from intake.after_sales import COLUMNS
from intake.agents.case_facts import FIELD_WORDS
from intake.cases import reading as answering
from intake.cases.reading import Answers, Asked
from intake.cases.values import Place
from intake.house import House
from intake.outgoing import jobs
from intake.understanding.facts import Fact
from storage import requests
from storage.facts import from_record
from storage.kinds import CUSTOMER, CaseStatus
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest
from storage.transaction import add

CORRECTION = "case correction"  # the name of a notice that proposes, and what the audit trail calls it
SURE_ENOUGH = 0.7  # of a fact that is proposed: it is named as what it is
LONGEST_SHOWN = 60  # characters of a value in a notice
OVER = (CaseStatus.DONE, CaseStatus.DROPPED)
# The columns that a question fills.
FILLS: Mapping[str, tuple[str, ...]] = {
    "order_number": ("order_number",),
    "product": ("product_number", "serial_number", "model"),
    "purchased_on": ("purchased_on",),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact of a case, and what its customer says instead."""

    column: str
    before: str | None
    after: str

    @property
    def words(self) -> str:
        """As agents read it."""
        said = f"{FIELD_WORDS[self.column]} {self.after[:LONGEST_SHOWN]}"
        return said if self.before is None else f"{said} instead of {self.before[:LONGEST_SHOWN]}"


def differences(case: AfterSalesCase, facts: Iterable[Fact], today: date) -> list[Difference]:
    """What somebody names otherwise than the case has it, or what it does not know though nothing is missing."""
    found = answering.from_facts([fact for fact in facts if fact.confidence >= SURE_ENOUGH], today)
    return [
        Difference(column, known(case, column), value)
        for column, value in found.items()
        if _is_news(case, column, value)
    ]


def known(case: AfterSalesCase, column: str) -> str | None:
    """What a case has in a column, as text."""
    value: object = getattr(case, column)
    return None if value is None else str(value)


async def propose(
    house: House,
    case: AfterSalesCase,
    facts: Iterable[Fact],
    request: CustomerRequest,
    record: CommunicationRecord,
    now: datetime,
) -> None:
    """Show the agents what the customer corrects, with a button that takes it over. The same is shown once."""
    found = [] if case.status in OVER else differences(case, facts, now.date())
    if not found:
        return
    told = "; ".join(one.words for one in found)
    before = await requests.events_of(request.id, CORRECTION)
    if any(event.after == told for event in before):
        return
    await add(requests.event(request.id, now, CUSTOMER, CORRECTION, after=told))
    if house.desk:
        words = f"The customer names another fact of the case: {told}. The case is as it was until you take it over."
        await jobs.notice(request.id, record.id, words, now, name=CORRECTION)


def own_columns(case: AfterSalesCase, records: Iterable[int]) -> tuple[str, ...]:
    """The facts of a case that are from one of these records, and from nobody else."""
    sources = set(map(from_record, records))
    return tuple(column for column in COLUMNS if (case.sources or {}).get(column) in sources)


def read_again(
    case: AfterSalesCase,
    own: Sequence[str],
    text: str,
    facts: Sequence[Fact],
    asked: Asked,
    language: str | None,
    today: date,
) -> dict[str, str | None]:
    """What an edited answer changes: by column what it says now. `own`: the facts that are from it.

    What it leaves out stays: the agents see the edit.
    """
    questions = [question for question, columns in FILLS.items() if set(columns) & set(own)]
    answers = Answers()
    if questions:
        again = Asked(asked.questions or tuple(questions), tuple(questions), questions[0], asked.words, asked.ours)
        answers = answering.read_chat(text, again, language, today, Place.NEXT)
    said = {**answering.from_facts(facts, today), **answers.values}
    changed: dict[str, str | None] = {}
    for question in questions:
        mine = {column: said[column] for column in FILLS[question] if column in said and _may_fill(case, column, own)}
        if mine:
            changed |= {column: None for column in FILLS[question] if column in own}
            changed |= mine
    return {column: value for column, value in changed.items() if value != known(case, column)}


def _may_fill(case: AfterSalesCase, column: str, own: Sequence[str]) -> bool:
    return column in own or getattr(case, column) is None


def _is_news(case: AfterSalesCase, column: str, value: str) -> bool:
    before = known(case, column)
    if before is None:
        # While something is missing it is taken by itself, or was not asked for.
        complete = case.status is not CaseStatus.ASKED
        return complete and not (column == "model" and "product" not in case.missing)
    if column == "order_number":
        return not set(_numbers(value)) <= set(_numbers(before))
    return value.casefold() != before.casefold()


def _numbers(written: str) -> list[str]:
    return [number.strip().casefold() for number in written.split(",")]
