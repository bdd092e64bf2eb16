"""What a topic that is made again begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import topics
from storage.kinds import DeliveryKind, DeliveryState, TopicState
from storage.models import Delivery, DeskTopic
from tests.builders import BOT, Core, chat

pytestmark = pytest.mark.usefixtures("database")


async def test_what_is_still_to_be_shown_is_no_history(tmp_path: Path) -> None:
    """Words that wait for their own message stand there only; so does each picture of an album that waits."""
    core = Core(tmp_path, desk=True)
    request = (await core.accept(chat("I have a kettle of yours."))).request
    await core.accept(chat("It is red."))
    await Delivery.filter(kind=DeliveryKind.MIRROR).update(state=DeliveryState.SENT)
    await core.accept(chat("Do you hear me?"))
    for number in range(3):
        await core.accept(chat(f"picture {number}", album="7"))
    topic = await DeskTopic.create(
        request_id=request, bot=BOT, desk="-100500", state=TopicState.RESTORING, created_at=core.now
    )
    before = [record.text for record in await topics.said_before(topic, 10)]
    assert before == ["I have a kettle of yours.", "It is red."]
    await Delivery.filter(kind=DeliveryKind.MIRROR).update(state=DeliveryState.SENT)
    everything = [record.text for record in await topics.said_before(topic, 10)]
    assert everything == [*before, "Do you hear me?", "picture 0", "picture 1", "picture 2"]
