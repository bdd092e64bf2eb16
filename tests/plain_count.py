"""What a text consists of, counted one by one: what the program's two quicker ways of counting are held to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from intake.understanding.model.features import RUNS, Token, joined, pieces, terms


def plain_count(found: Sequence[Token]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often each word or pair of words, each piece of a word, and each run across words is in what was cut."""
    parts: Counter[str] = Counter()
    for token in found:
        parts.update(pieces(token))
    whole = joined(found)
    runs = Counter(whole[start : start + length] for length in RUNS for start in range(len(whole) - length + 1))
    return terms(found), parts, runs
