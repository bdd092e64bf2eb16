"""Words with digits, and whether one can be the number of something at all. Where it is announced matters elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

# ASCII letters only, for Chinese puts no space around it; a point only between digits ("Nr.48213" is two words).
TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?<![А-ЯЁ])(?=[A-Za-zА-ЯЁ_/-]{0,16}[0-9]"
    r"|[A-Z]{2}\.[0-9]{1,6}\.[0-9])[A-Za-z0-9А-ЯЁ](?:[A-Za-z0-9А-ЯЁ]"
    r"|[-_/–](?=[A-Za-z0-9А-ЯЁ])|(?<=[0-9])\.(?=[0-9])|(?<=[A-Z]{2})\.(?=[0-9]{1,6}\.[0-9])){2,39}"
    r"(?:(?<=[0-9]{3})-(?:[一-鿿]{1,2}(?![一-鿿])|(?!(?:го|му|ти|ая|ой|ый|ые|ых|ом)(?![а-яё]))[а-яё]{3,5}(?![а-яё])))?"
)
# "3 100 277", "WBK 22 118 F": written in groups, which only a word before them makes one number.
GROUPED = re.compile(
    r"(?<![\w.,:/+#-])(?<![0-9][.,:/-] )(?:[A-Z]{1,4} )?(?=[A-Z]{0,3}[0-9])[0-9A-Z]{1,8}"
    r"(?: (?:[A-Z] )?(?=[A-Z]{0,3}[0-9])[0-9A-Z]{1,6}){1,5}(?: (?:[A-Z]|[А-ЯЁ](?=\s*(?:$|[,.;)\n]))))?"
    r"(?![\wЀ-ӿ]|[.,:/-][0-9])"
    # "best.nr KX 20771"; in "ORDER IS 48213" all is written so.
    r"|(?<=[a-zäöüа-я.:：] )(?!(?:NR|NO|ID|PO|SN|PN|REF|NUM|TEL|FAX|PIN|EUR|USD|GBP|CHF|RUB|CNY|RMB|PLZ)\b)"
    r"[A-Z]{2,3} [0-9]{4,8}(?: [A-Z](?=\s*(?:$|[,;)\n])))?(?![\w.-])"
)
# "order48213", "Nr48213", "заказ48213": the word belongs to what stands before.
_GLUED = re.compile(
    r"(?:order(?:nr|no)?|nro|nr|no|num|id|best(?:ell(?:ung|nr|nummer)?)?|pedido|imei|sku)(?=[0-9]{4})"
    r"|(?-i:sn)(?=[0-9])",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(
    r"\d{1,2}([./-])\d{1,2}\1(?:\d\d|(?:19|20)\d\d)|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2}|\d{1,2}[./]\d{1,2}|(?:19"
    r"|20)\d\d[/.]\d{1,2}|\d{1,2}[/.](?:19|20)\d\d"
)
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d")
_DECIMAL = re.compile(r"\d{1,6}[.]\d{1,2}|\d{1,3}(?:\.\d{3})+")
_YEAR = re.compile(r"19\d\d|20[0-3]\d")
_OURS = re.compile(r"R-\d{1,9}", re.IGNORECASE)
_TRACKING = re.compile(
    r"1Z[0-9A-Z]{16}|[A-Z]{2}[0-9]{9}[A-Z]{2}|(?:JD|JJD)[0-9]{14,20}|SF[0-9]{12,15}|YT[0-9]{13,15}", re.IGNORECASE
)
_MONEY_BEFORE = re.compile(r"(?:[€$£¥￥₽]|EUR|USD|GBP|RMB|CNY)\s?$", re.IGNORECASE)
TIMES = re.compile(r"(?<![\w.])[0-9]{1,3}\s?[x×х]\s?$", re.IGNORECASE)  # "3 x 40-2217" are articles
UNIT_BEHIND = re.compile(
    r"\s?(?:[€$£¥￥₽%]|(?:EUR|USD|GBP|CHF|RUB|CNY|RMB|euros?|dollars?|pounds?|pieces|pcs|units|items|stück|stk|mal"
    r"|times|days?|weeks?|months?|years?|hours?|minutes?|tage?n?|wochen|monate?n?|jahre?n?|uhr|días?|semanas|meses|años"
    r"|unidades|piezas|руб\w{0,3}|р|шт\w{0,2}|дн\w{1,2}|недел\w|месяц\w{0,2}|лет|год\w?"
    r"|kg|g|ml|l|cm|mm|m|km|w|kw|v|mah|gb|tb|hz)(?![A-Za-zА-яÀ-ɏ])|元|块|人民币|个|件|天|年|月|日|号(?![码楼])|次|台|名|人)",
    re.IGNORECASE,
)
_A_WORD, _STOPS = re.compile(r"\s[^\W\d_]"), re.compile(r"\s*(?:[,;)!?\n]|\.?\s*$)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word with digits, as it stands in the text."""

    value: str
    start: int
    end: int


