"""Who of the desk's group is an agent of ours. Anonymous admins, channels, other bots and strangers are nobody."""

from __future__ import annotations

import structlog
from telegram import Message, User

from bot.wire.texts import clean
from storage import requests
from storage.models import Agent

log = structlog.get_logger()


async def agent_who_wrote(message: Message) -> Agent | None:
    """The agent behind a message, or None when nobody of ours speaks."""
    person = message.from_user
    if person is None or person.is_bot or message.sender_chat is not None or message.message_id == 0:
        return None
    agent = await agent_behind(person)
    if agent is None:
        log.info("not an agent", chat="desk")
    return agent


async def agent_behind(person: User) -> Agent | None:
    """The agent who this person is. Admins are known by their ids alone until they first write or press something."""
    agent = await requests.agent_by_identity(str(person.id))
    if agent is not None and not agent.name:
        await requests.name_agent(agent, clean(person.full_name))
    return agent
