"""What tests of the desk wait for and bring about, besides what people do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from tortoise.queryset import QuerySet

from storage.kinds import DeliveryState
from storage.models import Agent, CustomerRequest, Delivery, Desk, DeskTopic
from tests.stage import WAIT_S, Stage

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def until_row(rows: QuerySet[CustomerRequest] | QuerySet[DeskTopic] | QuerySet[Desk]) -> None:
    """Wait until there is such a row."""
    end = time.monotonic() + WAIT_S
    while not await rows.exists():
        assert time.monotonic() < end, "no such row"
        await asyncio.sleep(0.02)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end, "it does not come to it"
        await asyncio.sleep(0.02)


async def now_due(scene: Stage) -> None:
    """Let the time pass that what was put off waits for."""
    await Delivery.filter(state=DeliveryState.QUEUED).update(due_at=LONG_AGO)
    scene.app.outbox.wake()


async def agent_row(scene: Stage) -> Agent:
    """Maria, as the database knows her."""
    return await Agent.get(identity=str(scene.maria.id))
