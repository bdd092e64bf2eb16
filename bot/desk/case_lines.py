"""How an after-sales case reads: on its request's card, in a terminal, as the answer to /case. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from intake.agents.case_facts import FIELDS
from intake.agents.case_steps import STATUS_WORDS, next_steps
from storage.kinds import CaseStatus, request_number
from storage.models import AfterSalesCase

MISSING_WORDS = {"order_number": "order number", "product": "product or model", "purchased_on": "purchase date"}
UNDECIDED = (CaseStatus.ASKED, CaseStatus.COMPLETE)
HOW = (
    "/case order 48213 (also product, serial, model, bought, warranty) sets a fact, - clears it.",
    "/case approve, refuse, received, sent, refunded or done takes the next step; words behind it reach the customer. "
    "/case refuse warranty, late or not_covered says why in his language. /case anew takes a decision back, "
    "/case ask asks the customer what is missing.",
)


def case_lines(
    case: AfterSalesCase, earlier: AfterSalesCase | None, on: date, shown: Callable[[object], str]
) -> list[str]:
    """What is known of a case and what follows from it. `on`: the day of its request; `shown`: makes a value safe."""
    facts = (
        ("order", case.order_number),
        ("product", case.product_number),
        ("serial", case.serial_number),
        ("model", case.model),
        ("bought", case.purchased_on),
    )
    known = ", ".join(f"{label} {shown(value)}" for label, value in facts if value) or "nothing known yet"
    status = "" if case.status in UNDECIDED or case.status is None else f" ({STATUS_WORDS[case.status]})"
    missing = ", ".join(MISSING_WORDS.get(name, name) for name in case.missing)
    line = f"📦 {case.type}{status}: {known}"
    lines = [f"{line} · missing: {missing}" if missing and not status else line]
    lines += [f"⚖️ {shown(case.decision)}"] if case.decision else []
    if case.warranty_until is not None:
        lines.append(_until("under warranty until", "the warranty ended on", case.warranty_until, on))
    if case.return_until is not None:
        lines.append(_until("may come back until", "too late for a return since", case.return_until, on))
    return [*lines, *_before(earlier)]


def case_text(case: AfterSalesCase, earlier: AfterSalesCase | None, on: date, shown: Callable[[object], str]) -> str:
    """The same with where each fact is from and what can be done, as the answer to /case."""
    lines = case_lines(case, earlier, on, shown)
    known = case.sources or {}
    sources = [f"{field.words}: {shown(known[field.column])}" for field in FIELDS if field.column in known]
    lines += [f"From: {', '.join(sources)}"] if sources else []
    following = [STATUS_WORDS[step.to] for step in next_steps(case.type, case.status)]
    lines.append(f"{STATUS_WORDS[case.status].capitalize()}; next: {', '.join(following) or 'nothing'}")
    return "\n".join([*lines, "", *HOW])


def _until(now: str, over: str, last: date, on: date) -> str:
    return f"🛡 {now} {last}" if on <= last else f"⌛ {over} {last}"


def _before(earlier: AfterSalesCase | None) -> list[str]:
    if earlier is None:
        return []
    told = f"{earlier.type}, {STATUS_WORDS[earlier.status]}, {earlier.created_at:%Y-%m-%d}"
    return [f"🔁 the same piece as in {request_number(earlier.request_id)} ({told})"]
