"""Find order and product numbers, addresses, telephone numbers, purchase dates and models in a text. Pure and linear.

Each span is used once, in the order of the steps below; a value that could be read in two ways is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

import phonenumbers

from intake.understanding.dates import dates
from intake.understanding.near import Stretches, matches, stretches

_LONGEST = 20_000
_MOST_FACTS = 50
# All that is found here, but for mail addresses, has a digit, and reaches no farther from it than this.
_DIGITS = re.compile(r"[0-9](?:[^0-9]{0,200}[0-9])*")  # those too close to be looked at apart
_AHEAD, _BEHIND = 96, 128
_TWO_DIGITS = re.compile(r"[0-9][0-9]")


@dataclass(frozen=True, slots=True)
class Fact:
    """A value in a text: text[start:end] is where it stands, `value` is how we write it."""

    kind: str  # order_number, product_number, email, phone, purchase_date (ISO 8601), model
    value: str
    start: int
    end: int
    confidence: float


def extract(text: str, language: str | None) -> tuple[Fact, ...]:
    """What can be read out of the first 20,000 characters, in the order of the text. Never raises."""
    text = text[:_LONGEST]
    if "@" not in text and not _TWO_DIGITS.search(text):
        return ()
    places = stretches(text, _DIGITS, _AHEAD, _BEHIND)
    facts: list[Fact] = []
    used = bytearray(len(text))
    left = text  # what is not used yet: found spans become blanks of the same length
    for step in _STEPS:
        new = _unused(step(left, language, places), used)
        left = _without(left, new)
        facts += new
    known = (fact for fact in facts if fact.kind)
    return tuple(sorted(known, key=lambda fact: fact.start)[:_MOST_FACTS])


def _unused(facts: Iterable[Fact], used: bytearray) -> list[Fact]:
    """Those that share no character with an earlier one; what they stand on is marked as used."""
    kept = []
    for fact in facts:
        if used.find(1, fact.start, fact.end) < 0:
            used[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
            kept.append(fact)
    return kept


def _without(text: str, facts: list[Fact]) -> str:
    pieces, reached = [], 0
    for fact in sorted(facts, key=lambda fact: fact.start):
        pieces += [text[reached : fact.start], " " * (fact.end - fact.start)]
        reached = fact.end
    return "".join([*pieces, text[reached:]])


def warm_up() -> None:
    """Load the telephone numbering plans before the first message needs them."""
    for language in ("en", "zh", "es", "de", "ru"):
        extract("030 901820 +49 30 901820", language)


# ---- web and mail addresses

_URL = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")
_AT = re.compile("@")
_LONGEST_NAME, _LONGEST_HOST = 64, 8 * 64 + 26


def _addresses(text: str, language: str | None, places: Stretches) -> Iterator[Fact]:
    # An address inside of a link belongs to the link, which is no fact of ours, but used.
    if "://" in text or "www." in text.lower():
        for match in _URL.finditer(text):
            yield Fact("", match.group(), match.start(), match.end(), 1.0)
    for match in matches(_EMAIL, text, stretches(text, _AT, _LONGEST_NAME, _LONGEST_HOST)):
        yield Fact("email", match.group().lower(), match.start(), match.end(), 0.95)


# ---- numbers that a word announces: "order no. 48213", "订单号：A-1029"

# At least one digit, ASCII only: Chinese puts no space behind it.
_NUMBER = r"(?=[A-Z-]{0,12}[0-9])(?P<value>[A-Z0-9](?:[A-Z0-9]|[-_/.](?=[A-Z0-9])){1,39})"
_ALPHABET = r"(?![^\W\d_一-鿿])"  # the word ends here
_MARK = (
    rf"(?:(?:numbers?|num|no|nr|id|code|ref|reference|nummern?|número|numero|núm|n[º°]|номер(?:ом|а)?){_ALPHABET}"
    r"|号码|编号|号|號|[#№:=：])"
)
_FILLER = (
    rf"(?:(?:is|was|are|my|our|your|the|of|with|mit|der|die|das|ist|war|lautet|meiner?|ihrer?|es|de|el|la|mi|con|под"
    rf"|мой|моего|с){_ALPHABET}|是|为|為)"
)
_AIR = r"[\s.,()'\"“”„«»\[\]–-]{0,3}"
_BETWEEN = rf"(?P<between>(?:{_AIR}(?:{_MARK}|{_FILLER})){{0,4}}{_AIR})"

# The word, the kind of number it announces ("" = neither ours to keep nor a telephone number).
_ANNOUNCED = (
    (
        "product_number",
        r"(?:serial|product|article|item|part|sku|s/n|sn|seriennummer|serien|artikelnummer|artikel|art|produktnummer"
        r"|número de serie|numero de serie|serie|artículo|серийн\w{0,4}|артикул|序列号|序號|货号|产品编号|商品编号)",
    ),
    (
        "order_number",
        r"(?:orders?|purchase order|bestell(?:ung(?:en)?|nummer|nr)|auftrag(?:s(?:nummer|nr))?|pedidos?|orden"
        r"|заказ(?:а|у|е|ом|ы)?|订单号?|訂單號?|单号)",
    ),
    (
        "",
        r"(?:invoices?|receipt|tracking|customer|ticket|case|iban|account|parcel|rechnung(?:snummer)?|kundennummer"
        r"|sendungsnummer|factura|cliente|seguimiento|сч[её]т|трек|накладн\w{0,3}|发票|运单|快递|账号|客户)",
    ),
)
_MARKED = re.compile(_MARK, re.IGNORECASE)
_DATE_LIKE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_AND_ANOTHER = re.compile(rf"\s{{0,3}}(?:,|&|、|\band\b|\bund\b|\by\b|\bи\b|和)\s{{0,3}}#?{_NUMBER}", re.IGNORECASE)

# Numbers that show by their form what they are.
_SHAPED = (
    (re.compile(r"(?<![A-Za-z0-9-])(?P<value>[0-9]{3}-[0-9]{7}-[0-9]{7})(?![0-9-])"), 0.85),
    (re.compile(r"(?<![A-Za-z0-9-])(?P<value>(?:ORD|ORDER|PO|SO)[-_]?[0-9]{4,12})(?![A-Za-z0-9])"), 0.8),
    (re.compile(r"(?<![\w#&])#(?P<value>[0-9]{4,12})(?![\w-])"), 0.5),
)


@cache
def _announced() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(rf"(?<![^\W一-鿿]){word}{_ALPHABET}{_BETWEEN}{_NUMBER}", re.IGNORECASE))
        for kind, word in _ANNOUNCED
    )


def _numbers(text: str, language: str | None, places: Stretches) -> Iterator[Fact]:
    for kind, pattern in _announced():
        for match in matches(pattern, text, places):
            marked = _MARKED.search(match.group("between")) is not None
            for number in _with_others(text, match):
                if _is_number(number.group("value"), marked or number is not match):
                    yield _number_fact(kind, number, 0.9 if marked else 0.75)
    for pattern, confidence in _SHAPED:
        for match in matches(pattern, text, places):
            yield _number_fact("order_number", match, confidence)


def _with_others(text: str, match: re.Match[str]) -> Iterator[re.Match[str]]:
    """The number that was announced, and those that follow it: "orders 48213, 48214 and 48215"."""
    length = len(match.group("value"))
    number: re.Match[str] | None = match
    while number is not None and len(number.group("value")) == length:
        yield number
        number = _AND_ANOTHER.match(text, number.end())


def _is_number(value: str, marked: bool) -> bool:
    """Is it a number, and not a date, a year or a count of things?"""
    if _DATE_LIKE.fullmatch(value) or "R-" in value[:2].upper():
        return False
    return len(value) >= 3 if marked else len(value) >= 4 and not _YEAR.fullmatch(value)


def _number_fact(kind: str, match: re.Match[str], confidence: float) -> Fact:
    return Fact(kind, match.group("value").upper(), *match.span("value"), confidence)


# ---- when it was bought

_BOUGHT = re.compile(
    r"bought|purchas|gekauft|kaufdatum|erworben|kaufte|comprad|compré|compre |compra\b|купил|куплен|покупк|приобр"
    r"|购买|购于|买的|买了|購買|購於",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"\border(?:ed)? (?:\w{1,20} )?(?:on|from)|bestellt|bestellung vom|pedido el|заказал|下单|订购", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[,，;；!?。！？\n]")
_SENTENCE_END = re.compile(r"[!?。！？\n]|\.\s+(?=[A-ZА-ЯÄÖÜ¿¡])")
_BEFORE, _AFTER = 70, 40
_MOST_DATES = 2 * _MOST_FACTS  # that are judged by what stands around them


def _purchase_dates(text: str, language: str | None, places: Stretches) -> Iterator[Fact]:
    for found in islice(dates(text, language, places), _MOST_DATES):
        before = _SENTENCE_END.split(text[max(0, found.start - _BEFORE) : found.start])[-1]
        after = _CLAUSE_END.split(text[found.end : found.end + _AFTER])[0]
        near = f"{before} {after}"
        confidence = 0.85 if _BOUGHT.search(near) else 0.6 if _ORDERED.search(near) else 0.0
        # A date that nobody announced still is no telephone number.
        kind = "purchase_date" if confidence else ""
        yield Fact(kind, found.day.isoformat(), found.start, found.end, confidence)


# ---- which model it is

_MODEL = re.compile(
    r"(?<![^\W一-鿿])(?i:models?|modell|modelo|модел[ьи]|型号|型號)"
    r"(?i:\s{0,2}(?:number|no\.?|name|nr\.?|nummer|número|номер)(?!\w))?"
    r"[\s:：#.\"'“«(-]{0,3}(?i:is |ist |es |是|为)?\s?"
    r"(?P<value>(?:[A-Z][A-Za-z]{1,15} )?(?=[A-Za-zА-я/-]{0,12}[0-9])[A-Za-zА-я0-9]"
    r"(?:[A-Za-zА-я0-9]|[-_/.+](?=[A-Za-zА-я0-9])){1,24})"
)


def _models(text: str, language: str | None, places: Stretches) -> Iterator[Fact]:
    for match in matches(_MODEL, text, places):
        if not _YEAR.fullmatch(match.group("value")):
            yield Fact("model", match.group("value"), *match.span("value"), 0.8)


# ---- telephone numbers

_PERHAPS_PHONE = re.compile(
    r"(?<![A-Za-z0-9_.,/-])(?:\+|\(\+?|00)?[0-9](?:[\s().\-/–]{0,3}[0-9]){6,14}(?![A-Za-z0-9_-])"
)
_REGIONS = {"en": "US", "zh": "CN", "es": "ES", "de": "DE", "ru": "RU"}


def _phones(text: str, language: str | None, places: Stretches) -> Iterator[Fact]:
    region = _REGIONS.get((language or "").partition("-")[0])
    tried = 0
    for match in matches(_PERHAPS_PHONE, text, places):
        if (tried := tried + 1) > _MOST_FACTS:
            return
        if (number := _phone(match.group(), region)) is not None:
            value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            yield Fact(
                "phone", value, *match.span(), 0.95 if match.group().lstrip("(").startswith(("+", "00")) else 0.6
            )


def _phone(written: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    """The first valid number in it; 0049 is what people type for +49. Without a region only international ones."""
    sought = f"+{written[2:]}" if written.startswith("00") else written
    for found in phonenumbers.PhoneNumberMatcher(sought, region, max_tries=2):
        return found.number
    return None


# Our order and product numbers first, so that no later step takes them for a telephone number.
_STEPS: tuple[Callable[[str, str | None, Stretches], Iterator[Fact]], ...] = (
    _addresses,
    _numbers,
    _models,
    _purchase_dates,
    _phones,
)
