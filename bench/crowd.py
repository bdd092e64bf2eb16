"""Measure what a crowd of idle and slow connections costs the program and a good client: `python -m bench.crowd`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path

from bench.load import MAILBOX, NotTakenError
from tests.hostile.cost import cost
from tests.hostile.witness import Witness
from tests.process import Process

COMES_AGAIN_AFTER_S = 0.05  # the good client, when it is asked to; a real mail server waits for minutes
ROOM = 500  # files and connections beside those of the crowd


@dataclass(frozen=True, slots=True)
class Served:
    """How the good client fared in one part of the time."""

    mails: tuple[float, ...]  # seconds each took from its first attempt to its 250
    worked: tuple[float, ...]  # seconds of CPU that the program spent meanwhile: what was done before it, and for it
    put_off: int  # how often it was told 421

    def __str__(self) -> str:
        median, slowest, worked = (
            round(seconds * 1000) for seconds in (statistics.median(self.mails), max(self.mails), max(self.worked))
        )
        return (
            f"{len(self.mails)} mails, median {median} ms, slowest {slowest} ms, {self.put_off} times 421; "
            f"the program worked {worked} ms at most while one waited"
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    connections: int
    opened_s: float
    opening: Served
    standing: Served
    before_mib: float
    peak_mib: float
    cpu_s: float
    heard: dict[str, int]  # what the crowd was answered, by code


async def measure(folder: Path, connections: int, seconds: float) -> Measured:
    """Start the program, let the crowd come and stay for so many seconds, and a good client write all the while."""
    settings = {
        "DATABASE_URL": f"sqlite://{folder / 'intake.sqlite3'}",
        "MAILBOXES": MAILBOX,
        "MAIL_AUTH": "off",
        "ACKS_PER_HOUR": "0",
        "REQUESTS_PER_SENDER_PER_HOUR": "0",
        "TOPICS_PER_HOUR": "0",
    }
    async with Process(folder, settings) as program:
        await program.start()
        good = _Good(Witness(program.port), program)
        await good.write_once()  # the first loads what is loaded late
        with cost(program) as spent:
            begun = time.monotonic()
            crowd = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.hostile.crowd", str(program.port), str(connections), str(seconds)),
                stdout=PIPE,
            )
            assert crowd.stdout is not None
            line = asyncio.create_task(crowd.stdout.readline())
            opening = await good.write_until(line)
            opened = json.loads(line.result())["opened_s"]
            line = asyncio.create_task(crowd.stdout.readline())
            standing = await good.write_until(line)
            heard = json.loads(line.result())["heard"]
            assert time.monotonic() - begun >= seconds
        await crowd.wait()
        stopped = await program.terminate()
        assert stopped.code == 0, program.log_end()
    return Measured(connections, opened, opening, standing, spent.before_mib, spent.peak_mib, spent.cpu_s, heard)


class _Good:
    """The good client, who comes again when he is asked to."""

    def __init__(self, witness: Witness, program: Process) -> None:
        self._witness = witness
        self._program = program
        self._put_off = 0

    async def write_once(self) -> float:
        begun = time.monotonic()
        while True:
            try:
                await self._witness.hand_in_once()
                return time.monotonic() - begun
            except (NotTakenError, ConnectionError):
                self._put_off += 1
                await asyncio.sleep(COMES_AGAIN_AFTER_S)

    async def write_until(self, end: asyncio.Task[bytes]) -> Served:
        took: list[float] = []
        worked: list[float] = []
        self._put_off = 0
        while not end.done() or not took:
            before = self._program.cpu_s
            took.append(await self.write_once())
            worked.append(self._program.cpu_s - before)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(end), COMES_AGAIN_AFTER_S)
        return Served(tuple(took), tuple(worked), self._put_off)


def allow_files(count: int) -> bool:
    """Let this process and its children have so many files and connections, if they may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + ROOM
    if soft < wanted <= hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted <= hard


def main() -> None:
    """A few lines for docs/measurements.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=3000)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    assert allow_files(given.connections), "more open files are needed: ulimit -n"
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), given.connections, given.seconds))
    print(f"{found.connections} connections, opened in {found.opened_s} s; what they heard: {found.heard}")
    print(f"a good client while they come: {found.opening}")
    print(f"a good client while they stay: {found.standing}")
    print(f"memory {found.before_mib:.0f} MiB before, {found.peak_mib:.0f} at its peak; {found.cpu_s:.1f} s of CPU")


if __name__ == "__main__":
    main()
