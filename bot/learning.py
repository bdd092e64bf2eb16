"""Learning as the running program does it: each process follows the version in use, one of them makes new ones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.alarms import Alarms
from bot.duties import Duties, Duty
from intake.learning.learner import Learner
from intake.learning.versions import Versions
from intake.understanding.classifier import Classifier

DUTY = "learn"


@dataclass(frozen=True, slots=True)
class Learning:
    """Both, and whose turn it is to learn."""

    versions: Versions
    learner: Learner
    duty: Duty

    async def run(self) -> None:
        """Follow, and learn while it is our duty, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.versions.run())
            tasks.create_task(self.duty.during(self.learner.run))

    @property
    def troubles(self) -> list[str]:
        """What is wrong, in words for people."""
        return [trouble for trouble in (self.versions.trouble, self.learner.trouble) if trouble is not None]


def learning(classifier: Classifier, alarms: Alarms, duties: Duties) -> Learning:
    """Connect the parts."""
    learner = Learner(classifier, lambda: datetime.now(UTC), alarms.tell, alarms.over)
    return Learning(Versions(classifier, alarms.tell), learner, duties.add(DUTY))
