"""The outbox's rows: claim what is due, settle what was tried. One owner at a time, under a lease and a fence.

Every statement is the same on both databases but for the row lock, which only PostgreSQL has and needs: SQLite's
transactions exclude each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.expressions import F, Q

from storage.kinds import DeliveryKind, DeliveryState
from storage.links import Link, remember
from storage.models import Delivery, MessageLink
from storage.transaction import transaction

LEASE = timedelta(seconds=180)  # longer than the longest send

_TO_PEOPLE = (DeliveryKind.REPLY, DeliveryKind.ACKNOWLEDGEMENT)

# The oldest waiting row of each conversation that is due, while nothing of it is under way: not even a later one, for
# what an agent sends again is older than what has been said since.
_CLAIM = """
UPDATE delivery SET state = 'sending', attempts = attempts + 1, fence = fence + 1, lease_owner = $1, lease_until = $2
WHERE id IN (
    SELECT d.id FROM delivery d
    WHERE d.channel = $5 AND d.state = 'queued' AND d.due_at <= $3 AND (d.kind = 'fetch') = $6
      AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.conversation = d.conversation AND e.state = 'sending')
      AND NOT EXISTS (
          SELECT 1 FROM delivery e WHERE e.conversation = d.conversation AND e.state = 'queued' AND e.id < d.id)
    ORDER BY d.priority, d.id LIMIT $4 {lock})
RETURNING id
"""

# The same where only a few may leave. Of equal priority, the conversation that was served the longest time ago goes
# first, so that a flooded one starves nobody; what waits first in a conversation is as urgent as anything behind it;
# a picture of something is drawn again only after its rest. The cost follows from what waits, not from what was sent:
# grouped by the bare column, SQLite (once it has statistics) walks the index of all that ever was in a conversation.
_CLAIM_IN_TURN = """
UPDATE delivery SET state = 'sending', attempts = attempts + 1, fence = fence + 1, lease_owner = $1, lease_until = $2
WHERE id IN (
    SELECT d.id FROM (
        SELECT min(q.id) AS id, min(q.priority) AS priority FROM delivery q
        WHERE q.channel = $5 AND q.state = 'queued' GROUP BY q.conversation || '') head
    JOIN delivery d ON d.id = head.id
    WHERE d.state = 'queued' AND d.due_at <= $3 AND {wanted}
      AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.conversation = d.conversation AND e.state = 'sending')
      AND {rested}
    ORDER BY head.priority, {served} NULLS FIRST, d.id LIMIT $4 {lock})
RETURNING id
"""
_SERVED = """(SELECT s.sent_at FROM delivery s
              WHERE s.conversation = d.conversation AND s.state = 'sent' ORDER BY s.id DESC LIMIT 1)"""


_DUE = """
SELECT {lane} AS lane WHERE EXISTS (
    SELECT 1 FROM delivery
    WHERE channel = ${channel} AND state = 'queued' AND due_at <= $1 AND (kind = 'fetch') = {fetches})
