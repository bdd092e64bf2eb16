"""Laws of the mails we write: what every one carries, and that nobody's words become a header."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.compose import compose, file_name, wire_address
from intake.mail.parse import parse
from intake.message import Outbound, StoredFile, Undeliverable

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def reply(
    to: str = "anna@customer.example",
    subject: str = "Re: My kettle",
    text: str = "Dear Anna,\nsend it to us.\n",
    html: str | None = None,
    in_reply_to: str | None = None,
    references: tuple[str, ...] = (),
    automatic: bool = False,
    message_id: str | None = "r1042.d7.abc@example.com",
    addressed_to: str | None = None,
    cc: tuple[str, ...] = (),
) -> Outbound:
    return Outbound(
        delivery=7,
        kind="reply",
        channel="mail",
        account="support@example.com",
        to=to,
        attempt=1,
        request=1042,
        subject=subject,
        text=text,
        html=html,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        automatic=automatic,
        addressed_to=addressed_to,
        cc=cc,
    )


def written(
    outbound: Outbound,
    files: tuple[tuple[StoredFile, bytes], ...] = (),
    reply_address: str = "support+r1042.x@example.com",
    from_name: str = "Example Ltd",
) -> EmailMessage:
    """The mail as the next program reads it: serialised and parsed again."""
    message = compose(outbound, files=files, reply_address=reply_address, from_name=from_name, now=NOW)
    raw = message.as_bytes()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def file(name: str = "label.pdf", content_type: str = "application/pdf") -> StoredFile:
    return StoredFile(attachment=1, filename=name, content_type=content_type, size=3, sha256="0" * 64)


def test_an_answer_has_all_that_a_mail_program_threads_and_replies_by() -> None:
    """From, To, Reply-To, Message-ID, In-Reply-To, References, Date."""
    mail = written(reply(in_reply_to="third@c.example", references=("first@c.example", "second@c.example")))
    assert mail["From"] == "Example Ltd <support@example.com>"
    assert mail["To"] == "anna@customer.example"
    assert mail["Reply-To"] == "support+r1042.x@example.com"
    assert mail["Subject"] == "Re: My kettle"
    assert mail["Message-ID"] == "<r1042.d7.abc@example.com>"
    assert mail["In-Reply-To"] == "<third@c.example>"
    assert mail["References"].split() == ["<first@c.example>", "<second@c.example>", "<third@c.example>"]
    assert mail["Date"] == "Wed, 04 Mar 2026 05:06:07 +0000"
    assert mail["X-Loop"] == "intake-bot"
    assert body(mail, "plain") == "Dear Anna,\nsend it to us.\n"


def test_only_what_a_machine_wrote_says_so() -> None:
    """RFC 3834: robots do not answer it; a person's answer carries no such mark."""
    automatic, personal = written(reply(automatic=True)), written(reply())
    assert automatic["Auto-Submitted"] == "auto-replied"
    assert automatic["X-Auto-Response-Suppress"] == "All"
    assert personal["Auto-Submitted"] is None
    assert personal["X-Auto-Response-Suppress"] is None
    assert automatic["Precedence"] is None


def test_html_stands_beside_the_text() -> None:
    """Whoever cannot show HTML has the same words."""
    mail = written(reply(html="<p>Dear <b>Anna</b></p>"))
    assert mail.get_content_type() == "multipart/alternative"
    assert "<b>Anna</b>" in body(mail, "html")
    assert "Dear Anna" in body(mail, "plain")


def test_letters_of_all_languages_arrive() -> None:
    """In the text, the subject, the company's name and a file's name; every relay takes it, for all is ASCII."""
    outbound = reply(text="Grüße, привет, 你好 🙂\n", subject="Ваш чайник 🫖 " * 20)
    message = compose(
        outbound,
        files=[(file("счёт.pdf"), b"%PDF")],
        reply_address="a+b@example.com",
        from_name="Müller & Söhne",
        now=NOW,
    )
    assert message.as_bytes().isascii()
    mail = written(outbound, ((file("счёт.pdf"), b"%PDF"),), from_name="Müller & Söhne")
    assert body(mail, "plain") == "Grüße, привет, 你好 🙂\n"
    assert mail["Subject"] == ("Ваш чайник 🫖 " * 20).strip()
    assert mail["From"].addresses[0].display_name == "Müller & Söhne"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["счёт.pdf"]


def test_a_file_arrives_byte_for_byte() -> None:
    """With its name and its type."""
    mail = written(reply(), ((file(), b"%PDF\x00\xff\r\n.\r\n"),))
    (part,) = mail.iter_attachments()
    assert part.get_content() == b"%PDF\x00\xff\r\n.\r\n"
    assert part.get_content_type() == "application/pdf"


