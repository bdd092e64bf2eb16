"""Find sums of money: a number beside a currency, written in the way of any country. The value is "59.90 EUR"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts.fact import Fact
from intake.understanding.near import Stretches, matches

_LETTER = "A-Za-zÀ-ɏА-яЁё"
# Currencies by how they are written, in front of the number or behind it. ISO 4217.
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₽": "RUB",
    "₴": "UAH",
    "₸": "KZT",
    "₹": "INR",
    "₩": "KRW",
    "zł": "PLN",
    "US$": "USD",
    "C$": "CAD",
    "CA$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "HK$": "HKD",
    "NT$": "TWD",
    "S$": "SGD",
    "NZ$": "NZD",
    "MX$": "MXN",
    "R$": "BRL",
    "$": "USD",
}
_CODES = "EUR USD GBP CHF RUB CNY RMB JPY PLN CZK SEK NOK DKK CAD AUD HKD TWD SGD MXN BRL ARS CLP COP UAH KZT TRY"
" INR KRW AED HUF"
_WORDS = (
    ("EUR", r"euros?|евро"),
    ("USD", r"(?:us[ -])?dollars?|usd|dólares|dolares|доллар\w{0,3}|bucks"),
    ("GBP", r"pounds?(?!\s(?:of|in weight|heavy))|quid|pfund|libras|фунт\w{0,3}"),
    ("CHF", r"franken|sfr\.?|fr\."),
    ("RUB", r"руб(?:л\w{1,3}|\.)?|р\.|р(?=[\s,.!?)]|$)|rub(?:les?|el)?|rublos"),
    ("CNY", r"yuan|rmb|юан\w{1,2}"),
    ("JPY", r"yen"),
)
_CHINESE = (
    ("CNY", r"元|块钱|块(?![\w])|块(?=钱|多|什|没|退|到|啥|怎|吗|呢|的|还|我|你|[,，。.!！?？\s]|$)|人民币"),
    ("USD", r"美元|美金|美刀"),
    ("EUR", r"欧元|欧(?![\w洲])"),
    ("HKD", r"港币|港元"),
    ("JPY", r"日元"),
    ("GBP", r"英镑"),
)
_NUMBER = (
    r"(?P<number>[0-9]{1,3}(?:[ \u00a0\u202f'’.,][0-9]{3}){1,4}(?:[.,][0-9]{1,2})?(?![0-9])"
    r"|[0-9]{1,9}(?:[.,][0-9]{1,4})?(?![0-9]))"
)
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)) + "|[¥￥]"
_CODE = "|".join(_CODES.split())
_WEIGHT = re.compile(r"weigh|heavy|\blift|\bload", re.IGNORECASE)
_BEFORE = re.compile(
    rf"(?<![{_LETTER}0-9$])(?P<sign>{_SIGN}|(?:{_CODE})(?![{_LETTER}])|(?:euros?"
    rf"|人民币)(?=[\s:]?[0-9]))\s?:?\s?{_NUMBER}(?P<rest>,-{{1,2}})?(?:\s?(?P<code>MXN|CAD|AUD|HKD|SGD|NZD|ARS|CLP|COP"
    rf"|TWD|USD)(?![{_LETTER}]))?"
    r"(?![.,]?[0-9]|\s?(?:[kKmM](?![A-Za-z])|тыс|млн|mio|mil\b|million|thousand|万|千|亿)|%)",
    re.IGNORECASE,
)
_WORD = "|".join(rf"(?P<w{index}>{words})" for index, (_, words) in enumerate(_WORDS))
_HAN = "|".join(rf"(?P<h{index}>{words})" for index, (_, words) in enumerate(_CHINESE))
_BEHIND = re.compile(
    rf"(?<![A-Za-z0-9#№_/])(?<![0-9][.,:-])(?<![A-Za-z]-){_NUMBER}(?:,-{{1,2}}|,–|\.-)?[ \u00a0\u202f-]?"
    rf"(?:(?P<sign>{_SIGN})|(?:(?P<code>{_CODE})|{_WORD})(?![{_LETTER}])|{_HAN})",
    re.IGNORECASE,
)


def amounts(text: str, language: str | None, places: Stretches) -> Iterator[Fact]:
    """Every number with a currency."""
    for match in matches(_BEFORE, text, places):
        if (value := _plain(match["number"])) is not None:
            yield Fact("amount", f"{value} {_currency(match['code'] or match['sign'], language)}", *match.span(), 0.9)
    for match in matches(_BEHIND, text, places):
        currency = _behind(match, language)
        if currency == "GBP" and _WEIGHT.search(text, max(0, match.start() - 30), match.start()):
            continue
        if match.group()[-1] == "Р" and match.start() and text[match.start() - 1] == " " and len(match.group()) == 2:
            continue  # "Мини 3Р": no sum, but a name
        value = _plain(match["number"])
        if value is not None and currency is not None:
            yield Fact("amount", f"{value} {currency}", *match.span(), 0.9)


def _behind(match: re.Match[str], language: str | None) -> str | None:
    written = match["sign"] or match["code"]
    if written:
        return _currency(written, language)
    for prefix, table in (("w", _WORDS), ("h", _CHINESE)):
        for index, (currency, _) in enumerate(table):
            if match[f"{prefix}{index}"] is not None:
                return currency
    return None


def _currency(written: str, language: str | None) -> str:
    if written in "¥￥":
        return "JPY" if (language or "").startswith("ja") else "CNY"
    if (known := _SIGNS.get(written) or _SIGNS.get(written.upper()) or _SIGNS.get(written.lower())) is not None:
        return known
    code = written.upper()
    return {"RMB": "CNY", "人民币": "CNY", "EURO": "EUR", "EUROS": "EUR"}.get(code, code)


def _plain(written: str) -> str | None:
    """A number with a dot before its decimals and nothing else: "1.299,00" is 1299.00. None: no sum that we can"
    " read."""
    number = re.sub(r"[ \u00a0\u202f'’]", "", written)
    dot, comma = number.rfind("."), number.rfind(",")
    if dot >= 0 and comma >= 0:
        decimal = max(dot, comma)
    elif (last := max(dot, comma)) >= 0:
        mark = number[last]
        grouped = number.count(mark) > 1 or (len(number) - last == 4 and not number.startswith("0"))
        decimal = -1 if grouped else last
    else:
        decimal = -1
    whole = re.sub(r"[.,]", "", number if decimal < 0 else number[:decimal])
    decimals = "" if decimal < 0 else number[decimal + 1 :]
    if not whole or len(whole) > 9 or len(decimals) > 2:
        return None
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if decimals else whole
