"""Turn a row of the outbox into what a channel sends."""

from __future__ import annotations

from intake.marks import from_rows
from intake.message import Choice, Outbound, StoredFile
from storage import deliveries, requests
from storage.kinds import DeliveryKind
from storage.models import Delivery


async def outgoing(delivery: Delivery) -> Outbound:
    """A delivery as its channel reads it, with the files that go with an agent's words."""
    files: tuple[StoredFile, ...] = ()
    if delivery.kind is DeliveryKind.REPLY and delivery.record_id is not None:
        files = tuple(
            StoredFile(
                attachment=file.id,
                filename=file.filename or "file",
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256 if file.stored else None,
                remote_id=file.remote_id,
                error=file.error,
            )
            for file in await deliveries.files_of_record(delivery.record_id)
        )
    record = await requests.record_with_files(delivery.record_id) if files and delivery.record_id else None
    return Outbound(
        delivery=delivery.id,
        kind=delivery.kind,
        channel=delivery.channel,
        account=delivery.account,
        to=delivery.recipient,
        attempt=delivery.attempts,
        request=delivery.request_id,
        record=delivery.record_id,
        subject=delivery.subject,
        text=delivery.text,
        html=delivery.html,
        message_id=delivery.message_id,
        in_reply_to=delivery.in_reply_to,
        references=tuple(delivery.references),
        addressed_to=delivery.addressed_to,
        cc=tuple(delivery.cc or ()),
        automatic=delivery.kind is DeliveryKind.ACKNOWLEDGEMENT,
        origin=record.origin if record else None,
        files=files,
        marks=from_rows(delivery.marks),
        quote=delivery.quote,
        concerns=delivery.concerns,
        choices=tuple(Choice(words, token) for words, token in delivery.choices or ()),
        sent_parts=await deliveries.parts_sent(delivery.id) if delivery.attempts > 1 else (),
    )
