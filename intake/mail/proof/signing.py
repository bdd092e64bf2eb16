"""What DKIM and ARC signatures have in common: how they are written, and which keys count. Judged by dkimpy."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping

import dkim
import dkim.util

from intake.mail.domains import ascii_domain
from intake.mail.proof.questions import Questions
from intake.mail.proof.resolver import Kind, NoAnswerError

MAX_SIGNATURE = 4096  # bytes of the field; the library's patterns take the square of it
MAX_KEY = 2048  # characters of the record
LEAST_BITS, MOST_BITS = 1024, 8192  # RFC 8301 §3.2
MOST_EXPONENT_BITS = 32

_LONG_BLANK = re.compile(rb"\s{64}")
_BLANKS = re.compile(rb"[\t ]{2,}|\t")
_ENDS = re.compile(rb"(?:\n\r)*")  # of the body read backwards


class Keys:
    """The key records of one mail's signers. `away`: one of them could not be had."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self.away = False

    def record(self, name: bytes, timeout: float = 0) -> bytes | None:
        """The record at a name, as the library wants it; None when there is none that counts."""
        # Whoever forges a signature chooses the name: one that cannot be must not look like a server that is away.
        asked = ascii_domain(name.decode("latin-1")) if name.isascii() else ""
        if not asked:
            return None
        try:
            records = self._questions.ask(asked, Kind.TXT)
        except NoAnswerError:
            self.away = True
            return None
        found = (record.encode("latin-1") for record in records)
        return next((record for record in found if counts(record)), None)


def counts(record: bytes) -> bool:
    """Is this a key, meant for mail and for SHA-256, and of a size that proves something and can be reckoned with?"""
    if len(record) > MAX_KEY:
        return False
    tags = read_tags(record)
    # RFC 6376 §3.6.1; the library takes a key for any service.
    if not tags.get("p") or tags.get("v", "DKIM1") != "DKIM1":
        return False
    if not {"*", "email"} & _listed(tags.get("s", "*")) or "sha256" not in _listed(tags.get("h", "sha256")):
        return False
    try:
        key, bits, kind, _ = dkim.evaluate_pk("key", record)
    except Exception:  # noqa: BLE001  # keys are strangers' bytes, and the library raises anything at them
        return False
    if kind != b"rsa":
        return True
    return LEAST_BITS <= int(bits) <= MOST_BITS and int(key["publicExponent"]).bit_length() <= MOST_EXPONENT_BITS


def read_tags(value: bytes) -> Mapping[str, str]:
    """RFC 6376 §3.2; nothing when it is no tag list, or too long to be an honest one."""
    if len(value) > MAX_SIGNATURE or _LONG_BLANK.search(value):
        return {}
    try:
        tags = dkim.util.parse_tag_value(value)
    except dkim.util.InvalidTagValueList:
        return {}
    return {name.decode("latin-1"): content.decode("latin-1") for name, content in tags.items()}


def signed_names(tags: Mapping[str, str]) -> list[str]:
    """The fields that a signature covers, in small letters."""
    return [name.strip().lower() for name in tags.get("h", "").split(":")]


class Body:
    """The body of a mail, hashed once in each form for all of its signatures.

    The library would do it anew for each, and takes the square of a row of blanks for it.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._hashes: dict[str, bytes] = {}

    def fits(self, form: str, written: bytes) -> bool:
        """Is `bh=` the SHA-256 of the body in this form? A form that is none fits nothing."""
        if form not in _FORMS:
            return False
        if form not in self._hashes:
            self._hashes[form] = base64.b64encode(hashlib.sha256(_FORMS[form](self._content)).digest())
        return self._hashes[form] == b"".join(written.split())

    def settled(self, signature: Mapping[bytes, bytes]) -> dict[bytes, bytes] | None:
        """A signature without its hash of the body, so that only its fields remain to be verified; None: no fit."""
        form = signature.get(b"c", b"simple/simple").partition(b"/")[2].decode("latin-1")
        if b"l" in signature or not self.fits(form or "simple", signature.get(b"bh", b"")):
            return None
        return {name: value for name, value in signature.items() if name != b"bh"}


def simple(body: bytes) -> bytes:
    """RFC 6376 §3.4.3: one line end at the end."""
    ends = _ENDS.match(body[len(body.rstrip(b"\r\n")) :][::-1])
    assert ends is not None  # nothing at all is a match too
    return body[: len(body) - ends.end()] + b"\r\n"


def relaxed(body: bytes) -> bytes:
    """RFC 6376 §3.4.4: single blanks, none at the end of a line, no lines at the end."""
    plain = simple(_BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n"))
    return b"" if plain == b"\r\n" else plain


_FORMS: Mapping[str, Callable[[bytes], bytes]] = {"simple": simple, "relaxed": relaxed}


def _listed(value: str) -> set[str]:
    return {word.strip() for word in value.split(":")}
