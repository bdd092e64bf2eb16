"""Where a request lives on a desk, and which wire message belongs to which record. The desk's only memory."""

from __future__ import annotations

from datetime import datetime

from storage.kinds import Direction, TopicState
from storage.models import DeskTopic, MessageLink
from storage.transaction import transaction


async def topic_for(request_id: int, bot: str, desk: str, now: datetime) -> DeskTopic:
    """The request's topic on this desk; its row is written as `creating` before anybody asks the wire for one."""

    async def work() -> DeskTopic:
        topic, _ = await DeskTopic.get_or_create(
            request_id=request_id, bot=bot, desk=desk, defaults={"state": TopicState.CREATING, "created_at": now}
        )
        return topic

    return await transaction(work)


async def set_thread(topic: DeskTopic, thread: str) -> None:
    """The wire has made the topic."""
    topic.thread, topic.state = thread, TopicState.LIVE
    await topic.save(update_fields=["thread", "state"])


async def set_card(topic: DeskTopic, message: str) -> None:
    """The request's card is this message."""
    topic.card = message
    await topic.save(update_fields=["card"])


async def forget_thread(topic: DeskTopic) -> None:
    """The topic is gone on the wire; the next send makes a new one."""
    topic.thread, topic.card, topic.state = None, None, TopicState.CREATING
    await topic.save(update_fields=["thread", "card", "state"])


async def adopt(request_id: int, bot: str, desk: str, thread: str) -> bool:
    """Take over a topic that was made just before a crash. Only while the row still waits for one."""
    changed = await DeskTopic.filter(
        request_id=request_id, bot=bot, desk=desk, state=TopicState.CREATING, thread=None
    ).update(thread=thread, state=TopicState.LIVE)
    return bool(changed)


async def request_in_thread(desk: str, thread: str) -> int | None:
    """The request that lives in this topic."""
    topic = await DeskTopic.filter(desk=desk, thread=thread).first()
    return None if topic is None else topic.request_id


async def topics(request_id: int | None = None) -> list[DeskTopic]:
    """All topics, or one request's."""
    rows = DeskTopic.all() if request_id is None else DeskTopic.filter(request_id=request_id)
    return await rows.order_by("id")


async def add_link(request_id: int, record_id: int | None, delivery_id: int | None, external_id: str) -> None:
    """Remember which record a wire message shows."""
    await MessageLink.bulk_create(
        [MessageLink(request_id=request_id, record_id=record_id, delivery_id=delivery_id, external_id=external_id)],
        ignore_conflicts=True,
    )


async def record_shown(external_id: str) -> int | None:
    """The record that a wire message shows."""
    link = await MessageLink.filter(external_id=external_id).first()
    return None if link is None else link.record_id


async def shows_note(external_id: str, longer_than: int = 0) -> bool:
    """Is this wire message an internal note, with at least so many characters?"""
    link = (
        await MessageLink.filter(external_id=external_id, record__direction=Direction.NOTE)
        .select_related("record")
        .first()
    )
    return link is not None and link.record is not None and len(link.record.text) >= longer_than
