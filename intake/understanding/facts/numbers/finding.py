"""Find order, product and serial numbers by the words around them, by the company's own patterns, and by their form.

Each token with digits is looked at once, with the few dozen letters around it: the work is linear and bounded.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.numbers import words
from intake.understanding.facts.numbers.announcing import Announcing, is_part_only
from intake.understanding.facts.numbers.articles import is_article, is_of_article
from intake.understanding.facts.numbers.loose import (
    BOOKING,
    is_cancelled,
    is_couriers,
    is_something_else,
    names_other_paper,
    stands_alone,
)
from intake.understanding.facts.numbers.tokens import (
    GROUPED,
    TOKEN,
    Token,
    can_be_number,
    grouped,
    is_code,
    is_decimal,
    whole,
)
from intake.understanding.facts.places.streets import BEFORE_HOUSE
from intake.understanding.near import Stretches, matches

Patterns = tuple[tuple[str, re.Pattern[str]], ...]
_BEFORE, _AFTER = 70, 40
_MOST_TOKENS = 250
_MOST_LOOSE = 3
_MOST_ALIKE = 8
_MOST_OWN = 50  # that the company's patterns find

_AND_ANOTHER = re.compile(
    r"\s{0,3}(?:,|/|&|\+|、|，|\b(?:and|und|y|e|или|or|oder|sowie|и|instead of|not|statt"
    r"|anstatt|en (?:vez|lugar) de|вместо|а не)\b|而不是|和|跟|及|以及|还有){1,2}\s{0,3}(?:nr\.?|no\.?|#"
    r"|№)?\s{0,2}|\s{0,3}\n\s{0,3}(?:[-*•–]|\(?[0-9]{1,2}[.)])?\s{0,2}",
    re.IGNORECASE,
)
_A_CODE = re.compile(r"(?<!\w)(?:codes?|код)[\s:([【]{0,3}$", re.IGNORECASE)
_SPACED_TRACKING = re.compile(r"(?<![A-Za-z0-9])1Z(?: ?[0-9A-Z]){16}(?![A-Za-z0-9])")

# Numbers that show by their form what they are.
_SHAPED: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}"), 0.85),
    (
        re.compile(
            r"(?:ORD|ORDER|PO|SO|BST|BEST|PED|WEB|ЗАК)[-_/]?[0-9]{4,14}(?:-[0-9A-Z]{1,6}|[A-Z]{1,3})?", re.IGNORECASE
        ),
        0.8,
    ),
)
_SKU = re.compile(r"SKU[-_][0-9A-Z]{2,10}(?:-[0-9A-Z]{1,8}){0,3}")
# The number of an article in one of its colours: "KH-BLU-S", "ST2-GRN".
_COLOURED = re.compile(
    r"(?=[^0-9]*[0-9]|[A-ZА-ЯЁ]+-[A-ZА-ЯЁ]+-)[0-9A-ZА-ЯЁ]{1,8}(?:-[0-9A-ZА-ЯЁ]{1,6})*-(?:BLK|BLU|GR[NYE]|RED|WH[TI]"
    r"|BRN|NVY|PNK|YEL|YLW"
    r"|SLV|GLD|BGE|ORG|PRP|PUR|TRT|CRM|NAT|SCHW|NEG|NGR|AZU|AZL|ROJ|BLA|VRD|GRIS|NGO|ЧЕР|ЧРН|БЕЛ|СИН|КРС|СЕР|БУК|ДУБ)"
    r"(?:-[0-9A-Z]{1,4})?"
)
_VIN = re.compile(r"(?=(?:.*[A-Z]){3})(?=(?:.*[0-9]){5})[A-HJ-NPR-Z0-9]{17}")  # ISO 3779: no I, O, Q
_HASH = re.compile(r"(?:^|[^\w#&/])#\s?$")
_DIGIT, _CAPITAL = re.compile(r"[0-9]"), re.compile(r"[A-ZА-ЯЁ]")
_OF_A_YEAR = re.compile(r"(?<![0-9])20[0-3][0-9](?![0-9])")  # as papers have, not articles


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
    yield from _swapped(text, places)
    yield from _Search(text).facts(language, places)


def _swapped(text: str, places: Stretches) -> Iterator[Fact]:
    """The one that was ordered and the one that came."""
    for pattern in words.SWAPPED:
        for match in matches(pattern, text, places):
            one, other = (name for name in ("one", "first", "other") if match.groupdict().get(name) is not None)
            if all(match[group].isdigit() and match[group].endswith("0") for group in (one, other)):
                continue  # "ordered 1500 flyers, got 1200"
            for group in (one, other):
                yield Fact("product_number", match[group].upper(), *match.span(group), 0.7)


class _Search:
    """One reading of a text from its beginning to its end, token by token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._booked = BOOKING.search(text) is not None
        self._announcing = Announcing(text)
        self._previous: Fact | None = None
        self._reached = 0  # where the words end that have announced the previous one
        self._loose: list[Token] = []  # which only what shall be done with them makes an order's
        self._others: list[Token] = []  # which nothing announces
        self._references: list[Fact] = []
        self._found: dict[str, Fact] = {}
        self._refused: int | None = None  # where the number ends that came last, if it was none of an order

    def facts(self, language: str | None, places: Stretches) -> Iterator[Fact]:
        """In the order of the text, then those that others explain."""
        for token in islice(_tokens(self._text, places), _MOST_TOKENS):
            if self._previous is not None and token.start < self._previous.end:
                continue
            fact = self._of(token)
            if fact is not None and fact.kind == "reference":
                self._references.append(fact)
            elif fact is not None:
                self._found[fact.value] = fact
                yield fact
        ordered = any(fact.kind == "order_number" for fact in self._found.values())
        like_others = list(_alike(self._loose, self._found))
        yield from like_others
        loose = [] if like_others else self._loose
        for fact in _unsaid(self._text, language, self._references, loose, ordered=ordered):
            self._found[fact.value] = fact
            yield fact
        yield from _alike(self._others, self._found)

    def _of(self, token: Token) -> Fact | None:
        text, in_groups = self._text, " " in self._text[token.start : token.end]
        if BEFORE_HOUSE.search(text, max(0, token.start - 40), token.start):
            return None  # "Cra. 7 # 45-12", "Bedok North Road #05-112"
        fact = self._judged(token)
        if in_groups and fact is None and is_article(text, token):
            fact = Fact("product_number", token.value, token.start, token.end, 0.5)
        if in_groups and fact is None and not stands_alone(text, token, booked=self._booked):
            self._others.append(token)
            return None
        joined = (
            self._refused is not None
            and _AND_ANOTHER.fullmatch(text, self._refused, token.start) is not None
            and not is_cancelled(text, token)
        )
        self._refused = None
        if (fact is None or _only_a_code(text, fact)) and not joined and self._is_loose(token):
            self._loose.append(token)
            return None
        if fact is None and is_article(text, token):
            fact = Fact("product_number", token.value, token.start, token.end, 0.5)
        if fact is None or fact.kind == "elsewhere":
            if fact is None:
                self._others.append(token)
            self._refused = token.end if can_be_number(text, token) else None
            return None
        self._previous = fact
        return fact

    def _is_loose(self, token: Token) -> bool:
        if stands_alone(self._text, token, booked=self._booked):
            return True
        return bool(self._loose) and _follows(self._text, token, self._loose[-1])

    def _judged(self, token: Token) -> Fact | None:
        text, value, previous = self._text, token.value, self._previous
        if not can_be_number(text, token):
            return None
        if previous is not None and _goes_on(text, token, previous):
            return Fact(previous.kind, value, token.start, token.end, previous.confidence)
        behind = text[token.end : token.end + _AFTER]
        if words.DENIED.match(behind):
            return None
        if words.THIS_ORDER.match(behind) and is_code(token):
            return Fact("order_number", value, token.start, token.end, 0.75)
        begin = max(0, token.start - _BEFORE, previous.end if previous is not None else 0, self._reached)
        found = self._announcing.of(token, min(begin, token.start))
        if found is None:
            return _by_form(text[begin : token.start], token)
        if is_decimal(token) and not _may_have_points(found.kind, found.confidence, value):
            return None
        kind = found.kind
        if is_part_only(text, token) or (kind == "order_number" and is_couriers(text, token, begin)):
            kind = ""
        elif kind == "reference" and is_of_article(behind):
            kind = "product_number"
        self._reached = found.reached
        return Fact(kind, value, token.start, token.end, found.confidence)


