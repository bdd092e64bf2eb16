"""An update on its way to its commit: in its conversation's order, and parked when our own code cannot handle it.

How updates come, fetched or brought, is not known here: bot/receiving/polling.py and bot/receiving/webhook.py.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeGuard
from weakref import WeakValueDictionary

from telegram import Update

from bot.wire.client import Wire
from intake.incoming.accepting import Parking, Raw
from storage.traces import traced

# Everything that the product reads; Telegram remembers the list.
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
Handle = Callable[[Update], Awaitable[None]]
RawUpdate = Mapping[str, Any]  # Telegram's JSON, which may hold anything


class Source(Protocol):
    """A way that updates come by."""

    @property
    def trouble(self) -> str | None:
        """Why none come at present, in words for the operator, or None."""

    async def run(self, handle: Handle) -> None:
        """Take updates until cancelled; each is acknowledged once `handle` has returned, and not when it raised."""


class Updates:
    """Handles the updates of one bot: conversations side by side, each in its order."""

    def __init__(self, wire: Wire, parking: Parking) -> None:
        self._wire = wire
        self._parking = parking
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle_batch(self, batch: Sequence[RawUpdate], handle: Handle) -> None:
        """Handle what came at once. Returns when all of it is stored or parked.

        Raises when the database is away; then nothing of the batch may be confirmed. What comes after the one that
        failed, in its conversation, is not tried.
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

    async def handle_in_turn(self, raw: RawUpdate, handle: Handle) -> None:
        """Handle one of several that come at once, after those of its conversation that came before it.

        Telegram brings the messages of a chat one at a time, but presses beside them; and what it gave up waiting for
        comes again while the first copy is still at work. Raises as `handle_batch` does.
        """
        key = conversation(raw)
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Lock()
        async with turn:
            await self.handle_one(raw, handle)

    async def handle_one(self, raw: RawUpdate, handle: Handle) -> None:
        """Handle one update, or park it when our own code cannot."""
        content = json.dumps(raw, ensure_ascii=True, sort_keys=True).encode()
        key = f"{self._wire.bot_id}:{hashlib.sha256(content).hexdigest()}"

        async def work() -> None:
            update = Update.de_json(dict(raw), self._wire.bot)
            await handle(update)

        with traced():
            await self._parking.handle(Raw("telegram", key, content, {"bot": str(self._wire.bot_id)}), work)

    async def _chain(self, chain: list[RawUpdate], handle: Handle) -> None:
        for raw in chain:
            await self.handle_one(raw, handle)


def is_update(raw: object) -> TypeGuard[RawUpdate]:
    """Is this JSON one of Telegram's updates, whatever it holds?"""
    return isinstance(raw, dict) and isinstance(raw.get("update_id"), int)


def conversation(raw: RawUpdate) -> str:
    """What must stay in order: a private chat, a topic of the desk, the buttons of a message."""
    for kind in ALLOWED:
        body = raw.get(kind)
        if isinstance(body, dict):
            message = body.get("message") if kind == "callback_query" else body
            message = message if isinstance(message, dict) else {}
            chat = message.get("chat")
            thread = message.get("message_thread_id") if message.get("is_topic_message") else None
            return f"{chat.get('id') if isinstance(chat, dict) else None}:{thread}"
    return "other"
