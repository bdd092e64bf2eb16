"""The commands `parked list` and `parked show`: thin, what they do is in commands.py."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot.settings import load
from bot.terminal import LARGEST_ID, out

parked_commands = typer.Typer(help="Messages that could not be handled and are kept whole.")


@parked_commands.callback(invoke_without_command=True)
def parked(context: typer.Context) -> None:
    """List the messages that could not be handled."""
    if context.invoked_subcommand is None:
        list_parked()


@parked_commands.command("list")
def list_parked() -> None:
    """List the messages that could not be handled."""
    from bot import commands

    asyncio.run(commands.list_parked(load(), out))


@parked_commands.command("show")
def show_parked(parked_id: Annotated[int, typer.Argument(metavar="ID", max=LARGEST_ID)]) -> None:
    """Print one of them whole, as it came."""
    from bot import commands

    asyncio.run(commands.show_parked(load(), parked_id))
