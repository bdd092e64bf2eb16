"""Find which model it is: what stands behind the word "model", or has the form of one behind the name of a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.loose_numbers import BOOKING
from intake.understanding.facts.things import NO_MODEL, THING
from intake.understanding.near import Stretches, matches

_MOST = 30
_MOST_ALIKE = 5
_CODE = r"(?=[A-Za-zА-яЁё/-]{0,12}[0-9])[A-Za-zА-яЁё0-9](?:[A-Za-zА-яЁё0-9]|[-_/.+](?=[A-Za-zА-я0-9])){0,24}"
_CAPITAL = r"[A-ZÀ-ÞА-ЯЁ][A-Za-zÀ-ÿА-яё]{1,15}"
_MORE = (
    r"(?: (?:[45]G|LTE|Inv(?:erter)?|Pro|Max|Plus|Mini|Lite|SE|Ultra|Air|II|III|IV|Gen ?\d|Neo|[Ee]co|Smart|Deluxe"
    r"|Turbo|Classic|Comfort|Premium|Compact|Basic|Sport|Light|Duo|Digital|No ?Frost|Про|Макс|Плюс|Люкс|Лайт|Мини"
    r"|Эко|Турбо|Ультра|Li(?:/[0-9])?|[Mm][Kk] ?(?:I{1,3}|[0-9])|[A-ZА-ЯЁ]{2,3}(?![\w'’])|[A-ZА-ЯЁ](?![\w.'’])"
    r"|[A-Z][0-9](?![\w.]))(?![\w])){0,2}"
)
_WORD = (
    r"(?<![^\W一-鿿])(?i:models?|modell?s?|modelo|модел[ьи]|modellnummer|modell-?nr\.?|modellbezeichnung|typ"
    r"|typenbezeichnung|type)"
)
_NUMBER = r"(?i:\s{0,2}(?:number|no\.?|name|code|nr\.?|nummer|número|n[º°]|номер|is called)(?![^\W一-鿿]))?"
_PLATE = (
    r"(?i:\s(?:laut|gem[äa](?:ß|ss)|auf dem|on the|per the|seg[úu]n(?: la)?|en la|на|по)\s(?:[^\W\d]{3,16}(?:\s"
    r"(?:says|reads|pone|dice|steht|написано))?))?"
)
_MODEL = re.compile(
    rf"(?:{_WORD}{_NUMBER}{_PLATE}|型号|型號|机型|款式|规格型号)"
    rf"[\s:：#.\"'“«„(-]{{0,3}}(?i:is |ist |es |lautet |the |el |la |der |die "
    rf"|das |это |是|为|叫){{0,2}}[\s\"'“«„]{{0,2}}"
    rf"(?P<value>(?:{_CAPITAL}[ -]){{0,3}}{_CODE}{_MORE})"
)
_NAMED = re.compile(
    rf"(?:{_WORD}{_NUMBER}\s?[:：=]\s?|型号[:：是为]\s?)[\"'“«„]?(?P<value>{_CAPITAL}(?:[ -](?:{_CAPITAL}"
    rf"|[0-9]{{1,4}})){{0,3}})|型号[:：是为 ]?\s?(?P<han>[一-鿿]{{2,6}} ?[A-Za-z0-9-]{{2,12}})"
)
_NO_CODE = re.compile(r"(?:19|20)\d\d|\d|\d-[A-ZÄÖÜ]?[a-zäöüß]{3,}.*")  # a year, "Type 1", "Typ-1-Diabetes"

# ---- where nobody says "model"
_UP = "A-ZА-ЯЁ"
_FORM = re.compile(
    rf"(?<![A-Za-zÀ-ÿА-яЁё0-9_/.#№&@+-])(?P<value>[{_UP}]{{1,4}}(?:-| (?=[0-9]{{3,4}}(?![0-9])))?[0-9]{{1,4}}"
    rf"(?:[{_UP}]{{1,3}}(?![a-zа-я])|-[0-9]{{3}}(?![0-9])|/[0-9]{{1,3}}|[a-z](?![\w]))?{_MORE})"
    rf"(?![A-Za-zÀ-ÿА-яЁё0-9_/@-]|[.,:][0-9])"
)
_SMALL_FORM = re.compile(
    r"(?<![\w/.#-])(?P<value>[a-z]{1,3}-?[0-9]{1,4}[a-z]{0,2})\s(?:or|oder|o|или"
    r"|vs\.?)\s(?P<other>[a-z]{1,3}-?[0-9]{1,4}"
    r"[a-z]{0,2})(?![\w/-])|(?<![A-Za-z0-9])(?P<first>[A-Za-z]{1,3}-?[0-9]{2,4})(?:还是|和)(?P<second>[A-Za-z]{1,3}"
    r"-?[0-9]{2,4})(?![A-Za-z0-9])"
)
_NAME_FORM = re.compile(
    rf"(?P<maker>{_CAPITAL}|[一-鿿]{{2,4}}) (?P<value>{_CAPITAL} [0-9]{{1,4}}[A-ZА-Я]?{_MORE})(?![\w/@-]|[.,:][0-9])"
)
_POSSESSED = re.compile(
    rf"(?<![^\W_])(?i:my|our|this|meine?[nmrs]?|unsere?[nmrs]?|mi|nuestr[oa]|мо[йяеёию]|моего|моей|наш[аеу]?)\s"
    rf"(?:{_CAPITAL}\s){{0,2}}$|(?:我的|我家的?|我们的)\s?$"
)
_FAILS = re.compile(
    r"\s(?:won'?t|wont|doesn'?t|doesnt|does not|is(?:n'?t| not)|keeps|stopped|broke|died|no\s|ya no|не\s|geht nicht"
    r"|startet|macht|lädt|dreht|se (?:apaga|para|cae)|перестал|сломал|шумит)|\s?[一-鿿]{0,3}(?:不|坏|没反应)",
    re.IGNORECASE,
)
_BEFORE, _BEHIND = 70, 22
_SENTENCE = re.compile(r"[!?。！？;\n]|\.\s")


def models(text: str, places: Stretches) -> Iterator[Fact]:
    """Announced models, then those that their form and the thing beside them show."""
    for match in islice(matches(_MODEL, text, places), _MOST):
        if not _NO_CODE.fullmatch(match["value"]):
            yield Fact("model", match["value"], *match.span("value"), 0.85)
    for match in islice(_NAMED.finditer(text), _MOST):
        group = "value" if match["value"] else "han"
        yield Fact("model", match[group], *match.span(group), 0.7)
    found = [*_shaped(text, places)]
    yield from found
    announced = [match["value"] for match in islice(matches(_MODEL, text, places), _MOST_ALIKE)]
    yield from _alike(text, [*announced, *(fact.value for fact in found)][:_MOST_ALIKE])


_QUOTED = re.compile(rf"[\"“„«](?P<value>[{_UP}]{{1,4}}[- ]?[0-9]{{1,4}}[^\"“”„«»\n]{{0,8}})[\"”“»]")
_TAIL = re.compile(rf"[A-Za-zА-яЁё0-9]{{0,3}}(?:[/-][A-Za-z0-9]{{1,3}})?{_MORE}(?![\w])")


def _alike(text: str, known: list[str]) -> Iterator[Fact]:
    """What begins as a known model does is one as well: "for the YL-60? Mine says YL-60M"."""
    small = text.lower()
    for value in known:
        first = value.split(" ")[0].lower()
        stem, start = first if any(letter.isdigit() for letter in first) else value.lower(), 0
        for _ in range(_MOST_ALIKE):
            start = small.find(stem, start)
            if start < 0 or len(small) != len(text):
                break
            tail = _TAIL.match(text, start + len(stem))
            free = not (start and (text[start - 1].isalnum() or text[start - 1] in "-/_"))
            if tail is not None and free and len(stem) >= 3:
                yield Fact("model", text[start : tail.end()], start, tail.end(), 0.55)
            start += len(stem)


def _shaped(text: str, places: Stretches) -> Iterator[Fact]:
    booked = BOOKING.search(text) is not None
    for match in islice(matches(_FORM, text, places), _MOST):
        value = match["value"]
        if len(value) < 3 or NO_MODEL.fullmatch(value):
            continue
        before = _SENTENCE.split(text[max(0, match.start() - _BEFORE) : match.start()])[-1]
        behind = text[match.end() : match.end() + _BEHIND]
        fails = not before.strip() and _FAILS.match(behind) is not None
        owned = not booked and _POSSESSED.search(before) is not None
        if owned or fails or _is_of_a_thing(before, behind):
            yield Fact("model", value, *match.span("value"), 0.6)
    for match in islice(matches(_QUOTED, text, places), _MOST):
        if not booked and not NO_MODEL.fullmatch(match["value"]):
            yield Fact("model", match["value"], *match.span("value"), 0.55)
    for match in islice(matches(_SMALL_FORM, text, places), _MOST):
        for group in ("value", "other", "first", "second"):
            if match[group] is not None and not NO_MODEL.fullmatch(match[group]):
                yield Fact("model", match[group], *match.span(group), 0.55)
    for match in islice(matches(_NAME_FORM, text, places), _MOST):
        before = _SENTENCE.split(text[max(0, match.start() - _BEFORE) : match.start()])[-1]
        if THING.search(before) is not None:
            yield Fact("model", match["value"], *match.span("value"), 0.55)


def _is_of_a_thing(before: str, behind: str) -> bool:
    """ "a Lumio TS200 lamp", "the kettle, a Norvik KX-3": is the thing named beside it?"""
    if (match := THING.search(behind)) is not None and match.start() <= 1:
        return True
    last = None
    for last in THING.finditer(before):  # noqa: B007 - the last one counts
        pass
    return last is not None and _BETWEEN.fullmatch(before, last.end()) is not None


# Between the thing and its model: its maker, and what it does not do.
_BETWEEN = re.compile(
    rf"\s?(?:[^\W\d_]{{1,16}}\s){{0,5}}?[,(（「“\"«:–-]?\s?(?:[^\W\d_]{{1,14}}\s){{0,3}}?(?:{_CAPITAL}\s"
    rf"|[一-鿿]{{2,4}}\s?)?[“\"«(]?"
)
