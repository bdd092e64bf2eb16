"""Who works on which job of the outbox: claimed under a lease and a fence, renewed, and found when its owner died.

A lease is written and compared by the database's own clock, so that machines need not agree on the time. Every
statement is the same on both databases but for that and for the row lock, which only PostgreSQL has and needs: SQLite
serves one process, and its transactions exclude each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tortoise.connection import get_connection

from storage.asking import asked, listed
from storage.kinds import DeliveryKind
from storage.models import Delivery
from storage.owners import is_dead
from storage.transaction import Conflict, transaction

# Whoever works renews it; when he died, his jobs are free so soon.
LEASE = timedelta(seconds=15)
LEVELS = 10  # priorities are below it

# `conversation` is unique among the jobs under way (the index delivery_under_way). Looking alone would not do: what
# another claim has not committed yet is not seen, and an older job may come after it was looked for.
_TRIES = 5

_TAKE = """
UPDATE delivery SET state = 'sending', attempts = attempts + 1, fence = fence + 1, lease_owner = $1,
    lease_until = {until}
FROM taken WHERE delivery.id = taken.id
RETURNING delivery.id
"""

# The oldest waiting row of each conversation that is due, while nothing of it is under way: not even a later one, for
# what an agent sends again is older than what has been said since. One level of urgency at a time: so the index gives
# them in their order, and neither what is put off nor what has left costs anything.
_CLAIM = """
WITH taken AS MATERIALIZED (
    SELECT d.id FROM delivery d
    WHERE d.channel = $4 AND d.state = 'queued' AND d.priority = $6 AND d.due_at <= $2 AND (d.kind = 'fetch') = $5
      AND d.queued_at <= $7
      AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.conversation = d.conversation AND e.state = 'sending')
      AND NOT EXISTS (
          SELECT 1 FROM delivery e WHERE e.conversation = d.conversation AND e.state = 'queued' AND e.id < d.id)
    ORDER BY d.due_at, d.id LIMIT $3 {lock})
"""

# The same where only a few may leave. Of equal priority, the conversation that was served the longest time ago goes
# first, so that a flooded one starves nobody; what waits first in a conversation is as urgent as anything behind it;
# a picture of something is drawn again only after its rest. The cost follows from what waits, not from what was sent:
# grouped by the bare column, SQLite (once it has statistics) walks the index of all that ever was in a conversation.
_CLAIM_IN_TURN = """
WITH taken AS MATERIALIZED (
    SELECT d.id FROM (
        SELECT min(q.id) AS id, min(q.priority) AS priority FROM delivery q
        WHERE q.channel = $4 AND q.state = 'queued' GROUP BY q.conversation || '') head
    JOIN delivery d ON d.id = head.id
    WHERE d.state = 'queued' AND d.due_at <= $2 AND {wanted}
      AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.conversation = d.conversation AND e.state = 'sending')
      AND {rested}
    ORDER BY head.priority, {served} NULLS FIRST, d.id LIMIT $3 {lock})
"""
_SERVED = """(SELECT s.sent_at FROM delivery s
              WHERE s.conversation = d.conversation AND s.state = 'sent' ORDER BY s.id DESC LIMIT 1)"""
_LOCK = "FOR UPDATE OF d SKIP LOCKED"
_CLOCK = "clock_timestamp()"
_UNTIL = f"{_CLOCK} + interval '{LEASE.total_seconds()} seconds'"

_DUE = """
SELECT {lane} AS lane, {level} AS level WHERE EXISTS (
    SELECT 1 FROM delivery
    WHERE channel = ${channel} AND state = 'queued' AND priority IN ({levels}) AND due_at <= $1
      AND (kind = 'fetch') = {fetches})
"""
_ANY = ", ".join(str(level) for level in range(LEVELS))

_RENEW = """
UPDATE delivery SET lease_until = {until} WHERE id IN ({ids}) AND lease_owner = $1 AND state = 'sending'
RETURNING id
"""
_ORPHANED = "SELECT id, lease_owner, {ended} AS ended FROM delivery WHERE state = 'sending'"
_SEIZE = """
UPDATE delivery SET fence = fence + 1, lease_owner = $1, lease_until = {until}
WHERE id IN ({ids}) AND state = 'sending' AND ({ended} OR lease_owner IN ({dead}))
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """What may be claimed where only a few jobs may leave."""

    upto: int | None  # of which priority at most; None: none but the free ones
    free: Collection[str] = ()  # kinds that are claimed whatever their priority
    rests: Mapping[str, timedelta] = field(default_factory=dict)  # by kind: so long after the last of a conversation


@dataclass(frozen=True, slots=True)
class Orphan:
    """A job that is ours now, and who was at it."""

    delivery: Delivery
    owner: str | None


