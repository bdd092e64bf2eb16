"""Sign and read the marks that lead mail back to us: the reply address, the Message-ID, the address of bounces."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field

# 80 bits are 16 letters of base32: short enough for a local part (RFC 5321 §4.5.3.1.1: 64 octets), too many to guess.
MAC_BYTES = 10

_PLUS = re.compile(r"r([0-9]{1,15})\.([a-z2-7])([a-z2-7]{16})")
_BOUNCE = re.compile(r"b([0-9]{1,15})\.([a-z2-7])([a-z2-7]{16})")
_MESSAGE_ID = re.compile(r"<?r([0-9]{1,15})\.([a-z0-9]{1,64})\.([a-z2-7])([a-z2-7]{16})@[^<>@\s]+>?")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs with `secret`; reads what `secret` or one of the `earlier` ones signed, so that a secret can be replaced.

    `request` is always the public number of a request (1042 of `R-1042`), `delivery` the id of an outgoing job.
    """

    secret: bytes = field(repr=False)
    earlier: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not all((self.secret, *self.earlier)):
            raise ValueError("The secret that signs reply addresses is empty.")

    def reply_address(self, mailbox: str, request: int) -> str:
        """The address a customer answers to: `support+r1042.<mac>@example.com` (RFC 5233)."""
        local, _, domain = mailbox.rpartition("@")
        return f"{local}+r{request}.{_signature(self.secret, _address_words(request))}@{domain}"

    def read_address(self, address: str) -> int | None:
        """The request that a signed reply address names, or None when nothing in it is ours."""
        local, _, _ = address.rpartition("@")
        _, plus, token = local.rpartition("+")
        return self.read_plus(token) if plus else None

    def read_plus(self, token: str) -> int | None:
        """The request that the part after the plus names, or None. Case does not count: it is lost on the way."""
        match = _PLUS.fullmatch(token.lower())
        if match is None:
            return None
        number, key, mac = match.groups()
        return int(number) if self._signed(_address_words(int(number)), key + mac) else None

    def bounce_address(self, mailbox: str, delivery: int) -> str:
        """The envelope sender of one mail: `support+b17.<mac>@example.com`. Whatever comes back names its delivery."""
        local, _, domain = mailbox.rpartition("@")
        return f"{local}+b{delivery}.{_signature(self.secret, _bounce_words(delivery))}@{domain}"

    def read_bounce_address(self, address: str) -> int | None:
        """The delivery that a signed bounce address names, or None. Case does not count."""
        match = _BOUNCE.fullmatch(address.lower().rpartition("@")[0].rpartition("+")[2])
        if match is None:
            return None
        number, key, mac = match.groups()
        return int(number) if self._signed(_bounce_words(int(number)), key + mac) else None

    def message_id(self, request: int, nonce: str, domain: str) -> str:
        """A Message-ID without <>. `nonce` tells the messages of a request apart: letters and digits only."""
        if not re.fullmatch(r"[a-z0-9]{1,64}", nonce):
            raise ValueError("The nonce of a Message-ID is 1 to 64 small letters and digits.")
        return f"r{request}.{nonce}.{_signature(self.secret, _message_words(request, nonce))}@{domain}"

    def read_message_id(self, message_id: str) -> int | None:
        """The request that a Message-ID of ours belongs to, or None when we did not write it."""
        match = _MESSAGE_ID.fullmatch(message_id.lower())
        if match is None:
            return None
        number, nonce, key, mac = match.groups()
        return int(number) if self._signed(_message_words(int(number), nonce), key + mac) else None

    def _signed(self, words: str, signature: str) -> bool:
        # Every key is tried, whatever the first answered: how long it takes tells nothing.
        found = [hmac.compare_digest(_signature(key, words), signature) for key in (self.secret, *self.earlier)]
        return any(found)


# The purpose is part of what is signed: a reply address cannot be turned into a Message-ID, nor into a button's data.
def _address_words(request: int) -> str:
    return f"reply address:{request}"


def _bounce_words(delivery: int) -> str:
    return f"bounce address:{delivery}"


def _message_words(request: int, nonce: str) -> str:
    return f"message id:{request}:{nonce}"


def _signature(secret: bytes, words: str) -> str:
    """One letter that names the key, then the code itself."""
    key = hashlib.sha256(b"key id:" + secret).digest()
    mac = hmac.new(secret, words.encode(), hashlib.sha256).digest()[:MAC_BYTES]
    return (base64.b32encode(key).decode()[0] + base64.b32encode(mac).decode()).lower()
