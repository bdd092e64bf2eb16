"""Find which model it is: what stands behind the word "model", or has the form of one behind the name of a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.numbers.loose import BOOKING
from intake.understanding.facts.things.forms import MORE
from intake.understanding.facts.things.nouns import kind_of
from intake.understanding.facts.things.shaped import shaped
from intake.understanding.facts.things.words import DOUBTFUL, NO_MODEL, NO_MODEL_ALONE
from intake.understanding.model.features import fold
from intake.understanding.near import Stretches, matches
from intake.understanding.plain_words import is_plain

_MOST = 30
_MOST_ALIKE = 5
_CODE = r"(?=[A-Za-zА-яЁё/-]{0,12}[0-9])[A-Za-zА-яЁё0-9](?:[A-Za-zА-яЁё0-9]|[-_/.+](?=[A-Za-zА-я0-9])){0,24}"
_CAPITAL = r"[A-ZÀ-ÞА-ЯЁ][A-Za-zÀ-ÿА-яё]{1,15}"
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
    rf"(?P<value>(?:{_CAPITAL}[ -]){{0,3}}{_CODE}{MORE})"
)
_NAMED = re.compile(
    rf"(?:{_WORD}(?P<kind>(?i:(?<=typ)|(?<=type)))?{_NUMBER}\s?[:：=]\s?"
    rf"|型号[:：是为]\s?)[\"'“«„]?(?P<value>{_CAPITAL}(?:[ -](?:{_CAPITAL}"
    rf"|[0-9]{{1,4}})){{0,3}})|型号[:：是为 ]?\s?(?P<han>[一-鿿]{{2,6}} ?[A-Za-z0-9-]{{2,12}})"
)
# "modelo Strandmon.", "Modell Tolomeo, …": letters only, and nothing of a sentence behind them.
_LETTERS = re.compile(
    rf"(?<![^\W一-鿿])(?:model|[Mm]odelo|(?:(?<=, )|(?<=\())[Mm]odell|[Мм]одел[ьи])\s"
    rf"[\"'“«„]?(?P<value>{_CAPITAL}(?: {_CAPITAL})?)[\"'”»“]?"
    r"(?=\s?[,.;:!?)\n]|$)"
)
# "Model: Not Sure", "型号 忘记了 48213"
_NOT_KNOWN = re.compile(
    r"(?i:(?:unknown|unsure|unclear|not?|none|nil|don'?t|see|siehe|keine?|nicht|unbekannt|unklar|wei(?:ß|ss)|desconocid[oa]"
    r"|ningun[oa]?|ning[úu]n|v[ée]ase|неизвестн\w{1,3}|неясн\w|нет|не|см)(?![^\W_]))|[一-鿿]*[忘不没多什哪未无]"
)
_NO_CODE = re.compile(r"(?:19|20)\d\d|\d|\d-[A-ZÄÖÜ]?[a-zäöüß]{3,}.*")  # a year, "Type 1", "Typ-1-Diabetes"

# ---- where nobody says "model"
_UP = "A-ZА-ЯЁ"
_SMALL_FORM = re.compile(
    r"(?<![\w/.#-])(?P<value>[a-z]{1,3}-?[0-9]{1,4}[a-z]{0,2})\s(?:or|oder|o|или"
    r"|vs\.?)\s(?P<other>[a-z]{1,3}-?[0-9]{1,4}"
    r"[a-z]{0,2})(?![\w/-])|(?<![A-Za-z0-9])(?P<first>[A-Za-z]{1,3}-?[0-9]{2,4})(?:还是|和)(?P<second>[A-Za-z]{1,3}"
    r"-?[0-9]{2,4})(?![A-Za-z0-9])"
)
_SAID = ("model", "модел", "型号", "typ")  # cheaper than the patterns, which most texts do not need
_QUOTED = re.compile(rf"[\"“„«](?P<value>[{_UP}]{{1,4}}[- ]?[0-9]{{1,4}}[^\"“”„«»\n]{{0,8}})[\"”“»]")
_TAIL = re.compile(rf"[A-Za-zА-яЁё0-9]{{0,3}}(?:[/-][A-Za-z0-9]{{1,3}})?{MORE}(?![\w])")


def models(text: str, places: Stretches) -> Iterator[Fact]:
    """Announced models, then those that their form and the thing beside them show."""
    for match in islice(matches(_MODEL, text, places), _MOST):
        if not _NO_CODE.fullmatch(match["value"]) and not _NOT_KNOWN.match(match["value"]):
            yield Fact("model", match["value"], *match.span("value"), 0.85)
    yield from lettered(text)
    found = [*_written(text, places), *shaped(text, places)]
    yield from found
    announced = [match["value"] for match in islice(matches(_MODEL, text, places), _MOST_ALIKE)]
    yield from _alike(text, [*announced, *(fact.value for fact in found)][:_MOST_ALIKE])


def lettered(text: str) -> Iterator[Fact]:
    """Announced ones that may have no digit: all that is looked for where there is none in the whole text."""
    small = text.lower()
    if not any(word in small for word in _SAID):
        return
    for match in islice(_NAMED.finditer(text), _MOST):
        group = "value" if match["value"] else "han"
        name = match[group]
        of_a_kind = match["kind"] is not None and not any(sign.isdigit() for sign in name)  # "Type: Gift Card"
        if not (of_a_kind or _NOT_KNOWN.match(name) or all(map(_is_ordinary, name.split()))):
            yield Fact("model", name, *match.span(group), 0.7)
    for match in islice(_LETTERS.finditer(text), _MOST):
        name = match["value"]
        if not _NOT_KNOWN.match(name) and not any(map(_is_ordinary, name.split())):
            yield Fact("model", name, *match.span("value"), 0.6)


def _is_ordinary(word: str) -> bool:
    return is_plain(fold(word)) or kind_of(word.lower()) is not None


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


def _written(text: str, places: Stretches) -> Iterator[Fact]:
    """Those in quotation marks, and two small ones of which one is to be chosen."""
    booked = BOOKING.search(text) is not None
    for match in islice(matches(_QUOTED, text, places), _MOST):
        if not booked and not _is_something_else(match["value"]):
            yield Fact("model", match["value"], *match.span("value"), 0.55)
    for match in islice(matches(_SMALL_FORM, text, places), _MOST):
        for group in ("value", "other", "first", "second"):
            if match[group] is not None and not NO_MODEL.fullmatch(match[group]):
                yield Fact("model", match[group], *match.span(group), 0.55)


def _is_something_else(code: str) -> bool:
    return any(pattern.fullmatch(code) for pattern in (NO_MODEL, NO_MODEL_ALONE, DOUBTFUL))
