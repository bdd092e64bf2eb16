"""Laws of what a received mail says: who speaks, and what it points at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.inbound import Envelope, mailbox_of, read
from intake.mail.parse import parse
from intake.mail.proof.letter import read_letter
from intake.mail.proof.verdict import Outcome, Verdict
from intake.mail.tokens import Tokens
from intake.message import Bounce, Failure, Inbound, Proof

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TOKENS = Tokens(b"a secret of the tests")
MAILBOXES = ("support@example.com", "Returns@example.com")
OURS = TOKENS.message_id(1042, "d7", "example.com")
PLUS = TOKENS.reply_address("support@example.com", 1042)


def mail(*fields: str, body: str = "My kettle leaks.", sender: str = "From: Anna <anna@customer.example>") -> bytes:
    return "\r\n".join([*([sender] if sender else []), *fields, "", body, ""]).encode()


def taken(
    raw: bytes,
    recipients: tuple[str, ...] = ("support@example.com",),
    mail_from: str | None = "anna@customer.example",
    verdict: Verdict = Verdict(),  # noqa: B008  # it is frozen
) -> Inbound:
    return read(raw, Envelope(mail_from, recipients, "192.0.2.1", "mx.c.example"), TOKENS, MAILBOXES, verdict, NOW)


def test_a_plain_mail_says_who_what_and_where() -> None:
    """Every field of the inbound message has its place."""
    raw = mail("Subject: Kettle", "Message-ID: <one@c.example>", "References: <a@c.example> <b@c.example>")
    inbound = taken(raw)
    assert (inbound.channel, inbound.account) == ("mail", "support@example.com")
    assert (inbound.sender.value, inbound.sender.name) == ("anna@customer.example", "Anna")
    assert (inbound.subject, inbound.external_id) == ("Kettle", "one@c.example")
    assert inbound.references == ("a@c.example", "b@c.example")
    assert "My kettle leaks." in inbound.text
    assert inbound.raw == raw
    assert inbound.received_at == NOW
    assert inbound.may_ack
    assert not inbound.from_us
    assert not inbound.verified
    assert inbound.reply_to is None
    assert inbound.hints == ()


def test_the_other_people_are_named_once_and_without_us() -> None:
    """All of To and Cc but the sender and our own mailboxes, twenty at most, never an identity of the sender."""
    inbound = taken(
        mail(
            f"To: support@example.com, {PLUS}, Ben <BEN@c.example>, anna@customer.example",
            "Cc: ben@c.example, Bea <bea@c.example>, returns+x@example.com, undisclosed-recipients:;",
        )
    )
    assert [(person.value, person.name) for person in inbound.copied] == [
        ("ben@c.example", "Ben"),
        ("bea@c.example", "Bea"),
    ]
    crowd = ", ".join(f"p{number}@c.example" for number in range(100))
    assert len(taken(mail(f"Cc: {crowd}")).copied) == 20


@pytest.mark.parametrize(
    ("recipient", "mailbox"),
    [
        ("support@example.com", "support@example.com"),
        ("SUPPORT@Example.COM", "support@example.com"),
        ("support+anything@example.com", "support@example.com"),
        ("returns@example.com", "Returns@example.com"),
        ("supporter@example.com", None),
        ("support@elsewhere.example", None),
        ("support", None),
        ("", None),
        ("@", None),
        ("+@example.com", None),
    ],
)
def test_a_mailbox_is_known_by_any_of_its_names(recipient: str, mailbox: str | None) -> None:
    """In any case, with anything after a plus; and nobody else is."""
    assert mailbox_of(recipient, MAILBOXES) == mailbox


def test_of_two_mailboxes_the_longer_name_wins() -> None:
    """`a+b@x` may be a mailbox of its own."""
    assert mailbox_of("a+b+c@x.example", ("a@x.example", "a+b@x.example")) == "a+b@x.example"


def test_the_account_is_the_mailbox_of_the_first_recipient() -> None:
    """As it is written in the settings."""
    assert taken(mail(), recipients=("returns+x@example.com", "support@example.com")).account == "Returns@example.com"


def test_without_a_from_the_envelope_sender_speaks() -> None:
    """And it is told as a defect; nobody is verified by it."""
    inbound = taken(
        mail("Subject: x", sender=""),
        mail_from="Bob@customer.example",
        verdict=Verdict(Outcome.PASS, "bob@customer.example"),
    )
    assert inbound.sender.value == "bob@customer.example"
    assert not inbound.verified
    assert any("no From" in defect for defect in inbound.defects)


def test_a_mail_of_nobody_is_a_mail() -> None:
    """It is stored, and not acknowledged: there is nobody."""
    inbound = taken(b"", mail_from=None)
    assert inbound.sender.value == "unknown@invalid"
    assert not inbound.may_ack
    assert inbound.defects


def test_a_name_that_turns_the_writing_is_straightened() -> None:
    """Bidi marks and control characters hide what is written."""
    inbound = taken(mail(sender="From: =?utf-8?b?4oCuZXZpbMKF4oGmIG5hbWU=?= <anna@customer.example>"))
    assert inbound.sender.name == "evil name"


def test_reply_to_is_where_answers_go_and_nobodys_identity() -> None:
    """It is named only when it differs from the sender."""
    assert taken(mail("Reply-To: anna@customer.example")).reply_to is None
    inbound = taken(mail("Reply-To: Orders <orders@customer.example>"))
    assert (inbound.reply_to, inbound.sender.value) == ("orders@customer.example", "anna@customer.example")
    assert inbound.may_ack


def test_a_third_party_in_reply_to_is_never_acknowledged() -> None:
    """Or anybody could make us write to anybody."""
    assert not taken(mail("Reply-To: victim@elsewhere.example")).may_ack
    assert taken(mail("Reply-To: anna@mail.customer.example")).may_ack
    for above in ("com", "co.uk", "uk"):
        raw = mail("Reply-To: victim@shop.co.uk, victim@shop.com", sender=f"From: eve@{above}")
        assert not taken(raw).may_ack, above
        assert not taken(mail(f"Reply-To: victim@shop.{above}", sender=f"From: eve@{above}")).may_ack


def test_one_mailbox_is_written_in_one_way() -> None:
    """Or each way of writing it would have a budget of its own."""
    for written in ("Orders@Customer.example", "orders@ｃustomer.example", "orders@c\u2060ustomer.example"):
        assert taken(mail(f"Reply-To: {written}")).reply_to == "orders@customer.example"
    assert taken(mail(sender="From: Jürgen@Bücher.example")).sender.value == "jürgen@bücher.example"
    disguised = taken(
        mail(sender="From: anna@ｃustomer.example"), verdict=Verdict(Outcome.NONE, "anna@ｃustomer.example")
    )
    assert (disguised.sender.value, disguised.unclear, disguised.may_ack) == ("anna@customer.example", True, False)


def test_our_own_address_in_reply_to_is_not_answered() -> None:
    """We would talk to ourselves."""
    inbound = taken(mail("Reply-To: support@example.com"))
    assert inbound.reply_to is None
    assert not inbound.may_ack


def test_the_null_sender_is_never_acknowledged() -> None:
    """RFC 3834."""
    assert not taken(mail(), mail_from=None).may_ack


@pytest.mark.parametrize(
    ("raw", "mail_from"),
    [
        (mail(sender="From: support@example.com"), "anna@customer.example"),
        (mail(sender=f"From: {PLUS}"), "anna@customer.example"),
        (mail("X-Loop: intake-bot", f"Message-ID: <{OURS}>"), "anna@customer.example"),
        (mail("X-Loop: intake-bot", "Reply-To: a@b.example", sender="From: support@example.com"), "a@b.example"),
        (mail(f"Reply-To: {PLUS}", sender="From: support@example.com"), "anna@customer.example"),
    ],
)
def test_what_we_sent_ourselves_is_known(raw: bytes, mail_from: str) -> None:
    """By its sender, or by our loop mark on an id that we gave; it is never acknowledged."""
    inbound = taken(raw, mail_from=mail_from)
    assert inbound.from_us
    assert not inbound.may_ack


@pytest.mark.parametrize(
    ("raw", "mail_from"),
    [
        (mail("X-Loop: intake-bot", "Message-ID: <r1042.d7.a234567@other.example>"), "anna@customer.example"),
        (mail("X-Loop: intake-bot"), "anna@customer.example"),
        (mail(), "Support+x@example.com"),
        (mail(), TOKENS.bounce_address("support@example.com", 17)),
        (mail("Reply-To: anna@customer.example", sender="From: support@example.com"), "www-data@shop.example"),
        (mail("Reply-To: anna@example.com", sender="From: support@example.com"), "support@example.com"),
    ],
)
def test_what_only_might_be_ours_is_kept_where_agents_read(raw: bytes, mail_from: str) -> None:
    """Another house writes with our mark, a host that forwards as the envelope's sender, a web form in our From."""
    inbound = taken(raw, mail_from=mail_from)
    assert not inbound.from_us
    assert not inbound.may_ack


