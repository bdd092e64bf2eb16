"""What tests of the customers' chats wait for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.stage import WAIT_S


async def until_so(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the database says so."""
    end = time.monotonic() + WAIT_S
    while not await is_so():
        assert time.monotonic() < end, "it does not come to it"
        await asyncio.sleep(0.02)
