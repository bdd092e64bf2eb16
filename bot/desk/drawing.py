"""Draw a request's card into the group: posted, edited in place, its buttons replaced by a picker and back."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

from bot.desk import cards
from bot.desk.group import DeskGroup
from bot.desk.keyboards import Keyboards
from bot.wire.errors import AlreadySo
from storage import cases, requests
from storage.models import CustomerRequest, DeskTopic

REMEMBERED = 2000  # cards of which we know what they show

Face = tuple[str, InlineKeyboardMarkup]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card shows. `pressed`: drawn for a press; the outbox's job for the same change may leave it."""

    face: Face
    pressed: bool = False


class Drawing:
    """The cards of one group. Whoever draws the same card at the same time waits, and then need not."""

    def __init__(self, group: DeskGroup, keyboards: Keyboards) -> None:
        self._group = group
        self._keyboards = keyboards
        self._shown: OrderedDict[int, Shown] = OrderedDict()
        self._lock = asyncio.Lock()

    async def post(self, request: CustomerRequest, topic: DeskTopic) -> int:
        """A new card. Returns its message; raises as every call into the group."""
        face = await self._face(request)
        return await self._group.post(face[0], topic, face[1])

    async def edit(self, request: CustomerRequest, message: int) -> None:
        """Bring a card up to date. Raises Gone when somebody has deleted it, else as every call into the group."""
        face = await self._face(request)
        async with self._lock:
            if self._shown.get(message) == Shown(face, pressed=True):
                self._remember(message, Shown(face))
            else:
                await self._draw(message, Shown(face))

    async def edit_now(self, request: CustomerRequest, message: int) -> None:
        """The same for somebody who has pressed a button and looks at the card."""
        face = await self._face(request)
        async with self._lock:
            if self._shown.get(message) != Shown(face):
                await self._draw(message, Shown(face, pressed=True))

    async def _draw(self, message: int, shown: Shown) -> None:
        (text, buttons), bot, chat = shown.face, self._group.wire.bot, self._group.chat
        self._shown.pop(message, None)
        with suppress(AlreadySo):  # after a restart we do not know what it shows
            await self._group.call(
                lambda: bot.edit_message_text(text, chat, message, parse_mode="HTML", reply_markup=buttons)
            )
        self._remember(message, shown)

    def forget(self, message: int) -> None:
        """Nobody knows what this card shows, or whether it is there: the next `edit` asks Telegram."""
        self._shown.pop(message, None)

    async def pick(self, message: int, picker: InlineKeyboardMarkup) -> None:
        """Show a picker in the place of a card's buttons."""
        bot, chat = self._group.wire.bot, self._group.chat
        async with self._lock:
            self._shown.pop(message, None)
            with suppress(AlreadySo):  # pressed twice
                await self._group.call(lambda: bot.edit_message_reply_markup(chat, message, reply_markup=picker))

    async def _face(self, request: CustomerRequest) -> Face:
        case, first = await requests.case_of(request.id), await requests.first_incoming(request.id)
        repeats = case.repeats if case is not None else None
        earlier = await cases.case(repeats) if repeats is not None else None
        return cards.card(request, case, first, earlier), self._keyboards.card(request, case)

    def _remember(self, message: int, shown: Shown) -> None:
        self._shown[message] = shown
        self._shown.move_to_end(message)
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
