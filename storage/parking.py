"""Messages that our own code could not handle, set aside whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from storage.models import Parked
from storage.transaction import transaction
from storage.unsaid import unsaid


async def park(
    channel: str, key: str, raw: bytes, envelope: Mapping[str, str], error: str, now: datetime
) -> tuple[Parked, bool]:
    """Set a message aside. The flag says that it is new; the same message again only counts an attempt."""

    async def work() -> tuple[Parked, bool]:
        parked, new = await Parked.get_or_create(
            key=f"{channel}:{key}",
            defaults={
                "channel": channel,
                "at": now,
                "error": unsaid(error),
                "envelope": dict(envelope),
                "raw_content": raw,
                "raw_sha256": hashlib.sha256(raw).hexdigest(),
            },
        )
        if not new:
            parked.attempts += 1
            parked.error = unsaid(error)
            await parked.save(update_fields=["attempts", "error"])
        return parked, new

    return await transaction(work)


async def waiting() -> list[Parked]:
    """What is still set aside, oldest first, without the raw bytes."""
    fields = [name for name in Parked._meta.fields_db_projection if name != "raw_content"]
    return await Parked.filter(replayed_at=None).only(*fields).order_by("id")


async def parked(parked_id: int) -> Parked | None:
    """One parked message, whole."""
    return await Parked.filter(id=parked_id).first()


async def replayed(parked_id: int, now: datetime) -> None:
    """The message was accepted after all."""
    await Parked.filter(id=parked_id).update(replayed_at=now)


async def failed_again(parked_id: int, error: str) -> None:
    """It still cannot be handled."""
    row = await Parked.get(id=parked_id)
    row.attempts, row.error = row.attempts + 1, unsaid(error)
    await row.save(update_fields=["attempts", "error"])