@pytest.mark.parametrize(
    "content_type", ["message/rfc822", "multipart/mixed", "", "text", "a/b\r\nX-Evil: 1", "é/è", "/"]
)
def test_a_type_that_cannot_be_attached_travels_as_plain_bytes(content_type: str) -> None:
    """A file is never a reason to fail."""
    mail = written(reply(), ((file(content_type=content_type), b"abc"),))
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert mail["X-Evil"] is None
    assert part["X-Evil"] is None


def test_a_text_file_keeps_its_bytes() -> None:
    """Not re-encoded, whatever its charset is."""
    mail = written(reply(), ((file("a.txt", "text/plain"), b"\xff\xfe\n"),))
    (part,) = mail.iter_attachments()
    assert part.get_payload(decode=True) == b"\xff\xfe\n"


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x00", "\u2028", "\u0085"])
def test_no_words_of_anybody_become_a_header(ending: str) -> None:
    """What ends a line becomes a space, in every value that people choose."""
    evil = f"x{ending}Bcc: victim@evil.example{ending}{ending}<script>"
    mail = written(
        reply(subject=evil, in_reply_to=evil, references=(evil, "good@c.example")),
        ((file(evil), b"abc"),),
        from_name=evil,
    )
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("x Bcc: victim@evil.example")
    assert mail["In-Reply-To"] is None
    assert mail["References"] == "<good@c.example>"
    assert body(mail, "plain") == "Dear Anna,\nsend it to us.\n"


@given(
    subject=st.text(max_size=300), name=st.text(max_size=80), text=st.text(max_size=300), filename=st.text(max_size=400)
)
def test_any_words_make_a_mail_with_the_same_headers(subject: str, name: str, text: str, filename: str) -> None:
    """Whatever is written, the mail has the fields that we gave it and no others."""
    mail = written(reply(subject=subject, text=text), ((file(filename), b"abc"),), from_name=name)
    assert set(mail.keys()) == {
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "X-Loop",
        "MIME-Version",
        "Content-Type",
    }
    assert mail["From"].addresses[0].addr_spec == "support@example.com"


def test_a_lone_surrogate_does_not_stop_an_answer() -> None:
    """Some programs write half a letter."""
    mail = written(reply(subject="half \ud83d letter", text="half \ud83d letter"), from_name="\ud83d")
    assert "half" in body(mail, "plain")


def test_copies_name_the_customer_and_each_other() -> None:
    """Customer and copies see one header: To, Cc; only the envelope tells them apart."""
    others = ("bob@customer.example", "дом@customer.example", "not an address", "eve@bücher.example")
    own = written(reply(cc=others))
    copy = written(reply(to="bob@customer.example", addressed_to="anna@customer.example", cc=others))
    assert own["To"] == copy["To"] == "anna@customer.example"
    # What would need SMTPUTF8, or is no address, keeps the mail from nobody else.
    assert own["Cc"] == copy["Cc"] == "bob@customer.example, eve@xn--bcher-kva.example"
    assert set(own.keys()) == set(copy.keys())
    assert written(reply())["Cc"] is None


def test_a_copy_to_an_international_address_names_all() -> None:
    """There SMTPUTF8 is needed anyway."""
    others = ("bob@customer.example", "дом@customer.example")
    message = compose(
        reply(to="дом@customer.example", addressed_to="anna@customer.example", cc=others),
        files=(),
        reply_address="a@b.example",
        from_name="E",
        now=NOW,
    )
    assert message.policy.utf8  # type: ignore[attr-defined]  # typeshed knows only the general policy
    assert "Cc: bob@customer.example,\r\n дом@customer.example\r\n".encode() in message.as_bytes()


def test_no_copy_becomes_a_header() -> None:
    """Participants were named by strangers."""
    mail = written(reply(cc=("bob@customer.example\r\nBcc: victim@evil.example", "x@y.example>, <z@y.example")))
    assert mail["Cc"] is None
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("label.pdf", "label.pdf"),
        ("Grüße an 你好 🙂.pdf", "Grüße an 你好 🙂.pdf"),
        ("cafe\u0301.txt", "café.txt"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Users\\anna\\bill.pdf", "C__Users_anna_bill.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a"b;c=d.txt', "a_b;c=d.txt"),
        ("50% off; x*=y.txt", "50% off; x_=y.txt"),
        ("=?utf-8?B?eA==?=.txt", "=_utf-8_B_eA==_=.txt"),
        ("\x00\x1b", "attachment"),
        ("...", "attachment"),
        ("", "attachment"),
        ("я" * 300 + ".docx", "я" * 97 + ".docx"),
        ("x" * 300, "x" * 200),
        (".htaccess", "htaccess"),
        ("trailing. ", "trailing"),
    ],
)
def test_a_files_name_arrives_and_is_safe(name: str, shown: str) -> None:
    """In the pieces of RFC 2231 when ASCII does not do; read back by Python's parser and by ours."""
    assert file_name(name) == shown
    outbound, files = reply(), ((file(name), b"abc"),)
    (part,) = written(outbound, files).iter_attachments()
    assert part.get_filename() == shown
    message = compose(outbound, files=[(file(name), b"abc")], reply_address="a@b.example", from_name="E", now=NOW)
    assert [attachment.filename for attachment in parse(message.as_bytes()).attachments] == [shown]


