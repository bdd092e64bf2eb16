"""The command line: `intake-bot …` and `python -m bot …` are the same program."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot import logs
from bot.errors import StartError, Stopped
from bot.measuring.commands import classify, extract, lang
from bot.models import model_commands
from bot.parked import parked_commands
from bot.settings import SettingsError, load
from bot.terminal import LARGEST_ID, out
from bot.unset import nothing_configured
from intake.apart import heap
from storage.unsaid import unsaid

DONE, FOUND_A_PROBLEM, WRONG_USAGE, DOES_NOT_FIT = 0, 1, 2, 78

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Customers write to a Telegram bot or by mail; agents answer in a Telegram forum. "
    "Look around with `intake-bot demo`; set up with .env.example and `intake-bot check`; start with `intake-bot run`.",
)
app.add_typer(parked_commands, name="parked")
app.add_typer(model_commands, name="model")
desk_commands = typer.Typer(help="The agents' forum.", no_args_is_help=True)
app.add_typer(desk_commands, name="desk")
app.command()(classify)
app.command()(lang)
app.command()(extract)


@app.command()
def run() -> None:
    """Start everything that is configured, until SIGTERM or Ctrl-C."""
    settings = load()
    if not settings.telegram_on and not settings.mail_on:
        raise StartError(nothing_configured())
    heap.give_back()
    from bot import app as service

    logs.set_up(settings.log_format, settings.log_level)
    asyncio.run(service.run(settings))


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the simulated Telegram listens; 0 for any free port.")
    ] = 8000,
    browser: Annotated[bool, typer.Option(help="Open a page in the browser, once there is one.")] = True,
) -> None:
    """Play a short story on this machine: no token, no account, nothing leaves."""
    from bot.demo.story import play

    asyncio.run(play(port))


@app.command()
def link(what: Annotated[str, typer.Argument(help="A category, an order number, or R-1042.")] = "") -> None:
    """Print a link to the bot's chat. It can say where somebody comes from."""
    from bot.link import link as made

    print(asyncio.run(made(load(), what)))  # noqa: T201 - the command's output


@app.command()
def check() -> None:
    """Say what is configured, what is reachable and what is missing. Exit code 1 if something would fail."""
    from bot.checks.everything import findings

    settings = load()
    logs.set_up(settings.log_format, "error")

    async def look() -> bool:
        failed = False
        async for finding in findings(settings):
            mark = "✗" if finding.fails else "!" if finding.warns else "✓"
            print(f"{mark} {unsaid(finding.text)}")  # noqa: T201 - the command's output
            failed = failed or finding.fails
        return failed

    if asyncio.run(look()):
        raise typer.Exit(FOUND_A_PROBLEM)


@app.command()
def migrate() -> None:
    """Bring the database up to date. Safe to start twice at once."""

    from bot import commands

    async def work() -> tuple[str, ...]:
        async with commands.database(load(), up_to_date=False) as database:
            return await database.migrate()

    print("\n".join(f"migrated {name}" for name in asyncio.run(work())) or "The database is up to date.")  # noqa: T201


@app.command()
def parse(files: Annotated[list[Path], typer.Argument(help="Mails as files.", metavar="FILE…")]) -> None:
    """Read mails and print one JSON line each. No network, no configuration, no database."""
    from intake.mail.line import line

    for path in files:
        try:
            described = line(str(path), path.read_bytes())
        except OSError as error:
            described = {"path": str(path), "error": error.strerror or type(error).__name__}
        print(json.dumps(described, ensure_ascii=False))  # noqa: T201


@app.command()
def export(
    output: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="csv takes exactly one kind.")] = "jsonl",
    kind: Annotated[
        str, typer.Option(help="customer, request, record, case, delivery, event, parked; several with commas.")
    ] = "",
    since: Annotated[str, typer.Option(help="ISO 8601 date or time: only what came since then.")] = "",
    customer: Annotated[int | None, typer.Option(max=LARGEST_ID, help="Only what belongs to this customer.")] = None,
) -> None:
    """Print everything stored, a line each."""
    from bot import commands
    from storage.reports import Kind, Wanted

    names = [name.strip() for name in kind.split(",") if name.strip()]
    if unknown := [name for name in names if name not in list(Kind)]:
        raise Stopped(f"--kind: there is no {unknown[0]!r}, but {', '.join(Kind)}.", WRONG_USAGE)
    kinds = [Kind(name) for name in names] or list(Kind)
    try:
        moment = _moment(since) if since else None
    except (ValueError, OverflowError) as error:
        raise Stopped(
            f"--since: {since!r} is no time; write 2026-11-24 or 2026-11-24T09:00+01:00.", WRONG_USAGE
        ) from error
    if output == "csv" and len(kinds) != 1:
        raise Stopped("A CSV file has one kind of rows: name it with --kind.", WRONG_USAGE)
    asyncio.run(commands.export(load(), kinds, Wanted(moment, customer), output))


