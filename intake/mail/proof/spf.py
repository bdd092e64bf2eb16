"""SPF (RFC 7208): may this address send mail in the name of this domain? Judged by pyspf."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from intake.mail.domains import ascii_domain, domain_of
from intake.mail.proof.origin import Origin
from intake.mail.proof.questions import Questions
from intake.mail.proof.resolver import Kind, NoAnswerError

with warnings.catch_warnings():
    # Not compiled yet, this module of 2020 warns of its own docstrings.
    warnings.simplefilter("ignore")
    import spf

MAX_RECORD = 4096  # characters; its patterns take the square of a longer one
MAX_MACRO = 64  # characters of a local part (RFC 5321 §4.5.3.1.1)


@dataclass(frozen=True, slots=True)
class Spf:
    """`result` in the words of RFC 7208 §2.6: pass, fail, softfail, neutral, none, temperror, permerror."""

    result: str
    domain: str

    def __str__(self) -> str:
        return f"SPF {self.result}" + (f" for {self.domain}" if self.domain else "")


def spf_domain(origin: Origin) -> str:
    """Whose permission is asked for. RFC 7208 §2.4: of the null sender it is the name in HELO."""
    return domain_of(origin.mail_from) if origin.mail_from else ascii_domain(origin.helo)


def check_spf(origin: Origin, questions: Questions) -> Spf:
    """Never raises."""
    domain, address = spf_domain(origin), origin.address
    if not domain or "." not in domain or address is None:
        return Spf("none", domain)
    local = (origin.mail_from or "").rpartition("@")[0]
    if not local.isascii() or not 0 < len(local) <= MAX_MACRO:
        local = "postmaster"
    try:
        query = _Query(str(address), f"{local}@{domain}", ascii_domain(origin.helo) or "unknown", questions)
        result, _, _ = query.check()
    except Exception:  # noqa: BLE001  # what a hostile record drives the library into is an error of that record
        return Spf("permerror", domain)
    return Spf(str(result), domain)


# The library has no types. Its own look-ups go through one global function; here each check has its own questions.
class _Query(spf.query):  # type: ignore[misc]
    def __init__(self, address: str, sender: str, helo: str, questions: Questions) -> None:
        super().__init__(i=address, s=sender, h=helo)
        self._questions = questions

    def dns(
        self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False
    ) -> list[str | tuple[bytes, ...] | tuple[int, str]]:
        """The library's one place that asks."""
        try:
            records = self._questions.ask(str(name).removesuffix("."), Kind(qtype))
        except NoAnswerError as error:
            raise spf.TempError(str(error)) from error
        except ValueError:
            return []
        if not records and not ignore_void:
            self.void_lookups += 1
            # RFC 7208 §4.6.4
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("Void lookup limit exceeded")
        return [_native(record, Kind(qtype)) for record in records if len(record) <= MAX_RECORD]

    def get_explanation(self, spec: object) -> None:
        """The sender's domain may explain a refusal, at one more question. We refuse nothing."""


def _native(record: str, kind: Kind) -> str | tuple[bytes, ...] | tuple[int, str]:
    """A record as the library wants it."""
    match kind:
        case Kind.TXT:
            return (record.encode("latin-1"),)
        case Kind.MX:
            preference, _, exchange = record.partition(" ")
            return int(preference), exchange
        case _:
            return record
