"""Draw a request's card into the group: posted, edited in place, its buttons replaced by a picker and back."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from telegram import InlineKeyboardMarkup

from bot.desk import cards
from bot.desk.group import DeskGroup
from bot.desk.keyboards import Keyboards
from bot.wire.errors import AlreadySo
from storage import requests
from storage.models import CustomerRequest, DeskTopic

REMEMBERED = 2000  # cards of which we know what they show, so that drawing the same again costs no call

Face = tuple[str, InlineKeyboardMarkup]


class Drawing:
    """The cards of one group. Whoever draws the same card at the same time waits, and then need not."""

    def __init__(self, group: DeskGroup, keyboards: Keyboards) -> None:
        self._group = group
        self._keyboards = keyboards
        self._shown: OrderedDict[int, Face] = OrderedDict()
        self._lock = asyncio.Lock()

    async def post(self, request: CustomerRequest, topic: DeskTopic) -> int:
        """A new card. Returns its message; raises as every call into the group."""
        face = await self._face(request)
        message = await self._group.post(face[0], topic, face[1])
        self._remember(message, face)
        return message

    async def edit(self, request: CustomerRequest, message: int) -> None:
        """Bring a card up to date. Raises Gone when somebody has deleted it, else as every call into the group."""
        face = await self._face(request)
        bot, chat = self._group.wire.bot, self._group.chat
        async with self._lock:
            if self._shown.get(message) == face:
                return
            try:
                await self._group.call(
                    lambda: bot.edit_message_text(face[0], chat, message, parse_mode="HTML", reply_markup=face[1])
                )
            except AlreadySo:
                pass  # after a restart we do not know what it shows
            except BaseException:
                self._shown.pop(message, None)
                raise
            self._remember(message, face)

    async def pick(self, message: int, picker: InlineKeyboardMarkup) -> None:
        """Show a picker in the place of a card's buttons."""
        bot, chat = self._group.wire.bot, self._group.chat
        async with self._lock:
            self._shown.pop(message, None)
            try:
                await self._group.call(lambda: bot.edit_message_reply_markup(chat, message, reply_markup=picker))
            except AlreadySo:
                return  # pressed twice

    async def _face(self, request: CustomerRequest) -> Face:
        case, first = await requests.case_of(request.id), await requests.first_incoming(request.id)
        return cards.card(request, case, first), self._keyboards.card(request)

    def _remember(self, message: int, face: Face) -> None:
        self._shown[message] = face
        self._shown.move_to_end(message)
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
