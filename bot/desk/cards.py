"""What a request looks like on the desk. Pure: rows in, Telegram HTML out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape

from telegram.constants import ForumTopicLimit

from bot.desk.case_lines import case_lines
from bot.wire.texts import fitting, units
from intake.agents.settling import UNDELIVERED
from intake.incoming.opening import CAME_BY
from intake.incoming.rows import name_and_address
from intake.understanding.quotes.splitting import left_out
from intake.words.lookalikes import honest_address, honest_name
from storage.kinds import CaseStatus, Direction, Priority, Status, request_id, request_number
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest

# UTF-16 units of the first message on the card, and of its quotes and signature below; a longer message follows whole.
CARD_TEXT, CARD_FOLDED = 1500, 700
FOLDED_TEXT = 1000  # the same of a message that stands alone
# UTF-16 units of each fact, and how many flags: whatever a customer calls himself, the card fits into a message.
CARD_LINE, CARD_FLAGS = 70, 5
STATUS_MARKS = {
    Status.NEW: "❓",
    Status.OPEN: "💬",
    Status.PENDING: "☕️",
    Status.RESOLVED: "🏁",
    Status.CLOSED: "🏁",
}


def topic_name(request: CustomerRequest) -> str:
    """`R-1042 · Anna · refund`: the number first, so that an orphan can be adopted by it."""
    number, category = request_number(request.id), cut(request.category, CARD_LINE // 2)
    room = ForumTopicLimit.MAX_NAME_LENGTH - units(f"{number} ·  · {category}")
    name = shown_name(request.customer.name) or "customer"
    return f"{number} · {name[: fitting(name, room)]} · {category}"


def icon(request: CustomerRequest) -> str:
    """The emoji of a request's topic. All are among those that Telegram offers for topics."""
    if request.status in (Status.RESOLVED, Status.CLOSED):
        return STATUS_MARKS[request.status]
    if UNDELIVERED in request.flags:
        return "‼️"
    return "🔥" if request.priority is Priority.URGENT else STATUS_MARKS[request.status]


def number_in_topic(name: str) -> int | None:
    """The request that a topic of ours was made for."""
    return request_id(name.partition(" ")[0])


def card(
    request: CustomerRequest,
    case: AfterSalesCase | None,
    first: CommunicationRecord | None,
    earlier: AfterSalesCase | None = None,
) -> str:
    """The first message of a topic, edited in place when the request changes. `earlier`: the same piece before."""
    lines = [
        f"{STATUS_MARKS[request.status]} <b>{request_number(request.id)}</b> · {request.status} · {request.channel}",
        f"👤 {_customer(request, first)}",
        *_reached(request),
        f"🏷 {_fact(request.category)}{_because(request.category_reasons)}",
    ]
    if request.priority is not Priority.NORMAL:
        lines.append(f"❗️ {request.priority}{_because(request.priority_reasons)}")
    if case is not None and case.status is not CaseStatus.DROPPED:
        lines += case_lines(case, earlier, request.created_at.date(), _fact)
    if request.tags:
        lines.append(f"🔖 {_fact(', '.join(request.tags))}")
    lines.append(f"🧑‍💼 {_fact(request.assignee.name or 'an agent') if request.assignee is not None else 'nobody yet'}")
    lines += [f"{'🔗' if flag.startswith(CAME_BY) else '⚠️'} {_fact(flag)}" for flag in request.flags[:CARD_FLAGS]]
    if first is not None:
        lines += ["", *_first_words(request, first)]
    return "\n".join(lines)


def fits_on_card(record: CommunicationRecord) -> bool:
    """Does the card show this message whole?"""
    return units(record.reply_text) <= CARD_TEXT and units(left_out(record.text, record.reply_text)) <= CARD_FOLDED


def record_text(record: CommunicationRecord) -> tuple[str, str]:
    """A communication record as it stands in the topic: who and the new words; and the quoted rest, to be folded."""
    who = {Direction.INCOMING: "💬", Direction.OUTGOING: "↪️", Direction.NOTE: "📝"}[record.direction]
    head = f"{who} {shown_speaker(record.author)}"
    if record.flags:
        head += f" ({', '.join(shown(flag) for flag in record.flags)})"
    return f"{head}\n{record.reply_text or '(no text)'}", cut(left_out(record.text, record.reply_text), FOLDED_TEXT)


def cut(text: str, most: int) -> str:
    """A text that has room in so many UTF-16 units and one for the sign that it was cut."""
    return text if units(text) <= most else f"{text[: fitting(text, most)]}…"


