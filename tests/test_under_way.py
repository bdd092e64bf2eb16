"""The guess whether a message opens a request: what it saves, and that a wrong one changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.incoming.under_way import UnderWay
from intake.message import Receipt, Sender
from storage.models import CustomerRequest
from tests.builders import Core, chat, letter

REFUND = "I want my money back, please refund me."
GONE_ON = Receipt(record=2, request=1001, opened=False)


def test_a_chat_begins_until_its_words_are_in_a_request() -> None:
    """A picture leaves it open: the words that follow say what it is about."""
    under_way = UnderWay()
    assert under_way.begins(chat())
    under_way.went(chat("[photo]", wordless=True), GONE_ON)
    assert under_way.begins(chat())
    under_way.went(chat(), GONE_ON)
    assert not under_way.begins(chat())
    assert under_way.begins(chat(sender=Sender("502", "Olga")))


def test_what_names_an_earlier_message_goes_on() -> None:
    """An answer, an edit, a mail with references."""
    under_way = UnderWay()
    assert under_way.begins(letter())
    assert not under_way.begins(letter(references=("a@shop.example",)))
    assert not under_way.begins(chat(answers="1"))
    assert not under_way.begins(chat(edits="1"))


def test_a_message_that_is_in_no_request_says_nothing_of_its_chat() -> None:
    """A blocked sender's, say."""
    under_way = UnderWay()
    under_way.went(chat(), Receipt(record=1, request=None, opened=False))
    assert under_way.begins(chat())


def test_only_so_many_chats_are_kept() -> None:
    """The one that fell silent longest ago is forgotten, not the one that began first."""
    under_way = UnderWay(most=2)
    for name in ("1", "2", "1", "3"):
        under_way.went(chat(sender=Sender(name)), GONE_ON)
    assert [under_way.begins(chat(sender=Sender(name))) for name in ("1", "2", "3")] == [False, True, False]


@pytest.mark.usefixtures("database")
async def test_a_wrong_guess_sorts_all_the_same(tmp_path: Path) -> None:
    """A reply to a message that nobody knows opens a request, and is sorted."""
    core = Core(tmp_path)
    receipt = await core.accept(chat(REFUND, answers="of another bot"))
    assert receipt.opened
    assert (await CustomerRequest.get(id=receipt.request)).category == "refund"
