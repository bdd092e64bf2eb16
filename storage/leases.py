"""Leases: who does what only one process may do at a time. They begin and end by the database's own clock."""

from __future__ import annotations

from dataclasses import dataclass

from tortoise.connection import get_connection

from storage.asking import Row, asked
from storage.transaction import transaction

# A lease that has ended is anybody's; one's own is renewed. Whoever comes second waits for the row, and then sees it
# taken: PostgreSQL looks at the condition again.
_TAKE = """
UPDATE lease SET owner = $2, until = {later}, fence = fence + CASE WHEN owner = $2 THEN 0 ELSE 1 END
WHERE name = $1 AND (owner = $2 OR until <= {since})
RETURNING fence
"""
_FIRST = """
INSERT INTO lease (name, owner, until, fence) VALUES ($1, $2, {later}, 1)
ON CONFLICT (name) DO NOTHING
RETURNING fence
"""
_LET_GO = "UPDATE lease SET until = {now} WHERE name = $1 AND owner = $2 AND until > {now} RETURNING fence"
_HOLDERS = "SELECT name, owner FROM lease WHERE until > {now} ORDER BY name"
_LAST = "SELECT owner FROM lease WHERE name = $1"

_CLOCKS = {
    "postgres": {
        "now": "clock_timestamp()",
        "later": "clock_timestamp() + make_interval(secs => $3)",
        "since": "clock_timestamp() - make_interval(secs => $4)",
    },
    # As Tortoise writes a moment, so that it can read it, too.
    "sqlite": {
        "now": "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')",
        "later": "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', $3 || ' seconds')",
        "since": "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', -$4 || ' seconds')",
    },
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease now."""

    name: str
    owner: str


async def take(name: str, owner: str, seconds: float, idle: float = 0.0) -> int | None:
    """Take a lease for so many seconds from now, or renew it. Returns its fence, or None while it is another's.

    The fence is one more each time that the lease changes hands. `idle`: take it from another only when it has been
    nobody's for so many seconds, for whom others may want it more.
    """

    async def work() -> int | None:
        found = await _rows(_TAKE, name, owner, float(seconds), float(idle))
        if not found and not idle and await last_owner(name) is None:
            found = await _rows(_FIRST, name, owner, float(seconds))
        return int(str(found[0]["fence"])) if found else None

    return await transaction(work)


async def let_go(name: str, owner: str) -> bool:
    """End a lease before its time, so that the next one need not wait. False: it was not this owner's any more."""

    async def work() -> bool:
        return bool(await _rows(_LET_GO, name, owner))

    return await transaction(work)


async def holders() -> list[Holder]:
    """The leases that somebody holds now."""
    rows = await _rows(_HOLDERS)
    return [Holder(str(row["name"]), str(row["owner"])) for row in rows]


async def last_owner(name: str) -> str | None:
    """Who holds a lease, or held it last."""
    rows = await _rows(_LAST, name)
    return str(rows[0]["owner"]) if rows else None


async def _rows(statement: str, *values: object) -> list[Row]:
    dialect = get_connection("default").capabilities.dialect
    return await asked(statement.format(**_CLOCKS[dialect]), *values)
