"""Updates that come twice, late, out of turn or not at all: each is stored once, and nothing is lost."""

from __future__ import annotations

from storage.models import CommunicationRecord
from tests.stage import Stage


async def test_e03_the_same_update_twice_is_one_record(scene: Stage) -> None:
    """An update that was confirmed comes once more, as when two ways of receiving overlap."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        await scene.reads(boris, "Hello")
        scene.sim.duplicate_next_update()
        boris.writes("My kettle is broken.")
        await scene.topic("R-1001", "My kettle is broken.")
        boris.writes("It is the red one.")
        await scene.topic("R-1001", "It is the red one.")
        await scene.settled()
        assert await CommunicationRecord.filter(text="My kettle is broken.").count() == 1
    assert len(scene.desk.topics()) == 1
