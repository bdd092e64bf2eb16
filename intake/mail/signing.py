"""Sign what we send (DKIM, RFC 6376, RFC 8463), and say what must stand in the DNS for it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import dkim
import nacl.exceptions
import nacl.signing

from intake.mail.domains import ascii_domain, domain_of

# RFC 6376 §5.4.1, as far as we write them. From stands once more than the mail has it, so that nobody can add another.
SIGNED = (
    *("from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "reply-to"),
    *("mime-version", "content-type", "auto-submitted"),
)
LEAST_RSA_BITS = 1024  # RFC 8301 §3.2

# What stands before the 32 bytes of the key in PKCS #8 (RFC 8410 §7).
_ED25519_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
_RSA_ENCRYPTION = bytes.fromhex("300d06092a864886f70d0101010500")  # RFC 8017 §A.1, as an AlgorithmIdentifier
_LABEL = r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?"


class KeyUnusable(Exception):
    """The key, or the name it goes by, cannot sign. The message is a sentence without the key."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and the name under which its public half is published."""

    domain: str
    selector: str
    algorithm: str  # "rsa-sha256" or "ed25519-sha256"
    public: str  # base64, as the DNS record has it
    _key: bytes = field(repr=False)

    def header(self, content: bytes) -> bytes:
        """The DKIM-Signature field, line end and all, for a mail in its wire form (CRLF, dots not doubled)."""
        names = _present(content)
        # Never l=: what is added below the signed length would look signed (RFC 6376 §8.2).
        signed: bytes = dkim.sign(
            content,
            self.selector.encode(),
            self.domain.encode(),
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=self.algorithm.encode(),
            include_headers=[*(name.encode() for name in SIGNED if name in names), b"from"],
        )
        return signed if signed.endswith(b"\r\n") else signed + b"\r\n"

    def speaks_for(self, address: str) -> bool:
        """Does the signature count for mail from this address? RFC 7489 §3.1.1 wants one domain, or one below it."""
        domain = domain_of(address)
        one, other = f".{domain}", f".{self.domain}"
        return one.endswith(other) or other.endswith(one)

    @property
    def record_name(self) -> str:
        """Where the public key is looked for in the DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record to publish there."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={self.public}"


def read_signer(domain: str, selector: str, path: Path) -> Signer:
    """The signer whose private key lies in a file. Raises OSError and KeyUnusable."""
    name = _domain(domain)
    if re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", selector, re.IGNORECASE) is None:
        raise KeyUnusable(f"{selector[:100]!r} is no selector: letters, digits and - only.")
    content = path.read_bytes()
    algorithm, public, key = _ed25519(content) or _rsa(content)
    return Signer(name, selector.lower(), algorithm, base64.b64encode(public).decode(), key)


def _domain(domain: str) -> str:
    plain = ascii_domain(domain)
    if re.fullmatch(rf"({_LABEL}\.)+{_LABEL}", plain) is None:
        raise KeyUnusable(f"{domain[:100]!r} is no domain.")
    return plain


def _present(content: bytes) -> set[str]:
    head = content.partition(b"\r\n\r\n")[0]
    return {name.decode().lower() for name in re.findall(rb"(?m)^([!-9;-~]+):", head)}


def _ed25519(content: bytes) -> tuple[str, bytes, bytes] | None:
    """PEM as openssl writes it; None when it is no Ed25519 key."""
    der = _pem(content)
    if der is None or not der.startswith(_ED25519_PKCS8) or len(der) != len(_ED25519_PKCS8) + 32:
        return None
    seed = der.removeprefix(_ED25519_PKCS8)
    try:
        public = bytes(nacl.signing.SigningKey(seed).verify_key)
    except nacl.exceptions.CryptoError as error:
        raise KeyUnusable("The Ed25519 key is damaged.") from error
    return "ed25519-sha256", public, base64.b64encode(seed)


def _rsa(content: bytes) -> tuple[str, bytes, bytes]:
    der = _pem(content)
    if der is None:
        raise KeyUnusable("It holds no private key in PEM without a password.")
    try:
        key = dkim.crypto.parse_private_key(der)
        modulus, exponent = int(key["modulus"]), int(key["publicExponent"])
    except (dkim.UnparsableKeyError, AssertionError, LookupError, ValueError) as error:
        raise KeyUnusable("It holds neither an RSA nor an Ed25519 key.") from error
    if modulus.bit_length() < LEAST_RSA_BITS:
        raise KeyUnusable(f"The RSA key has {modulus.bit_length()} bits; receivers refuse less than {LEAST_RSA_BITS}.")
    numbers = _der(0x30, _integer(modulus) + _integer(exponent))
    # Written anew, because the library reads no other line ends.
    pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(der) + b"\n-----END PRIVATE KEY-----\n"
    return "rsa-sha256", _der(0x30, _RSA_ENCRYPTION + _der(0x03, b"\0" + numbers)), pem


def _pem(content: bytes) -> bytes | None:
    match = re.search(
        rb"-----BEGIN (?:RSA )?PRIVATE KEY-----\s([A-Za-z0-9+/=\s]{1,20000})-----END", content.replace(b"\r\n", b"\n")
    )
    if match is None:
        return None
    try:
        return base64.b64decode(re.sub(rb"\s", b"", match[1]), validate=True)
    except ValueError:
        return None


def _integer(number: int) -> bytes:
    # One byte more when the highest bit is set: DER's integers have a sign.
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def same_key(records: Iterable[str], signer: Signer) -> bool:
    """Is our public key in one of the TXT records?"""
    found = (re.search(r"(?:^|;)\s*p\s*=\s*([^;]*)", record) for record in records)
    return any(match is not None and re.sub(r"\s", "", match[1]) == signer.public for match in found)
