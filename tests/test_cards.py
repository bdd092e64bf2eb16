"""What the agents see of a request fits into Telegram's messages, and says nothing that a customer smuggled in."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.constants import ForumTopicLimit, MessageLimit

from bot.desk import cards, overviews
from bot.wire.texts import units
from intake.message import Sender
from storage import requests
from storage.database import Database, opened
from storage.kinds import CaseStatus, DeliveryState, Direction, Priority
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest, Delivery
from tests.builders import NOW, Core, letter

WORDS = st.lists(
    st.sampled_from(["a", "😀", "<b>", "&", "&amp;", '"', "\n", "\u202e", "\u200b", "\x00", "ل"]), max_size=200
).map("".join)
LONG = st.integers(1, 3000).flatmap(lambda many: st.sampled_from(["x", "😀", "<", "&"]).map(lambda one: one * many))
ANY = WORDS | LONG


@pytest.fixture
async def request_row(sqlite_file: Path, tmp_path: Path) -> CustomerRequest:
    """A stored request with a case; pure functions do not care which database it lay in."""
    database: Database = await opened(f"sqlite://{tmp_path / 'cards.sqlite3'}")
    try:
        await database.migrate()
        await Core(tmp_path).accept(
            letter("I want to return my kettle, it is broken.", sender=Sender("a@b.example", "Anna"))
        )
        found = await requests.request_with_customer(1001)
        assert found is not None
        return found
    finally:
        await database.close()


def _visible(html: str) -> str:
    return unescape(re.sub(r"<(?:/?b|/?blockquote|blockquote expandable)>", "", html))


async def test_a_card_fits_and_is_wholly_escaped_for_any_request(request_row: CustomerRequest) -> None:
    """Under 4096 units as Telegram counts, and no markup but our own."""

    @given(ANY, ANY, ANY, ANY, st.lists(ANY, max_size=20))
    def law(name: str, address: str, subject: str, text: str, flags: list[str]) -> None:
        row = request_row
        row.customer.name, row.reply_to, row.subject, row.flags = name, address, subject, flags
        row.category_reasons = row.priority_reasons = flags
        row.priority, row.category = Priority.URGENT, name[:64]
        case = AfterSalesCase(type="return", order_number=text, product_number=name, model=subject, missing=["product"])
        case.serial_number, case.decision, case.status = name, text, CaseStatus.REFUSED
        case.purchased_on = case.warranty_until = case.return_until = date(2026, 5, 1)
        earlier = AfterSalesCase(type="repair", status=CaseStatus.DONE, request_id=10**12 - 1, created_at=NOW)
        first = CommunicationRecord(text=text, reply_text=text)
        html = cards.card(row, case, first, earlier)
        assert units(_visible(html)) <= MessageLimit.MAX_TEXT_LENGTH
        assert not re.search(r"<(?!/?b>|/?blockquote>|blockquote expandable>)|&(?!(?:amp|lt|gt|quot|#x27);)", html)
        assert html.count("<b>") == html.count("</b>") == (2 if subject else 1)

    law()


async def test_a_card_says_whether_goods_are_covered_on_the_day_of_the_request(request_row: CustomerRequest) -> None:
    """By the day on which the customer wrote, its own included; and whether the same piece was here before."""
    day = request_row.created_at.date()
    case = AfterSalesCase(type="repair", status=CaseStatus.APPROVED, serial_number="KX1", missing=["purchased_on"])
    for last, words in (
        (day, f"🛡 under warranty until {day}"),
        (date(2025, 1, 1), "⌛ the warranty ended on 2025-01-01"),
    ):
        case.warranty_until = last
        assert words in cards.card(request_row, case, None)
    case.return_until = date(2025, 1, 1)
    earlier = AfterSalesCase(type="repair", status=CaseStatus.SENT_BACK, request_id=1000, created_at=NOW)
    text = cards.card(request_row, case, None, earlier)
    assert "⌛ too late for a return since 2025-01-01" in text
    assert "🔁 the same piece as in R-1000 (repair, sent back, 2026-11-24)" in text
    assert "📦 repair (approved): serial KX1\n" in text  # what is missing is no matter any more


async def test_the_name_of_a_topic_fits_and_begins_with_the_number(request_row: CustomerRequest) -> None:
    """Whatever the customer calls himself, and whatever the category is called."""

    @given(ANY, ANY)
    def law(name: str, category: str) -> None:
        request_row.customer.name, request_row.category = name, category[:64]
        topic = cards.topic_name(request_row)
        assert units(topic) <= ForumTopicLimit.MAX_NAME_LENGTH
        assert cards.number_in_topic(topic) == 1001

    law()
    request_row.customer.name, request_row.category = "Anna Schmidt", "refund"
    assert cards.topic_name(request_row) == "R-1001 · Anna Schmidt · refund"


@given(st.text() | WORDS)
def test_what_is_shown_is_one_honest_line(text: str) -> None:
    """No control characters, none that turn letters around or hide."""
    line = cards.shown(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for letter in line)
    assert line == line.strip()


def test_letters_are_never_taken_for_control_characters() -> None:
    """Names in any script stay."""
    for name in ("José Núñez", "Борис Петров", "王小明", "محمد", "O'Brien-Łuk", "😀"):
        assert cards.shown(name) == name
    assert cards.shown("Anna\u202egnp.exe\r\nBcc: x") == "Annagnp.exe Bcc: x"


def test_what_does_not_fit_on_the_card_follows_whole() -> None:
    """As Telegram counts: emoji are two."""
    assert cards.fits_on_card(CommunicationRecord(text="x" * 1500, reply_text="x" * 1500))
    assert not cards.fits_on_card(CommunicationRecord(text="x" * 1501, reply_text="x" * 1501))
    assert not cards.fits_on_card(CommunicationRecord(text="😀" * 1000, reply_text="😀" * 1000))
    assert cards.fits_on_card(CommunicationRecord(text="new\n> old", reply_text="new"))
    assert not cards.fits_on_card(CommunicationRecord(text="new\n> " + "old " * 500, reply_text="new"))


async def test_who_gives_no_name_is_not_shown_under_the_address_for_answers(request_row: CustomerRequest) -> None:
    """From is who wrote, Reply-To only where to answer."""
    request_row.customer.name, request_row.reply_to = "", "office@customer.example"
    for author in ("anna@customer.example", "Anna <anna@customer.example>"):
        shown = cards.card(request_row, None, CommunicationRecord(text="Hi", reply_text="Hi", author=author))
        assert "👤 anna@customer.example · answers go to office@customer.example\n" in shown


async def test_answers_between_quotations_stand_on_the_card_once(request_row: CustomerRequest) -> None:
    """The new words above, and folded below them what was quoted, not the whole mail again."""
    text = "Shop wrote:\n> Colour?\nRed.\n> Size?\nLarge.\n-- \nAnna"
    first = CommunicationRecord(text=text, reply_text="Red.\nLarge.", author="Anna", direction=Direction.INCOMING)
    shown = cards.card(request_row, None, first)
    assert "<blockquote>Red.\nLarge.</blockquote>" in shown
    assert "<blockquote expandable>Shop wrote:\n&gt; Colour?\n&gt; Size?\n--\nAnna</blockquote>" in shown
    assert cards.record_text(first)[1] == "Shop wrote:\n> Colour?\n> Size?\n--\nAnna"


@pytest.mark.parametrize(
    ("author", "said"),
    [
        ("Борис <510000004>", "💬 Борис\nHello"),
        ("510000004", "💬 510000004\nHello"),
        ("Anna <anna@customer.example>", "💬 Anna <anna@customer.example>\nHello"),
        ("Maria <m@shop.example> <510000004>", "💬 Maria <m(at)shop.example>\nHello"),
    ],
)
def test_who_writes_in_a_chat_is_named_without_his_number(author: str, said: str) -> None:
    """It would stand above each message and says nothing; a mail address tells who he is."""
    record = CommunicationRecord(
        author=author, reply_text="Hello", text="Hello", direction=Direction.INCOMING, flags=[]
    )
    assert cards.record_text(record)[0] == said


async def test_only_what_one_must_be_wary_of_is_a_warning(request_row: CustomerRequest) -> None:
    """By which link somebody came is a fact like any other."""
    request_row.flags = ["sender not verified", "came by link: “refund”"]
    lines = cards.card(request_row, None, None).splitlines()
    assert {"⚠️ sender not verified", "🔗 came by link: “refund”"} <= set(lines)


def test_answers_that_failed_alike_are_one_line() -> None:
    """In /status and in General; another reason, or another request, is another line."""
    why = "the customer has blocked the bot"
    lost = [
        Delivery(request_id=number, state=DeliveryState.FAILED, last_error=reason)
        for number, reason in ((1001, why), (1001, why), (1001, "the file is too large"), (1002, why))
    ]
    now = datetime(2026, 11, 25, tzinfo=UTC)
    assert overviews.status([], 0, [], lost, [], now).splitlines() == [
        f"R-1001: 2 answers did not arrive: {why}",
        "R-1001: an answer did not arrive: the file is too large",
        f"R-1002: an answer did not arrive: {why}",
    ]
    assert overviews.board({}, 0, [], lost, None, {}, now).splitlines()[-3:] == [
        f"👎 R-1001 2 answers: {why}",
        "👎 R-1001 the file is too large",
        f"👎 R-1002 {why}",
    ]
