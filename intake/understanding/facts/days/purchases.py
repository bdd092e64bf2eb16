"""Find the day of a purchase: a date, or a word like "yesterday", beside a word that says that something was bought."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from intake.understanding.facts.days.counted import counted_days
from intake.understanding.facts.days.dates import FoundDate, dates
from intake.understanding.facts.fact import Fact
from intake.understanding.near import Stretches

# What is done, whatever else stands beside it.
_BUYING = (
    r"\bbought|\bgot (?:it|this|them|mine)\b|\bpicked up an?\b|gekauft|kauf(?:datum|tag)|erworben|\bkaufte|zugelegt"
    r"|angeschafft|comprad|\bcompré|\bcompre\b|\bcompró\b|\bcompramos|купил|куплен|покупал|\bбрал[аи]?\b|взял"
    r"|购于|购入|买的|买了|入手|购得|购物日期"
)
_BOUGHT = re.compile(
    rf"{_BUYING}|purchas|\bbuy\b|date of sale|\bkauf\b|\bcompra\b|adquir|покупк|приобр|购买|買", re.IGNORECASE
)
# Of a day without a year a wish ("Where can I buy this today?") would count as well.
_DID_BUY = re.compile(
    rf"{_BUYING}|\bpurchased|\bpurchase date|\bdate of (?:purchase|sale)|\bkauf (?:war|vom|am)\b"
    r"|\bcompra (?:del?|fue|el)\b|adquir(?:í|i[dó])|покупк\w (?:была|от|сделана|соверш)|приобр[её][лт]"
    r"|购买(?:的|了|于|日期|$)|買(?:的|了|於)",
    re.IGNORECASE,
)
_PAID = re.compile(
    r"\bpaid\b|\bpaying\b|\bcosts? me\b|bezahlt|\bgekostet|pagu[ée]\b|pagad[oa]|\bme cost[óo]\b|оплачен|оплатил|付款",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"\border(?:ed|date)?\b|bestell|\bauftrag|\bped(?:ido|í|ir|imos|iste)|\bordené|encargu|заказ|下单|下的单|订购|订的|订单|拍的|买",
    re.IGNORECASE,
)
_DID_ORDER = re.compile(
    r"\bordered\b|\bbestellt|\bped(?:í|imos)(?!\w)|\bordené|\bencargu|\bзаказ(?:ал|ан|ыв)|下单|下的单|订购|订的",
    re.IGNORECASE,
)
# What else has a day. The nearest word before the date says which it is.
_OTHER = re.compile(
    r"arriv|deliver|receiv|sent\b|ship|return|broke|fail|stopped|since|until|\bdue\b|\bborn|birth|invoice"
    r"|appointment|booking|flight"
    r"|travel|check.?in|\bby\b|\bexpire|\bcame\b|\bcall|\bwrote|\btoday is|charged|promised|expected|\bcancel"
    r"|\bstay|\bwedding"
    r"|geliefert|liefer|erhalten|angekommen|bekommen|zurück|kaputt|defekt|\bseit\b|\bbis\b|geboren|rechnung|termin"
    r"|buchung|flug|abgebucht|\bkam\b|versprochen|zugesagt"
    r"|angerufen|geschrieben|versendet|versandt|verschickt|storn"
    r"|lleg|recib|entreg|env[íi]|devol|romp|averi|dej[óo]|desde|hasta|nac[ií]|factura|cita|reserva|vuelo|cobr|cancel"
    r"|escrib|\bhoy es\b|promet|saldr|abono"
    r"|пришл|получ|достав|отправ|верну|слома|перестал|\bс\b|\bдо\b|родил|сч[её]т|запис|брон|рейс|списа|отмен"
    r"|вылет|обратно|обеща|сегодня \d|писал"
    r"|收到|送到|送达|到货|发货|寄|退|坏|出现|开始|截止|生日|出生|发票|预约|预订|航班|扣款|之前|入住|取消|说",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,，;；!?。！？\n]")
_SENTENCE_END = re.compile(r"[!?。！？\n]|\.\s+(?=[A-ZА-ЯÄÖÜ¿¡])")
_MEANT_FOR = re.compile(  # "two tickets for 12 December"
    r"(?<!\w)(?:for|für|para|на|until|till|by|bis|ab|hasta)\s(?:the\s|den\s|dem\s|el\s)?$", re.IGNORECASE
)
_BEFORE, _AFTER = 100, 70
_FAR_BEHIND = 120  # "am 24.11.2026 habe ich bei Ihnen …, die …, bestellt": to the sentence's end
_NEAR_ORDER = 36  # characters from "order" to its date, whatever is said behind that
_CLOSE = 24  # characters from the verb to a day without a year
_KINDS = ((_BOUGHT, "bought"), (_PAID, "bought"), (_ORDERED, "ordered"), (_OTHER, "other"))
# "ул. 8 Марта", "Straße des 17. Juni", "Calle 2 de Mayo".
_STREET = re.compile(
    r"(?<!\w)(?:ул(?:ица|ице|ицы|\.)?|площад[ьи]|пл\.|straße|platz|calle|c/|plaza|avenida|avda?\.|av\.)(?:\s?\w{1,3}){0,2}\s?$",
    re.IGNORECASE,
)
_MOST_DATES = 100  # that are judged by what stands around them


def purchase_dates(text: str, language: str | None, places: Stretches, today: date | None) -> Iterator[Fact]:
    """Each date that is a purchase's, and the other dates as facts of no kind: they are no telephone numbers.

    A day whose year nobody wrote counts only if no whole date is a purchase's.
    """
    found = [day for day in islice(dates(text, language, places, today), _MOST_DATES) if not _names_a_street(text, day)]
    if today is not None:
        found += islice(counted_days(text, today), _MOST_DATES)
    found.sort(key=lambda day: (day.start, -day.end))
    taken: set[int] = set()  # words that have announced a day: each announces one
    judged = [(day, _purchase(text, day, taken) if day.sure else _guessed(text, day, taken)) for day in found]
    whole = any(day.sure and confidence for day, confidence in judged)
    for day, confidence in judged:
        counts = confidence and (day.sure or not whole)
        yield Fact("purchase_date" if counts else "", day.day.isoformat(), day.start, day.end, confidence)


def _names_a_street(text: str, day: FoundDate) -> bool:
    return not day.sure and _STREET.search(text, max(0, day.start - 24), day.start) is not None


def _purchase(text: str, day: FoundDate, taken: set[int]) -> float:
    """How sure a whole date is that of a purchase; 0.0: it is not.

    The word right behind it says so, in languages that put the verb there, or else the nearest one before it.
    """
    begin = max(0, day.start - _BEFORE)
    before = _SENTENCE_END.split(text[begin : day.start])[-1]
    begin = day.start - len(before)
    bought = max(_last(_BOUGHT, before, begin, taken), _last(_PAID, before, begin, taken))
    ordered, other = _last(_ORDERED, before, begin, taken), _last(_OTHER, before, begin, taken)
    clause = day.start - len(_CLAUSE_END.split(before)[-1])
    if _MEANT_FOR.search(before) or (other >= clause and other > max(bought, ordered)):
        return 0.0
    if bought >= 0 and bought > other:
        taken.add(bought)
        return 0.85
    after = _CLAUSE_END.split(_behind(text, day, _AFTER))[0]
    behind = [(match.start(), kind) for pattern, kind in _KINDS if (match := pattern.search(after))]
    if behind:
        at, nearest = min(behind)
        if nearest == "other" and (ordered <= other or day.start - ordered > _NEAR_ORDER):
            return 0.0
        if nearest != "other" and (other < 0 or nearest == "bought"):
            taken.add(day.end + at)
            return 0.85 if nearest == "bought" else 0.6
    if ordered > other:
        taken.add(ordered)
        return 0.6
    return 0.6 if other < 0 and not behind and _is_ended_by_a_purchase(_behind(text, day, _FAR_BEHIND)) else 0.0


def _behind(text: str, day: FoundDate, characters: int) -> str:
    """The rest of its sentence. The point of "21.02." may end one, too."""
    if text[day.end - 1] == ".":
        return _SENTENCE_END.split(text[day.end - 1 : day.end + characters])[0][1:]
    return _SENTENCE_END.split(text[day.end : day.end + characters])[0]


def _is_ended_by_a_purchase(sentence: str) -> bool:
    """Does it close with the verb, as in German?"""
    nearest = min(
        ((match.start(), kind) for pattern, kind in _KINDS for match in islice(pattern.finditer(sentence), 1)),
        default=(0, "other"),
    )
    return nearest[1] != "other"


def _guessed(text: str, day: FoundDate, taken: set[int]) -> float:
    """The same of a day whose year follows from what day it is: the verb must stand close, and nothing else."""
    begin = max(0, day.start - _CLOSE)
    before = _CLAUSE_END.split(text[begin : day.start])[-1]
    begin = day.start - len(before)
    after = _CLAUSE_END.split(_behind(text, day, _CLOSE))[0]
    if _MEANT_FOR.search(before) or _OTHER.search(before) or _PAID.search(before + after):
        return 0.0
    other = _OTHER.search(after)
    near = after if other is None else after[: other.start()]
    for pattern, confidence in ((_DID_BUY, 0.7), (_DID_ORDER, 0.45)):
        if confidence < 0.7 and (day.counted or other is not None):
            break
        at = _last(pattern, before, begin, taken)
        if at < 0 and (match := pattern.search(near)) is not None:
            at = day.end + match.start()
        if at >= 0:
            taken.add(at)
            return confidence
    return 0.0


def _last(pattern: re.Pattern[str], text: str, begin: int, taken: set[int]) -> int:
    """Where in the whole text the last such word stands that has not announced a day yet; -1: nowhere."""
    last = -1
    for match in pattern.finditer(text):
        if begin + match.start() not in taken:
            last = begin + match.start()
    return last
