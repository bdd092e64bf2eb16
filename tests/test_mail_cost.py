"""What a mail costs grows with its bytes and no faster, whatever shape a sender gives it."""

from __future__ import annotations

import base64
import struct
import time
from collections.abc import Callable

import pytest

from bench.load import letters
from intake.mail.body import read_body
from intake.mail.inbound import Envelope, read
from intake.mail.mime import take_apart
from intake.mail.parse import parse
from intake.mail.proof.verdict import Verdict
from intake.mail.reading import HEAVY
from intake.mail.tokens import Tokens
from tests.builders import NOW

SIZE = 1 << 20  # bytes of the smaller of two mails of one shape
FREE = 0.15  # CPU seconds that need no explanation: they are noise
MOST = 2.8  # times the cost for twice the bytes; a quadratic reader needs 4 times

HEAD = b"From: Anna <anna@customer.example>\nTo: support@shop.example\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n"
FLOWED = HEAD + b"Content-Type: text/plain; format=flowed\n\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
QUOTED = HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n"
PACKED = HEAD + b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
TNEF = HEAD + b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22\x01\x00"
CALENDAR = HEAD + b"Content-Type: text/calendar\n\n"
SEALED = (
    HEAD + b"Content-Type: application/pkcs7-mime\n\n" + bytes.fromhex("308006092a864886f70d010702a080308002010331")
)
SIGNED = SEALED + bytes.fromhex("00308006092a864886f70d010701a0802480")
PGP = HEAD + b"\n-----BEGIN PGP SIGNED MESSAGE-----\n\n"


