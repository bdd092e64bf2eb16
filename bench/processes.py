"""What several processes on one PostgreSQL take together: the real program, started one to four times."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.load import MAILBOX, Client, Letter, letters
from storage.database import opened
from tests.postgres import postgres
from tests.process import Process

CLIENTS = 32
WARM_UP = 40  # mails to each process before the first that counts
CAPTION = (
    f"{CLIENTS} clients, each with a connection of its own that it keeps, spread over the processes. Small mails, each "
    "opens a request whose acknowledgement waits in the outbox. CPU: a mail, of all processes together, without "
    "PostgreSQL's own. Clients, processes and PostgreSQL share the machine."
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What so many processes took."""

    processes: int
    mails: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


def main() -> None:
    """Measure, print a table and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.processes", description=__doc__)
    parser.add_argument("-n", type=int, default=1000, help="mails a case (default: %(default)s)")
    parser.add_argument("--most", type=int, default=4, help="processes (default: %(default)s)")
    options = parser.parse_args()
    figures = asyncio.run(measured(options.most, options.n))
    Console().print(table(figures))
    print(json.dumps({"bench": "processes", "cases": [asdict(row) for row in figures]}))


async def measured(most: int, mails: int) -> list[Figures]:
    """One case after the other, each on a database and with processes of its own."""
    found = []
    for size in range(1, most + 1):
        with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder, postgres() as server:
            async with _programs(f"{server}template1", Path(folder), size) as programs:
                found.append(await _measure(programs, mails))
    return found


async def _measure(programs: list[Process], mails: int) -> Figures:
    for number, program in enumerate(programs):
        await _hand_in(program, letters(WARM_UP, seed=number), [])
    waits: list[float] = []
    waiting = iter(list(letters(mails, seed=len(programs) + 100, senders=200, text=1000)))
    cpu, begun = sum(program.cpu_s for program in programs), time.perf_counter()
    spread = [programs[client % len(programs)] for client in range(CLIENTS)]
    await asyncio.gather(*(_hand_in(program, waiting, waits) for program in spread))
    seconds = time.perf_counter() - begun
    waits.sort()
    return Figures(
        processes=len(programs),
        mails=mails,
        per_second=round(mails / seconds, 1),
        p50_ms=round(waits[len(waits) // 2] * 1000, 1),
        p99_ms=round(waits[len(waits) * 99 // 100] * 1000, 1),
        cpu_ms=round((sum(program.cpu_s for program in programs) - cpu) * 1000 / mails, 2),
    )


async def _hand_in(program: Process, mails: Iterator[Letter], waits: list[float]) -> None:
    """Be one client: hand in what is there, one mail after the other."""
    client = await Client.connected(program.port)
    try:
        for letter in mails:
            begun = time.perf_counter()
            await client.hand_in(letter)
            waits.append(time.perf_counter() - begun)
    finally:
        client.close()


@asynccontextmanager
async def _programs(url: str, folder: Path, size: int) -> AsyncIterator[list[Process]]:
    database = await opened(url, pool_size=2)
    try:
        await database.migrate()
    finally:
        await database.close()
    settings = {
        "DATABASE_URL": url,
        "DATA_DIR": str(folder / "data"),
        "SECRET_KEY": "the same everywhere",
        "MAILBOXES": MAILBOX,
        "MAIL_AUTH": "off",
        "MAX_SESSIONS_PER_IP": "50",
        "ACKS_PER_SENDER_PER_DAY": "0",
        "ACKS_PER_HOUR": "0",
        "LOG_FORMAT": "json",
    }
    programs = [Process(folder / str(number), settings) for number in range(size)]
    async with AsyncExitStack() as stack:
        for program in programs:
            await stack.enter_async_context(program)
        await asyncio.gather(*(program.start() for program in programs))
        yield programs


def table(rows: list[Figures]) -> Table:
    """The figures for people."""
    made = Table(title="SMTP to committed request, by processes", caption=CAPTION, caption_justify="left")
    for name in ("processes", "mails/s", "p50 ms", "p99 ms", "CPU ms"):
        made.add_column(name, justify="right")
    for row in rows:
        numbers = (row.per_second, row.p50_ms, row.p99_ms, row.cpu_ms)
        made.add_row(str(row.processes), *(f"{number:.1f}" for number in numbers))
    return made


if __name__ == "__main__":
    main()
