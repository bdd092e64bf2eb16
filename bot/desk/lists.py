"""What agents ask the desk: requests found, their own, the queue, how the desk is doing, who is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.desk import overviews
from bot.desk.board import LOST_WITHIN, topic_links
from bot.desk.group import DeskGroup
from bot.desk.said import Said
from intake.learning.accuracy import accuracy
from intake.outgoing import jobs
from storage import agents, desks, failures, learning, overview, search
from storage.models import CustomerRequest

MOST = 20  # lines of a list; Telegram's apps show no more at once

ACCURACY_OF = timedelta(weeks=8)


class Lists:
    """The answers to an agent's questions, as plain text."""

    def __init__(
        self, group: DeskGroup, clock: Callable[[], datetime], troubles: Callable[[], Sequence[str]] = tuple
    ) -> None:
        """`troubles`: what is wrong with this process while messages go on."""
        self._group = group
        self._troubles = troubles
        self._clock = clock

    async def found(self, said: Said) -> str:
        if not said.arguments:
            return "Say what to find: /find R-1042, /find anna@example.com, /find broken kettle"
        found = await search.find(said.arguments)
        return await self._list("Found", found) if found else "Nothing found."

    async def mine(self, said: Said) -> str:
        return await self._list("Your open requests", await overview.of_agent(said.agent.id, MOST))

    async def queue(self, said: Said) -> str:
        title = f"Waiting longest ({await overview.unassigned()} nobody's)"
        return await self._list(title, await overview.waiting_longest(MOST))

    async def status(self, said: Said) -> str:
        now = self._clock()
        troubles = [row.trouble or "" for row in await desks.in_trouble(str(self._group.bot))]
        troubles += self._troubles()
        return overviews.status(
            await overview.due(now, jobs.MESSAGES),
            await overview.put_off(now),
            await overview.paused(now),
            await failures.unsettled(now - LOST_WITHIN, MOST),
            troubles,
            now,
        )

    async def accuracy(self, said: Said) -> str:
        since = self._clock() - ACCURACY_OF
        found = await asyncio.to_thread(accuracy, await learning.judged(since))  # there may be tens of thousands
        return overviews.accuracy(found, ACCURACY_OF.days // 7)

    async def agents(self, said: Said) -> str:
        return overviews.agent_list(await agents.active_agents())

    async def _list(self, title: str, found: Sequence[CustomerRequest]) -> str:
        links = await topic_links(self._group, [request.id for request in found])
        return overviews.request_list(title, found, links)
