"""What an after-sales case needs to be complete. Pure; the pipeline stores what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from intake.cases.reading import from_facts
from intake.understanding.facts import Fact
from storage.facts import from_record
from storage.kinds import CaseStatus, CaseType

# What an agent must know before he can decide on a case. The product is named by its number, that of the piece, or its
# model.
NEEDED: Mapping[CaseType, tuple[str, ...]] = {
    CaseType.RETURN: ("order_number", "product", "purchased_on"),
    CaseType.EXCHANGE: ("order_number", "product", "purchased_on"),
    CaseType.REPAIR: ("product", "purchased_on"),
    CaseType.REFUND: ("order_number",),
}

COLUMNS = ("order_number", "product_number", "serial_number", "model", "purchased_on")  # of a case, all that is told
LETTER = "letter"  # in AfterSalesCase.asking: all questions are before the customer, in a mail


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """An after-sales case as far as a customer's words tell it."""

    type: CaseType
    order_number: str | None
    product_number: str | None
    model: str | None
    purchased_on: date | None
    serial_number: str | None = None
    record: int | None = None  # whose words they are, once it is stored

    @property
    def missing(self) -> tuple[str, ...]:
        """What the customer has not said yet, in the order in which to ask."""
        known = {
            "order_number": self.order_number,
            "product": self.product_number or self.serial_number or self.model,
            "purchased_on": self.purchased_on,
        }
        return tuple(name for name in NEEDED[self.type] if not known[name])

    @property
    def sources(self) -> dict[str, str] | None:
        """Where each fact is from."""
        if self.record is None:
            return None
        return {name: from_record(self.record) for name in COLUMNS if getattr(self, name) is not None}

    @property
    def status(self) -> CaseStatus:
        return CaseStatus.ASKED if self.missing else CaseStatus.COMPLETE


def case_facts(case_type: CaseType, facts: Sequence[Fact], today: date, record: int | None = None) -> CaseFacts:
    """Fill a case from what was found in the text; the first fact of a kind counts, of order numbers all."""
    found = from_facts(facts, today)
    purchased = found.get("purchased_on")
    return CaseFacts(
        type=case_type,
        order_number=found.get("order_number"),
        product_number=found.get("product_number"),
        model=found.get("model"),
        purchased_on=date.fromisoformat(purchased) if purchased else None,
        serial_number=found.get("serial_number"),
        record=record,
    )
