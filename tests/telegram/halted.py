"""The real program, made to stand still for ever at a named point, so that it can be killed exactly there.

    python -m tests.telegram.halted before_commit FILE run

It makes FILE when it has come to the point. Nothing of this is in the product: a function of it is wrapped here.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from bot import __main__ as program
from intake.message import Inbound, Receipt
from intake.pipeline import Intake


async def _halt(there: Path) -> None:
    await asyncio.to_thread(there.touch)
    await asyncio.Event().wait()


def before_commit(there: Path) -> None:
    """In the open transaction of a customer's message, all of it written and nothing committed."""

    async def never(*given: object, **named: object) -> None:
        await _halt(there)

    Intake._show = never  # type: ignore[method-assign]  # the last thing that the transaction does


def after_commit(there: Path) -> None:
    """A customer's message is committed; Telegram is not told."""
    accept = Intake.accept

    async def committed(self: Intake, message: Inbound, now: datetime) -> Receipt:
        await accept(self, message, now)
        await _halt(there)
        raise AssertionError("it stands still")

    Intake.accept = committed  # type: ignore[method-assign]  # the real one, then a halt


if __name__ == "__main__":
    point, file = sys.argv[1:3]
    del sys.argv[1:3]
    {"before_commit": before_commit, "after_commit": after_commit}[point](Path(file))
    program.main()
