"""The real program as a child process, for tests and for measuring: started, killed, stopped, looked at."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.settings import PREFIX
from storage.database import opened
from storage.kinds import DeliveryState
from storage.models import Delivery
from tests.ports import free_port

ROOT = Path(__file__).parent.parent
START_WITHIN_S = 30.0
STOP_WITHIN_S = 30.0  # to find out how long it really took; the promise is ten
SETTLES_WITHIN_S = 30.0
UNSETTLED = (DeliveryState.QUEUED, DeliveryState.SENDING)
Line = dict[str, Any]  # JSON, which may hold anything


@dataclass(frozen=True, slots=True)
class Stopped:
    """How the program ended."""

    code: int
    seconds: float


class Process:
    """`python -m bot run`, as often as wanted on the same data. Nothing is left running when its context ends."""

    def __init__(self, folder: Path, settings: Mapping[str, str], module: Sequence[str] = ("bot",)) -> None:
        """`settings` by their names without the prefix. Data and log go into `folder`; mail comes to `port`.

        `module`: another one than the program's own, with arguments, that ends up running it.
        """
        self.port = free_port()
        self.data = Path(settings.get("DATA_DIR", folder / "data"))
        self._folder = folder
        own = {
            "DATA_DIR": str(self.data),
            "EMBEDDINGS": "off",
            "HTTP_LISTEN": "",
            "SMTP_LISTEN": f"127.0.0.1:{self.port}",
            **settings,
        }
        others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._environment = {
            **others,
            **{f"{PREFIX}{name}": value for name, value in own.items()},
            # It runs in the folder, so that no .env of a developer is read; the code must still be found.
            "PYTHONPATH": os.pathsep.join(os.path.abspath(path) for path in (*sys.path, str(ROOT)) if path),
        }
        self.module = tuple(module)
        self._child: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is not None:
            await self.kill()

    def configure(self, settings: Mapping[str, str]) -> None:
        """Settings that are others from its next start on."""
        self._environment |= {f"{PREFIX}{name}": value for name, value in settings.items()}

    async def start(self, greeting: bytes = b"220 ") -> float:
        """Start it and wait until it greets mail so. Returns the seconds that took."""
        assert self._child is None, "it runs already"
        begun = time.monotonic()
        with (self._folder / "log").open("ab") as log:
            self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *self.module, "run"),
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        while not await _greets(self.port, greeting):
            assert self._child.returncode is None, f"it ended with {self._child.returncode}:\n{self.log_end()}"
            assert time.monotonic() - begun < START_WITHIN_S, f"it does not listen:\n{self.log_end()}"
            await asyncio.sleep(0.02)
        return time.monotonic() - begun

    async def kill(self) -> None:
        """SIGKILL: no farewell, nothing is written any more."""
        child, self._child = self._running(), None
        if child.returncode is None:
            child.kill()
        await child.wait()

    async def terminate(self) -> Stopped:
        """SIGTERM, and wait for the end."""
        child = self._running()
        begun = time.monotonic()
        child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN_S):
            code = await child.wait()
        self._child = None
        return Stopped(code, time.monotonic() - begun)

    @property
    def ended(self) -> int | None:
        """The exit code, if it has ended by itself."""
        return self._running().returncode

    @property
    def runs(self) -> bool:
        """Was it started, and not ended?"""
        return self._child is not None

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def cpu_s(self) -> float:
        """Seconds of CPU that it has used so far, all threads, user and system."""
        # Linux names the CPU clock of another process by its id; /proc/<pid>/stat has the same in steps of 10 ms.
        return time.clock_gettime((~self.pid << 3) | 2)

    @property
    def rss_mib(self) -> float:
        """Memory that it holds now, MiB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    async def export(self, *kinds: str) -> dict[str, list[Line]]:
        """What `python -m bot export --kind …` prints, by kind."""
        found: dict[str, list[Line]] = {kind: [] for kind in kinds}
        for line in map(json.loads, (await self.command("export", "--kind", ",".join(kinds))).splitlines()):
            found[line["kind"]].append(line)
        return found

    async def command(self, *words: str) -> str:
        """What `python -m bot …` prints, with the settings of this process. It must succeed."""
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=self._folder,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await child.communicate()
        assert child.returncode == 0, f"{out.decode()}{errors.decode()}"
        return out.decode()

    async def leases_end(self) -> None:
        """What the dead program was sending is due at once; on PostgreSQL that is known when its lease ends."""
        async with self.database():
            await Delivery.filter(state=DeliveryState.SENDING).update(lease_until=datetime.now(UTC))

    async def settled(self) -> None:
        """Wait until nothing is due any more."""
        end = time.monotonic() + SETTLES_WITHIN_S
        async with self.database():
            while await Delivery.filter(state__in=UNSETTLED).exists():
                assert time.monotonic() < end, f"deliveries are still waiting:\n{self.log_end()}"
                await asyncio.sleep(0.05)

    async def count(self, state: DeliveryState) -> int:
        """How many deliveries are in this state."""
        async with self.database():
            return await Delivery.filter(state=state).count()

    @asynccontextmanager
    async def database(self) -> AsyncIterator[None]:
        """Its database, open to look at."""
        database = await opened(self._environment[f"{PREFIX}DATABASE_URL"], pool_size=2)
        try:
            yield
        finally:
            await database.close()

    @property
    def log(self) -> str:
        """All that it has logged."""
        return (self._folder / "log").read_text(errors="replace")

    def log_end(self) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.splitlines()[-30:])

    def _running(self) -> asyncio.subprocess.Process:
        assert self._child is not None, "it does not run"
        return self._child


async def _greets(port: int, greeting: bytes) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        return (await reader.readline()).startswith(greeting)
    except OSError:
        return False
    finally:
        writer.close()
