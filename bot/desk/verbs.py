"""The core's verbs that agents reach from the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from intake.actions import Actions
from intake.agents.answering import Answers
from intake.agents.blocking import Blocking
from intake.agents.case_asking import CaseAsking
from intake.agents.casework import Casework
from intake.agents.customer_data import CustomerData
from intake.agents.settling import Settling
from intake.agents.sorting import Sorting
from intake.agents.staff import Staff


@dataclass(frozen=True, slots=True)
class Verbs:
    """What agents say, what they do with a request, with a delivery, and with each other."""

    actions: Actions
    answers: Answers
    sorting: Sorting
    settling: Settling
    staff: Staff
    blocking: Blocking
    casework: Casework
    case_asking: CaseAsking
    customer_data: CustomerData
    troubles: Callable[[], Sequence[str]] = tuple  # what is wrong while messages go on, for /status
