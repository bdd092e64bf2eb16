"""Find how the writer is called: where he says so, in a form's field, and below his letter. Never whom he addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.people import words
from intake.understanding.facts.people.checks import checked, is_firm, is_surely_a_name
from intake.understanding.facts.people.first_names import FIRST_NAMES, NAMES_IN_SMALL
from intake.understanding.facts.people.shapes import ADDRESSED, LOW, NAME, WORD
from intake.understanding.facts.people.signatures import signed

_MOST = 20  # names said in one text

_SAID = tuple(
    (re.compile(rf"(?<![^\W_])(?i:{before})(?:[ \u00a0]{{1,2}}[\"“«„]?|\s?[:,]\s?){ADDRESSED}{NAME}"), alone)
    for before, alone in words.SAID
)
_SAID_SMALL = re.compile(
    rf"(?<![^\W_])(?:my name(?: is|'s)|me llamo|mi nombre es|меня зовут|mein name ist|ich hei(?:ß|ss)e)\s"
    rf"(?P<name>[{LOW}]{{2,16}}(?: [{LOW}]{{3,18}})?)(?=\s{{0,2}}(?:[,.;!\n]|$|and |und |y |и ))",
    re.IGNORECASE,
)
_GREETED = re.compile(
    rf"(?:^|(?<=\n))\s{{0,2}}(?:(?:hi|hey|hello|hallo|moin|servus|hola|buenas|алло|привет|здравствуйте),?!? )"
    rf"(?:it'?s|this is|hier(?: ist)?|aqu[íi]|это|я)\s(?P<name>[{LOW}]{{3,12}})(?=[,.!\n]|$| (?:can|could|here) )",
    re.IGNORECASE,
)
_FIELD = re.compile(
    rf"(?:^|(?<=\n)|(?<=[;；,，|。]))[ \t>*•·-]{{0,6}}(?:\d{{1,2}}[.)]\s{{0,2}})?"
    rf"(?i:{words.FIELDS})\s{{0,2}}[*]{{0,2}}[:：=]\s{{0,3}}[*]{{0,2}}{ADDRESSED}"
    rf"(?:{NAME}(?=\s{{0,3}}(?:[,;.|(\n\r/]|$|[–—-]\s|[^\x00-\x7F]))"
    rf"|(?P<han>[一-鿿]{{2,4}}(?:·[一-鿿]{{1,6}})?)(?![一-鿿]))"
)
_HAN_SAID = (
    re.compile(rf"{words.CHINESE_SAID[0]}[:：\s]?(?:(?P<han>[一-鿿]{{2,4}})(?![一-鿿])|{NAME})"),
    re.compile(
        rf"{words.CHINESE_SAID[0]}[:：\s]?(?P<han>[一-鿿]{{2,3}}?)(?=[，,。.\s!！；;、]|想|要|在|的|昨|上|今|买|购|手机|电话|订|我|于)"
    ),
    re.compile(rf"{words.CHINESE_SAID[1]}(?P<han>[一-鿿]{{2,3}})(?=[，,。.\s!！；;、(（]|$)"),
)
_HAN_RECEIVES = re.compile(r"(?:^|(?<=[\n,，]))[ ]?(?P<han>[一-鿿]{2,4}?)\s?(?:先生|女士|小姐)?\s?收(?=[\s,，\0]|$)")
_HAN_SURNAME = re.compile(
    r"(?:(?:我|免贵|本人|(?<![一-鿿]))姓(?P<han>[一-鿿]{1,2})|(?<![一-鿿])我(?P<small>小[一-鿿]))(?=[，,。.、\s!！\0]|$)"
)
_SAID_KNOWN = re.compile(
    rf"(?<![^\W_])(?:soy|i'?m|i am|it'?s|this is|ich bin|bin(?: die| der)?|hier ist|это|я) (?P<name>[{LOW}]{{3,14}})"
    r"(?=$|[,.!\n]| (?:um|uh|ähm|eh|again|here|from|aus|de|из|otra|nochmal|hier)(?![^\W_]))",
    re.IGNORECASE,
)
# "I, Anna Holm, demand …", "data about me: Dr. Anna Holm, born …"
_IN_APPOSITION = (
    re.compile(rf"(?<![^\W_])(?:I|Ich|Yo|Я),? {ADDRESSED}{NAME},"),
    re.compile(
        rf"(?:[:,]|\b(?:me|mich|mí)) {ADDRESSED}{NAME}(?=, (?:born|living|residing|resident|geboren|geb\.|wohnhaft"
        rf"|nacid[oa]"
        r"|con (?:domicilio|dni)|domiciliad[oa]|vecin[oa] de|проживающ|родивш|паспорт))"
    ),
)
_HAN_CALLED = re.compile(
    r"我叫(?P<han>(?!快递|客服|外卖|人|车|他|她|你|您|救护|滴滴|顺丰|师傅)[一-鿿]{2,5})(?=[,，。.!！~\n]|$)"
)
_REPEATED = re.compile(rf"(?<![^\W_])(?P<first>{WORD}), (?P<name>(?P=first) {WORD})(?![^\W_])")  # "Bond, James Bond"
_RUSSIAN_CALLED = re.compile(rf"(?<![^\W_])[Мм]еня {NAME} (?:звать|зовут)(?![^\W_])")
_HERE = re.compile(
    rf"(?:^|(?<=[.,!?\n] )|(?<=\n)){ADDRESSED}{NAME} (?:here|hier|speaking|беспокоит|пишет|на связи)(?=[\s.,!:]|$)"
)
_HERE_GERMAN = re.compile(rf"(?:^|(?<=[.,!?\n] )|(?<=\n))[Hh]ier {ADDRESSED}{NAME}(?=[,.:!])")
_NOT_ANY_MORE = re.compile(rf"(?:{WORD} ){{1,3}}?{WORD}\"?,? (?:not|nicht mehr|no longer|ya no|y no|а не) \"?{NAME}")
# What follows a single word that is a name: "This is Anna from Leeds", "I'm Tom, and …".
_AFTER_ONE = re.compile(
    r"\s?(?:[,.!;:\n–—-]|$|from\b|here\b|again\b|and (?:i|my|we)\b|aus\b|und ich\b|de [A-ZÁ]|y \w|из\b|и я\b)"
)
# "Eva Brandt, Goethestraße 5, 04109 Leipzig": what is found already is not there any more.
_BEFORE_CONTACT = re.compile(
    rf"(?:[:：\n,!?]|\.(?=\s)|^|(?<!\w)(?:an|to|für|for"
    rf"|para)(?=\s))\s{{0,2}}{ADDRESSED}{NAME}\s?,?\s?\n?"
    rf"(?:(?i:bei|c/o|z\. ?hd\.|attn) [^\n\0]{{2,40}}\n)?(?i:tel\.?:?\s?|mobil:?\s?|phone:?\s?)?\0{{6}}"
)


def names(text: str) -> Iterator[Fact]:
    """The writer's name, each place where it stands, the surest kind of place first; the whole one, if he says both."""
    found = [*_names(text)]
    longer = [set(fact.value.lower().split()) for fact in found if " " in fact.value]
    for fact in found:
        if " " in fact.value or not any(fact.value.lower() in words_of_it for words_of_it in longer):
            yield fact