def _tokens(text: str, places: Stretches) -> Iterator[Token]:
    """Groups come before the first token in them: where nothing announces them, their tokens are looked at alone."""
    groups = deque(token for match in matches(GROUPED, text, places) if (token := grouped(text, match)) is not None)
    for match in matches(TOKEN, text, places):
        while groups and groups[0].start <= match.start():
            yield groups.popleft()
        yield whole(text, match)


def _alike(others: list[Token], found: dict[str, Fact]) -> Iterator[Fact]:
    """A number that was announced once is the same number where it stands alone: "Teillieferung 4-7719-003"; and one
    that differs from it in two characters at most is of the same kind: "the hose 5510-22, or do I need the 5510-24"."""
    by_shape: dict[str, list[Fact]] = {}
    for fact in found.values():
        some = by_shape.setdefault(_shape(fact.value), [])
        if fact.kind and len(some) < _MOST_ALIKE:
            some.append(fact)
    for token in others:
        for fact in by_shape.get(_shape(token.value), ()):
            other = sum(one != another for one, another in zip(fact.value, token.value, strict=True))
            if other <= (2 if len(token.value) >= 5 else 1):
                yield Fact(fact.kind, token.value, token.start, token.end, min(fact.confidence, 0.6 if other else 1.0))
                break


