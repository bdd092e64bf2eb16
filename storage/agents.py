"""Who answers customers. Plain values in, rows out; decides nothing. What writes is called inside `transaction`."""

from __future__ import annotations

from datetime import datetime

from storage.kinds import Role
from storage.models import Agent, Event

HINT = "hint"


async def active_agents() -> list[Agent]:
    """All who may answer, by name."""
    return await Agent.filter(active=True).order_by("name", "id").limit(500)


async def agent(agent_id: int) -> Agent | None:
    """An agent by his id, whether or not he is still active."""
    return await Agent.filter(id=agent_id).first()


async def agent_called(name: str) -> Agent | None:
    """The one active agent whom this names: by his number on the wire, his name, or how it begins. None: nobody or two.

    Python compares, because SQLite's own folding knows no letters but English ones.
    """
    wanted = name.strip().removeprefix("@").casefold()
    if not wanted:
        return None
    everybody = await active_agents()
    for fits in (
        [one for one in everybody if wanted in (one.identity, one.name.casefold())],
        [one for one in everybody if one.name.casefold().startswith(wanted)],
    ):
        if fits:
            return fits[0] if len(fits) == 1 else None
    return None


async def taken_on(identity: str, name: str, role: Role, now: datetime) -> tuple[Agent, bool]:
    """An agent, and whether he was none until now: he is new, or had been removed."""
    agent, made = await Agent.get_or_create(identity=identity, defaults={"name": name, "role": role, "created_at": now})
    if made or agent.active:
        return agent, made
    agent.active, agent.role, agent.name = True, role, agent.name or name
    await agent.save(update_fields=["active", "role", "name"])
    return agent, True


async def set_role(agent: Agent, role: Role) -> None:
    """What an agent may do from now on."""
    agent.role = role
    await agent.save(update_fields=["role"])


async def deactivate(identity: str) -> Agent | None:
    """Somebody answers customers no more. What he did keeps his name. None: he did not."""
    found = await Agent.filter(identity=identity, active=True).first()
    if found is not None:
        found.active = False
        await found.save(update_fields=["active"])
    return found


async def hinted_since(identity: str, since: datetime) -> bool:
    """Was this person told since then why nobody hears him?"""
    return await Event.filter(request_id=None, what=HINT, before=identity, at__gt=since).exists()
