"""The summary in General: one pinned message, edited in place at most once a minute, posted again when it is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.desk import overviews
from bot.desk.group import DeskGroup
from bot.wire.errors import AlreadySo, Gone
from intake.message import ChannelError
from intake.outgoing import jobs
from storage import boards, failures, overview, topics
from storage.database import DATABASE_AWAY
from storage.kinds import DeliveryKind
from storage.models import Desk
from storage.transaction import transaction

log = structlog.get_logger()

LOST_WITHIN = timedelta(days=7)
# What shows on the desk that something has changed. The summary costs no statement anywhere else.
CHANGES = (DeliveryKind.MIRROR, DeliveryKind.CARD, DeliveryKind.TOPIC, DeliveryKind.NOTICE)


class Board:
    """The summary of one desk."""

    def __init__(self, group: DeskGroup, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._group = group
        self._clock = clock
        self._queued = False

    def begin_anew(self) -> None:
        """Another process may have shown the summary that we had queued."""
        self._queued = False

    async def after(self, kind: str) -> None:
        """Something was shown on the desk: the summary follows. One job in the outbox is enough for a minute."""
        if kind not in CHANGES or self._queued:
            return
        self._queued = True
        try:
            await transaction(self._queue)
        except DATABASE_AWAY as error:
            # What was shown was shown: it must not be shown again because of us.
            self._queued = False
            log.info("summary not queued", error=type(error).__name__)

    async def _queue(self) -> None:
        await jobs.board(self._clock())

    async def show(self) -> None:
        """Bring the summary up to date. How often, the outbox decides: once a minute (`group.RESTS_S`)."""
        now = self._clock()
        self._queued = False
        desk = await boards.board(str(self._group.bot), str(self._group.chat))
        text = await self._text(desk, now)
        if desk.board is None or not await self._edited(int(desk.board), text):
            await self._post(desk, text)

    async def _text(self, desk: Desk, now: datetime) -> str:
        longest = await overview.waiting_longest(overviews.MOST_LISTED)
        unsettled = await failures.unsettled(now - LOST_WITHIN, overviews.MOST_LISTED)
        named = [request.id for request in longest] + [row.request_id for row in unsettled if row.request_id]
        return overviews.board(
            await overview.counts(),
            await overview.unassigned(),
            longest,
            unsettled,
            desk.trouble,
            await topic_links(self._group, named),
            now,
        )

    async def _edited(self, message: int, text: str) -> bool:
        try:
            await self._group.call(
                lambda: self._group.wire.bot.edit_message_text(text, self._group.chat, message, parse_mode="HTML")
            )
        except AlreadySo:
            return True
        except Gone:
            return False
        return True

    async def _post(self, desk: Desk, text: str) -> None:
        bot, chat = self._group.wire.bot, self._group.chat
        posted = await self._group.call(
            lambda: bot.send_message(chat, text, parse_mode="HTML", disable_notification=True)
        )
        await boards.set_board(desk, str(posted.message_id))
        try:
            await self._group.call(
                lambda: bot.pin_chat_message(chat, posted.message_id, disable_notification=True), family="delete"
            )
        except ChannelError as error:
            # It is of use without being pinned, too; `check` says when the right is missing.
            log.info("summary not pinned", error=type(error).__name__)


async def topic_links(group: DeskGroup, request_ids: list[int]) -> dict[int, str]:
    """Where the topics of these requests are found."""
    threads = await topics.threads(str(group.bot), str(group.chat), request_ids)
    return {request: overviews.topic_link(group.chat, thread) for request, thread in threads.items()}
