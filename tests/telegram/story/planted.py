"""The real program with one bug planted in it, to see that the story's laws catch it.

    python -m tests.telegram.story.planted lost_order run

Each bug is one that was made before, here or elsewhere. None of it is in the product: one function of it is replaced
in this process, before the program begins.
"""

from __future__ import annotations

import asyncio
import sys

import httpx
from telegram import Message

from bot import __main__ as program
from bot.chat.channel import ChatChannel
from bot.desk.hearing import AgentsDesk
from bot.desk.topics import Topics
from bot.receiving.polling import Poller
from bot.receiving.updates import RawUpdate
from bot.receiving.webhook import Webhook
from bot.wire.budget import Budget, Family
from storage import claims, topics
from storage.models import DeskTopic

SLOW_DISK_S = 0.2


def offset_before_commit() -> None:
    """A batch is confirmed before it is stored, as python-telegram-bot's own poller and webhook do.

    The disk is slow here: on a fast one, a kill would have to hit the same millisecond to show it.
    """
    fetch, take = Poller._fetch, Webhook.take
    unheard: set[asyncio.Task[None]] = set()

    async def confirmed_at_once(self: Poller, client: httpx.AsyncClient) -> list[RawUpdate]:
        batch = await fetch(self, client)
        if batch:
            await self._ask(client, "getUpdates", {"offset": int(batch[-1]["update_id"]) + 1, "timeout": 0})
            await asyncio.sleep(SLOW_DISK_S)
        return batch

    async def stored_later(self: Webhook, raw: RawUpdate) -> None:
        await asyncio.sleep(SLOW_DISK_S)
        await take(self, raw)

    async def taken_at_once(self: Webhook, raw: RawUpdate) -> None:
        unheard.add(asyncio.create_task(stored_later(self, raw)))

    Poller._fetch = confirmed_at_once  # type: ignore[method-assign]  # that is the bug
    Webhook.take = taken_at_once  # type: ignore[method-assign]  # that is the bug


def leaked_note() -> None:
    """What an agent writes as an answer to a note goes to the customer."""

    async def no_note(self: AgentsDesk, message: Message) -> bool:
        return False

    AgentsDesk._answers_note = no_note  # type: ignore[method-assign]  # that is the bug


def blind_repeat() -> None:
    """A send to a customer whose answer was lost is made again."""
    ChatChannel.repeatable = True


def lost_order() -> None:
    """What waits last in a conversation goes first."""
    claims._CLAIM = claims._CLAIM.replace("e.id < d.id", "e.id > d.id")
    claims._CLAIM_IN_TURN = claims._CLAIM_IN_TURN.replace("min(q.id)", "max(q.id)")


def topic_twice() -> None:
    """A topic that was made just before a crash is not known again."""

    async def forgets(request_id: int, bot: str, desk: str, thread: str) -> bool:
        return False

    def impatient(self: Topics, topic: DeskTopic) -> None:
        return

    topics.adopt = forgets
    Topics._await_orphan = impatient  # type: ignore[method-assign]  # that is the bug


def ignored_retry_after() -> None:
    """Telegram's "retry after" is taken for a hiccup of half a second."""
    refused = Budget.refused

    def impatient(self: Budget, chat: int, family: Family, after: float) -> None:
        refused(self, chat, family, 0.5)

    Budget.refused = impatient  # type: ignore[method-assign]  # that is the bug


BUGS = (offset_before_commit, leaked_note, blind_repeat, lost_order, topic_twice, ignored_retry_after)


if __name__ == "__main__":
    {bug.__name__: bug for bug in BUGS}[sys.argv.pop(1)]()
    program.main()
