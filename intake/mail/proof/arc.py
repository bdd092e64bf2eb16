"""ARC (RFC 8617): what a forwarder found before it forwarded, sealed by it so that nobody else can have written it."""

from __future__ import annotations

from dataclasses import dataclass

import dkim

from intake.mail.domains import ascii_domain
from intake.mail.proof.letter import Letter
from intake.mail.proof.questions import Questions
from intake.mail.proof.results import Results, read_arc_results
from intake.mail.proof.signing import LEAST_BITS, Body, Keys, read_tags, signed_names

MAX_SETS = 8  # RFC 8617 allows fifty; mail that is forwarded once or twice has three
_FIELDS = (b"arc-seal", b"arc-message-signature", b"arc-authentication-results")


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the newest sealer found. `away`: a key could not be had, so nothing is known of the chain."""

    sealer: str = ""
    results: Results = ()
    away: bool = False


def check_arc(letter: Letter, sealers: frozenset[str], questions: Questions) -> Sealed | None:
    """The newest set of a chain that holds, if one of our sealers has sealed it; else None. Never raises.

    Older sets are not believed, whoever sealed them: at a big host anybody can have a mailbox and send from it.
    """
    newest = _newest(letter) if sealers and letter.sound else None
    if newest is None:
        return None
    sealer, results = newest
    if sealer not in sealers:
        return None
    keys = Keys(questions)
    if _holds(letter, keys):
        return Sealed(sealer, results)
    return Sealed(sealer, away=True) if keys.away else None


def _newest(letter: Letter) -> tuple[str, Results] | None:
    """The sealer of the newest set and what it says, not yet proven; None when the sets are not as they must be."""
    sets: dict[int, dict[bytes, bytes]] = {}
    for name in _FIELDS:
        for value in letter.all(name):
            instance = _instance(value)
            if instance == 0 or name in sets.setdefault(instance, {}) or len(sets) > MAX_SETS:
                return None
            sets[instance][name] = value
    newest = sets.get(len(sets), {})
    if any(set(fields) != set(_FIELDS) for fields in sets.values()) or not newest:
        return None
    signature, seal = read_tags(newest[b"arc-message-signature"]), read_tags(newest[b"arc-seal"])
    # A set that leaves the From or a part of the text unsigned may have got another since.
    if "from" not in signed_names(signature) or "l" in signature:
        return None
    return ascii_domain(seal.get("d", "")), read_arc_results(newest[b"arc-authentication-results"])


def _instance(value: bytes) -> int:
    """The number in `i=`, which each field of a set has among its tags; 0 when it has none, or one of two readings."""
    numbers = [number for name, _, number in (tag.partition(b"=") for tag in value.split(b";")) if name.strip() == b"i"]
    # The library takes the first that looks like one, also within another tag: it must be verifying what we believe.
    read = dkim.ARC.INSTANCE_RE.search(value)
    if not numbers or not numbers[0].strip().isdigit() or len(numbers[0]) > 8 or read is None:
        return 0
    return int(numbers[0]) if read[1] == numbers[0].strip() else 0


def _holds(letter: Letter, keys: Keys) -> bool:
    verifier = _Verifier(Body(letter.body))
    verifier.headers = [list(field) for field in letter.fields]
    try:
        outcome, _, _ = verifier.verify(dnsfunc=keys.record)
    except Exception:  # noqa: BLE001  # seals are strangers' bytes, and the library raises anything at them
        return False
    return bool(outcome == dkim.CV_Pass)


# The library has no types. It verifies seals and signatures by this one function; only the latter cover the body.
class _Verifier(dkim.ARC):  # type: ignore[misc]
    def __init__(self, body: Body) -> None:
        super().__init__(minkey=LEAST_BITS)
        self._body = body

    def verify_sig(self, sig: dict[bytes, bytes], include_headers: object, sig_header: object, dnsfunc: object) -> bool:
        settled = self._body.settled(sig) if b"bh" in sig else sig
        return settled is not None and bool(super().verify_sig(settled, include_headers, sig_header, dnsfunc))
