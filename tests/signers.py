"""People who sign mail, with keys made on the spot, and the DNS zone that names them. For tests of senders."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import dkim
import nacl.signing
from dkim.canonicalization import CanonicalizationPolicy
from dkim.crypto import parse_pem_private_key

from intake.mail.proof.check import Check, Method
from intake.mail.proof.forwarders import Forwarders
from intake.mail.proof.origin import Origin
from intake.mail.proof.questions import Questions
from intake.mail.proof.resolver import Answer, Kind, NoAnswerError
from intake.mail.proof.verdict import Verdict

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SHOP_MX, ELSEWHERE = "203.0.113.7", "203.0.113.66"
AWAY = "the name servers of this name do not answer"

Records = Mapping[tuple[str, str], str | Sequence[str]]


@dataclass
class Zone:
    """DNS as data: (name, kind) → one record, several, or AWAY. What is not in it does not exist."""

    records: dict[tuple[str, str], str | Sequence[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def look_up(self, name: str, kind: Kind, within: float) -> Answer:
        assert within > 0
        self.asked.append(f"{name} {kind}")
        found = self.records.get((name.lower(), str(kind)), ())
        if found == AWAY:
            raise NoAnswerError(AWAY)
        return Answer((found,) if isinstance(found, str) else tuple(found))

    def questions(self) -> Questions:
        return Questions(self, until=1.0, clock=lambda: 0.0)


@dataclass(frozen=True)
class Key:
    """A private key as dkimpy wants it, and the record of its public half."""

    pem: bytes
    record: str


@cache
def rsa(bits: int = 1024, exponent: int = 65537) -> Key:
    """A key of so many bits; the same in every run."""
    chance = random.Random(bits)
    while True:
        p, q = (_prime(chance, bits // 2) for _ in range(2))
        if p != q and (p * q).bit_length() == bits and (p - 1) % exponent and (q - 1) % exponent:
            break
    secret = pow(exponent, -1, (p - 1) * (q - 1))
    numbers = (0, p * q, exponent, secret, p, q, secret % (p - 1), secret % (q - 1), pow(q, -1, p))
    private = _der(numbers)
    public = _der((p * q, exponent))
    pem = b"-----BEGIN RSA PRIVATE KEY-----\n" + base64.b64encode(private) + b"\n-----END RSA PRIVATE KEY-----\n"
    return Key(pem, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}")


@cache
def ed25519() -> Key:
    seed = bytes(range(32))
    public = nacl.signing.SigningKey(seed).verify_key.encode()
    return Key(base64.b64encode(seed), f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}")


def signed(
    raw: bytes,
    domain: str = "shop.example",
    key: Key | None = None,
    *,
    algorithm: bytes = b"rsa-sha256",
    canonical: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    **tags: int,
) -> bytes:
    """The mail with a DKIM signature on top; its key is at `s1._domainkey.<domain>`. `tags`: x=, l= and the like."""
    signer = dkim.DKIM(raw, signature_algorithm=algorithm)
    form = CanonicalizationPolicy.from_c_value(b"/".join(canonical))
    signer.hasher = dkim.HASH_ALGORITHMS[algorithm]
    body = form.canonicalize_body(signer.body)[: tags.get("l")]
    names = signer.default_sign_headers()
    fields = [
        *((b"v", b"1"), (b"a", algorithm), (b"c", form.to_c_value()), (b"d", domain.encode()), (b"s", b"s1")),
        *((name.encode(), str(number).encode()) for name, number in tags.items()),
        *((b"h", b":".join(names).lower()), (b"bh", base64.b64encode(signer.hasher(body).digest())), (b"b", b"0" * 60)),
    ]
    pem = (key or rsa()).pem
    private = (
        nacl.signing.SigningKey(base64.b64decode(pem)) if algorithm.startswith(b"ed") else parse_pem_private_key(pem)
    )
    lower = [name.lower() for name in names]
    return b"DKIM-Signature: " + bytes(signer.gen_header(fields, lower, form, b"DKIM-Signature", private)) + raw


def sealed(raw: bytes, found: str, domain: str = "forwarder.example", key: Key | None = None) -> bytes:
    """The mail with an ARC set on top, made from what its Authentication-Results says was found."""
    raw = f"Authentication-Results: mx.{domain}; {found}\r\n".encode() + raw
    names = [b"from", b"to", b"subject"]
    lines = dkim.arc_sign(
        raw, b"s1", domain.encode(), (key or rsa()).pem, f"mx.{domain}".encode(), include_headers=names
    )
    assert lines, "not sealed"
    return b"".join(lines) + raw


def letter(*fields: str, sender: str = "Anna <anna@shop.example>", body: str = "My kettle leaks.") -> bytes:
    """A mail as it came over the wire."""
    head = [f"From: {sender}", "To: support@us.example", "Subject: Kettle", *fields]
    return "\r\n".join([*head, "", body, ""]).encode()


async def verdict(
    raw: bytes,
    zone: Zone,
    origin: Origin | None = None,
    method: str = "verify",
    forwarders: Sequence[str] = (),
) -> Verdict:
    """What the whole check says."""
    check = Check(Method.of(method), zone, Forwarders.of(forwarders))
    try:
        return await check(raw, origin or Origin(SHOP_MX, "mx.shop.example", "anna@shop.example"), NOW)
    finally:
        check.close()


def _der(numbers: Sequence[int]) -> bytes:
    """A sequence of integers (X.690)."""

    def tagged(tag: int, content: bytes) -> bytes:
        size = len(content)
        length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
        return bytes([tag]) + length + content

    written = (number.to_bytes(number.bit_length() // 8 + 1, "big") for number in numbers)
    return tagged(0x30, b"".join(tagged(0x02, content) for content in written))


def _prime(chance: random.Random, bits: int) -> int:
    while True:
        number = chance.getrandbits(bits) | (3 << (bits - 2)) | 1
        if all(number % small for small in (3, 5, 7, 11, 13, 17, 19, 23)) and all(
            _probably_prime(number, chance.randrange(2, number - 1)) for _ in range(24)
        ):
            return number


def _probably_prime(number: int, witness: int) -> bool:
    """Miller and Rabin's test."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    power = pow(witness, odd, number)
    return power in (1, number - 1) or any((power := power * power % number) == number - 1 for _ in range(twos - 1))
