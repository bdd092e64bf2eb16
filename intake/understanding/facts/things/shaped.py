"""Tell models that nobody calls so: codes, and names with a number, which what stands around them shows to be things'.

Each candidate gets points for its form and for its neighbours; enough of them make it a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.numbers.loose import BOOKING
from intake.understanding.facts.numbers.tokens import UNIT_BEHIND
from intake.understanding.facts.things import words
from intake.understanding.facts.things.forms import SHORT, Candidate, candidates
from intake.understanding.facts.things.known import HAN_NAME, LINE, MAKER_BEFORE
from intake.understanding.facts.things.nouns import things
from intake.understanding.near import Stretches, matches

_MOST, _NEAR = 30, 12
_ENOUGH, _NEVER = 4, -9
_BEFORE, _BEHIND, _AROUND = 70, 30, 160
# "на Тверской 12", "на Ленина 45"
_STREET = re.compile(r"[А-ЯЁ][а-яё]+(?:ская|ской|ского)$|(?:^|\s)(?:на|по)\s[А-ЯЁ][а-яё]+(?:ина|ова|ева|ого|ке)$")
_HAN = re.compile(r" ?[一-鿿]{2}")
_APPOSED = re.compile(r"(?<![^\W\d_])[a-zà-ÿа-яё]{4,16}\s(?:[A-ZА-ЯЁ][^\W\d_]{1,15}\s)?$")  # "скрипку Студент-44"
_SENTENCE = re.compile(r"[!?。！？;\n]|\.\s")
_DIGITS = re.compile(r"[0-9]")
_QUOTE = re.compile(r"[\"“„«「]$")
_JOINS = re.compile(
    r"\s?(?:,|/|(?<!\w)(?:and|or|und|oder|y|e|o|и|или|vs\.?|el|la|the|der|die|den)(?!\w)|和|或|还是|跟|、|\s){1,4}\s?"
)
# Between the thing and its model: its maker, and what it does not do.
_BETWEEN = re.compile(
    r"(?:\s(?:[^\W\d_]{1,16}|[“„\"«][^“”„\"«»]{1,20}[”“\"»])){0,3}?\s?[,(（「“„\"«:–-]?\s?(?:[^\W\d_]{1,14}\s){0,2}?"
    r"(?:[A-ZÀ-ÞА-ЯЁ][A-Za-zÀ-ÿА-яё]{1,15}\s|[一-鿿]{2,4}\s?)?[“„\"«(]?"
)


# "the pollen filter CUK 2939", "el filtro de polen …"; not "the filter for the …".
_PART_BETWEEN = re.compile(r"(?:\s(?:de|del|of)\s[^\W\d_]{3,14})?\s?[(（:]?\s?")
# "NG-200-M", "KH-BLU-S": an article in one of its sizes or colours.
_VARIANT = re.compile(r"[A-ZА-ЯЁ]{2,4}-[0-9A-ZА-ЯЁ]{2,5}-[A-ZА-ЯЁ]{1,4}")
_GARMENT = re.compile(
    r"(?<![^\W\d_])(?:(?:dress|skirt|blouse|shirt|jumper|jeans|trousers|kleid|rock|bluse|hemd|hose|pulli|pullover"
    r"|vestido|falda|blusa|camisa|pantal[óo]n|vaqueros|jersey|плать[еяю]|юбк[аиу]|блузк[аиу]|рубашк[аиу]|брюк[и]"
    r"|джинсы|свитер)\s|(?:裙|衬衫|连衣裙|裤子?|毛衣)\s?)[(]?$",
    re.IGNORECASE,
)


def shaped(text: str, places: Stretches) -> Iterator[Fact]:
    """The models that their form and their neighbours show, then those that are like one of them."""
    for match in islice(matches(LINE, text, places), _MOST):
        yield Fact("model", match["value"], *match.span("value"), 0.6)
    booked = _is_of_a_journey(text)
    taken: list[Candidate] = []
    left: list[Candidate] = []
    last: Candidate | None = None
    for candidate in islice(candidates(text, places), _MOST):
        points = candidate.form + _around(text, candidate) - (3 if booked else 0)
        if last is not None and _JOINS.fullmatch(text, last.end, candidate.begin):
            points += 2 if last in taken else 0
            if last in left and not booked and _are_compared(last, candidate):
                left.remove(last)
                points = _ENOUGH
                yield _fact(text, last)
        last = candidate
        if points >= _ENOUGH:
            taken.append(candidate)
            yield _fact(text, candidate)
        elif points > _NEVER + 3:
            left.append(candidate)
    known = {_family(candidate) for candidate in taken}
    yield from (_fact(text, candidate) for candidate in left if _family(candidate) in known)


def _is_of_a_journey(text: str) -> bool:
    booked = any(
        not words.RECEIPT.search(text, max(0, match.end() - _NEAR), match.end())
        for match in islice(BOOKING.finditer(text), _MOST)
    )
    return booked or words.JOURNEY.search(text) is not None


def _are_compared(one: Candidate, other: Candidate) -> bool:
    """ "RX-7 or RX-9?": two that are as like as two of one maker."""
    return one.form > 0 and not one.names and _family(one) == _family(other)


def _fact(text: str, candidate: Candidate) -> Fact:
    digits = sum(letter.isdigit() for letter in candidate.code)
    of_a_part = digits >= 3 and not candidate.names and _is_of_a_part(text, candidate)
    article = of_a_part or (digits >= 4 and _is_of_a_garment(text, candidate)) or _VARIANT.fullmatch(candidate.code)
    kind = "product_number" if article else "model"
    # As of Latin names, a whole code needs none before it: "瑞聆R5-312".
    own = _own_han_name(text, candidate) if SHORT.fullmatch(candidate.code) else ""
    start = candidate.start - len(own)
    return Fact(kind, text[start : candidate.end], start, candidate.end, 0.6)


def _is_of_a_part(text: str, candidate: Candidate) -> bool:
    """ "the charger CRG-210", "LX-4021这款滤芯"."""
    behind = text[candidate.end : candidate.end + _BEHIND]
    kind = words.KIND_BEHIND.match(behind)
    if kind is not None and any(start == kind.end() and not whole for start, _, whole in islice(things(behind), 1)):
        return True
    begin = max(0, candidate.begin - _BEFORE)
    before = text[begin : candidate.begin]
    last = [*things(before)][-1:]
    return any(not whole and _PART_BETWEEN.fullmatch(before, end) is not None for _, end, whole in last)


def _is_of_a_garment(text: str, candidate: Candidate) -> bool:
    """ "hose HN-3307": clothes have articles' numbers, not models."""
    return not candidate.names and _GARMENT.search(text, max(0, candidate.begin - 24), candidate.begin) is not None


