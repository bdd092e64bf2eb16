"""Bounces name who failed, how and what came back; nothing of it is invented, and no customer is taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.mail.parse import parse
from intake.message import Failure

CORPUS = Path(__file__).parent / "corpus" / "mail"
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example>"


def _notice(text: str, subject: str = "Undelivered Mail Returned to Sender", sender: str = DAEMON) -> bytes:
    return f"From: {sender}\nTo: support@shop.example\nSubject: {subject}\n\n{text}".encode()


def test_delivery_report_gives_each_recipient_its_own_status() -> None:
    """RFC 3464 §2.3: one group of fields a recipient; late is not lost."""
    bounce = parse((CORPUS / "delivery_report.eml").read_bytes()).bounce
    assert bounce is not None
    assert bounce.kind == "bounce"
    assert bounce.original_id == "r1042.x.y@shop.example"
    assert bounce.failures == (
        Failure("anna@customer.example", "5.1.1", "failed", "550 5.1.1 <anna@customer.example>: user unknown"),
        Failure("bob@a.example", "4.4.1", "delayed", None),
    )


WORDED = {
    "exim": "A message that you sent could not be delivered to one or more of its recipients.\nThe following"
    " address(es) failed:\n\n  bob@a.example\n    host mx.a.example: 550 5.1.1 unknown user\n",
    "postfix": "could not be delivered to one or more destinations.\n\n"
    "<bob@a.example>: host mx.a.example said: 550 5.1.1\n",
    "qmail": "I wasn't able to deliver your message.\n\n<bob@a.example>:\nSorry, no mailbox here. (#5.1.1)\n",
    "exchange": "Delivery has failed to these recipients:\n\nbob@a.example\nThe address was not found. 550 5.1.1\n",
    "old exchange": "Your message did not reach some or all of the intended recipients.\n\n"
    "      'bob@a.example' on 23.11.2026 09:00\n            550 5.1.1 User unknown\n",
    "german": "Ihre Nachricht konnte nicht zugestellt werden:\n\n<bob@a.example>: 550 5.1.1 unbekannt\n",
    "russian": "Не удалось доставить письмо:\n\nbob@a.example\n550 5.1.1 нет такого\n",
    "chinese": "您的邮件无法送达：\n\nbob@a.example\n550 5.1.1\n",
}


@pytest.mark.parametrize("name", WORDED)
def test_bounce_in_words_names_who_failed(name: str) -> None:
    """Old programs and some new ones write prose."""
    bounce = parse(_notice(WORDED[name])).bounce
    assert bounce is not None
    assert [(one.address, one.status, one.action) for one in bounce.failures] == [("bob@a.example", "5.1.1", "failed")]


def test_status_that_is_not_there_is_not_invented() -> None:
    """A code decides what the desk does next, so a guess would be a lie."""
    bounce = parse(_notice("Unable to deliver to:\n\nbob@a.example\n")).bounce
    assert bounce is not None
    assert bounce.failures[0].status is None


def test_failed_recipients_header_is_believed() -> None:
    """Exim says it in a header."""
    raw = _notice("could not be delivered").replace(b"Subject:", b"X-Failed-Recipients: bob@a.example\nSubject:")
    bounce = parse(raw).bounce
    assert bounce is not None
    assert [one.address for one in bounce.failures] == ["bob@a.example"]


def test_late_mail_is_not_called_failed() -> None:
    """Its sender is still trying."""
    bounce = parse(
        _notice("Not yet been delivered, we will keep trying:\n\nbob@a.example\n", "Warning: message delayed")
    ).bounce
    assert bounce is not None
    assert bounce.failures[0].action == "delayed"


def test_complaint_is_feedback() -> None:
    """RFC 5965: an abuse report is about a mail that did arrive."""
    bounce = parse((CORPUS / "complaint.eml").read_bytes()).bounce
    assert bounce is not None
    assert (bounce.kind, bounce.original_id) == ("feedback", "r9.x.y@shop.example")


def test_read_receipt_is_automatic_but_no_bounce() -> None:
    """RFC 8098: the mail arrived, and was seen."""
    mail = parse((CORPUS / "read_receipt.eml").read_bytes())
    assert mail.bounce is None
    assert mail.auto_reason


PEOPLE = {
    "parcel": (CORPUS / "customer_about_a_parcel.eml").read_bytes(),
    "reply to a bounce": _notice(
        "I got this. Why? User unknown?", "Re: Undelivered Mail", "Anna <anna@customer.example>"
    ),
    "carrier": _notice("It could not be delivered today.", "Your parcel", "Delivery Express <info@carrier.example>"),
    "word": _notice("The button does not exist.", "Kettle", "Anna <anna@customer.example>"),
    "subject": _notice(
        "My kettle was returned to sender by your driver.", "Returned to sender", "anna@customer.example"
    ),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_customer_who_writes_of_failed_deliveries_is_no_bounce(name: str) -> None:
    """A shop hears these words from people every day."""
    mail = parse(PEOPLE[name])
    assert mail.bounce is None
    assert mail.may_ack