def request_line(request: CustomerRequest) -> str:
    """A request in a list. Plain text."""
    name, subject = shown_name(request.customer.name), shown(request.subject)[:80]
    words = (request_number(request.id), name, request.category, subject)
    return f"{STATUS_MARKS[request.status]} " + " · ".join(word for word in words if word)


def customer_text(request: CustomerRequest, others: Sequence[CustomerRequest]) -> str:
    """Who the customer of a request is, and what else he has asked. Plain text."""
    customer = request.customer
    lines = [f"👤 {shown_name(customer.name) or 'without a name'} · customer {customer.id}"]
    lines += [
        f"{address.channel}: {shown_address(address.value)}{'' if address.verified else ' (not verified)'}"
        for address in customer.addresses
    ]
    known = (
        ("phone", customer.phone, "phone"),
        ("mail", customer.email, "email"),
        ("address", customer.postal_address, "postal_address"),
        ("language", customer.language, "language"),
    )
    sources = customer.sources or {}
    lines += [f"{label}: {shown(value)}{_claimed(sources.get(name))}" for label, value, name in known if value]
    return "\n".join([*lines, "", *(request_line(other) for other in others)])


def _claimed(source: str | None) -> str:
    return " (as he wrote)" if source is not None and source.startswith("record") else ""


def shown(text: str) -> str:
    """A customer's text on one line, without the control and direction characters that make names lie."""
    kept = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if unicodedata.category(letter) not in ("Cf", "Cs", "Co")
    )
    return " ".join(kept.split())


def shown_name(name: str) -> str:
    """What somebody calls himself: never to be taken for an address."""
    return honest_name(shown(name))


def shown_address(address: str) -> str:
    """An address whose letters do not look like another's."""
    return honest_address(shown(address))


def shown_author(author: str) -> str:
    """The author of a record: `name <address>`, or the address of a customer without a name, or an agent's name."""
    name, address = name_and_address(author)
    return f"{shown_name(name)} <{shown_address(address)}>" if name else shown_address(address)


def shown_speaker(author: str) -> str:
    """Who speaks in a topic. The number of a chat says nothing to an agent, and the card has it; an address does."""
    name, address = name_and_address(author)
    return shown_name(name) if shown_name(name) and "@" not in address else shown_author(author)


def _fact(value: object) -> str:
    """A customer's word on one line, cut to its room before it is escaped, so that no entity is cut in two."""
    return escape(cut(shown(str(value)), CARD_LINE))


def _customer(request: CustomerRequest, first: CommunicationRecord | None) -> str:
    """Who he is: his name never without the address that he wrote from, and where answers go if that is another."""
    reply_to = shown_address(request.reply_to)
    author = name_and_address(first.author)[1] if first is not None and "@" in request.reply_to else ""
    wrote_from = shown_address(author) or reply_to
    named = shown_name(request.customer.name)
    said = [named if request.customer.name.strip().lower() != author.lower() else "", wrote_from]
    said += [f"answers go to {reply_to}"] if reply_to.lower() != wrote_from.lower() else []
    return " · ".join(escape(cut(words, CARD_LINE)) for words in said if words)


def _reached(request: CustomerRequest) -> list[str]:
    """What the wire calls him, in which language he reads us, and whether anything reaches him."""
    own = [address for address in request.customer.addresses if address.channel == request.channel]
    here = next((address for address in own if address.value == request.reply_to), own[0] if own else None)
    username = f"@{here.username}" if here is not None and here.username else ""
    language = request.customer.chosen_language or request.language or ""
    words = " · ".join(_fact(word) for word in (username, language) if word)
    lines = [f"🌐 {words}"] if words else []
    if here is not None and here.unreachable:
        lines.append(f"🚫 not reached: {_fact(here.unreachable)}")
    return lines


def _because(reasons: Sequence[str]) -> str:
    return f" — {_fact('; '.join(reasons))}" if reasons else ""


def _first_words(request: CustomerRequest, first: CommunicationRecord) -> list[str]:
    lines = [f"<b>{escape(cut(shown(request.subject), 200))}</b>"] if request.subject else []
    lines.append(f"<blockquote>{escape(cut(first.reply_text, CARD_TEXT)) or '(no text)'}</blockquote>")
    if folded := left_out(first.text, first.reply_text):
        lines.append(f"<blockquote expandable>{escape(cut(folded, CARD_FOLDED))}</blockquote>")
    return lines