def _family(candidate: Candidate) -> str:
    """ "Air 10" is of the family of "Air 11", "R-70" of that of "R-60"."""
    return " ".join(candidate.names) or _DIGITS.sub("0", candidate.code)


def _around(text: str, candidate: Candidate) -> int:
    """Points for what stands around it."""
    before = _SENTENCE.split(text[max(0, candidate.begin - _BEFORE) : candidate.begin])[-1]
    behind = text[candidate.end : candidate.end + _BEHIND]
    if words.ELSEWISE.match(behind) or words.ELSEWISE_BEFORE.search(before):
        return _NEVER
    if candidate.names and _STREET.search(before[-4:] + candidate.names[0]):
        return _NEVER
    if candidate.code.isdigit() and (UNIT_BEHIND.match(text, candidate.end) or words.COUNTED.match(behind)):
        return _NEVER
    if candidate.small and not _may_be_small(candidate, before, behind):
        return _NEVER
    points = _said_before(text, candidate, before, behind)
    points += _beside(before, behind, candidate)
    points += _made_by(text, candidate)
    if candidate.names and _APPOSED.search(before) is not None:
        points += 1
    if not points:
        return 0  # what is spoken of elsewhere says nothing of it
    around = (
        text[max(0, candidate.begin - _AROUND) : candidate.begin] + "\n" + text[candidate.end : candidate.end + _AROUND]
    )
    if any(things(around)):
        points += 1
    if words.DEVICES.search(around):
        points += 1
    if words.TRADED.search(around):
        points += 1
    return points


