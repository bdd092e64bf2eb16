"""DMARC (RFC 7489): what the From's domain says of its own mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake.mail.proof.domains import organisational
from intake.mail.proof.questions import Questions
from intake.mail.proof.resolver import Kind

DEMANDS = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a domain has published. `demand`: what it asks to be done with mail that is not its own."""

    domain: str  # where the record is
    demand: str
    strict_dkim: bool = False
    strict_spf: bool = False

    def __str__(self) -> str:
        return f"{self.domain}, p={self.demand}"


def find_policy(author: str, questions: Questions) -> Policy | None:
    """RFC 7489 §6.6.3: the record of the From's domain, else of its organisation. Raises NoAnswerError."""
    for domain in dict.fromkeys((author, organisational(author))):
        found = [tags for record in questions.ask(f"_dmarc.{domain}", Kind.TXT) if (tags := _tags(record))]
        if len(found) > 1:
            return None
        if found:
            return _policy(domain, found[0], below=domain != author)
    return None


def _tags(record: str) -> Mapping[str, str]:
    """§6.4: the version stands first, exactly so; what is no tag is read over."""
    head, *rest = record.split(";")
    if [word.strip() for word in head.split("=")] != ["v", "DMARC1"]:
        return {}
    pairs = (tag.partition("=") for tag in rest[:30])
    return {"v": "DMARC1", **{name.strip().lower(): value.strip().lower() for name, equals, value in pairs if equals}}


def _policy(domain: str, tags: Mapping[str, str], *, below: bool) -> Policy | None:
    demand = (tags.get("sp") if below else None) or tags.get("p", "")
    if demand not in DEMANDS:
        if "rua" not in tags:
            return None
        # §6.6.3: a domain that wants reports but says nothing sensible of what to do asks for nothing to be done.
        demand = "none"
    return Policy(domain, demand, tags.get("adkim") == "s", tags.get("aspf") == "s")
