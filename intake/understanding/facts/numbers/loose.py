"""Tell of a code that no word announces whether it is an order's all the same: by what shall be done with it."""

from __future__ import annotations

import re

from intake.understanding.facts.numbers.announcers import HAN_COURIERS
from intake.understanding.facts.numbers.tokens import TIMES, UNIT_BEHIND, Token, can_be_number, is_code, is_decimal
from intake.understanding.facts.numbers.words import MEASURED

# Where a trip, a room or a table is booked, six capital letters and digits are its code.
BOOKING = re.compile(
    r"(?<!\w)(?:booking|reserv|flight|fly\b|flying|hotel|room|ticket|itinerary|buchung|flug|zimmer|reise|reserva|vuelo"
    r"|habitaci|billete|viaje|брон|рейс|вылет|отел|билет|поездк)|预订|航班|房间|机票|酒店|车票",
    re.IGNORECASE,
)
# Not: a flight (BA2490), a voucher (SAVE10).
_BOOKED = re.compile(
    r"(?![A-Z]{2}[0-9]{4}|[A-Z]{4}[0-9]{2})(?=[A-Z0-9]{0,5}[0-9])(?=(?:[0-9]{0,4}[A-Z]){2})[A-Z0-9]{6}"
)
# What is done with orders only.
_HANDLED = re.compile(
    r"(?<!\w)(?:order|placed\b|news\b|update|what about"
    r"|cancel|return(?:ing)?\b|refund|sen(?:d|t) back|ship(?:ped|s)?\b|dispatched|status|parcel"
    r"|addr|storn|adresse|bestell|retour|wo bleibt|zurück|widerruf|verschickt|versandt|rausgegangen|raus\b"
    r"|unterwegs|was (?:ist|macht)"
    r"|estado|direcci|pedid|anul|cancel|devol|devuelv|reembols|sali[óo]\b|enviad|sab[ée]is|noticias|hice\b|compr[ée]\b"
    r"|адрес|заказ|отмен|возвра|верн|отправ|посылк|что с\b|где\b|оформи)"
    r"|订单|取消|下单|查|催|到哪|退|发了|发货|没到|这单",
    re.IGNORECASE,
)
_BEFORE, _BEHIND = 60, 50
# Who speaks of his parcel and of a bare 单号 means the number that its courier gave it.
_COURIER = re.compile(rf"快递|快遞|物流|运单|面单|派件|{HAN_COURIERS}|(?i:ems|dhl|ups|fedex)")
_HAN_ORDER = re.compile(r"订单|訂單|下单")
_CLAUSE = re.compile(r"[,，。！!？?；;\n]")
# Digits divided by dashes, or those that brackets set off: an order's number far more often than anything else.
_DIVIDED = re.compile(r"[0-9A-ZА-ЯЁ]{1,9}(?:[-/_][0-9A-ZА-ЯЁ]{1,9}){1,3}")
_THING_IN_BRACKETS = re.compile(r"[(（][^()（）\n0-9]{4,40}[,，:]\s?$")  # "my return (clutch kit, 826-745)"
_THOUSANDS = re.compile(r"[0-9]{1,3}(?: [0-9]{2,4}){2}")  # "for 7 004 118"
_BRACKET = re.compile(r"[(\[【（「«]\s?$"), re.compile(r"\s?[)\]】）」»]")
_NOUN_BEFORE = re.compile(r"(?:[^\W\d_]{3,}|(?<!\w)(?:[A-ZА-ЯЁ]{2}|is|es))\s$")
# A copula only without a noun of its own: "it is", "hallo, ist … schon raus?"; not "the ticket is …".
_NO_NOUN = re.compile(
    r"(?:^|[.,!?\n]\s?)(?:is|ist|es)\s$|(?<!\w)(?:cancel(?:ar|en|ad|e)?|anul(?:ad|e)|return(?:ing)?|on|please|pls|plz|placed|for|the|its"
    r"|(?:it|this|that|number|order) is|about|regarding|where|with|and|status|from|anular|devolver|del?|el|los|por"
    r"|favor|porfa|xfa|para|sobre|donde|dónde|anulen|cancelen|(?:n[úu]mero|pedido) es|ich|bitte|(?:es|das) ist|bei"
    r"|wegen|mit|wo|für|die|der|zu|von|storno|stornieren|storniere|stornierung|по|на|где|с|со|отмените|отменить|верните"
    r"|вернуть|плиз|пожалуйста|возврат|это)\s$",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"(?:(?<![^\W\d_])(?:number|no|nummer|nr|n[úu]mero|номер)|编号|号码|[#№]|n[º°])[\s.:：]{0,3}(?:is |ist |es |是)?$",
    re.IGNORECASE,
)
_RIGHT_BESIDE = 14
_OTHER_PAPER = re.compile(r"(?:RE|RG|RN|INV|FAC?T?|СЧ|RMA|RT|RL|RET|TKT|CASE|CS|KD)[-_/]?[0-9]", re.IGNORECASE)
# Whose sentence names another paper or number than an order means that.
_ELSE_BEFORE = re.compile(
    r"(?<!\w)(?:statement|charge[ds]?|debit(?:ed|s)?|receipts?|labels?|slip|stub|note says|errors?|version|updated?"
    r"|bank|transfer(?:red)?|vouchers?|coupons?|codes?|quotes?|polic(?:y|ies)|contracts?|meters?|route|invoices?"
    r"|tickets?|cases?|claims?|pallet|printed|stamped|batch|van|locker|lot|letter|reminder|appointments?|barcodes?"
    r"|kontoauszug|abgebucht|abbuchung\w{0,2}|beleg|kassenbon|bon|etikett|\w{0,12}etikett|aufkleber|fehler\w{0,8}"
    r"|meldung"
    r"|überweisung|überwiesen|verwendungszweck|gutschein\w{0,5}|police|vertrag|zähler\w{0,6}|rechnung\w{0,7}|vorgang"
    r"|fall|palette|aufdruck|schreiben|mahnung|termin\w{0,8}|strichcode|zettel|lieferschein|angebot"
    r"|cargos?|extracto|recibo|ticket|etiqueta|error|versi[óo]n|transferencia|concepto|vale|cup[óo]n|p[óo]liza|contrato"
    r"|contador|factura|albar[áa]n|pal[ée]|resguardo|justificante|incidencia|presupuesto|ruta|carta|cita|butacas?"
    r"|asientos?|c[óo]digo"
    r"|списани\w{1,2}|чек\w{0,2}|этикетк\w|наклейк\w|ошибк\w|верси\w|обновлени\w|плат[её]ж\w{0,3}|перевод\w{0,2}"
    r"|сертификат\w{0,2}|промокод\w{0,2}|полис\w{0,2}|договор\w{0,2}|сч[её]тчик\w{0,2}|квитанци\w|накладн\w{1,2}"
    r"|паллет\w|обращени\w{1,2}|маршрут\w{0,2}|запис[ьи]|билет\w{0,3}|талон\w{0,2}|письм\w{1,2})(?!\w)"
    r"|小票|流水|扣|标签|面单|错误|报错|提示|版本|更新|汇款|附言|转账|优惠|代金券|保单|合同|电表|发票|收据|工单|回执|报价|线路|送货单|托盘|短信|挂号|取票|取件|座位|条码|盒子",
    re.IGNORECASE,
)
_ELSE_BEHIND = re.compile(
    r"[^.!?。！？\n0-9]{0,24}?(?:(?<!\w)(?:on (?:my|the|our) (?:\w{1,12} )?(?:statement|receipt|label|slip|invoice|bill"
    r"|box)|auf (?:dem|der|meinem|meiner) (?:\w{1,14} )?(?:\w{0,16}(?:auszug|beleg|schein)|bon|etikett|rechnung"
    r"|zettel|karton)|en (?:el|la|mi) (?:\w{1,12} )?(?:extracto|ticket|etiqueta|factura|caja|recibo)"
    r"|на (?:\w{1,12} )?(?:чеке|этикетке|коробке|наклейке))(?!\w)|的?(?:小票|报错|错误))",
    re.IGNORECASE,
)
_SENTENCE_BEFORE = re.compile(r"[!?。！？;；\n]|\.\s")
_ORDER_WORD = re.compile(
    r"(?<!\w)(?:orders?|bestellung|auftrag|pedidos?|orden|заказ(?:а|у|е|ы|ов)?)(?!\w)|订单|訂單", re.IGNORECASE
)
# Chinese puts no blank between a noun and its number: only these words stand before a bare one.
_HAN_BEFORE = re.compile(r"[\u4e00-\u9fff]$")
_HAN_FREE = re.compile(
    r"(?:(?:取消|退掉|退货|退款|退|订单|查|查下|查一下|查询|催|催下|催一下|把|将|给|关于|问下"
    r"|一下|请|改|下单|付款的|下单的|和|跟|与)|(?:我的|我那个|那个|这个|这单|那单|单子|就|号码?|编号)[是为]?)$"
)
_LIKE_PHONE = re.compile(r"[0-9]{3}-[0-9]{4}")
_CALLED = re.compile(
    r"(?<!\w)(?:call(?:ed|ing)?|phone[ds]?|ring|rang|text|dial|reach|tel|mobile|cell|anruf\w{0,3}|telefon\w{0,6}|handy"
    r"|llam\w{1,6}|tel[ée]fono|m[óo]vil|звон\w{1,5}|позвон\w{1,5}|телефон\w{0,2})(?!\w)|电话|打|手机",
    re.IGNORECASE,
)
_NUMBER_BESIDE = re.compile(r"[0-9)+]\s?$"), re.compile(r"\s[0-9]{2,4}(?![0-9./:-])")
_BARE_ANNOUNCED = re.compile(r"(?:单号|單號)[^0-9A-Za-z]{0,6}$")
_TRACKING_DIGITS = re.compile(r"[0-9]{12,15}")
_FEWEST = 4
_LETTERED = re.compile(r"(?=.{0,9}[A-ZА-ЯЁ])[0-9A-ZА-ЯЁ]{1,8}(?:-[0-9A-ZА-ЯЁ]{1,8}){1,3}|[0-9]{8}(?:-[0-9]{2,6}){1,2}")
_ENDED = re.compile(r"(?:[.!?…。！？]\)?|\n|[吗呢了啊吧呀嘛]|[\U0001f300-\U0001faff])\s{0,3}$")
_LAST = re.compile(
    r"(?:\s(?:is mine|ist meine?s?|es (?:el )?m[ií][oa]))?(?:\s?[.!?。！？](?=\s)|[\s.!?。！？]{0,3}"
    r"(?:[,，]?\s?(?:thx|thanks|danke|gracias|спасибо|谢谢|[A-ZА-ЯЁ][a-zа-яё]{2,12})[.!]?)?\s*$)",
    re.IGNORECASE,
)
_CANCEL_BEFORE = re.compile(
    r"(?:(?<!\w)(?:cancel|stornier\w{0,3}|storno|anul(?:ar|ad|en|e|a)|cancel(?:ar|ad|en|e|a)|отмени(?:те|ть)?)\s"
    r"(?:please\s|pls\s|bitte\s|пожалуйста\s)?(?:(?:the|my|die|das|meine|el|la|los|мой)\s)?|取消|查一?下|催一?下)$",
    re.IGNORECASE,
)
_CANCEL_BEHIND = re.compile(
    r"\s?(?:(?:bitte|пожалуйста|请)\s?)?(?:stornieren|canceln|отмените|отменить|取消)", re.IGNORECASE
)
_SHORT = 60
_COPULA = re.compile(
    r"\s*(?:(?:hi|hello|hallo|moin|hola|buenas|привет|你好)[,!.，\s]{1,3})?(?:sorry[,\s]{1,2})?"
    r"(?:it'?s|it is|that'?s|its|das ist|es ist|ist|es(?: el| la)?|это|вот|是|就是)\s?",
    re.IGNORECASE,
)
_ENOUGH = re.compile(r"(?:\s\w{2,9}){0,2}[\s.!。！]*")


