"""Tell a name from other words that stand where one could."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.people import words
from intake.understanding.facts.people.firm_words import FIRM
from intake.understanding.facts.people.first_names import FIRST_NAMES
from intake.understanding.facts.people.shapes import UP

_CLOSING = re.compile(words.CLOSINGS, re.IGNORECASE)  # "Danke! LG"
_DON = re.compile(rf"D\. [{UP}]\S+ [{UP}]")  # D. Fermín Azcona
_JOINERS = frozenset(
    ["i", "de", "la", "von", "van", "y", "del", "los", "und", "and", "и", "e", "&", "der", "den", "zu"]
)
_HAN_TITLE = re.compile(r"(?:先生|女士|小姐)$")
_FAMILIAR = re.compile(r"[小阿老][一-鿿]")
_PATRONYMIC = re.compile(r"[А-ЯЁ][а-яё]{2,12}(?:[ое]вич|[ое]вна|ична|ьич)")
_INITIAL = re.compile(rf"(?:[{UP}]\.){{1,2}}")


def checked(match: re.Match[str], confidence: float, *, single: bool, shift: int = 0) -> Iterator[Fact]:
    """The name in a match, as far as it is one; a single word only if `single` says that it may be."""
    group = "han" if "han" in match.re.groupindex and match["han"] else "name"
    written, (start, end) = match[group], match.span(group)
    if group == "han":
        title = _HAN_TITLE.search(written)
        written = written if title is None else written[: title.start()]
        end = start + len(written)
        if not written or not is_chinese_name(written):
            return
    else:
        kept = _as_far_as_a_name(written)
        if not kept or (" " not in kept and not single):
            return
        if " " not in kept and ("." in kept or (_CLOSING.fullmatch(kept) and kept.lower() not in FIRST_NAMES)):
            return
        if _DON.match(kept) and kept.split(" ")[1].lower() in FIRST_NAMES:
            kept = kept[3:]
            start += 3
        end, written = start + len(kept), kept
        if "also" in match.re.groupindex and match["also"] and end == match.end("name"):
            end, written = match.end("also"), written + match["also"]
    yield Fact("name", written, shift + start, shift + end, confidence)


def is_chinese_name(written: str, *, alone: bool = False) -> bool:
    """Does it begin with a surname; `alone` in its line also with one that is rare, or begins many words?"""
    if _FAMILIAR.fullmatch(written):
        return written not in words.NOT_FAMILIAR
    return (
        (written[:2] in words.COMPOUND_SURNAMES and len(written) > 2)
        or (
            (written[0] in words.SURNAMES or (alone and len(written) < 4 and written[0] in words.RARE_SURNAMES))
            and len(written) < 4
            and written not in words.NOT_CHINESE_NAMES
            and written[:2] not in words.NOT_CHINESE_NAMES
        )
        or "·" in written
    )


def _as_far_as_a_name(written: str) -> str:
    """The leading words that can be a name: "Anna Schmidt Bestellung" is Anna Schmidt."""
    kept: list[str] = []
    for word in written.split(" "):
        initial = len(word) == 2 and word[1] == "." and word[0].isupper()
        if not initial and word.lower().strip(".,'’") in words.NO_NAMES and not (kept and word in _JOINERS):
            break
        kept.append(word)
    while len(kept) > 1 and kept[-1] in _JOINERS:
        kept.pop()
    name = " ".join(kept)
    return "" if words.COMPANY.search(written) or len(name) < 2 else name


def is_like_a_name(written: str) -> bool:
    """Two or three words, none of which is one of the language's: "Aurora Mendo", "Candela P."."""
    found = written.split(" ")
    return 1 < len(found) <= 3 and not is_firm(written) and _as_far_as_a_name(written) == written


def is_surely_a_name(written: str) -> bool:
    """A known first name in it, a patronymic, or initials beside a surname."""
    found = written.split(" ")
    if any(word.lower() in FIRST_NAMES or word.lower().split("-")[0] in FIRST_NAMES for word in found):
        return not is_firm(written.replace(" & ", " "))
    if any(_PATRONYMIC.fullmatch(word) for word in found):
        return True
    initials = sum(_INITIAL.fullmatch(word) is not None for word in found)
    return initials > 0 and len(found) - initials == 1


def is_firm(written: str) -> bool:
    """Is one of its words a kind of business, of a place or of an office?"""
    return words.COMPANY.search(written) is not None or FIRM.search(written) is not None
