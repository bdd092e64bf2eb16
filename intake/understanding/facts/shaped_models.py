"""Tell models that nobody calls so: codes, and names with a number, which what stands around them shows to be things'.

Each candidate gets points for its form and for its neighbours; enough of them make it a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from intake.understanding.facts import model_words as words
from intake.understanding.facts.fact import Fact
from intake.understanding.facts.first_names import FIRST_NAMES
from intake.understanding.facts.loose_numbers import BOOKING
from intake.understanding.facts.number_tokens import UNIT_BEHIND
from intake.understanding.facts.things import kind_of, things
from intake.understanding.model.features import fold
from intake.understanding.near import Stretches, matches
from intake.understanding.plain_words import is_plain

_MOST = 30
_ENOUGH = 4
_BEFORE, _BEHIND, _AROUND = 70, 30, 160

_L = "A-Za-zÀ-ÿА-яЁё"
_U = "A-ZА-ЯЁ"
_NAME = (
    r"(?:[A-ZÀ-ÞА-ЯЁ][a-zà-ÿа-яё]{1,14}(?:[A-ZА-ЯЁ][a-zà-ÿа-яё]{1,12})?|[A-Z]-[A-Z][a-z]{2,10}|i[A-Z][a-z]{2,8}"
    r"|[A-ZА-ЯЁ]{5,12})"
)
MORE = (
    r"(?:[ -]?(?:[45]G|LTE|Inv(?:erter)?|Pro|PRO|Max|MAX|Plus|PLUS|Mini|Lite|SE|Ultra|Air|II|III|IV|Gen ?\d|Neo"
    r"|[Ee]co|Smart"
    r"|Deluxe|Turbo|Classic|Comfort|Premium|Compact|Basic|Sport|Light|Duo|Digital|No ?Frost|Wave|Про|Макс|Плюс|Люкс"
    r"|Лайт"
    r"|Мини|Эко|Турбо|Ультра|Li(?:/[0-9])?|[Mm][Kk] ?(?:I{1,3}|[0-9])|[A-Z][a-z]{1,9}[A-Z][a-z]{1,9}"
    r"|(?<= )[A-ZА-ЯЁ]{2,3}(?![\w'’])|(?<= )[A-ZА-ЯЁ](?![\w.'’])|(?<= )[A-Z][0-9](?![\w.]))(?![\w])){0,2}"
)
_CODE = (
    rf"(?:[{_U}]{{1,5}}(?:-| (?=[1-9][0-9]{{1,3}}(?![0-9])))?[0-9]{{1,5}}(?:[{_U}]{{1,3}}[0-9]{{0,2}}(?![a-zа-я])"
    rf"|[a-z](?![\w]))?"
    rf"(?:[-/.][0-9{_U}]{{1,5}}){{0,2}}|[{_U}]{{2,4}}-[{_U}]{{1,3}}[0-9]{{1,4}}|[0-9]{{2,3}}(?:[{_U}]{{2,3}}"
    rf"|[{_U}]{{1,2}}(?=[0-9]))[0-9]{{0,4}})"
)
_NUMBER = rf"(?:(?!0)[0-9]{{1,4}}(?:\.[0-9](?![0-9]))?(?:[a-z](?![a-z])|[{_U}]{{1,2}}|-[{_U}0-9]{{1,3}})?)"
_START, _END = rf"(?<![{_L}0-9_/.#№&@+-])", rf"(?![{_L}0-9_/@%-]|[.,:][0-9]| ?[€$£])"
_NAMED = re.compile(rf"{_START}(?P<names>{_NAME}(?: {_NAME})?) (?P<code>{_NUMBER}){MORE}{_END}")
_CODED = re.compile(rf"{_START}(?:(?P<names>{_NAME}) )?(?P<code>{_CODE})(?P<more>{MORE}){_END}")
_HAN_NAMED = re.compile(rf"(?<=[（(\"“「《])(?P<names>[一-鿿]{{2,3}})(?P<code>[0-9]{{1,4}}){MORE}{_END}")
_SHORT = re.compile(rf"[{_U}][0-9]{{1,2}}[A-Za-z]?")
_SPACED = re.compile(rf"[{_U}]+ [0-9]+")
# "на Тверской 12", "на Ленина 45"
_STREET = re.compile(r"[А-ЯЁ][а-яё]+(?:ская|ской|ского)$|(?:^|\s)(?:на|по)\s[А-ЯЁ][а-яё]+(?:ина|ова|ева|ого)$")
_CAMEL = re.compile(r"[^ ]*[a-zа-я][A-ZА-ЯЁ].*|[A-Z]-.*")
_AFTER_A_NAME = re.compile(r"Pro|PRO|Max|Plus|Lite|Ultra|Duo|Sport|Про|Макс|Плюс|Лайт|Ультра")
_BEFORE_A_NAME = re.compile(r"Air|Smart|Eco|Power|Super|Ultra|Aqua|Easy|Silent|Turbo|Multi|Эко|Супер|Турбо")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SENTENCE = re.compile(r"[!?。！？;\n]|\.\s")
_QUOTE = re.compile(r"[\"“„«「]$")
_JOINS = re.compile(
    r"\s?(?:,|/|(?<!\w)(?:and|or|und|oder|y|e|o|и|или|vs\.?|el|la|the|der|die|den)(?!\w)|和|或|还是|跟|、|\s){1,4}\s?"
)
# Between the thing and its model: its maker, and what it does not do.
_BETWEEN = re.compile(
    r"\s?(?:[^\W\d_]{1,16}\s"
    r"|[“„\"«][^“”„\"«»]{1,20}[”“\"»]\s){0,2}?[,(（「“„\"«:–-]?\s?(?:[^\W\d_]{1,14}\s){0,2}?(?:[A-ZÀ-ÞА-ЯЁ][A-Za-zÀ-ÿА-яё]{1,15}\s"
    r"|[一-鿿]{2,4}\s?)?[“„\"«(]?"
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A code or a name with a number: text[start:end] is the model, `begin` where its maker's name begins."""

    begin: int
    start: int
    end: int
    names: tuple[str, ...]
    code: str
    form: int  # points for its form


