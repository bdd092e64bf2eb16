"""Find order, product and serial numbers by the words around them, by the company's own patterns, and by their form.

Each token with digits is looked at once, with the few dozen letters around it: the work is linear and bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.understanding.facts import number_words as words
from intake.understanding.facts.fact import Fact
from intake.understanding.near import Stretches, matches

Patterns = tuple[tuple[str, re.Pattern[str]], ...]
_BEFORE, _AFTER, _NEAR = 70, 40, 40
_MOST_TOKENS = 250
_MOST_OWN = 50  # that the company's patterns find

# ASCII letters only, for Chinese puts no space around it; a point only between digits ("Nr.48213" is two words).
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?<![А-ЯЁ])(?=[A-Za-zА-ЯЁ_/-]{0,16}[0-9])[A-Za-z0-9А-ЯЁ](?:[A-Za-z0-9А-ЯЁ]"
    r"|[-_/–](?=[A-Za-z0-9А-ЯЁ])|(?<=[0-9])\.(?=[0-9])){2,39}"
)
# "order48213", "Nr48213", "заказ48213": the word belongs to what stands before.
_GLUED = re.compile(
    r"(?:order(?:nr|no)?|nr|no|num|id|best(?:ell(?:ung|nr|nummer)?)?|pedido|imei|sku)(?=[0-9]{4})", re.IGNORECASE
)
_DATE_LIKE = re.compile(
    r"\d{1,4}([./-])\d{1,2}\1\d{1,4}|\d{1,2}[./]\d{1,2}|(?:19|20)\d\d[/.]\d{1,2}|\d{1,2}[/.](?:19|20)\d\d"
)
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d")
_DECIMAL = re.compile(r"\d{1,6}[.]\d{1,2}|\d{1,3}(?:\.\d{3})+")
_YEAR = re.compile(r"19\d\d|20[0-3]\d")
_OURS = re.compile(r"R-\d{1,9}", re.IGNORECASE)
_TRACKING = re.compile(
    r"1Z[0-9A-Z]{16}|[A-Z]{2}[0-9]{9}[A-Z]{2}|(?:JD|JJD)[0-9]{14,20}|SF[0-9]{12,15}|YT[0-9]{13,15}", re.IGNORECASE
)
_MONEY_BEFORE = re.compile(r"(?:[€$£¥￥₽]|EUR|USD|GBP|RMB|CNY)\s?$", re.IGNORECASE)
_UNIT_BEHIND = re.compile(
    r"\s?(?:[€$£¥￥₽%]|(?:EUR|USD|GBP|CHF|RUB|CNY|RMB|euros?|dollars?|pounds?|pieces|pcs|units|items|stück|stk|mal"
    r"|times|days?"
    r"|weeks?|months?|years?|hours?|minutes?|tage?n?|wochen|monate?n?|jahre?n?|uhr|días?|semanas|meses|años"
    r"|unidades|piezas"
    r"|руб\w{0,3}|р|шт\w{0,2}|дн\w{1,2}|недел\w|месяц\w{0,2}|лет|год\w?"
    r"|kg|g|ml|l|cm|mm|m|km|w|kw|v|mah|gb|tb|hz)(?![A-Za-zА-яÀ-ɏ])|元|块|人民币|个|件|天|年|月|日|号(?![码楼])|次|台|名|人)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[!?。！？;；\n]|\.\s+(?=[A-ZА-ЯÄÖÜ¿¡])")
_AND_ANOTHER = re.compile(
    r"\s{0,3}(?:,|/|&|\+|、|，|\b(?:and|und|y|e|или|or|oder|sowie|и)\b|和|跟|及|以及|还有){1,2}\s{0,3}(?:nr\.?|no\.?|#"
    r"|№)?\s{0,2}",
    re.IGNORECASE,
)
_SET_OFF = re.compile(r"[,(:，（：]\s?$"), re.compile(r"\s?(?:[,).!?，。）]|$)")

_IS_VERB = re.compile(
    r"(?<![a-z])(?:to|i|we|you|they|can|could|will|would|may|please|cannot|can't|and|or)\s(?:re)?(?:order|book)s?$",
    re.I,
)
_ALONE_BEFORE = re.compile(r"(?:^|[.!?:\n(]|(?<!\w)(?:el|la|die|der|für|for|is|по|на))\s{0,2}$", re.IGNORECASE)
_ORDERING = re.compile(r"(?<!\w)(?:order|cancel|storn|bestell|pedido|cancel|заказ|отмен)|订单|取消|下单", re.IGNORECASE)
_SPACED_TRACKING = re.compile(r"(?<![A-Za-z0-9])1Z(?: ?[0-9A-Z]){16}(?![A-Za-z0-9])")

# Numbers that show by their form what they are.
_SHAPED: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}"), 0.85),
    (re.compile(r"(?:ORD|ORDER|PO|SO|BST|BEST|PED|WEB|ЗАК)[-_/]?[0-9]{4,12}(?:-[0-9A-Z]{1,6})?", re.IGNORECASE), 0.8),
)
_HASH = re.compile(r"(?:^|[^\w#&/])#\s?$")


@dataclass(frozen=True, slots=True)
class _Token:
    """A word with digits, as it stands in the text."""

    value: str
    start: int
    end: int


def own_numbers(text: str, patterns: Patterns) -> Iterator[Fact]:
    """What the company's own patterns find, in their order."""
    for kind, pattern in patterns:
        for count, match in enumerate(pattern.finditer(text)):
            if count == _MOST_OWN:
                break
            value = match.group(1) if pattern.groups and match.group(1) else match.group()
            if value.strip():
                start = match.start() + match.group().index(value)
                yield Fact(kind, value.strip().upper(), start, start + len(value), 0.95)


