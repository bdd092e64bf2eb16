"""Find which model it is: what stands behind the word "model", or has the form of one behind the name of a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from intake.understanding.facts.fact import Fact
from intake.understanding.near import Stretches, matches

_MOST = 30
_CODE = r"(?=[A-Za-zА-я/-]{0,12}[0-9])[A-Za-zА-я0-9](?:[A-Za-zА-я0-9]|[-_/.+](?=[A-Za-zА-я0-9])){0,24}"
_CAPITAL = r"[A-ZÀ-ÞА-ЯЁ][A-Za-zÀ-ÿА-яё]{1,15}"
_MORE = (
    r"(?: (?:[45]G|LTE|Inv|eco|Pro|Max|Plus|Mini|Lite|SE|Ultra|Air|XL|XS|II|III|IV|Gen ?\d|Neo|Eco|Smart|Deluxe"
    r"|Turbo|Classic|Comfort"
    r"|Premium|S|X)(?![\w])){0,2}"
)
_WORD = (
    r"(?<![^\W一-鿿])(?i:models?|modell?s?|modelo|модел[ьи]|modellnummer|modell-?nr\.?|modellbezeichnung|typ"
    r"|typenbezeichnung|type)"
)
_NUMBER = r"(?i:\s{0,2}(?:number|no\.?|name|code|nr\.?|nummer|número|n[º°]|номер|is called)(?![^\W一-鿿]))?"
_MODEL = re.compile(
    rf"(?:{_WORD}{_NUMBER}|型号|型號|机型|款式|规格型号)"
    rf"[\s:：#.\"'“«„(-]{{0,3}}(?i:is |ist |es |lautet |the |el |la |der |die "
    rf"|das |это |是|为|叫){{0,2}}[\s\"'“«„]{{0,2}}"
    rf"(?P<value>(?:{_CAPITAL}[ -]){{0,3}}{_CODE}{_MORE})"
)
_NAMED = re.compile(
    rf"(?:{_WORD}{_NUMBER}\s?[:：=]\s?|型号[:：是为]\s?)[\"'“«„]?(?P<value>{_CAPITAL}(?:[ -](?:{_CAPITAL}"
    rf"|[0-9]{{1,4}})){{0,3}}|[一-鿿]{{2,6}} ?[A-Za-z0-9-]{{2,12}})"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def models(text: str, places: Stretches) -> Iterator[Fact]:
    """Announced models."""
    for match in islice(matches(_MODEL, text, places), _MOST):
        if not _YEAR.fullmatch(match["value"]):
            yield Fact("model", match["value"], *match.span("value"), 0.85)
    for match in islice(_NAMED.finditer(text), _MOST):
        yield Fact("model", match["value"], *match.span("value"), 0.7)
