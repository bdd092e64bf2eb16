"""Play one story: the plan of a seed around the real program, then silence, then the laws."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from storage.kinds import DeliveryState
from storage.models import Delivery
from tests.telegram.story.laws import broken, found
from tests.telegram.story.plot import plot
from tests.telegram.story.scenery import TRANSPORTS, Scenery, Transport, built, telegram

STEPS = 60
SETTLES_WITHIN_S = 45.0
# What waits longer than Telegram ever asks for in a story waits for a back-off, which need not be sat out.
LONGEST_RETRY_AFTER_S = 4.0
MOST_WAITING, KEEPS_UP_WITHIN_S = 4, 0.5
LAST_FAULTS_S = 3.0
UNSETTLED = (DeliveryState.QUEUED, DeliveryState.SENDING)
WHOLE = ("bot",)


@dataclass(frozen=True, slots=True)
class Combination:
    """What a story is played on."""

    database: str
    transport: Transport

    def __str__(self) -> str:
        return f"{self.database}-{self.transport}"


COMBINATIONS = tuple(
    Combination(database, transport) for database in ("sqlite", "postgres") for transport in TRANSPORTS
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a story ended."""

    seed: int
    complaints: list[str]
    transcript: list[str]
    seconds: float

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed}: {len(self.complaints)} laws broken", *self.complaints])


async def play(
    seed: int,
    url: str,
    folder: Path,
    transport: Transport = "polling",
    steps: int = STEPS,
    module: tuple[str, ...] = WHOLE,
    patience_s: float = SETTLES_WITHIN_S,
) -> Ended:
    """Play the story of a seed on an empty, migrated database.

    `module`: the program, or one that plants a bug in it. `patience_s`: how long it may take to settle at the end.
    """
    begun = time.monotonic()
    sim = telegram()
    await sim.start()
    story = built(sim, folder, url, transport, module)
    try:
        async with story.program:
            await story.started()
            await _act(story, seed, steps)
            complaints = await _end(story, patience_s)
    finally:
        try:
            await sim.stop()
        except ExceptionGroup as defects:
            complaints = [f"the simulator itself is wrong: {defect!r}" for defect in defects.exceptions]
    return Ended(seed, complaints, story.transcript, time.monotonic() - begun)


async def _act(story: Scenery, seed: int, steps: int) -> None:
    for number, step in enumerate(plot(seed, steps)):
        await asyncio.sleep(step.pause)
        dice = Random(step.seed)
        try:
            done = await step.act(story, dice)
        except (PermissionError, LookupError) as error:
            # Telegram's apps would not let him: he has blocked the bot, the topic is closed to him, it is gone.
            done = f"(not possible: {error})"
        story.tell(f"[{number}] {step.name}: {done or '(nothing to do)'}")
        await _keeps_up(story)
        # It stays dead for a while, so that there is something to find when it comes back.
        if not story.up and dice.random() < 0.4:
            story.start()


async def _keeps_up(story: Scenery) -> None:
    """People wait a little for a program that is at work, or all would be said before it has read the half."""
    if story.up:
        with contextlib.suppress(TimeoutError):
            await story.sim.until(lambda: len(story.sim.world.queue.waiting) <= MOST_WAITING, KEEPS_UP_WITHIN_S)


async def _end(story: Scenery, patience_s: float) -> list[str]:
    """No more faults; wait until nothing is left to do; then judge."""
    await story.started()
    with contextlib.suppress(TimeoutError):
        await story.sim.until(lambda: not story.sim.world.queue.waiting, LAST_FAULTS_S)
    story.sim.faults.planned.clear()
    story.tell("--- the faults end")
    end = time.monotonic() + patience_s
    async with story.program.database():
        while not await _settled(story):
            if time.monotonic() > end:
                break  # the laws say what is left
            await asyncio.sleep(0.1)
        return broken(story, await found())


async def _settled(story: Scenery) -> bool:
    if story.sim.world.queue.waiting or not all(press.answered for press in story.sim.world.presses.values()):
        return False
    far = datetime.now(UTC) + timedelta(seconds=LONGEST_RETRY_AFTER_S)
    await Delivery.filter(state=DeliveryState.QUEUED, due_at__gt=far).update(due_at=datetime.now(UTC))
    return not await Delivery.filter(state__in=UNSETTLED).exists()
