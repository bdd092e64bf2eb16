"""Outlook's envelope gives its words and files, whatever stands in it, and never more work than it is long."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tnefparse import TNEF

from intake.mail.parse import parse
from intake.mail.wrapped.tnef import open_tnef

SIGNATURE = b"\x78\x9f\x3e\x22\x01\x00"
IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")


def attribute(number: int, value: bytes, level: int = 1) -> bytes:
    """One attribute of the stream, with its checksum."""
    return struct.pack("<BHHI", level, number, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def text_property(name: int, words: str) -> bytes:
    """A property that is a Unicode string."""
    value = (words + "\0").encode("utf-16-le")
    return struct.pack("<HHII", 0x1F, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def bytes_property(name: int, value: bytes, kind: int = 0x102) -> bytes:
    """A property that is a string of bytes."""
    return struct.pack("<HHII", kind, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def number_property(name: int, value: int) -> bytes:
    return struct.pack("<HHI", 3, name, value)


def properties(*those: bytes) -> bytes:
    return struct.pack("<I", len(those)) + b"".join(those)


def attached(short: str, content: bytes, *more: bytes) -> bytes:
    """A file as Outlook writes it: its beginning, its short title, its bytes, its properties."""
    return (
        attribute(0x9002, b"\0" * 14, 2)
        + attribute(0x8010, short.encode() + b"\0", 2)
        + (attribute(0x800F, content, 2) if content else b"")
        + (attribute(0x9005, properties(*more), 2) if more else b"")
    )


def envelope(*those: bytes, codepage: int = 1252) -> bytes:
    """A whole winmail.dat."""
    version = attribute(0x9006, struct.pack("<I", 0x10000))
    return SIGNATURE + version + attribute(0x9007, struct.pack("<II", codepage, 0)) + b"".join(those)


def _mail(content: bytes, text: bytes = b"") -> bytes:
    return (
        b"From: Anna <anna@customer.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" + text + b"\n--b\n"
        b'Content-Type: application/ms-tnef; name="winmail.dat"\n\n' + content + b"\n--b--\n"
    )


def test_files_and_long_names_come_out() -> None:
    """The title outside is cut to eight letters; the property has the whole name."""
    whole = envelope(
        attached("RECHNU~1.PDF", b"%PDF one", text_property(0x3707, "Rechnung für März.pdf")),
        attached("logo.png", b"PNG", text_property(0x370E, "image/png"), text_property(0x3712, "logo@x")),
    )
    first, second = open_tnef(whole).files
    assert (first.name, first.content) == ("Rechnung für März.pdf", b"%PDF one")
    assert (second.name, second.content_type, second.content_id) == ("logo.png", "image/png", "logo@x")


def test_text_is_read_in_its_own_code_page() -> None:
    """Windows programs write in the code page of their machine and name it by number."""
    russian = "Посылка не пришла"
    assert open_tnef(envelope(attribute(0x800C, russian.encode("cp1251") + b"\0"), codepage=1251)).text == russian
    html = properties(number_property(0x3FDE, 65001), bytes_property(0x1013, "<p>Grüße</p>".encode()))
    assert open_tnef(envelope(attribute(0x9003, html))).html == "<p>Grüße</p>"


def test_words_of_the_envelope_stand_in_only_where_the_mail_has_none() -> None:
    """Outlook sends the same words outside as a rule; twice would be once too often."""
    whole = envelope(attribute(0x800C, b"inside\0"), attached("a.txt", b"A"))
    assert parse(_mail(whole, b"outside")).text == "outside"
    assert parse(_mail(whole)).text == "inside"
    assert [(one.filename, one.inline) for one in parse(_mail(whole)).attachments] == [
        ("winmail.dat", True),
        ("a.txt", False),
    ]


def test_message_within_gives_its_words_and_files() -> None:
    """A mail that was attached in Outlook travels as an envelope in the envelope."""
    inner = envelope(attribute(0x800C, b"the older mail\0"), attached("b.txt", b"B"))
    nested = bytes_property(0x3701, IMESSAGE + inner, 0x0D)
    mail = parse(_mail(envelope(attached("Old mail", b"", nested)), b"see"))
    assert [(one.filename, one.content) for one in mail.attachments[1:]] == [
        ("Old mail.txt", b"the older mail"),
        ("b.txt", b"B"),
    ]


def test_damaged_envelope_stays_a_file() -> None:
    """Nothing found in it is no reason to lose it."""
    mail = parse(_mail(SIGNATURE + b"\1\2\3", b"see"))
    assert [(one.filename, one.inline) for one in mail.attachments] == [("winmail.dat", False)]
    assert "winmail.dat in which nothing was found" in mail.defects


def test_another_reader_sees_the_same() -> None:
    """What our tests build is what others open: the library tnefparse reads the same names, bytes and words."""
    whole = envelope(
        attribute(0x9003, properties(text_property(0x1000, "Guten Tag"), number_property(0x3FDE, 1252))),
        attached("one.bin", bytes(range(256)), text_property(0x3707, "eins.bin")),
        attached("two.bin", b"2" * 1001),
    )
    other, ours = TNEF(whole), open_tnef(whole)
    assert [(one.long_filename().strip("\0"), one.data) for one in other.attachments] == [
        (one.name, one.content) for one in ours.files
    ]
    assert ours.text == "Guten Tag"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400), st.binary(max_size=8))
def test_any_bytes_open_to_something(tail: bytes, at: int, patch: bytes) -> None:
    """Envelopes come damaged, and some are made to break a reader."""
    sound = envelope(
        attribute(0x9003, properties(text_property(0x1000, "a"))), attached("a", b"b", text_property(1, "c"))
    )
    open_tnef(sound[:at] + patch + sound[at + len(patch) :] + tail)


BOMBS = {
    "properties without end": attribute(0x9003, struct.pack("<I", 0xFFFFFFFF)),
    "values without end": attribute(0x9003, struct.pack("<IHHI", 0xFFFFFFFF, 0x1002, 1, 0xFFFFFFFF)),
    "empty strings": attribute(0x9003, struct.pack("<IHHI", 1, 0x101E, 1, 0xFFFFFFFF) + b"\0" * 4_000_000),
    "attributes": attribute(0x9002, b"") * 500_000,
    "names": attribute(0x9003, struct.pack("<IHH", 1, 3, 0x8000) + b"\0" * 16 + b"\xff" * 8),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_opened_in_a_moment(name: str) -> None:
    """Counts in the stream are claims; only its length is a fact."""
    began = time.process_time()
    open_tnef(SIGNATURE + BOMBS[name])
    assert time.process_time() - began < 1
