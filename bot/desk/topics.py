"""A request's topic and its card: made when they are first needed, brought up to date when the request changes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import structlog

from bot.desk import cards
from bot.desk.group import DeskGroup
from bot.wire.errors import AlreadySo
from storage import requests, topics
from storage.models import CustomerRequest, DeskTopic

log = structlog.get_logger()


class Topics:
    """The topics of one forum group."""

    def __init__(self, group: DeskGroup) -> None:
        self._group = group

    async def of(self, request: CustomerRequest) -> DeskTopic:
        """The request's place on this desk. Its row is there before anybody asks Telegram for a topic."""
        return await topics.topic_for(request.id, str(self._group.bot), str(self._group.chat), datetime.now(UTC))

    async def ensure(self, request: CustomerRequest, topic: DeskTopic) -> None:
        """Make the topic and its card when they are missing."""
        if topic.thread is None:
            name = cards.topic_name(request)
            made = await self._group.call(
                lambda: self._group.wire.bot.create_forum_topic(self._group.chat, name), family="topic"
            )
            await topics.set_thread(topic, str(made.message_thread_id))
            log.info("topic made", request=request.id)
        if topic.card is None:
            card = await self._group.post(await self._text(request), topic, cards.buttons(request))
            await topics.set_card(topic, str(card))

    async def refresh(self, request: CustomerRequest, topic: DeskTopic) -> None:
        """Edit the card in place."""
        text = await self._text(request)
        with suppress(AlreadySo):
            await self._group.call(
                lambda: self._group.wire.bot.edit_message_text(
                    text,
                    self._group.chat,
                    int(topic.card or 0),
                    parse_mode="HTML",
                    reply_markup=cards.buttons(request),
                )
            )

    async def gone(self, topic: DeskTopic) -> None:
        """Telegram does not know the topic any more; the next `ensure` makes a new one."""
        await topics.forget_thread(topic)

    async def _text(self, request: CustomerRequest) -> str:
        return cards.card(request, await requests.case_of(request.id), await requests.first_incoming(request.id))