def shaped(text: str, places: Stretches) -> Iterator[Fact]:
    """The models that their form and their neighbours show, in the order of the text."""
    booked = BOOKING.search(text) is not None
    taken: _Candidate | None = None
    for candidate in islice(_candidates(text, places), _MOST):
        points = candidate.form + _around(text, candidate) - (3 if booked else 0)
        if taken is not None and _JOINS.fullmatch(text, taken.end, candidate.begin):
            points += 2
        if points >= _ENOUGH:
            taken = candidate
            yield Fact("model", text[candidate.start : candidate.end], candidate.start, candidate.end, 0.6)


def _candidates(text: str, places: Stretches) -> Iterator[_Candidate]:
    found = [*matches(_NAMED, text, places), *matches(_CODED, text, places), *matches(_HAN_NAMED, text, places)]
    for match in sorted(found, key=lambda match: (match.start("code"), match.end())):
        if (candidate := _candidate(match)) is not None:
            yield candidate


def _candidate(match: re.Match[str]) -> _Candidate | None:
    """What of the match is the model: "Bellmann WaschFix 6140" without its maker, "Voltio S3" whole."""
    code, names = match["code"], tuple((match["names"] or "").split())
    begin = match.start()
    if names and _is_ordinary(names[-1]):
        begin, names = match.start("code"), ()
    elif len(names) == 2 and _is_ordinary(names[0]):
        begin, names = match.start() + len(names[0]) + 1, names[1:]
    if words.NO_MODEL.fullmatch(code) or (not names and words.NO_MODEL_ALONE.fullmatch(code)):
        return None
    own = _own_names(names, code, named=match.re is not _CODED)
    if not own and (match.re is not _CODED or len(code) < 2):
        return None
    if _YEAR.fullmatch(code) or sum(letter.isdigit() for letter in code) > 6:
        return None
    start = match.start("code") - sum(len(name) + 1 for name in own)
    if match.re is _HAN_NAMED:
        start = match.start()
    return _Candidate(begin, start, match.end(), own, code, _form(own, code, match.group()))


