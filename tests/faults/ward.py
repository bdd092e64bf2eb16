"""The real program under observation: with mail and a chat, while something that it stands on fails and heals."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from bench.load import MAILBOX, Client, Letter, NotTakenError, letters
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from tests.ports import free_port
from tests.process import Process

SECRET = "a-secret-of-the-webhook"
LOOK_S = 0.1
SICK_WITHIN_S = 30.0
WELL_WITHIN_S = 60.0
# Of every three mails one is larger than what a row holds, and its attachment is a file.
LARGE = 90_000
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "date": 1_800_000_000,
        "chat": {"id": 5, "type": "private", "first_name": "Boris"},
        "from": {"id": 5, "is_bot": False, "first_name": "Boris"},
        "text": "Is anybody there?",
    },
}

T = TypeVar("T")

NEXT_LETTER = itertools.count()


class Ward:
    """One program and all that came to it. `settings`: its own, over those of the ward."""

    def __init__(self, folder: Path, sim: Simulator, settings: Mapping[str, str], *, polling: bool = False) -> None:
        self.sim = sim
        self.http = free_port()
        self.anna: Person = sim.person("Anna A")
        self.anna.start()
        self.said: list[str] = []
        self.letters: list[Letter] = []
        receiving = {} if polling else {"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{self.http}/telegram"}
        desk = sim.forum("Support desk")
        self.desk = desk
        self.program = Process(
            folder,
            {
                "MAILBOXES": MAILBOX,
                "MAIL_AUTH": "off",
                "HTTP_LISTEN": f"127.0.0.1:{self.http}",
                "TELEGRAM_TOKEN": sim.token,
                "TELEGRAM_API_URL": sim.url,
                "TELEGRAM_WEBHOOK_SECRET": SECRET,
                "TELEGRAM_PACE": "1000",
                "DESK_CHAT_ID": str(desk.chat_id),
                "ACKS_PER_HOUR": "0",
                "REQUESTS_PER_SENDER_PER_HOUR": "0",
                "TOPICS_PER_HOUR": "0",
                **receiving,
                **settings,
            },
        )
        self._waiting: list[Letter] = []

    async def says(self) -> None:
        """The customer writes in her chat."""
        self.said.append(f"message {len(self.said)} of Anna")
        self.anna.writes(self.said[-1])

    async def writes(self, *, large: bool = False) -> str:
        """A mail is handed in. Returns 250, or the code of the refusal; "" when there was nobody."""
        number = next(NEXT_LETTER)
        [letter] = letters(1, 7000 + number, text=600, every=1 if large else 2, attachment=LARGE)
        self.letters.append(letter)
        code = await self.hands_in(letter)
        if code != "250":
            self._waiting.append(letter)
        return code

    async def sick(self, *words: str) -> list[str]:
        """Wait until it says that it is not ready, for a reason with these words; it is alive all the while."""

        async def look() -> list[str] | None:
            status, reasons = await self.readiness()
            said = " ".join(reasons)
            return reasons if status == 503 and all(word in said for word in words) else None

        return await self._until(look, SICK_WITHIN_S, f"it does not say {words}")

    async def refuses(self) -> None:
        """Nobody's message is taken, and nobody is told that it never will be."""
        assert (code := await self.writes())[:1] == "4", code
        assert (code := await self.writes(large=True))[:1] == "4", code
        async with self._web() as web:
            answer = await web.post("/telegram", json=UPDATE, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
            assert answer.status_code == 503, answer.text

    async def well(self) -> None:
        """Wait until it is ready; then all that was refused is taken, and a new mail as well."""

        async def look() -> bool | None:
            return (await self.readiness())[0] == 200 or None

        await self._until(look, WELL_WITHIN_S, "it does not heal")
        waiting, self._waiting = self._waiting, []
        for letter in waiting:
            assert (code := await self.hands_in(letter)) == "250", code
        assert (code := await self.writes(large=True)) == "250", code

    async def all_there(self) -> None:
        """Each message that came is one record, whole; nothing else is."""

        async def look() -> bool | None:
            stored = await self.program.export("record")
            return len(stored["record"]) >= len(self.said) + len(self.letters) or None

        await self._until(look, WELL_WITHIN_S, "not everything is stored")
        stored = await self.program.export("record", "parked")
        assert stored["parked"] == []
        records = stored["record"]
        assert sorted(one["message_id"] for one in records if one["channel"] == "mail") == sorted(
            letter.message_id for letter in self.letters
        )
        assert sorted(one["text"] for one in records if one["channel"] == "telegram") == sorted(self.said)
        for attachment in (file for one in records for file in one["attachments"]):
            name = attachment["sha256"]
            assert (self.program.data / "files" / name[:2] / name[2:]).stat().st_size == attachment["size"]

    async def settled(self) -> None:
        """Wait until the chat's updates are taken."""
        queue = self.sim.world.queue
        await self.sim.until(lambda: not queue.waiting, WELL_WITHIN_S)

    def shows(self, text: str) -> bool:
        """Can agents read this in a topic?"""
        return any(text in message.text for topic in self.desk.topics() for message in topic.messages)

    async def readiness(self) -> tuple[int, list[str]]:
        """What /readyz says. /healthz is green whatever it is."""
        async with self._web() as web:
            try:
                assert (await web.get("/healthz")).status_code == 200
                answer = await web.get("/readyz")
            except httpx.TransportError as error:
                return 0, [type(error).__name__]
        return answer.status_code, answer.json()["reasons"]

    def _web(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.http}", timeout=60)

    async def hands_in(self, letter: Letter) -> str:
        """Hand in this mail. Returns what `writes` does."""
        try:
            client = await Client.connected(self.program.port)
        except NotTakenError as error:
            return str(error)[:3]
        except OSError:
            return ""
        try:
            async with asyncio.timeout(WELL_WITHIN_S):
                await client.hand_in(letter)
        except NotTakenError as error:
            return str(error)[:3]
        finally:
            client.close()
        return "250"

    async def _until(self, look: Callable[[], Awaitable[T | None]], seconds: float, else_: str) -> T:
        end = time.monotonic() + seconds
        while (found := await look()) is None:
            assert time.monotonic() < end, f"{else_}: {await self.readiness()}\n{self.program.log_end()}"
            await asyncio.sleep(LOOK_S)
        return found


@asynccontextmanager
async def ward(folder: Path, *, polling: bool = False, **settings: str) -> AsyncIterator[Ward]:
    """A ward; the program is not started yet."""
    async with Simulator() as sim:
        made = Ward(folder, sim, settings, polling=polling)
        async with made.program:
            yield made