def _may_be_small(candidate: Candidate, before: str, behind: str) -> bool:
    """Without capitals it must be called mine, stand in brackets, or be as "the ridgeline pro 2"."""
    bracketed = before.endswith("(") and behind.startswith(")")
    if MAKER_BEFORE.search(before) is not None or _is_a_things_code(candidate, before):
        return True
    return bracketed or len(candidate.names) > 1 or (not candidate.names and words.MINE.search(before) is not None)


def _is_a_things_code(candidate: Candidate, before: str) -> bool:
    """ "the printer mg3650": whole, and right behind the thing."""
    if candidate.names or len(candidate.code) < len("ab12"):
        return False
    digits = sum(letter.isdigit() for letter in candidate.code)
    last = [*things(before)][-1:]
    return digits >= 2 and any(whole and before[end:] == " " for _, end, whole in last)


def _said_before(text: str, candidate: Candidate, before: str, behind: str) -> int:
    open_before = _QUOTE.sub("", before)
    points = 2 if open_before != before else 0
    if words.OWNED.search(open_before):
        return points + 3
    line = text[max(0, candidate.begin - _BEFORE) : candidate.begin]
    if words.LABEL.search(line):
        return points + 4
    if words.PLATE.search(before):
        return points + 2
    if words.POINTED.search(open_before) or words.ASKED.search(open_before):
        # Who does not write German has a capital there for a name only.
        named = candidate.begin < candidate.start or candidate.names
        return points + (3 if named and not words.GERMAN.search(open_before) else 2)
    if words.KIND_BEHIND.match(behind) or words.OFFERED.match(behind):
        return points + 2
    if before.rstrip().endswith((",", "(")) and behind[:1] in (",", ")", ".", "", "\n"):
        return points + 1
    if not before.strip() and words.FAILS.match(behind):
        return points + 3
    return points


def _beside(before: str, behind: str, candidate: Candidate) -> int:
    """ "a Lumio TS200 lamp", "the kettle, a Norvik KX-3": points if the thing is named beside it."""
    for start, _, whole in islice(things(behind), 1):
        if whole and (start <= 1 or (start <= 3 and _HAN.match(behind))) and _is_sure(candidate):
            return 3
    for _, end, whole in reversed([*things(before)]):
        if _BETWEEN.fullmatch(before, end) is not None:
            points = 3 if whole or _PART_BETWEEN.fullmatch(before, end) is not None else 1
            return points + (before.find("(", end) >= 0 and behind.startswith(")"))
    return 0


def _made_by(text: str, candidate: Candidate) -> int:
    """Points for the maker or the name before it."""
    before = text[max(0, candidate.start - _NEAR) : candidate.start]
    if MAKER_BEFORE.search(before) is not None:
        return 4 if not candidate.code.isdigit() or candidate.names else 3
    return 3 if _own_han_name(text, candidate) else 0


def _own_han_name(text: str, candidate: Candidate) -> str:
    """What belongs to it of the Chinese before it: "得间" of "得间S3", nothing of "戴森V12"."""
    before = text[max(0, candidate.start - _NEAR) : candidate.start]
    if candidate.names or MAKER_BEFORE.search(before) is not None:
        return ""
    match = HAN_NAME.search(before)
    if match is None or any(things(match["name"])):
        return ""
    return match["name"]


def _is_sure(candidate: Candidate) -> bool:
    """May the thing stand behind it, and it is no count: "2 lamps"?"""
    return not candidate.code.isdigit() or candidate.form >= 2 or len(candidate.code) >= 3
