"""Kinds of columns that Tortoise's own fields do not say well."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from tortoise import fields
from tortoise.backends.base.schema_generator import BaseSchemaGenerator
from tortoise.indexes import PartialIndex
from tortoise.models import Model

K = TypeVar("K", bound=StrEnum)


def text_or_null() -> fields.Field[str | None]:
    """Text of any length, or nothing."""
    return fields.TextField(null=True)  # type: ignore[return-value]  # the stub of TextField does not know null


def one_of(of: type[K], default: K | None = None) -> fields.Field[K]:
    """One of a closed set."""
    # A description of our own: the stock one lists the members, so that each new member would rebuild the table.
    given = {} if default is None else {"default": default}
    return fields.CharEnumField(of, description="see storage/kinds.py", max_length=16, **given)


class OnlyOne(PartialIndex):
    """At most one row with these values among those that the condition holds for."""

    def get_sql(self, schema_generator: BaseSchemaGenerator, model: type[Model], safe: bool) -> str:
        return super().get_sql(schema_generator, model, safe).replace("CREATE INDEX", "CREATE UNIQUE INDEX", 1)
