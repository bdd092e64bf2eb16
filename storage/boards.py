"""The summary in a desk's General: which message it is. What writes runs in a transaction of its own."""

from __future__ import annotations

from storage.models import Desk
from storage.transaction import change, transaction


async def board(bot: str, desk: str) -> Desk:
    """A desk's row; made when it is first asked for."""

    async def work() -> Desk:
        row, _ = await Desk.get_or_create(bot=bot, desk=desk)
        return row

    return await transaction(work)


async def set_board(row: Desk, message: str | None) -> None:
    """The summary is this message, or there is none."""
    await change(row, board=message)
