"""Change or take away what a customer has been sent: edits, with what has become longer or shorter, and recalls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import structlog

from bot.chat.parts import CAPTION, PLAIN, TEXT, captioned, carried, media
from bot.wire.budget import Family
from bot.wire.client import Wire
from bot.wire.errors import AlreadySo, FormRefused, Gone
from bot.wire.marks import entities_of
from bot.wire.texts import Piece, external_id, split_marked
from intake.message import Outbound, Sent, TryAgain, Undeliverable, Unknown
from storage import answers
from storage.database import DATABASE_AWAY
from storage.models import MessageLink

log = structlog.get_logger()

BLANK = "…"  # what stands in a message that is too old to be deleted and has nothing more to say

T = TypeVar("T")


class Amender:
    """One bot's way to change what it has sent into private chats."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def edit(self, outbound: Outbound, chat: int) -> Sent:
        """Bring a record's messages up to its newest words. Raises TryAgain, Undeliverable or Unknown."""
        links = await answers.copies(outbound.concerns or 0, outbound.record or 0)
        if not links:
            return Sent()  # it has not arrived; if it is tried again, then with the new words
        wanted = _wanted(outbound, links[0])
        for number, (form, piece) in enumerate(wanted):
            if number < len(links):
                await self._change(outbound, chat, links[number], form, piece)
            else:
                await self._append(outbound, chat, piece, number)
        for link in links[len(wanted) :]:
            await self._remove(chat, link)
        return Sent()

    async def recall(self, outbound: Outbound, chat: int) -> Sent:
        """Delete a record's messages. Raises TryAgain or Undeliverable."""
        for link in await answers.copies(outbound.concerns or 0, outbound.record or 0):
            try:
                await self._again(chat, partial(self._wire.bot.delete_message, chat, _number(link)), "delete")
            except Gone as error:
                if "48 hours" in str(error):
                    raise
        return Sent()

    async def _change(self, outbound: Outbound, chat: int, link: MessageLink, form: str, piece: Piece) -> None:
        """Change one message; when Telegram refuses the form of the new words, without their formatting."""
        try:
            await self._put(outbound, chat, link, form, piece)
        except FormRefused as error:
            log.error("Telegram refuses the form of an edit", reason=str(error))
            await self._put(outbound, chat, link, form, Piece(piece.text))

    async def _put(self, outbound: Outbound, chat: int, link: MessageLink, form: str, piece: Piece) -> None:
        bot, entities = self._wire.bot, entities_of(piece.marks, piece.text) or None
        if form == TEXT:
            await self._again(
                chat,
                partial(bot.edit_message_text, piece.text, chat, _number(link), entities=entities),
            )
        elif outbound.files:
            await self._replace(outbound, chat, link, piece)
        elif form == CAPTION:
            await self._again(
                chat,
                partial(
                    bot.edit_message_caption,
                    chat,
                    _number(link),
                    caption=piece.text or None,
                    caption_entities=entities,
                ),
            )

    async def _replace(self, outbound: Outbound, chat: int, link: MessageLink, caption: Piece) -> None:
        item = media(outbound.form, outbound.files[0], caption, PLAIN)
        if item is None:
            raise Undeliverable("Telegram does not put such a file in the place of another one; send it anew")
        await self._again(chat, partial(self._wire.bot.edit_message_media, item, chat, _number(link)))

    async def _append(self, outbound: Outbound, chat: int, piece: Piece, number: int) -> None:
        entities, send = entities_of(piece.marks, piece.text) or None, self._wire.bot.send_message
        try:
            message = await self._wire.call(chat, partial(send, chat, piece.text, entities=entities))
        except FormRefused as error:
            log.error("Telegram refuses the form of an edit", reason=str(error))
            message = await self._wire.call(chat, partial(send, chat, piece.text))
        shown = external_id(self._wire.bot_id, chat, message.message_id)
        try:
            # It belongs to the reply: whoever tries that one again finds that this is there already.
            await answers.add_links(
                outbound.request or 0, outbound.concerns or 0, [(outbound.record, shown, TEXT)], number + 1
            )
        except DATABASE_AWAY as error:
            raise Unknown("a part was sent and could not be remembered") from error

    async def _remove(self, chat: int, link: MessageLink) -> None:
        """Delete what is too much, or blank it: Telegram deletes nothing that is older than 48 hours."""
        try:
            await self._again(chat, partial(self._wire.bot.delete_message, chat, _number(link)), "delete")
        except Gone:
            try:
                await self._again(chat, partial(self._wire.bot.edit_message_text, BLANK, chat, _number(link)))
            except Gone:
                await answers.forget_copy(link.id)
        else:
            await answers.forget_copy(link.id)

    async def _again(self, chat: int, method: Callable[[], Awaitable[T]], family: Family = "send") -> None:
        """Call what does no harm when it is done twice: a lost answer is no reason to give up."""
        try:
            await self._wire.call(chat, method, family=family)
        except AlreadySo:
            return
        except Unknown as error:
            raise TryAgain(str(error)) from error


def _wanted(outbound: Outbound, first: MessageLink) -> list[tuple[str, Piece]]:
    """The messages that there shall be, each with how it carries words. A file stays the first of them."""
    held = first.form or (carried(outbound.form) if outbound.form not in (None, TEXT) else TEXT)
    if held == TEXT:
        return [(TEXT, piece) for piece in split_marked(outbound.text, outbound.marks)]
    kind = outbound.form if held == CAPTION else None
    caption, rest = captioned(kind, outbound.text, outbound.marks)
    return [(held, caption), *((TEXT, piece) for piece in rest)]


def _number(link: MessageLink) -> int:
    return int(link.external_id.rpartition(":")[2])
