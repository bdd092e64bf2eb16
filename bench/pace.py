"""How long a customer waits for an agent's reply while the desk is answered 429: ours, and python-telegram-bot's own.

Both run as processes of their own on the same simulated Telegram with its flood limits, under the same load, and are
killed with SIGKILL at the end: what they had taken from Telegram and not kept is lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.record import Deed
from bot.demo.simulator import Simulator
from tests.process import Process

TOKEN_IN = re.compile(r"\b(m[0-9]+)\.")
CUSTOMERS, MESSAGES_EACH = 10, 9
CAPTION = (
    f"{CUSTOMERS} customers write {MESSAGES_EACH} messages each within the first half of the run, more than a group "
    "takes. After a fifth Telegram refuses the desk's next message for 40 s. An agent answers one customer every three "
    "seconds. Reply: from the agent's message to the customer's screen. Shown: customers' messages that an agent can "
    "read. Early: calls to a chat before the time that a 429 had named. Lost: taken from Telegram, and kept nowhere "
    "when the program was killed at the end."
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of one run."""

    program: str
    replies: int
    reply_p50_s: float
    reply_max_s: float
    unanswered: int  # replies that had not arrived at the end
    sent: int  # customers' messages
    shown: int
    shown_per_minute: float
    refusals: int  # 429
    early: int
    lost: int


class Run:
    """One program on one simulated Telegram."""

    def __init__(self, sim: Simulator, seconds: float) -> None:
        self.sim = sim
        self.seconds = seconds
        self.desk: Group = sim.forum("Support desk")
        self.agent: Person = sim.person("Maria Agent")
        self.desk.add(self.agent, "administrator")
        self.customers = [sim.person(f"Customer{number} Test") for number in range(CUSTOMERS)]
        self.asked_at: dict[str, float] = {}
        self.sent: list[str] = []

    async def load(self) -> None:
        """Everybody does his part; returns at the end of the time."""
        self.sim.flood_control()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._customers())
            tasks.create_task(self._agent())
            tasks.create_task(self._refusal())
            await asyncio.sleep(self.seconds)

    async def _customers(self) -> None:
        gap = self.seconds * 0.5 / (CUSTOMERS * MESSAGES_EACH)
        for customer in self.customers:
            customer.start()
        for turn in range(MESSAGES_EACH):
            for number, customer in enumerate(self.customers):
                token = f"m{turn * CUSTOMERS + number}"
                customer.writes(f"{token}. My kettle does not heat any more.")
                self.sent.append(token)
                await asyncio.sleep(gap)

    async def _agent(self) -> None:
        await asyncio.sleep(self.seconds * 0.1)
        topic = next(topic for topic in self.desk.topics() if "Customer0 " in topic.name)
        number = 0
        while number * 3 < self.seconds * 0.5:
            words = f"answer {number}."
            self.asked_at[words] = self.sim.clock.monotonic()
            self.agent.writes_in(topic.thread_id, words)
            number += 1
            await asyncio.sleep(3)

    async def _refusal(self) -> None:
        await asyncio.sleep(self.seconds * 0.2)
        self.sim.fail("*", retry_after=40, chat_id=self.desk.chat_id)

    def figures(self, program: str, stored: str) -> Figures:
        """What came of it. `stored`: all that the program has kept."""
        happenings = self.sim.record.happenings
        said = [one for one in happenings if one.deed in (Deed.POSTED, Deed.EDITED) and one.by == self.sim.bot_id]
        shown = {
            token
            for one in said
            if one.chat_id == self.desk.chat_id
            for token in TOKEN_IN.findall(one.message.text or "")
        }
        waits = []
        for words, asked in self.asked_at.items():
            arrived = [one.at for one in said if one.chat_id > 0 and words in (one.message.text or "")]
            waits += [arrived[0] - asked] if arrived else []
        waiting = "".join(repr(pending) for pending in self.sim.world.queue.waiting.values())
        kept = shown | set(TOKEN_IN.findall(stored)) | set(TOKEN_IN.findall(waiting))
        return Figures(
            program=program,
            replies=len(waits),
            reply_p50_s=round(sorted(waits)[len(waits) // 2], 2) if waits else math.nan,
            reply_max_s=round(max(waits, default=math.nan), 2),
            unanswered=len(self.asked_at) - len(waits),
            sent=len(self.sent),
            shown=len(shown),
            shown_per_minute=round(len(shown) / self.seconds * 60, 1),
            refusals=sum(call.error_code == 429 for call in self.sim.calls),
            early=len(self.sim.record.early),
            lost=len(set(self.sent) - kept),
        )


async def ours(run: Run, folder: Path) -> str:
    """Run this program; give all that its database holds when it was killed."""
    settings = {
        "TELEGRAM_TOKEN": run.sim.token,
        "TELEGRAM_API_URL": run.sim.url,
        "DESK_CHAT_ID": str(run.desk.chat_id),
        "ADMINS": str(run.agent.id),
        "MAILBOXES": "support@shop.example",
        "HTTP_LISTEN": "",
        "DATABASE_URL": f"sqlite://{folder / 'intake.sqlite3'}",
    }
    async with Process(folder, settings) as process:
        await process.start()
        await run.load()
        await process.kill()
        return json.dumps(await process.export("record"))


async def theirs(run: Run, folder: Path) -> str:
    """Run python-telegram-bot's own parts; they keep nothing."""
    async with _child(folder, "-m", "bench.limited", run.sim.url, run.sim.token, str(run.desk.chat_id)):
        await run.load()
    return ""


@asynccontextmanager
async def _child(folder: Path, *words: str) -> AsyncIterator[None]:
    with (folder / "log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=log, stderr=log)
    try:
        yield
    finally:
        child.kill()
        await child.wait()


async def measure(seconds: float) -> list[Figures]:
    """One run of each."""
    found = []
    for name, program in (("intake-bot", ours), ("Updater + AIORateLimiter", theirs)):
        with tempfile.TemporaryDirectory() as folder:
            async with Simulator() as sim:
                run = Run(sim, seconds)
                stored = await program(run, Path(folder))
                found.append(run.figures(name, stored))
    return found


def report(found: list[Figures], console: Console) -> None:
    """A table to read and a line of JSON."""
    table = Table("", *(one.program for one in found), caption=CAPTION)
    for name in Figures.__slots__:
        if name != "program":
            table.add_row(name.replace("_", " "), *(str(getattr(one, name)) for one in found))
    console.print(table)
    print(json.dumps([asdict(one) for one in found]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-s", "--seconds", type=float, default=180, help="of each run")
    arguments = parser.parse_args()
    report(asyncio.run(measure(arguments.seconds)), Console())


if __name__ == "__main__":
    main()
