"""What time it is for all processes: the database's."""

from __future__ import annotations

from datetime import datetime

from tortoise.connection import get_connection


async def database_now() -> datetime | None:
    """The database's clock; None where it is the machine's own (SQLite)."""
    connection = get_connection("default")
    if connection.capabilities.dialect != "postgres":
        return None
    [row] = await connection.execute_query_dict("SELECT clock_timestamp() AS now")
    now: datetime = row["now"]
    return now
