"""Requests, customers and records as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from bot.cards import shown, shown_address, shown_author, shown_name
from storage.kinds import Direction, request_number
from storage.models import AfterSalesCase, CommunicationRecord, Customer, CustomerRequest, Parked

ARROWS = {Direction.INCOMING: "→", Direction.OUTGOING: "←", Direction.NOTE: "✎"}


def requests_table(rows: Sequence[CustomerRequest]) -> Table:
    """Requests, a row each."""
    table = Table(box=None, pad_edge=False)
    for name in ("number", "status", "channel", "category", "priority", "customer", "subject", "created (UTC)"):
        table.add_column(name, overflow="ellipsis", no_wrap=name != "subject")
    for row in rows:
        table.add_row(
            request_number(row.id),
            str(row.status),
            row.channel,
            row.category,
            str(row.priority),
            Text(f"{shown_name(row.customer.name)} ({row.customer_id})"),
            Text(shown(row.subject)),
            moment(row.created_at),
        )
    return table


def request_text(
    request: CustomerRequest, case: AfterSalesCase | None, records: Sequence[CommunicationRecord]
) -> list[str]:
    """A request with all that was said."""
    lines = [
        " · ".join((request_number(request.id), request.status, request.category, request.priority, request.channel)),
        f"customer {request.customer_id}: {shown_name(request.customer.name)}"
        f" · answers go to {shown_address(request.reply_to)}",
    ]
    if request.subject:
        lines.append(f"subject: {shown(request.subject)}")
    lines += [f"note: {shown(flag)}" for flag in request.flags]
    if case is not None:
        facts = (("order", case.order_number), ("product", case.product_number), ("model", case.model))
        known = [f"{name} {shown(value)}" for name, value in facts if value]
        known += [f"bought {case.purchased_on}"] if case.purchased_on else []
        lines.append(
            f"{case.type}: {', '.join(known) or 'nothing known'}; missing: {', '.join(case.missing) or 'nothing'}"
        )
    for record in records:
        lines += [
            "",
            f"{ARROWS[record.direction]} {shown_author(record.author)} · {moment(record.at)} · {record.threaded_by}",
        ]
        lines += [f"  sender: {shown(record.checked)}"] if record.checked else []
        lines += [f"  {line}" for line in printable(record.text).splitlines()]
        lines += [f"  📎 {shown(file.filename or 'file')} ({file.size} bytes)" for file in record.attachments]
    return lines


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
