"""The parser is total, loses nothing, and reads every quirk in the corpus as its neighbour file says."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.mail import mime
from intake.mail.addresses import read_addresses
from intake.mail.body import MAX_ATTACHMENTS
from intake.mail.html.text import to_text
from intake.mail.line import line
from intake.mail.mime import MAX_HEADER, MAX_LIST
from intake.mail.parse import MAX_SUBJECT, Mail, parse

CORPUS = Path(__file__).parent / "corpus" / "mail"
MAILS = sorted(CORPUS.glob("*.eml"))

KEYS = [
    *("path", "error", "from", "reply_to", "to", "cc", "subject", "message_id", "in_reply_to", "references", "date"),
    *("text", "html", "reply_text", "attachments", "auto_reply", "auto_reason", "may_ack", "bounce", "refs"),
    *("language", "defects"),
]


def _mail(body: bytes = b"Hello", header: bytes = b"") -> bytes:
    return b"From: Anna <anna@customer.example>\nTo: support@shop.example\n" + header + b"\n" + body


def _sound(mail: Mail) -> bool:
    return not any(defect.startswith("could not be read") for defect in mail.defects)


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_every_mail_of_the_corpus_reads_as_expected(path: Path) -> None:
    """A quirk that was understood once stays understood."""
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert line(path.name, path.read_bytes()) == expected


def test_corpus_and_expectations_are_one_to_one() -> None:
    """A mail without its expectation would test nothing."""
    assert MAILS
    assert {path.stem for path in MAILS} == {path.stem for path in CORPUS.glob("*.json")}


def test_line_has_exactly_the_keys_of_the_contract() -> None:
    """Scripts rely on the names, and on every one being there."""
    assert list(line("x", _mail())) == KEYS
    assert list(line("x", b"")) == KEYS


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_give_a_storable_mail(raw: bytes) -> None:
    """No bytes raise, and no text holds what a database refuses."""
    mail = parse(raw)
    assert _sound(mail)
    for text in (mail.text, mail.subject, mail.html or ""):
        assert "\x00" not in text
        text.encode()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MAILS), st.data())
def test_damaged_mail_is_still_read(path: Path, data: st.DataObject) -> None:
    """Bytes that were lost, doubled or changed on the way cost meaning at most, never the mail."""
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        raw[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
    assert _sound(parse(bytes(raw)))


def test_failure_of_our_own_code_still_gives_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law 1: at worst a minimal mail with its defect, and no acknowledgement to we know not whom."""

    def broken(raw: bytes) -> tuple[mime.Part, list[str]]:
        raise RecursionError

    monkeypatch.setattr("intake.mail.parse.take_apart", broken)
    mail = parse(_mail("Grüße".encode()))
    assert "Grüße" in mail.text
    assert not mail.may_ack
    assert mail.defects == ("could not be read: RecursionError",)


