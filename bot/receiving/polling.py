"""The long poller: asks Telegram for news, and confirms nothing that is not stored.

python-telegram-bot's own poller confirms a batch before anybody has handled it; a crash then loses it.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import partial
from urllib.parse import urlsplit

import httpx
import structlog

from bot.alarms import Alarms
from bot.duties import Duty
from bot.receiving.outages import Outages
from bot.receiving.updates import ALLOWED, Handle, RawUpdate, Updates, is_update
from bot.wire.client import READ_TIMEOUT_S, Wire

log = structlog.get_logger()

POLL_S = 25
CONNECT_S = 10
BATCH = 100
TOKEN_WAIT_S, CONFLICT_WAIT_S = 60.0, 5.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
# After a week without updates the next id may be lower than the last one (tdlib: ids are random then).
IDLE = timedelta(days=6)
# One refusal because of another poller is a restart that overlaps; this many within this time is a second program.
CONFLICTS, CONFLICTS_WITHIN = 3, timedelta(minutes=10)

NO_TOKEN = "Telegram does not accept INTAKE_TELEGRAM_TOKEN; get a new one from @BotFather."  # noqa: S105 - a sentence
SECOND_POLLER = (
    "Another program asks Telegram for this bot's messages too, and gets some of them in our place. Stop it, or give "
    "it a bot of its own."
)
NOT_YET = "Telegram has not answered yet."


class Why(Enum):
    """Why Telegram refuses to answer a poller."""

    TOKEN = auto()
    WEBHOOK = auto()
    SECOND_POLLER = auto()
    BUSY = auto()
    OTHER = auto()


class Refusal(Exception):
    """What Telegram answered instead of news. The message is for the operator."""

    def __init__(self, why: Why, words: str, wait: float = 0.0) -> None:
        """`wait`: seconds until it is worth asking again, at least."""
        super().__init__(words)
        self.why = why
        self.wait = wait


class Poller:
    """Fetches one bot's updates."""

    def __init__(
        self,
        wire: Wire,
        updates: Updates,
        outages: Outages,
        alarms: Alarms,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
        duty: Duty | None = None,
    ) -> None:
        """`duty`: to be the process that polls, by default for ever."""
        self._duty = duty or Duty.for_ever()
        self._wire = wire
        self._updates = updates
        self._outages = outages
        self._alarms = alarms
        self._clock = clock
        self._rest = rest
        self._offset: int | None = None
        self._news_at = clock()
        self._alone = False  # no webhook takes the updates
        self._answered = False
        self._failures = 0
        self._trouble: str | None = NOT_YET
        self._conflicts: deque[datetime] = deque(maxlen=CONFLICTS)

    @property
    def trouble(self) -> str | None:
        if self._duty.known and not self._duty.ours:
            return None  # another process polls, and tells
        if self._contested():
            return SECOND_POLLER
        # One answer that was lost on the way is no trouble yet.
        sure = self._failures > 1 or not self._answered or self._trouble == NO_TOKEN
        return self._trouble if sure else None

    async def run(self, handle: Handle) -> None:
        """Poll while it is our duty, until cancelled. A batch is confirmed by asking for the next one."""
        await self._wire.connect()
        await self._duty.during(partial(self._poll, handle))

    async def _poll(self, handle: Handle) -> None:
        # Another process may have polled meanwhile. What it has not confirmed comes again, and is known by its key.
        self._offset, self._news_at, self._alone = None, self._clock(), False
        self._conflicts.clear()
        timeout = httpx.Timeout(POLL_S + READ_TIMEOUT_S, connect=CONNECT_S)
        async with httpx.AsyncClient(timeout=timeout) as client:
            while self._duty.ours:
                wait = await self._turn(client, handle)
                if wait:
                    await self._rest(wait * random.uniform(0.75, 1.25))  # noqa: S311 - jitter, not a secret

    async def _turn(self, client: httpx.AsyncClient, handle: Handle) -> float:
        """Ask once, and handle what comes. Returns the seconds to wait before the next time."""
        try:
            if not self._alone:
                await self._remove_webhook(client)
                self._answered = True
            batch = await self._fetch(client)
            if not self._duty.ours:
                return 0  # we were stopped for a while: another process polls by now, and is given the same
            await self._updates.handle_batch(batch, handle)
            if batch:
                self._offset = int(batch[-1]["update_id"]) + 1
                self._news_at = self._clock()
            if len(batch) < BATCH:
                await self._outages.nothing_waits()
        except Refusal as refusal:
            return await self._refused(refusal) if self._duty.ours else 0
        except Exception as error:  # noqa: BLE001 - the mouth: the network or the database is away
            # Only the name: httpx's words hold the address, and the address holds the token.
            return self._wait(f"Telegram or the database cannot be reached ({type(error).__name__}).")
        if self._failures:
            log.info("updates come again")
        self._failures, self._trouble = 0, None
        return 0

    async def _fetch(self, client: httpx.AsyncClient) -> list[RawUpdate]:
        if self._clock() - self._news_at > IDLE:
            self._offset = None
        # After a failure Telegram is to say at once whether all is well again.
        timeout = 0 if self._failures else POLL_S
        parameters: dict[str, str | int] = {"timeout": timeout, "limit": BATCH, "allowed_updates": json.dumps(ALLOWED)}
        if self._offset is not None:
            parameters["offset"] = self._offset
        batch = await self._ask(client, "getUpdates", parameters)
        found = [raw for raw in batch if is_update(raw)] if isinstance(batch, list) else None
        if found is None or found != batch:
            raise Refusal(Why.OTHER, "Telegram's answer to getUpdates has no updates in it.")
        return found

    async def _remove_webhook(self, client: httpx.AsyncClient) -> None:
        """While a webhook is set nobody may poll. What waits for it stays in the queue, and comes to us."""
        info = await self._ask(client, "getWebhookInfo", {})
        url = info.get("url") if isinstance(info, dict) else None
        if url:
            await self._ask(client, "deleteWebhook", {"drop_pending_updates": "false"})
            words = (
                f"Telegram brought this bot's messages to a webhook at {urlsplit(str(url)).hostname}. It is removed: "
                "this program fetches them itself (INTAKE_TELEGRAM_WEBHOOK_URL is empty)."
            )
            # At the start it is what a change of the settings leaves behind; later somebody else has set it.
            if self._answered:
                await self._alarms.tell(words)
            else:
                log.warning(words)
        self._alone = True

    async def _ask(self, client: httpx.AsyncClient, method: str, parameters: Mapping[str, str | int]) -> object:
        """Call a method and give its result, which may be any JSON. Raises Refusal, or what httpx raises."""
        response = await client.post(f"{self._wire.bot.base_url}/{method}", data=dict(parameters))
        answer = response.json()
        if not isinstance(answer, dict) or not answer.get("ok"):
            raise refused(response.status_code, answer)
        return answer.get("result")

    async def _refused(self, refusal: Refusal) -> float:
        match refusal.why:
            case Why.WEBHOOK:
                self._alone = False
            case Why.SECOND_POLLER:
                self._conflicts.append(self._clock())
                if self._contested():
                    await self._alarms.tell(SECOND_POLLER)
        return max(self._wait(str(refusal)), refusal.wait)

    def _wait(self, trouble: str) -> float:
        """Note what is wrong, and give the seconds to wait: doubling, bounded."""
        if trouble != self._trouble:
            log.warning("no updates", reason=trouble)
        self._trouble = trouble
        self._failures += 1
        return min(FIRST_WAIT_S * 2.0 ** min(self._failures, 10), LONGEST_WAIT_S)

    def _contested(self) -> bool:
        full = len(self._conflicts) == CONFLICTS
        return full and self._clock() - self._conflicts[0] < CONFLICTS_WITHIN


def refused(status: int, answer: object) -> Refusal:
    """What a refusal means. The statuses are HTTP's, the words Telegram's."""
    facts = answer if isinstance(answer, dict) else {}
    words = str(facts.get("description"))
    if status in (401, 404):
        return Refusal(Why.TOKEN, NO_TOKEN, TOKEN_WAIT_S)
    if status == 409 and "webhook" in words.lower():
        return Refusal(Why.WEBHOOK, "Somebody has set a webhook for this bot.")
    if status == 409:
        return Refusal(Why.SECOND_POLLER, SECOND_POLLER, CONFLICT_WAIT_S)
    if status == 429:
        parameters = facts.get("parameters")
        after = parameters.get("retry_after") if isinstance(parameters, dict) else None
        return Refusal(Why.BUSY, "Telegram asks us to wait.", float(after) if isinstance(after, int) else 0.0)
    return Refusal(Why.OTHER, f"Telegram refuses to give updates ({status}): {words}")
