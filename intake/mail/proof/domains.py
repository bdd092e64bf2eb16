"""Domains as DNS and DMARC see them: their ASCII form, the organisation they belong to, whether two agree."""

from __future__ import annotations

import re
from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
MAX_DOMAIN = 253


def ascii_domain(domain: str) -> str:
    """In small letters and A-labels (RFC 5890); empty when DNS can hold no such name."""
    name = domain.strip().removesuffix(".").lower()
    if len(name) > MAX_DOMAIN:
        return ""
    if not name.isascii():
        try:
            # Not the codec of the standard library: it takes straße.example for strasse.example, another's domain.
            name = idna.encode(name, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            return ""
    fits = len(name) <= MAX_DOMAIN and all(_LABEL.fullmatch(label) for label in name.split("."))
    return name if fits else ""


def domain_of(address: str) -> str:
    """The ASCII domain of an address, empty when it has none. A domain alone stands for itself."""
    return ascii_domain(address.rpartition("@")[2])


def organisational(domain: str) -> str:
    """RFC 7489 §3.2: one label below the public suffix. A public suffix itself belongs to nobody but itself."""
    return _suffixes().privatesuffix(domain) or domain


def aligned(domain: str, author: str, *, strict: bool) -> bool:
    """RFC 7489 §3.1: does what `domain` has signed or allowed speak for the From domain `author`?"""
    if not domain or not author:
        return False
    return domain == author or (not strict and organisational(domain) == organisational(author))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