def test_a_sender_is_verified_only_when_he_is_the_one_who_was_checked() -> None:
    """And never when there are several of them, or none."""
    anna = Verdict(Outcome.PASS, "anna@customer.example", "DKIM customer.example")
    assert taken(mail(), verdict=anna).verified
    assert taken(mail(), verdict=anna).checked == "pass: DKIM customer.example"
    assert taken(mail(sender="From: Anna@Customer.example"), verdict=anna).verified
    for other in (mail("From: eve@evil.example"), mail(sender=""), mail(sender="From: eve@evil.example")):
        assert not taken(other, verdict=anna).verified


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.PASS])
def test_only_a_failed_check_is_a_forgery_and_only_a_passed_one_a_proof(outcome: Outcome) -> None:
    """What could not be checked, or not now, is neither."""
    inbound = taken(mail(), verdict=Verdict(outcome, "anna@customer.example", "whatever"))
    assert not inbound.verified
    assert inbound.forged is (outcome is Outcome.FAIL)


UNCLEAR = {
    "two": mail("From: eve@evil.example"),
    "two in one": mail(sender="From: anna@customer.example, eve@evil.example"),
    "none": mail(sender=""),
    "group": mail(sender="From: G: anna@customer.example;"),
    "blank line": b"\r\n" + mail(),
    "byte order mark": b"\xef\xbb\xbf" + mail(),
    "bare CR": mail(sender="X: y\rFrom: anna@customer.example"),
    "unseen letter in the domain": mail(sender="From: anna@customer\u200e.example"),
    "unseen letter before it": mail(sender="From: anna\u202c@customer.example"),
    "other letters in another charset": mail(
        "Content-Type: text/plain; charset=koi8-r", sender="From: anna@customer.example"
    ).replace(b"anna@customer", b"anna@c\xd5stomer"),
}