def stands_alone(text: str, token: Token, *, booked: bool) -> bool:
    """Is it a code that follows no noun: "cancel it please. 2290041-C", "storno für 61-0882"?"""
    written = text[token.start : token.end]
    if not can_be_number(text, token) or is_decimal(token) or UNIT_BEHIND.match(text, token.end):
        return False
    if MEASURED.match(text, token.end):
        return False
    if booked and _BOOKED.fullmatch(written):
        return True
    begin = max(0, token.start - _BEFORE)
    before = text[begin : token.start]
    if names_other_paper(token.value) or is_something_else(text, token, before):
        return False
    if is_cancelled(text, token) or _is_an_answer(text, token):
        return True
    if _is_set_off(text, token):
        return True
    digits = sum(letter.isdigit() for letter in written)
    if _THING_IN_BRACKETS.search(before):
        return False
    bracketed = _BRACKET[0].search(before) is not None and _BRACKET[1].match(text, token.end) is not None
    if _BARE_NUMBER.search(before) and is_code(token) and digits < 10:
        return _is_handled(text, token, before)
    if digits < 5 or not (
        bracketed or _DIVIDED.fullmatch(token.value) or (digits < 9 and _THOUSANDS.fullmatch(written))
    ):
        return False
    if _NUMBER_BESIDE[0].search(before) or _NUMBER_BESIDE[1].match(text, token.end):
        return False  # pieces of a telephone number
    if _NOUN_BEFORE.search(before) and not _NO_NOUN.search(before):
        return False
    return _is_handled(text, token, before)


