"""Find order, product and serial numbers by the words around them, by the company's own patterns, and by their form.

Each token with digits is looked at once, with the few dozen letters around it: the work is linear and bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts import number_words as words
from intake.understanding.facts.announcers import ANNOUNCERS, announced
from intake.understanding.facts.fact import Fact
from intake.understanding.facts.loose_numbers import BOOKING, is_article, names_other_paper, stands_alone
from intake.understanding.facts.number_tokens import TOKEN, Token, can_be_number, is_code, is_decimal, is_long, whole
from intake.understanding.near import Stretches, matches

Patterns = tuple[tuple[str, re.Pattern[str]], ...]
_BEFORE, _AFTER, _NEAR = 70, 40, 40
_MOST_TOKENS = 250
_MOST_LOOSE = 3
_LONGER_THAN_PHONES = 13
_MOST_OWN = 50  # that the company's patterns find

_SENTENCE_END = re.compile(r"[!?。！？;；\n]|\.\s+(?=[A-ZА-ЯÄÖÜ¿¡])")
_AND_ANOTHER = re.compile(
    r"\s{0,3}(?:,|/|&|\+|、|，|\b(?:and|und|y|e|или|or|oder|sowie|и|instead of|not|statt"
    r"|anstatt|en (?:vez|lugar) de|вместо|а не)\b|而不是|和|跟|及|以及|还有){1,2}\s{0,3}(?:nr\.?|no\.?|#"
    r"|№)?\s{0,2}",
    re.IGNORECASE,
)
_SET_OFF = re.compile(r"[,(:，（：]\s?$"), re.compile(r"\s?(?:[,).!?，。）]|$)")

_OUT_OF = re.compile(r"(?<!\w)(?:from|out of|aus|von|del|de|из|от)(?!\w)", re.IGNORECASE)
_STREET_BEFORE = re.compile(r"(?:calle|carrera|cra|cr|cl|kr|avenida|av|diagonal|transversal)\.?\s\w{1,5}\s?#\s?$", re.I)
_A_CODE = re.compile(r"(?<!\w)(?:codes?|код)[\s:([【]{0,3}$", re.IGNORECASE)
_OF_THINGS = re.compile(r"\s[a-z]")
_IS_VERB = re.compile(
    r"(?<![a-z])(?:to|i|we|you|they|can|could|will|would|may|please|cannot|can't|and|or)\s(?:re)?(?:order|book)s?$",
    re.I,
)
_SPACED_TRACKING = re.compile(r"(?<![A-Za-z0-9])1Z(?: ?[0-9A-Z]){16}(?![A-Za-z0-9])")

# Numbers that show by their form what they are.
_SHAPED: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}"), 0.85),
    (re.compile(r"(?:ORD|ORDER|PO|SO|BST|BEST|PED|WEB|ЗАК)[-_/]?[0-9]{4,12}(?:-[0-9A-Z]{1,6})?", re.IGNORECASE), 0.8),
)
_HASH = re.compile(r"(?:^|[^\w#&/])#\s?$")


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
    for match in matches(words.SPACED, text, places):
        if match["value"].isupper() or match["value"].replace(" ", "").isdigit():
            kind = "serial_number" if match["serial"] else "product_number"
            yield Fact(kind, match["value"].replace(" ", ""), *match.span("value"), 0.7)
    for match in _SPACED_TRACKING.finditer(text):
        yield Fact("", match.group(), *match.span(), 1.0)
    for pattern in words.SWAPPED:
        for match in matches(pattern, text, places):
            if match["one"].endswith("0") and match["other"].endswith("0"):
                continue  # "ordered 1500 flyers, got 1200"
            yield Fact("product_number", match["one"], *match.span("one"), 0.7)
            yield Fact("product_number", match["other"], *match.span("other"), 0.7)
    previous: Fact | None = None
    loose: list[Token] = []
    others: list[Token] = []
    found: dict[str, Fact] = {}
    references: list[Fact] = []
    ordered = False
    refused: int | None = None  # where the number ends that came last, if it was none of an order
    booked = BOOKING.search(text) is not None
    for count, match in enumerate(matches(TOKEN, text, places)):
        if count == _MOST_TOKENS:
            break
        token = whole(text, match)
        fact = _judge(text, token, previous)
        joined, refused = refused is not None and _AND_ANOTHER.fullmatch(text, refused, token.start) is not None, None
        alone = (fact is None or _only_a_code(text, fact)) and not joined
        if alone and (stands_alone(text, token, booked=booked) or (loose and _follows(text, token, loose[-1]))):
            loose.append(token)
            continue
        if fact is None and is_article(text, token):
            fact = Fact("product_number", token.value, token.start, token.end, 0.5)
        if fact is None or fact.kind == "elsewhere":
            others.append(token)
            refused = token.end if can_be_number(text, token) else None
            continue
        previous = fact
        if fact.kind == "reference":
            references.append(fact)
            continue
        ordered = ordered or fact.kind == "order_number"
        found[fact.value] = fact
        yield fact
    yield from _unsaid(text, language, references, loose, ordered=ordered)
    yield from _again(others, found)


def _again(others: list[Token], found: dict[str, Fact]) -> Iterator[Fact]:
    """A number that was announced once is the same number where it stands alone: "Teillieferung 4-7719-003"."""
    for token in others:
        fact = found.get(token.value)
        if fact is not None:
            yield Fact(fact.kind, fact.value, token.start, token.end, fact.confidence)


def _unsaid(
    text: str, language: str | None, references: list[Fact], loose: list[Token], *, ordered: bool
) -> Iterator[Fact]:
    """Who names a reference, and no order besides, means his order; so does who speaks of one, with a single code."""
    for fact in [fact for fact in references if not names_other_paper(fact.value)][:1]:
        article = (language or "").startswith("es") and not fact.value.isdigit()
        if article or not ordered:
            yield Fact("product_number" if article else "order_number", fact.value, fact.start, fact.end, 0.55)
    if not ordered and not references and len(loose) <= _MOST_LOOSE:
        for token in loose:
            yield Fact("order_number", token.value, token.start, token.end, 0.5)


def _only_a_code(text: str, fact: Fact) -> bool:
    """Does nothing but "code:" announce it?"""
    return not fact.kind and _A_CODE.search(text, max(0, fact.start - 12), fact.start) is not None


def _judge(text: str, token: Token, previous: Fact | None) -> Fact | None:
    value = token.value
    if not can_be_number(text, token):
        return None
    if previous is not None and token.start < previous.end:
        return None
    if previous is not None and _goes_on(text, token, previous):
        return Fact(previous.kind, value, token.start, token.end, previous.confidence)
    begin = max(0, token.start - _BEFORE, previous.end if previous is not None else 0)
    before, behind = text[begin : token.start], text[token.end : token.end + _AFTER]
    if words.DENIED.match(behind):
        return None
    if words.THIS_ORDER.match(behind) and is_code(token):
        return Fact("order_number", value, token.start, token.end, 0.75)
    found = _announced(before, behind, token)
    if found is not None:
        kind, confidence = found
        if is_decimal(token) and not _may_have_points(kind, confidence, value):
            return None
        if kind == "reference" and words.THIS_ARTICLE.match(behind):
            kind = "product_number"
        return Fact(kind, value, token.start, token.end, confidence)
    return _by_form(before, token)


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
    return (kind == "product_number" and confidence >= 0.9) or (kind == "order_number" and thousands)


def _announced(before: str, behind: str, token: Token) -> tuple[str, float] | None:
    """Which word announces it, the nearest before it or one behind it, and how sure that is."""
    found = _announcers(before)
    for index in range(len(found) - 1, -1, -1):
        kind, weak = announced(found[index])
        between = before[found[index].end() :]
        answer = _how_sure(kind, weak, found[index], between, token, behind)
        if answer is None:
            break
        if index and answer > 0 and kind == "order_number" and not words.HAS_STRONG.search(between):
            # "the tracking number for my order is …"
            link = before[found[index - 1].end() : found[index].start()]
            if words.HEAD.match(link) and words.EQUATES.search(between):
                kind, weak = announced(found[index - 1])
        if answer > 0:
            return kind, answer
        break
    if (after := _announced_behind(behind)) is not None and is_long(token, marked=True):
        return after, 0.8
    return None


def _announcers(before: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for match in ANNOUNCERS.finditer(before):
        joined = found and words.TIGHT.fullmatch(before, found[-1].end(), match.start())
        if not (joined and words.ONLY_NUMBER.fullmatch(match.group())):
            found.append(match)
    return found


def _how_sure(kind: str, weak: bool, match: re.Match[str], between: str, token: Token, behind: str) -> float | None:
    """How sure a word announces the token; 0.0: not at all; None: it stands too far away to say so."""
    marked = _names_a_number(match) or words.HAS_MARK.search(between) is not None
    if kind == "product_number" and weak and _OUT_OF.search(between):
        return 0.0  # "two items from 90-448217"
    if "/" in match.group() and between.lstrip(" ")[:1] in (",", "\n"):
        return 0.0  # "Camino del Molino s/n, 39500 …": a house without a number
    if words.TIGHT.fullmatch(between):
        thing = not token.value.isdigit() or _OF_THINGS.match(behind) is not None
        if not marked and thing and _IS_VERB.search(match.string[: match.end()]):
            return 0.0  # "I want to order the KX-300", "to order 1500 flyers"
        if not is_long(token, marked) or (weak and not marked and not is_code(token)):
            return 0.0
        return 0.9 if marked else 0.75
    if kind in ("", "elsewhere") or _SENTENCE_END.search(between) or weak:
        return 0.0
    if words.ENDS_IN_MARK.search(between) and is_long(token, marked=True):
        return 0.75
    # "Serial number on the back is …", "Seriennummer des Mähroboters …"
    if (
        (kind == "serial_number" or _names_a_number(match) or words.HAS_STRONG.search(between))
        and kind != "reference"
        and len(between) <= _NEAR
        and "," not in between
    ):
        return 0.7 if is_code(token) else 0.0
    if kind == "order_number" and token.value.isdigit() and len(token.value) >= _LONGER_THAN_PHONES:
        return 0.6 if len(between) <= _NEAR else 0.0  # "el pedido es el largo 1120093847755"
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


def _announced_behind(behind: str) -> str | None:
    link = words.BEHIND.match(behind) or words.PERHAPS_BEHIND.match(behind)
    if link is None:
        return None
    rest = behind[link.end() :]
    found = ANNOUNCERS.match(rest)
    if found is None:
        return None
    kind, _ = announced(found)
    return kind if kind not in ("", "reference", "elsewhere") else None


def _by_form(before: str, token: Token) -> Fact | None:
    if is_decimal(token):
        return None
    for pattern, confidence in _SHAPED:
        if pattern.fullmatch(token.value):
            return Fact("order_number", token.value, token.start, token.end, confidence)
    number = token.value.isdigit() and len(token.value) >= 4
    if (number or is_code(token)) and _HASH.search(before) and not _STREET_BEFORE.search(before):
        return Fact("order_number", token.value, token.start, token.end, 0.6)
    return None
