"""Insert several rows, of any tables, in one statement: on PostgreSQL each statement is a trip to the server."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

_PART = "a{number} AS (INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING id)"
_KEY = "SELECT {number} AS place, id FROM a{number}"


async def added_together(connection: BaseDBAsyncClient, rows: Sequence[Model]) -> None:
    """Insert the rows, none of which may refer to another one of them, and give each its key. PostgreSQL only."""
    values = [
        row._meta.fields_map[name].to_db_value(getattr(row, name), row) for row in rows for name in _fields(type(row))
    ]
    for found in await connection.execute_query_dict(_statement(tuple(type(row) for row in rows)), values):
        row = rows[found["place"]]
        row.pk = found["id"]
        # As the ORM marks what it has saved, or the next save would insert it again; there is no public way.
        row._saved_in_db = True


@cache
def _fields(model: type[Model]) -> tuple[str, ...]:
    """All but the key."""
    return tuple(name for name in model._meta.fields_db_projection if name != model._meta.pk_attr)


@cache
def _statement(models: tuple[type[Model], ...]) -> str:
    parts, values = [], 0
    for number, model in enumerate(models):
        columns = [f'"{model._meta.fields_db_projection[name]}"' for name in _fields(model)]
        places = [f"${values + place}" for place in range(1, len(columns) + 1)]
        values += len(columns)
        made = _PART.format(
            number=number, table=model._meta.db_table, columns=", ".join(columns), places=", ".join(places)
        )
        parts.append(made)
    keys = " UNION ALL ".join(_KEY.format(number=number) for number in range(len(models)))
    return f"WITH {', '.join(parts)} {keys}"
