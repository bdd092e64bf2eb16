"""Authentication-Results (RFC 8601): what another server found, if it is one that we believe. Read by authres."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import authres

from intake.mail.domains import domain_of
from intake.mail.proof.domains import aligned
from intake.mail.proof.letter import Letter
from intake.mail.proof.verdict import Outcome

MAX_LOOKED_AT = 20  # fields
MAX_FIELD = 4096  # bytes


@dataclass(frozen=True, slots=True)
class Result:
    """One finding: `method` spf, dkim, dmarc, …; `domains` are those that it is about."""

    method: str
    result: str
    domains: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method}={self.result}" + (f" ({self.domains[0]})" if self.domains else "")


Results = tuple[Result, ...]

# Which property of a finding names the domain that it is about.
_NAMED_BY = {
    "spf": (("smtp", "mailfrom"), ("smtp", "helo")),
    "dkim": (("header", "d"), ("header", "i")),
    "dmarc": (("header", "from"),),
}


def topmost(letter: Letter, authserv_id: str) -> Results | None:
    """What the server of this name wrote, by the topmost field of that name alone; None when there is no such field.

    Further down may stand anybody's invention. A topmost field that cannot be read says nothing, and no other is asked.
    """
    for value in letter.all(b"authentication-results")[:MAX_LOOKED_AT]:
        name, results = _read(value, authserv_id)
        if name == authserv_id.lower():
            return results
    return None


def read_arc_results(value: bytes) -> Results:
    """What an ARC-Authentication-Results field says (RFC 8617 §4.1.1), nothing when it cannot be read."""
    instance, semicolon, rest = value.partition(b";")
    return _read(rest)[1] if semicolon and b"=" in instance else ()


def judge(results: Results, author: str) -> tuple[Outcome, str]:
    """What findings mean for the From's domain, and the finding that says so."""
    dmarc = next((found for found in results if found.method == "dmarc"), None)
    if dmarc is not None and dmarc.domains not in ((), (author,)):
        return Outcome.NONE, f"{dmarc}: that is not the From"
    if dmarc is not None and dmarc.result in _BY_DMARC:
        return _BY_DMARC[dmarc.result], str(dmarc)
    for found in results:
        if found.method in ("dkim", "spf") and found.result == "pass":
            spoken_for = [domain for domain in found.domains[:1] if aligned(domain, author, strict=False)]
            if spoken_for:
                return Outcome.PASS, str(found)
    by_method = {found.method: found for found in reversed(results)}
    spf, dkim = by_method.get("spf"), by_method.get("dkim")
    if spf is not None and spf.result in ("fail", "hardfail") and (dkim is None or dkim.result == "none"):
        return Outcome.FAIL, str(spf)
    return Outcome.NONE, ", ".join(map(str, results[:6])) or "it found nothing"


_BY_DMARC = {"pass": Outcome.PASS, "fail": Outcome.FAIL, "temperror": Outcome.TEMPORARY}


def _read(value: bytes, wanted: str | None = None) -> tuple[str, Results]:
    """The server's name and its findings. With `wanted`, other servers' fields are not read to their end."""
    # A character a byte: what is no ASCII is then an error, as the grammar has it.
    text = re.sub(r"[\r\n]+", "", value.decode("latin-1")).strip(" \t").rstrip(" \t;")
    if wanted is not None and wanted.lower() not in text.partition(";")[0].lower():
        return "", ()
    if len(text) > MAX_FIELD:
        return (wanted or "").lower(), ()
    try:
        header = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    except Exception:  # noqa: BLE001  # a stranger may have written it, and the library raises anything at it
        return (wanted or "").lower(), ()
    return str(header.authserv_id), tuple(_results(header))


def _results(header: object) -> Iterator[Result]:
    for found in getattr(header, "results", ()):
        method = str(found.method)
        named = {(str(one.type), str(one.name)): str(one.value or "") for one in reversed(found.properties)}
        domains = (domain_of(named[key]) for key in _NAMED_BY.get(method, ()) if named.get(key))
        yield Result(method, str(found.result), tuple(domain for domain in domains if domain))
