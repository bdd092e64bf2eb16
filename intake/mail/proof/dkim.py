"""DKIM (RFC 6376): has the From's own domain signed this mail? Signatures of other domains are not even looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import dkim

from intake.mail.domains import ascii_domain
from intake.mail.proof.domains import aligned
from intake.mail.proof.letter import Letter
from intake.mail.proof.questions import Questions
from intake.mail.proof.signing import LEAST_BITS, Body, Keys, read_tags, signed_names

MAX_LOOKED_AT, MAX_VERIFIED = 20, 5
# RFC 5322 §3.6: what we go by, and what a mail has once at most.
ONCE = ("subject", "to", "cc", "message-id", "in-reply-to", "references", "date", "content-type", "mime-version")
ALGORITHMS = ("rsa-sha256", "ed25519-sha256")  # RFC 8301: SHA-1 proves nothing any more; RFC 8463


@dataclass(frozen=True, slots=True)
class Dkim:
    """`domain` has signed the mail, or is empty. `present`: there are signatures at all. `away`: a key was not had."""

    domain: str = ""
    present: bool = False
    away: bool = False
    why: str = "no DKIM signature"

    def __str__(self) -> str:
        return f"DKIM {self.domain}" if self.domain else self.why


def check_dkim(letter: Letter, author: str, questions: Questions, now: datetime, *, strict: bool) -> Dkim:
    """Look for one signature that speaks for the domain `author`. Never raises."""
    fields = letter.all(b"dkim-signature")[:MAX_LOOKED_AT]
    if not fields:
        return Dkim()
    if not letter.sound:
        return Dkim(present=True, why="DKIM signatures do not count: the header is malformed")
    keys, body, tried, why = Keys(questions), Body(letter.body), 0, ""
    for number, field in enumerate(fields):
        tags = read_tags(field)
        domain = ascii_domain(tags.get("d", ""))
        if not aligned(domain, author, strict=strict):
            continue
        weakness = _weakness(tags, letter, now)
        if not weakness and tried < MAX_VERIFIED:
            tried += 1
            if _verifies(letter, number, body, keys):
                return Dkim(domain, present=True)
        why = why or f"DKIM {domain}: {weakness or 'the signature does not fit'}"
    why = why or "no DKIM signature of the From's domain"
    return Dkim(present=True, away=keys.away, why="a DKIM key could not be had" if keys.away else why)


def _weakness(tags: Mapping[str, str], letter: Letter, now: datetime) -> str:
    """Why a signature that fits would still prove nothing, or an empty text."""
    signed, written = Counter(signed_names(tags)), Counter(name.lower().decode("ascii") for name, _ in letter.fields)
    expires = tags.get("x", "")
    match tags:
        case {"a": algorithm} if algorithm not in ALGORITHMS:
            return f"{algorithm[:20]} proves nothing"
        case {"l": _}:
            # RFC 6376 §8.2: anybody may write on below what is signed.
            return "it signs a part of the text only (l=)"
    if expires.isascii() and expires.isdigit() and int(expires[:15]) < now.timestamp():
        return "it has expired (x=)"
    if "from" not in signed:
        return "it does not sign the From"
    if signed["reply-to"] < written["reply-to"]:
        # Else a stranger sends an old mail of the customer's again and has our answers come to himself.
        return "it does not sign the Reply-To"
    # RFC 6376 §8.15: signers take the lowest of several, readers the topmost. Who sends an old mail again would write a
    # subject with another number on it, or copy himself.
    doubled = next((name for name in ONCE if written[name] > 1 and signed[name] < written[name]), None)
    return f"it does not sign each {doubled}" if doubled else ""


def _verifies(letter: Letter, number: int, body: Body, keys: Keys) -> bool:
    verifier = dkim.DKIM(minkey=LEAST_BITS)
    verifier.headers = [list(field) for field in letter.fields]
    try:
        signature, names, fields = verifier.verify_headerprep(number)
        settled = body.settled(signature)
        return settled is not None and bool(verifier.verify_sig(settled, names, fields[number], keys.record))
    except Exception:  # noqa: BLE001  # signatures are strangers' bytes, and the library raises anything at them
        return False
