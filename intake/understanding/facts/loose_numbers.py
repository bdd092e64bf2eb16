"""Tell of a code that no word announces whether it is an order's all the same: by what shall be done with it."""

from __future__ import annotations

import re

from intake.understanding.facts.number_tokens import UNIT_BEHIND, Token, can_be_number, is_decimal

# Where a trip, a room or a table is booked, six capital letters and digits are its code.
BOOKING = re.compile(
    r"(?<!\w)(?:booking|reserv|flight|fly\b|flying|hotel|room|ticket|itinerary|buchung|flug|zimmer|reise|reserva|vuelo"
    r"|habitaci|billete|viaje|брон|рейс|вылет|отел|билет|поездк)|预订|航班|房间|机票|酒店|车票",
    re.IGNORECASE,
)
_BOOKED = re.compile(r"(?=[A-Z0-9]{0,5}[0-9])(?=(?:[0-9]{0,4}[A-Z]){2})[A-Z0-9]{6}")
# What is done with orders only.
_HANDLED = re.compile(
    r"(?<!\w)(?:order|cancel|return(?:ing)?\b|refund|sen(?:d|t) back|ship(?:ped|s)?\b|dispatched|status|parcel"
    r"|addr|storn|adresse|bestell|retour|zurück|widerruf|verschickt|versandt|rausgegangen|raus\b|unterwegs"
    r"|direcci|pedid|anul|cancel|devol|devuelv|reembols|sali[óo]\b|enviad"
    r"|адрес|заказ|отмен|возвра|верн|отправ|посылк)|订单|取消|下单|退|发了|发货|没到|这单",
    re.IGNORECASE,
)
_BEFORE, _BEHIND = 60, 50
# Digits divided by dashes, or those that brackets set off: an order's number far more often than anything else.
_DIVIDED = re.compile(r"[0-9A-ZА-ЯЁ]{1,9}(?:[-/_][0-9A-ZА-ЯЁ]{1,9}){1,3}")
_BRACKET = re.compile(r"[(\[【（「«]\s?$"), re.compile(r"\s?[)\]】）」»]")
_NOUN_BEFORE = re.compile(r"[^\W\d_]{3,}\s$")
_NO_NOUN = re.compile(
    r"(?<!\w)(?:cancel(?:ar|en)?|return(?:ing)?|please|pls|plz|for|the|its?|is|with|and|status|from|anular"
    r"|devolver|del?|el|los|por"
    r"|favor|porfa|xfa|para|es|bitte|ist|für|die|der|zu|von|storno|stornieren|storniere|stornierung|по|на|отмените"
    r"|отменить|верните|плиз|пожалуйста|возврат|это)\s$",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"(?:(?<![^\W\d_])(?:number|no|nummer|nr|n[úu]mero|номер)|编号|号码|[#№]|n[º°])[\s.:：]{0,3}(?:is |ist |es |是)?$",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?<![^\W\d_])(?:filter|shelf|hose|spare|seal|cover|lid|tray|kit|gasket|blade|bulb|cartridge|blech|dichtung|deckel"
    r"|schlauch|regal|ersatzteil|beutel|filtro|recambio|repuesto|junta|tapa|estante|cuchilla|bandeja|фильтр|шланг|крышк"
    r"|уплотнител|полк|запчаст|насадк)\w{0,3}(?!\w)|滤芯|密封圈|盖子|配件|滤网",
    re.IGNORECASE,
)
_CODE = re.compile(r"[0-9]{1,4}-[0-9A-Z]{2,5}(?:-[0-9]{1,4})?|[0-9]{2,3}(?:\.[0-9]{2,3}){2,3}")
_RIGHT_BESIDE = 14
_OTHER_PAPER = re.compile(r"(?:RE|RG|RN|INV|FAC?T?|СЧ|RMA|RT|RL|RET|TKT|CASE|CS|KD)[-_/]?[0-9]", re.IGNORECASE)
_NUMBER_BESIDE = re.compile(r"[0-9)+]\s?$"), re.compile(r"\s[0-9]{2,4}(?![0-9./:-])")


def stands_alone(text: str, token: Token, *, booked: bool) -> bool:
    """Is it a code that follows no noun: "cancel it please. 2290041-C", "storno für 61-0882"?"""
    written = text[token.start : token.end]
    if not can_be_number(text, token) or is_decimal(token) or UNIT_BEHIND.match(text, token.end):
        return False
    if booked and _BOOKED.fullmatch(written):
        return True
    begin = max(0, token.start - _BEFORE)
    before = text[begin : token.start]
    if _OTHER_PAPER.match(token.value):
        return False
    digits = sum(letter.isdigit() for letter in written)
    bracketed = _BRACKET[0].search(before) is not None and _BRACKET[1].match(text, token.end) is not None
    if _BARE_NUMBER.search(before) and 5 <= digits < 10:
        return _is_handled(text, token, before)
    if digits < 5 or not (bracketed or _DIVIDED.fullmatch(token.value)):
        return False
    if _NUMBER_BESIDE[0].search(before) or _NUMBER_BESIDE[1].match(text, token.end):
        return False  # pieces of a telephone number
    if _NOUN_BEFORE.search(before) and not _NO_NOUN.search(before):
        return False
    return _is_handled(text, token, before)


def is_article(text: str, token: Token) -> bool:
    """Is it the number of a spare part that stands right beside it: "the 77-GH-104 filter"?"""
    if _CODE.fullmatch(token.value) is None or sum(letter.isdigit() for letter in token.value) < 5:
        return False
    before = text[max(0, token.start - _RIGHT_BESIDE) : token.start]
    last = None
    for last in _PART.finditer(before):  # noqa: B007 - the last one counts
        pass
    if last is not None and not before[last.end() :].strip(" (:"):
        return True
    behind = _RIGHT_PART.match(text, token.end)
    return behind is not None and _PART.match(text, behind.end()) is not None


_RIGHT_PART = re.compile(r"\s?(?:(?:the|a|an|el|la|der|die|das)\s)?(?:(?:right|correct|proper|richtige\w?)\s)?")


def _is_handled(text: str, token: Token, before: str) -> bool:
    return bool(_HANDLED.search(before) or _HANDLED.search(text, token.end, token.end + _BEHIND))
