"""Read complaints: RFC 5965 feedback reports, and what providers send in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from intake.mail import headers
from intake.mail.addresses import is_address, read_addresses
from intake.mail.machines.delivery_reports import groups, typed
from intake.mail.mime import Part, take_apart
from intake.message import Bounce, Failure

MAX_NAMED = 200

# Providers that send the mail itself, without a machine's part, known by the subject; and who had got that mail.
_BY_SUBJECT = re.compile(
    r"complaint about message from \W?\d|email feedback report for ip|e-?mail abuse (report|complaint)", re.IGNORECASE
)
_RECEIVER_FIELDS = ("x-hmxmroriginalrecipient", "x-original-recipient", "x-rcpt-to", "to")


def read_complaint(
    parts: Sequence[Part], subject: str, content: Callable[[Part], str], original_id: str | None
) -> Bounce | None:
    """Somebody pressed "this is spam" on a mail of ours; None when the mail is no complaint."""
    report = next((part for part in parts if part.content_type == "message/feedback-report"), None)
    returned = next((part for part in parts if part.content_type in ("message/rfc822", "text/rfc822-headers")), None)
    if report is None and (returned is None or not _BY_SUBJECT.match(subject)):
        return None
    fields = list(groups(content(report))) if report is not None else []
    kind = next((group["feedback-type"] for group in fields if "feedback-type" in group), "abuse")
    named = [
        typed(group[name])
        for name in ("original-rcpt-to", "removal-recipient", "redacted-address")
        for group in fields
        if name in group
    ]
    addresses = [address for address in named if _is_somebody(address)]
    if not addresses and returned is not None:
        addresses = _receivers(take_apart(returned.body)[0])
    once = tuple(dict.fromkeys(addresses))[:MAX_NAMED]
    return Bounce("feedback", tuple(Failure(address, None, None, kind) for address in once), original_id)


def _receivers(mail: Part) -> list[str]:
    """Who had got the mail, when the report hides it; a provider often leaves it in the mail itself."""
    for name in _RECEIVER_FIELDS:
        found = [box.address for value in mail.all(name) for box in read_addresses(headers.unfold(value)).mailboxes]
        somebody = [address for address in found if _is_somebody(address)]
        if somebody:
            return somebody
    return []


def _is_somebody(address: str) -> bool:
    """Providers that hide the complainer still write something that looks like an address."""
    return is_address(address) and not address.lower().startswith("redacted")
