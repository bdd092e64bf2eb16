"""How fast a bot may write into its chats, as it was when it was last written down."""

from __future__ import annotations

from collections.abc import Sequence

from storage.models import Pace


async def paces(bot: str) -> list[Pace]:
    """What is known of a bot's chats."""
    return await Pace.filter(bot=bot)


async def keep(rows: Sequence[Pace]) -> None:
    """Write these rows, over what was known of the same bot, chat and family."""
    await Pace.bulk_create(
        rows,
        on_conflict=["bot", "chat", "family"],
        update_fields=["per_minute", "tokens", "at", "paused_until"],
    )


async def forget(rows: Sequence[Pace]) -> None:
    """These rows say nothing any more."""
    await Pace.filter(id__in=[row.id for row in rows]).delete()
