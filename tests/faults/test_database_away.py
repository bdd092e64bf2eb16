"""The database is away: refused, cut, reset, swallowed, slow, stopped. Nobody is lied to, and all heals by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.faults.proxy import Fault, Proxy, proxied
from tests.faults.ward import Ward, ward
from tests.postgres import _not_root, postgres
from tests.program import program


@pytest.fixture
async def proxy(postgres_url: str) -> AsyncIterator[Proxy]:
    port = urlsplit(postgres_url).port
    assert port is not None
    async with proxied(port) as made:
        yield made


@pytest.fixture
async def patient(tmp_path: Path, postgres_url: str, proxy: Proxy) -> AsyncIterator[Ward]:
    """The program on PostgreSQL, behind the proxy."""
    port = str(urlsplit(postgres_url).port)
    async with ward(tmp_path, DATABASE_URL=postgres_url.replace(f":{port}/", f":{proxy.port}/")) as made:
        yield made


async def test_the_program_starts_without_its_database_and_goes_on_when_it_is_there(
    patient: Ward, proxy: Proxy
) -> None:
    """The ports are open: mail is put off, the webhook too; /readyz says what is missing."""
    await proxy.fail(Fault.REFUSED)
    await patient.program.start(greeting=b"4")
    await patient.sick("The start waits for the database")
    await patient.refuses()
    await patient.says()
    await proxy.fail(Fault.NONE)
    await patient.well()
    await patient.all_there()


@pytest.mark.parametrize(
    "fault",
    [
        Fault.RESET,
        *(pytest.param(fault, marks=pytest.mark.long) for fault in (Fault.REFUSED, Fault.DROPPED, Fault.BLACK_HOLE)),
    ],
)
async def test_a_database_that_goes_away_in_mid_flight_is_waited_for(patient: Ward, proxy: Proxy, fault: Fault) -> None:
    """4xx and 503 while it is away, red with a reason, green when it is back, without a restart."""
    await patient.program.start()
    await patient.well()
    await patient.says()
    await proxy.fail(fault)
    await patient.says()
    await patient.sick("database")
    await patient.refuses()
    await proxy.fail(Fault.NONE)
    await patient.well()
    await patient.all_there()
    stopped = await patient.program.terminate()
    assert (stopped.code, stopped.seconds < 10) == (0, True)


@pytest.mark.long
async def test_a_slow_database_is_no_fault(patient: Ward, proxy: Proxy) -> None:
    """Everything takes longer, and everything arrives."""
    await patient.program.start()
    await patient.well()
    await proxy.fail(Fault.SLOW)
    await patient.says()
    assert await patient.writes() == "250"
    await patient.all_there()


async def test_the_program_ends_in_time_while_its_database_is_a_black_hole(patient: Ward, proxy: Proxy) -> None:
    """SIGTERM is heard whatever hangs: exit 0 within ten seconds."""
    await patient.program.start()
    await patient.well()
    await proxy.fail(Fault.BLACK_HOLE)
    await patient.says()
    await patient.sick("database")
    stopped = await patient.program.terminate()
    assert (stopped.code, stopped.seconds < 10) == (0, True), patient.program.log_end()


@pytest.mark.long
async def test_a_server_that_crashes_and_comes_again_is_waited_for(tmp_path: Path) -> None:
    """PostgreSQL is stopped as by a crash and started again, with mail and chats coming all the while."""
    with postgres() as server:
        url = f"{server}postgres"
        assert (await program(tmp_path, "migrate", database_url=url)).code == 0
        async with ward(tmp_path, DATABASE_URL=url) as patient:
            await patient.program.start()
            await patient.well()
            with await _crashed(url) as again:
                await patient.says()
                await patient.sick("database")
                await patient.refuses()
                again.start()
                await patient.well()
                await patient.all_there()


class _Again:
    """A server that was stopped at once, to be started by the same command. Ended with its context."""

    def __init__(self, command: list[str], data: Path) -> None:
        self._command = command
        self._data = data
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._server = subprocess.Popen([*_not_root(self._data.parent), *self._command], stderr=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(30)


async def _crashed(url: str) -> _Again:
    connection = await asyncpg.connect(url)
    data = Path(await connection.fetchval("SHOW data_directory"))
    connection.terminate()
    return await asyncio.to_thread(_stopped, data)


def _stopped(data: Path) -> _Again:
    pid = int((data / "postmaster.pid").read_text().split()[0])
    command = Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
    os.kill(pid, signal.SIGQUIT)
    while (data / "postmaster.pid").exists():
        time.sleep(0.05)
    return _Again(command, data)
