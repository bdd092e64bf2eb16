"""Who of the desk's group is an agent of ours: known by his numeric id, and still a member of the group.

Anonymous admins, channels, other bots and strangers are nobody: what they write reaches no
customer. Those who may not know are told why, once a day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from telegram import ChatMember, ChatMemberUpdated, Message, User
from telegram.error import BadRequest, TelegramError

from bot.desk import cards
from bot.desk.group import DeskGroup
from bot.wire.texts import clean
from intake.agents.staff import Staff
from storage import requests, topics
from storage.models import Agent

log = structlog.get_logger()

ASK_AGAIN = timedelta(minutes=5)  # how long Telegram's word on who is a member is taken
WITHIN_S = 5.0
GONE = (ChatMember.LEFT, ChatMember.BANNED)
ANONYMOUS = "What an anonymous admin writes reaches nobody: post as yourself, so that we know who answers."
STRANGER = "{name} is no agent yet: nothing of this reaches a customer. An admin can answer the message with /agent."


@dataclass(frozen=True, slots=True)
class Seen:
    """What Telegram said of somebody, and when."""

    member: bool
    at: datetime


class Members:
    """The members of one desk."""

    def __init__(self, group: DeskGroup, staff: Staff, clock: Callable[[], datetime]) -> None:
        self._group = group
        self._staff = staff
        self._clock = clock
        self._seen: dict[int, Seen] = {}  # agents only
        self._hinted: dict[str, datetime] = {}

    async def agent_who_wrote(self, message: Message) -> Agent | None:
        """The agent behind a message, or None when nobody of ours speaks."""
        # Ephemeral messages and those of the linked channel, which Telegram forwards by itself.
        if message.message_id == 0 or message.is_automatic_forward:
            return None
        if message.sender_chat is not None:
            if message.sender_chat.id == message.chat.id:
                await self._hint(message, f"anonymous:{message.chat.id}", ANONYMOUS)
            return None
        person = message.from_user
        if person is None or person.is_bot:
            return None
        agent = await self.agent_behind(person)
        if agent is None:
            name = cards.shown_name(person.full_name) or "Somebody"
            await self._hint(message, f"stranger:{person.id}", STRANGER.format(name=name))
        return agent

    async def agent_who_did(self, message: Message) -> Agent | None:
        """The agent behind a service message: who closed a topic, who renamed it. Nobody is told anything."""
        person = message.from_user
        if person is None or person.is_bot or message.sender_chat is not None:
            return None
        return await self.agent_behind(person)

    async def agent_behind(self, person: User) -> Agent | None:
        """The agent who this person is, if he is still in the group."""
        agent = await agent_behind(person)
        return agent if agent is not None and await self._is_member(person.id) else None

    async def left(self, change: ChatMemberUpdated) -> None:
        """Somebody's membership has changed. Who has gone is no agent any more."""
        person = change.new_chat_member.user
        self._seen.pop(person.id, None)
        if change.new_chat_member.status in GONE and await self._staff.left(str(person.id), self._clock()):
            log.info("agent left", chat="desk")

    async def _is_member(self, person: int) -> bool:
        now, seen = self._clock(), self._seen.get(person)
        if seen is not None and now - seen.at < ASK_AGAIN:
            return seen.member
        try:
            found = await self._group.wire.bot.get_chat_member(self._group.chat, person, read_timeout=WITHIN_S)
        except BadRequest:
            # "member not found", "PARTICIPANT_ID_INVALID": Telegram has never seen him there.
            member = False
        except TelegramError as error:
            # Who is an agent by our own list and writes here keeps his voice while Telegram does not answer.
            log.info("member not checked", error=type(error).__name__)
            return seen.member if seen is not None else True
        else:
            member = found.status not in GONE and getattr(found, "is_member", True)
        self._seen[person] = Seen(member, now)
        return member

    async def _hint(self, message: Message, who: str, text: str) -> None:
        now = self._clock()
        if now - self._hinted.get(who, datetime.min.replace(tzinfo=now.tzinfo)) < timedelta(hours=1):
            return  # nearly always, so that somebody who goes on costs no question
        self._hinted[who] = now
        log.info("not an agent", chat="desk")
        request = None
        if message.is_topic_message and message.message_thread_id is not None:
            request = await topics.request_in_thread(str(message.chat.id), str(message.message_thread_id))
        await self._staff.hint(who, request, text, now)


async def agent_behind(person: User) -> Agent | None:
    """The agent of this id, wherever he is. Admins are known by their ids alone until they first write or press."""
    agent = await requests.agent_by_identity(str(person.id))
    if agent is not None and not agent.name:
        await requests.name_agent(agent, clean(person.full_name))
    return agent
