"""Providers of everybody's mailboxes: people who share such a domain have nothing to do with each other."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from intake.mail.proof.domains import organisational

LONGEST = 255  # characters of a domain's name; RFC 1035 §2.3.4


def organisation(address: str) -> str | None:
    """The organisation that a mail address belongs to, by its domain; None for what is no mail address."""
    domain = address.rpartition("@")[2].lower().rstrip(".") if "@" in address else ""
    return organisational(domain)[-LONGEST:] if domain else None


def is_provider(organisation: str) -> bool:
    """Do people who have nothing to do with each other have their mailboxes there?"""
    return organisation in _providers()


@cache
def _providers() -> frozenset[str]:
    lines = Path(__file__).with_name("providers.txt").read_text().splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())
