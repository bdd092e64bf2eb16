"""What a request looks like on the desk. Pure: rows in, Telegram HTML out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ForumTopicLimit

from bot.wire import units
from storage.kinds import Direction, Priority, Status, request_id, request_number
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest

CARD_TEXT = 1500  # characters of the first message on the card; a longer one follows whole
FOLDED_TEXT = 1500  # characters of the quoted part below the new words
STATUS_MARKS = {
    Status.NEW: "❓",
    Status.OPEN: "💬",
    Status.PENDING: "☕️",
    Status.RESOLVED: "🏁",
    Status.CLOSED: "🏁",
}
MISSING_WORDS = {"order_number": "order number", "product": "product or model", "purchased_on": "purchase date"}


def topic_name(request: CustomerRequest) -> str:
    """`R-1042 · Anna · refund`: the number first, so that an orphan can be adopted by it."""
    name = shown(request.customer.name) or "customer"
    whole = f"{request_number(request.id)} · {name} · {request.category}"
    while units(whole) > ForumTopicLimit.MAX_NAME_LENGTH:
        name = name[:-1]
        whole = f"{request_number(request.id)} · {name} · {request.category}"
    return whole


def number_in_topic(name: str) -> int | None:
    """The request that a topic of ours was made for."""
    return request_id(name.partition(" ")[0])


def card(request: CustomerRequest, case: AfterSalesCase | None, first: CommunicationRecord | None) -> str:
    """The first message of a topic, edited in place when the request changes."""
    lines = [
        f"{STATUS_MARKS[request.status]} <b>{request_number(request.id)}</b> · {request.status} · {request.channel}",
        f"👤 {_customer(request)}",
        f"🏷 {escape(request.category)}{_because(request.category_reasons)}",
    ]
    if request.priority is not Priority.NORMAL:
        lines.append(f"❗️ {request.priority}{_because(request.priority_reasons)}")
    if case is not None:
        lines.append(_case(case))
    if request.assignee is not None:
        lines.append(f"🧑‍💼 {escape(shown(request.assignee.name))}")
    lines += [f"⚠️ {escape(shown(flag))}" for flag in request.flags]
    if first is not None:
        lines += ["", *_first_words(request, first)]
    return "\n".join(lines)


def buttons(request: CustomerRequest) -> InlineKeyboardMarkup:
    """What an agent can do from the card. The data names the request and the deed; the desk checks who presses."""
    if request.status in (Status.RESOLVED, Status.CLOSED):
        button = InlineKeyboardButton("↩️ Reopen", callback_data=f"reopen:{request.id}")
    else:
        button = InlineKeyboardButton("✅ Resolve", callback_data=f"resolve:{request.id}")
    return InlineKeyboardMarkup([[button]])


def fits_on_card(record: CommunicationRecord) -> bool:
    """Does the card show this message whole?"""
    return len(record.reply_text) <= CARD_TEXT and not folded(record)


def record_text(record: CommunicationRecord) -> tuple[str, str]:
    """A communication record as it stands in the topic: who and the new words; and the quoted rest, to be folded."""
    who = {Direction.INCOMING: "💬", Direction.OUTGOING: "↪️", Direction.NOTE: "📝"}[record.direction]
    head = f"{who} {shown(record.author)}"
    if "our own message" not in record.flags and record.flags:
        head += f" ({', '.join(shown(flag) for flag in record.flags)})"
    return f"{head}\n{record.reply_text or '(no text)'}", folded(record)


def folded(record: CommunicationRecord) -> str:
    """What the new words leave out of the whole text: quotes and signature."""
    rest = record.text.replace(record.reply_text, "", 1).strip() if record.reply_text else record.text.strip()
    return rest if len(rest) <= FOLDED_TEXT else f"{rest[:FOLDED_TEXT]}…"


def request_line(request: CustomerRequest) -> str:
    """A request in a list. Plain text."""
    words = (request_number(request.id), shown(request.customer.name), request.category, shown(request.subject)[:80])
    return f"{STATUS_MARKS[request.status]} " + " · ".join(word for word in words if word)


def customer_text(request: CustomerRequest, others: Sequence[CustomerRequest]) -> str:
    """Who the customer of a request is, and what else he has asked. Plain text."""
    customer = request.customer
    lines = [f"👤 {shown(customer.name) or 'without a name'} · customer {customer.id}"]
    lines += [
        f"{address.channel}: {shown(address.value)}{'' if address.verified else ' (not verified)'}"
        for address in customer.addresses
    ]
    known = (("phone", customer.phone), ("address", customer.postal_address), ("language", customer.language))
    lines += [f"{label}: {shown(value)}" for label, value in known if value]
    return "\n".join([*lines, "", *(request_line(other) for other in others)])


def shown(text: str) -> str:
    """A customer's text on one line, without the control and direction characters that make names lie."""
    kept = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if unicodedata.category(letter) not in ("Cf", "Cs", "Co")
    )
    return " ".join(kept.split())


def _customer(request: CustomerRequest) -> str:
    name = escape(shown(request.customer.name))
    value = escape(shown(request.reply_to))
    return f"{name} · {value}" if name else value


def _because(reasons: Sequence[str]) -> str:
    return f" — {escape(shown('; '.join(reasons)))[:200]}" if reasons else ""


def _case(case: AfterSalesCase) -> str:
    known = [
        f"{label} {escape(shown(str(value)))}"
        for label, value in (
            ("order", case.order_number),
            ("product", case.product_number),
            ("model", case.model),
            ("bought", case.purchased_on),
        )
        if value
    ]
    missing = ", ".join(MISSING_WORDS[name] for name in case.missing)
    return f"📦 {case.type}: {', '.join(known) or 'nothing known yet'}" + (f" · missing: {missing}" if missing else "")


def _first_words(request: CustomerRequest, first: CommunicationRecord) -> list[str]:
    subject = [f"<b>{escape(shown(request.subject))[:200]}</b>"] if request.subject else []
    words = first.reply_text[:CARD_TEXT] or "(no text)"
    more = "…" if len(first.reply_text) > CARD_TEXT else ""
    return [*subject, f"<blockquote>{escape(words)}{more}</blockquote>"]
