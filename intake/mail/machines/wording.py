"""Compare what is written with known phrases, whatever its case, apostrophes and blanks."""

from __future__ import annotations


def phrases(written: str) -> tuple[str, ...]:
    """Phrases that are parted by semicolons and line ends, as `folded` would leave them."""
    return tuple(folded(phrase) for phrase in written.replace("\n", ";").split(";") if phrase.strip())


def folded(text: str) -> str:
    """Small letters, straight apostrophes, single blanks."""
    # The small letter of a Turkish İ is an i with a dot of its own.
    return " ".join(text.lower().replace("i\u0307", "i").replace("\u2019", "'").split())


def says(text: str, known: tuple[str, ...]) -> bool:
    """Does a folded text hold one of the phrases?"""
    return any(phrase in text for phrase in known)