def _moment(words: str) -> datetime:
    """A date or a time in UTC, which it is where no zone is named. Raises ValueError or OverflowError."""
    moment = datetime.fromisoformat(words)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@app.command("list")
def list_requests(
    status: Annotated[str, typer.Option(help="new, open, pending, resolved or closed.")] = "",
    category: Annotated[str, typer.Option(help="As `refund`.")] = "",
    customer: Annotated[int | None, typer.Option(max=LARGEST_ID, help="The customer's id.")] = None,
    case: Annotated[
        str, typer.Option(help="After-sales cases instead: all (that are under way), or asked, approved …")
    ] = "",
) -> None:
    """Print requests as a table, newest first; or after-sales cases."""
    from bot import commands
    from intake.agents.case_steps import status_named
    from storage.cases import UNDER_WAY
    from storage.kinds import CaseStatus, Status

    if case:
        state = status_named(case)
        if case != "all" and state is None:
            raise Stopped(f"--case is all, or one of {', '.join(CaseStatus)}.", WRONG_USAGE)
        states = UNDER_WAY if state is None else (state,)
        asyncio.run(commands.list_cases(load(), states, customer, out))
        return

    if status and status not in list(Status):
        raise Stopped(f"--status is one of {', '.join(Status)}.", WRONG_USAGE)
    wanted = Status(status) if status else None
    asyncio.run(commands.list_requests(load(), wanted, category or None, customer, out))


@app.command()
def show(name: Annotated[str, typer.Argument(help="R-1042, or a customer's id.", metavar="R-1042|ID")]) -> None:
    """Print one request, or one customer, with what was said."""
    from bot import commands

    asyncio.run(commands.show(load(), name))


@app.command()
def stats(
    days: Annotated[int, typer.Option(min=1, max=36500, help="How far back.")] = 30,
    output: Annotated[Literal["table", "json"], typer.Option("--format")] = "table",
) -> None:
    """Print volume, response and resolution times, categories, and how often agents changed them."""
    from bot import statistics

    asyncio.run(statistics.stats(load(), days, output, out))


@app.command()
def replay(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID…")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are parked.")] = False,
) -> None:
    """Try parked messages again, after the fault was mended."""
    if bool(ids) == everything:
        raise Stopped("Name the messages to replay, or --all. intake-bot parked lists them.", WRONG_USAGE)
    from bot.replay import replay as try_again

    asyncio.run(try_again(load(), ids or [], out))


@desk_commands.command("rebuild")
def rebuild_desk(
    names: Annotated[list[str] | None, typer.Argument(metavar="R-1042…")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All open requests.")] = False,
) -> None:
    """Make lost topics again, with card and recent history."""
    if bool(names) == everything:
        raise Stopped("Name the requests whose topics are lost, or --all.", WRONG_USAGE)
    from bot.desk.rebuild import rebuild
    from storage.kinds import request_id

    ids = [request_id(name) for name in names or []]
    if None in ids:
        raise Stopped("A request is named by its number, like R-1042.", WRONG_USAGE)
    logs.set_up("console", "critical")  # what is wrong with the desk is told in the command's own line
    asyncio.run(rebuild(load(), [number for number in ids if number is not None], out))


def main() -> None:
    """Run a command; every failure is one clear message on stderr and an exit code, never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may be no text at all. Escaped so, it is still a JSON string.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    logs.set_up("console", "error")  # run and check say it anew: to stderr, so that stdout is what was asked for
    code, line = _outcome()
    if line:
        print(unsaid(line), file=sys.stderr)  # noqa: T201
    sys.exit(code)


def _outcome() -> tuple[int, str]:
    try:
        code = app(prog_name="intake-bot", standalone_mode=False)
        sys.stdout.flush()
    except (SettingsError, StartError) as error:
        return DOES_NOT_FIT, str(error)
    except Stopped as error:
        return error.code, str(error)
    except (typer.Abort, KeyboardInterrupt):
        return FOUND_A_PROBLEM, "Interrupted."
    except typer.TyperException as error:
        line = error.format_message()
        return WRONG_USAGE, f"{line.rstrip('.')}. See intake-bot --help." if line else ""
    except (BrokenPipeError, SystemExit):
        # Nobody reads us any more; typer and rich end the program then. What is left goes to nobody, quietly.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return DONE, ""
    except Exception as error:
        known = _known(error)
        if known is None:
            raise
        return known
    return (code if isinstance(code, int) else DONE), ""


def _known(error: Exception) -> tuple[int, str] | None:
    """The exit code and the line of an error that is not a fault of the program."""
    from storage.database import DatabaseAwayError, DatabaseError

    match error:
        case DatabaseAwayError():
            return FOUND_A_PROBLEM, str(error)
        case DatabaseError():
            return DOES_NOT_FIT, str(error)
    return None


if __name__ == "__main__":
    main()
