"""The queue of updates of one bot: polled and confirmed by offset, or posted to the bot's webhook."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from pydantic import JsonValue

from bot.demo import parts, spec
from bot.demo.clock import Clock
from bot.demo.queue.pending import DAY_S, LIFETIME_S, Pending, lane
from bot.demo.queue.webhook import Webhook
from bot.demo.refusal import Refused

FIRST_UPDATE_ID = 510_000_001
# Left out unless asked for: core.telegram.org/bots/api#getupdates
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# After so much silence the next number is random, and may be lower: core.telegram.org/bots/api#update
SILENCE_S = 7 * 86_400
# An offset may be so far ahead of the last number; one beyond is overlooked (td's TQueue).
AHEAD = 10
# Telegram's brakes on hasty pollers, in seconds.
HELD_S, HASTY_S = 3, 0.5
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True, eq=False)
class UpdateQueue:
    """What waits for the bot, by number. `allowed` is None for Telegram's default.

    `brakes`: hold polls that repeat an offset too soon, and repeated conflicts, as Telegram does. Off by default,
    for a test would only wait.
    """

    clock: Clock
    dress: Callable[[JsonValue], JsonValue]  # how the bot sees what others see
    waiting: dict[int, Pending] = field(default_factory=dict)
    next_id: int = FIRST_UPDATE_ID
    allowed: Collection[str] | None = None
    closing: bool = False
    brakes: bool = False
    webhook: Webhook | None = None
    polling: asyncio.Event = field(default_factory=asyncio.Event)  # set while somebody waits for news
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311  # no secret
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _poller: object = None
    _last_offset: int | None = None
    _last_poll_at: float = 0
    _last_conflict_at: float = 0
    _last_put_at: float = 0
    _next_expiry: float = float("inf")
    _duplicate_wanted: bool = False
    _repeated: Pending | None = None
    _given_up: list[Webhook] = field(default_factory=list)

    def put(
        self,
        message: spec.Message | None = None,
        edited_message: spec.Message | None = None,
        callback_query: spec.CallbackQuery | None = None,
        my_chat_member: spec.ChatMemberUpdated | None = None,
        chat_member: spec.ChatMemberUpdated | None = None,
        message_reaction: spec.MessageReactionUpdated | None = None,
        inline_query: spec.InlineQuery | None = None,
        teleportation: parts.Hologram | None = None,
    ) -> None:
        """Queue one update, if the bot wants its kind."""
        update = spec.Update(
            update_id=self.next_id,
            message=message,
            edited_message=edited_message,
            callback_query=callback_query,
            my_chat_member=my_chat_member,
            chat_member=chat_member,
            message_reaction=message_reaction,
            inline_query=inline_query,
            teleportation=teleportation,
        )
        kind = next(name for name, value in update if name != "update_id" and value is not None)
        if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
            return
        now = self.clock.now()
        if not self.waiting and 0 < self._last_put_at < now - SILENCE_S:
            self.next_id = self.chance.randrange(1, 2**30)
            update = update.model_copy(update={"update_id": self.next_id})
        body = self.dress(spec.as_json(update))
        pending = Pending(update.update_id, kind, body, lane(update), now + LIFETIME_S.get(kind, DAY_S))
        self._last_put_at = now
        self.next_id += 1
        self.waiting[pending.id] = pending
        self._next_expiry = min(self._next_expiry, pending.expires_at)
        self._news.set()
        if self.webhook is not None:
            self.webhook.take(pending)

    def repeat_next(self) -> None:
        """The next update that is handed out will be handed out once more, although it was confirmed."""
        self._duplicate_wanted = True

    async def close(self) -> None:
        """Let a waiting poller go, and post no more. What waits, waits on; a webhook stays set."""
        self.closing = True
        self._news.set()
        for one in (*self._given_up, self.webhook):
            if one is not None:
                await one.stop()

    def drop_all(self) -> None:
        self.waiting.clear()

    def hook(self, webhook: Webhook) -> None:
        """From now on post to a webhook, what waits already first. A waiting poller is sent away."""
        self.webhook = webhook
        self._news.set()
        webhook.start(tuple(self.waiting.values()))

    async def unhook(self) -> None:
        """Keep what waits for a poller, or for the next webhook."""
        webhook, self.webhook = self.webhook, None
        for one in (*self._given_up, webhook):
            if one is not None:
                await one.stop()
        self._given_up.clear()

    def gave_up(self) -> None:
        """The webhook's address is gone for good: as if it had never been set."""
        if self.webhook is not None:
            self._given_up.append(self.webhook)
            self.webhook = None

    def open(self) -> None:
        """Serve again after `close`."""
        self.closing = False
        if self.webhook is not None:
            self.webhook.start(tuple(self.waiting.values()))

    def holds(self, pending: Pending) -> bool:
        """Does an update still wait? Not one that was dropped, or whose time is over."""
        self._expire()
        return pending.id in self.waiting

    def taken(self, pending: Pending) -> None:
        """The webhook has it; unless it is to come twice, it is forgotten."""
        if self._duplicate_wanted:
            self._duplicate_wanted = False
        else:
            self.waiting.pop(pending.id, None)

    async def poll(self, offset: int, limit: int, timeout: float) -> list[JsonValue]:
        """What getUpdates answers; waits for news up to `timeout` seconds. Raises Refused when another poller comes."""
        if self.webhook is not None:
            await self._refuse(WEBHOOK_ACTIVE)
        limit, timeout = self._braked(offset, min(limit, 100) if limit > 0 else 100, min(max(timeout, 0), 50))
        me = self._poller = object()
        self._news.set()  # wakes the older poller, which finds that it has been replaced
        self._confirm(offset)
        try:
            async with asyncio.timeout(timeout):
                while not (self.waiting or self._repeated or self.closing):
                    self._news.clear()
                    self.polling.set()
                    await self._news.wait()
                    if self._poller is not me or self.webhook is not None:
                        await self._refuse(HOOKED if self.webhook is not None else CONFLICT)
                    self._expire()
        except TimeoutError:
            return []
        finally:
            if self._poller is me:
                self.polling.clear()
        return [pending.body for pending in self._handed_out(limit)]

    async def _refuse(self, words: str) -> None:
        """409; with the brakes on, a repeated one comes late. Raises Refused."""
        now = self.clock.monotonic()
        again, self._last_conflict_at = now - self._last_conflict_at < HELD_S, now
        if again and self.brakes:
            await self.clock.sleep(HELD_S)
        raise Refused(409, words)

    def _braked(self, offset: int, limit: int, timeout: float) -> tuple[int, float]:
        """Limit and timeout for somebody who asks the same again too soon."""
        now = self.clock.monotonic()
        since, same = now - self._last_poll_at, offset == self._last_offset
        self._last_poll_at, self._last_offset = now, offset
        if self.brakes and same:
            limit = 1 if since < HASTY_S else limit
            timeout = HELD_S if since < HELD_S and timeout < HELD_S else timeout
        return limit, timeout

    def _confirm(self, offset: int) -> None:
        """Forget what lies before the offset. One that does not fit falls back to the head of the queue."""
        self._expire()
        if offset < 0:
            surplus = list(self.waiting)[:offset]
        elif offset <= self.next_id + AHEAD:
            surplus = [number for number in self.waiting if number < offset]
        else:
            surplus = []
        for number in surplus:
            del self.waiting[number]

    def _handed_out(self, limit: int) -> list[Pending]:
        again, self._repeated = self._repeated, None
        batch = ([again] if again else []) + list(self.waiting.values())
        if self._duplicate_wanted and self.waiting:
            self._duplicate_wanted = False
            self._repeated = next(iter(self.waiting.values()))
        return batch[:limit]

    def _expire(self) -> None:
        now = self.clock.now()
        if now < self._next_expiry:
            return
        self.waiting = {number: pending for number, pending in self.waiting.items() if pending.expires_at > now}
        self._next_expiry = min((pending.expires_at for pending in self.waiting.values()), default=float("inf"))
