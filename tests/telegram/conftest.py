"""The scene of the edge cases: the whole product, on both databases and by each way that updates reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stage import TRANSPORTS, Stage, Transport, stage


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> Transport:
    """How updates come: fetched by the product, or brought to it."""
    return Transport(request.param)


@pytest.fixture
async def scene(database_url: str, transport: Transport, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with the simulator, the desk and an agent; the product starts by `scene.running()`."""
    async with stage(database_url, tmp_path, transport) as made:
        yield made
