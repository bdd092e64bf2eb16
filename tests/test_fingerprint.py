"""Laws of when two mails are one."""

from __future__ import annotations

import pytest

from intake.mail.fingerprint import fingerprint
from tests.test_mail_inbound import mail, taken

LETTER = mail("Subject: Hello", "Message-ID: <one@c.example>", "DKIM-Signature: a", "To: support@example.com")


@pytest.mark.parametrize(
    "copy",
    [
        b"Received: from relay by mx; Mon, 1 Jan\r\n" + LETTER,
        b"Return-Path: <x@y>\r\nDelivered-To: returns@example.com\r\nX-Original-To: a@b\r\n" + LETTER,
        b"Authentication-Results: mx; spf=pass\r\nARC-Seal: i=1\r\nX-Spam-Score: 3\r\nReceived-SPF: pass\r\n" + LETTER,
        LETTER.replace(b"\r\n", b"\n"),
        LETTER.replace(b"Subject: Hello", b"Subject:\r\n\tHello"),
        LETTER.replace(b"DKIM-Signature: a", b"DKIM-Signature: b"),
        LETTER + b"\r\n\r\n",
        LETTER.replace(b"Subject", b"SUBJECT"),
    ],
    ids=["received", "delivered", "judged", "line ends", "folded", "signed anew", "blank end", "case of names"],
)
def test_a_second_copy_of_a_letter_is_the_same_letter(copy: bytes) -> None:
    """What transit adds or changes makes no other mail of it."""
    assert fingerprint(copy, "Anna@customer.example") == fingerprint(LETTER, "anna@customer.example")


@pytest.mark.parametrize(
    "other",
    [
        LETTER.replace(b"My kettle", b"Our kettle"),
        LETTER.replace(b"Hello", b"Hello!"),
        LETTER.replace(b"anna@", b"bob@"),
        LETTER.replace(b"\r\n\r\nMy", b"\r\nX: y\r\n\r\nMy"),
        LETTER.replace(b"\r\n\r\n", b"\r\n"),
        b"\r\n" + LETTER,
    ],
)
def test_another_letter_with_the_same_id_is_another_letter(other: bytes) -> None:
    """Whoever reuses an id suppresses nobody's mail."""
    assert fingerprint(other, "anna@customer.example") != fingerprint(LETTER, "anna@customer.example")


def test_the_same_words_from_another_envelope_are_another_letter() -> None:
    """The null sender is another one too."""
    keys = {fingerprint(LETTER, sender) for sender in ("anna@customer.example", "bob@customer.example", None)}
    assert len(keys) == 3


def test_one_mail_to_two_of_our_mailboxes_is_one_message() -> None:
    """The recipient is no part of the key."""
    assert (
        taken(LETTER, recipients=("support@example.com",)).key == taken(LETTER, recipients=("returns@example.com",)).key
    )
