"""What stands below mails and is no reply: signature marks, phones, disclaimers, lists. Words: `words.toml`.

Every pattern is matched against a few hundred characters at most, so none can be made to run long.
"""

from __future__ import annotations

import re
from functools import cache

from intake.understanding.quotes.words import COMMON, LANGUAGES, UNSPACED, any_of, every, fold

MAX_DEVICE = 160  # characters of a line that a telephone writes, with its link
# RFC 3676 §4.3: "-- ". What people and programs make of it is looked at twice.
MARK = re.compile(r"--[ \u00a0]?")
LOOSE_MARK = re.compile(r"(-{2,4}|_{2,4}|[—–]{1,2}|\*{3,4}|-- ?--)\s?")
# An address, a link or a telephone number: what signatures have and sections of a letter seldom.
CONTACT = re.compile(r"\S@\S|https?://|www\.|\+?\d[\d ()./-]{6,}\d")
LINK = re.compile(r"https?://|www\.|\S@\S", re.IGNORECASE)

# Some languages inflect the names: "iPhonesta", "iPhonu".
_PROGRAM = rf"(?:.{{0,25}}[\s-])?(?:{any_of(COMMON['program'])})(?:[^\W\d_]{{0,6}}(?!\w)|(?=[{UNSPACED}])).{{0,60}}"
# In Japanese and Korean the program stands before the verb, without a blank.
_PROGRAM_FIRST = rf".{{0,25}}?(?:{any_of(COMMON['program'])}).{{0,20}}?"
_SOME = r"[^,;!?]{0,90}"
_DECORATION = "<>[]()*_\"'“” .。|"
_LINK_BESIDE = re.compile(
    r"\s?[<(\[]\s?(https?://[^\s<>()\[\]]{1,150}|mailto:[^\s<>()\[\]]{1,100})\s?[>)\]]|\shttps?://\S{1,150}$"
)
_ADVERTISED = COMMON["link"]


def _pattern(words: str) -> str:
    first, rest = (_PROGRAM_FIRST, words[10:]) if words.startswith("*{program}") else ("", words)
    parts = (part.replace(".", r"\.").replace("*", _SOME) for part in rest.split("{program}"))
    return first + _PROGRAM.join(parts)


def _needle(words: str) -> str:
    """The longest piece of a pattern that stands for itself."""
    return max(re.split(r"\{program}|[*?()\[\]|]", words), key=len)


def _by_letters() -> dict[str, list[str]]:
    """The devices by the first letters of their line, three at most; those that begin with anything have none."""
    found: dict[str, list[str]] = {}
    for words in every("device"):
        found.setdefault(re.split(r"[*?()\[{]", words[:3], maxsplit=1)[0], []).append(words)
    return found


@cache
def _devices(letters: str) -> re.Pattern[str]:
    """What the lines may be that begin so. Compiled when first asked for: all of them take a fifth of a second."""
    return re.compile(rf"(?:{'|'.join(map(_pattern, _DEVICES[letters]))})$")


def _beginnings() -> dict[str, tuple[str, ...]]:
    """With which words the lines begin that have these first letters."""
    found: dict[str, list[str]] = {}
    for words in every("device"):
        beginning = re.split(r"[*?()\[{]", words, maxsplit=1)[0]
        # What stands before a question mark may be missing.
        found.setdefault(beginning[:3], []).append(beginning[:-1] if words[len(beginning) :][:1] == "?" else beginning)
    return {letters: tuple(some) for letters, some in found.items() if letters}


_DEVICES = _by_letters()
_BEGINNINGS = _beginnings()
_NEEDLES = re.compile(
    "|".join(re.escape(_needle(words)) for words in every("device") if words[0] == "*"), re.IGNORECASE
)


def may_be_device(line: str) -> bool:
    """The cheap half of `is_device`."""
    if len(line) > MAX_DEVICE:
        return False
    start = fold(line[:40])
    for letters in (start[:3], start[:2], start[:1]):
        if letters in _BEGINNINGS and start.startswith(_BEGINNINGS[letters]):
            return True
    # None of the needles is ASCII alone.
    return not line.isascii() and _NEEDLES.search(line) is not None


def is_device(line: str) -> bool:
    """ "Sent from my iPhone", with and without brackets and links."""
    if len(line) > MAX_DEVICE:
        return False
    links = " ".join(found[0] for found in _LINK_BESIDE.finditer(line)).lower()
    words = fold((_LINK_BESIDE.sub("", line) if links else line).strip(_DECORATION)).replace("[", "").replace("]", "")
    if not words:
        return False
    if links and len(words) <= 60 and any(advertised in links for advertised in _ADVERTISED):
        return True
    starts = [words[:length] for length in (3, 2, 1) if words[:length] in _DEVICES]
    if _NEEDLES.search(words) is not None:
        starts.append("")
    return any(_devices(start).match(words) for start in starts)


_NOTICES = every("notice")
_FOOTERS = every("footer")
_LEAVES = every("leave")
_LEGAL = tuple(table["legal"] for table in LANGUAGES.values() if "legal" in table)
_STARTS = frozenset(word[:3] for word in (*_NOTICES, *_FOOTERS, *_LEAVES))
_WAY_OUT = re.compile(r"https?://|www\.|unsubscribe\S{0,20}@|@googlegroups|-leave@|-request@")
_FIRST_WORDS = tuple(dict.fromkeys(word[:12] for word in (*_NOTICES, *_FOOTERS, *_LEAVES)))  # the rest may be wrapped
_SECRET = re.compile(any_of(tuple(dict.fromkeys(words[0] for words in _LEGAL))))
_BEFORE = "*_-—–#[(<>|\"'“ "
_LISTS = (*COMMON["scanner"], *COMMON["list"])
MIN_NOTICE = 12  # characters
MIN_DISCLAIMER = 60
MAX_LIST = 400  # characters of what a scanner or a list puts below a mail


def may_be_footer(line: str) -> bool:
    """The cheap half of `is_footer`, for its first line, unless the paragraph is one that `names_a_list`."""
    start = fold(line[:60].lstrip(_BEFORE))
    return start[:3] in _STARTS and start.startswith(_FIRST_WORDS)


def names_a_list(paragraph: str) -> bool:
    """Is a mailing list or a virus scanner spoken of?"""
    text = fold(paragraph)
    return any(word in text for word in _LISTS)


def is_footer(paragraph: str) -> bool:
    """Does this text, the last paragraph of a mail or its end, belong to no person?"""
    text = fold(paragraph.lstrip(_BEFORE))
    if text[:3] in _STARTS:
        if text.startswith(_NOTICES) and len(text) >= MIN_NOTICE:
            return True
        if text.startswith(_FOOTERS) and len(text) >= MIN_DISCLAIMER and _sounds_legal(text, 2):
            return True
        if text.startswith(_LEAVES) and _WAY_OUT.search(text):
            return True
    if len(text) > MAX_LIST:
        return False
    if any(scanner in text for scanner in COMMON["scanner"]):
        return True
    return LINK.search(text) is not None and any(word in text for word in COMMON["list"])


def is_disclaimer(paragraph: str) -> bool:
    """A paragraph about secrecy and its addressee, however it begins."""
    text = fold(paragraph)
    return len(text) >= 2 * MIN_DISCLAIMER and _SECRET.search(text) is not None and _sounds_legal(text, 3)


def _sounds_legal(text: str, secret: int) -> bool:
    """So many legal words of one language with "confidential" among them, or, without, one more."""
    return any(sum(word in text for word in words) >= secret + (words[0] not in text) for words in _LEGAL)
