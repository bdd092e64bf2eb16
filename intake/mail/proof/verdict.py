"""What came of checking a mail's sender, in a form that can be kept beside the mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_WORDS = 500


class Outcome(StrEnum):
    """Each says something about the domain of the From, and nothing about the words in front of it."""

    PASS = "pass"  # noqa: S105  # no password; the domain vouches for this mail
    NONE = "none"  # there is nothing to check by
    FAIL = "fail"  # the domain says how its mail can be told, and this is none of it
    TEMPORARY = "temporary"  # DNS did not answer
    UNCHECKED = "not checked"  # nobody asked


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, the address of the one From that it is about (in small letters), and how it came about."""

    outcome: Outcome = Outcome.UNCHECKED
    sender: str = ""
    how: str = ""

    @property
    def words(self) -> str:
        """For the record."""
        return f"{self.outcome}: {self.how}"[:MAX_WORDS] if self.how else str(self.outcome)

    def proves(self, address: str) -> bool:
        """Is this the address that was checked, and did it pass? Two readings of one header must not differ."""
        return self.outcome is Outcome.PASS and bool(self.sender) and address.lower() == self.sender

    def packed(self) -> dict[str, str]:
        """Plain text to keep beside a parked mail: keys are rotated, and it may be read again days later."""
        return {"outcome": str(self.outcome), "checked_sender": self.sender, "how": self.how}

    @classmethod
    def unpacked(cls, facts: Mapping[str, str]) -> Verdict:
        """What `packed` made; of a mail that was parked by an earlier version, that it was not checked."""
        outcome = Outcome(facts.get("outcome", Outcome.UNCHECKED))
        return cls(outcome, facts.get("checked_sender", ""), facts.get("how", ""))
