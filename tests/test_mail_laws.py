"""Laws of reading mail: what is written by rule comes back whole, and no bytes break the reader."""

from __future__ import annotations

import hashlib
import unicodedata
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.mail.html.sanitise import sanitised
from intake.mail.html.text import to_text
from intake.mail.inbound import Envelope, read
from intake.mail.parse import Mail, parse
from intake.mail.proof.verdict import Verdict
from intake.mail.tokens import Tokens
from tests.builders import NOW

SLOW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Letters of many scripts, and the signs that headers and parameters are made of.
_LETTERS = st.characters(codec="utf-8", categories=("L", "N"), exclude_characters="\u0130")
_SIGNS = st.sampled_from("  .,:;-_=?'\"()[]<>@%*&/\\äöü漢字🙂é")
WORDS = st.text(st.one_of(_LETTERS, _SIGNS), min_size=1, max_size=60).map(lambda words: " ".join(words.split()))
NAMES = st.text(st.one_of(_LETTERS, st.sampled_from(" .,'()-éß漢")), max_size=40).map(
    lambda words: " ".join(words.split())
)
FILES = st.text(st.one_of(_LETTERS, st.sampled_from(" .,-_()=%'&+äé漢")), min_size=1, max_size=80).map(
    lambda words: " ".join(words.split()) or "x"
)
ADDRESSES = st.builds(
    "{}@{}.example".format,
    st.text("abcdefghijklmnopqrstuvwxyz0123456789._+-", min_size=1, max_size=20).filter(
        lambda local: local[0] not in ".-" and local[-1] != "." and ".." not in local
    ),
    st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12),
)
LINES = st.lists(
    st.text(st.one_of(_LETTERS, st.sampled_from(" .,!?äé漢🙂=")), max_size=50), min_size=1, max_size=12
).map(lambda lines: "\n".join(line.strip() for line in lines).strip())


def _same(one: str, other: str) -> bool:
    """Equal but for the form of composed letters and the blanks at line ends."""
    first, second = (unicodedata.normalize("NFC", " ".join(words.split())) for words in (one, other))
    return first == second


@SLOW
@given(st.data())
def test_mail_written_by_rule_comes_back_whole(data: st.DataObject) -> None:
    """Names, subject, words, file names and bytes, in any script, charset and encoding."""
    message = EmailMessage(policy=SMTP)
    name, sender = data.draw(NAMES), data.draw(ADDRESSES)
    # The standard library's own writer mangles a name with a quote or a comma among letters that need encoding.
    message["From"] = f'"{name}" <{sender}>' if name.isascii() else f"{_word(name)} <{sender}>"
    to = data.draw(st.lists(ADDRESSES, min_size=1, max_size=5, unique=True))
    message["To"] = ", ".join(to)
    subject = data.draw(WORDS)
    message["Subject"] = subject
    text = data.draw(LINES)
    charset = data.draw(st.sampled_from(["utf-8", "utf-16", "utf-32", "gb18030", "utf-7"]))
    encoding = data.draw(st.sampled_from(["base64", "quoted-printable"]))
    # As bytes: the library puts line ends of one byte into UTF-16.
    body = text.encode(charset)
    message.set_content(body, maintype="text", subtype="plain", cte=encoding, params={"charset": charset})
    files = data.draw(st.lists(st.tuples(FILES, st.binary(max_size=300)), max_size=3))
    for filename, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=filename)
    mail = parse(message.as_bytes())
    assert mail.from_ is not None
    assert mail.from_.address == sender
    assert _same(mail.from_.name, name)
    assert [box.address for box in mail.to] == to
    assert _same(mail.subject, subject)
    assert _same(mail.text, text)
    assert [one.content for one in mail.attachments] == [content for _, content in files]
    assert all(_same(one.filename or "", wanted) for one, (wanted, _) in zip(mail.attachments, files, strict=True))


def _word(words: str) -> str:
    return f"=?utf-8?q?{''.join(f'={byte:02X}' for byte in words.encode())}?="


def _tree(data: st.DataObject, depth: int) -> MIMEPart:
    """A well-formed tree of parts."""
    part = MIMEPart(policy=SMTP)
    if depth == 0 or data.draw(st.booleans()):
        kind = data.draw(st.sampled_from(["plain", "html", "csv"]))
        part.set_content(data.draw(LINES), subtype=kind, cte=data.draw(st.sampled_from(["base64", "quoted-printable"])))
        if data.draw(st.booleans()):
            part["Content-Disposition"] = data.draw(st.sampled_from(["inline", "attachment; filename=a.txt"]))
        return part
    part["Content-Type"] = f"multipart/{data.draw(st.sampled_from(['mixed', 'alternative', 'related', 'signed']))}"
    for _ in range(data.draw(st.integers(1, 3))):
        part.attach(_tree(data, depth - 1))
    return part


