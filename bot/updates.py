"""The bot's updates: fetched as raw JSON, each handled to its commit, and only then confirmed to Telegram.

python-telegram-bot's own poller confirms a batch before anybody has handled it; a crash then loses it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import structlog
from telegram import Update

from bot.wire.client import READ_TIMEOUT_S, Wire
from intake.accepting import Parking, Raw

log = structlog.get_logger()

# Everything that the product reads; Telegram remembers the list.
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
POLL_S = 25
CONNECT_S = 10
LONGEST_WAIT_S = 30.0
Handle = Callable[[Update], Awaitable[None]]
RawUpdate = Mapping[str, Any]  # Telegram's JSON, which may hold anything


class PollError(Exception):
    """Telegram refuses our getUpdates. The message is for the operator."""


class Updates:
    """A long poller that never confirms what is not stored."""

    def __init__(self, wire: Wire, parking: Parking) -> None:
        self._wire = wire
        self._bot = wire.bot
        self._parking = parking
        self._offset: int | None = None

    async def run(self, handle: Handle) -> None:
        """Poll until cancelled. A batch is confirmed by asking for the next one."""
        waits = 0
        await self._wire.connect()
        async with httpx.AsyncClient(timeout=httpx.Timeout(POLL_S + READ_TIMEOUT_S, connect=CONNECT_S)) as client:
            while True:
                try:
                    batch = await self._fetch(client)
                    await self.handle_batch(batch, handle)
                    if batch:
                        self._offset = int(batch[-1]["update_id"]) + 1
                except PollError as error:
                    waits += 1
                    log.warning("no updates", error=str(error))
                    await _rest(waits)
                except Exception as error:  # noqa: BLE001 - the mouth: the network or the database is away
                    waits += 1
                    # Only the name: httpx's words hold the address, and the address holds the token.
                    log.warning("updates wait", error=type(error).__name__)
                    await _rest(waits)
                else:
                    waits = 0

    async def handle_batch(self, batch: list[RawUpdate], handle: Handle) -> None:
        """Handle a batch: conversations side by side, each in its order. Returns when all of it is stored or parked.

        Raises when the database is away; then nothing of the batch may be confirmed.
        """
        chains: dict[str, list[RawUpdate]] = {}
        for raw in batch:
            chains.setdefault(conversation(raw), []).append(raw)
        results = await asyncio.gather(
            *(self._chain(chain, handle) for chain in chains.values()), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _chain(self, chain: list[RawUpdate], handle: Handle) -> None:
        for raw in chain:
            await self.handle_one(raw, handle)

    async def handle_one(self, raw: RawUpdate, handle: Handle) -> None:
        """Handle one update, or park it when our own code cannot."""
        content = json.dumps(raw, ensure_ascii=True, sort_keys=True).encode()
        key = f"{self._wire.bot_id}:{hashlib.sha256(content).hexdigest()}"

        async def work() -> None:
            update = Update.de_json(dict(raw), self._bot)
            await handle(update)

        await self._parking.handle(Raw("telegram", key, content, {"bot": str(self._wire.bot_id)}), work)

    async def _fetch(self, client: httpx.AsyncClient) -> list[RawUpdate]:
        parameters: dict[str, str | int] = {"timeout": POLL_S, "allowed_updates": json.dumps(ALLOWED)}
        if self._offset is not None:
            parameters["offset"] = self._offset
        response = await client.post(f"{self._bot.base_url}/getUpdates", data=parameters)
        answer = response.json()
        if not isinstance(answer, dict) or not answer.get("ok"):
            raise PollError(_refusal(response.status_code, answer))
        batch = answer["result"]
        if not isinstance(batch, list) or not all(isinstance(raw, dict) and "update_id" in raw for raw in batch):
            raise PollError("Telegram's answer to getUpdates has no updates in it.")
        return batch


def conversation(raw: RawUpdate) -> str:
    """What must stay in order: a private chat, a topic of the desk, the buttons of a message."""
    for kind in ("message", "edited_message", "callback_query", "my_chat_member"):
        body = raw.get(kind)
        if isinstance(body, dict):
            message = body.get("message") if kind == "callback_query" else body
            message = message if isinstance(message, dict) else {}
            chat = message.get("chat")
            thread = message.get("message_thread_id") if message.get("is_topic_message") else None
            return f"{chat.get('id') if isinstance(chat, dict) else None}:{thread}"
    return "other"


def _refusal(status: int, answer: object) -> str:
    if status in (401, 404):
        return "Telegram does not accept TELEGRAM_TOKEN; get a new one from @BotFather."
    if status == 409:
        return "Another program polls this bot, or a webhook is set; only one may."
    description = answer.get("description") if isinstance(answer, dict) else None
    return f"Telegram refuses getUpdates ({status}): {description}"


async def _rest(waits: int) -> None:
    await asyncio.sleep(min(0.5 * 2.0 ** min(waits, 10), LONGEST_WAIT_S) * random.uniform(0.75, 1.25))  # noqa: S311
