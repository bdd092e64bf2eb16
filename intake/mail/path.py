"""Read the address in MAIL and RCPT (RFC 5321 §4.1.2), in linear time, so that it is certain which mailbox it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

NULL = "<>"

# RFC 5321 §4.1.2 and RFC 6531 §3.3. Dots may stand anywhere in a local part: some providers have such addresses.
_LOCAL = re.compile(r'[^\x00-\x20\x7f<>()\[\]\\,;:"@]+')
_QUOTED = re.compile(r'"((?:[^\x00-\x1f\x7f"\\]|\\[^\x00-\x1f\x7f])*+)"')
_DOMAIN = re.compile(r'(?:\[[^\x00-\x20\x7f<>\[\]\\]*\]|[^\x00-\x20\x7f<>()\[\]\\,;:"@]+)')
# A route through other servers, which §4.1.1.3 says to ignore: what counts is the mailbox behind it.
_ROUTE = re.compile(r"@[^\x00-\x20\x7f<>()\[\]\\;:\"]+:")


@dataclass(frozen=True, slots=True)
class Path:
    """`address` is NULL for the null sender; `rest` is what stands behind: the parameters."""

    address: str
    rest: str


def read_path(words: str) -> Path | None:
    """The address at the start of `words`, in <> or without them, or None if there is none in a form that we know."""
    words = words.strip()
    if words.startswith(NULL):
        return Path(NULL, words[len(NULL) :].strip())
    bracketed = words.startswith("<")
    start = 1 if bracketed else 0
    if bracketed and (route := _ROUTE.match(words, start)):
        start = route.end()
    found = _mailbox(words, start)
    if found is None:
        return None
    address, end = found
    if bracketed:
        if not words.startswith(">", end):
            return None
        end += 1
    elif end < len(words) and words[end] not in " \t":
        return None
    return Path(address, words[end:].strip())


def _mailbox(words: str, start: int) -> tuple[str, int] | None:
    """The address that begins here, and where it ends."""
    if quoted := _QUOTED.match(words, start):
        plain = re.sub(r"\\(.)", r"\1", quoted[1])
        # §4.1.2: quotes that are not needed mean nothing; those that hide an @ or a space stay, and name nobody here.
        local = plain if _LOCAL.fullmatch(plain) else quoted[0]
        end = quoted.end()
    elif unquoted := _LOCAL.match(words, start):
        local, end = unquoted[0], unquoted.end()
    else:
        return None
    if not words.startswith("@", end) or not (domain := _DOMAIN.match(words, end + 1)):
        return None
    return f"{local}@{domain[0]}", domain.end()
