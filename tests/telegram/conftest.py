"""The scene of the edge cases: the whole product, on both databases and by each way that updates reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stage import TRANSPORTS, Stage, Transport, stage

# What a case meets in every run: each database and each way that updates come, not all four pairs of them. What is
# wrong with one of the two is wrong in its pair; `pytest --every-way` runs all four.
PAIRS = {("sqlite", Transport.POLLING), ("postgres", Transport.WEBHOOK)}
STORIES = Path(__file__).parent / "story"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--every-way"):
        return
    left_out = [item for item in items if STORIES not in item.path.parents and not _is_met(item)]
    config.hook.pytest_deselected(items=left_out)
    out = set(left_out)
    items[:] = [item for item in items if item not in out]


def _is_met(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    given = {} if call is None else call.params
    return not {"database_url", "transport"} <= given.keys() or (given["database_url"], given["transport"]) in PAIRS


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> Transport:
    """How updates come: fetched by the product, or brought to it."""
    return Transport(request.param)


@pytest.fixture
async def scene(database_url: str, transport: Transport, tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with the simulator, the desk and an agent; the product starts by `scene.running()`."""
    async with stage(database_url, tmp_path, transport) as made:
        yield made
