"""Mails that would cost a naive reader minutes, gigabytes or its stack. All of them are made here."""

from __future__ import annotations

import base64
import struct
import zlib

from tests.hostile.case import HEAD, MIB, Case, filled, letter

MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
HTML = HEAD + b"Subject: page\r\nContent-Type: text/html\r\n\r\n"
TNEF = HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n\x78\x9f\x3e\x22\x01\x00"
SEALED = HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\n"
CALENDAR = HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"
SIZE, LARGEST = 2 * MIB, 16 * MIB


def _nested(depth: int, kind: bytes = b"mixed") -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/%s; boundary=b%d\r\n\r\n--b%d\r\n" % (kind, level, level) for level in range(depth)
    )
    closed = b"".join(b"\r\n--b%d--\r\n" % level for level in reversed(range(depth)))
    return HEAD + opened + b"\r\nAt the bottom\r\n" + closed


def _messages_in_messages(depth: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n" * depth + b"\r\nAt the bottom\r\n"


def _parameters(size: int) -> bytes:
    listed = b"".join(b"; name*%d*=utf-8''%%41" % number for number in range(size // 24))
    return letter(b"x", b"Content-Type: text/plain" + listed)


def _same_ids(count: int) -> bytes:
    return letter(b"x", b"References: " + b" ".join(b"<%d@evil.example>" % number for number in range(count)))


def _zip_bomb() -> bytes:
    packed = zlib.compress(b"\0" * (64 * MIB), 9)
    part = b"--x\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename=bomb.zip\r\n"
    return MIXED + part + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(packed) + b"\r\n--x--\r\n"


BOMBS: dict[str, Case] = {
    "parts nested 1,000 deep": Case(_nested(1000), defect="nested deeper than 20"),
    "parts nested 300,000 deep": Case(_nested(300_000), defect="nested deeper than 20"),
    "alternatives nested 500 deep": Case(_nested(500, b"alternative"), defect="nested deeper than 20"),
    "mails within mails": Case(_messages_in_messages(10_000)),
    "300,000 parts": Case(filled(MIXED, b"--x\r\n\r\na\r\n", 3 * MIB), defect="more than 200 parts"),
    "parts without an end": Case(filled(MIXED, b"--x\r\n", SIZE), defect="more than 200 parts"),
    "delimiters that are none": Case(filled(MIXED, b"--x -- ", SIZE)),
    "a boundary of 60 KB": Case(
        letter(b"--" + b"b" * 60_000 + b"\r\n\r\nx", b'Content-Type: multipart/mixed; boundary="%s"' % (b"b" * 60_000))
    ),
    "100,000 header fields": Case(filled(HEAD, b"X-Bomb: a\r\n", MIB), defect="header block too long"),
    "100,000 times Subject": Case(filled(HEAD, b"Subject: a\r\n", MIB), subject="a", defect="header block too long"),
    "a header field of 2 MiB": Case(letter(b"x", b"Subject: " + b"a" * SIZE), defect="too long"),
    "a subject folded 100,000 times": Case(filled(HEAD + b"Subject: a", b"\r\n b", SIZE), defect="too long"),
    "a field name of 1 MiB": Case(letter(b"x", b"X" * MIB + b": a")),
    "a header without an end": Case(filled(HEAD, b"X: " + b"a" * 90 + b"\r\n", LARGEST, b""), defect="too long"),
    "100,000 recipients": Case(filled(HEAD + b"Cc: ", b"a@b.example, ", MIB), defect="header"),
    "quotation marks among people": Case(letter(b"x", b"Cc: " + b'"\\' * 30_000)),
    "comments in comments": Case(letter(b"x", b"To: a" + b"(" * 60_000)),
    "angle brackets": Case(letter(b"x", b"Message-ID: " + b"<" * 8000, b"In-Reply-To: " + b"<" * 60_000)),
    "60,000 references": Case(_same_ids(60_000), defect="References"),
    "700 KB of encoded words": Case(filled(HEAD + b"Subject: ", b"=?utf-8?q?=41?= ", 700_000), defect="too long"),
    "encoded words in encoded words": Case(letter(b"x", b"Subject: " + b"=?utf-8?q?" * 800 + b"a" + b"?=" * 800)),
    "encoded words that never end": Case(letter(b"x", b"Subject: " + b"=?utf-8?b?" * 800)),
    "50,000 parameters by RFC 2231": Case(_parameters(1_200_000), defect="too long"),
    "a line of 24 MiB": Case(letter(b"a" * LARGEST)),
    "nothing but line ends": Case(letter(b"\r\n" * MIB)),
    "quotes nested 1,000 deep": Case(letter(b"".join(b">" * depth + b"a\r\n" for depth in range(1000)))),
    "10 MiB of quoted lines": Case(filled(HEAD + b"\r\n", b"> a\r\n", 10 * MIB)),
    "signature marks": Case(filled(HEAD + b"\r\n", b"-- \r\n", SIZE)),
    "announcements of quotations": Case(
        filled(HEAD + b"\r\n", b"On Tue, 24 Nov 2026 at 09:00, Eve <e@e.example> wrote:\r\n", SIZE)
    ),
    "dashes and underscores": Case(filled(HEAD + b"\r\n", b"-" * 500 + b"_" * 499 + b"\r\n", SIZE)),
    "an address that almost is one": Case(letter(b"a." * MIB + b"@\r\n")),
    "numbers that almost are orders": Case(filled(HEAD + b"\r\n", b"R-1234567890 #12-34-56 ", SIZE)),
    "blanks before a line end": Case(filled(HEAD + b"\r\n", b" " * 5000 + b"x\r\n", SIZE)),
    "flowed quotes": Case(
        filled(HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n", b">" * 500 + b"a \r\n", SIZE)
    ),
    "soft line ends": Case(filled(HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=\r\n", SIZE)),
    "base64 in crumbs": Case(filled(HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n", b"Y\r\n", SIZE)),
    "uuencoded beginnings": Case(filled(HEAD + b"\r\n", b"begin 644 a\r\n", SIZE)),
    "utf-7": Case(filled(HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n", b"+AAA-+", LARGEST)),
    "escape sequences of ISO-2022": Case(
        filled(HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n", b"\x1b$B\x1b(B", SIZE)
    ),
    "a page of 6 million elements": Case(filled(HTML, b"<b>x", LARGEST)),
    "a page 100,000 deep": Case(filled(HTML, b"<div>", MIB)),
    "a page of tables": Case(filled(HTML, b"<table><td>a", LARGEST)),
    "a page of entities": Case(filled(HTML, b"&", SIZE)),
    "a page of comments": Case(filled(HTML, b"<!--", SIZE)),
    "a page of one attribute": Case(filled(HTML + b"<p ", b"a='", SIZE)),
    "a page of styles": Case(filled(HTML + b"<p style='", b"color:red;", MIB, b"'>The end.")),
    "a page with pictures written out": Case(filled(HTML, b"<img src='data:image/png;base64,", SIZE)),
    "a zip that unpacks to 64 MiB": Case(_zip_bomb(), files=("bomb.zip",)),
    "winmail.dat of 100,000 files": Case(filled(TNEF, struct.pack("<BHHIH", 2, 0x9002, 0, 0, 0), MIB)),
    "winmail.dat that says 4 GiB": Case(TNEF + struct.pack("<BHHI", 1, 0x9003, 6, 0xFFFFFFFF) + b"x" * 100),
    "S/MIME of nothing but beginnings": Case(filled(SEALED, b"\x30\x80", SIZE)),
    "S/MIME that says 2^64 bytes": Case(SEALED + b"\x30\x88" + b"\xff" * 8 + b"x" * 100),
    "100,000 events": Case(filled(CALENDAR, b"BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n", SIZE)),
    "an event that never ends to repeat": Case(
        CALENDAR + b"BEGIN:VEVENT\r\nDTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ),
    "50,000 guests": Case(filled(CALENDAR + b"BEGIN:VEVENT\r\n", b"ATTENDEE;CN=a:mailto:x\r\n", MIB)),
    "a report of 100,000 recipients": Case(
        filled(
            b"From: MAILER-DAEMON@evil.example\r\nSubject: Undelivered\r\n"
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
            b"--x\r\nContent-Type: message/delivery-status\r\n\r\n",
            b"Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n",
            SIZE,
        ),
        mail_from="",
        acknowledged=False,
    ),
}
