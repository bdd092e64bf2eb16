"""Read reports on what we sent: RFC 3464 delivery reports, RFC 5965 complaints, and bounces in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.mail import charsets, headers
from intake.mail.addresses import is_address
from intake.mail.encodings import decoded
from intake.mail.mime import Part, take_apart
from intake.mail.worded_bounces import read_words
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
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def read_bounce(root: Part, subject: str, sender: str, text: str) -> Bounce | None:
    """What a report says, or None for mail that is none. A read receipt (RFC 8098) is automatic, but no bounce."""
    parts = list(root.walk())
    kinds = [part.content_type for part in parts]
    if "message/feedback-report" in kinds:
        return _complaint(parts)
    reports = [part for part in parts if part.content_type in _STATUS_PARTS]
    # A forwarded report lies in an attached mail and is not walked into; here it must be the mail itself.
    if reports:
        failures = [failure for part in reports for failure in _failures(_content(part))]
        worded = None if failures else read_words(root, subject, sender, text)
        found = tuple(failures) or (worded.failures if worded else ())
        return Bounce("bounce", _once(found), _original_id(parts, text))
    if "message/disposition-notification" in kinds or _is_receipt(root):
        return None
    worded = read_words(root, subject, sender, text)
    if worded is None:
        return None
    return Bounce("bounce", _once(worded.failures), _original_id(parts, text))


def _is_receipt(root: Part) -> bool:
    return root.parameters.get("report-type", "").lower() == "disposition-notification"


def _content(part: Part) -> str:
    content, _ = decoded(part.body, headers.unfold(part.first("content-transfer-encoding")[:100]))
    return re.sub("\r\n|\r", "\n", charsets.decode(content[:MAX_REPORT], part.parameters.get("charset")))


def _failures(report: str) -> Iterator[Failure]:
    """RFC 3464 §2.1: groups of fields between blank lines, the first about the message, then one a recipient."""
    for group in _groups(report):
        # RFC 3464 §2.3.1: the original recipient is the one that we wrote to; forwarders change the final one.
        original, final = _typed(group.get("original-recipient", "")), _typed(group.get("final-recipient", ""))
        address = original if is_address(original) else final
        if not address:
            continue
        diagnostic = _typed(group.get("diagnostic-code", "")) or None
        status = _STATUS.search(group.get("status", "")) or _STATUS.search(diagnostic or "")
        action = re.match(r"[a-z-]+", group.get("action", "").lower())
        yield Failure(address, status[1] if status else None, action[0] if action else None, diagnostic)


def _groups(report: str) -> Iterator[dict[str, str]]:
    group: dict[str, str] = {}
    name = ""
    for written in report.split("\n"):
        line = written.rstrip()
        field = re.match(r"([\w-]{1,80})\s*:\s*(.*)", line)
        # Some programs put no blank line between recipients.
        starts_anew = field is not None and field[1].lower() == "final-recipient" and "final-recipient" in group
        if not line or starts_anew:
            yield group
            group = {}
        if field is not None:
            name = field[1].lower()
            group.setdefault(name, field[2][:2000])
        elif line[:1] in (" ", "\t") and name in group and len(group[name]) < 2000:
            group[name] += " " + line.strip()
    yield group


def _typed(value: str) -> str:
    """`rfc822; john@example.com` without its type, angle brackets and comment."""
    kind, semicolon, rest = value.partition(";")
    words = (rest if semicolon and re.fullmatch(r"\s*[\w/-]+\s*", kind) else value).strip()
    bracketed = re.fullmatch(r"<([^<>]*)>.*", words)
    return bracketed[1].strip() if bracketed else words


def _once(failures: tuple[Failure, ...]) -> tuple[Failure, ...]:
    known: dict[str, Failure] = {}
    for failure in failures:
        known.setdefault(failure.address.lower(), failure)
    return tuple(known.values())[:MAX_FAILURES]


def _original_id(parts: list[Part], text: str) -> str | None:
    """The Message-ID of what came back: from the returned mail or headers, else from the text below the report."""
    for part in parts:
        if part.content_type in _RETURNED:
            returned = decoded(part.body[:MAX_REPORT], headers.unfold(part.first("content-transfer-encoding")[:100]))[0]
            ids = headers.message_ids(headers.unfold(take_apart(returned)[0].first("message-id")))
            if ids:
                return ids[0]
    found = re.search(
        r"^[> \t]{0,8}Message-ID:[ \t]*\n?[> \t]{0,8}<([^<>\s]{1,998})>", text, re.MULTILINE | re.IGNORECASE
    )
    return found[1] if found else None


def _complaint(parts: list[Part]) -> Bounce:
    """RFC 5965: somebody pressed "this is spam" on a mail of ours."""
    for part in parts:
        if part.content_type == "message/feedback-report":
            groups = list(_groups(_content(part)))
            kind = next((group["feedback-type"] for group in groups if "feedback-type" in group), None)
            address = next((group["original-rcpt-to"] for group in groups if "original-rcpt-to" in group), "")
            named = (Failure(_typed(address), None, None, kind),) if address else ()
            return Bounce("feedback", named, _original_id(parts, ""))
    return Bounce("feedback")