async def due(now: datetime, lanes: Sequence[tuple[str, bool]]) -> list[list[int]]:
    """The levels of urgency at which there is something to claim, most urgent first: for each channel and whether it is
    files to fetch. One question, a second one when something is there, and no lock.
    """
    found: list[list[int]] = [[] for _ in lanes]
    there = [lane for lane, _ in await _due(now, lanes, [(lane, _ANY) for lane in range(len(lanes))])]
    asked = [(lane, str(level)) for lane in there for level in range(LEVELS)]
    for lane, level in await _due(now, lanes, asked):
        found[lane].append(level)
    return [sorted(levels) for levels in found]


async def _due(
    now: datetime, lanes: Sequence[tuple[str, bool]], asked: Sequence[tuple[int, str]]
) -> list[tuple[int, int]]:
    """Of the asked, a lane's number and the levels to look at, those where there is something, by the first level."""
    if not asked:
        return []
    channels = sorted({lanes[lane][0] for lane, _ in asked})
    words = [
        _DUE.format(
            lane=lane,
            level=levels.partition(",")[0],
            levels=levels,
            channel=channels.index(lanes[lane][0]) + 2,
            fetches=str(lanes[lane][1]).upper(),
        )
        for lane, levels in asked
    ]
    rows = await _rows("UNION ALL".join(words), [now, *channels], now)
    return [(row["lane"], row["level"]) for row in rows]


async def claim(
    owner: str,
    now: datetime,
    most: int,
    channel: str,
    level: int,
    *,
    fetches: bool = False,
    queued_by: datetime | None = None,
) -> list[Delivery]:
    """Take up to `most` due jobs of a channel and a level of urgency, at most one of each conversation.

    Their attempts count from here on. `fetches`: the jobs that bring files from the channel, not those that send.
    `queued_by`: only such as wait that long; to find them is to look at all that are due.
    """
    return await _claimed(_CLAIM, [owner, now, most, channel, fetches, level, queued_by or now], now)


async def claim_in_turn(owner: str, now: datetime, most: int, channel: str, turn: Turn) -> list[Delivery]:
    """Take up to `most` due jobs of a channel, of any urgency: conversations take turns, and only what this turn is for
    is claimed.
    """
    values: list[object] = [owner, now, most, channel]
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
    return await _claimed(statement, values, now)


async def renew(owner: str, ids: Collection[int], now: datetime) -> set[int]:
    """Keep these jobs for another while, in one statement. Returns those that are still ours."""
    rows = await _rows(_RENEW.replace("{ids}", listed(len(ids), 2)), [owner, *ids], now)
    return {row["id"] for row in rows}


async def orphans(owner: str, now: datetime, *, everything: bool, but: Collection[int] = ()) -> list[Orphan]:
    """Take over the jobs whose owner died while sending, but for those that the asker is still at.

    `everything`: no other process can be alive, leases do not matter. A slow owner who comes back finds his fence gone;
    for one that is known to be dead nobody waits.
    """
    ended = "TRUE" if everything else "lease_until < {clock}"
    rows = await _rows(_ORPHANED.replace("{ended}", ended), [], now)
    dead = {row["lease_owner"] for row in rows if row["lease_owner"] is not None and is_dead(row["lease_owner"])}
    left = [row for row in rows if row["id"] not in but and (row["ended"] or row["lease_owner"] in dead)]
    owners = {row["id"]: row["lease_owner"] for row in left}
    if not owners:
        return []
    statement = _SEIZE.replace("{ended}", ended).replace("{ids}", listed(len(owners), 2))
    statement = statement.replace("{dead}", listed(len(dead), 2 + len(owners)) if dead else "NULL")
    seized = await _taken(statement, [owner, *owners, *dead], now)
    return [Orphan(delivery, owners[delivery.id]) for delivery in seized]


async def _claimed(statement: str, values: list[object], now: datetime) -> list[Delivery]:
    for _ in range(_TRIES):
        try:
            return await _taken(statement + _TAKE, values, now)
        except Conflict:
            # Another process has just begun on one of these conversations. What it took is committed by now.
            continue
    return []


async def _taken(statement: str, values: list[object], now: datetime) -> list[Delivery]:
    async def work() -> list[Delivery]:
        rows = await _rows(statement, values, now)
        if not rows:
            return []
        # Loaded in the same transaction: what is claimed and not known to its owner would lie until the lease ends.
        ids = [row["id"] for row in rows]
        return await Delivery.filter(id__in=ids).order_by("priority", "id").prefetch_related("attachment")

    return await transaction(work)


async def _rows(statement: str, values: Sequence[object], now: datetime) -> Sequence[Mapping[str, Any]]:
    """Ask by the database's own time, {clock} and {until}, where there may be more than one clock."""
    given = list(values)
    shared = get_connection("default").capabilities.dialect == "postgres"
    for name, words, moment in (("{clock}", _CLOCK, now), ("{until}", _UNTIL, now + LEASE)):
        if shared:
            statement = statement.replace(name, words)
        elif name in statement:
            given.append(moment)
            statement = statement.replace(name, f"${len(given)}")
    return await asked(statement, *given, lock=_LOCK)
