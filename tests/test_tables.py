"""What an operator reads in a terminal: requests in a table, and one request with all that became of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot import tables
from intake.message import Attachment, Sender, Undeliverable
from storage import deliveries, requests, search
from storage.database import Database
from tests.builders import Core, chat, letter, words

COPIED = (Sender("bob@customer.example", "Bob"),)


async def _shown(number: int) -> str:
    request = await requests.request_with_customer(number)
    assert request is not None
    return "\n".join(
        tables.request_text(
            request,
            await requests.case_of(number),
            await requests.participants_of(number),
            await requests.records_of(number),
            await deliveries.to_people(number),
        )
    )


@pytest.mark.parametrize("width", [80, 200])
async def test_no_number_and_no_state_is_cut(database: Database, tmp_path: Path, width: int) -> None:
    """A number cut to R-1… opens nothing; names and subjects give way, each request keeps its one line."""
    core = Core(tmp_path)
    await core.accept(
        letter(
            subject="A subject that goes on and on " * 9,
            text="Please repair my kettle, it is broken.",
            sender=Sender("a@b.example", "Wolfgang " * 9),
        )
    )
    page = io.StringIO()
    Console(file=page, width=width).print(tables.requests_table(await search.listed()))
    head, *rows = page.getvalue().splitlines()
    assert head.split() == ["number", "status", "channel", "category", "priority", "created", "customer", "subject"]
    [row] = rows
    for told in ("R-1001 ", " new ", " mail ", " repair ", " normal ", " 2026-11-24 ", " Wolf", " A subj"):
        assert told in row, row


async def test_each_message_says_what_became_of_it(database: Database, tmp_path: Path) -> None:
    """Acknowledged or not, delivered or not and why, to the customer and to each copy."""
    core = Core(tmp_path)
    await core.accept(letter(verified=True, copied=COPIED))
    await core.deliver()
    agent = await core.agent()
    core.channels["mail"].failures = [Undeliverable("no such mailbox (5.1.1)")]
    await core.answers.reply(agent, words(1001, "A new one is on its way."), core.now)
    await core.deliver()
    await core.answers.reply_all(agent, words(1001, "It has left."), core.now)
    shown = await _shown(1001)
    assert "takes part: Bob <bob@customer.example> · added by anna@customer.example" in shown
    assert "✉ acknowledgement to anna@customer.example: sent 2026-11-24 09:00" in shown
    assert "✉ reply to anna@customer.example: failed (no such mailbox (5.1.1))" in shown
    assert "✉ reply to anna@customer.example: waits\n  ✉ reply to bob@customer.example: waits" in shown


async def test_what_was_noticed_about_a_message_stands_with_it(database: Database, tmp_path: Path) -> None:
    """Its flags, a file that is not there and why, and the missing facts in words."""
    core = Core(tmp_path)
    await core.accept(letter("I want to return my kettle.", may_ack=False))
    film = Attachment("film.mp4", "video/mp4", 40_000_000, remote_id="film")
    await core.accept(chat("Look at this", attachments=(film,)))
    assert "film.mp4 (40000000 bytes, not stored: it is still to be fetched)" in await _shown(1002)
    core.fetched["film"] = Undeliverable("larger than 20 MiB")
    await core.deliver()
    assert "film.mp4 (40000000 bytes, not stored: larger than 20 MiB)" in await _shown(1002)
    shown = await _shown(1001)
    assert "note: not acknowledged: from a list, or to be answered elsewhere" in shown
    assert "missing: order number, product or model, purchase date" in shown
    assert "✉" not in shown