def test_an_empty_file_arrives_empty() -> None:
    """It is a file all the same."""
    (part,) = written(reply(), ((file("empty.bin", "application/octet-stream"), b""),)).iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("empty.bin", b"")


def test_the_message_that_is_answered_stands_last() -> None:
    """RFC 5322 §3.6.4: the parent's id ends References, wherever it stood before."""
    mail = written(reply(in_reply_to="b@c.example", references=("a@c.example", "b@c.example", "c@c.example")))
    assert mail["References"].split() == ["<a@c.example>", "<c@c.example>", "<b@c.example>"]


@given(ids=st.lists(st.text(min_size=1, max_size=1200), max_size=40), answered=st.text(max_size=1200))
def test_ids_of_hostile_mails_break_no_header(ids: list[str], answered: str) -> None:
    """Each line stays below 998 bytes, at most ten ids, and nothing but ids."""
    mail = written(reply(references=tuple(ids), in_reply_to=answered))
    kept = (mail["References"] or "").split()
    assert len(kept) <= 10
    assert all(name.startswith("<") and name.endswith(">") and name.isascii() for name in kept)
    assert mail["Bcc"] is None


def test_a_long_thread_keeps_its_beginning_and_its_end() -> None:
    """Ten ids: the first and the last nine."""
    chain = tuple(f"{number}.{'x' * 60}@c.example" for number in range(40))
    mail = written(reply(references=chain, in_reply_to=chain[-1]))
    kept = mail["References"].split()
    assert kept == [f"<{name}>" for name in (chain[0], *chain[-9:])]


def test_a_long_message_id_is_not_broken() -> None:
    """Exchange writes ids longer than a line should be; an id in pieces threads nothing."""
    name = "x" * 150 + "@" + "y" * 60 + ".example"
    message = compose(
        reply(in_reply_to=name, message_id=name), files=(), reply_address="a@b.example", from_name="E", now=NOW
    )
    assert message.as_bytes().count(f"<{name}>".encode()) == 3


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@customer.example",
        "anna@customer.example\r\nBcc: victim@evil.example",
        "anna@customer.example\n",
        "anna@customer.example>, <victim@evil.example",
        "anna@customer.example victim@evil.example",
        "anna@customer.example,victim@evil.example",
        "anna@[127.0.0.1]",
        "anna@-customer.example",
        "anna@customer..example",
        "an\u202ena@customer.example",
        "an\x00na@customer.example",
        "an\ud83dna@customer.example",
        "<anna@customer.example>",
        '"anna b"@customer.example',
        "anna@" + "x" * 64 + ".example",
        "a" * 65 + "@customer.example",
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(address: str) -> None:
    """The agent reads why; no command and no header ever sees it."""
    with pytest.raises(Undeliverable) as refusal:
        written(reply(to=address))
    words = str(refusal.value)
    assert words.endswith(".")
    assert words.isprintable()


@pytest.mark.parametrize(
    "address", ["o'brien+x=y@customer.example", "a@b", "1@2.example", "a.b_c-d@xn--80a1acny.example"]
)
def test_unusual_addresses_are_addresses(address: str) -> None:
    """Refusing a customer's real address is worse than a bounce."""
    assert wire_address(address) == address


def test_a_foreign_domain_is_written_in_ascii_and_needs_no_extension() -> None:
    """IDNA: every relay can send there."""
    message = compose(reply(to="anna@bücher.example"), files=(), reply_address="a@b.example", from_name="E", now=NOW)
    assert message["To"] == "anna@xn--bcher-kva.example"
    assert not message.policy.utf8  # type: ignore[attr-defined]  # typeshed knows only the general policy


@pytest.mark.parametrize(
    ("domain", "plain"),
    [
        ("straße.example", "xn--strae-oqa.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("почта.example", "xn--80a1acny.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("i❤.example", "xn--i-7iq.example"),
    ],
)
def test_a_foreign_domain_is_its_own_and_nobody_elses(domain: str, plain: str) -> None:
    """By today's rules: straße is not strasse, which may belong to somebody else."""
    assert wire_address(f"anna@{domain}") == f"anna@{plain}"


def test_a_foreign_local_part_needs_smtputf8() -> None:
    """RFC 6531: the headers are then UTF-8."""
    message = compose(reply(to="дима@customer.example"), files=(), reply_address="a@b.example", from_name="E", now=NOW)
    assert message.policy.utf8  # type: ignore[attr-defined]  # typeshed knows only the general policy
    assert "To: дима@customer.example".encode() in message.as_bytes()
