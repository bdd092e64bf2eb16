"""Read one line of an SMTP client as a command. Pure; what is wrong with a line is a sentence for the client."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.mail.limits import BARE_LINE_END, COMMAND_TOO_LONG, CONTROL_CHARACTERS, UNKNOWN_COMMAND

# An address may have 64 + 255 letters of up to four bytes each, and parameters follow it.
LONGEST = 2048

# Who says this speaks another protocol, often made to by somebody else's page (Postfix: smtpd_forbidden_commands), or
# sends a mail right behind it (RFC 3030, not offered here): what follows may not be taken for commands.
HANGS_UP = frozenset({"BDAT", "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})

_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Command:
    """`name` in capitals; `argument` is None when nothing follows."""

    name: str
    argument: str | None


def read_command(line: bytes) -> Command | str:
    """The command in a line with its line end, or the sentence that refuses it."""
    # RFC 5321 §2.3.8: only CRLF ends a line. Where a bare CR or LF does too, mails are smuggled.
    if not line.endswith(b"\r\n"):
        return BARE_LINE_END
    words = line[:-2]
    if len(words) > LONGEST:
        return COMMAND_TOO_LONG
    if b"\r" in words:
        return BARE_LINE_END
    if _CONTROL.search(words):
        return CONTROL_CHARACTERS
    name, _, argument = words.partition(b" ")
    if not name.isalnum():
        return UNKNOWN_COMMAND
    # Eight bits come with SMTPUTF8 and without it; what is no UTF-8 is kept, and later shown as a question mark.
    said = argument.strip().decode("utf-8", "surrogateescape")
    return Command(name.upper().decode("ascii"), said or None)
