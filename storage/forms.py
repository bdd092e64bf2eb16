"""The form that a customer has before him: his case, and the messages that have asked him. Asks only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage.kinds import DeliveryKind, Direction
from storage.models import CommunicationRecord, Delivery, MessageLink

ASKING = (DeliveryKind.ACKNOWLEDGEMENT, DeliveryKind.QUESTION)


async def question_with(request_ids: Sequence[int], token: str) -> Delivery | None:
    """The message below which a button with this token stands."""
    asked = (
        Delivery.filter(request_id__in=request_ids, kind__in=ASKING, choices__isnull=False).order_by("-id").limit(20)
    )
    return next((one for one in await asked if any(token == written for _, written in one.choices or ())), None)


async def shows(external_id: str, token: str) -> bool:
    """Is this message of the wire the one below which a button with this token stands?"""
    link = await MessageLink.filter(external_id=external_id).select_related("delivery").first()
    delivery = link.delivery if link is not None else None
    return delivery is not None and any(token == written for _, written in delivery.choices or ())


async def asks(request_id: int, message_id: str) -> bool:
    """Is this mail of ours one that has asked him?"""
    return await Delivery.filter(request_id=request_id, kind__in=ASKING, message_id=message_id).exists()


async def agent_spoke_since(request_id: int, since: datetime) -> bool:
    """Has an agent said something to the customer since then?"""
    said = CommunicationRecord.filter(request_id=request_id, direction=Direction.OUTGOING, agent_id__not_isnull=True)
    return await said.filter(at__gte=since).exists()


async def editions(record_id: int) -> list[int]:
    """A message and its edits."""
    edits = CommunicationRecord.filter(revises=record_id).order_by("id")
    return [record_id, *(int(str(one)) for one in await edits.values_list("id", flat=True))]
