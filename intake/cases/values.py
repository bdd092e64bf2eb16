"""Read one answer: an order number, a day, a product; or that he does not know. Pure; an answer is short."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from importlib.resources import files

from intake.understanding.facts import extract
from intake.understanding.facts.days.dates import FoundDate, dates

LONGEST = 200  # characters of an answer that are looked at
LONGEST_PRODUCT, LONGEST_UNKNOWN = 80, 80  # characters
_MOST_GUESSED = 3  # words before a question mark: "Bosch Serie 6?" he is not sure of, longer ones ask
MOST_NUMBERS = 5  # order numbers in one answer
OLDEST = date(1990, 1, 1)  # nothing was bought earlier


class Place(IntEnum):
    """Where an answer stands, and so how much of it is taken for one."""

    SOMEWHERE = 0  # in a message that may be about anything
    NEXT = 1  # in what comes next after the question
    ITS_OWN = 2  # at the question's number, below it, or in a reply to it


_HAN = "\u3400-\u9fff"
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.,@/-])[A-Za-z0-9](?:[A-Za-z0-9]|[-_/](?=[A-Za-z0-9])){2,39}(?![A-Za-z0-9_@])")
_SPACED = re.compile(r"[0-9]{1,6}(?: [0-9]{2,6}){1,3}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_REQUEST = re.compile(r"[Rr]-[0-9]+")  # a number of ours
# What has digits and is no number of an order: addresses, telephones, amounts, times, counts.
_OTHER = re.compile(
    r"\S{1,64}@\S{1,64}|(?:https?://|www\.)\S{1,200}|\+[0-9][0-9 ()/.-]{6,18}[0-9]"
    r"|[$€£¥₽]\s?[0-9][0-9.,]{0,12}|[0-9][0-9.,]{0,12}\s?(?:[$€£¥₽%]|(?:usd|eur|gbp|cny|rmb|rub|euros?|руб|元|块)(?![a-z]))"
    r"|[0-9]{1,2}:[0-9]{2}",
    re.IGNORECASE,
)
_WORDS = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_EDGES = " \t\r\n.,;:!。，；：！、…'\"“”„«»()（）-–—"
_FULL_STOP = re.compile(r"[.!;:?。！；？：…](?:\s|$)|[?？\n]")
_LINK = re.compile(r"://|www\.|@", re.IGNORECASE)
_SERIAL = re.compile(
    r"^(?:s/?n|serial(?: number| no)?|seriennummer|número de serie|серийный номер|序列号)[\s.:：#№]*", re.I
)
# What stands before a product's name: "it is the …".
_IT_IS = re.compile(
    r"^(?:(?:it['’]?s|it is|this is|that['’]?s|das ist|es ist|es geht um|se trata de|es|это|这是|這是|是)"
    r"(?![^\W一-鿿])\s*)(?:(?:the|an?|my|der|die|das|den|eine?n?|el|la|una?|mi)\s+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Words:
    """What people answer instead of a fact."""

    unknown: re.Pattern[str]
    later: frozenset[str]
    no_name: frozenset[str]
    of_sentences: frozenset[str]
    elsewhere: re.Pattern[str]
    elsewhere_alone: frozenset[str]


@cache
def _words() -> _Words:
    found = tomllib.loads(files("intake.cases").joinpath("words.toml").read_text(encoding="utf-8"))
    unknown, elsewhere = (re.compile(_one_of(found[name])) for name in ("unknown", "elsewhere"))
    later, no_name, of_sentences, alone = (
        frozenset(found[name]) for name in ("later", "no_name", "of_sentences", "elsewhere_alone")
    )
    return _Words(unknown, later, no_name, of_sentences, elsewhere, alone)


def _one_of(phrases: Sequence[str]) -> str:
    # A script without blanks has no end of a word.
    longest = sorted(phrases, key=len, reverse=True)
    return "|".join(one if re.search(f"[{_HAN}]", one) else rf"(?<!\w){re.escape(one)}(?!\w)" for one in longest)


def order_number(text: str, place: Place) -> str | None:
    """The order numbers in an answer, joined by a comma."""
    own = place is Place.ITS_OWN
    text = _OTHER.sub(" ", _without_dates(narrow(text)))
    bare = text.strip(f"{_EDGES}#№")
    if _SPACED.fullmatch(bare):
        bare = text = bare.replace(" ", "")
    found = [match.group() for match in _NUMBER.finditer(text) if _is_number(match.group(), own or bare == match[0])]
    numbers = list(dict.fromkeys(number.upper() for number in found))
    words = sum(word.isalpha() for word in _WORDS.findall(text))
    if not numbers or len(numbers) > MOST_NUMBERS:
        return None
    if place is Place.SOMEWHERE and (words or len(numbers) > 1):
        return None
    if not own and words > (8 if re.search(rf"[{_HAN}]", text) else 3):
        return None
    return ", ".join(numbers)


def _is_number(written: str, alone: bool) -> bool:
    digits = sum(letter.isdigit() for letter in written)
    if _REQUEST.fullmatch(written) or (_YEAR.fullmatch(written) and not alone):
        return False
    return digits >= (3 if alone else 4)


def is_year(text: str) -> bool:
    """Is it a year alone? Where nobody asked for a number it is no order's."""
    return _YEAR.fullmatch(narrow(text).strip(_EDGES)) is not None