def _is_ordinary(name: str) -> bool:
    """Is it a word that has numbers beside it, or goes with any wish?"""
    if words.NUMBERED.fullmatch(name) or is_plain(fold(name)):
        return True
    if _CAMEL.fullmatch(name):
        return False
    return kind_of(name.lower()) is not None


def _own_names(names: tuple[str, ...], code: str, *, named: bool) -> tuple[str, ...]:
    """The names that belong to the model: of two the first is the maker's, before a whole code each is."""
    if not names or not (named or _SHORT.fullmatch(code)):
        return ()
    if len(names) == 1 or _AFTER_A_NAME.fullmatch(names[-1]) or _BEFORE_A_NAME.fullmatch(names[0]):
        return names
    return names[-1:]


def _form(names: tuple[str, ...], code: str, written: str) -> int:
    points = 0
    digits = sum(letter.isdigit() for letter in code)
    letters = sum(letter.isalpha() for letter in code)
    if names:
        points = 2 if _CAMEL.fullmatch(names[-1]) else 1 if letters or digits >= 3 or len(names) == 2 else 0
        points -= names[-1].lower() in FIRST_NAMES
    elif words.DOUBTFUL.fullmatch(code):
        points = -1
    elif digits < 5:
        points = (letters >= 2) + (digits >= (2 if letters >= 2 else 3))
        points -= (2 if digits < 3 else 1) if _SPACED.fullmatch(code) else 0
    return points + (1 if len(written.split()) > len(names) + len(code.split()) + 1 else 0)


def _around(text: str, candidate: _Candidate) -> int:
    """Points for what stands around it."""
    before = _SENTENCE.split(text[max(0, candidate.begin - _BEFORE) : candidate.begin])[-1]
    behind = text[candidate.end : candidate.end + _BEHIND]
    if words.ELSEWISE.match(behind) or words.ELSEWISE_BEFORE.search(before):
        return -_ENOUGH
    if candidate.names and _STREET.search(before[-4:] + candidate.names[0]):
        return -_ENOUGH
    if candidate.code.isdigit() and UNIT_BEHIND.match(text, candidate.end):
        return -_ENOUGH
    points = _said_before(text, candidate, before, behind)
    points += _beside(before, behind, candidate)
    if not points:
        return -_ENOUGH  # what is spoken of elsewhere says nothing of it
    around = (
        text[max(0, candidate.begin - _AROUND) : candidate.begin] + "\n" + text[candidate.end : candidate.end + _AROUND]
    )
    if any(things(around)):
        points += 1
    if words.DEVICES.search(around):
        points += 1
    if words.TRADED.search(around):
        points += 1
    return points


def _said_before(text: str, candidate: _Candidate, before: str, behind: str) -> int:
    open_before = _QUOTE.sub("", before)
    points = 2 if open_before != before else 0
    if words.OWNED.search(open_before):
        return points + 3
    line = text[max(0, candidate.begin - _BEFORE) : candidate.begin]
    if words.LABEL.search(line):
        return points + 4
    if words.PLATE.search(before):
        return points + 2
    if words.POINTED.search(open_before) or words.ASKED.search(open_before):
        # Who does not write German has a capital there for a name only.
        return points + (3 if candidate.names and not words.GERMAN.search(open_before) else 2)
    if words.KIND_BEHIND.match(behind):
        return points + 2
    if before.rstrip().endswith((",", "(")) and behind[:1] in (",", ")", ".", "", "\n"):
        return points + 1
    if not before.strip() and words.FAILS.match(behind):
        return points + 3
    return points


def _beside(before: str, behind: str, candidate: _Candidate) -> int:
    """ "a Lumio TS200 lamp", "the kettle, a Norvik KX-3": points if the thing is named beside it."""
    if not candidate.code.isdigit() and any(start <= 1 and whole for start, _, whole in islice(things(behind), 1)):
        return 3
    for _, end, whole in reversed([*things(before)]):
        if _BETWEEN.fullmatch(before, end) is not None:
            return 3 if whole else 2
    return 0
