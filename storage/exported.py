"""A row of the database as a line of the export. Pure; which rows there are, reports.py asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from storage.kinds import request_number
from storage.models import (
    AfterSalesCase,
    CommunicationRecord,
    Customer,
    CustomerRequest,
    Delivery,
    Event,
    FoundFact,
    Parked,
)

Line = dict[str, object]


def customer(row: Customer) -> Line:
    """A person, with the addresses that he writes from."""
    return {
        "id": row.id,
        "name": row.name,
        "language": row.language,
        "addresses": [
            {"channel": address.channel, "value": address.value, "verified": address.verified}
            for address in row.addresses
        ],
        "phone": row.phone,
        "email": row.email,
        "postal_address": row.postal_address,
        "sources": row.sources or {},
        "created_at": _time(row.created_at),
    }


def request(row: CustomerRequest) -> Line:
    """What he wants, and how far it is."""
    return {
        "number": request_number(row.id),
        "customer": row.customer_id,
        "channel": row.channel,
        "account": row.account,
        "subject": row.subject,
        "status": str(row.status),
        "category": row.category,
        "category_confidence": row.category_confidence,
        "category_reasons": row.category_reasons,
        "category_choices": row.category_choices,
        "category_model": row.category_model,
        "priority": str(row.priority),
        "priority_reasons": row.priority_reasons,
        "tags": row.tags,
        "flags": row.flags,
        "language": row.language,
        "assignee": row.assignee.name if row.assignee else None,
        "linked_to": number(row.linked_to),
        "participants": [
            {"channel": person.channel, "value": person.value, "name": person.name, "added_by": person.added_by}
            for person in row.participants
        ],
        "created_at": _time(row.created_at),
        "first_response_due_at": _time(row.first_response_due_at),
        "first_responded_at": _time(row.first_responded_at),
        "resolved_at": _time(row.resolved_at),
    }


def record(row: CommunicationRecord, facts: Sequence[FoundFact]) -> Line:
    """A message or note, with its files and what was read out of it."""
    return {
        "id": row.id,
        "request": number(row.request_id),
        "direction": str(row.direction),
        "channel": row.channel,
        "external_id": row.external_id,
        # Only a mail's id holds an @ (RFC 5322 §3.6.4).
        "message_id": row.external_id if row.external_id and "@" in row.external_id else None,
        "subject": row.subject,
        "text": row.text,
        "reply_text": row.reply_text,
        "author": row.author,
        "at": _time(row.at),
        "threaded_by": row.threaded_by,
        "verified": row.verified,
        "checked": row.checked,
        "raw_sha256": row.raw_sha256,
        "attachments": [
            {
                "filename": file.filename,
                "content_type": file.content_type,
                "size": file.size,
                "sha256": file.sha256,
                "stored": file.stored,
                "error": file.error,
            }
            for file in row.attachments
        ],
        "facts": [fact(one) for one in facts],
        "flags": row.flags,
        "defects": row.defects,
        "trace": row.trace,
    }


def fact(row: FoundFact) -> Line:
    """A fact, and where it stands in its record."""
    place: Line = {"start": row.start, "end": row.end, "confidence": row.confidence}
    return {"kind": row.kind, "value": row.value, **place}


def case(row: AfterSalesCase, earlier: str | None) -> Line:
    """Goods that come back. `earlier`: the request of the case that it repeats."""
    return {
        "request": number(row.request_id),
        "type": str(row.type),
        "order_number": row.order_number,
        "product_number": row.product_number,
        "serial_number": row.serial_number,
        "model": row.model,
        "purchased_on": _time(row.purchased_on),
        "warranty_until": _time(row.warranty_until),
        "return_until": _time(row.return_until),
        "status": str(row.status),
        "missing": row.missing,
        "decision": row.decision,
        "sources": row.sources or {},
        "repeats": earlier,
        "created_at": _time(row.created_at),
        "updated_at": _time(row.updated_at),
    }


def delivery(row: Delivery) -> Line:
    """One outgoing job."""
    return {
        "id": row.id,
        "request": number(row.request_id),
        "record": row.record_id,
        "what": str(row.kind),
        "channel": row.channel,
        "to": row.recipient,
        "state": str(row.state),
        "attempts": row.attempts,
        "last_error": row.last_error,
        "message_id": row.message_id,
        "external_id": row.external_id,
        "text": row.text,
        "queued_at": _time(row.queued_at),
        "sent_at": _time(row.sent_at),
        "trace": row.trace,
    }


def event(row: Event) -> Line:
    """One change of a request."""
    return {
        "request": number(row.request_id),
        "at": _time(row.at),
        "actor": row.actor,
        "what": row.what,
        "before": row.before,
        "after": row.after,
    }


def parked(row: Parked) -> Line:
    """A message that was set aside; its bytes stay where they are."""
    return {
        "id": row.id,
        "channel": row.channel,
        "at": _time(row.at),
        "attempts": row.attempts,
        "error": row.error,
        "raw_sha256": row.raw_sha256,
        "replayed_at": _time(row.replayed_at),
    }


def number(request_id: int | None) -> str | None:
    """The public number of a request, if there is one."""
    return None if request_id is None else request_number(request_id)


def _time(value: date | None) -> str | None:
    """ISO 8601; moments in UTC."""
    return None if value is None else value.isoformat()
