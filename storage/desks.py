"""The agents' groups as they stand: what is wrong with each, since when, and where it has moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from storage.kinds import DeliveryKind, DeliveryState, Status
from storage.models import CustomerRequest, Delivery, Desk, DeskTopic
from storage.transaction import transaction


async def now_at(bot: str, desk: str) -> str:
    """The id that a group has today: each time that it becomes a supergroup it gets another one."""
    seen = {desk}
    while (row := await Desk.filter(bot=bot, desk=desk).first()) is not None and row.moved_to is not None:
        if row.moved_to in seen:
            break
        desk = row.moved_to
        seen.add(desk)
    return desk


async def move(bot: str, old: str, new: str) -> None:
    """The group has another id: everything that it shows is found under that from now on. Twice is harmless."""

    async def work() -> None:
        row, _ = await Desk.get_or_create(bot=bot, desk=old)
        await Desk.get_or_create(bot=bot, desk=new)
        row.moved_to, row.trouble, row.since = new, None, None
        await row.save(update_fields=["moved_to", "trouble", "since"])
        await Desk.filter(bot=bot, desk=new).update(moved_to=None, board=row.board)
        there = await DeskTopic.filter(bot=bot, desk=new).values_list("request_id", flat=True)
        await DeskTopic.filter(bot=bot, desk=old).exclude(request_id__in=list(there)).update(desk=new)
        await _rename_links(f"{bot}:{old}:", f"{bot}:{new}:")

    await transaction(work)


async def _rename_links(old: str, new: str) -> None:
    connection = get_connection("default")
    statement = """
    UPDATE message_link SET external_id = $1 || substr(external_id, $2)
    WHERE external_id LIKE $3 AND NOT EXISTS (
        SELECT 1 FROM message_link other WHERE other.external_id = $1 || substr(message_link.external_id, $2))
    """
    if connection.capabilities.dialect == "sqlite":
        statement = re.sub(r"\$([0-9])", r"?\1", statement)
    await connection.execute_query(statement, [new, len(old) + 1, f"{old}%"])


async def set_trouble(bot: str, desk: str, trouble: str | None, now: datetime) -> Desk | None:
    """Write what is wrong with a desk, or that nothing is. Returns the row as it was, or None when it said so already.

    Called inside `transaction` by whoever has something to add to it.
    """
    row, _ = await Desk.get_or_create(bot=bot, desk=desk)
    if row.trouble == trouble:
        return None
    before = Desk(bot=bot, desk=desk, trouble=row.trouble, since=row.since)
    row.trouble, row.since = trouble, now if trouble is not None else None
    await row.save(update_fields=["trouble", "since"])
    return before


async def trouble_of(bot: str, desk: str) -> str | None:
    """What is wrong with a desk, in words, or None."""
    row = await Desk.filter(bot=bot, desk=desk).first()
    return row.trouble if row is not None else None


async def in_trouble(bot: str) -> list[Desk]:
    """The desks with which something is wrong, longest first."""
    return await Desk.filter(bot=bot, trouble__not_isnull=True).order_by("since", "id")


async def resume(channel: str, now: datetime) -> None:
    """What was put off while the desk was away is due now."""
    await Delivery.filter(channel=channel, state=DeliveryState.QUEUED, last_error__not_isnull=True).update(due_at=now)


async def open_requests() -> list[int]:
    """The requests that want a topic, oldest first."""
    rows = CustomerRequest.filter(status__in=(Status.NEW, Status.OPEN, Status.PENDING)).order_by("id")
    return [int(str(row)) for row in await rows.values_list("id", flat=True)]


async def rebuilding(request_ids: Sequence[int]) -> int:
    """How many of these requests still wait for their topic to be made again."""
    return await _unfinished(request_ids).count()


async def put_off(request_ids: Sequence[int]) -> bool:
    """Was one of these tried, and could not be done yet?"""
    return await _unfinished(request_ids).filter(last_error__not_isnull=True).exists()


def _unfinished(request_ids: Sequence[int]) -> QuerySet[Delivery]:
    return Delivery.filter(
        kind=DeliveryKind.REBUILD,
        state__in=(DeliveryState.QUEUED, DeliveryState.SENDING),
        request_id__in=list(request_ids),
    )
