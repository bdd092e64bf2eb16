"""What is asked again and again finds its rows by an index, however large the store has become."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from storage import answers, cases, claims, copies, customers, deliveries, failures, requests, threads, topics
from storage.claims import Turn
from storage.customers import Contact
from storage.database import Database
from storage.kinds import DeliveryKind
from storage.models import DeskTopic
from storage.threads import Writer
from tests.builders import NOW

# What waits, grouped; what was chosen of it; a question without a table; what was found of a letter's references.
NO_TABLES = ("SCAN head", "SCAN taken", "SCAN CONSTANT ROW", "SCAN own", "SCAN named")
WRITER = Writer(1, "mail", "anna@customer.example")
# Which index answers; SQLite names it, and decides without knowing how many rows there are.
QUESTIONS: dict[str, tuple[Callable[[], Awaitable[object]], str]] = {
    "the copy that an album's part joins": (lambda: copies.waiting([1, 2]), "delivery_of_record"),
    "an album's parts": (lambda: copies.of_album("5:100", "telegram"), "record_by_album (album=? AND revises=?)"),
    "the file of an edited message": (lambda: copies.last_file(1), "attachment_by_record"),
    "what carries an agent's words": (lambda: answers.carrying([1, 2]), "delivery_of_record"),
    "was a piece here before": (lambda: cases.repaired_before("KX00AB12", 1001), "case_by_serial_number"),
    "which cases are under way": (lambda: cases.listed(), "case_by_status"),
    "what replaces a failed delivery": (lambda: failures.replaced_by(1), "delivery_by_concerned"),
    "how much of a new topic is written": (lambda: topics.history_shown(_topic()), "link_by_request"),
    "who writes": (lambda: customers.lock_customer(_contact(), NOW), "sqlite_autoindex_address"),
    "was it accepted before": (lambda: requests.record_by_key("mail:1"), "sqlite_autoindex_communication_record"),
    "what a chat goes on with": (lambda: requests.newest_open_request(1, "telegram", "1"), "request_by_customer"),
    "what a letter answers": (lambda: threads.answered_by(["a@b", "c@d"], WRITER), "record_by_external_id"),
    "what waits for a letter": (lambda: threads.awaiting("a@b", WRITER), "sqlite_autoindex_awaited_message"),
    "does a mark wait": (lambda: deliveries.waits(1001, DeliveryKind.MARK, 1), "delivery_"),
    "is anything due": (
        lambda: claims.due(NOW, [("desk", False), ("telegram", True)]),
        "delivery_in_line (channel=? AND state=? AND priority=? AND due_at<?)",
    ),
    "what is claimed": (
        lambda: claims.claim("us", NOW, 5, "mail", 1),
        "delivery_in_line (channel=? AND state=? AND priority=? AND due_at<?)",
    ),
    "whose owner is dead": (
        lambda: claims.orphans("us", NOW, everything=False),
        "delivery_",
    ),
    "what leaves next": (
        lambda: claims.claim_in_turn("us", NOW, 5, "desk", Turn(8, ("board",), {"card": timedelta(seconds=20)})),
        "delivery_in_line",
    ),
}


# PostgreSQL plans by the rows that are there, and here are none.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("question", QUESTIONS)
async def test_what_is_asked_often_walks_no_table(
    database: Database, question: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a table nor an index that holds most of it."""
    ask, index = QUESTIONS[question]
    for statement, values in await _statements(ask, caplog):
        plan = await database.connection.execute_query_dict(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = " | ".join(str(row["detail"]) for row in plan)
        walked = [step for step in steps.split(" | ") if step.startswith("SCAN") and step not in NO_TABLES]
        assert not walked, f"{statement}: {steps}"
        assert "delivery_budget" not in steps, f"{statement}: {steps}"
    assert index in steps


async def _statements(
    ask: Callable[[], Awaitable[object]], caplog: pytest.LogCaptureFixture
) -> list[tuple[str, list[object]]]:
    caplog.clear()
    with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
        await ask()
    asked = [record.args for record in caplog.records if isinstance(record.args, tuple)]
    return [
        (str(statement), values if isinstance(values, list) else [])
        for statement, values in asked
        if str(statement).lstrip().startswith(("SELECT", "UPDATE", "WITH")) and "WHERE 1=0" not in str(statement)
    ]


def _contact() -> Contact:
    return Contact("mail", "anna@customer.example", "Anna", "en", None, verified=True)


def _topic() -> DeskTopic:
    return DeskTopic(request_id=1001, bot="1", desk="-100", thread="7", created_at=NOW)
