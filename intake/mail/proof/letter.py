"""A mail as signers see it: its fields byte for byte, its body, and the one address that it claims to come from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.mail import headers
from intake.mail.addresses import read_addresses

MAX_HEADER = 256 << 10  # bytes

Field = tuple[bytes, bytes]  # the name as it is written; the value with its folds and its line end

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
# RFC 5322 §2.2; no blank before the colon, for signers and verifiers do not agree on what that is.
_NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200}):")


@dataclass(frozen=True, slots=True)
class Letter:
    """`sound`: every reader finds the same fields in it. Signatures of a mail that is not sound count for nothing."""

    fields: tuple[Field, ...]
    body: bytes
    sound: bool
    author: str  # the address of the From, in small letters; empty when there is none or more than one

    def all(self, name: bytes) -> list[bytes]:
        """The values of all fields of this name (in small letters), topmost first."""
        return [value for known, value in self.fields if known.lower() == name]


def read_letter(raw: bytes) -> Letter:
    """Split a mail. Total and linear."""
    head, body = _split(raw)
    plain = head.replace(b"\r\n", b"\n")
    # What one program takes for a line end and another for a letter hides a From from one of them.
    sound = not plain.startswith((b" ", b"\t")) and b"\r" not in plain and b"\0" not in plain
    if len(plain) > MAX_HEADER:
        plain, sound = plain[:MAX_HEADER], False
    fields: list[Field] = []
    for number, written in enumerate(re.split(rb"\n(?![ \t])", plain)):
        if match := _NAME.match(written):
            fields.append((match[1], written[match.end() :].replace(b"\n", b"\r\n") + b"\r\n"))
        elif written and not (number == 0 and written.startswith(b"From ")):
            sound = False
    return Letter(tuple(fields), body, sound, _author(fields))


def _split(raw: bytes) -> tuple[bytes, bytes]:
    if raw.startswith((b"\r\n", b"\n")):
        return b"", raw
    blank = _BLANK_LINE.search(raw)
    head, body = (raw[: blank.start()], raw[blank.end() :]) if blank else (raw.rstrip(b"\r\n"), b"")
    if body.count(b"\n") != body.count(b"\r\n"):
        # Signatures are made over CRLF (RFC 6376 §5.3).
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return head, body


def _author(fields: list[Field]) -> str:
    senders = [value for name, value in fields if name.lower() == b"from"]
    if len(senders) != 1:
        return ""
    found = read_addresses(headers.unfold(senders[0]))
    return found.mailboxes[0].address.lower() if len(found.mailboxes) == 1 and not found.group else ""
