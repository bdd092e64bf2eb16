"""The core's verbs that agents reach from the desk."""

from __future__ import annotations

from dataclasses import dataclass

from intake.actions import Actions
from intake.answering import Answers
from intake.blocking import Blocking
from intake.settling import Settling
from intake.sorting import Sorting
from intake.staff import Staff


@dataclass(frozen=True, slots=True)
class Verbs:
    """What agents say, what they do with a request, with a delivery, and with each other."""

    actions: Actions
    answers: Answers
    sorting: Sorting
    settling: Settling
    staff: Staff
    blocking: Blocking
