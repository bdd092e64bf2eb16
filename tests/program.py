"""The program as an operator starts it: a process of its own, in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.settings import PREFIX

ROOT = Path(__file__).parent.parent
WAIT_S = 60


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process left behind."""

    code: int
    out: str
    err: str


def environment(folder: Path, **settings: object) -> dict[str, str]:
    """The environment with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    path = [*filter(None, kept.get("PYTHONPATH", "").split(os.pathsep)), str(ROOT)]
    values = {"data_dir": folder / "data", "http_listen": "", **settings}
    given = {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()}
    return {**kept, "PYTHONPATH": os.pathsep.join(path), **given}


async def started(folder: Path, words: Sequence[str], settings: Mapping[str, object], err: int = PIPE) -> Process:
    """Start the program. `err`: where its stderr goes."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *words),
        cwd=folder,
        env=environment(folder, **settings),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=err,
    )


async def ended(process: Process) -> Ended:
    """Wait for its end."""
    async with asyncio.timeout(WAIT_S):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), (err or b"").decode())


async def program(folder: Path, *words: str, **settings: object) -> Ended:
    """Run a command to its end. Whatever happens, nobody is shown a traceback."""
    done = await ended(await started(folder, words, settings))
    assert "Traceback" not in done.err, done.err
    return done


@asynccontextmanager
async def running(folder: Path, port: int, **settings: object) -> AsyncIterator[Process]:
    """`intake-bot run` that takes mail on a port; stopped at the end, if it still runs."""
    mail = {"mailboxes": "support@shop.example", "smtp_listen": f"127.0.0.1:{port}"}
    process = await started(folder, ["run"], {**mail, **settings})
    try:
        until = time.monotonic() + WAIT_S
        while not _answers(port):
            assert process.returncode is None, (await ended(process)).err
            assert time.monotonic() < until
            await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await ended(process)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