@pytest.mark.parametrize("raw", UNCLEAR.values(), ids=UNCLEAR)
def test_whose_sender_is_read_in_two_ways_is_nobody(raw: bytes) -> None:
    """Each would be a way round a check that says p=reject."""
    checked = read_letter(raw).author
    found = taken(raw, verdict=Verdict(Outcome.NONE, checked, "whatever"))
    assert (found.unclear, found.may_ack, found.verified) == (True, False, False)


def test_who_is_read_in_one_way_is_clear_even_when_nobody_could_check_him() -> None:
    """A check that was too slow does not even know of whom it was."""
    for verdict in (Verdict(), Verdict(Outcome.TEMPORARY), Verdict(Outcome.NONE, "anna@customer.example")):
        found = taken(mail(sender="From: Anna <Anna@Customer.example>"), verdict=verdict)
        assert (found.unclear, found.may_ack) == (False, True)


@pytest.mark.parametrize(
    "mail_from",
    [
        "support+caf_=desk=bot.example@example.com",
        "support+SRS=44ldt=IX=customer.example=anna@example.com",
        "SRS0=HHH=TT=customer.example=anna@example.com",
        "SRS1=HHH=first.example==HHH=TT=customer.example=anna@example.com",
    ],
)
def test_a_mailbox_of_ours_that_forwards_is_not_we_ourselves(mail_from: str) -> None:
    """Gmail, Microsoft 365 and SRS write the forwarding mailbox into the envelope; the customer stays the sender."""
    inbound = taken(mail(), mail_from=mail_from)
    assert not inbound.from_us
    assert inbound.sender.value == "anna@customer.example"
    assert inbound.may_ack


def test_a_form_of_ours_speaks_for_nobody() -> None:
    """Else whoever fills it in could add to what somebody else has sent by it."""
    raw = mail("Reply-To: anna@customer.example", "Subject: R-1042", sender="From: support@example.com")
    inbound = taken(raw, verdict=Verdict(Outcome.PASS, "support@example.com", "DKIM example.com"))
    assert (inbound.unclear, inbound.verified, inbound.reply_to) == (True, False, "anna@customer.example")


def test_a_name_that_deceives_is_told() -> None:
    """An agent reads it beside the request."""
    inbound = taken(mail(sender='From: "support@bank.example" <x@evil.example>'))
    assert inbound.warnings == ("the name looks like another address",)
    assert taken(mail()).warnings == ()


def test_the_strongest_proof_stands_first() -> None:
    """Envelope address, message id, subject: each once."""
    raw = mail(f"To: {PLUS}", f"In-Reply-To: <{OURS}>", f"References: <{OURS}>", "Subject: Re: [R-1042] Kettle")
    inbound = taken(raw, recipients=(PLUS,))
    assert [(hint.request, hint.proof) for hint in inbound.hints] == [
        (1042, Proof.SIGNED_ADDRESS),
        (1042, Proof.SIGNED_MESSAGE_ID),
        (1042, Proof.SUBJECT),
    ]