def _repeated(start: bytes, piece: bytes, end: bytes = b"\n\nx\n") -> Callable[[int], bytes]:
    return lambda size: start + piece * (size // len(piece)) + end


def _charset(name: bytes) -> Callable[[int], bytes]:
    start = HEAD + b"Content-Type: text/plain; charset=" + name + b"\n\n"
    return _repeated(start, b"\x1b$B\xe4\xff~{+AAA-abc ")


def _nested(size: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (one, one) for one in range(size // 60))


def _parameters(size: int) -> bytes:
    return HEAD + b"Content-Type: text/plain" + b"".join(b"; a*%d*=x" % one for one in range(size // 10)) + b"\n\nx"


SHAPES: dict[str, Callable[[int], bytes]] = {
    "nested parts": _nested,
    "parts": _repeated(MIXED, b"--x\n\na\n"),
    "delimiters that are none": _repeated(MIXED, b"--x -- "),
    "attached mails": _repeated(MIXED, b"--x\nContent-Type: message/rfc822\n\nSubject: a\n\n" + b"--x " * 50),
    "one header": _repeated(HEAD + b"X: ", b"a"),
    "folded header": _repeated(HEAD + b"Subject: a", b"\n b"),
    "headers": _repeated(HEAD, b"Subject: a\n"),
    "references": _repeated(HEAD + b"References: ", b"<a@b>\n "),
    "people": _repeated(HEAD + b"Cc: ", b"a@b.example, "),
    "quotes among people": _repeated(HEAD + b"Cc: ", b'"\\"'),
    "comments among people": _repeated(HEAD + b"Cc: <", b"(\\("),
    "encoded words": _repeated(HEAD + b"Subject: ", b"=?utf-8?q?a?= "),
    "parameters": _parameters,
    "endless line": _repeated(HEAD + b"\n", b"a"),
    "line ends": _repeated(HEAD + b"\n", b"\n"),
    "returns": _repeated(HEAD + b"\n", b"\r"),
    "quoted lines": _repeated(HEAD + b"\n", b"> a\n"),
    "flowed lines": _repeated(FLOWED, b"a \n"),
    "flowed quotes": _repeated(FLOWED, b">" * 500 + b"a \n"),
    "base64": lambda size: PACKED + base64.encodebytes(b"a" * (size * 3 // 4)),
    "base64 in pieces": _repeated(PACKED, b"YQ==\n"),
    "quoted-printable": _repeated(QUOTED, b"=E4"),
    "soft line ends": _repeated(QUOTED, b"=\n"),
    "uuencoded files": _repeated(HEAD + b"\n", b"begin 644 a\n#86%A\n`\nend\n"),
    "uuencoded beginnings": _repeated(HEAD + b"\n", b"begin 644 a\n"),
    "signed beginnings": _repeated(HEAD + b"\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n"),
    "signed dashes": _repeated(PGP, b"- a\n", b"-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n"),
    "winmail.dat of files": _repeated(TNEF, struct.pack("<BHHIH", 2, 0x9002, 0, 0, 0)),
    "winmail.dat of values": _repeated(
        TNEF + struct.pack("<BHHII", 1, 0x9003, 0, 0xFFFFFFFF, 0xFFFFFFFF), struct.pack("<HHI", 0x1002, 1, 0xFFFFFFFF)
    ),
    "events": _repeated(CALENDAR, b"BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n"),
    "guests": _repeated(CALENDAR + b"BEGIN:VEVENT\n", b"ATTENDEE;CN=a:mailto:x\n", b"END:VEVENT\n"),
    "sealed": _repeated(SEALED, b"\x30\x80"),
    "signed pieces": _repeated(SIGNED, b"\x04\x01a"),
    "signed pieces in pieces": _repeated(SIGNED, b"\x24\x80"),
    "HTML of an office": _repeated(
        HTML,
        b'<table><tr><td style="color:red"><p class=MsoNormal><span lang=EN>Hi <a href="https://a.example">b</a></p>',
    ),
    "HTML words": _repeated(HTML, b"a "),
    "HTML elements": _repeated(HTML, b"<b>x"),
    "HTML depth": _repeated(HTML, b"<div>"),
    "HTML tables": _repeated(HTML, b"<table><td>a"),
    "HTML entities": _repeated(HTML, b"&"),
    "HTML attributes": _repeated(HTML + b"<p ", b"a "),
    "HTML comment": _repeated(HTML, b"<!--"),
    "HTML addresses": _repeated(HTML, b"'data:"),
    "bounced": _repeated(b"From: MAILER-DAEMON\nSubject: Undelivered\n\n", b"<a@b.example>: 550 no such user\n"),
    **{
        f"charset {name}": _charset(name.encode())
        for name in ("utf-8", "utf-7", "utf-16", "iso-2022-jp", "gb2312", "hz", "koi8-r", "none", "ascii", "shift_jis")
    },
}


def _cost(raw: bytes) -> float:
    began = time.process_time()
    message = read(raw, ENVELOPE, TOKENS, ("support@shop.example",), Verdict(), NOW)
    spent = time.process_time() - began
    assert not any(defect.startswith("could not be read") for defect in message.defects)
    return spent


ENVELOPE = Envelope("anna@customer.example", ("support@shop.example",), "203.0.113.5")
TOKENS = Tokens(b"a secret of the tests")


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_bytes_cost_about_twice(shape: str) -> None:
    """By ratio, for machines differ; the least of three runs, for they also do other things."""
    _cost(SHAPES[shape](10_000))  # libraries that load when they are first needed
    small, large = SHAPES[shape](SIZE), SHAPES[shape](2 * SIZE)
    for _ in range(3):
        twice = _cost(large)
        if twice < FREE or twice < MOST * _cost(small):
            return
    pytest.fail(f"{shape}: {twice:.2f} s for {len(large)} bytes")


@pytest.mark.parametrize("shape", SHAPES)
def test_mail_that_is_read_in_the_loop_keeps_nobody_waiting(shape: str) -> None:
    """Whatever is not called heavy takes less than the 50 ms for which the loop may stand still."""
    raw = SHAPES[shape](HEAVY)
    assert min(_cost(raw) for _ in range(4)) < 0.05


def test_largest_mail_costs_a_moment() -> None:
    """25 MiB, the most that the server takes, as an attachment of an ordinary kind."""
    raw = SHAPES["base64"](25 << 20)
    began = time.process_time()
    (attachment,) = parse(raw).attachments
    assert time.process_time() - began < 3
    assert attachment.size == (25 << 20) * 3 // 4


def test_judging_a_letter_is_cheap_beside_reading_it() -> None:
    """By ratio: hundreds of phrases in thirty languages are looked for only where something else speaks for a robot."""
    raws = [letter.raw for letter in letters(50, seed=1)]
    parsed = min(_spent(lambda: [parse(raw) for raw in raws]) for _ in range(5))
    read_only = min(_spent(lambda: [read_body(take_apart(raw)[0]) for raw in raws]) for _ in range(5))
    assert parsed < 10 * read_only


def _spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
