"""Names and addresses that look like what they are not: told in words, and shown so that they deceive nobody."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import idna

# Scripts with letters that look like Latin ones. Chinese, Japanese and others stand beside Latin honestly.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
# Letters that a reader takes for Latin ones; a domain label of nothing else is a disguise.
_LATIN_LOOKING = frozenset("асеорхуіјѕһԁԛԝӏьгпвкмнтοανιρτυκ")
_ADDRESS = re.compile(r"[^\s<>()\"',;:@]{1,64}@[^\s<>()\"',;:@]{1,255}")
MAX_LOOKED_AT = 300  # characters
# Marks that turn the direction of writing, for a pattern of letters: what stands behind them seems to stand elsewhere.
DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"


def misleading(name: str, address: str) -> tuple[str, ...]:
    """What an agent should know of a sender's name and address before he believes them, a sentence each."""
    plain = unicodedata.normalize("NFKC", name[:MAX_LOOKED_AT]).lower()
    found = []
    if any(other.strip(".") != address.lower() for other in _ADDRESS.findall(plain)):
        found.append("the name looks like another address")
    if mixes_scripts(name[:MAX_LOOKED_AT]):
        found.append("the name mixes letters of several alphabets that look alike")
    local, _, domain = address[:MAX_LOOKED_AT].rpartition("@")
    if mixes_scripts(local) or disguised(domain):
        found.append("the address has letters that look like others")
    return tuple(found)


@lru_cache(maxsize=1024)
def mixes_scripts(text: str) -> bool:
    """Does one word of it have letters of two alphabets that look alike?"""
    return any(len({script for letter in word if (script := _script(letter))}) > 1 for word in re.findall(r"\w+", text))


@lru_cache(maxsize=1024)
def disguised(domain: str) -> bool:
    """Could a reader take this domain for another? Written in letters or in punycode."""
    labels = [_in_letters(label) for label in domain.lower().split(".")]
    if not labels or all(label.isascii() for label in labels):
        return False
    # Under a Latin top domain a label of look-alikes is a disguise; under .рф or .ελ it is a word.
    under_latin = labels[-1].isascii()
    return any(mixes_scripts(label) or (under_latin and not set(label) - _LATIN_LOOKING) for label in labels[:-1])


def honest_address(address: str) -> str:
    """An address as it may be shown: a domain that could be taken for another in its ASCII form."""
    local, at, domain = address.rpartition("@")
    if not at or domain.isascii() or not disguised(domain):
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except (idna.IDNAError, UnicodeError):
        return f"{local}@{domain.encode('ascii', 'backslashreplace').decode('ascii')}"


def honest_name(name: str) -> str:
    """A name as it may be shown: one that holds an address can be told from one."""
    return re.sub(r"\s*[@＠﹫]\s*", "(at)", name)


def _script(letter: str) -> str:
    if letter.isascii():
        return "LATIN" if letter.isalpha() else ""
    first = unicodedata.name(letter, "").split(" ", 1)[0]
    return first if first in _ALIKE else ""


def _in_letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label
