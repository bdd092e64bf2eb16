"""What the commands that look at stored things do. The command line itself is in `__main__`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Literal, TextIO

from rich.console import Console
from rich.progress import Progress

from bot import tables
from bot.errors import Stopped
from bot.settings import Settings
from storage import cases, deliveries, parking, requests, search
from storage.database import COMMAND_S, Database, DatabaseError, opened, sqlite_path
from storage.exported import Line
from storage.kinds import CaseStatus, Status, request_id
from storage.migrating import newer_than_code
from storage.reports import Kind, Wanted, count, lines
from storage.traces import TRACE

Write = Callable[[Line], None]


@asynccontextmanager
async def database(settings: Settings, *, up_to_date: bool = True) -> AsyncIterator[Database]:
    """The database for one command. Raises DatabaseError when it does not fit this program."""
    if up_to_date and settings.database.startswith("sqlite:") and not sqlite_path(settings.database).exists():
        raise DatabaseError(
            f"There is no database at {sqlite_path(settings.database)} yet. Go to the folder of your .env, "
            "or set INTAKE_DATA_DIR, or start intake-bot run once."
        )
    # An index on a million rows takes minutes to make, and only migrations make one.
    opened_database = await opened(settings.database, pool_size=2, command_s=COMMAND_S if up_to_date else None)
    try:
        if up_to_date:
            await fitting(opened_database)
        yield opened_database
    finally:
        await opened_database.close()


async def fitting(opened_database: Database) -> None:
    """Raises DatabaseError when the schema is older or newer than this program."""
    state = await opened_database.schema_state()
    if state.unknown:
        raise DatabaseError(newer_than_code(state))
    if state.missing:
        raise DatabaseError("The database is not up to date. Run: intake-bot migrate")


async def export(settings: Settings, kinds: Sequence[Kind], wanted: Wanted, form: Literal["jsonl", "csv"]) -> None:
    """Print rows as lines; a progress bar on a terminal."""
    errors = Console(stderr=True)
    async with database(settings):
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
            for kind in kinds:
                task = progress.add_task(str(kind), total=await count(kind, wanted))
                write = _csv_writer(sys.stdout) if form == "csv" else _json_writer(sys.stdout)
                async for line in lines(kind, wanted):
                    write(line)
                    progress.advance(task)


async def list_requests(
    settings: Settings, status: Status | None, category: str | None, customer: int | None, console: Console
) -> None:
    """Print requests as a table, newest first."""
    async with database(settings):
        rows = await search.listed(status, category, customer)
    console.print(tables.requests_table(rows) if rows else "No requests.")


async def list_cases(
    settings: Settings, statuses: Sequence[CaseStatus], customer: int | None, console: Console
) -> None:
    """Print after-sales cases as a table, those that wait longest first."""
    async with database(settings):
        rows = await cases.listed(statuses, customer)
    console.print(tables.cases_table(rows) if rows else "No cases.")


async def show(settings: Settings, name: str) -> None:
    """Print one request by its number, or one customer by his id. Raises Stopped when there is neither."""
    number = request_id(name)
    if number is None:
        raise Stopped(f"{name!r} is neither a number like R-1042 nor a customer's id.", 2)
    async with database(settings):
        # A bare number is a customer's id; requests have their R-.
        text = await _customer_text(number) if name.strip().isdigit() else None
        if text is None:
            text = await _request_text(number)
    if text is None:
        raise Stopped(f"There is no {name}.")
    print("\n".join(text))  # noqa: T201 - the command's output


async def list_parked(settings: Settings, console: Console) -> None:
    """Print the messages that are set aside."""
    async with database(settings):
        rows = await parking.waiting()
    console.print(tables.parked_table(rows) if rows else "Nothing is parked.")


async def show_parked(settings: Settings, parked_id: int) -> None:
    """Print one parked message, whole, as it came."""
    async with database(settings):
        row = await parking.parked(parked_id)
    if row is None:
        raise Stopped(f"There is no parked message {parked_id}.")
    envelope = json.dumps(row.envelope, ensure_ascii=False)
    trace = f" · trace {row.envelope[TRACE]}" if row.envelope.get(TRACE) else ""
    print(f"{row.channel} · {tables.moment(row.at)} · attempts {row.attempts} · {row.error}{trace}\n{envelope}\n")  # noqa: T201
    sys.stdout.flush()
    sys.stdout.buffer.write(row.raw_content or b"")


async def _request_text(number: int) -> list[str] | None:
    request = await requests.request_with_customer(number)
    if request is None:
        return None
    case = await requests.case_of(number)
    earlier = await cases.case(case.repeats) if case is not None and case.repeats is not None else None
    return tables.request_text(
        request,
        case,
        await requests.participants_of(number),
        await requests.records_of(number),
        await deliveries.to_people(number),
        earlier,
    )


async def _customer_text(customer_id: int) -> list[str] | None:
    customer = await requests.customer(customer_id)
    return None if customer is None else tables.customer_text(customer, await search.requests_of(customer_id))


def _json_writer(stream: TextIO) -> Write:
    def write(line: Line) -> None:
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    return write


def _csv_writer(stream: TextIO) -> Write:
    writer: csv.DictWriter[str] | None = None

    def write(line: Line) -> None:
        nonlocal writer
        if writer is None:
            writer = csv.DictWriter(stream, list(line))
            writer.writeheader()
        writer.writerow({name: _defused(value) for name, value in line.items()})

    return write


def _defused(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
