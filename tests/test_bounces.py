"""Bounces name who failed, how and what came back; nothing of it is invented, and no customer is taken for one."""

from __future__ import annotations

import time
from base64 import b64encode
from email.message import EmailMessage
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.mail.parse import parse
from intake.message import Failure
from tests.notices import NOTICES, OURS, Notice
from tests.notices_by_language import TONGUES, Tongue

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


def _as_mail(notice: Notice, *, line_end: str = "\n") -> bytes:
    head = f"From: {notice.sender}\nTo: support@shop.example\nSubject: {notice.subject}\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{notice.text}".replace("\n", line_end).encode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", NOTICES)
def test_bounce_in_words_names_who_failed_how_and_why(name: str, line_end: str) -> None:
    """Old programs and many new ones write prose, each its own; a code counts, else only words without doubt."""
    wanted = NOTICES[name]
    bounce = parse(_as_mail(wanted, line_end=line_end)).bounce
    assert bounce is not None
    assert [(one.address, one.status, one.action) for one in bounce.failures] == [
        (wanted.address, wanted.status, wanted.action)
    ]
    assert bounce.original_id == (OURS if OURS in wanted.text else None)


PLACES = (
    "{news}\n\n    bob@a.example\n\n{why}\n",
    "{news}\n\n<bob@a.example>: {why}\n",
    "{news}\n\nbob@a.example\n550 {why}\n",
    "{news}\n\n  * bob@a.example ({why})\n",
    "{news} bob@a.example\n{why}\n",
    "{why}\n{news}\nbob@a.example\n",
)