BOMBS = {
    "encoded words": _mail(header=b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n"),
    "unfinished words": _mail(header=b"Subject: " + b"=?a?q?" * 40_000 + b"\n"),
    "folded subject": _mail(header=b"Subject: a" + b"\n " * 500_000 + b"\n"),
    "quotes": b'From: "' + b'\\"' * 100_000 + b"\n\nx",
    "blanks in quotes": b"From: " + b'" ' * 100_000 + b"\n\nx",
    "parentheses": b"From: " + b"(" * 200_000 + b"\n\nx",
    "parameters": _mail(header=b"Content-Type: text/plain" + b"".join(b"; a*%d*=x" % i for i in range(30_000)) + b"\n"),
    "parts": _mail(b"--x\n\na\n" * 300_000, b"Content-Type: multipart/mixed; boundary=x\n"),
    "nesting": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(2000)),
    "elements": _mail(b"<div>" * 200_000, b"Content-Type: text/html\n"),
    "line breaks": b"\n" * 2_000_000,
    "returns": b"\r" * 2_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_read_in_a_moment(name: str) -> None:
    """Time is linear in bytes and bounded; seconds here would be hours for a quadratic reader."""
    began = time.process_time()
    assert _sound(parse(BOMBS[name]))
    assert time.process_time() - began < 5


def test_excess_parts_are_kept_as_one_attachment() -> None:
    """Caps cut structure, never content."""
    parts = b"".join(b"--x\nContent-Type: application/pdf\n\nfile %d\n" % number for number in range(1000))
    mail = parse(_mail(parts, b"Content-Type: multipart/mixed; boundary=x\n"))
    assert len(mail.attachments) == MAX_ATTACHMENTS
    assert b"file 999" in (mail.attachments[-1].content or b"")
    assert mail.defects


def test_deep_nesting_becomes_an_attachment() -> None:
    """What lies deeper than 20 levels is kept, not read."""
    mail = parse(BOMBS["nesting"])
    assert len(mail.attachments) == 1
    assert any("nested" in defect for defect in mail.defects)


def test_overlong_header_leaves_the_text_whole() -> None:
    """A header of a megabyte costs header fields, not a word of the body."""
    mail = parse(_mail(b"All of it.", b"X-Long: " + b"a\n " * 400_000 + b"\n"))
    assert mail.text == "All of it."
    assert mail.from_ is not None


def test_long_names_are_cut_and_keep_their_ending() -> None:
    """255 characters at most, and `.pdf` still says what it is."""
    header = b'Content-Type: application/pdf; name="' + b"a" * 400 + b'.pdf"\n'
    name = parse(_mail(b"x", header)).attachments[0].filename or ""
    assert len(name) == 255
    assert name.endswith(".pdf")


def test_only_the_first_and_the_last_references_stay() -> None:
    """The first began the conversation, the last are what is answered."""
    ids = b" ".join(b"<%d@x.example>" % number for number in range(200))
    mail = parse(_mail(header=b"References: " + ids + b"\n"))
    assert len(mail.references) == 50
    assert (mail.references[0], mail.references[-1]) == ("0@x.example", "199@x.example")


def test_field_is_read_to_its_limit_and_no_further() -> None:
    """8 KB of one field, 64 of one that lists people or earlier mails; the rest is a defect and no lost mail."""
    long = b"a" * 100_000
    mail = parse(_mail(b"Words.", b"Subject: " + long + b"\nTo: " + b"a@b.example, " * 10_000 + b"\n"))
    assert len(mail.subject) == MAX_SUBJECT
    assert len(mail.to) == MAX_LIST // len("a@b.example, ") + 1
    assert "header field too long: the rest of it was not read" in mail.defects
    assert mail.text == "Words."


def test_block_of_headers_is_read_to_its_limit() -> None:
    """256 KB: fields behind that are not seen, the body is."""
    mail = parse(_mail(b"Words.", b"X-A: b\n" * (MAX_HEADER // 7) + b"Subject: too late\n"))
    assert (mail.subject, mail.text) == ("", "Words.")
    assert "header block too long: the rest of it was not read" in mail.defects


@pytest.mark.parametrize(
    ("written", "root"),
    [
        (base64.b64encode(bytes(range(1, 23))), bytes(range(1, 23)).hex()),
        (base64.b64encode(bytes(range(1, 23)) + b"12345" * 3), bytes(range(1, 23)).hex()),
        (b" " + base64.b64encode(bytes(22))[:20] + b"\n\t" + base64.b64encode(bytes(22))[20:], bytes(22).hex()),
        (base64.b64encode(bytes(23)), None),
        (base64.b64encode(bytes(21)), None),
        (b"no base64 at all!", None),
        (b"", None),
    ],
)
def test_thread_index_gives_the_root_of_the_conversation(written: bytes, root: str | None) -> None:
    """Outlook's 22 bytes stay the same in every answer; what is cut or made up is none."""
    assert parse(_mail(header=b"Thread-Index: " + written + b"\n")).thread_index == root


def test_only_the_signature_makes_a_sealed_mail_readable() -> None:
    """Opaque signatures open; what is encrypted stays a file and says so. The envelope is kept, out of the way."""
    opened = parse((CORPUS / "smime_opaque.eml").read_bytes())
    sealed = parse((CORPUS / "smime_encrypted.eml").read_bytes())
    assert (opened.text, opened.defects) == ("Die Ware ist beschädigt.", ())
    assert [one.inline for one in opened.attachments] == [True]
    assert (sealed.text, sealed.defects) == ("", ("encrypted or sealed: cannot be read here",))
    assert [one.inline for one in sealed.attachments] == [False]


def test_fourth_envelope_stays_shut() -> None:
    """Each may hold as many parts as a mail, so few are opened."""
    sealed = (CORPUS / "smime_opaque.eml").read_bytes().partition(b"MIME-Version: 1.0\n")[2]
    mail = parse(_mail(b"--m\n" + b"\n--m\n".join([sealed] * 5), b"Content-Type: multipart/mixed; boundary=m\n"))
    assert mail.text.count("Die Ware") == 3
    assert len(mail.attachments) == 5


def test_attached_mail_is_one_attachment_with_its_exact_bytes() -> None:
    """Its children are not ours; its bytes are, to the last."""
    inner = b"From: Bob <bob@a.example>\r\nSubject: s\r\n\r\n--i\r\n  odd   spacing\r\n"
    body = b"--m\r\n\r\nSee.\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--m--\r\n"
    mail = parse(_mail(body, b"Content-Type: multipart/mixed; boundary=m\n"))
    assert [hashlib.sha256(one.content or b"").digest() for one in mail.attachments] == [hashlib.sha256(inner).digest()]


def test_several_senders_are_nobodys_identity() -> None:
    """Two From fields, two addresses or a group: a fact for whoever decides on identity."""
    assert parse((CORPUS / "several_from.eml").read_bytes()).several_from
    assert parse(b"From: a@x.example, b@x.example\n\n").several_from
    assert parse(b"From: team: a@x.example;\n\n").several_from
    assert not parse(_mail()).several_from


@pytest.mark.parametrize(
    "bad", ["a\x00b@x.example", "a b@x.example>", "a\u2028@x.example", "no address", "@x.example", "a@"]
)
def test_address_with_what_no_address_has_is_refused(bad: str) -> None:
    """It would end a header or a command, or reach somebody else."""
    boxes = read_addresses(f"Name <{bad}>").mailboxes
    assert all(box.address == "b@x.example" for box in boxes)


def test_addresses_survive_what_people_do_to_them() -> None:
    """Quotes, comments, groups, routes, missing brackets and commas."""
    value = '"A, B" <a@x.example>, b@x.example (Bob), C <@r.example:c@x.example> D <d@x.example>; E <e@x.example'
    found = [(box.name, box.address) for box in read_addresses(value).mailboxes]
    assert found == [
        ("A, B", "a@x.example"),
        ("Bob", "b@x.example"),
        ("C", "c@x.example"),
        ("D", "d@x.example"),
        ("E", "e@x.example"),
    ]


def test_html_becomes_text_without_code_or_hidden_address() -> None:
    """Scripts and styles vanish; a link whose words say something else shows where it leads."""
    text = to_text(
        '<style>x</style><p>Pay <a href="https://evil.example">https://bank.example</a><script>y</script></p>'
    )
    assert text == "Pay https://bank.example (https://evil.example)"


@given(st.text(alphabet="<>/ab pdivqute=\"'&;\n", max_size=300))
def test_any_html_gives_text(html: str) -> None:
    """There is no HTML that cannot be read."""
    assert "\x00" not in to_text(html)
