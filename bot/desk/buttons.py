"""What a button carries: the deed, the request, the card that it was seen on, all signed. Pure.

A button lives as long as its message: across restarts, and after the request has changed. So it names the version of
the request that its card showed, and a signature keeps anybody from making up presses that no card of ours offers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from telegram.constants import InlineKeyboardButtonLimit

MAC_SIGNS = 6  # 30 bits of base32: with the check of who presses, enough against made-up presses
LONGEST_ARGUMENT = 20


class Deed(StrEnum):
    """What a press does."""

    # On a card; the version is the request's.
    TAKE = "take"
    DROP = "drop"
    GIVE = "give"  # to the agent with this id
    RESOLVE = "resolve"
    REOPEN = "reopen"
    SPAM = "spam"
    BLOCK = "block"
    UNBLOCK = "unblock"
    JOIN = "join"  # into the request with this id
    CATEGORY = "category"
    RIGHT = "right"  # the program has sorted it rightly
    PRIORITY = "priority"
    CASE = "case"  # the after-sales case comes to this state
    REFUSE = "refuse"  # the after-sales case, for this reason
    ASK = "ask"  # the customer, for what the after-sales case still needs
    PICK = "pick"  # show the picker of this name in the place of the card's buttons
    BACK = "back"  # the card's own buttons again
    # On a notice about a delivery; the version is the number of its attempts, the argument its id.
    RETRY = "retry"
    BY_MAIL = "bymail"
    ARRIVED = "arrived"
    # On a notice about an answer that was edited after its mail had left; the argument is the new words' record.
    CORRECT = "correct"
    # On a notice about another fact of a case; the argument is the record of the customer's message that names it.
    TAKE_OVER = "takeover"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, as a button of ours stands for it."""

    deed: Deed
    request: int
    version: int
    argument: str = ""

    @property
    def number(self) -> int:
        """The argument as an id; 0 when it is none."""
        return int(self.argument) if self.argument.isascii() and self.argument.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Signer:
    """Writes and reads what buttons carry: `<deed>:<request>:<version>:<argument>:<signature>`, 64 bytes at most."""

    secret: bytes = field(repr=False)

    def write(self, deed: Deed, request: int, version: int, argument: str = "") -> str:
        """The data of a button. Raises ValueError when it is longer than Telegram takes."""
        words = f"{deed}:{request}:{version}:{argument}"
        written = f"{words}:{self._signature(words)}"
        if len(written.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
            raise ValueError(f"{written} is too long for a button")
        return written

    def read(self, written: str) -> Pressed | None:
        """What a button of ours carries, or None when it is none of ours, or of another time."""
        words, _, signature = written.rpartition(":")
        if not hmac.compare_digest(signature.encode(), self._signature(words).encode()):
            return None
        deed, request, version, argument = words.split(":", 3)
        # Signed by us, but perhaps by a version of this program that could do other things.
        return Pressed(Deed(deed), int(request), int(version), argument) if deed in tuple(Deed) else None

    def _signature(self, words: str) -> str:
        digest = hmac.digest(self.secret, b"button\0" + words.encode("utf-8", "replace"), hashlib.sha256)
        return base64.b32encode(digest).decode()[:MAC_SIGNS].lower()


def short_name(name: str) -> str:
    """A name that fits into a button: itself, or its beginning and a digest of it."""
    if len(name.encode()) <= LONGEST_ARGUMENT and ":" not in name:
        return name
    return hashlib.sha256(name.encode()).hexdigest()[:LONGEST_ARGUMENT]


def long_name(shortened: str, names: Iterable[str]) -> str | None:
    """The name that was shortened, among those that there are."""
    return next((name for name in names if short_name(name) == shortened), None)