def _shape(value: str) -> str:
    """ "ST2-GRY" → "AA9-AAA"."""
    return _DIGIT.sub("9", _CAPITAL.sub("A", value))


def _unsaid(
    text: str, language: str | None, references: list[Fact], loose: list[Token], *, ordered: bool
) -> Iterator[Fact]:
    """Who names a reference, and no order besides, means his order; so does who speaks of one, with a single code."""
    for fact in [fact for fact in references if not _of_other_paper(text, fact)][:1]:
        article = (language or "").startswith("es") and not fact.value.isdigit() and not _OF_A_YEAR.search(fact.value)
        article = article or _COLOURED.fullmatch(fact.value) is not None
        if article or not ordered:
            yield Fact("product_number" if article else "order_number", fact.value, fact.start, fact.end, 0.55)
    if not ordered and not references and len(loose) <= _MOST_LOOSE:
        for token in loose:
            yield Fact("order_number", token.value, token.start, token.end, 0.5)


def _of_other_paper(text: str, fact: Fact) -> bool:
    before = text[max(0, fact.start - _BEFORE) : fact.start]
    token = Token(fact.value, fact.start, fact.end)
    return names_other_paper(fact.value) or is_something_else(text, token, before)


def _only_a_code(text: str, fact: Fact) -> bool:
    """Does nothing but "code:" announce it?"""
    return not fact.kind and _A_CODE.search(text, max(0, fact.start - 12), fact.start) is not None


def _goes_on(text: str, token: Token, previous: Fact) -> bool:
    """ "orders 48213, 48214 and 48215": one word may announce several."""
    if len(token.value) != len(previous.value) or not previous.kind or token.start - previous.end > 16:
        return False
    return _AND_ANOTHER.fullmatch(text, previous.end, token.start) is not None


def _follows(text: str, token: Token, other: Token) -> bool:
    """Is it the second of two that are alike: "退4-22-9081和4-22-9082"?"""
    alike = len(token.value) == len(other.value) and is_code(token)
    return alike and token.start >= other.end and _AND_ANOTHER.fullmatch(text, other.end, token.start) is not None


def _may_have_points(kind: str, confidence: float, value: str) -> bool:
    """ "Art.-Nr. 7714.02", "Bestellung 20.441"; but not "order total: 45.99"."""
    thousands = value[-4:-3] == "."
    return (kind == "product_number" and (thousands or confidence >= 0.9)) or (kind == "order_number" and thousands)


def _by_form(before: str, token: Token) -> Fact | None:
    if is_decimal(token):
        return None
    if _COLOURED.fullmatch(token.value) or _SKU.fullmatch(token.value):
        return Fact("product_number", token.value, token.start, token.end, 0.6)
    if _VIN.fullmatch(token.value):
        return Fact("serial_number", token.value, token.start, token.end, 0.6)
    for pattern, confidence in _SHAPED:
        if pattern.fullmatch(token.value):
            return Fact("order_number", token.value, token.start, token.end, confidence)
    number = token.value.isdigit() and len(token.value) >= 4
    if (number or is_code(token)) and _HASH.search(before):
        return Fact("order_number", token.value, token.start, token.end, 0.6)
    return None
