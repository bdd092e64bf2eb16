"""Several real programs on one PostgreSQL and one simulated Telegram, as on several machines; who is on duty."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo import wire
from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from storage import leases
from tests.ports import free_port
from tests.process import Process

WAIT_S = 40.0
SECRET = "a-secret-of-the-crew"


class Crew:
    """The programs, the people, and what stands in front of the webhooks."""

    def __init__(self, sim: Simulator, url: str, folder: Path, size: int, *, webhook: bool = False) -> None:
        self.sim = sim
        self.desk: Group = sim.forum("Support desk")
        self.boris: Person = sim.person("Boris")
        self.maria: Person = sim.person("Maria Agent")
        self.desk.add(self.maria, "administrator")
        ports = [free_port() for _ in range(size)]
        self.balancer = Balancer(ports) if webhook else None
        self.programs = [Process(folder / str(port), self._settings(url, folder, port)) for port in ports]

    def _settings(self, url: str, folder: Path, port: int) -> dict[str, str]:
        hook = {"TELEGRAM_WEBHOOK_URL": self.balancer.url, "TELEGRAM_WEBHOOK_SECRET": SECRET} if self.balancer else {}
        return {
            "DATABASE_URL": url,
            "DATA_DIR": str(folder / "data"),
            "SECRET_KEY": "the same everywhere",
            "MAILBOXES": "support@shop.example",
            "MAIL_AUTH": "off",
            "TELEGRAM_TOKEN": self.sim.token,
            "TELEGRAM_API_URL": self.sim.url,
            "TELEGRAM_PACE": "1000",
            "DESK_CHAT_ID": str(self.desk.chat_id),
            "ADMINS": str(self.maria.id),
            "HTTP_LISTEN": f"127.0.0.1:{port}",
            **hook,
        }

    async def on_duty(self, name: str, but: Process | None = None) -> Process:
        """The program that holds a lease, as soon as one does (and is another than `but`)."""
        end = time.monotonic() + WAIT_S
        while True:
            async with self.programs[0].database():
                held = {holder.name.partition(":")[0]: holder.owner for holder in await leases.holders()}
            pid = int(held[name].split("|")[2]) if name in held else 0
            for program in self.programs:
                if program.runs and program is not but and program.pid == pid:
                    return program
            assert time.monotonic() < end, f"nobody is on duty: {held}"
            await asyncio.sleep(0.1)

    async def heard(self, words: str) -> float:
        """Boris writes, and the agents read it. Returns the seconds that took."""
        begun = time.monotonic()
        self.boris.writes(words)
        await self.shown(words)
        return time.monotonic() - begun

    async def shown(self, words: str) -> None:
        await self.until(lambda: self.in_topics(words) > 0)

    async def until(self, true: Callable[[], object]) -> None:
        await self.sim.until(true, WAIT_S)

    def in_topics(self, words: str) -> int:
        return sum(words in said.text for topic in self.desk.topics() for said in topic.messages)

    def read_by_boris(self, words: str) -> int:
        return sum(words in said.text for said in self.sim.chat_of(self.boris) if said.from_bot)

    def logs(self, *words: str) -> int:
        """How many lines with these words all of them together have logged."""
        lines = (line for program in self.programs for line in program.log.splitlines())
        return sum(all(word in line for word in words) for line in lines)


class Balancer:
    """A load balancer: an update goes to one program after the other, or (`twice`) to two of them at the same time."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.twice = False
        self._turns = itertools.cycle(ports)
        self._server = wire.HttpServer(Starlette(routes=[Route("/telegram", self._pass, methods=["POST"])]), 0)
        self.url = f"http://127.0.0.1:{self._server.port}/telegram"

    async def close(self) -> None:
        await self._server.stop()

    async def _pass(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
        body = await request.body()
        ports = [next(self._turns) for _ in range(2 if self.twice else 1)]
        statuses = await asyncio.gather(*(_post(port, body, headers) for port in ports))
        return Response(status_code=max(statuses))


async def _post(port: int, body: bytes, headers: dict[str, str]) -> int:
    try:
        async with httpx.AsyncClient(timeout=60) as client:
            return (await client.post(f"http://127.0.0.1:{port}/telegram", content=body, headers=headers)).status_code
    except httpx.HTTPError:
        return 502


def pause(program: Process) -> None:
    """SIGSTOP: as on a machine that stands still, with all connections open."""
    os.kill(program.pid, signal.SIGSTOP)


def go_on(program: Process) -> None:
    """SIGCONT."""
    os.kill(program.pid, signal.SIGCONT)


@asynccontextmanager
async def crew(url: str, folder: Path, size: int, *, webhook: bool = False) -> AsyncIterator[Crew]:
    """So many programs, all started, one of them on duty."""
    async with Simulator() as sim, AsyncExitStack() as stack:
        made = Crew(sim, url, folder, size, webhook=webhook)
        stack.push_async_callback(sim.world.queue.unhook)
        if made.balancer is not None:
            stack.push_async_callback(made.balancer.close)
        for program in made.programs:
            await stack.enter_async_context(program)
            await program.start()  # one after the other: all at once they would keep a busy machine from any
        yield made
