"""Tell a name from other words that stand where one could."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts import name_words as words
from intake.understanding.facts.fact import Fact


def checked(match: re.Match[str], confidence: float, *, single: bool, shift: int = 0) -> Iterator[Fact]:
    """The name in a match, as far as it is one; a single word only if `single` says that it may be."""
    group = "han" if "han" in match.re.groupindex and match["han"] else "name"
    written, (start, end) = match[group], match.span(group)
    if group == "han":
        title = _HAN_TITLE.search(written)
        written = written if title is None else written[: title.start()]
        end = start + len(written)
        if not written or not _is_chinese_name(written):
            return
    else:
        kept = _as_far_as_a_name(written)
        if not kept or (" " not in kept and not single):
            return
        if " " not in written and "." in written:
            return
        end, written = start + len(kept), kept
    yield Fact("name", written, shift + start, shift + end, confidence)


_JOINERS = frozenset(["de", "la", "von", "van", "y", "del", "los", "und", "and", "и", "e", "&", "der", "den", "zu"])
_HAN_TITLE = re.compile(r"(?:先生|女士|小姐)$")
_FAMILIAR = re.compile(r"[小阿老][一-鿿]")


def _is_chinese_name(written: str) -> bool:
    if _FAMILIAR.fullmatch(written):
        return written not in words.NOT_FAMILIAR
    return (
        (written[:2] in words.COMPOUND_SURNAMES and len(written) > 2)
        or (
            written[0] in words.SURNAMES
            and written not in words.NOT_CHINESE_NAMES
            and written[:2] not in words.NOT_CHINESE_NAMES
        )
        or "·" in written
    )


def _as_far_as_a_name(written: str) -> str:
    """The leading words that can be a name: "Anna Schmidt Bestellung" is Anna Schmidt."""
    kept: list[str] = []
    for word in written.split(" "):
        if word.lower().strip(".,'’") in words.NO_NAMES and not (kept and word in _JOINERS):
            break
        kept.append(word)
    while len(kept) > 1 and kept[-1] in _JOINERS:
        kept.pop()
    name = " ".join(kept)
    return "" if words.COMPANY.search(written) or len(name) < 2 else name


def is_like_a_name(written: str) -> bool:
    """Two or three words, none of which is one of the language's: "Aurora Mendo", "Candela P."."""
    found = written.split(" ")
    return len(found) <= 3 and _as_far_as_a_name(written) == written
