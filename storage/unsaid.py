"""What must never be written anywhere: this installation's secrets. Nothing is stored, logged or told with them in it.

They are known by their values, and so found whatever a library, a relay or a server makes of them and wherever they
stand. What nobody has told us about is found by its form: a bot's token, and a password in an address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

SHORTEST = 6  # characters; what is shorter is found in addresses alone, or no line could be read any more
# A bot's token stands in the address of every call to Telegram.
TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{20,256}")
# The bounds keep it linear.
LOGIN = re.compile(r"(?<=://)[^\s/@:]{0,128}:[^\s/@]{0,256}(?=@)")

_known: set[str] = set()
_anywhere: re.Pattern[str] | None = None


def keep_unsaid(secrets: Iterable[str]) -> None:
    """Remember values that must not be written, for as long as the program runs."""
    global _anywhere
    _known.update(form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret))
    if _known:
        # The longest first: one may be a part of another.
        _anywhere = re.compile("|".join(re.escape(form) for form in sorted(_known, key=len, reverse=True)))


def unsaid(text: str) -> str:
    """The text without any secret in it."""
    if _anywhere is not None:
        text = _anywhere.sub("<secret>", text)
    return LOGIN.sub("<login>", TOKEN.sub("<token>", text))


def _forms(secret: str) -> set[str]:
    """A secret as it is, and as addresses, JSON and Python write it."""
    return {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
    }
