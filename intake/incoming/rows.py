"""What a message becomes in the tables: the translation between the core's values and the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.after_sales import CaseFacts
from intake.message import Attachment, Inbound, Sender
from intake.understanding.reading import Reading
from intake.words.marks import as_rows
from storage.customers import Contact
from storage.kinds import Direction
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest, Event, StoredAttachment
from storage.transaction import add

ADDRESS_CAP = 512  # characters; RFC 5321 §4.5.3.1.3 allows 256
CONVERSATION_CAP = 64  # characters; Outlook's are 44
FORM_CAP, ALBUM_CAP = 24, 64  # characters
Beside = AfterSalesCase | Event
EXTERNAL_ID_CAP = 998  # bytes; RFC 5322 allows no longer line, and a database index no much longer key


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of a message, as they lie on the disk before the commit that names them."""

    raw_sha256: str | None
    raw_in_row: bytes | None
    attachments: tuple[str | None, ...]  # sha256 by attachment; None: still with the wire


def case_row(request: CustomerRequest, found: CaseFacts, now: datetime) -> AfterSalesCase:
    """An after-sales case, as far as the first message tells it. Not yet stored."""
    return AfterSalesCase(
        request=request,
        type=found.type,
        order_number=found.order_number,
        product_number=found.product_number,
        model=found.model,
        serial_number=found.serial_number,
        purchased_on=found.purchased_on,
        status=found.status,
        missing=list(found.missing),
        sources=found.sources,
        created_at=now,
    )


async def store_record(
    message: Inbound,
    reading: Reading,
    kept: Kept,
    request_id: int | None,
    why: str,
    rule: str,
    now: datetime,
    flags: tuple[str, ...] = (),
    *,
    revises: int | None = None,
    answers: int | None = None,
    beside: Sequence[Beside] = (),
) -> CommunicationRecord:
    """Store a message as it came, and with it what is `beside` it. Inside the transaction of its acceptance."""
    reasons = [*([rule] if rule else []), *([message.auto_reason] if message.auto_reason else [])]
    record = CommunicationRecord(
        request_id=request_id,
        direction=Direction.INCOMING,
        channel=message.channel,
        dedupe_key=dedupe_key(message),
        external_id=_lookup_id(message.external_id),
        subject=message.subject,
        text=message.text,
        reply_text=reading.reply_text,
        html=message.html,
        author=_author(message.sender),
        at=now,
        sent_at=message.sent_at,
        threaded_by=why,
        verified=message.verified,
        conversation=conversation(message),
        checked=message.checked or None,
        origin=message.origin,
        form=message.form[:FORM_CAP] if message.form else None,
        marks=as_rows(message.marks),
        album=message.album[:ALBUM_CAP] if message.album else None,
        revises=revises,
        answers=answers,
        quote=message.quote,
        flags=[*reasons, *message.remarks, *flags],
        defects=list(message.defects),
        raw_content=kept.raw_in_row,
        raw_sha256=kept.raw_sha256,
        raw_size=len(message.raw) if message.raw is not None else 0,
    )
    await add(*beside, record)
    return record


def attachment_row(record: CommunicationRecord, file: Attachment, sha256: str | None) -> StoredAttachment:
    """A file of a message. Not yet stored. `sha256`: None while its bytes are still with the wire."""
    return StoredAttachment(
        record=record,
        filename=file.filename,
        content_type=file.content_type[:255],
        size=file.size,
        sha256=sha256,
        stored=sha256 is not None,
        inline=file.inline,
        content_id=file.content_id,
        remote_id=file.remote_id,
        error=file.error,
    )


def _author(sender: Sender) -> str:
    return f"{sender.name} <{sender.value}>" if sender.name else sender.value


def name_and_address(author: str) -> tuple[str, str]:
    """Name and address of an author as records have him: `Anna <anna@customer.example>`, or the address alone."""
    name, bracket, address = author.rpartition(" <")
    return (name, address.removesuffix(">")) if bracket and address.endswith(">") else ("", author)


def _lookup_id(external_id: str | None) -> str | None:
    """The wire's id when it can be one; what is longer is nobody's, and the raw message keeps it."""
    return external_id if external_id and len(external_id.encode()) <= EXTERNAL_ID_CAP else None


def conversation(message: Inbound) -> str | None:
    """The wire's own name of the conversation, when it is as long as one is."""
    name = message.conversation
    return name if name and len(name) <= CONVERSATION_CAP else None


def dedupe_key(message: Inbound) -> str:
    """The same for each copy of a message on its channel."""
    return f"{message.channel}:{message.key}"


def contact(message: Inbound, reading: Reading) -> Contact:
    """Who writes, cut to what a column holds."""
    sender = message.sender
    return Contact(
        channel=message.channel,
        value=sender.value[:ADDRESS_CAP],
        name=sender.name,
        language=reading.language,
        phone=sender.phone[:64] if sender.phone else None,
        verified=message.verified,
        username=sender.username[:64] if sender.username else None,
        reads=sender.language[:16] if sender.language else None,
        renames=message.threadless and message.verified,
    )
