"""The way of an after-sales case: which step may follow which, and what its customer is told. A table; pure."""

from __future__ import annotations

from dataclasses import dataclass

from intake.words.occasions import Event
from storage.kinds import CaseStatus, CaseType

# What agents read of a state.
STATUS_WORDS: dict[CaseStatus, str] = {
    CaseStatus.ASKED: "incomplete",
    CaseStatus.COMPLETE: "complete",
    CaseStatus.APPROVED: "approved",
    CaseStatus.REFUSED: "refused",
    CaseStatus.RECEIVED: "received",
    CaseStatus.SENT_BACK: "sent back",
    CaseStatus.REFUNDED: "refunded",
    CaseStatus.DONE: "done",
    CaseStatus.DROPPED: "dropped",
}


def status_named(words: str) -> CaseStatus | None:
    """A state by its name or as agents read it: `sent_back`, "sent back", "incomplete"."""
    return next((one for one, read in STATUS_WORDS.items() if words.lower() in (one, read)), None)


_UNDECIDED = (CaseStatus.ASKED, CaseStatus.COMPLETE)
_GOODS = (CaseType.RETURN, CaseType.EXCHANGE, CaseType.REPAIR)


@dataclass(frozen=True, slots=True)
class Step:
    """A case comes to `to` from one of `after`. `told`: what its customer reads; `decides`: it answers his wish."""

    to: CaseStatus
    after: tuple[CaseStatus, ...]
    types: tuple[CaseType, ...]
    told: Event | None
    decides: bool = False


STEPS: tuple[Step, ...] = (
    Step(CaseStatus.APPROVED, _UNDECIDED, tuple(CaseType), Event.CASE_APPROVED, decides=True),
    Step(CaseStatus.REFUSED, _UNDECIDED, tuple(CaseType), Event.CASE_REFUSED, decides=True),
    Step(CaseStatus.RECEIVED, (CaseStatus.APPROVED,), _GOODS, Event.CASE_RECEIVED),
    Step(CaseStatus.SENT_BACK, (CaseStatus.RECEIVED,), _GOODS, Event.CASE_SENT_BACK),
    # A repair that proves impossible ends with the money, too.
    Step(CaseStatus.REFUNDED, (CaseStatus.RECEIVED,), _GOODS, Event.CASE_REFUNDED),
    Step(CaseStatus.REFUNDED, (CaseStatus.APPROVED,), (CaseType.REFUND,), Event.CASE_REFUNDED),
    Step(CaseStatus.DONE, (CaseStatus.REFUSED, CaseStatus.SENT_BACK, CaseStatus.REFUNDED), tuple(CaseType), None),
)

# Why a case is refused: what the agents read and write, and the template's `why` in every language.
WHYS: dict[str, str] = {
    "warranty": "the warranty has ended",
    "late": "too late for a return",
    "not_covered": "the damage is not covered",
}


def next_steps(kind: CaseType, status: CaseStatus) -> tuple[Step, ...]:
    """What an agent can do with a case as it is, in the order of the table."""
    return tuple(step for step in STEPS if status in step.after and kind in step.types)


def step_to(kind: CaseType, status: CaseStatus, to: CaseStatus) -> Step | None:
    """The step that leads there, if one does."""
    return next((step for step in next_steps(kind, status) if step.to is to), None)
