"""Play one run: the plan of a seed around the real processes, then silence, then the laws."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median

from storage.database import opened
from storage.kinds import DeliveryState
from storage.models import Delivery, Parked
from tests.chaos.found import Found, found
from tests.chaos.laws import broken
from tests.chaos.steps import Size, Step, plan
from tests.chaos.world import WHOLE, Place, Setup, World, built, until

FULL = Size(mails=500, messages=500, answers=120, kills=24, others=6)
SHORT = Size(mails=45, messages=30, answers=10, kills=3, others=1)
SETTLES_WITHIN_S = 240.0  # some hundred messages may wait for the desk
MOST_MAILS, MOST_UPDATES, KEEPS_UP_WITHIN_S = 10, 6, 1.0
LONG_S = 4.0  # what waits for longer waits for a back-off, which need not be sat out
UNSETTLED = (DeliveryState.QUEUED, DeliveryState.SENDING)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    seed: int
    setup: Setup
    complaints: list[str]
    figures: dict[str, str]
    transcript: list[str]
    logs: list[str]  # of the processes

    def __str__(self) -> str:
        said = ", ".join(f"{value} {name}" for name, value in self.figures.items())
        head = f"seed {self.seed} on {self.setup}: {len(self.complaints)} complaints; {said}"
        return "\n".join([head, *self.complaints])


async def play(
    seed: int,
    setup: Setup,
    place: Place,
    size: Size,
    module: tuple[str, ...] = WHOLE,
    patience_s: float = SETTLES_WITHIN_S,
) -> Ended:
    """Play the run of a seed. `module`: the program, or one that plants a bug in it."""
    begun = time.monotonic()
    async with built(setup, place, Random(seed), (size.mails, size.messages), module) as world:
        await world.fleet.all_up()
        posting = asyncio.create_task(world.office.run())
        try:
            await _act(world, seed, size)
            there = await _end(world, patience_s)
            complaints = broken(world, there)
        finally:
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)
        figures = _figures(world, there, time.monotonic() - begun)
    return Ended(seed, setup, complaints, figures, world.transcript, world.fleet.logs())


async def _act(world: World, seed: int, size: Size) -> None:
    for person in world.people:
        person.start()
    world.weather.blows = True
    trouble: asyncio.Task[None] | None = None
    for step in plan(seed, size):
        dice = Random(step.seed)
        if not step.trouble:
            await step.act(world, dice)
            await _keeps_up(world)
            continue
        if trouble is not None:
            await trouble
        await world.fleet.all_up()
        world.tell(f"--- {step.act.__name__}")
        trouble = asyncio.create_task(_troubles(step, world, dice))
    if trouble is not None:
        await trouble


async def _troubles(step: Step, world: World, dice: Random) -> None:
    await step.act(world, dice)


async def _keeps_up(world: World) -> None:
    """People wait a little for a program that is at work, or all would be said before it has read the half."""
    await until(
        lambda: world.office.unfinished <= MOST_MAILS and len(world.sim.world.queue.waiting) <= MOST_UPDATES,
        KEEPS_UP_WITHIN_S,
    )


async def _end(world: World, patience_s: float) -> Found:
    """No more troubles; wait until nothing is left to do; try again what was parked; then look."""
    await world.fleet.all_up()
    world.weather.blows, world.office.troubled, world.relays.troubled = False, False, False
    world.weather.planned.clear()
    world.tell("--- the troubles end")
    end = time.monotonic() + patience_s
    database = await opened(world.place.url, pool_size=2)
    try:
        await _settled(world, end)
        if await Parked.filter(replayed_at=None).exists():
            await _replay(world)
            await _settled(world, end)
        return await found()
    finally:
        await database.close()


async def _settled(world: World, end: float) -> None:
    """Until all is handed in and delivered. What is left when the time is over is the laws' business."""
    while time.monotonic() < end:
        far = datetime.now(UTC) + timedelta(seconds=LONG_S)
        await Delivery.filter(state=DeliveryState.QUEUED, due_at__gt=far).update(due_at=datetime.now(UTC))
        waits = world.office.unfinished or world.sim.world.queue.waiting
        if not waits and not await Delivery.filter(state__in=UNSETTLED).exists():
            return
        await asyncio.sleep(0.2)


async def _replay(world: World) -> None:
    """What was parked because two kills hit it is handled again, as an operator would have it."""
    world.replayed = await Parked.filter(replayed_at=None).count()
    said = await world.fleet.processes[0].command("replay", "--all")
    world.tell(f"=== {world.replayed} parked messages are tried again: {said.strip()!r}")


def _figures(world: World, there: Found, seconds: float) -> dict[str, str]:
    starts = [start.seconds for start in world.fleet.starts]
    said = [one for one in world.ledger.said if one.by in world.people]
    return {
        "mails": str(len(world.letters)),
        "of them taken more than once": str(sum(letter.taken > 1 for letter in world.letters)),
        "dots without an answer": str(sum(letter.dots - letter.taken for letter in world.letters)),
        "chat messages": str(len(said)),
        "agents' answers": str(len(world.ledger.said) - len(said)),
        "kills": str(len(world.fleet.kills)),
        "clean stops": str(len(world.fleet.stops)),
        "database hiccups": str(len(world.hiccups)),
        "mails that the relay has": str(len(world.relays.copies)),
        "of them repeats": str(len(world.relays.copies) - len({copy.message_id for copy in world.relays.copies})),
        "parked and replayed": str(world.replayed),
        "requests": str(len(there.requests)),
        "s to ready (median)": f"{median(starts):.2f}",
        "s to ready (longest)": f"{max(starts):.2f}",
        "s of its own to ready (longest)": f"{max(start.own for start in world.fleet.starts):.2f}",
        "s in all": f"{seconds:.0f}",
    }