def is_couriers(text: str, token: Token, begin: int) -> bool:
    """Does 单号 in a clause about a courier announce it, and not 订单号?"""
    before = text[begin : token.start]
    if _BARE_ANNOUNCED.search(before) is None:
        return False
    if _TRACKING_DIGITS.fullmatch(token.value) and _COURIER.search(text) and not _HAN_ORDER.search(before):
        return True
    clause = _CLAUSE.split(before)[-1]
    behind = _CLAUSE.split(text[token.end : token.end + _RIGHT_BESIDE])[0]
    return _HAN_ORDER.search(clause) is None and _COURIER.search(f"{clause}\n{behind}") is not None


def _is_set_off(text: str, token: Token) -> bool:
    """ "…, the case still is not here!! CH-40071": a code that is the message's last word, or a sentence of its own."""
    before = text[max(0, token.start - _BEFORE) : token.start]
    numbered = _BARE_NUMBER.search(before)
    shape = _LETTERED if numbered is None else _DIVIDED
    if shape.fullmatch(token.value) is None or sum(letter.isdigit() for letter in token.value) < _FEWEST:
        return False
    start = len(before) if numbered is None else numbered.start()
    return _ENDED.search(before, 0, start) is not None and _LAST.match(text, token.end) is not None


def is_cancelled(text: str, token: Token) -> bool:
    """ "cancel 30911", "die 60331 bitte stornieren": what is cancelled by its number is an order."""
    if not (token.value.isdigit() and is_code(token)):
        return False
    before = _CANCEL_BEFORE.search(text, max(0, token.start - _BEFORE), token.start)
    return before is not None or _CANCEL_BEHIND.match(text, token.end) is not None