def purchase_date(text: str, language: str | None, today: date) -> date | None:
    """The one day that an answer names; without a year it is the last such day. None for several, or a day to come."""
    said = f"bought: {narrow(text).strip(_EDGES)}"
    found = {fact.value for fact in extract(said, language, today=today) if fact.kind == "purchase_date"}
    if len({one.day for one in _dates(narrow(text), language, today)}) > 1:
        return None
    days = [day for day in map(date.fromisoformat, found) if OLDEST <= day <= today]
    return days[0] if len(found) == len(days) == 1 else None


def names_day(text: str) -> bool:
    """Is there a whole date in it?"""
    return bool(_dates(narrow(text), None))


def product(text: str, place: Place) -> tuple[str, str] | None:
    """The product that an answer names: which column, and its value. Careful where it was not asked for just there."""
    text = " ".join(narrow(text).split()).strip(_EDGES)
    if place is not Place.ITS_OWN:
        text = _IT_IS.sub("", text)
    if not text or len(text) > LONGEST_PRODUCT or _LINK.search(text) or is_unknown(text) or _dates(text, None):
        return None
    if _names_nothing(text):
        return None
    if (serial := _SERIAL.match(text)) is not None and (number := text[serial.end() :]):
        return "serial_number", number.upper()[:64]
    if place is not Place.ITS_OWN and not _is_name(text, place):
        return None
    if re.fullmatch(r"#?[0-9][0-9 -]{3,20}", text):
        return "product_number", text.lstrip("#")
    return ("model", text) if sum(letter.isalnum() for letter in text) > 1 else None


def _names_nothing(text: str) -> bool:
    """A question, a "yes", or "see above": no product, wherever it stands. With a digit it may be one."""
    if any(letter.isdigit() for letter in text):
        return False
    words, table = _WORDS.findall(bare := text.lower().replace("’", "'")), _words()
    # Each sign of Han counts as a word: "好的" is as short as "ok".
    said = words[:1] if len(words) == 2 and re.match(f"[{_HAN}]", words[0]) else words
    asks = bare.endswith("?") and (len(words) > _MOST_GUESSED or not table.no_name.isdisjoint(words[:1]))
    return table.no_name.issuperset(said) or asks or bare in table.elsewhere_alone or bool(table.elsewhere.match(bare))


def _is_name(text: str, place: Place) -> bool:
    words = _WORDS.findall(text.lower())
    if not words or _FULL_STOP.search(text) or words[0] in _words().no_name:
        return False
    if place is Place.SOMEWHERE and not any(letter.isdigit() for letter in text):
        return False
    if any(word in _words().of_sentences for word in words) or re.search("[不没坏壞漏裂]", text):
        return False
    return len(words) <= (12 if re.search(rf"[{_HAN}]", text) else 5)


def is_unknown(text: str) -> bool:
    """Does an answer say that he does not know?"""
    bare = narrow(text).lower().replace("’", "'").strip(_EDGES)
    return len(bare) <= LONGEST_UNKNOWN and (
        _words().unknown.search(bare) is not None or (not bare and bool(text.strip()))
    )


def is_later(text: str) -> bool:
    """Does a message say no more than "not now"?"""
    return len(text) <= LONGEST_UNKNOWN and narrow(text).lower().strip(_EDGES) in _words().later


def narrow(text: str) -> str:
    """An answer's beginning with digits and marks as they are usual: "４８２１３" is 48213."""
    return unicodedata.normalize("NFKC", text[:LONGEST].replace("№", "#"))[:LONGEST]


def _dates(text: str, language: str | None, today: date | None = None) -> list[FoundDate]:
    return list(dates(text, language, ((0, len(text)),), today))


def _without_dates(text: str) -> str:
    for found in _dates(text, None):
        text = f"{text[: found.start]}{' ' * (found.end - found.start)}{text[found.end :]}"
    return re.sub(r"(?<![0-9])[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}(?![0-9])", " ", text)
