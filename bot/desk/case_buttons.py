"""The buttons of an after-sales case on its request's card: the steps that can follow, why it is refused. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from telegram.constants import KeyboardButtonStyle

from bot.desk.buttons import Deed
from intake.agents.case_steps import WHYS, next_steps
from storage.kinds import CaseStatus
from storage.models import AfterSalesCase

REFUSALS = "refusals"  # the picker of reasons
NO_WHY = "none"
STEP_WORDS: dict[CaseStatus, tuple[str, str | None]] = {
    CaseStatus.APPROVED: ("📦 Approve", KeyboardButtonStyle.SUCCESS),
    CaseStatus.REFUSED: ("📦 Refuse …", KeyboardButtonStyle.DANGER),
    CaseStatus.RECEIVED: ("📦 Goods are here", KeyboardButtonStyle.PRIMARY),
    CaseStatus.SENT_BACK: ("📦 Sent back", None),
    CaseStatus.REFUNDED: ("📦 Refunded", None),
    CaseStatus.DONE: ("📦 Case is done", None),
}


@dataclass(frozen=True, slots=True)
class CaseButton:
    """A button before it is signed."""

    deed: Deed
    words: str
    argument: str
    style: str | None = None


def case_buttons(case: AfterSalesCase | None) -> tuple[CaseButton, ...]:
    """What can be done with a case as it is; a refusal asks for its reason first."""
    if case is None:
        return ()
    return tuple(_button(step.to) for step in next_steps(case.type, case.status))


def refusals() -> tuple[tuple[str, str], ...]:
    """The reasons to pick from: what the button carries, what it says."""
    return (*((why, words.capitalize()) for why, words in WHYS.items()), (NO_WHY, "Without a reason"))


def _button(to: CaseStatus) -> CaseButton:
    words, style = STEP_WORDS[to]
    if to is CaseStatus.REFUSED:
        return CaseButton(Deed.PICK, words, REFUSALS, style)
    return CaseButton(Deed.CASE, words, to, style)
