"""Find the day of a purchase: a date, or a word like "yesterday", beside a word that says that something was bought."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from intake.understanding.facts.dates import FoundDate, dates
from intake.understanding.facts.fact import Fact
from intake.understanding.near import Stretches

_BOUGHT = re.compile(
    r"\bbought|purchas|\bbuy\b|\bgot (?:it|this|them|mine)\b|date of sale|\bpaid\b"
    r"|gekauft|kauf(?:datum|tag)|erworben|\bkaufte|\bkauf\b|zugelegt|angeschafft"
    r"|comprad|\bcompré|\bcompre\b|\bcompra\b|adquir|\bcompramos"
    r"|pagu[ée]\b|pagad[oa]|bezahlt|оплачен|оплатил|купил|куплен|покупк|приобр|покупал|\bбрал[аи]?\b|взял"
    r"|付款|购买|购于|购入|买的|买了|買|入手|购得|购物日期",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"\border(?:ed|date)?\b|bestell|\bauftrag|\bped(?:ido|í|ir|imos|iste)|\bordené|encargu|заказ|下单|下的单|订购|订的|订单|拍的|买",
    re.IGNORECASE,
)
# What else has a day. The nearest word before the date says which it is.
_OTHER = re.compile(
    r"arriv|deliver|receiv|sent\b|ship|return|broke|fail|stopped|since|until|\bdue\b|\bborn|birth|invoice"
    r"|appointment|booking|flight"
    r"|travel|check.?in|\bby\b|\bexpire|\bcame\b|\bcall|\bwrote|\btoday is|charged|promised|expected|\bcancel"
    r"|\bstay|\bwedding"
    r"|geliefert|liefer|erhalten|angekommen|bekommen|zurück|kaputt|defekt|\bseit\b|\bbis\b|geboren|rechnung|termin"
    r"|buchung|flug|abgebucht"
    r"|angerufen|geschrieben|versendet|versandt|verschickt|storn"
    r"|lleg|recib|entreg|env[íi]|devol|romp|averi|dej[óo]|desde|hasta|nac[ií]|factura|cita|reserva|vuelo|cobr|cancel"
    r"|пришл|получ|достав|отправ|верну|слома|перестал|\bс\b|\bдо\b|родил|сч[её]т|запис|брон|рейс|списа|отмен"
    r"|收到|送到|送达|到货|发货|寄|退|坏|出现|开始|截止|生日|出生|发票|预约|预订|航班|扣款|之前|入住|取消",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,，;；!?。！？\n]")
_SENTENCE_END = re.compile(r"[!?。！？\n]|\.\s+(?=[A-ZА-ЯÄÖÜ¿¡])")
_MEANT_FOR = re.compile(  # "two tickets for 12 December"
    r"(?<!\w)(?:for|für|para|на|until|till|by|bis|ab|hasta)\s(?:the\s|den\s|dem\s|el\s)?$", re.IGNORECASE
)
_BEFORE, _AFTER = 70, 70
_NEAR_ORDER = 36  # characters from "order" to its date, whatever is said behind that
_KINDS = ((_BOUGHT, "bought"), (_ORDERED, "ordered"), (_OTHER, "other"))
_MOST_DATES = 100  # that are judged by what stands around them


def purchase_dates(text: str, language: str | None, places: Stretches, today: date | None) -> Iterator[Fact]:
    """Each date that is a purchase's, and the other dates as facts of no kind: they are no telephone numbers."""
    found = [*islice(dates(text, language, places, today), _MOST_DATES)]
    if today is not None:
        found += islice(_relative(text, today), _MOST_DATES)
    taken: set[int] = set()  # words that have announced a day: each announces one
    for day in sorted(found, key=lambda day: (day.start, -day.end)):
        confidence = _purchase(text, day, taken)
        kind = "purchase_date" if confidence else ""
        yield Fact(kind, day.day.isoformat(), day.start, day.end, confidence if day.sure else confidence - 0.15)


def _purchase(text: str, day: FoundDate, taken: set[int]) -> float:
    """How sure a date is that of a purchase; 0.0: it is not.

    The word right behind it says so, in languages that put the verb there, or else the nearest one before it.
    """
    begin = max(0, day.start - _BEFORE)
    before = _SENTENCE_END.split(text[begin : day.start])[-1]
    begin = day.start - len(before)
    bought, ordered = _last(_BOUGHT, before, begin, taken), _last(_ORDERED, before, begin, taken)
    other = _last(_OTHER, before, begin, taken)
    clause = day.start - len(_CLAUSE_END.split(before)[-1])
    if _MEANT_FOR.search(before) or (other >= clause and other > max(bought, ordered)):
        return 0.0
    if bought >= 0 and bought > other:
        taken.add(bought)
        return 0.85
    after = _CLAUSE_END.split(text[day.end : day.end + _AFTER])[0]
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
    return 0.0


