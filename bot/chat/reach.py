"""Whether customers can be reached: what Telegram says when they block or unblock the bot, and what sends find out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from telegram import ChatMember, Update

from intake.customers import reach
from intake.house import House
from storage.transaction import after_commit, transaction

CHANNEL = "telegram"
BLOCKED = "the customer has blocked the bot"


class Reach:
    """Keeps of each customer whether he can be reached, and tells the agents when he says so himself."""

    def __init__(
        self, house: House, wake: Callable[[], None], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._house = house
        self._wake = wake
        self._clock = clock

    async def reached(self, update: Update) -> None:
        """Somebody has blocked or unblocked the bot in his private chat."""
        changed = update.my_chat_member
        if changed is None:
            return
        person, now = str(changed.chat.id), self._clock()

        async def work() -> None:
            match changed.new_chat_member.status:
                case ChatMember.BANNED:
                    await reach.lost(CHANNEL, person, BLOCKED, changed.date, now, tell=self._house.desk)
                case ChatMember.MEMBER:
                    await reach.back(CHANNEL, person, changed.date, now, tell=self._house.desk)
            after_commit(self._wake)

        await transaction(work)


async def not_reached(chat: int, reason: str) -> None:
    """A message was refused because of him who should read it. The outbox tells the agents which one it was."""

    async def work() -> None:
        await reach.lost(CHANNEL, str(chat), reason, None, datetime.now(UTC), tell=False)

    await transaction(work)
