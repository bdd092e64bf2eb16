"""Mails that we put together, so that we know what is new in them: a floor for every language, which only rises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.understanding.quotes.splitting import Kind, left_out, split
from tests.composed import ADDRESS, Client, clients, composed

CLIENTS = clients()
# Of a hundred mails, how many must be split exactly. Raise it when it is beaten; never lower it.
FLOORS = {client.language: 100.0 for client in CLIENTS}
# The same over all languages, with names that look like something else.
NAMES = {
    '"Smith, John (EMEA)"': 100.0,
    "Müller GmbH & Co. KG": 100.0,
    ADDRESS: 100.0,
    "李雷 (Li Lei)": 100.0,
    "We Sell Kettles": 100.0,
    "Kettle: Support": 99.8,
    "The Very Long Company Name of Kettles and Teapots International": 98.2,
}


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.language)
def test_new_words_are_found_exactly(client: Client) -> None:
    """Above, below and between quotations, by every program, wrapped or not, with any line ends."""
    mails = list(composed(client))
    wrong = [mail for mail in mails if split(mail.text).reply.split() != mail.reply.split()]
    share = 100 * (len(mails) - len(wrong)) / len(mails)
    assert len(mails) >= 50
    assert share >= FLOORS[client.language], "\n".join(mail.label for mail in wrong[:10])


@pytest.mark.parametrize("name", NAMES)
def test_no_name_makes_an_announcement_something_else(name: str) -> None:
    """With commas, dots, colons, brackets, words for persons, and longer than a line."""
    wrong, count = 0, 0
    for client in CLIENTS:
        for mail in composed(replace(client, name=name, replies=client.replies[:2])):
            found = split(mail.text).reply.split()
            wrong += found != mail.reply.split()
            count += 1
            assert not [word for word in mail.reply.split() if word not in found], mail.label
    assert 100 * (count - wrong) / count >= NAMES[name]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.language)
def test_no_word_of_a_reply_is_lost(client: Client) -> None:
    """What is folded away is never what the person wrote."""
    for mail in composed(client):
        found = split(mail.text)
        kept = found.reply.split()
        assert not [word for word in mail.reply.split() if word not in kept], mail.label
        assert "".join(piece.text for piece in found.pieces) == mail.text
        folded = "".join(piece.text for piece in found.pieces if piece.kind is not Kind.NEW)
        assert left_out(mail.text, found.reply).split() == folded.split(), mail.label


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.language)
def test_letter_without_a_quotation_is_new_as_a_whole(client: Client) -> None:
    """What people write by themselves folds nothing, in no language."""
    for text in (*client.replies, client.asked, "\n\n".join((*client.replies, client.asked))):
        assert {piece.kind for piece in split(text).pieces} == {Kind.NEW}
