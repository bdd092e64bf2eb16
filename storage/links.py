"""Which wire message belongs to which record: remembered in one way, whoever sent it.

Called inside `transaction` where more than this is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.models import MessageLink


@dataclass(frozen=True, slots=True)
class Link:
    """One wire message ("bot:chat:message", or the Message-ID of a mail) and the record by which it is known."""

    external_id: str
    record: int | None
    form: str | None = None
    part: int | None = None


async def remember(request_id: int, delivery_id: int | None, links: Sequence[Link]) -> None:
    """Remember these messages of a request, and the job that sent them. One that is known stays as it is."""
    await MessageLink.bulk_create(
        [
            MessageLink(
                request_id=request_id,
                record_id=link.record,
                delivery_id=delivery_id,
                external_id=link.external_id,
                form=link.form,
                part=link.part,
            )
            for link in links
        ],
        ignore_conflicts=True,
    )


async def first_in(record_id: int, place: str) -> str | None:
    """The first message in a place ("bot:chat:") by which a record is known."""
    link = await MessageLink.filter(record_id=record_id, external_id__startswith=place).order_by("id").first()
    return None if link is None else link.external_id
