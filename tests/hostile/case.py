"""A hostile mail, and what must become of it."""

from __future__ import annotations

from dataclasses import dataclass

EVE = "eve@evil.example"
HEAD = b"From: Eve <eve@evil.example>\r\nTo: support@shop.example\r\n"
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Case:
    """One mail. What is None or empty is not asked; laws that hold for each (test_mails.py) are not said here."""

    raw: bytes
    subject: str | None = None
    text: str | None = None  # stands in its text
    author: str | None = None
    files: tuple[str | None, ...] | None = None  # their names
    defect: str | None = None  # stands in one of its defects
    without: tuple[str, ...] = ()  # stands nowhere in what is stored of it
    acknowledged: bool | None = None
    opens: bool | None = None  # does it open a request
    mail_from: str = EVE  # envelope; empty for the null sender


def letter(body: bytes = b"Hello\r\n", *fields: bytes, head: bytes = HEAD) -> bytes:
    """A mail with these fields besides the usual ones."""
    return head + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def filled(start: bytes, piece: bytes, size: int, end: bytes = b"\r\n\r\nThe end.\r\n") -> bytes:
    """`piece` over and over until the mail has about so many bytes."""
    return start + piece * ((size - len(start)) // len(piece)) + end