def _names(text: str) -> Iterator[Fact]:
    for match in islice(_FIELD.finditer(text), _MOST):
        yield from checked(match, 0.9, single=True)
    for pattern, alone in _SAID:
        for match in islice(pattern.finditer(text), _MOST):
            single = alone or _AFTER_ONE.match(text, match.end("name")) is not None
            yield from checked(match, 0.9 if alone else 0.75, single=single)
    for match in islice(_SAID_SMALL.finditer(text), _MOST):
        yield from checked(match, 0.7, single=True)
    for match in islice(_GREETED.finditer(text), _MOST):
        if match["name"].lower() not in words.NOT_GREETED:
            yield from checked(match, 0.6, single=True)
    for pattern in _HAN_SAID:
        for match in islice(pattern.finditer(text), _MOST):
            yield from checked(match, 0.8, single=True)
    for match in islice(_HAN_RECEIVES.finditer(text), _MOST):
        yield from checked(match, 0.7, single=True)
    for match in islice(_HAN_SURNAME.finditer(text), _MOST):
        group = "small" if match["small"] else "han"
        surname = match[group].removeprefix("小")
        if surname in words.SURNAMES or surname in words.RARE_SURNAMES or surname in words.COMPOUND_SURNAMES:
            yield Fact("name", match[group], *match.span(group), 0.7)
    for match in islice(_SAID_KNOWN.finditer(text), _MOST):
        if match["name"].lower() in NAMES_IN_SMALL:
            yield Fact("name", match["name"], *match.span("name"), 0.6)
    for pattern in _IN_APPOSITION:
        for match in islice(pattern.finditer(text), _MOST):
            yield from checked(match, 0.7, single=False)
    for match in islice(_HAN_CALLED.finditer(text), _MOST):
        yield Fact("name", match["han"], *match.span("han"), 0.7)
    for pattern in (_HERE, _HERE_GERMAN, _NOT_ANY_MORE):
        for match in islice(pattern.finditer(text), _MOST):
            known = match["name"].lower() in FIRST_NAMES
            yield from checked(match, 0.7, single=known and pattern is not _NOT_ANY_MORE)
    for match in islice(_REPEATED.finditer(text), _MOST):
        if match["first"].lower() in FIRST_NAMES:
            yield from checked(match, 0.7, single=False)
    for match in islice(_RUSSIAN_CALLED.finditer(text), _MOST):
        yield from checked(match, 0.8, single=True)
    below = [*signed(text)]
    yield from below
    yield from _before_contact(text, signed_already=bool(below))


def _before_contact(text: str, *, signed_already: bool) -> Iterator[Fact]:
    """What stands before an address or a number. Below a name it is a firm more often than not."""
    for match in islice(_BEFORE_CONTACT.finditer(text), _MOST):
        if is_surely_a_name(match["name"]) or not (signed_already or is_firm(match["name"])):
            yield from checked(match, 0.65, single=match.group().lower().find("famili") >= 0)
