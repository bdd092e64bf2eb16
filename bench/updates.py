"""What an update costs: from Telegram's JSON to the commit of all that follows from it, on both databases."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import logging
import math
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from telegram import Update
from tortoise.backends.base.executor import EXECUTOR_CACHE

from bot.app import App, assembled
from bot.receiving.updates import Updates
from bot.settings import Settings
from intake.incoming.accepting import Parking
from intake.understanding.reading import warm_up
from storage.models import CommunicationRecord, Parked
from tests.postgres import postgres

BATCH = 100  # updates, as many as Telegram hands out at once
KNOWN = 500  # customers, when each has written before
WARM_UP = 2  # batches before the first that counts: what is loaded late is paid for once
BOT = 700000001
DESK = -1002000000001
SENTENCES = (
    "Hello, my kettle of order 4711-0815 does not heat any more.",
    "Where is my parcel? It should have been here on Monday.",
    "I would like to send the lamp back, it is too dark.",
    "Thanks for the quick answer! And can I have an invoice for it, please?",
    "The colour is not the one that I ordered. I ordered green, and this is blue.",
)
CAPTION = (
    "One process, the generator in it; Telegram hands out 100 updates at a time, each from another chat. "
    "Texts of 50 to 80 characters. known: 500 customers in turn, each with an open request; new: each from somebody "
    "who has never written, with an acknowledgement. There is a desk; nothing is sent, what must leave waits in the "
    "outbox. ms: a batch, to its last commit. CPU: an update, of the program, without PostgreSQL's own; then of the "
    "run's first and last fifth."
)


@dataclass(frozen=True, slots=True)
class Case:
    """Who writes, into which database."""

    database: str
    customers: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What one case took."""

    database: str
    customers: str
    updates: int
    per_second: float
    p50_ms: float  # of a batch
    p99_ms: float
    cpu_ms: float  # of an update
    cpu_ms_first_fifth: float
    cpu_ms_last_fifth: float


def main() -> None:
    """Measure, print a table and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.updates", description=__doc__)
    parser.add_argument("-n", type=int, default=5000, help="updates a case, at least 1000 (default: %(default)s)")
    parser.add_argument("--only", choices=("sqlite", "postgres"), help="one database instead of both")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    databases = (options.only,) if options.only else ("sqlite", "postgres")
    cases = [Case(*case) for case in itertools.product(databases, ("known", "new"))]
    figures = measured(cases, max(options.n, 1000) // BATCH * BATCH)
    Console().print(table(figures))
    print(json.dumps({"bench": "updates", "cases": [asdict(row) for row in figures]}))


def measured(cases: list[Case], updates: int) -> list[Figures]:
    """Run the cases one after the other, each on a new database."""
    screen = Console(stderr=True)
    found = []
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("", total=len(cases))
        for case in cases:
            progress.update(task, description=f"{case.database}, {case.customers} customers")
            # Tortoise keeps INSERT statements by model, not by database.
            EXECUTOR_CACHE.clear()
            with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
                found.append(asyncio.run(_measure(case, Path(folder), updates)))
            progress.advance(task)
    return found


async def _measure(case: Case, folder: Path, updates: int) -> Figures:
    async with _program(case, folder) as app:
        assert app.telegram is not None
        router, wire = app.telegram.router, app.telegram.wire
        handler = Updates(wire, Parking(app.intake._house, app.outbox.wake))

        async def handle(update: Update) -> None:
            await router.handle(update, app.accept)

        await asyncio.to_thread(warm_up, app.settings.languages)
        made = batches(case.customers)
        for _ in range(max(WARM_UP, KNOWN // BATCH if case.customers == "known" else 0)):
            await handler.handle_batch(json.loads(next(made)), handle)
        before = await CommunicationRecord.all().count()
        waiting = list(itertools.islice(made, updates // BATCH))
        took, cpu, begun = [], [time.process_time()], time.perf_counter()
        for batch in waiting:
            started = time.perf_counter()
            await handler.handle_batch(json.loads(batch), handle)
            took.append(time.perf_counter() - started)
            cpu.append(time.process_time())
        seconds = time.perf_counter() - begun
        assert await CommunicationRecord.all().count() - before == updates
        assert await Parked.all().count() == 0
    fifth = len(waiting) // 5
    return Figures(
        database=case.database,
        customers=case.customers,
        updates=updates,
        per_second=round(updates / seconds, 1),
        p50_ms=_percentile(took, 50),
        p99_ms=_percentile(took, 99),
        cpu_ms=round((cpu[-1] - cpu[0]) * 1000 / updates, 2),
        cpu_ms_first_fifth=round((cpu[fifth] - cpu[0]) * 1000 / (fifth * BATCH), 2),
        cpu_ms_last_fifth=round((cpu[-1] - cpu[-1 - fifth]) * 1000 / (fifth * BATCH), 2),
    )


def batches(customers: str) -> Iterator[bytes]:
    """What getUpdates gives, for ever."""
    for first in itertools.count(1, BATCH):
        yield json.dumps([_update(number, customers) for number in range(first, first + BATCH)]).encode()


def _update(number: int, customers: str) -> dict[str, object]:
    person = 500_000_000 + (number % KNOWN if customers == "known" else number)
    who = {"id": person, "first_name": "Anna", "last_name": f"Number {person}", "username": f"anna{person}"}
    text = f"{SENTENCES[number % len(SENTENCES)]} ({number})"
    message = {
        "message_id": number,
        "from": {**who, "is_bot": False, "language_code": "en"},
        "chat": {**who, "type": "private"},
        "date": 1_795_600_000 + number,
        "text": text,
    }
    return {"update_id": number, "message": message}


def table(rows: list[Figures]) -> Table:
    """The figures for people."""
    made = Table(title="Telegram update to commit", caption=CAPTION, caption_justify="left", padding=(0, 0))
    for name in ("database", "customers"):
        made.add_column(name)
    for name in ("updates/s", "p50 ms", "p99 ms", "CPU ms", "1st", "5th"):
        made.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        numbers = (row.per_second, row.p50_ms, row.p99_ms, row.cpu_ms, row.cpu_ms_first_fifth, row.cpu_ms_last_fifth)
        made.add_row(row.database, row.customers, *(f"{number:.2f}" for number in numbers))
    return made


@asynccontextmanager
async def _program(case: Case, folder: Path) -> AsyncIterator[App]:
    """The program, put together and not started: nothing leaves."""
    with ExitStack() as servers:
        url = f"sqlite://{folder / 'intake.sqlite3'}"
        if case.database == "postgres":
            url = f"{servers.enter_context(postgres())}template1"
        settings = Settings(
            _env_file=None,
            database_url=url,
            data_dir=folder / "data",
            telegram_token=f"{BOT}:AAHnobody-is-asked",
            telegram_api_url="http://127.0.0.1:9",
            desk_chat_id=DESK,
            acks_per_hour=0,
            http_listen="",
        )
        async with assembled(settings) as app:
            await app.database.connect()
            await app.database.migrate()
            yield app


def _percentile(seconds: list[float], percent: int) -> float:
    """Nearest rank, in milliseconds."""
    return round(sorted(seconds)[math.ceil(len(seconds) * percent / 100) - 1] * 1000, 1)


if __name__ == "__main__":
    main()
