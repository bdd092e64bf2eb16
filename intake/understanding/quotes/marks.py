"""How mail programs announce what they quote, as patterns and questions. The words are in `words.toml`.

Every pattern is matched against a few hundred characters at most, so none can be made to run long.
"""

from __future__ import annotations

import re

from intake.understanding.quotes.words import COMMON, UNSPACED, any_of, every, fold

# A day, a time or an address tell an announcement from a sentence.
ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")
TIME = re.compile(r"(?<![\d.])\d{1,2}(\s?[:h時点시]\s?\d\d|\s?[ap]\.?m\b|\.\d\d(?![.\d]))", re.IGNORECASE)
DATE = re.compile(
    r"(?<!\d)(19|20|25)\d\d(?!\d)|\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2}|\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
)
# "2024/5/3 Ann <ann@example.com>"
DATE_FIRST = re.compile(r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}.{0,250}<\s*[^<>\s]{1,120}@[^<>\s]{1,120}>\s*$")
# A line that goes on in the next begins with a day ("пн, 23", "23.", "Mon, 23") or holds the beginning of an address.
BEGINNING = re.compile(r"\W{0,3}(\d|[^\s\d]{1,14}[.,]?\s*\d)|[^!?<]{1,80}<\s*($|[^\s<>]{1,120}@)")

_VERBS = every("wrote")
_SPACED = tuple(verb for verb in _VERBS if not re.search(f"[{UNSPACED}]", verb))
_FIRST_LETTERS = "".join(dict.fromkeys(verb[0] for verb in _SPACED))
WROTE = re.compile(
    # A look at the first letter spares most words the whole list.
    rf"(?<!\w)(?=[{_FIRST_LETTERS}])(?:{any_of(_SPACED)})(?!\w)"
    rf"|{any_of(tuple(verb for verb in _VERBS if verb not in _SPACED))}",
    re.IGNORECASE,
)
PERSONS = frozenset(every("person"))
POLITE = frozenset(("I", "Sie", "Ihnen", "Вы"))  # the same with a capital; other capitals begin names
FORM_LABELS = frozenset(re.sub(r"\s+", "", word) for word in COMMON["form"])
# What a line of a quoted header names. A word that names two things names the last of these kinds.
HEADER_KINDS = {
    re.sub(r"\s+", "", word): kind for kind in ("other", "cc", "to", "subject", "date", "from") for word in every(kind)
}

# "On 3 May, Ann wrote:" begins with one of these. Chinese puts no blank behind a word.
_OPENINGS = tuple(
    word + end
    for word in every("opening")
    for end in (("",) if re.match(f"[{UNSPACED}]", word) else (" ", ", ", ". ", ".,"))
)
_CAPITALS = any_of(tuple(word.capitalize() for word in _OPENINGS if word.endswith(" ") and len(word) > 2))
# Where an announcement begins behind a person's words, in the same line. At most a few blanks and dashes stand between.
SHARED = re.compile(rf"(?<=[^\s—–_*-])[\s—–_*-]{{1,8}}(?=(?:{_CAPITALS}).{{0,30}}\d)")
_CITING = tuple(f"{word} " for word in every("citing"))

_DASHES = "-_=*—–~‐‑‒―─━"
_ORIGINALS = frozenset(every("original"))
_FORWARDED = every("forwarded")
_BEGIN = frozenset(every("begin"))
_ABOVE = every("above")
_HIDDEN = frozenset(COMMON["hidden"])
# Novell's: ">>> Ann <ann@example.com> 03.05.2026 10:12 >>>"
_ARROWS = re.compile(r">{2,3} .{0,200}\d[:.]\d\d.{0,20} >{2,3}$")
# Lotus's: "Ann ---03.05.2026 10:12:00---Dear"
_NOTES = re.compile(r"[^\d]{1,100}--- ?\d{1,4}[./-]\d{1,2}[./-]\d{2,4}[^-]{4,20}---")
# What a line has, or begins with, in which one of all these may be.
_TELLING = re.compile(r"[\d@:：<]")
_MARKS = tuple(f"{_DASHES}>#[(|")
_BARE_ORIGINALS = tuple(word for word in _ORIGINALS if len(word.split()) > 1)
_WORDS = (*_CITING, *_BEGIN, *_ABOVE, *_BARE_ORIGINALS)
_WORD_STARTS = frozenset(word[:3] for word in _WORDS)


def is_telling(line: str) -> bool:
    """The cheap half of all the questions below but `opens`."""
    if _TELLING.search(line) or line.startswith(_MARKS):
        return True
    # Three letters spare most lines the whole list.
    return line[:3].lower() in _WORD_STARTS and fold(line[:80]).startswith(_WORDS)


def opens(line: str) -> bool:
    """Does an announcement begin so?"""
    return fold(line[:24]).startswith(_OPENINGS)


def cites(line: str) -> bool:
    """ "Quoting Ann <ann@example.com>:" """
    return fold(line[:40]).startswith(_CITING) and line.endswith((":", "："))


def is_original(line: str) -> bool:
    """ "-----Original Message-----": what stands below is the mail that is answered."""
    text = _between_dashes(line)
    if not text or len(text) > 80:
        return False
    # Some programs say it twice: "Pôvodná správa --- Original Message", "Alkuperäinen viesti / Orig.Msg."
    known = text in _ORIGINALS or re.split(" --- | / ", text, maxsplit=1)[0] in _ORIGINALS
    return known and (line.rstrip(" :：")[-1] in _DASHES or line[:5] == line[0] * 5)


def is_bare_original(line: str) -> bool:
    """ "Original Message", which means something above a header only."""
    return len(line) <= 80 and fold(line.strip(" :：*")) in _BARE_ORIGINALS


def is_forwarded(line: str) -> bool:
    """ "------ Forwarded message ------", "Begin forwarded message:": what a person passes on is what he says."""
    text = _between_dashes(line)
    if text:
        return len(text) <= 100 and line[2] in _DASHES and text.startswith(_FORWARDED)
    return len(line) <= 80 and fold(line.strip(" :：*")) in _BEGIN


def is_reply_above(line: str) -> bool:
    """ "##- Please type your reply above this line -##": desks, ours among them, ask for the answer above a line."""
    if len(line) > 200:
        return False
    if line.startswith("##-") and line.endswith("-##"):
        return True
    return fold(line.strip("#\\-=_*~>[]() —–")).startswith(_ABOVE)


def is_hidden(line: str) -> bool:
    """ "[Quoted text hidden]" """
    return line.startswith("[") and fold(line) in _HIDDEN


def is_notes(line: str) -> bool:
    """ "Ann ---03.05.2026 10:12:00---Dear" """
    return "---" in line and _NOTES.match(line) is not None


def is_arrows(line: str) -> bool:
    """ ">>> Ann <ann@example.com> 03.05.2026 10:12 >>>" """
    return line.startswith(">>") and "@" in line and _ARROWS.match(line) is not None and DATE.search(line) is not None


def _between_dashes(line: str) -> str:
    if len(line) < 5 or line[0] not in _DASHES or line[1] not in _DASHES:
        return ""
    return fold(line.replace("&nbsp;", " ").strip(f"{_DASHES} :：>"))
