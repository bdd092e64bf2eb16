"""What the payload of a deep link says: a category, an order number, or our own signed link that counts once. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from storage.kinds import request_number

# 60 bits each: 12 signs of base32. Telegram takes 64 signs of [A-Za-z0-9_-].
_ONCE = re.compile(r"once-([0-9]{1,15})-([a-z2-7]{12})-([a-z2-7]{12})")
_SIGNS = 12


@dataclass(frozen=True, slots=True)
class Arrival:
    """By which link somebody came. `nonce` of a link that counts once, for `request`."""

    words: str
    request: int | None = None
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Makes payloads and reads them."""

    secret: bytes = field(repr=False)
    categories: Callable[[], Collection[str]] = tuple  # as they are now

    def once(self, request: int) -> str:
        """A payload that proves, once, that we gave it to somebody because of a request."""
        nonce = base64.b32encode(secrets.token_bytes(8)).decode().lower()[:_SIGNS]
        return f"once-{request}-{nonce}-{self._signature(request, nonce)}"

    def read(self, payload: str) -> Arrival | None:
        """What a payload says, in words for an agent. None: it pretends to be ours."""
        match = _ONCE.fullmatch(payload)
        if match is None:
            return Arrival(payload if payload in self.categories() else f"“{payload}”")
        request, nonce, signature = int(match[1]), match[2], match[3]
        if not hmac.compare_digest(signature, self._signature(request, nonce)):
            return None
        return Arrival(f"given for {request_number(request)}", request, nonce)

    def _signature(self, request: int, nonce: str) -> str:
        words = f"deep link\0{request}\0{nonce}".encode()
        digest = hmac.digest(self.secret, words, hashlib.sha256)
        return base64.b32encode(digest).decode().lower()[:_SIGNS]