def _last(pattern: re.Pattern[str], text: str, begin: int, taken: set[int]) -> int:
    """Where in the whole text the last such word stands that has not announced a day yet; -1: nowhere."""
    last = -1
    for match in pattern.finditer(text):
        if begin + match.start() not in taken:
            last = begin + match.start()
    return last


# ---- "yesterday", "3 days ago"

_NUMBERS = {
    word: number
    for number, words in {
        1: "a an one ein einem einer un una один одну 一",
        2: "two zwei dos два две 二 两",
        3: "three drei tres три 三",
        4: "four vier cuatro четыре 四",
        5: "five fünf cinco пять 五",
        6: "six sechs seis шесть 六",
        7: "seven sieben siete семь 七",
        8: "eight acht ocho восемь 八",
        9: "nine neun nueve девять 九",
        10: "ten zehn diez десять 十",
    }.items()
    for word in words.split()
}
_COUNT = rf"(?P<count>[0-9]{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_AGO = re.compile(
    rf"(?<![\w])(?:{_COUNT}\s(?P<unit>days?|weeks?|дн\w{{1,2}}|день|недел\w)\s(?:ago|назад)"
    rf"|vor\s{_COUNT.replace('count', 'count2')}\s"
    rf"(?P<unit2>tag(?:en)?|wochen?)|hace\s{_COUNT.replace('count', 'count3')}\s(?P<unit3>d[íi]as?|semanas?))(?!\w)"
    rf"|{_COUNT.replace('count', 'count4')}\s?个?(?P<unit4>天|周|星期|礼拜)(?:之前|以前|前)"
    r"|(?P<week>неделю назад)",
    re.IGNORECASE,
)
_NAMED = {
    0: "today heute hoy сегодня 今天",
    1: "yesterday gestern ayer вчера 昨天 昨日",
    2: "vorgestern anteayer antier позавчера 前天",
}
_DAYS_BACK = {word: back for back, words in _NAMED.items() for word in words.split()} | {
    "the day before yesterday": 2,
    "day before yesterday": 2,
}
_DAY_WORD = re.compile(
    "|".join(
        word if word[0] >= "一" else rf"(?<!\w){word}(?!\w)" for word in sorted(_DAYS_BACK, key=len, reverse=True)
    ),
    re.IGNORECASE,
)
_WEEKDAYS = (
    "monday montag lunes понедельник 一",
    "tuesday dienstag martes вторник 二",
    "wednesday mittwoch miércoles среду 三",
    "thursday donnerstag jueves четверг 四",
    "friday freitag viernes пятницу 五",
    "saturday samstag sábado субботу 六",
    "sunday sonntag domingo воскресенье 日",
)
_WEEKDAY = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()} | {
    "天": 6,
    "sonnabend": 5,
}
_IN_WEEKDAYS = tuple(word for word in _WEEKDAY if word[0] < "一")
_LATIN_DAYS = "|".join(_IN_WEEKDAYS)
_LAST_WEEKDAY = re.compile(
    rf"(?<!\w)(?:last|letzten?|vergangenen?|el pasado|прошлый|прошлую|прошлое)\s(?P<day>{_LATIN_DAYS})(?!\w)"
    rf"|(?<!\w)el\s(?P<day2>{_LATIN_DAYS})\spasado(?!\w)",
    re.IGNORECASE,
)
_LAST_CHINESE = re.compile(r"上(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")


# One of these is in whatever the pattern finds. Most letters have none, and are not walked through.
_IN_DAY_WORDS = tuple(_DAYS_BACK)
_IN_AGO = ("ago", "назад", "vor", "hace", "前")


def _relative(text: str, today: date) -> Iterator[FoundDate]:
    small = text.casefold()
    for match in _DAY_WORD.finditer(text) if _has_any(small, _IN_DAY_WORDS) else ():
        back = timedelta(days=_DAYS_BACK[match.group().lower()])
        yield FoundDate(today - back, *match.span(), sure=False)
    for match in _AGO.finditer(text) if _has_any(small, _IN_AGO) else ():
        yield FoundDate(today - _how_long(match), *match.span(), sure=False)
    for match in _LAST_WEEKDAY.finditer(text) if _has_any(small, _IN_WEEKDAYS) else ():
        wanted = _WEEKDAY[(match["day"] or match["day2"]).lower()]
        yield FoundDate(today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1), *match.span(), sure=False)
    for match in _LAST_CHINESE.finditer(text):
        monday = today - timedelta(days=today.weekday() + 7)
        yield FoundDate(monday + timedelta(days=_WEEKDAY[match["day"]]), *match.span(), sure=False)


def _has_any(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _how_long(match: re.Match[str]) -> timedelta:
    if match["week"]:
        return timedelta(weeks=1)
    for index in ("", "2", "3", "4"):
        if (count := match[f"count{index}"]) is not None:
            number = int(count) if count.isdigit() else _NUMBERS[count.lower()]
            unit = match[f"unit{index}"].lower()
            weeks = unit[0] in "wsн周星礼"
            return timedelta(weeks=number) if weeks else timedelta(days=number)
    return timedelta()
