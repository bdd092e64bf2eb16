"""The agents' forum group as a channel: each outgoing job of the desk goes to the part that can do it."""

from __future__ import annotations

from bot.desk.group import DeskGroup
from bot.desk.mirror import Mirror
from bot.desk.topics import Topics
from bot.wire.errors import TopicGone
from bot.wire.texts import split_text
from intake.message import Accept, Outbound, Room, Sent, TryAgain, Undeliverable
from storage import requests
from storage.files import Files
from storage.kinds import DeliveryKind
from storage.models import CustomerRequest, DeskTopic


class DeskChannel:
    """Shows requests, records and notices to the agents. A copy too many there is harmless: unknown sends repeat."""

    name = "desk"
    repeatable = True
    listens = False

    def __init__(self, group: DeskGroup, files: Files) -> None:
        self._group = group
        self._topics = Topics(group)
        self._mirror = Mirror(group, files)

    async def listen(self, accept: Accept) -> None:
        """Nothing comes in here: agents' words arrive with the bot's other updates."""

    def room(self) -> Room:
        """What the group takes now."""
        return self._group.room()

    async def send(self, outbound: Outbound) -> Sent:
        """Bring the desk up to date. Raises TryAgain, Undeliverable or Unknown."""
        if outbound.request is None:
            await self._notice(outbound, None)
            return Sent()
        request = await requests.request_with_customer(outbound.request)
        if request is None:
            raise Undeliverable("the request is gone")
        topic = await self._topics.of(request)
        try:
            await self._show(outbound, request, topic)
        except TopicGone as error:
            await self._topics.gone(topic)
            raise TryAgain("The topic is gone; a new one is made.", after=0) from error
        return Sent()

    async def _show(self, outbound: Outbound, request: CustomerRequest, topic: DeskTopic) -> None:
        if outbound.kind == DeliveryKind.CARD:
            # A decoration makes no topic: two jobs of one request would make two. Whoever makes it shows what is new.
            if topic.card is not None:
                await self._topics.refresh(request, topic)
            return
        await self._topics.ensure(request, topic)
        if outbound.kind == DeliveryKind.NOTICE:
            await self._notice(outbound, topic)
        else:
            await self._mirror.show(outbound, topic)

    async def _notice(self, outbound: Outbound, topic: DeskTopic | None) -> None:
        """Something an agent must know, in the topic or in General."""
        for text in split_text(outbound.text):
            await self._group.post_plain(text, topic)
