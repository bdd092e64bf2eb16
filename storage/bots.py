"""What is remembered of a bot between two runs."""

from __future__ import annotations

from datetime import datetime

from storage.models import BotState


async def heard(bot: str, now: datetime) -> datetime | None:
    """Note that the wire has nothing more for this bot. Returns when that was noted before."""
    state, new = await BotState.get_or_create(bot=bot, defaults={"heard_at": now})
    if new:
        return None
    await BotState.filter(id=state.id).update(heard_at=now)
    return state.heard_at


async def other_heard(bot: str) -> bool:
    """Has another bot been heard on this database?"""
    return await BotState.exclude(bot=bot).filter(heard_at__isnull=False).exists()


async def menus(bot: str) -> str | None:
    """A hash of the commands that the bot shows."""
    state = await BotState.filter(bot=bot).first()
    return state.menus if state is not None else None


async def set_menus(bot: str, shown: str) -> None:
    """It shows these commands now."""
    state, _ = await BotState.get_or_create(bot=bot)
    await BotState.filter(id=state.id).update(menus=shown)
