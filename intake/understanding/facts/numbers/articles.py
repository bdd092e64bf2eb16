"""Tell of a code that no word announces whether it is an article's: by the part beside it, or how many are wanted."""

from __future__ import annotations

import re

from intake.understanding.facts.numbers.tokens import TIMES, Token, is_code
from intake.understanding.facts.numbers.words import MEASURED, THIS_ARTICLE
from intake.understanding.facts.things.nouns import things

_BESIDE = 34
_PART = re.compile(
    r"(?<![^\W\d_])(?:filter|shelf|hose|spare|seal|cover|lid|tray|kit|gasket|blade|bulb|cartridge|blech|dichtung|deckel"
    r"|schlauch|regal(?!o)|ersatzteil|beutel|filtro|recambio|repuesto|junta|tapa|estante|cuchilla|bandeja|фильтр"
    r"|шланг|крышк|уплотнител|полк|запчаст|насадк)\w{0,3}(?!\w)|滤芯|密封圈|盖子|配件|滤网",
    re.IGNORECASE,
)
_CODE = re.compile(r"[0-9]{1,4}-[0-9A-Z]{1,5}(?:-[0-9A-Z]{1,4})?|[0-9]{2,3}(?:\.[0-9]{2,3}){2,3}")
# "7208-BEP, qty 10", "44-1180-B, 2 Stück"
_QUANTITY = re.compile(
    r",?\s(?:qty|quantity|menge|cant(?:idad)?|кол-во)\.?:?\s?[0-9]{1,4}(?![0-9])"
    r"|,\s?[0-9]{1,4}\s?(?:pcs|st(?:ü|ue)ck|stk|uds|unidades|шт|个|件)(?![a-zа-яё])",
    re.IGNORECASE,
)
# "Is BRK-4471-R the left one?"
_ASKED = re.compile(r"(?:^|[.!?¿\n]\s?)(?:is|ist|es|это)\s(?:the |die |der |das |la |el )?$", re.IGNORECASE)
_WHICH = re.compile(
    r"\s(?:the |a |die |der |das |la |el )?(?:left|right|correct|linke\w?|rechte\w?|richtige?\w?|izquierd[oa]"
    r"|derech[oa]|correct[oa]|лев\w{2}|прав\w{2,5})(?!\w)",
    re.IGNORECASE,
)
# "gibts 880214 noch in grün?", "есть 66120 в чёрном?": what is had in a colour or a size.
_HAD = re.compile(
    r"(?<!\w)(?:do (?:you|u) (?:still )?have|have you got|got|is|gibt'?s|gibt es|habt ihr|haben sie|hätten sie"
    r"|ten[ée]is|tienen?|hay|queda|есть(?: ли)?|остал(?:ось|ись|ся)|имеется)\s(?:the |die |den |das |el |la |noch )?$"
    r"|(?:有没有|还有)\s?$",
    re.IGNORECASE,
)
_COLOURED = re.compile(
    r"\s?(?:(?:still|noch|auch|todav[íi]a|ещ[её])\s)?(?:available\s)?(?:in(?: size)?|en|в)\s(?:(?:talla|größe|gr\.) )?"
    r"(?:black|white|gr[ae]y|blue|red|green|brown|beige|pink|yellow|navy|schwarz|wei(?:ß|ss)|grau|blau|rot|grün|braun|rosa"
    r"|gelb|negro|blanco|gris|azul|rojo|verde|marr[óo]n|(?:бел|ч[её]рн|син|красн|сер|зел[её]н|беж)\w{1,3}|xxl|xl|xs|[sml]"
    r"|[2-6][0-9])(?!\w)|\s?(?:还有)?[2-5][0-9]码",
    re.IGNORECASE,
)
_HAN_OWNED = re.compile(r"\s?的(?:那个|这个|那款)?")
_OF = re.compile(r"(?:\s(?:de|del|of)\s[^\W\d_]{3,14})?\s?[(（]?")  # "la pastilla de freno …"
_NUMBERED = re.compile(
    r"\s?(?:mit der |with (?:the )?|con (?:el |la )?|с(?:о)? )?"
    r"(?:fits|passt|sirve|подойд[её]т|nummer|nr\.?|numbers?|no\.?|n[úu]mero|n\.?[º°]|номером|№)?"
    r"[\s,:(（]{0,3}(?:是|编号)?\s?",
    re.I,
)
_RIGHT_PART = re.compile(
    r"\s?(?:那个|这个|的)?(?:(?:the|a|an|el|la|der|die|das)\s)?(?:(?:right|correct|proper|richtige\w?)\s)?"
)


def is_of_article(behind: str) -> bool:
    """ "编号44-1092的密封圈": does a thing follow, and not an order?"""
    if THIS_ARTICLE.match(behind) is not None or MEASURED.match(behind) is not None:
        return True
    return bool((owned := _HAN_OWNED.match(behind)) is not None and _PART.match(behind, owned.end()) is not None)


def is_article(text: str, token: Token) -> bool:
    """Is it the number of a spare part that stands right beside it: "the 77-GH-104 filter"?"""
    if MEASURED.match(text, token.end) and is_code(token):
        return True
    if is_code(token) and (_QUANTITY.match(text, token.end) is not None or _is_asked_for(text, token)):
        return True
    digits = sum(letter.isdigit() for letter in token.value)
    if digits >= (5 if token.value.isdigit() else 3) and _is_had_in_a_colour(text, token):
        return True
    if digits >= 5 and _is_right_behind_a_part(text, token):
        return True
    if _CODE.fullmatch(token.value) is None or len(token.value) < 5 or digits < 3:
        return False
    before = text[max(0, token.start - _BESIDE) : token.start]
    if TIMES.search(before) and digits >= 5:
        return True
    last = None
    for last in _PART.finditer(before):  # noqa: B007 - the last one counts
        pass
    if last is not None and _NUMBERED.fullmatch(before, last.end()):
        return True
    behind = _RIGHT_PART.match(text, token.end)
    return behind is not None and _PART.match(text, behind.end()) is not None


def _is_had_in_a_colour(text: str, token: Token) -> bool:
    asked = _HAD.search(text, max(0, token.start - _BESIDE), token.start) is not None
    return asked and is_code(token) and _COLOURED.match(text, token.end) is not None


def _is_right_behind_a_part(text: str, token: Token) -> bool:
    """ "Zündspule 0 221 504 470", "the clutch (826-745)"."""
    before = text[max(0, token.start - _BESIDE) : token.start]
    last = [*things(before)][-1:]
    return any(not whole and _OF.fullmatch(before, end) is not None for _, end, whole in last)


def _is_asked_for(text: str, token: Token) -> bool:
    asked = _ASKED.search(text, max(0, token.start - _BESIDE), token.start) is not None
    return asked and not token.value.isdigit() and _WHICH.match(text, token.end) is not None
