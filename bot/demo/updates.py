"""The queue of updates that a bot polls: confirmed by offset, one poller at a time (getUpdates)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from bot.demo import spec
from bot.demo.refusal import Refused

FIRST_UPDATE_ID = 510_000_001
# Left out unless asked for: core.telegram.org/bots/api#getupdates
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(slots=True)
class UpdateQueue:
    """What waits for the bot. `allowed` is None for Telegram's default."""

    waiting: deque[spec.Update] = field(default_factory=deque)
    next_id: int = FIRST_UPDATE_ID
    allowed: Collection[str] | None = None
    closing: bool = False
    polling: asyncio.Event = field(default_factory=asyncio.Event)  # set while somebody waits for news
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _poller: object = None
    _duplicate_wanted: bool = False
    _repeated: spec.Update | None = None

    def put(
        self,
        message: spec.Message | None = None,
        edited_message: spec.Message | None = None,
        callback_query: spec.CallbackQuery | None = None,
        my_chat_member: spec.ChatMemberUpdated | None = None,
        chat_member: spec.ChatMemberUpdated | None = None,
        message_reaction: spec.MessageReactionUpdated | None = None,
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
        )
        kind = next(name for name, value in update if name != "update_id" and value is not None)
        if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
            return
        self.next_id += 1
        self.waiting.append(update)
        self._news.set()

    def repeat_next(self) -> None:
        """The next update that is handed out will be handed out once more, although it was confirmed."""
        self._duplicate_wanted = True

    def close(self) -> None:
        self.closing = True
        self._news.set()

    def drop_all(self) -> None:
        self.waiting.clear()

    async def poll(self, offset: int, limit: int, timeout: float) -> tuple[spec.Update, ...]:
        """What getUpdates answers; waits for news up to `timeout` seconds. Raises Refused when another poller comes."""
        me = self._poller = object()
        self._news.set()  # wakes the older poller, which finds that it has been replaced
        self._confirm(offset)
        try:
            async with asyncio.timeout(min(max(timeout, 0), 50)):
                while not (self.waiting or self._repeated or self.closing):
                    self._news.clear()
                    self.polling.set()
                    await self._news.wait()
                    if self._poller is not me:
                        raise Refused(409, CONFLICT)
        except TimeoutError:
            return ()
        finally:
            if self._poller is me:
                self.polling.clear()
        return self._handed_out(min(limit, 100) if limit > 0 else 100)

    def _confirm(self, offset: int) -> None:
        """Forget what lies before the offset. One that does not fit falls back to the head of the queue."""
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
        elif offset <= self.next_id:
            while self.waiting and self.waiting[0].update_id < offset:
                self.waiting.popleft()

    def _handed_out(self, limit: int) -> tuple[spec.Update, ...]:
        again, self._repeated = self._repeated, None
        batch = ([again] if again else []) + list(self.waiting)
        if self._duplicate_wanted and self.waiting:
            self._duplicate_wanted = False
            self._repeated = self.waiting[0]
        return tuple(batch[:limit])