"""


async def due(now: datetime, lanes: Sequence[tuple[str, bool]]) -> list[bool]:
    """Is there anything to claim, for each channel and whether it is files to fetch? One question, and no lock."""
    asked = [
        _DUE.format(lane=lane, channel=lane + 2, fetches=str(fetches).upper())
        for lane, (_, fetches) in enumerate(lanes)
    ]
    connection = get_connection("default")
    statement = _dialect(connection, "UNION ALL".join(asked), "")
    rows = await connection.execute_query_dict(statement, [now, *(channel for channel, _ in lanes)]) if lanes else []
    found = {row["lane"] for row in rows}
    return [lane in found for lane in range(len(lanes))]


async def claim(owner: str, now: datetime, most: int, channel: str, *, fetches: bool = False) -> list[Delivery]:
    """Take up to `most` due jobs of a channel, at most one of each conversation. Their attempts count from here on.

    `fetches`: the jobs that bring files from the channel, instead of those that send.
    """
    return await _claimed(_CLAIM, "FOR UPDATE OF d SKIP LOCKED", [owner, now + LEASE, now, most, channel, fetches])


@dataclass(frozen=True, slots=True)
class Turn:
    """What may be claimed where only a few jobs may leave."""

    upto: int | None  # of which priority at most; None: none but the free ones
    free: Collection[str] = ()  # kinds that are claimed whatever their priority
    rests: Mapping[str, timedelta] = field(default_factory=dict)  # by kind: so long after the last of a conversation


async def claim_in_turn(owner: str, now: datetime, most: int, channel: str, turn: Turn) -> list[Delivery]:
    """The same, but conversations take turns, and only what this turn is for is claimed."""
    values: list[object] = [owner, now + LEASE, now, most, channel]
    wanted = [] if turn.upto is None else [f"d.priority <= {int(turn.upto)}"]
    wanted += [f"d.kind = '{DeliveryKind(kind)}'" for kind in turn.free]
    rested = ["TRUE"]
    for kind, rest in turn.rests.items():
        values.append(now - rest)
        rested.append(f"(d.kind <> '{DeliveryKind(kind)}' OR COALESCE({_SERVED}, ${len(values)}) <= ${len(values)})")
    parts = {
        "{wanted}": f"({' OR '.join(wanted) or 'FALSE'})",
        "{rested}": " AND ".join(rested),
        "{served}": _SERVED,
    }
    statement = _CLAIM_IN_TURN
    for name, words in parts.items():
        statement = statement.replace(name, words)
    return await _claimed(statement, "FOR UPDATE OF d SKIP LOCKED", values)


async def _claimed(statement: str, lock: str, values: list[object]) -> list[Delivery]:
    async def work() -> list[Delivery]:
        connection = get_connection("default")
        rows = await connection.execute_query_dict(_dialect(connection, statement, lock), values)
        if not rows:
            return []
        # Loaded in the same transaction: what is claimed and not known to its owner would lie until the lease ends.
        ids = [row["id"] for row in rows]
        return await Delivery.filter(id__in=ids).order_by("priority", "id").prefetch_related("attachment")

    return await transaction(work)


async def expired(now: datetime, *, everything: bool, but: Collection[int] = ()) -> list[Delivery]:
    """Jobs whose owner died while sending, but for those that the asker is still at.

    `everything`: no other process can be alive, leases do not matter.
    """
    sending = Delivery.filter(state=DeliveryState.SENDING)
    rows = await (sending if everything else sending.filter(lease_until__lt=now))
    return [row for row in rows if row.id not in but]


async def settle(
    delivery: Delivery,
    state: DeliveryState,
    *,
    error: str | None = None,
    due_at: datetime | None = None,
    sent_at: datetime | None = None,
    external_ids: tuple[str, ...] = (),
) -> bool:
    """Write what came of an attempt. False: another owner has taken the job meanwhile, nothing was written."""
    changed = await Delivery.filter(id=delivery.id, fence=delivery.fence, state=DeliveryState.SENDING).update(
        state=state,
        last_error=error,
        due_at=due_at or delivery.due_at,
        sent_at=sent_at,
        lease_owner=None,
        lease_until=None,
        external_id=" ".join(external_ids) or None,
    )
    if changed and external_ids and delivery.request_id is not None:
        links = [Link(external_id, delivery.record_id) for external_id in external_ids]
        await remember(delivery.request_id, delivery.id, links)
    return bool(changed)


async def parts_sent(delivery_id: int) -> tuple[str, ...]:
    """The wire's ids of the parts that an earlier attempt delivered."""
    links = await MessageLink.filter(delivery_id=delivery_id).order_by("id")
    return tuple(link.external_id for link in links)


async def waits(request_id: int | None, kind: DeliveryKind, record_id: int | None = None) -> bool:
    """Is a job of this kind already queued for the request, or for the record?"""
    return await Delivery.filter(
        request_id=request_id, record_id=record_id, kind=kind, state=DeliveryState.QUEUED
    ).exists()


async def behind(message_id: str, channel: str) -> list[Delivery]:
    """The jobs that brought people a message with this id, whether or not we have learnt that it arrived."""
    return await Delivery.filter(message_id=message_id, channel=channel, kind__in=_TO_PEOPLE).order_by("id")


async def to_customer(delivery_id: int, channel: str) -> Delivery | None:
    """A job that brought somebody a message by this channel."""
    return await Delivery.filter(id=delivery_id, channel=channel, kind__in=_TO_PEOPLE).first()


async def to_people(request_id: int) -> list[Delivery]:
    """What a request's people were sent or are to be sent, oldest first."""
    return await Delivery.filter(request_id=request_id, kind__in=_TO_PEOPLE).order_by("id")


async def refreshed(delivery: Delivery) -> Delivery:
    """A job as it is now."""
    return await Delivery.get(id=delivery.id)


async def mark_returned(delivery_id: int, reason: str) -> None:
    """A job that the wire had taken came back. An owner that is still at it finds its fence gone."""
    await Delivery.filter(id=delivery_id).update(
        state=DeliveryState.FAILED, last_error=reason, fence=F("fence") + 1, lease_owner=None, lease_until=None
    )


async def acknowledged_since(since: datetime, recipient: str | None = None) -> int:
    """How many acknowledgements were queued since then, to this recipient or in all."""
    rows = Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT, queued_at__gt=since)
    if recipient is None:
        return await rows.count()
    local, at, domain = recipient.rpartition("@")
    mailbox = local.partition("+")[0]
    own = Q(recipient=recipient)
    if at and mailbox:
        # RFC 5233: all of them are one mailbox. Another desk may write from an address of its own for each ticket.
        own |= Q(recipient=f"{mailbox}@{domain}")
        own |= Q(recipient__startswith=f"{mailbox}+", recipient__endswith=f"@{domain}")
    return await rows.filter(own).count()


async def told_since(words: str, since: datetime) -> bool:
    """Were all agents told just this since then?"""
    notices = Delivery.filter(kind=DeliveryKind.NOTICE, request_id__isnull=True, queued_at__gt=since)
    return await notices.filter(text=words).exists()


def _dialect(connection: BaseDBAsyncClient, statement: str, lock: str) -> str:
    if connection.capabilities.dialect == "postgres":
        return statement.replace("{lock}", lock)
    return statement.replace("{lock}", "").replace("$", "?")
