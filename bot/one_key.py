"""All processes on one database sign with the same key. Whoever comes with another one is told, and does not start."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time

import structlog

from bot.duties import LEASE_S
from bot.errors import StartError
from storage import leases

log = structlog.get_logger()

LEASE = "secret-key"  # its owner is a key, not a process: whoever has that key renews it
ENDS_WITHIN_S = LEASE_S + 2.0
ANOTHER = (
    "INTAKE_SECRET_KEY is not the one that the processes running on this database have: they would refuse each other's "
    "reply addresses and buttons. Set the same everywhere; where it is not set, it was made in the data directory, "
    "in secret.key."
)
CHANGED = "the secret key is another than at the last run: reply addresses and buttons from before are not recognised"


def mark(secret: bytes) -> str:
    """What tells keys apart and gives none away."""
    return f"key:{hmac.new(secret, b'intake-bot: which key is this?', hashlib.sha256).hexdigest()[:12]}"


async def agree(secret: bytes) -> None:
    """See that no other process works with another key. Raises StartError, or what the database raises.

    What ran until just now may have had another: its lease ends within seconds.
    """
    ours, end = mark(secret), time.monotonic() + ENDS_WITHIN_S
    before = await leases.last_owner(LEASE)
    while await leases.take(LEASE, ours, LEASE_S) is None:
        if time.monotonic() > end:
            raise StartError(ANOTHER)
        await asyncio.sleep(1)
    if before not in (None, ours):
        log.warning(CHANGED)


async def differs(secret: bytes) -> bool:
    """Does a process that runs now have another key?"""
    return any(held.name == LEASE and held.owner != mark(secret) for held in await leases.holders())