def announced_numbers(text: str, language: str | None, places: Stretches) -> Iterator[Fact]:
    """Every number that somebody announces or whose form tells what it is."""
    for match in words.IMEI.finditer(text):
        yield Fact("serial_number", re.sub(r"[^0-9]", "", match["value"]), *match.span("value"), 0.9)
    for match in _SPACED_TRACKING.finditer(text):
        yield Fact("", match.group(), *match.span(), 1.0)
    previous: Fact | None = None
    loose: list[_Token] = []
    references: list[Fact] = []
    ordered = False
    for count, match in enumerate(matches(_TOKEN, text, places)):
        if count == _MOST_TOKENS:
            break
        token = _whole(text, match)
        fact = _judge(text, token, previous)
        if fact is None:
            if _stands_alone(text, token):
                loose.append(token)
            continue
        previous = fact
        if fact.kind == "reference":
            references.append(fact)
            continue
        ordered = ordered or fact.kind == "order_number"
        yield fact
    yield from _unsaid(text, language, references, loose, ordered=ordered)


def _unsaid(
    text: str, language: str | None, references: list[Fact], loose: list[_Token], *, ordered: bool
) -> Iterator[Fact]:
    """Who names a reference, and no order besides, means his order; so does who speaks of one, with a single code."""
    for fact in references[:1]:
        article = (language or "").startswith("es") and not fact.value.isdigit()
        if article or not ordered:
            yield Fact("product_number" if article else "order_number", fact.value, fact.start, fact.end, 0.55)
    if not ordered and not references and len(loose) == 1 and _ORDERING.search(text) is not None:
        yield Fact("order_number", loose[0].value, loose[0].start, loose[0].end, 0.5)


def _stands_alone(text: str, token: _Token) -> bool:
    """Is it a code that follows no noun: "cancel it please. 2290041-C", "storno für 61-0882"?"""
    if not _can_be_number(text, token) or not _is_code(token) or len(token.value) < 6:
        return False
    if token.value.isdigit() or _UNIT_BEHIND.match(text, token.end):
        return False
    return _ALONE_BEFORE.search(text, max(0, token.start - 12), token.start) is not None and (
        _SET_OFF[1].match(text, token.end) is not None
    )


def _whole(text: str, match: re.Match[str]) -> _Token:
    start, end = match.span()
    if (glued := _GLUED.match(text, start, end)) is not None:
        start = glued.end()
    return _Token(text[start:end].replace("–", "-").upper(), start, end)


def _judge(text: str, token: _Token, previous: Fact | None) -> Fact | None:
    value = token.value
    if not _can_be_number(text, token):
        return None
    if previous is not None and token.start < previous.end:
        return None
    if previous is not None and _goes_on(text, token, previous):
        return Fact(previous.kind, value, token.start, token.end, previous.confidence)
    begin = max(0, token.start - _BEFORE, previous.end if previous is not None else 0)
    before, behind = text[begin : token.start], text[token.end : token.end + _AFTER]
    found = _announced(before, behind, token)
    if found is not None:
        kind, confidence = found
        if kind == "elsewhere":
            return None
        return Fact(kind, value, token.start, token.end, confidence)
    return _by_form(before, token)


def _can_be_number(text: str, token: _Token) -> bool:
    """Is it none of: a date, a time, a sum of money, a count of things, a number of ours or of a parcel?"""
    value = token.value
    if len(value) < 3 or _DATE_LIKE.fullmatch(value) or _ISO_TIME.match(value) or _OURS.fullmatch(value):
        return False
    if _TRACKING.fullmatch(value) or text[token.end : token.end + 1] == "@":
        return False
    digits = sum(letter.isdigit() for letter in value)
    if digits < len(value) / 8:
        return False
    if value.replace(".", "").isdigit():
        if _DECIMAL.fullmatch(value) and "." in value:
            return False
        if _MONEY_BEFORE.search(text, max(0, token.start - 5), token.start) or _UNIT_BEHIND.match(text, token.end):
            return False
        if re.match(r",[0-9]{2}(?![0-9])|:[0-9]{2}", text[token.end : token.end + 4]):
            return False
    return True


