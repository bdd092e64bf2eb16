"""Start the requests' ids at 1001: the id is the number that customers see, and nobody likes to be R-1."""

from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor import BaseSchemaEditor

from storage.kinds import FIRST_REQUEST


async def start_numbers(_apps: Any, editor: BaseSchemaEditor) -> None:
    if editor.client.capabilities.dialect == "sqlite":
        await editor.client.execute_script(
            f"INSERT INTO sqlite_sequence (name, seq) SELECT 'customer_request', {FIRST_REQUEST - 1} "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'customer_request')"
        )
    else:
        await editor.client.execute_script(
            "SELECT setval(pg_get_serial_sequence('customer_request', 'id'), "
            f"GREATEST({FIRST_REQUEST - 1}, (SELECT COALESCE(MAX(id), 0) FROM customer_request)))"
        )


async def keep_numbers(_apps: Any, _editor: BaseSchemaEditor) -> None:
    """Going back changes nothing: numbers that were given are never given again."""


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]
    operations = [ops.RunPython(start_numbers, keep_numbers)]
