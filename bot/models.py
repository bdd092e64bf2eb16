"""The commands `model list` and `model rollback`: which versions of the categories' model there are, and going back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.errors import Stopped
from bot.settings import Settings, load
from bot.terminal import LARGEST_ID, out

model_commands = typer.Typer(help="The model that tells categories: it learns from what agents confirm.")


@model_commands.callback(invoke_without_command=True)
def model(context: typer.Context) -> None:
    """List the versions of the model."""
    if context.invoked_subcommand is None:
        list_versions()


@model_commands.command("list")
def list_versions() -> None:
    """List the versions of the model, newest first; ● marks the one in use."""
    asyncio.run(_list(load(), out))


@model_commands.command("rollback")
def rollback(
    version: Annotated[int, typer.Argument(metavar="VERSION", min=0, max=LARGEST_ID, help="0: as it was delivered.")],
) -> None:
    """Go back to a version, exactly as it was. What comes next is learned once agents have said more."""
    asyncio.run(_rollback(load(), version, out))


async def _list(settings: Settings, console: Console) -> None:
    from bot.commands import database
    from storage import learning

    async with database(settings):
        rows = await learning.versions()
        in_use = [one.id for one in await learning.taken_into_use(1)] or [learning.BUILT_IN]
    table = Table("", "version", "made", "labels", "examples", "how", "accuracy", "", box=None)
    for row in rows:
        mark = "●" if row.id in in_use else ""
        said = row.refused or ""
        if row.id == learning.BUILT_IN:
            continue
        made, score = f"{row.created_at:%Y-%m-%d %H:%M}", row.scores.get("confirmed")
        accuracy = "" if score is None else f"{score:.1%}"
        table.add_row(mark, str(row.id), made, str(row.labels), str(row.rows), row.backend, accuracy, said)
    mark = "●" if learning.BUILT_IN in in_use else ""
    table.add_row(mark, "0", "", "", "", "", "", "the one that comes with the program")
    console.print(table)


async def _rollback(settings: Settings, version: int, console: Console) -> None:
    from bot.commands import database
    from storage import learning

    async with database(settings):
        found = await learning.use(version, datetime.now(UTC))
    if not found:
        raise Stopped(f"There is no version {version}. intake-bot model list says which there are.")
    console.print(f"Version {version} is in use. Running programs take it up within seconds.")
