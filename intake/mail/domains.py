"""Domains as commands and the DNS have them."""

from __future__ import annotations

import re

import idna

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
MAX_DOMAIN = 253


def ascii_domain(domain: str) -> str:
    """In small letters and A-labels (RFC 5890); empty when the DNS can hold no such name."""
    name = domain.strip().removesuffix(".").lower()
    if len(name) > MAX_DOMAIN:
        return ""
    name = name if name.isascii() else _in_a_labels(name)
    fits = len(name) <= MAX_DOMAIN and all(_LABEL.fullmatch(label) for label in name.split("."))
    return name if fits else ""


def registered(domain: str) -> str:
    """In the letters of its registration: a name that DNS takes for another one is written as that. Small letters."""
    name = domain.lower()
    if name.isascii():
        return name
    try:
        return idna.decode(idna.encode(name, uts46=True))
    except (idna.IDNAError, UnicodeError):
        return name


def domain_of(address: str) -> str:
    """The ASCII domain of an address, empty when it has none. A domain alone stands for itself."""
    return ascii_domain(address.rpartition("@")[2])


def _in_a_labels(name: str) -> str:
    try:
        # Not the codec of the standard library: it takes straße.example for strasse.example, another's domain.
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except UnicodeError:
        pass
    try:
        # A domain of symbols, which today's rules do not allow and some registries sell. The old ones also drop
        # letters without width: what does not read back as it was written would be another's.
        plain = name.encode("idna")
        return plain.decode("ascii") if plain.decode("idna") == name else ""
    except UnicodeError:
        return ""