def _is_an_answer(text: str, token: Token) -> bool:
    """ "it's 4471923 btw": the whole message says nothing but a number, as who was asked for that of his order."""
    if len(text) > _SHORT or not 6 <= len(token.value) <= 12 or not is_code(token):
        return False
    return _COPULA.fullmatch(text, 0, token.start) is not None and _ENOUGH.fullmatch(text, token.end) is not None


def names_other_paper(value: str) -> bool:
    """Do its letters say invoice, return, ticket, case or customer: "INV-2091", "KD/4471-B"?"""
    return _OTHER_PAPER.match(value) is not None


def is_something_else(text: str, token: Token, before: str) -> bool:
    """Does its sentence speak of another paper, or is it a telephone number or the end of a Chinese noun?"""
    sentence = before
    for stop in _SENTENCE_BEFORE.finditer(before):
        sentence = before[stop.end() :]
    named = None
    for named in _ELSE_BEFORE.finditer(sentence):  # noqa: B007 - the last one counts
        pass
    if named is not None and _ORDER_WORD.search(sentence, named.end()) is None:
        return True
    if _ELSE_BEHIND.match(text, token.end, token.end + _BEHIND):
        return True
    if _HAN_BEFORE.search(before) and not _HAN_FREE.search(before):
        return True
    if TIMES.search(before):
        return True
    return _LIKE_PHONE.fullmatch(token.value) is not None and _CALLED.search(before) is not None


def _is_handled(text: str, token: Token, before: str) -> bool:
    return bool(_HANDLED.search(before) or _HANDLED.search(text, token.end, token.end + _BEHIND))
