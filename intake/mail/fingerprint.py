"""Tell whether two deliveries are the same mail. Works on bytes; reads no meaning into them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

MAX_HEAD = 1 << 20  # bytes of a header whose fields are looked at one by one; a larger one is no mail of a person

# What transit adds or changes: two copies of one mail may differ in these and in nothing else.
TRANSIT_FIELDS = frozenset(
    {
        b"received",
        b"return-path",
        b"delivered-to",
        b"x-original-to",
        b"envelope-to",
        b"authentication-results",
        b"received-spf",
        b"dkim-signature",
        b"x-received",
        b"bcc",
    }
)
TRANSIT_PREFIXES = (
    b"x-envelope-",
    b"arc-",
    b"x-spam-",
    b"x-virus-",
    b"x-gm-",
    b"x-google-",
    b"x-forwarded-",
    b"x-ms-exchange-",
    b"x-microsoft-",
)


def fingerprint(raw: bytes, mail_from: str | None) -> str:
    """The same for every copy of a mail, different for every other mail: sha256, hexadecimal.

    Message-ID alone would not do: a stranger who knows or guesses the id of a mail could send his own first and so
    suppress it, and some programs give one id to many mails. So everything counts that the sender wrote. The
    recipient does not: one mail to two of our mailboxes is one message.
    """
    head, body = _split(raw)
    digest = hashlib.sha256()
    digest.update((mail_from or "").lower().encode("utf-8", "surrogatepass"))
    # Relays may put fields into another order, so order does not count.
    for written in sorted(_fields(head)) if len(head) <= MAX_HEAD else [head]:
        digest.update(b"\0" + written)
    # Two zeros cannot come from a field: none is empty.
    digest.update(b"\0\0" + body)
    return digest.hexdigest()


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """Header and body with plain line ends. Blank lines at the end do not count: relays add and remove them."""
    plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if plain.startswith(b"\n"):
        return b"", plain.rstrip(b"\n")
    head, _, body = plain.partition(b"\n\n")
    return head, body.rstrip(b"\n")


def _fields(head: bytes) -> Iterator[bytes]:
    unfolded = re.sub(rb"\n(?=[ \t])", b"", head)
    for line in unfolded.split(b"\n"):
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name and name not in TRANSIT_FIELDS and not name.startswith(TRANSIT_PREFIXES):
            yield name + b":" + b" ".join(value.split())