def _goes_on(text: str, token: _Token, previous: Fact) -> bool:
    """ "orders 48213, 48214 and 48215": one word may announce several."""
    if len(token.value) != len(previous.value) or not previous.kind or token.start - previous.end > 12:
        return False
    return _AND_ANOTHER.fullmatch(text, previous.end, token.start) is not None


def _announced(before: str, behind: str, token: _Token) -> tuple[str, float] | None:
    """Which word announces it, the nearest before it or one behind it, and how sure that is."""
    found = _announcers(before)
    for index in range(len(found) - 1, -1, -1):
        kind, weak = words.announced(found[index])
        between = before[found[index].end() :]
        answer = _how_sure(kind, weak, found[index], between, token, behind)
        if answer is None:
            break
        if index and answer > 0 and kind == "order_number" and not words.HAS_STRONG.search(between):
            # "the tracking number for my order is …"
            link = before[found[index - 1].end() : found[index].start()]
            if words.HEAD.match(link) and words.EQUATES.search(between):
                kind, weak = words.announced(found[index - 1])
        if answer > 0:
            return kind, answer
        break
    if (after := _announced_behind(behind)) is not None and _is_long(token, marked=True):
        return after, 0.8
    if not found and words.ENDS_IN_MARK.search(before) and _is_long(token, marked=False):
        return "order_number", 0.55
    return None


def _announcers(before: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for match in words.ANNOUNCERS.finditer(before):
        joined = found and words.TIGHT.fullmatch(before, found[-1].end(), match.start())
        if not (joined and words.ONLY_NUMBER.fullmatch(match.group())):
            found.append(match)
    return found


def _how_sure(kind: str, weak: bool, match: re.Match[str], between: str, token: _Token, behind: str) -> float | None:
    """How sure a word announces the token; 0.0: not at all; None: it stands too far away to say so."""
    marked = _names_a_number(match) or words.HAS_MARK.search(between) is not None
    if words.TIGHT.fullmatch(between):
        if not marked and not token.value.isdigit() and _IS_VERB.search(match.string[: match.end()]):
            return 0.0  # "I want to order the KX-300"
        if not _is_long(token, marked) or (weak and not marked and not _is_code(token)):
            return 0.0
        return 0.9 if marked else 0.75
    if kind in ("", "elsewhere") or _SENTENCE_END.search(between) or weak:
        return 0.0
    if words.ENDS_IN_MARK.search(between) and _is_long(token, marked=True):
        return 0.75
    # "Serial number on the back is …", "Seriennummer des Mähroboters …"
    if (
        (_names_a_number(match) or words.HAS_STRONG.search(between))
        and kind != "reference"
        and len(between) <= _NEAR
        and "," not in between
    ):
        return 0.7 if _is_code(token) else 0.0
    digits = token.value.isdigit() and len(token.value) >= 5
    if kind == "order_number" and digits and _SET_OFF[0].search(between) and _SET_OFF[1].match(behind):
        return 0.6
    return 0.0


_IN_COMPOUND = re.compile(r"(?:nummer|nr|no|号|號|码)$", re.IGNORECASE)


def _names_a_number(match: re.Match[str]) -> bool:
    """ "Bestellnummer", 订单号, "número de artículo": the announcement itself says that a number follows."""
    if words.HAS_STRONG.search(match.group()) is not None or _IN_COMPOUND.search(match.group()) is not None:
        return True
    return words.NUMBER_OF.search(match.string, max(0, match.start() - 30), match.start()) is not None


def _is_code(token: _Token) -> bool:
    """Does it look like the number of something, and not like a count or a year?"""
    digits = sum(letter.isdigit() for letter in token.value)
    return (digits >= 4 and not _YEAR.fullmatch(token.value)) or (
        digits >= 2 and "-" in token.value and digits < len(token.value) - 1
    )


def _announced_behind(behind: str) -> str | None:
    link = words.BEHIND.match(behind)
    if link is None:
        return None
    rest = behind[link.end() :]
    found = words.ANNOUNCERS.match(rest)
    if found is None:
        return None
    kind, _ = words.announced(found)
    return kind if kind not in ("", "reference", "elsewhere") else None


def _is_long(token: _Token, marked: bool) -> bool:
    """Is it long enough to be a number, and no year?"""
    value = token.value
    digits = sum(letter.isdigit() for letter in value)
    if marked:
        return digits >= 2 and len(value) >= 3
    if digits < len(value) and len(value) >= 6 and digits and value.isalnum():
        return True
    if digits < len(value) and "-" in value:
        return digits >= 2 and len(value) >= 5
    return digits >= 3 and len(value) >= 4 and not _YEAR.fullmatch(value)


def _by_form(before: str, token: _Token) -> Fact | None:
    for pattern, confidence in _SHAPED:
        if pattern.fullmatch(token.value):
            return Fact("order_number", token.value, token.start, token.end, confidence)
    if token.value.isdigit() and len(token.value) >= 4 and _HASH.search(before):
        return Fact("order_number", token.value, token.start, token.end, 0.6)
    return None
