"""How far an agent's message has come, as a reaction on it: 👀 when it does not go at once, then 👍, 👎 or 🤔."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog
from telegram.constants import ReactionEmoji

from bot.desk.group import DeskGroup
from intake.message import Outbound, TryAgain, Undeliverable
from intake.outgoing.jobs import QUICKLY
from storage import failures, requests
from storage.kinds import DeliveryState, Direction
from storage.models import Delivery

log = structlog.get_logger()

# What is worst of a message's deliveries decides. Only constants: python-telegram-bot takes what is no reaction of
# Telegram's for the id of a custom emoji.
MARKS: tuple[tuple[DeliveryState, ReactionEmoji], ...] = (
    (DeliveryState.UNKNOWN, ReactionEmoji.THINKING_FACE),
    (DeliveryState.FAILED, ReactionEmoji.THUMBS_DOWN),
    (DeliveryState.SENDING, ReactionEmoji.EYES),
    (DeliveryState.QUEUED, ReactionEmoji.EYES),
    (DeliveryState.SENT, ReactionEmoji.THUMBS_UP),
)


class Progress:
    """Marks the agents' messages in one group."""

    def __init__(self, group: DeskGroup, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._group = group
        self._clock = clock

    async def show(self, outbound: Outbound) -> None:
        """Show what is true now. Raises TryAgain while it is too early to say."""
        record = await requests.record_with_files(outbound.record or 0)
        deliveries = await failures.of_record(outbound.record or 0)
        chat, _, message = (record.origin or "").partition(":") if record is not None else ("", "", "")
        if not deliveries or chat != str(self._group.chat):
            return  # written elsewhere than in this group: nothing to mark
        if record is not None and record.direction is Direction.NOTE:
            return  # an answer that became a note before it left
        emoji = mark_of(deliveries)
        age = self._clock() - max(delivery.queued_at for delivery in deliveries)
        if emoji is ReactionEmoji.EYES and age < QUICKLY:
            raise TryAgain("It may be there in a moment.", after=(QUICKLY - age).total_seconds())
        try:
            await self._group.call(
                lambda: self._group.wire.bot.set_message_reaction(self._group.chat, int(message), emoji),
                family="reaction",
            )
        except Undeliverable as error:
            # The message was deleted, or the group allows no reactions: a decoration is not worth a word.
            log.info("not marked", error=type(error).__name__)


def mark_of(deliveries: Sequence[Delivery]) -> ReactionEmoji:
    """What to show for a message that these deliveries bring to people. What was sent another way counts no more."""
    replaced = {delivery.concerns for delivery in deliveries}
    states = {delivery.state for delivery in deliveries if delivery.id not in replaced}
    return next(emoji for state, emoji in MARKS if state in states)
