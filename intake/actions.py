"""What agents do with a request: resolve, join, split, take a colleague on. Each is one transaction with its event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from intake.agents import joining, resolving
from intake.house import House
from intake.message import Receipt
from intake.outgoing import jobs
from storage import requests
from storage.kinds import Role
from storage.models import Agent
from storage.transaction import after_commit, transaction


class Actions:
    """The agents' verbs. Who may use them is the desk's question; what they do is answered here."""

    def __init__(self, house: House, wake: Callable[[], None]) -> None:
        self._house = house
        self._wake = wake

    async def resolve(self, request_id: int, agent: Agent, now: datetime) -> bool:
        """Mark a request as resolved. False: it was already."""
        return (await resolving.resolve(self._house, self._wake, request_id, agent, now)).done

    async def reopen(self, request_id: int, agent: Agent, now: datetime) -> bool:
        """Open a resolved request again. False: it was open."""
        return (await resolving.reopen(self._house, self._wake, request_id, agent, now)).done

    async def join(self, source: int, target: int, agent: Agent, now: datetime) -> bool:
        """Move a request into another one. False: it was moved already. Raises CannotMove."""
        return await transaction(partial(joining.join, self._house, self._wake, source, target, agent, now))

    async def split(self, request_id: int, record_id: int, agent: Agent, now: datetime) -> Receipt:
        """Make a message a request of its own; twice the same is done once. Raises CannotMove."""
        return await transaction(partial(joining.split, self._house, self._wake, request_id, record_id, agent, now))

    async def tell(self, request_id: int | None, text: str, now: datetime) -> None:
        """Say something to the agents: in a request's topic, or to all of them. Plain text."""

        async def work() -> None:
            await jobs.notice(request_id, None, text, now)
            after_commit(self._wake)

        await transaction(work)

    async def redraw(self, request_id: int, now: datetime) -> None:
        """Bring name, icon and state of a request's topic up to date: somebody has changed them by hand."""

        async def work() -> None:
            await jobs.topic(request_id, now)
            after_commit(self._wake)

        await transaction(work)

    async def add_agent(self, identity: str, name: str, by: str, now: datetime, role: Role = Role.AGENT) -> bool:
        """Let somebody answer customers. False: he could already."""

        async def work() -> bool:
            made = await requests.add_agent(identity, name, role, now)
            if made:
                await requests.add_event(None, now, by, "agent added", after=f"{name} ({identity})")
            return made

        return await transaction(work)
