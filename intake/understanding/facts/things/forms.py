"""Find what has the form of a model: a code, or a name with a number. Whether it is one, its neighbours tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.understanding.facts.people.first_names import FIRST_NAMES
from intake.understanding.facts.things import words
from intake.understanding.facts.things.known import MAKER
from intake.understanding.facts.things.nouns import is_german, kind_of
from intake.understanding.model.features import fold
from intake.understanding.near import Stretches, matches
from intake.understanding.plain_words import is_plain

_L = "A-Za-zÀ-ÿА-яЁё"
_U = "A-ZА-ЯЁ"
_NAME = (
    r"(?:[A-ZÀ-ÞА-ЯЁ][a-zà-ÿа-яё]{1,14}(?:[A-ZА-ЯЁ][a-zà-ÿа-яё]{0,12})?|[A-Z]-[A-Z][a-z]{2,10}|i[A-Z][a-z]{2,8}"
    r"|[A-Z]{1,2}[A-Z][a-z]{2,10}|[A-Z][a-z]{2,10}-[A-Z][a-z]{2,10}|[A-ZА-ЯЁ]{5,12})"
)
MORE = (
    r"(?:[ -]?(?:[45]G|LTE|Inv(?:erter)?|Pro|PRO|Max|MAX|Plus|PLUS|Mini|Lite|SE|Ultra|Air|II|III|IV|Gen ?\d|Neo"
    r"|[Ee]co|Smart"
    r"|Energy|Relax|Релакс|Active|Evo|Elite|Home|Deluxe|Turbo|Classic|Comfort|Premium|Compact|Basic|Sport|Light|Duo"
    r"|Digital|No ?Frost|Wave|Base|Go|Absolute|Animal|Advanced|Ultimate|Prime|Hybrid|Touch|[A-Z]{2}-[0-9]|Про|Макс"
    r"|Плюс|Люкс|Лайт"
    r"|Мини|Эко|(?<= )(?:pro|max|plus|mini|lite|ultra)|Турбо|Ультра|Li(?:/[0-9])?|[Mm][Kk] ?(?:I{1,3}|[0-9])"
    r"|[A-Z][a-z]{1,9}[A-Z][a-z]{1,9}"
    r"|(?<= )(?!LED|TV|USB|DAB|CD|DVD|HD|UHD|PC|OK|AND|EUR|USD|GBP|SN|IMEI|TÜV)[A-ZА-ЯЁ]{2,3}(?![\w'’])"
    r"|(?<= )(?![IYЯИ] )[A-ZА-ЯЁ](?![\w.'’])|(?<= )[A-Z][0-9](?![\w.]))(?![A-Za-zÀ-ÿА-яЁё0-9_])){0,2}"
)
_GROUPED = rf"[{_U}]{{2,4}} [1-9](?:[0-9]{{0,2}}-[0-9]{{1,3}}|\.[0-9]{{1,2}})(?![0-9]|\.[0-9])"  # "GBH 2-26", "SP 5.0"
# "3TS976BE", "SN23HI37VE/21": as the makers of large appliances write them.
_LONG = rf"[{_U}]{{0,3}}[0-9]{{1,3}}(?:[{_U}]{{1,3}}[0-9]{{1,4}}){{1,3}}[{_U}]{{0,3}}(?:/[0-9]{{1,2}})?"
_CODE = (
    rf"(?:{_GROUPED}|(?=[{_U}0-9]{{6}}){_LONG}(?![{_L}0-9-])"
    rf"|[{_U}]{{1,5}}(?:-| (?=[1-9][0-9]{{1,3}}(?![0-9])))?[0-9]{{1,5}}(?:[{_U}]{{1,3}}[0-9]{{0,2}}(?![a-zа-я])"
    rf"|[a-z](?![\w]))?"
    rf"(?:[-/.][0-9{_U}]{{1,5}}){{0,2}}|[{_U}]{{2,4}}-[{_U}]{{1,3}}[0-9]{{1,4}}|[0-9]{{2,3}}(?:[{_U}]{{2,3}}"
    rf"|[{_U}]{{1,2}}(?=[0-9]))[0-9]{{0,4}})"
)
_NUMBER = rf"(?:(?!0)[0-9]{{1,4}}(?:\.[0-9](?![0-9]))?(?:[a-z](?![a-z])|[{_U}]{{1,2}}|[-/][{_U}0-9]{{1,3}})?)"
_START, _END = rf"(?<![{_L}0-9_/.#№&@+-])", rf"(?![{_L}0-9_/@%-]|[.,:][0-9]| ?[€$£])"
_NAMED = re.compile(rf"{_START}(?P<names>{_NAME}(?: {_NAME})?) (?P<code>{_NUMBER}){MORE}{_END}")
_CODED = re.compile(rf"{_START}(?:(?P<names>{_NAME}) )?(?P<code>{_CODE})(?P<more>{MORE}){_END}")
_DASHED = re.compile(
    rf"{_START}(?:{_NAME} )?(?P<names>{_NAME})-(?P<code>[{_U}]{{1,3}}[0-9]{{1,4}}"
    rf"|(?!0)[0-9]{{1,4}}[{_U}]{{0,2}}){MORE}{_END}"
)
_SMALL = re.compile(
    r"(?<![\w/.#№&@+-])(?P<names>[a-zа-яё]{4,12}(?: (?:pro|max|plus|mini|lite|ultra"
    r"|air))?) (?P<code>[0-9]{1,4}[a-z]?)(?![\w@%-]|[.,:][0-9]| ?[€$£])"
)
_SMALL_CODE = re.compile(
    r"(?<![\w/.#№&@+'-])(?P<names>(?!))?(?P<code>(?!x[0-9]|b4|m8|l8|gr8|w8|k9)[a-zа-яё]{1,3}-?[0-9]{1,4}[a-z]?)(?![\w@%-]|[.,:][0-9])"
)
_HAN_NAMED = re.compile(rf"(?<=[（(\"“「《])(?P<names>[一-鿿]{{2,3}})(?P<code>[0-9]{{1,4}}){MORE}{_END}")
SHORT = re.compile(rf"[{_U}]-?[0-9][A-Za-z]?")  # hardly a model without the name before it
_UNIT = re.compile(r"[0-9.]+(?:V|W|KG|CM|MM|GB|TB|MB|HZ|AH|ML|KW|UHR|ST|ND|RD|TH|G)", re.IGNORECASE)
_SPACED = re.compile(rf"[{_U}]+ [0-9]+")
_CAMEL = re.compile(r"[^ ]*[a-zа-я][A-ZА-ЯЁ].*|[A-Z]-.*")
_AFTER_A_NAME = re.compile(
    r"Pro|PRO|Max|Plus|Lite|pro|max|plus|mini|lite|ultra|air|Ultra|Duo|Sport|Про|Макс|Плюс|Лайт|Ультра"
)
_BEFORE_A_NAME = re.compile(r"WiFi|Air|Smart|Eco|Power|Super|Ultra|Aqua|Easy|Silent|Turbo|Multi|Эко|Супер|Турбо")
_YEAR = re.compile(r"(?:19|20)\d\d")
_QUOTES = tuple('"“„«「')
_STARTS = re.compile(r"(?:^|[.!?:;\n(«„“\"–-]\s?)$")  # only German has nouns with capitals elsewhere
_MAKER = re.compile(r"[(（][一-鿿]{2,3} ?$")  # "(飞岚 F20)"
_PATTERNS = (_NAMED, _CODED, _DASHED, _HAN_NAMED, _SMALL, _SMALL_CODE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code or a name with a number: text[start:end] is the model, `begin` where its maker's name begins."""

    begin: int
    start: int
    end: int
    names: tuple[str, ...]
    code: str
    form: int  # points for its form
    small: bool  # without capitals


