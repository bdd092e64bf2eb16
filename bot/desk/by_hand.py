"""What people do to topics with their own hands: they close, reopen and rename them. And the orphans that are ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from telegram import Message

from bot.desk import cards
from bot.desk.group import DeskGroup
from bot.wire.errors import AlreadySo
from intake.actions import Actions
from intake.message import ChannelError
from storage import topics
from storage.kinds import request_number
from storage.models import Agent, DeskTopic

log = structlog.get_logger()


class ByHand:
    """Hears of what happens to a desk's topics. Closing one is the same as the card's button."""

    def __init__(self, group: DeskGroup, actions: Actions, clock: Callable[[], datetime]) -> None:
        self._group = group
        self._actions = actions
        self._clock = clock

    async def heard(self, message: Message, actor: Agent | None) -> None:
        """Take a service message of a topic to heart. `actor`: the agent who did it, None for anybody else."""
        ours = message.from_user is not None and message.from_user.id == self._group.bot
        if ours:
            if message.forum_topic_created:
                await self._made(message, message.forum_topic_created.name)
            return  # the rest is what we have done and know
        thread = str(message.message_thread_id)
        topic = await topics.topic_in_thread(str(self._group.bot), str(self._group.chat), thread)
        if topic is None:
            return  # a topic that somebody made for himself
        if message.forum_topic_closed:
            await self._set_closed(topic, actor, closed=True)
        elif message.forum_topic_reopened:
            await self._set_closed(topic, actor, closed=False)
        elif message.forum_topic_edited:
            edited = message.forum_topic_edited
            if edited.icon_custom_emoji_id is not None:
                await topics.shows(topic, name=topic.name, icon=edited.icon_custom_emoji_id, closed=topic.closed)
            if edited.name is not None:
                await self._renamed(topic, edited.name)

    async def _set_closed(self, topic: DeskTopic, actor: Agent | None, *, closed: bool) -> None:
        await topics.shows(topic, name=topic.name, icon=topic.icon, closed=closed)
        if actor is None:
            # Nobody of ours: the request stays as it is, and the topic follows it.
            log.info("not an agent", chat="desk", closed=closed)
            await self._actions.redraw(topic.request_id, self._clock())
        elif closed:
            await self._actions.resolve(topic.request_id, actor, self._clock())
        else:
            await self._actions.reopen(topic.request_id, actor, self._clock())

    async def _renamed(self, topic: DeskTopic, name: str) -> None:
        """The new name is kept as the topic's title. The number is put first again, once: there is no war about it."""
        title = title_in(name, topic.request_id)
        if title is not None:
            await topics.renamed(topic, name, title)
        elif topic.title is not None:
            await topics.renamed(topic, name, name)
        else:
            await topics.renamed(topic, None, name)
            await self._actions.redraw(topic.request_id, self._clock())

    async def _made(self, message: Message, name: str) -> None:
        """Our own new topic: if a crash or a lost answer kept us from remembering it, it is remembered now."""
        number, thread = cards.number_in_topic(name), message.message_thread_id
        if number is None or thread is None:
            return
        if await topics.adopt(number, str(self._group.bot), str(self._group.chat), str(thread)):
            log.info("topic adopted", request=number)
            return
        topic = await topics.topic_of(number, str(self._group.bot), str(self._group.chat))
        if topic is not None and topic.thread is not None and thread < int(topic.thread):
            await self._remove(number, thread)

    async def _remove(self, number: int, thread: int) -> None:
        """A second topic of one request, that nobody knew of when the first was made again. It is empty."""
        bot, chat = self._group.wire.bot, self._group.chat
        try:
            await self._group.call(lambda: bot.delete_forum_topic(chat, thread), family="delete")
            log.warning("surplus topic removed", request=number)
        except AlreadySo:
            pass
        except ChannelError as error:
            log.warning("surplus topic stays", request=number, error=type(error).__name__)


def title_in(name: str, request: int) -> str | None:
    """What a topic is called behind its request's number; None where the number does not come first. Pure."""
    number = request_number(request)
    rest = name.strip()[len(number) :]
    if not name.strip().lower().startswith(number.lower()) or rest[:1].isdigit():
        return None
    return rest.lstrip(" ·-–—:,") or name
