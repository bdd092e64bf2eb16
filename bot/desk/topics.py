"""A request's topic and its card: made when first needed, brought up to date, made again when they are lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from weakref import WeakValueDictionary

import structlog
from telegram.constants import ForumTopicLimit

from bot.desk import cards
from bot.desk.drawing import Drawing
from bot.desk.group import DeskGroup
from bot.desk.history import History
from bot.desk.icons import Icons
from bot.wire.errors import AlreadySo, DeskAway, Gone, TopicGone, TopicsFull
from bot.wire.texts import fitting
from intake.message import ChannelError, TryAgain, Undeliverable, Unknown
from intake.outgoing import jobs
from storage import requests, topics
from storage.files import Files
from storage.kinds import Status, TopicState, request_number
from storage.models import CustomerRequest, DeskTopic
from storage.transaction import transaction

log = structlog.get_logger()

# Telegram tells us of each topic that we make. After a lost answer or a crash: so long its word is waited for before
# the topic is made once more. A webhook that failed while we were down comes again within this time.
ORPHAN_WAIT = timedelta(seconds=20)
ORPHAN_POLL_S = 1.0
MENDED_AFTER_S = 60.0
FULL = "topics full"  # the event that says that agents were told


class Topics:
    """The topics of one forum group."""

    def __init__(
        self,
        group: DeskGroup,
        files: Files,
        drawing: Drawing,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._group = group
        self._drawing = drawing
        self._clock = clock
        self._started = clock()
        self._applying: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._icons = Icons(group)
        self._history = History(group, files)

    async def of(self, request: CustomerRequest) -> DeskTopic:
        """The request's place on this desk. Its row is there before anybody asks Telegram for a topic."""
        return await topics.topic_for(request.id, str(self._group.bot), str(self._group.chat), self._clock())

    async def ensure(self, request: CustomerRequest, topic: DeskTopic) -> None:
        """Make the topic, its card, and what was said in one that was lost, as far as they are missing."""
        if topic.thread is None:
            await self._make(request, topic)
        if topic.card is None:
            await self._post_card(request, topic)
        if topic.state is TopicState.RESTORING:
            await self._history.show(topic)

    async def refresh(self, request: CustomerRequest, topic: DeskTopic) -> None:
        """Edit the card in place; one that somebody has deleted is posted again."""
        if topic.thread is None or topic.card is None:
            return  # a decoration makes no topic: two jobs of one request would make two
        try:
            await self._drawing.edit(request, int(topic.card))
        except Gone:
            await self._post_card(request, topic)

    async def apply(self, request: CustomerRequest, topic: DeskTopic) -> None:
        """Bring name, icon and state of the topic up to date; what is so already costs no call."""
        # The card's job comes here and the topic's own, often at once: the second one finds it done.
        async with self._applying.setdefault(request.id, asyncio.Lock()):
            await topics.reread(topic)
            if topic.thread is not None:
                await self._apply(request, topic)

    async def _apply(self, request: CustomerRequest, topic: DeskTopic) -> None:
        bot, chat, thread = self._group.wire.bot, self._group.chat, int(topic.thread or 0)
        name, icon = _name(request, topic), await self._icons.id_of(cards.icon(request))
        new_name = name if name != topic.name else None
        new_icon = icon if icon is not None and icon != topic.icon else None
        if new_name is not None or new_icon is not None:
            with suppress(AlreadySo):
                await self._group.call(lambda: bot.edit_forum_topic(chat, thread, new_name, new_icon))
            await topics.shows(topic, name=name, icon=icon or topic.icon, closed=topic.closed)
        closed = request.status in (Status.RESOLVED, Status.CLOSED)
        if closed is not bool(topic.closed):
            change = bot.close_forum_topic if closed else bot.reopen_forum_topic
            with suppress(AlreadySo):
                await self._group.call(lambda: change(chat, thread))
            await topics.shows(topic, name=topic.name, icon=topic.icon, closed=closed)

    async def again(self, request: CustomerRequest, topic: DeskTopic) -> None:
        """See to it that the topic is there and right, whatever has become of it. Raises TopicGone as sends do."""
        if topic.thread is not None:
            await self._probe(request, topic)
            await self.ensure(request, topic)
            self._drawing.forget(int(topic.card or 0))
            await self.refresh(request, topic)
        else:
            await self.ensure(request, topic)
        await self.apply(request, topic)

    async def open(self, request: CustomerRequest, topic: DeskTopic) -> None:
        """Somebody has closed the topic, and it is closed to us too: open it, to be closed again if it is resolved."""
        bot, chat, thread = self._group.wire.bot, self._group.chat, int(topic.thread or 0)
        with suppress(AlreadySo):
            await self._group.call(lambda: bot.reopen_forum_topic(chat, thread))
        await topics.shows(topic, name=topic.name, icon=topic.icon, closed=False)
        await transaction(lambda: jobs.topic(request.id, self._clock()))

    async def gone(self, topic: DeskTopic, delivery: int) -> None:
        """Telegram does not know the topic any more; the next `ensure` makes a new one.

        What this delivery has shown of itself went with the topic: it is shown whole in the new one.
        """
        await topics.forget_parts(delivery, self._group.external_id(""))
        if await topics.lost(topic):
            log.info("topic lost", request=topic.request_id)

    async def _make(self, request: CustomerRequest, topic: DeskTopic) -> None:
        if topic.name is not None:
            self._await_orphan(topic)
        bot, chat = self._group.wire.bot, self._group.chat
        name, icon = _name(request, topic), await self._icons.id_of(cards.icon(request))
        await topics.asked_for(topic, name, self._clock())
        try:
            made = await self._group.call(
                lambda: bot.create_forum_topic(chat, name, icon_custom_emoji_id=icon), family="topic"
            )
        except Unknown:
            raise  # it may be there; its own service message will say so
        except TopicsFull as error:
            await topics.not_made(topic)
            await self._make_room()
            raise TryAgain("A topic had to go to make room.", after=0) from error
        except ChannelError:
            await topics.not_made(topic)
            raise
        await topics.made(topic, str(made.message_thread_id), icon)
        log.info("topic made", request=request.id)

    def _await_orphan(self, topic: DeskTopic) -> None:
        """We have asked for this topic and do not know what came of it."""
        asked = max(topic.created_at, self._started)
        if self._clock() - asked < ORPHAN_WAIT:
            raise TryAgain("It is not known yet whether the topic was made.", after=ORPHAN_POLL_S)

    async def _make_room(self) -> None:
        """The forum is full: the topic that has been resolved longest goes. The database has all of it."""
        oldest = await topics.oldest_of_resolved(str(self._group.bot), str(self._group.chat))
        if oldest is None:
            raise DeskAway("The forum takes no more topics, and all are of open requests.", after=MENDED_AFTER_S)
        bot, chat, thread = self._group.wire.bot, self._group.chat, int(oldest.thread or 0)
        with suppress(TopicGone, AlreadySo):
            await self._group.call(lambda: bot.delete_forum_topic(chat, thread), family="delete")
        await topics.lost(oldest)
        number, now = request_number(oldest.request_id), self._clock()

        async def told() -> None:
            await requests.add_event(oldest.request_id, now, "desk", "topic removed", after="the forum is full")
            if not await requests.has_event(None, FULL, str(chat)):
                await requests.add_event(None, now, "desk", FULL, before=str(chat))
                words = "The forum takes no more topics. From now on topics of resolved requests go, oldest first."
                await jobs.notice(None, None, f"{words} Nothing is lost: intake-bot show {number} prints one.", now)

        await transaction(told)

    async def _probe(self, request: CustomerRequest, topic: DeskTopic) -> None:
        """Ask whether the topic is there, by giving it the name that it has. Raises TopicGone."""
        bot, chat, thread = self._group.wire.bot, self._group.chat, int(topic.thread or 0)
        name = topic.name or _name(request, topic)
        with suppress(AlreadySo):
            await self._group.call(lambda: bot.edit_forum_topic(chat, thread, name))

    async def _post_card(self, request: CustomerRequest, topic: DeskTopic) -> None:
        card = await self._drawing.post(request, topic)
        await topics.set_card(topic, str(card))
        bot, chat = self._group.wire.bot, self._group.chat
        try:
            await self._group.call(lambda: bot.pin_chat_message(chat, card, disable_notification=True), family="delete")
        except TopicGone:
            raise
        except (TryAgain, Undeliverable, Unknown, AlreadySo) as error:
            # The pin is a convenience: no message waits for it.
            log.info("card not pinned", request=request.id, error=type(error).__name__)


def _name(request: CustomerRequest, topic: DeskTopic) -> str:
    """What the topic is to be called: as an agent has called it, else by what the request is."""
    if topic.title is None:
        return cards.topic_name(request)
    if topic.thread is not None and topic.name is not None:
        return topic.name  # it stands as he has written it
    number = request_number(request.id)
    name = topic.title if topic.title.startswith(number) else f"{number} · {topic.title}"
    return name[: fitting(name, ForumTopicLimit.MAX_NAME_LENGTH)]