def whole(text: str, match: re.Match[str]) -> Token:
    """The token that `TOKEN` has found, without a word that is glued to it."""
    start, end = match.span()
    if (glued := _GLUED.match(text, start, end)) is not None:
        start = glued.end()
    return Token(text[start:end].replace("–", "-").upper(), start, end)


def grouped(text: str, match: re.Match[str]) -> Token | None:
    """The number that these groups may be: not "48213 10 lamps", "4471 200 EUR", "4471 2026"."""
    groups = match.group().split()
    digits = sum(letter.isdigit() for letter in match.group())
    first, last = groups[0], groups[-1]
    fewest = 5 if digits == len("".join(groups)) or len("".join(groups)) < 8 else 4
    if not fewest <= digits <= 24 or _YEAR.fullmatch(last) or UNIT_BEHIND.match(text, match.end()):
        return None
    if (len(first) > 5 and (first.isdigit() or len(last) < 4)) or (
        len(last) == 1 and last.isdigit() and len(groups) < 4
    ):
        return None
    if len(groups) == 2 and len(first) >= 4 and not last.startswith("0"):  # no count begins with a nought
        counts = _A_WORD.match(text, match.end()) if len(last) >= 3 else not _STOPS.match(text, match.end())
        if counts:
            return None
    return Token("".join(groups), *match.span())


def can_be_number(text: str, token: Token) -> bool:
    """Is it none of: a date, a time, a sum of money, a count of things, a number of ours or of a parcel?"""
    value = token.value
    if len(value) < 3 or _DATE_LIKE.fullmatch(value) or _ISO_TIME.match(value) or _OURS.fullmatch(value):
        return False
    if _TRACKING.fullmatch(value) or text[token.end : token.end + 1] == "@":
        return False
    digits = sum(letter.isdigit() for letter in value)
    if digits < len(value) / 10:
        return False
    if value.replace(".", "").isdigit():
        if _MONEY_BEFORE.search(text, max(0, token.start - 5), token.start) or UNIT_BEHIND.match(text, token.end):
            return False
        if re.match(r",[0-9]{2}(?![0-9])|:[0-9]{2}", text[token.end : token.end + 4]):
            return False
    return True


def is_decimal(token: Token) -> bool:
    """Is it written like a number with decimals or with points between thousands?"""
    return "." in token.value and _DECIMAL.fullmatch(token.value) is not None


def is_code(token: Token) -> bool:
    """Does it look like the number of something, and not like a count or a year?"""
    digits = sum(letter.isdigit() for letter in token.value)
    return (digits >= 4 and not _YEAR.fullmatch(token.value)) or (
        digits >= 2 and "-" in token.value and digits < len(token.value) - 1
    )


def is_long(token: Token, marked: bool) -> bool:
    """Is it long enough to be a number, and no year?"""
    value = token.value
    digits = sum(letter.isdigit() for letter in value)
    if marked:
        return (digits >= 2 and len(value) >= 3) or (digits == 1 and "-" in value and len(value) >= 6)  # "ST2-GRY"
    if digits < len(value) and len(value) >= 6 and digits and value.isalnum():
        return True
    if digits < len(value) and "-" in value:
        return digits >= 2 and len(value) >= 5
    return digits >= 3 and len(value) >= 4 and not _YEAR.fullmatch(value)
