"""What a mail costs: the real program, from the connection to the 250 that says it is stored, on both databases."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import math
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from tortoise.backends.base.executor import EXECUTOR_CACHE

from bench.filling import fill
from bench.load import MAILBOX, Client, Letter, letters
from tests.postgres import postgres
from tests.process import Process

WARM_UP = 20  # mails before the first that counts: what is loaded late is paid for once, not by a message
LONGEST_S = 600.0  # of one run
SMALL = 1024  # bytes of text
CAPTION = (
    "The programs are processes of their own on loopback; the one that sends takes its share of the machine. "
    "Mails: 1 KB of text, every fifth with a file of 10 KB, 25 senders. "
    "ms: from the connection (from MAIL when it is reused) to the 250 after the commit of the request and its "
    "acknowledgement. No SMARTHOST is set: the acknowledgements wait in the outbox. "
    "CPU: a mail, of the programs, without PostgreSQL's own; then of the run's first and last fifth. "
    "Lifted for it: the sessions of one address, the budgets of acknowledgements; senders are not checked."
)
BOTH = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Case:
    """One way of handing in mails."""

    database: str
    clients: int
    reused: bool  # one connection for many mails
    processes: int = 1
    records: int = 0  # that are there before the first mail


# What is measured under which name. What is said to cost so much is said of 32 clients with new connections.
CASES: dict[str, tuple[Case, ...]] = {
    "usual": tuple(Case(*case) for case in itertools.product(BOTH, (1, 32), (False, True))),
    "processes": tuple(Case("postgres", 32, False, processes) for processes in (1, 2, 3, 4)),
    "filled": tuple(
        Case(*case, 32, False, 1, records) for case in zip(BOTH) for records in (1_000, 100_000, 1_000_000)
    ),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What one case took."""

    database: str
    clients: int
    reused: bool
    processes: int
    records: int
    mails: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float  # of the program, a mail
    cpu_ms_first_fifth: float
    cpu_ms_last_fifth: float
    rss_before_mib: float
    rss_after_mib: float


@dataclass(slots=True)
class Run:
    """What is noted while mails are handed in."""

    programs: list[Process]
    waits: list[float] = field(default_factory=list)  # seconds from the connection to the 250
    cpu: list[float] = field(default_factory=list)  # the programs' CPU seconds after each mail

    @property
    def cpu_s(self) -> float:
        return sum(program.cpu_s for program in self.programs)

    @property
    def rss_mib(self) -> float:
        return sum(program.rss_mib for program in self.programs)

    async def hand_in(self, mails: Iterator[Letter], reused: bool, port: int) -> None:
        """Be one client: hand in what is there, one mail after the other."""
        kept = await Client.connected(port) if reused else None
        try:
            for letter in mails:
                begun = time.perf_counter()
                client = kept or await Client.connected(port)
                try:
                    await client.hand_in(letter)
                finally:
                    if kept is None:
                        client.close()
                self.waits.append(time.perf_counter() - begun)
                self.cpu.append(self.cpu_s)
        finally:
            if kept is not None:
                kept.close()


