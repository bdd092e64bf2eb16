"""The commands `model list`, `retrain` and `rollback`: the versions of the model that tells categories."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.errors import StartError, Stopped
from bot.settings import Settings, load
from bot.terminal import LARGEST_ID, out

if TYPE_CHECKING:
    from intake.understanding.classifier import Classifier

SCORES = {
    "accuracy": "right in cross-validation",
    "coverage": "of these sure enough to say so",
    "confirmed": "right on what agents confirmed, by a model without it",
    "before": "the version in use on the same",
    "compared": "confirmed by agents",
}
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


@model_commands.command("retrain")
def retrain() -> None:
    """Make a new version from all that agents have confirmed, and use it unless it does worse. Prints its scores."""
    asyncio.run(_retrain(load(), out))


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
        made, score = f"{row.created_at:%Y-%m-%d %H:%M}", row.scores.get("confirmed")
        accuracy = "" if score is None else f"{score:.1%}"
        table.add_row(mark, str(row.id), made, str(row.labels), str(row.rows), row.backend, accuracy, said)
    mark = "●" if learning.BUILT_IN in in_use else ""
    table.add_row(mark, "0", "", "", "", "", "", "the one that comes with the program")
    console.print(table)


async def _retrain(settings: Settings, console: Console) -> None:
    from bot.commands import database
    from bot.learning import embeddings
    from intake.learning.learner import Learner, Why
    from intake.learning.refitting import NotFitted

    classifier, errors = _classifier(settings), Console(stderr=True)
    learner = Learner(classifier, lambda: datetime.now(UTC), _nobody, _nobody, kept=embeddings(settings))
    async with database(settings):
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
            progress.add_task("Fitting to what agents confirmed", total=None)
            try:
                made = await learner.refit(Why.ASKED)
            except NotFitted as error:
                raise Stopped(str(error)) from error
    if made is None:
        console.print("Agents have confirmed nothing yet; there is nothing to learn.")
        return
    console.print(f"Version {made.version} ({made.backend}) from {made.rows} examples, {made.labels} by agents.")
    for name, value in made.scores.items():
        console.print(
            f"  {SCORES.get(name, name)}: {value:.0f}" if value > 1 else f"  {SCORES.get(name, name)}: {value:.1%}"
        )
    if made.refused is not None:
        told = f"It is not in use: {made.refused}. To use it all the same: intake-bot model rollback {made.version}"
        raise Stopped(told)
    console.print("It is in use. Running programs take it up within seconds.")


def _classifier(settings: Settings) -> Classifier:
    from intake.understanding.categories import Categories
    from intake.understanding.classifier import Classifier
    from intake.understanding.model.model import builtin

    try:
        return Classifier(Categories(settings.categories_file), builtin())
    except (OSError, ValueError) as error:
        raise StartError(f"INTAKE_CATEGORIES_FILE: {error}") from error


async def _nobody(_first: str, _second: str) -> None:
    """Who runs the command reads it himself."""


async def _rollback(settings: Settings, version: int, console: Console) -> None:
    from bot.commands import database
    from storage import learning
    from storage.transaction import transaction

    async with database(settings):
        found = await transaction(lambda: learning.use(version, datetime.now(UTC)))
    if not found:
        raise Stopped(f"There is no version {version}. intake-bot model list says which there are.")
    console.print(f"Version {version} is in use. Running programs take it up within seconds.")
