"""The icons that Telegram offers for topics, by their emoji."""

from __future__ import annotations

import structlog

from bot.desk.group import DeskGroup
from intake.message import ChannelError

log = structlog.get_logger()

# An emoji is written with or without this sign behind it, which only says that it is to be drawn in colour.
VARIATION = "\ufe0f"


class Icons:
    """Asked for once; a topic whose icon is not on offer has none."""

    def __init__(self, group: DeskGroup) -> None:
        self._group = group
        self._ids: dict[str, str] | None = None

    async def id_of(self, emoji: str) -> str | None:
        """What Telegram knows the icon of this emoji by, or None."""
        if self._ids is None:
            bot = self._group.wire.bot
            try:
                stickers = await self._group.call(bot.get_forum_topic_icon_stickers, family="member")
            except ChannelError as error:
                log.info("no icons for topics yet", error=type(error).__name__)
                return None
            self._ids = {
                (sticker.emoji or "").replace(VARIATION, ""): sticker.custom_emoji_id
                for sticker in stickers
                if sticker.custom_emoji_id
            }
        return self._ids.get(emoji.replace(VARIATION, ""))
