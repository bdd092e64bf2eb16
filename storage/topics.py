"""Where a request lives on a desk, and which wire message belongs to which record. The desk's only memory."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tortoise.expressions import Q

from storage.kinds import DeliveryKind, DeliveryState, Status, TopicState
from storage.models import CommunicationRecord, Delivery, DeskTopic, MessageLink
from storage.transaction import change, transaction

HISTORY = "history"  # the form of a link to what a topic that was made again begins with


async def topic_for(request_id: int, bot: str, desk: str, now: datetime) -> DeskTopic:
    """The request's topic on this desk; its row is written as `creating` before anybody asks the wire for one."""

    async def work() -> DeskTopic:
        topic, _ = await DeskTopic.get_or_create(
            request_id=request_id, bot=bot, desk=desk, defaults={"state": TopicState.CREATING, "created_at": now}
        )
        return topic

    return await transaction(work)


async def asked_for(topic: DeskTopic, name: str, now: datetime) -> None:
    """The wire is about to be asked for a topic of this name. Until we know what came of it, an orphan may come."""
    await change(topic, name=name, created_at=now)


async def not_made(topic: DeskTopic) -> None:
    """The wire has refused to make it: there is no orphan to wait for."""
    await change(topic, name=None)


async def made(topic: DeskTopic, thread: str, icon: str | None) -> None:
    """The wire has made the topic."""
    await change(topic, thread=thread, icon=icon, closed=False, state=_found(topic.state))


async def reread(topic: DeskTopic) -> None:
    """The topic as it is now."""
    await topic.refresh_from_db()


async def set_card(topic: DeskTopic, message: str | None) -> None:
    """The request's card is this message."""
    await change(topic, card=message)


async def restored(topic: DeskTopic) -> None:
    """What was said is all shown."""
    await change(topic, state=TopicState.LIVE)


async def shows(topic: DeskTopic, *, name: str | None, icon: str | None, closed: bool | None) -> None:
    """What the wire shows of the topic, as we have set or heard it."""
    await change(topic, name=name, icon=icon, closed=closed)


async def renamed(topic: DeskTopic, name: str | None, title: str) -> None:
    """An agent has given the topic a title of his own. `name`: what it is called now, None when that must be mended."""
    await change(topic, name=name, title=title)


async def lost(topic: DeskTopic) -> bool:
    """The topic is gone on the wire; the next send makes a new one. False: somebody has made one meanwhile."""
    gone = DeskTopic.filter(id=topic.id, thread=topic.thread)
    changed = await gone.update(thread=None, card=None, name=None, icon=None, closed=None, state=TopicState.LOST)
    await reread(topic)
    return bool(changed)


async def adopt(request_id: int, bot: str, desk: str, thread: str) -> bool:
    """Take over a topic that was made just before a crash. Only while the row still waits for one."""
    waiting = DeskTopic.filter(request_id=request_id, bot=bot, desk=desk, thread=None, name__not_isnull=True)
    for state in (TopicState.CREATING, TopicState.LOST):
        if await waiting.filter(state=state).update(thread=thread, closed=False, state=_found(state)):
            return True
    return False


def _found(state: TopicState) -> TopicState:
    return TopicState.RESTORING if state in (TopicState.LOST, TopicState.RESTORING) else TopicState.LIVE


async def topic_of(request_id: int, bot: str, desk: str) -> DeskTopic | None:
    """The request's topic on this desk, if it ever had one."""
    return await DeskTopic.filter(request_id=request_id, bot=bot, desk=desk).first()


async def topic_in_thread(bot: str, desk: str, thread: str) -> DeskTopic | None:
    """The topic that the wire knows by this id."""
    return await DeskTopic.filter(bot=bot, desk=desk, thread=thread).first()


async def request_in_thread(desk: str, thread: str) -> int | None:
    """The request that lives in this topic."""
    topic = await DeskTopic.filter(desk=desk, thread=thread).first()
    return None if topic is None else topic.request_id


async def topics(request_id: int | None = None) -> list[DeskTopic]:
    """All topics, or one request's."""
    rows = DeskTopic.all() if request_id is None else DeskTopic.filter(request_id=request_id)
    return await rows.order_by("id")


async def threads(bot: str, desk: str, request_ids: Collection[int] | None = None) -> dict[int, str]:
    """Which requests have a topic on this desk, and which: all of them, or of those that are named."""
    rows = DeskTopic.filter(bot=bot, desk=desk, thread__not_isnull=True)
    if request_ids is not None:
        rows = rows.filter(request_id__in=list(request_ids))
    return {row.request_id: row.thread for row in await rows if row.thread is not None}


async def oldest_of_resolved(bot: str, desk: str) -> DeskTopic | None:
    """The topic whose request has been resolved longest."""
    return (
        await DeskTopic.filter(
            bot=bot, desk=desk, thread__not_isnull=True, request__status__in=(Status.RESOLVED, Status.CLOSED)
        )
        .order_by("request__resolved_at", "id")
        .first()
    )


async def said_before(topic: DeskTopic, most: int) -> list[CommunicationRecord]:
    """The last records from before the topic was made, oldest first; without those that are still to be shown there."""
    unshown = Q(kind=DeliveryKind.MIRROR, state__in=(DeliveryState.QUEUED, DeliveryState.SENDING))
    waiting = list(await Delivery.filter(unshown, request_id=topic.request_id).values_list("record_id", flat=True))
    # One job shows a whole album: its other records wait with the one that the job names.
    albums = CommunicationRecord.filter(id__in=waiting, album__not_isnull=True).values_list("album", flat=True)
    rows = CommunicationRecord.filter(
        Q(album__isnull=True) | Q(album__not_in=list(await albums)),
        request_id=topic.request_id,
        at__lte=topic.created_at,
    )
    newest = rows.exclude(id__in=waiting).order_by("-id").limit(most)
    return list(reversed(await newest.prefetch_related("attachments")))


async def history_shown(topic: DeskTopic) -> int:
    """How many messages of what was said are there already."""
    prefix = f"{topic.bot}:{topic.desk}:"
    rows = MessageLink.filter(request_id=topic.request_id, form=HISTORY, external_id__startswith=prefix)
    links = await rows.values_list("external_id", flat=True)
    # A topic's id is that of its first message: what has a lower one was in an earlier topic.
    return sum(int(str(link).removeprefix(prefix)) > int(topic.thread or 0) for link in links)


async def forget_parts(delivery_id: int, place: str) -> None:
    """What a delivery has shown in this place ("bot:chat:") is there no more."""
    await MessageLink.filter(delivery_id=delivery_id, external_id__startswith=place).delete()


async def record_shown(external_id: str) -> int | None:
    """The record that a wire message shows."""
    link = await MessageLink.filter(external_id=external_id).first()
    return None if link is None else link.record_id