def main() -> None:
    """Measure, print a table and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("what", nargs="?", choices=sorted(CASES), default="usual", help="default: %(default)s")
    parser.add_argument("-n", type=int, default=300, help="mails a case, at least 50 (default: %(default)s)")
    parser.add_argument("--only", choices=BOTH, help="one database instead of both")
    options = parser.parse_args()
    cases = [case for case in CASES[options.what] if options.only in (None, case.database)]
    figures = asyncio.run(measured(cases, max(options.n, 50)))
    Console().print(table(figures))
    print(json.dumps({"bench": "intake", "cases": [asdict(row) for row in figures]}))


async def measured(cases: list[Case], mails: int) -> list[Figures]:
    """Run the cases one after the other, each on a new database and a new process."""
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("", total=len(cases) * mails)
        found = []
        for case in cases:
            progress.update(task, description=_named(case))
            with tempfile.TemporaryDirectory(prefix="intake-bench-") as folder:
                async with _programs(case, Path(folder)) as programs, asyncio.timeout(LONGEST_S):
                    run = Run(programs)
                    ticking = asyncio.create_task(_tick(progress, task, run))
                    found.append(await _measure(case, run, mails))
                    ticking.cancel()
            progress.update(task, completed=len(found) * mails)
        return found


async def _measure(case: Case, run: Run, mails: int) -> Figures:
    ports = [program.port for program in run.programs]
    for port in ports:
        await Run(run.programs).hand_in(letters(WARM_UP, seed=port, text=SMALL), reused=True, port=port)
    waiting = iter(list(letters(mails, seed=1, text=SMALL)))
    rss, cpu, begun = run.rss_mib, run.cpu_s, time.perf_counter()
    await asyncio.gather(
        *(run.hand_in(waiting, case.reused, ports[client % len(ports)]) for client in range(case.clients))
    )
    seconds = time.perf_counter() - begun
    # As many mails are half done at either end of a fifth, so that each is charged with its own share.
    fifth, marks, last = mails // 5, [cpu, *run.cpu], mails - case.clients
    return Figures(
        database=case.database,
        clients=case.clients,
        reused=case.reused,
        processes=case.processes,
        records=case.records,
        mails=mails,
        per_second=round(mails / seconds, 1),
        p50_ms=_percentile(run.waits, 50),
        p99_ms=_percentile(run.waits, 99),
        cpu_ms=round((marks[-1] - cpu) * 1000 / mails, 2),
        cpu_ms_first_fifth=round((marks[case.clients + fifth] - marks[case.clients]) * 1000 / fifth, 2),
        cpu_ms_last_fifth=round((marks[last] - marks[last - fifth]) * 1000 / fifth, 2),
        rss_before_mib=round(rss, 1),
        rss_after_mib=round(run.rss_mib, 1),
    )


def table(rows: list[Figures]) -> Table:
    """The figures for people."""
    made = Table(title="SMTP to committed request", caption=CAPTION, caption_justify="left", padding=(0, 0))
    made.add_column("case")
    for name in ("mails/s", "p50 ms", "p99 ms", "CPU ms", "1st", "5th", "RSS MiB"):
        made.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        numbers = (row.per_second, row.p50_ms, row.p99_ms, row.cpu_ms, row.cpu_ms_first_fifth, row.cpu_ms_last_fifth)
        made.add_row(
            _named(row),
            *(f"{number:.1f}" for number in numbers),
            f"{row.rss_before_mib:.0f} → {row.rss_after_mib:.0f}",
        )
    return made


def _named(case: Case | Figures) -> str:
    words = [case.database, f"{case.clients} clients", "reused" if case.reused else "new"]
    words += [f"{case.processes} processes"] if case.processes > 1 else []
    words += [f"{case.records:,} records"] if case.records else []
    return ", ".join(words)


@asynccontextmanager
async def _programs(case: Case, folder: Path) -> AsyncIterator[list[Process]]:
    settings = {
        "MAILBOXES": MAILBOX,
        "MAIL_AUTH": "off",
        "MAX_SESSIONS": "1000",
        "MAX_SESSIONS_PER_IP": "1000",
        "ACKS_PER_SENDER_PER_DAY": "0",
        "ACKS_PER_HOUR": "0",
        "REQUESTS_PER_SENDER_PER_HOUR": "0",
        "TOPICS_PER_HOUR": "0",
        "LOG_FORMAT": "json",
        "SECRET_KEY": "a secret of all processes, and long enough for it",
        "DATABASE_URL": f"sqlite://{folder / 'intake.sqlite3'}",
    }
    async with AsyncExitStack() as opened:
        if case.database == "postgres":
            settings["DATABASE_URL"] = f"{opened.enter_context(postgres())}template1"
        EXECUTOR_CACHE.clear()  # Tortoise keeps INSERT statements by model, not by database
        await fill(settings["DATABASE_URL"], case.records)
        programs = []
        for number in range(case.processes):
            programs.append(await opened.enter_async_context(Process(folder / str(number), settings)))
            await programs[-1].start()
        yield programs


async def _tick(progress: Progress, task: TaskID, run: Run) -> None:
    done = 0
    while True:
        await asyncio.sleep(0.2)
        progress.advance(task, len(run.waits) - done)
        done = len(run.waits)


def _percentile(seconds: list[float], percent: int) -> float:
    """Nearest rank, in milliseconds."""
    return round(sorted(seconds)[math.ceil(len(seconds) * percent / 100) - 1] * 1000, 1)


if __name__ == "__main__":
    main()
