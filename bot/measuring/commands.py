"""The command line of what is measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.errors import Stopped
from bot.settings import load


def classify(
    train: Annotated[Path, typer.Option(help='Lines of {"text", "label", "lang"} to fit to.', metavar="FILE")],
    evaluation: Annotated[Path, typer.Option("--eval", help="Lines to judge, of the same shape.", metavar="FILE")],
    corrections: Annotated[Path | None, typer.Option(help="Lines that overrule those.", metavar="FILE")] = None,
    embeddings: Annotated[Literal["off", "auto"], typer.Option(help="auto: if the extra `semantic` helps.")] = "auto",
    target_precision: Annotated[float, typer.Option(min=0.5, max=1.0, help="Of what it is sure of.")] = 0.95,
) -> None:
    """Fit the sorting to labelled lines, judge others, and print how good that was as one JSON object."""
    from bot.measuring.classify import measure

    try:
        found = measure(
            train, evaluation, corrections, embeddings=embeddings == "auto", target_precision=target_precision
        )
    except (OSError, ValueError) as error:
        raise Stopped(str(error)) from error
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - the command's output


def lang(
    evaluation: Annotated[Path, typer.Option("--eval", help='Lines of {"text", "lang"}.', metavar="FILE")],
    languages: Annotated[str, typer.Option(help="Told apart, with commas; else INTAKE_LANGUAGES.")] = "",
) -> None:
    """Tell in which language each line is, and print how often that was right as one JSON object."""
    from bot.measuring.lang import measure

    named = tuple(code.strip() for code in languages.split(",") if code.strip()) or load().languages
    try:
        print(json.dumps(measure(evaluation, named), ensure_ascii=False))  # noqa: T201 - the command's output
    except (OSError, ValueError) as error:
        raise Stopped(str(error)) from error


def extract(
    evaluation: Annotated[Path, typer.Option("--eval", help='Lines of {"text", "facts"} to read.', metavar="FILE")],
) -> None:
    """Find the facts in labelled texts, and print precision and recall of each kind as one JSON object."""
    from bot.measuring.extract import measure

    try:
        found = measure(evaluation)
    except (OSError, ValueError) as error:
        raise Stopped(str(error)) from error
    print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - the command's output
