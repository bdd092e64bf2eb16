"""What a job of the outbox costs, from its claim to its settlement, and whether it stays so as the table grows."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table
from tortoise.backends.base.executor import EXECUTOR_CACHE

from storage.database import Database, opened
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery
from tests.builders import NOW, Core
from tests.postgres import postgres

WARM_UP = 100
CAPTION = (
    "One process, one job a conversation, by a wire that takes everything at once; no desk's marks. "
    "sent: rows that have left before. put off: rows that wait for a later attempt. waiting: due behind those that are "
    "measured. CPU: of the program, a job, without PostgreSQL's own."
)


@dataclass(frozen=True, slots=True)
class Case:
    """What the table holds besides the jobs that are measured."""

    database: str
    sent: int
    put_off: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What one case took."""

    database: str
    sent: int
    put_off: int
    waiting: int
    per_second: float
    cpu_ms: float


def main() -> None:
    """Measure, print a table and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.outbox", description=__doc__)
    parser.add_argument("-n", type=int, default=1000, help="jobs a case (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=100_000, help="of a large table (default: %(default)s)")
    parser.add_argument("--only", choices=("sqlite", "postgres"), help="one database instead of both")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    databases = (options.only,) if options.only else ("sqlite", "postgres")
    tables = ((1000, 0, 0), (options.rows, 0, 0), (1000, options.rows, 0), (1000, 0, options.rows))
    found = []
    for database, rows in itertools.product(databases, tables):
        EXECUTOR_CACHE.clear()  # Tortoise keeps INSERT statements by model, not by database
        with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
            found.append(asyncio.run(_measure(Case(database, *rows), Path(folder), options.n)))
    Console().print(table(found))
    print(json.dumps({"bench": "outbox", "cases": [asdict(row) for row in found]}))


async def _measure(case: Case, folder: Path, jobs: int) -> Figures:
    async with _database(case, folder):
        core = Core(folder)
        later = NOW + timedelta(days=1)
        await _fill(_rows("sent", case.sent, state=DeliveryState.SENT, sent_at=NOW))
        await _fill(_rows("off", case.put_off, due_at=later, last_error="greylisted", attempts=3))
        await _fill(_rows("now", WARM_UP + jobs))
        await _fill(_rows("behind", case.waiting, due_at=NOW + timedelta(seconds=1)))
        core.now += timedelta(seconds=2)
        sent = core.channels["mail"].sent
        running = asyncio.create_task(core.outbox.run())
        await core.channels["mail"].many(WARM_UP)
        begun, cpu, before = time.perf_counter(), time.process_time(), len(sent)
        await core.channels["mail"].many(WARM_UP + jobs)
        seconds, spent, done = time.perf_counter() - begun, time.process_time() - cpu, len(sent) - before
        running.cancel()
        await asyncio.wait([running])
    return Figures(
        case.database, case.sent, case.put_off, case.waiting, round(done / seconds, 1), round(spent * 1000 / done, 2)
    )


def _rows(name: str, count: int, **given: object) -> list[Delivery]:
    return [
        Delivery(
            kind=DeliveryKind.ACKNOWLEDGEMENT,
            channel="mail",
            account="support@shop.example",
            recipient=f"{name}{number}@customer.example",
            conversation=f"mail:{name}{number}",
            priority=1,
            subject="We have your message",
            text="Thank you for your message. " * 20,
            message_id=f"{name}{number}@shop.example",
            due_at=NOW,
            queued_at=NOW,
        ).update_from_dict(given)
        for number in range(count)
    ]


async def _fill(rows: list[Delivery]) -> None:
    if rows:
        await Delivery.bulk_create(rows, batch_size=500)


@asynccontextmanager
async def _database(case: Case, folder: Path) -> AsyncIterator[Database]:
    with ExitStack() as servers:
        url = f"sqlite://{folder / 'intake.sqlite3'}"
        if case.database == "postgres":
            url = f"{servers.enter_context(postgres())}template1"
        database = await opened(url)
        try:
            await database.migrate()
            yield database
        finally:
            await database.close()


def table(rows: list[Figures]) -> Table:
    """The figures for people."""
    made = Table(title="Outbox", caption=CAPTION, caption_justify="left", padding=(0, 0))
    for name in Figures.__slots__:
        made.add_column(name.replace("_", " "), justify="left" if name == "database" else "right")
    for row in rows:
        made.add_row(*(str(getattr(row, name)) for name in Figures.__slots__))
    return made


if __name__ == "__main__":
    main()
