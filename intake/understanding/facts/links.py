"""Find web and mail addresses. A link is no fact, but what stands in it is used up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts.fact import Fact
from intake.understanding.near import matches, stretches

_URL = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_.+%-])[A-Za-z0-9_%+-](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_%+-])?@"
    r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9_-])"
)
_AT = re.compile("@")
_LONGEST_NAME, _LONGEST_HOST = 64, 8 * 64 + 26


def links_and_mails(text: str) -> Iterator[Fact]:
    """Mail addresses in small letters, and links as facts of no kind."""
    # An address inside of a link belongs to the link.
    if "://" in text or "www." in text.lower():
        for match in _URL.finditer(text):
            yield Fact("", match.group(), match.start(), match.end(), 1.0)
    if "@" in text:
        for match in matches(_EMAIL, text, stretches(text, _AT, _LONGEST_NAME, _LONGEST_HOST)):
            yield Fact("email", match.group().lower(), match.start(), match.end(), 0.95)
