"""The agents' forum group as a channel: each outgoing job of the desk goes to the part that can do it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.desk.board import Board
from bot.desk.drawing import Drawing
from bot.desk.group import DeskGroup
from bot.desk.health import DeskHealth
from bot.desk.mirror import Mirror
from bot.desk.notices import Notices
from bot.desk.progress import Progress
from bot.desk.topics import MENDED_AFTER_S, Topics
from bot.wire.errors import AlreadySo, DeskAway, Migrated, TopicClosed, TopicGone
from intake.message import Accept, Outbound, Room, Sent, TryAgain, Undeliverable
from intake.outgoing import jobs
from storage import requests
from storage.files import Files
from storage.kinds import DeliveryKind, Status
from storage.models import CustomerRequest, DeskTopic
from storage.transaction import transaction

# These show how a topic stands and make none: two jobs of one request at once would make two.
DECORATIONS = (DeliveryKind.CARD, DeliveryKind.TOPIC)


class DeskChannel:
    """Shows requests, records and notices to the agents. A copy too many there is harmless: unknown sends repeat."""

    name = "desk"
    repeatable = True
    listens = False

    def __init__(self, group: DeskGroup, files: Files, health: DeskHealth, drawing: Drawing, notices: Notices) -> None:
        self._group = group
        self._health = health
        self._topics = Topics(group, files, drawing)
        self._mirror = Mirror(group, files)
        self._notices = notices
        self._progress = Progress(group)
        self._board = Board(group)

    async def listen(self, accept: Accept) -> None:
        """Agents' words arrive with the bot's other updates. Here it is only watched how it stands with the desk."""
        await self._group.wire.duty.during(self._watch)

    async def _watch(self) -> None:
        self._board.begin_anew()
        await self._health.watch()

    def is_ours(self) -> bool:
        """Does this process send for the bot?"""
        return self._group.wire.duty.ours

    def room(self) -> Room:
        """What the group takes now."""
        return self._group.room()

    async def send(self, outbound: Outbound) -> Sent:
        """Bring the desk up to date. Raises TryAgain, Undeliverable or Unknown."""
        self._health.gate(general=outbound.request is None)
        try:
            with self._group.wire.on_duty():
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
        await self._board.after(outbound.kind)
        return Sent()

    async def _send(self, outbound: Outbound) -> None:
        if outbound.kind == DeliveryKind.MARK:
            await self._progress.show(outbound)
            return
        if outbound.request is None:
            await self._general(outbound)
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
            await self._topics.gone(topic, outbound.delivery)
            await self._remake(outbound, request, error)

    async def _general(self, outbound: Outbound) -> None:
        try:
            if outbound.kind == DeliveryKind.BOARD:
                await self._board.show()
            else:
                await self._notices.post(outbound, None)
        except TopicClosed as error:
            raise DeskAway("General is closed to the bot; open it.", after=MENDED_AFTER_S) from error

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
                await self._notices.post(outbound, topic)
            case _:
                await self._topics.ensure(request, topic)
                await self._mirror.show(outbound, topic)