def candidates(text: str, places: Stretches) -> Iterator[Candidate]:
    """In the order of the text, those that overlap the longer first."""
    found = [match for pattern in _PATTERNS for match in matches(pattern, text, places)]
    for match in sorted(found, key=lambda match: (match.start("code"), match.start(), match.end())):
        if (candidate := _candidate(match)) is not None:
            yield candidate


def _candidate(match: re.Match[str]) -> Candidate | None:
    """What of the match is the model: "Bellmann WaschFix 6140" without its maker, "Voltio S3" whole."""
    code, names = match["code"], tuple((match["names"] or "").split())
    begin = match.start()
    starts = _STARTS.search(match.string, max(0, begin - 3), begin) is not None
    if (
        names
        and _is_ordinary(names[-1], starts=starts)
        and not (len(names) == 2 and _AFTER_A_NAME.fullmatch(names[-1]))
    ):
        begin, names = match.start("code"), ()
    elif len(names) == 2 and not _BEFORE_A_NAME.fullmatch(names[0]) and _is_ordinary(names[0], starts=starts):
        begin, names = match.start() + len(names[0]) + 1, names[1:]
    if (_UNIT if names else words.NO_MODEL).fullmatch(code):
        return None
    if (
        words.NO_MODEL_ALONE.fullmatch(code)
        and not (names or match.end() > match.end("code"))
        and not _MAKER.search(match.string[max(0, begin - 5) : begin])
    ):
        return None
    bare = match.re in (_CODED, _SMALL_CODE)
    own = _own_names(names, code, match, bare=bare)
    if not own and (not bare or len(code) < 2):
        return None
    if _YEAR.fullmatch(code) or sum(letter.isdigit() for letter in code) > 6:
        return None
    if not code.isdigit() and own and MAKER.fullmatch(own[0]):
        own = own[1:]
    start = match.start("code") - sum(len(name) + 1 for name in own)
    if match.re is _HAN_NAMED:
        start = match.start()
    elif match.re is _DASHED:
        begin, start = match.start(), match.start("names")
    small = match.re in (_SMALL, _SMALL_CODE)
    return Candidate(begin, start, match.end(), own, code, _form(own, code, match, small=small), small)