def _encoded(tongue: Tongue, text: str, form: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = DAEMON, "support@shop.example"
    mail["Subject"] = tongue.subject
    if form == "html":
        mail.set_content("".join(f"<p>{escape(line)}</p>" for line in text.splitlines()), subtype="html")
    elif form == "older charset":
        mail.set_content(text, charset=tongue.charset)
    else:
        mail.set_content(text, cte=form)
    return mail.as_bytes()


@pytest.mark.parametrize("form", ["base64", "quoted-printable", "html", "older charset"])
@pytest.mark.parametrize("language", TONGUES)
def test_bounce_is_read_in_any_language_and_encoding(language: str, form: str) -> None:
    """The address wherever it stands, and the reason by the words alone where there is no code."""
    tongue = TONGUES[language]
    for status, why in (("5.1.1", tongue.unknown), ("5.2.2", tongue.full), ("5.3.4", tongue.large)):
        for place in PLACES:
            mail = parse(_encoded(tongue, place.format(news=tongue.news, why=why), form))
            assert mail.bounce is not None, place
            found = [(one.address, one.status, one.action) for one in mail.bounce.failures]
            assert found == [("bob@a.example", status, "failed")], place
            assert not mail.may_ack


def _report(fields: str, kind: str = "message/delivery-status", words: str = "It failed.") -> bytes:
    head = f"From: {DAEMON}\nTo: support@shop.example\nSubject: Delivery Status Notification\nMIME-Version: 1.0\n"
    return (
        f'{head}Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
        f"Content-Type: text/plain; charset=utf-8\n\n{words}\n--b\nContent-Type: {kind}\n\nReporting-MTA: dns; mx\n\n"
        f"{fields}\n--b--\n"
    ).encode()


# Fields of one recipient, and the (address, status, action) that they mean.
REPORTS: dict[str, tuple[str, list[tuple[str, str | None, str | None]]]] = {
    "no blank line between recipients": (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n"
        "Final-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.2.2\n",
        [("a@x.example", "5.1.1", "failed"), ("b@x.example", "4.2.2", "delayed")],
    ),
    "the original recipient is the one we wrote to": (
        "Original-Recipient: rfc822;a@x.example\nFinal-Recipient: rfc822;inner@y.example\nAction: failed\n"
        "Status: 5.2.1\n",
        [("a@x.example", "5.2.1", "failed")],
    ),
    "original recipient first, no blank lines": (
        "Original-Recipient: rfc822;a@x.example\nFinal-Recipient: rfc822;a@x.example\nAction: failed\nStatus: 5.2.1\n"
        "Original-Recipient: rfc822;b@x.example\nFinal-Recipient: rfc822;b@x.example\nAction: failed\nStatus: 5.1.1\n",
        [("a@x.example", "5.2.1", "failed"), ("b@x.example", "5.1.1", "failed")],
    ),
    "xtext": (
        "Original-Recipient: rfc822;anna+2Bshop@x.example\nFinal-Recipient: rfc822;x\nAction: failed\nStatus: 5.1.1\n",
        [("anna+shop@x.example", "5.1.1", "failed")],
    ),
    "a plus that is one": (
        "Final-Recipient: rfc822;anna+20@x.example\nAction: failed\nStatus: 5.1.1\n",
        [("anna+20@x.example", "5.1.1", "failed")],
    ),
    "utf-8 addresses in ASCII": (
        "Final-Recipient: utf-8; m\\x{FC}ller@x.example\nAction: failed\nStatus: 5.1.1\n",
        [("müller@x.example", "5.1.1", "failed")],
    ),
    "utf-8 addresses raw": (
        "Final-Recipient: utf-8; 用户@例子.example\nAction: failed\nStatus: 5.1.1\n",
        [("用户@例子.example", "5.1.1", "failed")],
    ),
    "brackets, a comment, small letters": (
        "final-recipient: RFC822; <a@x.example> (Anna)\naction: FAILED (no more tries)\n"
        "status: 5.0.0 (permanent failure)\n"
        "diagnostic-code: smtp; 550-5.2.1 The account is disabled\n 550 5.2.1 for good\n",
        [("a@x.example", "5.2.1", "failed")],
    ),
    "a class that the server's code makes precise": (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2 full\n",
        [("a@x.example", "5.2.2", "failed")],
    ),
    "a class that nothing makes precise": (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 550 user unknown\n",
        [("a@x.example", "5.0.0", "failed")],
    ),
    "status only in the diagnostic": (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.7.1 refused\n",
        [("a@x.example", "5.7.1", "failed")],
    ),
    "status only in words": (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nDiagnostic-Code: X-Notes; User a not listed in Domino"
        " Directory\n",
        [("a@x.example", "5.1.1", "failed")],
    ),
    "status without its digits": (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5\n",
        [("a@x.example", "5.0.0", "failed")],
    ),
    "an action half read": (
        "Final-Recipient: rfc822; a@x.example\nAction: failure\nStatus: 5.1.1\n",
        [("a@x.example", "5.1.1", "failed")],
    ),
    "what arrived": (
        "Final-Recipient: rfc822; a@x.example\nAction: relayed\nStatus: 2.1.9\n\n"
        "Final-Recipient: rfc822; b@x.example\nAction: expanded\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; c@x.example\nAction: delivered\nStatus: 2.0.0\n",
        [
            ("a@x.example", "2.1.9", "relayed"),
            ("b@x.example", "2.0.0", "expanded"),
            ("c@x.example", "2.0.0", "delivered"),
        ],
    ),
}


@pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status", "text/plain"])
@pytest.mark.parametrize("name", REPORTS)
def test_every_form_of_a_report_is_read(name: str, kind: str) -> None:
    """RFC 3464 as the world writes it; a report whose machine's part became text says the same."""
    fields, wanted = REPORTS[name]
    bounce = parse(_report(fields, kind)).bounce
    assert bounce is not None
    assert [(one.address, one.status, one.action) for one in bounce.failures] == wanted


def test_words_above_a_report_give_the_status_that_it_lacks() -> None:
    """The machine's part names the address, the prose the reason."""
    fields = "Final-Recipient: rfc822; bob@a.example\nAction: failed\n"
    bounce = parse(_report(fields, words="<bob@a.example>: the mailbox is full")).bounce
    assert bounce is not None
    assert [(one.address, one.status) for one in bounce.failures] == [("bob@a.example", "5.2.2")]


def test_each_of_several_addresses_has_its_own_reason() -> None:
    """What stands behind one address, up to the next, is about it alone."""
    text = (
        "could not be delivered\n\n<bob@a.example>: user unknown\n\n"
        "<eve@a.example>: the mailbox is full\n\n<al@a.example>:\n\n<kim@a.example>: 550 5.7.1 refused\n"
    )
    bounce = parse(_notice(text)).bounce
    assert bounce is not None
    assert [(one.address, one.status) for one in bounce.failures] == [
        ("bob@a.example", "5.1.1"),
        ("eve@a.example", "5.2.2"),
        ("al@a.example", None),
        ("kim@a.example", "5.7.1"),
    ]


NO_STATUS = {
    "a version": "bob@a.example\nSent by Mail Server version 5.1.2, could not be delivered.\n",
    "an address of the internet": "bob@a.example\nconnected to 5.1.1.7, could not be delivered.\n",
    "the name in an address": "5.1.1@a.example\ncould not be delivered.\n",
    "a list of what may have happened": "bob@a.example could not be delivered. Possible reasons:\n\n\n\n\n\n\n\n\n\n"
    "- the mailbox is"
    " full\n- user unknown\n- the message is too large\n",
    "minutes": "bob@a.example could not be delivered after 550 minutes\n",
}


@pytest.mark.parametrize("name", NO_STATUS)
def test_what_only_looks_like_a_status_is_none(name: str) -> None:
    """Numbers and words that leave a doubt are no code."""
    bounce = parse(_notice(NO_STATUS[name])).bounce
    assert bounce is not None
    assert [one.status for one in bounce.failures] == [None]


IDS = {
    "returned headers": ("", f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{OURS}>\n"),
    "returned mail in base64": (
        "",
        "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        + b64encode(f"Message-ID:\n <{OURS}>\n\nDear Anna".encode()).decode()
        + "\n",
    ),
    "machine's part": ("", f"--b\nContent-Type: message/delivery-status\n\nX-Original-Message-ID: <{OURS}>\n"),
    "in-reply-to": (f"In-Reply-To: <{OURS}>\n", ""),
    "references": (f"References: <first@customer.example> <{OURS}>\n", ""),
    "text": ("", f"--b\nContent-Type: text/plain\n\n> Message-Id: <{OURS}>\n"),
}


@pytest.mark.parametrize("name", IDS)
def test_the_message_that_came_back_is_found_wherever_it_is_named(name: str) -> None:
    """Without its id nobody knows which of our messages was lost."""
    header, part = IDS[name]
    raw = _report("Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n").decode()
    raw = raw.replace("MIME-Version", f"{header}MIME-Version").replace("--b--", f"{part}--b--")
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert bounce.original_id == OURS


def test_gateway_that_wraps_a_report_still_reports() -> None:
    """Some filters pass a report on inside of a mail of their own."""
    inner = _report("Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n").decode()
    raw = (
        f"From: postmaster@gateway.example\nTo: support@shop.example\nSubject: Delivery Status Notification (Failure)\n"
        f"Content-Type: multipart/mixed; boundary=g\n\n--g\nContent-Type: message/rfc822\n\n{inner}\n--g--\n"
    )
    bounce = parse(raw.encode()).bounce
    assert bounce is not None
    assert [(one.address, one.status) for one in bounce.failures] == [("a@x.example", "5.1.1")]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>@.: \n\t5bob=[](){}*#'\"+é用", max_size=4000))
def test_any_notice_is_read_in_linear_time(text: str) -> None:
    """A notice is a stranger's text; its shapes are looked for line by line, each line bounded."""
    started = time.perf_counter()
    parse(_notice(f"could not be delivered\n{text * 20}"))
    assert time.perf_counter() - started < 1


def test_daemon_is_understood_in_a_language_that_nobody_has_written_down() -> None:
    """A mailer daemon with a null sender, and somebody's address alone in a line: that says enough."""
    words = "Teie kirja ei \u00f5nnestunud kohale toimetada:\n\nbob@a.example\n"
    notice = _notice(words, "Kiri j\u00e4i kohale toimetamata")
    bounce = parse(b"Return-Path: <>\n" + notice).bounce
    assert bounce is not None
    assert [(one.address, one.status) for one in bounce.failures] == [("bob@a.example", None)]
    assert parse(notice).bounce is None
    postmaster = _notice(words, "Kiri", "postmaster@mx.example")
    assert parse(b"Return-Path: <>\n" + postmaster).bounce is None


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
    "pastes a bounce of his mail to us": _notice(
        "Hello,\n\nmy mail to you came back with this:\n\n550 5.1.1 <sales@shop.example>: User unknown\n\nPlease tell"
        " me the right address.\n",
        "Mail returned",
        "Anna Field <anna@customer.example>",
    ),
    "pastes a bounce and asks": _notice(
        "Delivery failed:\n\n<tom@a.example>: host mx said: 550 5.1.1 User unknown\n\nIs this Tom's address?\n",
        "Delivery failed",
        "anna@customer.example",
    ),
    "pastes a bounce and signs": _notice(
        "I cannot reach your carrier, my mail was returned:\n\n550 5.1.1 User unknown\n\nAnna\n",
        "Undeliverable mail",
        "Anna Field <anna@customer.example>",
    ),
    "quotes a bounce in a sentence": _notice(
        'I wrote to info@a.example and it came back: "550 5.1.1 User unknown". Delivery failed, it said.',
        "Undeliverable mail to your carrier",
        "anna@customer.example",
    ),
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
