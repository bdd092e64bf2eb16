"""One mail as one line of the `parse` command: its keys are a contract, printed in the docs."""

from __future__ import annotations

import hashlib

from intake.mail.parse import Mail, Mailbox, parse
from intake.message import Attachment, Bounce
from intake.understanding import language
from intake.understanding.quotes import splitting

# The command reads no configuration, so it knows the default languages only.
LANGUAGES = ("en", "zh", "es", "de", "ru")


def line(path: str, raw: bytes) -> dict[str, object]:
    """What was read in a mail, as plain values for JSON. Never raises."""
    mail = parse(raw)
    reply = splitting.split(
        mail.text,
        forwarded=splitting.is_forward(mail.subject),
        answers=splitting.is_answer(mail.subject, (*mail.references, *mail.in_reply_to)),
    ).reply
    return {
        "path": path,
        "error": None,
        "from": _mailbox(mail.from_) if mail.from_ is not None else None,
        "reply_to": [_mailbox(box) for box in mail.reply_to],
        "to": [_mailbox(box) for box in mail.to],
        "cc": [_mailbox(box) for box in mail.cc],
        "subject": mail.subject,
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "date": mail.date.isoformat() if mail.date is not None else None,
        "text": mail.text,
        "html": mail.html,
        "reply_text": reply,
        "attachments": [_attachment(attachment) for attachment in mail.attachments],
        "auto_reply": mail.auto_reason is not None,
        "auto_reason": mail.auto_reason,
        "may_ack": mail.may_ack,
        "bounce": _bounce(mail.bounce) if mail.bounce is not None else None,
        "refs": _refs(mail),
        "language": language.detect(f"{mail.subject}\n{reply}", LANGUAGES),
        "defects": list(mail.defects),
    }


def _mailbox(box: Mailbox) -> dict[str, object]:
    return {"name": box.name, "address": box.address}


def _attachment(attachment: Attachment) -> dict[str, object]:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": hashlib.sha256(attachment.content or b"").hexdigest(),
        "inline": attachment.inline,
        "content_id": attachment.content_id,
    }


def _bounce(bounce: Bounce) -> dict[str, object]:
    recipients = [
        {"address": one.address, "status": one.status, "action": one.action, "diagnostic": one.diagnostic}
        for one in bounce.failures
    ]
    return {"kind": bounce.kind, "recipients": recipients, "original_message_id": bounce.original_id}


def _refs(mail: Mail) -> dict[str, object]:
    return {"plus": mail.plus, "subject_token": mail.subject_token}
