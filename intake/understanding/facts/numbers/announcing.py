"""Tell which word announces a number, and how surely: the nearest one before it, else one that follows it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.understanding.facts.numbers import words
from intake.understanding.facts.numbers.announcers import ANNOUNCERS, announced
from intake.understanding.facts.numbers.tokens import Token, is_code, is_long

_AFTER, _NEAR = 60, 40
_LONGER_THAN_PHONES = 13
_SENTENCE_END = re.compile(r"[!?。！？;；\n]|\.\s+(?=[A-ZА-ЯÄÖÜ¿¡])")
_SET_OFF = re.compile(r"[,(:，（：]\s?$"), re.compile(r"\s?(?:[,).!?，。）]|$)")
_OUT_OF = re.compile(r"(?<!\w)(?:from|out of|aus|von|del|de|из|от)(?!\w)", re.IGNORECASE)
_OF_THINGS = re.compile(r"\s[a-z]")
# "Unit 1602, 33 Elm Drive": a flat before its house.
_HOUSE_BEHIND = re.compile(r",?[ \n]\d{1,5}[A-Za-z]? [A-Z][a-z]")
_IS_VERB = re.compile(
    r"(?<![a-z])(?:to|i|we|you|they|can|could|will|would|may|please|cannot|can't|and|or)\s(?:re)?(?:order|book)s?$",
    re.I,
)
# "- AB0011902", "2) AB0011920": what stands before the list announces all of it.
_BULLET = re.compile(r"\s{0,2}\n\s{0,3}(?:[-*•–]|\(?[0-9]{1,2}[.)])\s{1,2}$")
_INTRODUCES = re.compile(r"[:：]\s{0,3}$")
_OF_THINGS_ONLY = ("serial_number", "product_number")
_ON = re.compile(
    r"(?<!\w)(?:on|from|per|auf|laut|von|en|seg[úu]n|на|с|по)\s"
    r"(?:(?:the|its|my|dem|der|seinem|la|el|su|mi|его|моей|нашей)\s)?(?:[^\W\d_]{2,12}\s)?$",
    re.I,
)
_IN_COMPOUND = re.compile(r"(?:nummer|nr|no|号|號|码)$", re.IGNORECASE)
# "s/n ends with 0082", "S/N: ...4417": a part of a number is none.
_PART_ONLY = re.compile(
    r"(?:(?<!\w)(?:end(?:s|ing)?(?: (?:with|in))?|last (?:four|4)(?: digits)?(?: are)?|(?:acaba|termina)(?:do)? en"
    r"|endet (?:mit|auf)|die letzten (?:vier|4)(?: ziffern)?|(?:за|о)канчива\w{2,4} на"
    r"|последние (?:четыре|4)(?: цифры)?)|尾号是?|后四位是?|结尾是?|\.{3}|…|\*{2,4}|[xх]{3,4})\s{0,2}[-:：]?\s?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Announced:
    """What kind of number it is, how sure that is, and where the word ends that says so, if it follows."""

    kind: str
    confidence: float
    reached: int


class Announcing:
    """The announcing words of one text, each searched for once: tokens must be asked for in their order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[re.Match[str]] = []
        self._searched = 0

    def of(self, token: Token, begin: int) -> Announced | None:
        """The word between `begin` and the token that announces it, or one behind the token."""
        text, found = self._text, self._before(begin, token.start)
        listed = _BULLET.search(text, max(begin, token.start - 12), token.start)
        end = listed.start() if listed is not None else token.start
        for index in range(len(found) - 1, -1, -1):
            kind, weak = announced(found[index])
            if index and not kind and self._is_where(found[index - 1], found[index]):
                continue
            answer = self._how_sure(kind, weak, found[index], token, end)
            if answer is None:
                break
            if index and answer > 0 and kind == "order_number":
                kind = self._head(found[index - 1], found[index], end) or kind
                kind = "" if kind == "none" else kind
            if answer > 0:
                return Announced(kind, answer, token.end)
            break
        return self._behind(token)

    def _before(self, begin: int, end: int) -> list[re.Match[str]]:
        for match in ANNOUNCERS.finditer(self._text, max(self._searched, begin), end):
            last = self._found[-1] if self._found else None
            near = last is not None and last.end() >= match.start() - _NEAR
            joined = near and last is not None and words.TIGHT.fullmatch(self._text, last.end(), match.start())
            if not (joined and words.ONLY_NUMBER.fullmatch(match.group())):
                self._found.append(match)
        self._searched = max(self._searched, end)
        near_ones: list[re.Match[str]] = []
        for match in reversed(self._found):
            if match.start() < begin:
                break
            if match.end() <= end:
                near_ones.append(match)
        return near_ones[::-1]

    def _is_where(self, other: re.Match[str], match: re.Match[str]) -> bool:
        """ "serial on the label: …", "S/N на этикетке …": what it stands on is only further said of the number."""
        close = match.start() - other.end() <= _NEAR
        kind = announced(other)[0]
        number = _names_a_number(other) or words.HAS_STRONG.search(self._text, other.end(), match.start()) is not None
        return (
            close
            and (kind in _OF_THINGS_ONLY or (kind == "order_number" and number))
            and _ON.search(self._text, other.end(), match.start()) is not None
        )

    def _head(self, other: re.Match[str], match: re.Match[str], end: int) -> str | None:
        """ "the tracking number for my order is …": what its order is only further said of."""
        between = self._text[match.end() : end]
        if words.HAS_STRONG.search(between):
            return None
        if words.HEAD.match(self._text[other.end() : match.start()]) and words.EQUATES.search(between):
            return announced(other)[0] or "none"
        return None

    def _how_sure(self, kind: str, weak: bool, match: re.Match[str], token: Token, end: int) -> float | None:
        """How sure a word announces the token; 0.0: not at all; None: it stands too far away to say so."""
        text = self._text
        between = text[match.end() : end]
        sure = kind in _OF_THINGS_ONLY and not weak
        marked = sure or _names_a_number(match) or words.HAS_MARK.search(between) is not None
        if kind == "product_number" and weak and _OUT_OF.search(between):
            return 0.0  # "two items from 90-448217"
        if "/" in match.group() and between.lstrip(" ")[:1] in (",", "\n"):
            return 0.0  # "Camino del Molino s/n, 39500 …": a house without a number
        if weak and _HOUSE_BEHIND.match(text, token.end):
            return 0.0
        if words.TIGHT.fullmatch(between):
            thing = not token.value.isdigit() or _OF_THINGS.match(text, token.end) is not None
            if not marked and thing and _IS_VERB.search(text, max(0, match.end() - 24), match.end()):
                return 0.0  # "I want to order the KX-300", "to order 1500 flyers"
            if not is_long(token, marked) or (weak and not marked and not is_code(token)):
                return 0.0
            return 0.9 if marked else 0.75
        return self._from_afar(kind, weak, match, token, between, end)

    def _from_afar(
        self, kind: str, weak: bool, match: re.Match[str], token: Token, between: str, end: int
    ) -> float | None:
        """The same, with other words between them."""
        listed = end < token.start
        if kind in ("", "elsewhere") or _SENTENCE_END.search(between) or weak:
            return 0.0
        if kind == "order_number" and listed and _INTRODUCES.search(between) and is_code(token):
            return 0.75
        if words.ENDS_IN_MARK.search(between) and is_long(token, marked=True):
            return 0.75
        # "Serial number on the back is …", "Seriennummer des Mähroboters …"
        named = kind in _OF_THINGS_ONLY or _names_a_number(match) or words.HAS_STRONG.search(between) is not None
        if named and kind != "reference" and len(between) <= _NEAR and "," not in between:
            return 0.7 if is_code(token) else 0.0
        if kind == "order_number" and token.value.isdigit() and len(token.value) >= _LONGER_THAN_PHONES:
            return 0.6 if len(between) <= _NEAR else 0.0  # "el pedido es el largo 1120093847755"
        digits = token.value.isdigit() and len(token.value) >= 5
        if kind == "order_number" and digits and _SET_OFF[0].search(between):
            return 0.6 if _SET_OFF[1].match(self._text, token.end) else 0.0
        return 0.0

    def _behind(self, token: Token) -> Announced | None:
        text, last = self._text, token.end + _AFTER
        for pattern in words.BEHIND:
            link = pattern.match(text, token.end, last)
            found = ANNOUNCERS.match(text, link.end(), last) if link is not None else None
            if found is None or (pattern is words.APPOSED and not words.CLOSES.match(text, found.end())):
                continue
            if words.OF_THE_NEXT.match(text, found.end(), found.end() + _AFTER):
                return None
            kind, _ = announced(found)
            if kind == "elsewhere" or not is_long(token, marked=True):
                return None
            return Announced(kind, 0.8, found.end())
        return None


def is_part_only(text: str, token: Token) -> bool:
    """Is it said that these are only its last digits?"""
    return _PART_ONLY.search(text, max(0, token.start - 40), token.start) is not None


def _names_a_number(match: re.Match[str]) -> bool:
    """ "Bestellnummer", 订单号, "número de artículo": the announcement itself says that a number follows."""
    if words.HAS_STRONG.search(match.group()) is not None or _IN_COMPOUND.search(match.group()) is not None:
        return True
    return words.NUMBER_OF.search(match.string, max(0, match.start() - 30), match.start()) is not None
