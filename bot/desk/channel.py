"""The agents' forum group as a channel: each outgoing job of the desk goes to the part that can do it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.desk.group import DeskGroup
from bot.desk.health import DeskHealth
from bot.desk.mirror import Mirror
from bot.desk.topics import MENDED_AFTER_S, Topics
from bot.wire.errors import AlreadySo, DeskAway, Migrated, TopicClosed, TopicGone
from bot.wire.texts import split_text
from intake import jobs
from intake.message import Accept, Outbound, Room, Sent, TryAgain, Undeliverable
from storage import requests
from storage.files import Files
from storage.kinds import DeliveryKind, Status
from storage.models import CustomerRequest, DeskTopic
from storage.transaction import transaction

# These show how a topic stands and make none: two jobs of one request at once would make two.
DECORATIONS = (DeliveryKind.CARD, DeliveryKind.TOPIC, DeliveryKind.MARK)


class DeskChannel:
    """Shows requests, records and notices to the agents. A copy too many there is harmless: unknown sends repeat."""

    name = "desk"
    repeatable = True
    listens = False

    def __init__(self, group: DeskGroup, files: Files, health: DeskHealth) -> None:
        self._group = group
        self._health = health
        self._topics = Topics(group, files)
        self._mirror = Mirror(group, files)

    async def listen(self, accept: Accept) -> None:
        """Agents' words arrive with the bot's other updates. Here it is only watched how it stands with the desk."""
        await self._health.watch()

    def room(self) -> Room:
        """What the group takes now."""
        return self._group.room()

    async def send(self, outbound: Outbound) -> Sent:
        """Bring the desk up to date. Raises TryAgain, Undeliverable or Unknown."""
        self._health.gate(general=outbound.request is None)
        try:
            await self._send(outbound)
        except AlreadySo:
            pass
        except Migrated as error:
            await self._health.moved(error.new_chat)
            raise
        except DeskAway as error:
            await self._health.refused(error)
            raise
        await self._health.went_well()
        return Sent()

    async def _send(self, outbound: Outbound) -> None:
        if outbound.request is None:
            try:
                await self._notice(outbound, None)
            except TopicClosed as error:
                raise DeskAway("General is closed to the bot; open it.", after=MENDED_AFTER_S) from error
            return
        request = await requests.request_with_customer(outbound.request)
        if request is None:
            raise Undeliverable("the request is gone")
        topic = await self._topics.of(request)
        try:
            await self._show(outbound, request, topic)
        except TopicClosed as error:
            await self._topics.open(request, topic)
            raise TryAgain("The topic was closed; it is open again.", after=0) from error
        except TopicGone as error:
            await self._health.has_topics()
            await self._topics.gone(topic)
            await self._remake(outbound, request, error)

    async def _remake(self, outbound: Outbound, request: CustomerRequest, error: TopicGone) -> None:
        """A message makes the topic again by itself; a decoration has it made, by a job that waits its turn."""
        if outbound.kind not in DECORATIONS:
            raise TryAgain("The topic is gone; a new one is made.", after=0) from error
        if request.status not in (Status.RESOLVED, Status.CLOSED):
            await transaction(lambda: jobs.rebuild(request.id, datetime.now(UTC)))

    async def _show(self, outbound: Outbound, request: CustomerRequest, topic: DeskTopic) -> None:
        match outbound.kind:
            case DeliveryKind.CARD:
                await self._topics.refresh(request, topic)
                await self._topics.apply(request, topic)
            case DeliveryKind.TOPIC:
                await self._topics.apply(request, topic)
            case DeliveryKind.REBUILD:
                await self._topics.again(request, topic)
            case DeliveryKind.NOTICE:
                await self._topics.ensure(request, topic)
                await self._notice(outbound, topic)
            case _:
                await self._topics.ensure(request, topic)
                await self._mirror.show(outbound, topic)

    async def _notice(self, outbound: Outbound, topic: DeskTopic | None) -> None:
        """Something an agent must know, in the topic or in General."""
        for text in split_text(outbound.text):
            await self._group.post_plain(text, topic)
