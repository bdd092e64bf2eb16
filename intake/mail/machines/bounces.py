"""Read reports on what we sent: delivery reports (RFC 3464), complaints (RFC 5965), and bounces in plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.mail import charsets, headers
from intake.mail.encodings import decoded
from intake.mail.machines.complaints import read_complaint
from intake.mail.machines.delivery_reports import failures
from intake.mail.machines.worded_bounces import is_daemon, read_words
from intake.mail.mime import Part, take_apart
from intake.message import Bounce, Failure

MAX_FAILURES = 200
MAX_REPORT = 256 << 10  # bytes

_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
)
_RECIPIENT_FIELD = re.compile(r"^(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
# A server that quotes our Message-ID, in its own fields or below its words.
_ID_IN_TEXT = re.compile(
    r"^[> \t]{0,8}(?:x-)?(?:original-)?message[- ]?id[ \t]*:[ \t]*\n?[> \t]{0,8}<([^<>\s]{1,998})>",
    re.MULTILINE | re.IGNORECASE,
)


def read_bounce(root: Part, subject: str, sender: str, text: str) -> Bounce | None:
    """What a report says, or None for mail that is none. A read receipt (RFC 8098) is automatic, but no bounce."""
    parts = list(root.walk())
    complaint = read_complaint(parts, subject, _content, _original_id(root, parts, text))
    if complaint is not None:
        return complaint
    reports = [part for part in parts if part.content_type in _STATUS_PARTS]
    if not reports and _is_receipt(root, parts):
        return None
    worded = read_words(root, subject, sender, text, certain=bool(reports))
    # A forwarded report lies in an attached mail; a gateway that wraps its own is a daemon all the same.
    if not reports and worded is not None and not worded.failures and is_daemon(root, sender):
        inner = _wrapped(parts)
        if inner is not None:
            return inner
    if not reports and worded is None:
        return None
    found = [failure for part in reports for failure in failures(_content(part))]
    if not found and _RECIPIENT_FIELD.search(text):
        # The machine's part stands in the text, as it does where a mail lost its boundary.
        found = list(failures(text[:MAX_REPORT]))
    known = _once(found or (worded.failures if worded else ()))
    return Bounce("bounce", _completed(known, worded.failures if worded else ()), _original_id(root, parts, text))


def _is_receipt(root: Part, parts: Sequence[Part]) -> bool:
    if any(part.content_type == "message/disposition-notification" for part in parts):
        return True
    return root.parameters.get("report-type", "").lower() == "disposition-notification"


def _wrapped(parts: Sequence[Part]) -> Bounce | None:
    """A delivery report inside of the mail that a gateway passed on."""
    for part in parts:
        if part.content_type == "message/rfc822":
            inside = list(take_apart(part.body)[0].walk())
            reports = [below for below in inside if below.content_type in _STATUS_PARTS]
            found = [failure for below in reports for failure in failures(_content(below))]
            if found:
                return Bounce("bounce", _once(found), _returned_id(inside))
    return None


def _content(part: Part) -> str:
    content, _ = decoded(part.body, headers.unfold(part.first("content-transfer-encoding")[:100]))
    return re.sub("\r\n|\r", "\n", charsets.decode(content[:MAX_REPORT], part.parameters.get("charset")))


def _once(found: Sequence[Failure]) -> tuple[Failure, ...]:
    known: dict[str, Failure] = {}
    for failure in found:
        known.setdefault(failure.address.lower(), failure)
    return tuple(known.values())[:MAX_FAILURES]


def _completed(known: tuple[Failure, ...], worded: Sequence[Failure]) -> tuple[Failure, ...]:
    """The words above the machine's part know the status where that part does not."""
    said = {failure.address.lower(): failure for failure in worded}
    return tuple(
        Failure(one.address, other.status, one.action, one.diagnostic or other.diagnostic)
        if one.status is None and (other := said.get(one.address.lower())) is not None
        else one
        for one in known
    )


def _original_id(root: Part, parts: Sequence[Part], text: str) -> str | None:
    """The Message-ID of what came back: from the returned mail, from the text, else what the report answers."""
    returned = _returned_id(parts)
    if returned is not None:
        return returned
    for words in (text, *(_content(part) for part in parts if part.content_type in _STATUS_PARTS)):
        found = _ID_IN_TEXT.search(words[:MAX_REPORT])
        if found is not None:
            return found[1]
    for name in (
        "x-original-message-id",
        "original-message-id",
        "x-ms-exchange-parent-message-id",
        "in-reply-to",
        "references",
    ):
        ids = headers.message_ids(headers.unfold(root.first(name)[:8192]))
        if ids:
            return ids[-1]
    return None


def _returned_id(parts: Sequence[Part]) -> str | None:
    for part in parts:
        if part.content_type in _RETURNED:
            returned = decoded(part.body[:MAX_REPORT], headers.unfold(part.first("content-transfer-encoding")[:100]))[0]
            ids = headers.message_ids(headers.unfold(take_apart(returned)[0].first("message-id")))
            if ids:
                return ids[0]
    return None
