"""When the model is made anew, and whether what came of it is taken into use. One process does this for all."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path

import structlog

from intake.learning import refitting
from intake.learning.refitting import Fitted, NotFitted, TooMuch
from intake.learning.textbook import basis, delivered, textbook
from intake.learning.versions import Tell
from intake.learning.worker import Written
from intake.understanding.classifier import Classifier
from intake.understanding.model.model import builtin
from storage import learning
from storage.database import DATABASE_AWAY
from storage.learning import BUILT_IN
from storage.models import ModelVersion
from storage.transaction import transaction

log = structlog.get_logger()

ENOUGH = 5  # labels after which a model is made at once
QUIET = timedelta(seconds=60)  # after the last label; then one is enough
MOST = 20_000  # labels that teach
PAGE = 200  # labels read and handed on at a time
KEPT = 10  # versions
WORSE = 0.01  # so much a new model may do worse than the one in use
TAUGHT_WEIGHT = 2.0  # of an agent's word against that of an example that came with the program
LOOK_EVERY_S = 2.0
LOOK_CLOSELY_EVERY_S = 60.0
AGAIN_AFTER_S = 900.0  # when it has failed
ALARM = "model refit"

Fit = Callable[[AsyncIterator[list[Written]], bytes, float | None], Awaitable[Fitted]]
Over = Callable[[str, str], Awaitable[None]]  # the alarm's name, and words


class Why(StrEnum):
    """Why a model is made."""

    TAUGHT = "taught"
    CHANGED = "categories or program changed"
    ERASED = "words erased"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Made:
    """A new version: its number, what was measured, and why it is not in use, if it is not."""

    version: int
    rows: int
    labels: int
    backend: str
    scores: dict[str, float]
    refused: str | None


class Learner:
    """Makes models. `trouble` says why none could be made."""

    def __init__(
        self,
        classifier: Classifier,
        clock: Callable[[], datetime],
        tell: Tell,
        over: Over,
        fit: Fit | None = None,
        kept: Path | None = None,
    ) -> None:
        """`kept`: where the embeddings of texts are kept; None: the extra `semantic` is not used."""
        self.trouble: str | None = None
        self._classifier = classifier
        self._clock = clock
        self._tell = tell
        self._over = over
        self._fit = fit or partial(refitting.fitted, kept=kept)
        self._kept = kept
        self._tried = 0  # the last label that this process has tried to learn from
        self._looked_closely = float("-inf")

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            wait = await self.looked()
            await asyncio.sleep(wait)

    async def looked(self) -> float:
        """Look, whatever happens, and say what is wrong. Returns after how many seconds to look again."""
        try:
            await self.look()
        except DATABASE_AWAY as error:
            log.warning("not learned", error=type(error).__name__)
            return LOOK_EVERY_S * 5
        except NotFitted as error:
            self.trouble = str(error)
        except Exception as error:
            # Damaged rows, or a fault of ours: nobody would see it otherwise.
            log.exception("not learned")
            self.trouble = f"Making a version of the categories' model failed ({type(error).__name__})."
        else:
            return LOOK_EVERY_S
        told = f"⚠️ {self.trouble} The categories learn nothing new until it can be done; all else goes on."
        await self._tell(f"{told} Look at the memory of this machine, or try intake-bot model retrain.", ALARM)
        return AGAIN_AFTER_S

    async def look(self) -> Made | None:
        """Make a model if there is a reason. Raises NotFitted."""
        why = await self._why()
        if why is None:
            return None
        made = await self.refit(why)
        if self.trouble is not None:
            self.trouble = None
            await self._over(ALARM, "✅ The categories learn again.")
        return made

    async def _why(self) -> Why | None:
        since = max(self._tried, await learning.last_tried())
        news = await learning.news(since)
        # One that a clock has dated far ahead is not waited for.
        if news.count >= ENOUGH or (news.at is not None and abs(self._clock() - news.at) >= QUIET):
            return Why.TAUGHT
        if time.monotonic() - self._looked_closely < LOOK_CLOSELY_EVERY_S:
            return None
        found = await self._changed()
        self._looked_closely = time.monotonic()
        return found

    async def _changed(self) -> Why | None:
        """What makes the versions that there are outdated, without any new label."""
        for version in await learning.versions():
            if await learning.still_there(version.last_label) < version.labels:
                return Why.ERASED
        # What was made last, not what is in use: where that is an older one, somebody has chosen it.
        made_for = await learning.last_basis() or await asyncio.to_thread(delivered)
        return Why.CHANGED if made_for != await self._basis() else None

    async def refit(self, why: Why) -> Made | None:
        """Make a model from all that agents have taught, and use it if it is not worse. None: there is nothing to make:
        they taught nothing, and the one that comes with the program knows the rest.

        Raises NotFitted; then all is as it was.
        """
        started, present = time.monotonic(), await self._basis()
        in_use = next(iter(await learning.taken_into_use(1)), None)
        news, labels = await learning.news(0), await learning.taught(MOST)
        last = max([news.last, *labels])
        if not labels and present == await asyncio.to_thread(delivered):
            await self._without_lessons(why, last, present)
            self._tried = last
            return None
        # All of them, not only the newest that teach: by this number it is seen that words were erased.
        there = await learning.still_there(last)
        row, content = await self._compared_with(in_use.id if in_use is not None else BUILT_IN, present)
        fitted, count = await self._fitted(labels, row, content)
        version = ModelVersion(
            created_at=self._clock(),
            labels=there,
            last_label=last,
            rows=count,
            backend=fitted.backend,
            scores=fitted.scores,
            basis=present,
            refused=_refused(fitted, why),
            sha256=hashlib.sha256(fitted.content).hexdigest(),
            content=fitted.content,
        )
        await transaction(lambda: self._take_into_use(version, in_use, why))
        self._tried = last
        log.info(
            "model made",
            why=str(why),
            version=version.id,
            labels=there,
            rows=count,
            refused=version.refused,
            s=round(time.monotonic() - started, 1),
        )
        return Made(version.id, count, there, version.backend, fitted.scores, version.refused)

    async def _compared_with(self, version_id: int, present: str) -> tuple[ModelVersion | None, bytes]:
        """The version in use as a row and as bytes. One that was made for other categories is none to compare with."""
        row = await learning.version(version_id) if version_id != BUILT_IN else None
        content = await learning.content(version_id) if row is not None and row.basis == present else None
        if row is None or content is None or hashlib.sha256(content).hexdigest() != row.sha256:
            return None, await asyncio.to_thread(lambda: builtin().to_bytes())
        return row, content

    async def _fitted(self, labels: list[int], row: ModelVersion | None, content: bytes) -> tuple[Fitted, int]:
        """Fit; with fewer labels, when there is no memory for all. Returns also how many examples it was made from."""
        known = row.scores.get("confirmed") if row is not None else None
        while True:
            counted = _Counted(self._pages(labels, row.last_label if row is not None else 0))
            try:
                return await self._fit(counted.pages(), content, known), counted.count
            except TooMuch:
                if len(labels) <= PAGE:
                    raise
                log.warning("no memory for all labels", labels=len(labels))
                labels = labels[len(labels) // 2 :]

    async def _pages(self, labels: list[int], seen: int) -> AsyncIterator[list[Written]]:
        """All examples: what the categories begin with, then what agents taught of those that there are."""
        yield textbook(self._classifier.categories)
        keys = frozenset(self._classifier.categories.keys)
        for start in range(0, len(labels), PAGE):
            yield [
                Written(
                    f"{lesson.subject}\n{lesson.words}".strip(),
                    lesson.category,
                    lesson.language,
                    TAUGHT_WEIGHT,
                    taught=True,
                    fresh=lesson.label > seen,
                )
                for lesson in await learning.lessons(labels[start : start + PAGE])
                if lesson.category in keys
            ]

    async def _take_into_use(self, version: ModelVersion, in_use: learning.InUse | None, why: Why) -> None:
        """In one transaction: store it, and use it unless it is refused or somebody has chosen another meanwhile."""
        await learning.choose(self._clock())
        now = next(iter(await learning.taken_into_use(1)), None)
        if version.refused is None and now != in_use and why is not Why.ERASED:
            version.refused = "another version was chosen while it was made"
        if why is Why.ERASED and now is not None and now.id == BUILT_IN:
            version.refused = "the one that comes with the program was chosen"  # and holds no words of anybody's
        await learning.keep(version, KEPT)
        if version.refused is None:
            await learning.use(version.id, self._clock())
        if why is Why.ERASED:
            await learning.forget_before(version.id)

    async def _without_lessons(self, why: Why, last: int, present: str) -> None:
        """Nothing that agents taught is left: what was made of it is not used, and goes when the words are erased."""

        async def work() -> None:
            await learning.choose(self._clock())
            await learning.nothing_to_make(last, present)
            if await learning.taken_into_use(1):
                await learning.use(BUILT_IN, self._clock())
            if why is Why.ERASED:
                await learning.forget_before(2**62)

        if why is not Why.ASKED:
            await transaction(work)

    async def _basis(self) -> str:
        """Beside the event loop: ten thousand examples are looked at."""
        return await asyncio.to_thread(basis, self._classifier.categories, meaning=self._kept is not None)


def _refused(fitted: Fitted, why: Why) -> str | None:
    """Why a new model is not taken into use. Where the old one must go, the new one is as good as it is."""
    new, old = fitted.scores.get("confirmed"), fitted.scores.get("before")
    if new is None or old is None or why in (Why.ERASED, Why.CHANGED) or new >= old - WORSE:
        return None
    return f"right on {new:.1%} of what agents said, the one in use on {old:.1%}"


class _Counted:
    """Counts the examples that pass."""

    def __init__(self, pages: AsyncIterator[list[Written]]) -> None:
        self.count = 0
        self._pages = pages

    async def pages(self) -> AsyncIterator[list[Written]]:
        async for page in self._pages:
            self.count += len(page)
            yield page