def _is_ordinary(name: str, *, starts: bool) -> bool:
    """Is it a word that has numbers beside it, or goes with any wish?"""
    if words.NUMBERED.fullmatch(name) or is_plain(fold(name)):
        return True
    if _CAMEL.fullmatch(name):
        return False
    return kind_of(name.lower()) is not None and (starts or is_german(name.lower()))


def _own_names(names: tuple[str, ...], code: str, match: re.Match[str], *, bare: bool) -> tuple[str, ...]:
    """The names that belong to the model: of two the first is the maker's, before a whole code each is."""
    if not names:
        return ()
    if bare and not SHORT.fullmatch(code):
        return names if _CAMEL.fullmatch(names[-1]) is not None else ()
    if match.string[match.start() - 1 : match.start()] in _QUOTES:
        return names
    if match.re is _CODED and match["more"]:
        return ()  # "Cobra T2 Base": its maker's
    if len(names) == 1 or _AFTER_A_NAME.fullmatch(names[-1]) or _BEFORE_A_NAME.fullmatch(names[0]):
        return names
    return names[-1:]


def _form(names: tuple[str, ...], code: str, match: re.Match[str], *, small: bool) -> int:
    digits = sum(letter.isdigit() for letter in code)
    letters = sum(letter.isalpha() for letter in code)
    if small:
        return 0 if len(names) != 1 else -1
    points = 1 if match.re is _DASHED else 0
    if names:
        points += 2 if _CAMEL.fullmatch(names[-1]) else 1 if letters or digits >= 3 or len(names) == 2 else 0
        points -= names[-1].lower() in FIRST_NAMES
    elif words.DOUBTFUL.fullmatch(code):
        points = -1
    elif digits < 5:
        points = (letters >= 2) + (digits >= (2 if letters >= 2 else 3))
        points -= 2 if _SPACED.fullmatch(code) else 0
    return points + (1 if len(match.group().split()) > len(names) + len(code.split()) + 1 else 0)