@pytest.mark.parametrize("field", ["To", "Cc", "Delivered-To"])
def test_a_signed_address_counts_wherever_it_stands(field: str) -> None:
    """Mail is forwarded, and people answer all; its case does not matter."""
    inbound = taken(mail(f"{field}: {PLUS.upper()}"))
    assert [(hint.request, hint.proof) for hint in inbound.hints] == [(1042, Proof.SIGNED_ADDRESS)]


def test_the_envelope_counts_before_the_header() -> None:
    """It says where the mail really went."""
    other = TOKENS.reply_address("support@example.com", 2000)
    inbound = taken(mail(f"To: {PLUS}"), recipients=(other,))
    assert [hint.request for hint in inbound.hints] == [2000, 1042]


def test_a_wrong_token_is_no_hint_and_no_reason_to_refuse() -> None:
    """The mail is taken as any other."""
    inbound = taken(mail("To: support+r1042.aaaaaaaaaaaaaaaaa@example.com"), recipients=("support+r1.x@example.com",))
    assert inbound.hints == ()
    assert "My kettle leaks." in inbound.text


@given(
    raw=st.binary(max_size=500),
    mail_from=st.none() | st.text(max_size=30),
    to=st.lists(st.text(max_size=30), max_size=3),
)
def test_any_bytes_are_an_inbound_message(raw: bytes, mail_from: str | None, to: list[str]) -> None:
    """Nothing that comes over the wire raises, and all of it can be stored as UTF-8."""
    inbound = taken(raw, recipients=tuple(to), mail_from=mail_from)
    assert inbound.raw == raw
    for words in (inbound.sender.value, inbound.sender.name, inbound.reply_to or "", inbound.key):
        words.encode("utf-8")


def test_a_surrogate_in_the_envelope_is_not_stored() -> None:
    """The SMTP library passes bytes that are no UTF-8 as lone surrogates."""
    inbound = taken(b"\r\n", mail_from="a\udcffb@customer.example")
    assert inbound.sender.value.encode("utf-8")


@pytest.mark.parametrize("mail_from", [None, "", "anna@customer.example"])
@pytest.mark.parametrize("recipients", [("a@b.example",), ("a@b.example", "c d@e.example")])
def test_an_envelope_is_kept_whole(mail_from: str | None, recipients: tuple[str, ...]) -> None:
    """What is noted beside a parked mail reads as it was."""
    envelope = Envelope(mail_from, recipients, "192.0.2.1", "mx.c.example")
    verdict = Verdict(Outcome.FAIL, "anna@customer.example", "no DMARC; SPF fail")
    facts = {**envelope.packed(), **verdict.packed()}
    assert (Envelope.unpacked(facts), Verdict.unpacked(facts)) == (envelope, verdict)


BOUNCED = "The delivery failed:\r\n<ben@elsewhere.example>: 550 5.1.1 user unknown."
PASSED_ON = (
    "--b\r\nContent-Type: text/plain\r\n\r\nMy mail to you came back. Where is my parcel?\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; support@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--"
)


@pytest.mark.parametrize(
    "raw",
    [
        mail("Subject: Delivery failed", body=BOUNCED),
        mail("Subject: Re: Undelivered Mail Returned to Sender", body=BOUNCED),
        mail("Subject: Delivery failed", f"In-Reply-To: <{OURS}>", body=BOUNCED),
        mail("Subject: Fwd: Undelivered Mail", "Content-Type: multipart/mixed; boundary=b", body=PASSED_ON),
    ],
)
def test_what_only_reads_like_a_bounce_is_kept_where_agents_read(raw: bytes) -> None:
    """People pass bounces on, answer them, and write of parcels; a report about nothing of ours is set aside."""
    assert parse(raw).bounce is not None
    inbound = taken(raw)
    assert inbound.bounce is None
    assert not inbound.may_ack
    assert taken(raw, mail_from=None).bounce is not None


@pytest.mark.parametrize(
    "raw",
    [
        mail("Subject: Delivery failed", sender="From: MAILER-DAEMON@elsewhere.example", body=BOUNCED),
        mail("Subject: Delivery failed", "Auto-Submitted: auto-replied", body=BOUNCED),
        mail("Subject: Delivery failed", body=f"{BOUNCED}\r\n\r\nMessage-ID: <{OURS}>"),
    ],
)
def test_a_bounce_of_a_machine_or_with_an_id_of_ours_is_one(raw: bytes) -> None:
    """However strange the envelope of the gateway that sends it."""
    assert taken(raw).bounce is not None


