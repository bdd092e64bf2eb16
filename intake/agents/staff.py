"""Who answers customers: taken on, given another role, gone. Each change is one transaction with its event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from intake.agents.deeds import SOMEBODY, Outcome
from intake.house import House
from intake.outgoing import jobs
from storage import agents, requests
from storage.kinds import Role
from storage.models import Agent
from storage.transaction import after_commit, transaction

HINT_AGAIN = timedelta(days=1)
ROLES = {Role.AGENT: "an agent", Role.LEAD: "a lead", Role.ADMIN: "an admin"}


class Staff:
    """The verbs for colleagues. Who may use them is the desk's question."""

    def __init__(self, house: House, wake: Callable[[], None]) -> None:
        self._house = house
        self._wake = wake

    async def appoint(self, identity: str, name: str, role: Role, by: Agent, now: datetime) -> Outcome:
        """Take somebody on, or back, or give him another role."""

        async def work() -> Outcome:
            if identity == by.identity:
                return Outcome(False, "Nobody changes his own role; ask another admin.")
            agent, made = await agents.taken_on(identity, name, role, now)
            who = agent.name or identity
            if made:
                await requests.add_event(None, now, by.name, "agent added", after=f"{agent.name} ({identity}), {role}")
                return Outcome(True, f"{who} may answer customers now, as {ROLES[role]}.")
            if agent.role is role:
                return Outcome(False, f"{who} is {ROLES[role]} already.")
            await requests.add_event(None, now, by.name, "agent's role", agent.role, f"{role} ({identity})")
            await agents.set_role(agent, role)
            return Outcome(True, f"{who} is {ROLES[role]} now.")

        return await transaction(work)

    async def dismiss(self, identity: str, by: Agent, now: datetime) -> Outcome:
        """Somebody answers customers no more. What is assigned to him stays so until somebody takes it."""

        async def work() -> Outcome:
            if identity == by.identity:
                return Outcome(False, "Nobody removes himself; ask another admin.")
            gone = await agents.deactivate(identity)
            if gone is None:
                return Outcome(False, "That is no agent.")
            await requests.add_event(None, now, by.name, "agent removed", before=f"{gone.name} ({identity})")
            return Outcome(True, f"{gone.name or identity} answers customers no more.")

        return await transaction(work)

    async def left(self, identity: str, now: datetime) -> bool:
        """Somebody has left the desk. False: he was no agent, or is an admin, whom the settings name."""

        async def work() -> bool:
            found = await requests.agent_by_identity(identity)
            if found is None or found.role is Role.ADMIN:
                return False
            await agents.deactivate(identity)
            await requests.add_event(None, now, found.name, "agent left", before=f"{found.name} ({identity})")
            told = f"{found.name or SOMEBODY} has left this group and answers customers no more. /agent takes him back."
            await jobs.notice(None, None, told, now)
            after_commit(self._wake)
            return True

        return await transaction(work)

    async def hint(self, identity: str, request: int | None, text: str, now: datetime) -> bool:
        """Tell somebody why nobody hears him, once a day. False: he was told."""

        async def work() -> bool:
            if await agents.hinted_since(identity, now - HINT_AGAIN):
                return False
            await requests.add_event(None, now, "desk", agents.HINT, identity)
            await jobs.notice(request, None, text, now)
            after_commit(self._wake)
            return True

        return await transaction(work)
