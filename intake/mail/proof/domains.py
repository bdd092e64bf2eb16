"""Domains as DMARC sees them: the organisation that one belongs to, and whether two agree."""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList


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
