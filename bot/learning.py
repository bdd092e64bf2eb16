"""Learning as the running program does it: each process follows the version in use, one of them makes new ones."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.alarms import Alarms
from bot.duties import Duties, Duty
from bot.settings import Settings
from intake.learning.learner import Learner
from intake.learning.versions import Versions
from intake.understanding.classifier import Classifier
from intake.understanding.model import embedding

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


def embeddings(settings: Settings) -> Path | None:
    """Where the embeddings of texts are kept, if the extra `semantic` is used; if not, none stay there."""
    path = settings.data_dir / "embeddings.bin"
    if settings.embeddings == "auto" and embedding.installed():
        return path
    # One that cannot be taken away now is of no use to anybody.
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    return None


def learning(classifier: Classifier, alarms: Alarms, duties: Duties, kept: Path | None) -> Learning:
    """Connect the parts. `kept`: see `embeddings`."""
    learner = Learner(classifier, lambda: datetime.now(UTC), alarms.tell, alarms.over, kept=kept)
    versions = Versions(classifier, alarms.tell, meaning=kept is not None)
    return Learning(versions, learner, duties.add(DUTY))
