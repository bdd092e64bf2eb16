"""How many acknowledgements were queued lately. Each question is answered from an index, and bounded by its budget."""

from __future__ import annotations

from datetime import datetime

from tortoise.expressions import Q

from storage.asking import asked
from storage.kinds import DeliveryKind
from storage.models import Delivery

_COUNTS = """
SELECT
    (SELECT count(*) FROM delivery
     WHERE kind = 'acknowledgement' AND recipient_domain = $2 AND queued_at > $1) AS to_domain,
    (SELECT count(*) FROM delivery WHERE kind = 'acknowledgement' AND queued_at > $1) AS in_all
"""


async def to_recipient(recipient: str, since: datetime) -> int:
    """How many since then to this mailbox."""
    local, at, domain = recipient.rpartition("@")
    mailbox = local.partition("+")[0]
    own = Q(recipient=recipient)
    if at and mailbox:
        # RFC 5233: all of them are one mailbox. Another desk may write from an address of its own for each ticket.
        own |= Q(recipient=f"{mailbox}@{domain}")
        own |= Q(recipient__startswith=f"{mailbox}+", recipient__endswith=f"@{domain}")
    return await Delivery.filter(own, kind=DeliveryKind.ACKNOWLEDGEMENT, queued_at__gt=since).count()


async def counts(domain: str | None, since: datetime) -> tuple[int, int]:
    """How many since then to an organisation's addresses, and in all."""
    [row] = await asked(_COUNTS, since, domain)
    return int(str(row["to_domain"])), int(str(row["in_all"]))
