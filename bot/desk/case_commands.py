"""`/case`: an after-sales case shown, its facts set, its steps taken, its list. What the words mean is told here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.desk import cards
from bot.desk.case_lines import case_text
from bot.desk.said import Said
from intake.agents import case_facts
from intake.agents.case_asking import CaseAsking
from intake.agents.case_steps import STATUS_WORDS, WHYS, status_named
from intake.agents.casework import NO_CASE, Casework, Remark
from intake.agents.deeds import Outcome
from intake.agents.named import NoSuchRequest
from storage import cases, requests
from storage.kinds import CaseStatus, request_number
from storage.models import AfterSalesCase

ANEW, ASK = "anew", "ask"
STEPS = {
    "approve": CaseStatus.APPROVED,
    "approved": CaseStatus.APPROVED,
    "refuse": CaseStatus.REFUSED,
    "refused": CaseStatus.REFUSED,
    "received": CaseStatus.RECEIVED,
    "sent": CaseStatus.SENT_BACK,
    "sent_back": CaseStatus.SENT_BACK,
    "refunded": CaseStatus.REFUNDED,
    "done": CaseStatus.DONE,
}
MOST = 20  # lines of a list
LONGEST_WORDS = 2000


class CaseCommands:
    """What agents ask of cases and do with them by words."""

    def __init__(self, casework: Casework, asking: CaseAsking, clock: Callable[[], datetime]) -> None:
        self._casework = casework
        self._asking = asking
        self._clock = clock

    async def answer(self, said: Said) -> str:
        """What the agent is told; empty when the card shows what has changed."""
        if said.request is None:
            return await _list(said.arguments)
        name, _, rest = said.arguments.partition(" ")
        if not name:
            return await _shown(said.request)
        try:
            came = await self._do(said, said.request, name.lower(), rest.strip())
        except NoSuchRequest as error:
            return f"{error} does not exist."
        except ValueError as error:
            return str(error)
        return "" if came.done else came.says

    async def _do(self, said: Said, request: int, name: str, rest: str) -> Outcome:
        now = self._clock()
        if name == ANEW:
            came = await self._casework.reconsider(request, said.agent, now)
            return Outcome(False, came.says)  # told in any case: the customer is not
        if name == ASK:
            return await self._asking.ask(request, said.agent, now)
        if (to := STEPS.get(name)) is not None:
            return await self._casework.step(request, to, said.agent, now, remark=_remark(to, rest))
        if (field := case_facts.field(name)) is not None:
            return await self._casework.set_fact(request, field, rest, said.agent, now)
        raise ValueError(f"“{cards.cut(cards.shown(name), 30)}” is nothing of a case. /case alone says what there is.")


def _remark(to: CaseStatus, rest: str) -> Remark:
    """`warranty Your invoice is from 2019`: a reason of the table first, then the agent's own words."""
    if len(rest) > LONGEST_WORDS:
        raise ValueError(f"At most {LONGEST_WORDS} characters go along with a step; write the customer a message.")
    first, _, words = rest.partition(" ")
    if to is CaseStatus.REFUSED and first.lower() in WHYS:
        return Remark(first.lower(), words.strip())
    return Remark(words=rest)


async def _shown(request_id: int) -> str:
    request, case = await requests.request_with_customer(request_id), await requests.case_of(request_id)
    if request is None or case is None or case.status is CaseStatus.DROPPED:
        return NO_CASE
    earlier = await cases.case(case.repeats) if case.repeats is not None else None
    return case_text(case, earlier, request.created_at.date(), lambda value: cards.shown(str(value)))


async def _list(wanted: str) -> str:
    """Cases under way, or those in one state; those that wait longest first."""
    status = status_named(wanted)
    if wanted and status is None:
        return f"Write one of these behind /case: {', '.join(STATUS_WORDS.values())}."
    found = await cases.listed(cases.UNDER_WAY if status is None else [status], most=MOST + 1)
    lines = [_line(case) for case in found[:MOST]]
    more = ["… and more; intake-bot list --case prints them all."] if len(found) > MOST else []
    return "\n".join(
        [f"Cases, {STATUS_WORDS[status] if status else 'under way'}:", *lines, *more] if lines else ["None."]
    )


def _line(case: AfterSalesCase) -> str:
    name = cards.shown_name(case.request.customer.name) or "customer"
    return f"{request_number(case.request_id)} · {name} · {case.type} · {STATUS_WORDS[case.status]}"
