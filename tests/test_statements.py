"""What a message asks of the database: so many statements and no more, whatever has come before it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from intake.message import Hint, Inbound, Proof, Receipt
from storage.database import Database
from tests.builders import Core, chat, letter

pytestmark = pytest.mark.usefixtures("database")

QUESTION = "Hello, when does the shop open?"


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path, acks_per_sender_per_day=1000, acks_per_hour=100_000, requests_per_sender_per_hour=1000)


async def _asked(core: Core, message: Inbound, caplog: pytest.LogCaptureFixture) -> tuple[int, Receipt]:
    caplog.clear()
    with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
        receipt = await core.accept(message)
    return len(caplog.records), receipt


async def test_letters_cost_few_statements(core: Core, database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Raise a figure only for a question that is worth its price: each is asked for every mail of that kind."""
    first = letter(QUESTION, verified=True)
    asked, receipt = await _asked(core, first, caplog)
    assert receipt.request is not None
    costs = {"from somebody new": asked}
    hint = Hint(receipt.request, Proof.SIGNED_ADDRESS)
    for kind, message in {
        "from somebody known": letter(QUESTION, verified=True),
        "by its token": letter(QUESTION, verified=True, hints=(hint,)),
        "by its reference": letter(QUESTION, verified=True, references=(str(first.external_id),)),
    }.items():
        costs[kind], _ = await _asked(core, message, caplog)
    # The customer, its copy, who waits for it, the request, its event, the record, two budgets, two jobs. Of somebody
    # known, what else he has opened within the hour, and how many of his requests wait for us: that makes it pressing.
    expected = {"from somebody new": 12, "from somebody known": 12, "by its token": 8, "by its reference": 9}
    if not database.is_sqlite:
        # The event and the record in one statement.
        expected |= {"from somebody new": 11, "from somebody known": 11}
    assert costs == expected


async def test_chat_messages_cost_few_statements(
    core: Core, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """The same for a chat, where speed counts most."""
    first = chat(QUESTION)
    costs = {}
    for kind, message in {
        "first": first,
        "known": chat(QUESTION),
        "reply": chat(QUESTION, answers=first.external_id),
        "edit": chat(QUESTION, edits=first.external_id),
        "album, its first part": chat("[photo]", wordless=True, album="1", form="photo"),
        "album, a later part": chat("[photo]", wordless=True, album="1", form="photo"),
    }.items():
        costs[kind], receipt = await _asked(core, message, caplog)
        assert receipt.request == 1001, kind
        core.later(minutes=1)
    # The customer, its copy, his open request, its change, the record, its copy on the desk.
    expected = {"first": 11, "known": 6, "reply": 7, "edit": 7, "album, its first part": 7, "album, a later part": 8}
    if not database.is_sqlite:
        expected |= {"first": 10}
    assert costs == expected


async def test_number_of_statements_does_not_grow(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    """The thirtieth letter of a customer costs what his second did."""
    await core.accept(letter(QUESTION))
    second, _ = await _asked(core, letter(QUESTION), caplog)
    for _ in range(28):
        await core.accept(letter(QUESTION))
    assert (await _asked(core, letter(QUESTION), caplog))[0] == second
