"""Turn the bytes of a mail into a `Mail`. Total: any bytes give one, at worst a minimal one with its defects."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from intake.mail import charsets, headers
from intake.mail.addresses import AddressList, Mailbox, read_addresses
from intake.mail.body import Body, read_body
from intake.mail.machines.bounces import read_bounce
from intake.mail.machines.robots import judge
from intake.mail.mime import Part, take_apart
from intake.message import Attachment, Bounce

__all__ = ["Mail", "Mailbox", "parse"]

MAX_SUBJECT = 998
MAX_REFERENCES = 50

_DELIVERED = ("delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says, and neutral facts about it. Nothing is checked against a key, a database or the network."""

    from_: Mailbox | None = None
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()  # Delivered-To, X-Original-To, Envelope-To
    subject: str = ""
    message_id: str | None = None  # without <>
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # oldest first
    date: datetime | None = None
    text: str = ""  # RFC 8621 §4.1.4 textBody; HTML converted when it is all there is; never truncated
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    auto_reason: str | None = None  # why it is an automatic message, or None
    may_ack: bool = True  # False for every robot's, list's or bulk mail
    bounce: Bounce | None = None
    loop: bool = False  # our own X-Loop header is on it
    evident: bool = False  # something else than its words says that a program wrote it
    plus: str | None = None  # the token of a plus-address in To, Cc or Delivered-To, unchecked
    subject_token: str | None = None  # "R-1042" as it stands in the subject
    several_from: bool = False  # several From fields or addresses, or a group: nobody's identity
    defects: tuple[str, ...] = field(default=())
    thread_index: str | None = None  # what all mails of a conversation in Outlook share, in hexadecimal


def parse(raw: bytes) -> Mail:
    """Read a mail. Never raises."""
    try:
        return _read(raw)
    except Exception as error:  # noqa: BLE001  # the mouth: a mail that our code cannot read is still a customer's mail
        words = charsets.clean(raw.decode("utf-8", "replace"))
        return Mail(text=words, may_ack=False, defects=(f"could not be read: {type(error).__name__}",))


def _read(raw: bytes) -> Mail:
    root, defects = take_apart(raw)
    body = read_body(root)
    senders = _addresses(root, "from", body, defects)
    subject = _subject(root, body, defects)
    message_ids = _ids(root, "message-id", defects)
    sent_at = headers.date(headers.unfold(root.first("date")))
    if sent_at is None and root.first("date"):
        defects.append("Date that is no time")
    lists = {name: _addresses(root, name, body, defects).mailboxes for name in ("reply-to", "to", "cc")}
    delivered = [box.address for name in _DELIVERED for box in _addresses(root, name, body, defects).mailboxes]
    from_ = senders.mailboxes[0] if senders.mailboxes else None
    written = from_.address if from_ else headers.unfold(root.first("from")[:MAX_SUBJECT])
    bounce = read_bounce(root, subject, written, body.text)
    judged = judge(root, subject, written, body.text, bounce is not None)
    return Mail(
        from_=from_,
        reply_to=lists["reply-to"],
        to=lists["to"],
        cc=lists["cc"],
        delivered_to=tuple(delivered),
        subject=subject,
        message_id=message_ids[0] if message_ids else None,
        in_reply_to=_ids(root, "in-reply-to", defects),
        references=_ids(root, "references", defects),
        date=sent_at,
        text=body.text,
        html=body.html,
        attachments=body.attachments,
        auto_reason=judged.reason,
        may_ack=judged.may_ack,
        bounce=bounce,
        loop=judged.loop,
        evident=judged.evident,
        plus=_plus([*(box.address for box in (*lists["to"], *lists["cc"])), *delivered]),
        subject_token=_subject_token(subject),
        several_from=senders.group or len(senders.mailboxes) > 1 or len(root.all("from")) > 1,
        defects=tuple(dict.fromkeys((*defects, *body.defects))),
        thread_index=headers.thread_index(root.first("thread-index")),
    )


def _addresses(root: Part, name: str, body: Body, defects: list[str]) -> AddressList:
    """The addresses of all fields of this name: a field that stands twice is not lost."""
    found = [read_addresses(headers.unfold(value, body.charset)) for value in root.all(name)]
    if any(part.refused for part in found):
        defects.append(f"{name.title()} with something that is no address")
    return AddressList(tuple(box for part in found for box in part.mailboxes), any(part.group for part in found))


def _subject(root: Part, body: Body, defects: list[str]) -> str:
    subject = headers.text(root.first("subject"), body.charset)
    if len(subject) > MAX_SUBJECT:
        defects.append("subject longer than 998 characters")
    return subject[:MAX_SUBJECT]


def _ids(root: Part, name: str, defects: list[str]) -> tuple[str, ...]:
    found = [found for value in root.all(name) for found in headers.message_ids(headers.unfold(value))]
    found = list(dict.fromkeys(found))
    if len(found) > MAX_REFERENCES:
        # The first began the conversation, the last ones are what is answered.
        defects.append(f"more than 50 ids in {name.title()}")
        found = [found[0], *found[1 - MAX_REFERENCES :]]
    return tuple(found)


def _plus(addresses: list[str]) -> str | None:
    """RFC 5233: what stands behind the first plus of the first local part that has one."""
    for address in addresses:
        _, plus, token = address.rpartition("@")[0].partition("+")
        if plus and token:
            return token
    return None


def _subject_token(subject: str) -> str | None:
    found = re.search(r"(?<![\w-])R-[0-9]{1,15}(?![\w])", subject, re.ASCII | re.IGNORECASE)
    return found[0] if found else None
