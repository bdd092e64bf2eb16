"""What every message asks, in plain SQL: building such a question the ORM's way costs more than its answer.

Statements have PostgreSQL's `$1`, which SQLite reads as `?1`, and `{lock}` where PostgreSQL locks a row; SQLite's
transactions exclude each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TypeVar

from tortoise.connection import get_connection
from tortoise.models import Model

M = TypeVar("M", bound=Model)
Row = Mapping[str, object]


async def asked(statement: str, *values: object, lock: str = "") -> list[Row]:
    """The rows that a statement finds."""
    connection = get_connection("default")
    written = _in_dialect(statement, lock, connection.capabilities.dialect)
    return list(await connection.execute_query_dict(written, list(values)))


@cache
def columns(model: type[Model], table: str) -> str:
    """All columns of a model for a SELECT in which its table is called so."""
    return ", ".join(f'{table}."{name}" AS "{table}.{name}"' for name in model._meta.fields_db_projection.values())


def as_row(model: type[M], table: str, found: Row) -> M:
    """The row of a model whose `columns` were asked for."""
    names = model._meta.fields_db_projection.values()
    # The same call by which the ORM makes its rows; there is no public one.
    return model._init_from_db(**{name: found[f"{table}.{name}"] for name in names})


def listed(count: int, first: int) -> str:
    """Placeholders for `count` values, the first of which is `$first`."""
    return ", ".join(f"${number}" for number in range(first, first + count))


@lru_cache(maxsize=512)  # lists of ids are of many lengths
def _in_dialect(statement: str, lock: str, dialect: str) -> str:
    if dialect == "postgres":
        return statement.replace("{lock}", lock)
    return statement.replace("{lock}", "").replace("$", "?")
