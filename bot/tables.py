"""Requests, customers and records as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from bot.desk.cards import shown, shown_address, shown_author, shown_name
from bot.desk.case_lines import case_lines
from intake.agents.case_steps import STATUS_WORDS
from storage.kinds import DeliveryState, Direction, request_number
from storage.models import (
    AfterSalesCase,
    CommunicationRecord,
    Customer,
    CustomerRequest,
    Delivery,
    Parked,
    Participant,
    StoredAttachment,
)

ARROWS = {Direction.INCOMING: "→", Direction.OUTGOING: "←", Direction.NOTE: "✎"}
DELIVERY_WORDS = {
    DeliveryState.QUEUED: "waits",
    DeliveryState.SENDING: "is being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "failed",
    DeliveryState.UNKNOWN: "unknown whether it arrived",
}


def requests_table(rows: Sequence[CustomerRequest]) -> Table:
    """Requests, a row each. When there is little room, names and subjects are cut, never a number."""
    table = Table(box=None, pad_edge=False)
    for name in ("number", "status", "channel", "category", "priority", "created"):
        table.add_column(name, no_wrap=True)
    for name in ("customer", "subject"):
        table.add_column(name)
    for row in rows:
        table.add_row(
            request_number(row.id),
            str(row.status),
            row.channel,
            row.category,
            str(row.priority),
            row.created_at.strftime("%Y-%m-%d"),
            _cut_to_fit(f"{shown_name(row.customer.name)} ({row.customer_id})"),
            _cut_to_fit(shown(row.subject)),
        )
    return table


def cases_table(rows: Sequence[AfterSalesCase]) -> Table:
    """After-sales cases with their requests, a row each."""
    table = Table(box=None, pad_edge=False)
    for name in ("number", "case", "state", "order", "serial", "warranty until", "since"):
        table.add_column(name, no_wrap=True)
    for name in ("model", "customer"):
        table.add_column(name)
    for row in rows:
        table.add_row(
            request_number(row.request_id),
            str(row.type),
            STATUS_WORDS[row.status],
            _cut_to_fit(shown(row.order_number or "")),
            _cut_to_fit(shown(row.serial_number or "")),
            str(row.warranty_until or ""),
            row.created_at.strftime("%Y-%m-%d"),
            _cut_to_fit(shown(row.model or "")),
            _cut_to_fit(f"{shown_name(row.request.customer.name)} ({row.request.customer_id})"),
        )
    return table


def _cut_to_fit(text: str) -> Text:
    """Its column may shrink, and it stays on one line."""
    return Text(text, no_wrap=True, overflow="ellipsis")


def request_text(
    request: CustomerRequest,
    case: AfterSalesCase | None,
    participants: Sequence[Participant],
    records: Sequence[CommunicationRecord],
    deliveries: Sequence[Delivery],
    earlier: AfterSalesCase | None = None,
) -> list[str]:
    """A request with all that was said, and how far it came. `deliveries`: those to people."""
    lines = [
        " · ".join((request_number(request.id), request.status, request.category, request.priority, request.channel)),
        f"customer {request.customer_id}: {shown_name(request.customer.name)}"
        f" · answers go to {shown_address(request.reply_to)}",
    ]
    lines += [
        f"takes part: {shown_author(f'{person.name} <{person.value}>' if person.name else person.value)}"
        f" · added by {shown_address(person.added_by)}"
        for person in participants
    ]
    if request.subject:
        lines.append(f"subject: {shown(request.subject)}")
    lines += [f"note: {shown(flag)}" for flag in request.flags]
    if case is not None:
        lines += [f"after-sales case, {STATUS_WORDS[case.status]}"]
        lines += case_lines(case, earlier, request.created_at.date(), lambda value: shown(str(value)))
    for record in records:
        lines += ["", *_record(record, [delivery for delivery in deliveries if delivery.record_id == record.id])]
    return lines


def _record(record: CommunicationRecord, deliveries: Sequence[Delivery]) -> list[str]:
    lines = [f"{ARROWS[record.direction]} {shown_author(record.author)} · {moment(record.at)} · {record.threaded_by}"]
    lines += [f"  trace: {record.trace}"] if record.trace else []
    lines += [f"  sender: {shown(record.checked)}"] if record.checked else []
    lines += [f"  note: {shown(flag)}" for flag in record.flags]
    lines += [f"  {line}" for line in printable(record.text).splitlines()]
    lines += [f"  📎 {_file(file)}" for file in record.attachments]
    return [*lines, *(f"  ✉ {_delivery(delivery)}" for delivery in deliveries)]


def _file(file: StoredAttachment) -> str:
    kept = "" if file.stored else f", not stored: {shown(file.error or 'it is still to be fetched')}"
    return f"{shown(file.filename or 'file')} ({file.size} bytes{kept})"


def _delivery(delivery: Delivery) -> str:
    """What left, to whom, and what became of it."""
    words = f"{delivery.kind} to {shown_address(delivery.recipient)}: {DELIVERY_WORDS[delivery.state]}"
    trace = f" · trace {delivery.trace}" if delivery.trace else ""
    if delivery.state is DeliveryState.SENT and delivery.sent_at is not None:
        return f"{words} {moment(delivery.sent_at)}{trace}"
    return f"{words} ({shown(delivery.last_error)}){trace}" if delivery.last_error else f"{words}{trace}"


def customer_text(customer: Customer, requests: Sequence[CustomerRequest]) -> list[str]:
    """A customer with his addresses and his requests."""
    lines = [f"customer {customer.id}: {shown_name(customer.name)}"]
    lines += [
        f"{address.channel}: {shown_address(address.value)}{'' if address.verified else ' (not verified)'}"
        for address in customer.addresses
    ]
    for name, value in (
        ("phone", customer.phone),
        ("address", customer.postal_address),
        ("language", customer.language),
    ):
        if value:
            lines.append(f"{name}: {shown(value)}")
    return lines + [
        f"{request_number(row.id)} · {row.status} · {row.category} · {shown(row.subject)}" for row in requests
    ]


def parked_table(rows: Sequence[Parked]) -> Table:
    """Parked messages, a row each."""
    table = Table(box=None, pad_edge=False)
    for name in ("id", "channel", "at", "attempts", "error"):
        table.add_column(name)
    for row in rows:
        table.add_row(str(row.id), row.channel, moment(row.at), str(row.attempts), Text(row.error))
    return table


def moment(at: datetime) -> str:
    """A time for people, in UTC."""
    return at.strftime("%Y-%m-%d %H:%M")


def printable(text: str) -> str:
    """A text of several lines that cannot move the terminal's cursor or turn its letters around."""
    return "\n".join(shown(line) for line in text.splitlines())