@SLOW
@given(st.data())
def test_line_ends_say_nothing(data: st.DataObject) -> None:
    """CRLF, as on the wire, and LF, as on a Unix disk, are the same mail."""
    tree = _tree(data, 3)
    tree["From"] = "Anna <anna@customer.example>"
    tree["Subject"] = data.draw(WORDS)
    wire = tree.as_bytes()
    assert b"\r\n" in wire
    assert _without_text_bytes(parse(wire)) == _without_text_bytes(parse(wire.replace(b"\r\n", b"\n")))


def _without_text_bytes(mail: Mail) -> tuple[object, ...]:
    """What is compared: a text file's own line ends are its own when they travel unencoded."""
    files = [(one.filename, one.content_type, (one.content or b"").replace(b"\r\n", b"\n")) for one in mail.attachments]
    return mail.from_, mail.subject, mail.text, mail.html, files, mail.defects


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    b"From: ",
                    b"Subject: ",
                    b"To: ",
                    b"Content-Type: ",
                    b"multipart/mixed; boundary=b",
                    b"text/html",
                    b"\n",
                ),
                *(
                    b"\n\n",
                    b"\r\n",
                    b"\r",
                    b"--b",
                    b"--b--",
                    b"=?utf-8?b?",
                    b"?=",
                    b"\x00",
                    b"\xff",
                    b"\x1b$B",
                    b"<div>",
                ),
                *(
                    b"Content-Transfer-Encoding: base64",
                    b"charset=utf-7",
                    b"charset=iso-2022-jp",
                    b"; name*0*=",
                    b"\xf0\x9f",
                ),
                *(
                    b"message/rfc822",
                    b"text/calendar",
                    b"BEGIN:VEVENT",
                    b"DTSTART:",
                    b"\x78\x9f\x3e\x22",
                    b"begin 644 x\n",
                ),
                *(
                    b"-----BEGIN PGP SIGNED MESSAGE-----\n",
                    b"application/pkcs7-mime",
                    b"<a@b.example>",
                    b'"',
                    b"(",
                    b"AAAA",
                ),
            ]
        )
        | st.binary(max_size=12),
        max_size=40,
    ).map(b"".join)
)
def test_any_pieces_give_a_storable_mail(raw: bytes) -> None:
    """No NUL, no half of a surrogate pair, in any text of a mail; and the same bytes twice are the same mail."""
    mail = parse(raw)
    assert not any(defect.startswith("could not be read") for defect in mail.defects)
    texts = [mail.subject, mail.text, mail.html or "", mail.message_id or "", *mail.references, *mail.in_reply_to]
    texts += [word for box in (*mail.to, *mail.cc, *mail.reply_to) for word in (box.name, box.address)]
    texts += [word or "" for one in mail.attachments for word in (one.filename, one.content_type, one.content_id)]
    for text in texts:
        assert "\x00" not in text
        text.encode()
    for one in mail.attachments:
        assert one.size == len(one.content or b"")
    digests = [hashlib.sha256(one.content or b"").digest() for one in mail.attachments]
    assert digests == [hashlib.sha256(one.content or b"").digest() for one in parse(raw).attachments]
    assert parse(raw) == mail


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_over_the_wire_give_a_message(raw: bytes) -> None:
    """Law 1 for the whole adapter: envelope and mail make an `Inbound`, whatever they are."""
    envelope = Envelope("anna@customer.example", ("support@shop.example",), "203.0.113.5")
    message = read(raw, envelope, Tokens(b"k" * 32), ("support@shop.example",), Verdict(), NOW)
    assert message.raw == raw


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<div>",
                    "</div>",
                    "<p>",
                    "<p class=MsoNormal>",
                    "<br>",
                    "&nbsp;",
                    "<table>",
                    "<tr>",
                    "<td>",
                    "</table>",
                ),
                *(
                    "<ul>",
                    "<li>",
                    "</ul>",
                    "<blockquote>",
                    "</blockquote>",
                    "<div class=yahoo_quoted>",
                    "<a href=http://x>",
                ),
                *(
                    "</a>",
                    "<b>From: x</b>",
                    "<hr>",
                    "<pre>",
                    "a\nb",
                    "</pre>",
                    "<!-- c -->",
                    "word",
                    " ",
                    "\u200b",
                    "&lt;",
                ),
                *(
                    "<div style='display:none'>",
                    "<div style='border-top:solid 1px'>",
                    "<script>x</script>",
                    "<span hidden>",
                ),
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_html_gives_tidy_text(html: str) -> None:
    """No blank at a line's end but a signature's, no run of blank lines, no markup, no visible word lost."""
    text = to_text(html)
    assert all(line == line.rstrip() or line == "-- " for line in text.split("\n"))
    assert "\u200b" not in text
    if "<pre>" not in html:
        assert "\n\n\n\n" not in text
    if "display:none" not in html and "<span hidden>" not in html:
        assert text.count("word") == html.count("word")
    assert "<script" not in text
    assert "<script" not in (sanitised(html) or "")
