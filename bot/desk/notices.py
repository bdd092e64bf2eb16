"""What an agent must know, in a request's topic or in General; and what he can do about it, as buttons."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup, MaybeInaccessibleMessage, Message, ReplyParameters

from bot.desk.group import DeskGroup
from bot.desk.keyboards import Keyboards
from bot.wire.texts import fitting, split_text
from intake.agents.settling import Settling
from intake.cases.correcting import CORRECTION
from intake.message import Outbound
from storage import failures, shown
from storage.kinds import DeliveryState
from storage.models import DeskTopic

TEXT_CAP = 3800  # UTF-16 units of a notice that somebody has dealt with; leaves room for who and what


class Notices:
    """Posts notices, and marks those that somebody has dealt with."""

    def __init__(self, group: DeskGroup, keyboards: Keyboards, settling: Settling) -> None:
        self._group = group
        self._keyboards = keyboards
        self._settling = settling

    async def post(self, outbound: Outbound, topic: DeskTopic | None) -> None:
        """Show a notice; one about a delivery that still wants somebody has buttons."""
        buttons, about = await self._buttons(outbound), await self._about(outbound)
        *first, last = split_text(outbound.text) or ["(no text)"]
        for text in first:
            await self._group.post_plain(text, topic)
        await self._group.post_plain(last, topic, buttons, about)

    async def _about(self, outbound: Outbound) -> ReplyParameters | None:
        """The message here that the notice is about: of several answers, it shows which one."""
        if (outbound.concerns is None and outbound.subject != CORRECTION) or outbound.record is None:
            return None
        message = await shown.any_message(outbound.record, self._group.external_id(""))
        return ReplyParameters(int(message.rpartition(":")[2])) if message is not None else None

    async def _buttons(self, outbound: Outbound) -> InlineKeyboardMarkup | None:
        if outbound.subject == CORRECTION and outbound.request is not None and outbound.record is not None:
            return self._keyboards.proposal(outbound.request, outbound.record)
        delivery = await failures.delivery(outbound.concerns) if outbound.concerns is not None else None
        if delivery is None or delivery.request_id is None or await failures.replaced_by(delivery.id):
            return None
        if delivery.state is DeliveryState.SENT and outbound.record not in (None, delivery.record_id):
            return self._keyboards.correction(delivery.request_id, outbound.record or 0)
        by_mail = await self._settling.mail_address(delivery) is not None
        return self._keyboards.notice(
            delivery.request_id, delivery.id, delivery.attempts, delivery.state, by_mail=by_mail
        )


async def dealt_with(group: DeskGroup, message: MaybeInaccessibleMessage, says: str) -> None:
    """Write below a notice who did what, and take its buttons away. Raises as every call into the group."""
    if not isinstance(message, Message) or not message.text:
        return
    text = f"{message.text[: fitting(message.text, TEXT_CAP)]}\n→ {says}"
    chat, number = message.chat.id, message.message_id
    await group.call(lambda: group.wire.bot.edit_message_text(text, chat, number, reply_markup=None))
