"""Which version of the model this process uses: the one that the database says, or the last before it that is whole."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import structlog

from intake.understanding.classifier import Classifier
from intake.understanding.model.model import DamagedModel, Model, builtin
from storage import learning
from storage.learning import BUILT_IN, InUse

log = structlog.get_logger()

EVERY_S = 3.0  # until a running process sees another's choice
MOST_TRIED = 20
ALARM = "model version"

Tell = Callable[[str, str], Awaitable[None]]  # words, and the alarm's name


class Versions:
    """Follows the database's choice. `trouble` says which version cannot be used, while it is the chosen one."""

    def __init__(self, classifier: Classifier, tell: Tell, *, meaning: bool = False) -> None:
        """`tell`: how the agents hear of a damaged version; the same one is told once, whoever finds it. `meaning`: is
        the extra `semantic` to be asked?"""
        self.trouble: str | None = None
        self._classifier = classifier
        self._meaning = meaning
        self._tell = tell
        self._chosen: InUse | None = InUse(BUILT_IN, "")

    @property
    def in_use(self) -> int:
        """The version that this process uses."""
        return self._classifier.model.version if self._classifier.model is not None else BUILT_IN

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.follow()
            except Exception as error:  # noqa: BLE001 - the loop goes on: whatever ails the database, /readyz says it
                log.warning("version of the model not looked for", error=type(error).__name__)

    async def follow(self) -> None:
        """Look once, and use what is chosen. Asks for one small row as long as nothing has changed."""
        chosen = next(iter(await learning.taken_into_use(1)), InUse(BUILT_IN, ""))
        if chosen == self._chosen:
            return
        model, damaged = await self._newest_whole()
        self._classifier.use(model)
        self._chosen = chosen
        log.info("model in use", version=model.version)
        self.trouble = None
        if damaged:
            self.trouble = (
                f"Version {damaged[0]} of the categories' model is damaged; version {model.version} is used. "
                "Make a new one with intake-bot model retrain, or choose another with intake-bot model rollback."
            )
            log.error("model version damaged", version=damaged[0])
            await self._tell(f"⚠️ {self.trouble}", f"{ALARM} {damaged[0]}")

    async def _newest_whole(self) -> tuple[Model, list[int]]:
        """The model to use, and the versions before it that are damaged."""
        damaged: list[int] = []
        for version in await learning.taken_into_use(MOST_TRIED):
            if version.id == BUILT_IN:
                break
            content = await learning.content(version.id)
            if content is None:
                continue  # pruned a moment ago
            try:
                model = await asyncio.to_thread(_loaded, content, version)
                return model if self._meaning else model.worded(), damaged
            except DamagedModel:
                damaged.append(version.id)
        return await asyncio.to_thread(builtin), damaged


def _loaded(content: bytes, version: InUse) -> Model:
    if hashlib.sha256(content).hexdigest() != version.sha256:
        raise DamagedModel("not the bytes that were stored")
    return Model.from_bytes(content, version=version.id)