def test_a_mail_parked_by_an_earlier_version_was_not_checked() -> None:
    """It is read all the same."""
    assert Verdict.unpacked({"recipients": "a@b.example", "peer": "192.0.2.1"}).outcome is Outcome.UNCHECKED


def test_a_null_envelope_sender_tells_a_report_that_hides_otherwise() -> None:
    """RFC 5321 §4.5.5: a relay that reports under a name of its own still sends with no sender."""
    report = mail(
        "Subject: Delivery failed",
        sender="From: Mail <info@mx.example>",
        body="Could not be delivered:\r\n* bob@a.example (mailbox full)",
    )
    assert taken(report).bounce is None
    inbound = taken(report, mail_from=None)
    assert inbound.bounce is not None
    assert [(one.address, one.status) for one in inbound.bounce.failures] == [("bob@a.example", "5.2.2")]
    assert inbound.raw == report
    for before in (b"", b"\r\n", b"\xef\xbb\xbf", b"From x Tue Nov 24\r\n"):
        assert taken(before + mail(), mail_from=None).sender.value == "anna@customer.example"
    assert taken(mail(), mail_from=None).auto_reason == "null envelope sender"


BACK = TOKENS.bounce_address("support@example.com", 77)


def test_what_comes_back_to_a_bounce_address_names_its_delivery() -> None:
    """However it is worded: nobody else knows the address, and nothing else is sent there without a sender."""
    odd = mail("Subject: Hmm", body="Det gick inte.", sender="From: Posten <system@relay.example>")
    assert taken(odd, (BACK.upper(),), mail_from=None).bounce == Bounce("bounce", delivery=77)
    assert taken(b"", (BACK,), mail_from=None).bounce == Bounce("bounce", delivery=77)


def test_a_bounce_that_can_be_read_keeps_what_it_says() -> None:
    """With a sender of its own, too; the address in To serves when a forwarder has changed the envelope."""
    report = mail(
        "Subject: Undeliverable: your mail",
        "X-Failed-Recipients: anna@customer.example",
        f"To: {BACK}",
        sender="From: Mail Delivery System <MAILER-DAEMON@relay.example>",
        body="A message that you sent could not be delivered.\r\n\r\n  anna@customer.example\r\n    550 no such user",
    )
    for recipients, sender in (((BACK,), None), (("support@example.com",), "mailer-daemon@relay.example")):
        bounce = taken(report, recipients, mail_from=sender).bounce
        assert bounce is not None
        assert bounce.delivery == 77
        assert [failure.address for failure in bounce.failures] == ["anna@customer.example"]


@pytest.mark.parametrize("mail_from", ["anna@customer.example", "bob@elsewhere.example"])
def test_a_persons_mail_to_a_bounce_address_is_a_persons_mail(mail_from: str) -> None:
    """It is no bounce, and joins nothing by that address."""
    inbound = taken(mail(f"To: {BACK}"), (BACK,), mail_from=mail_from)
    assert inbound.bounce is None
    assert inbound.hints == ()
    assert inbound.account == "support@example.com"


@pytest.mark.parametrize(
    "fields",
    [
        ("Subject: Re: My kettle", "Auto-Submitted: auto-replied (vacation)"),
        ("Subject: Automatische Antwort: Ihr Fall",),
        ("Subject: Weg", f"In-Reply-To: <{OURS}>"),
    ],
)
def test_an_absence_note_is_no_bounce(fields: tuple[str, ...]) -> None:
    """RFC 3834 §4 sends it to the envelope sender, without one of its own: it came from the person that was reached."""
    inbound = taken(mail(*fields, body="I am away until Monday."), (BACK,), mail_from=None)
    assert inbound.bounce is None
    assert not inbound.may_ack


@pytest.mark.parametrize(
    "address", [PLUS, BACK.replace("b77", "b78"), BACK.replace("@", "a@"), "support+b77@example.com"]
)
def test_no_other_address_makes_a_bounce(address: str) -> None:
    """Whoever guesses one marks nothing as returned."""
    inbound = taken(mail("Subject: x"), (address,), mail_from=None)
    assert inbound.bounce is None or inbound.bounce.delivery is None


@given(st.text(max_size=60))
def test_any_recipient_is_read_without_an_error(local: str) -> None:
    """The envelope is a stranger's too."""
    assert taken(mail(), (f"support+{local}@example.com",), mail_from=None).bounce is None


def test_a_failure_is_never_invented() -> None:
    """A bounce without words names no address."""
    bounce = taken(mail("Subject: Hmm"), (BACK,), mail_from=None).bounce
    assert bounce is not None
    assert bounce.failures == tuple[Failure, ...]()
