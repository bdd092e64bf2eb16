"""Find days that are counted from the day of writing: "yesterday", "3 days ago", "last Friday"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from intake.understanding.facts.days.dates import FoundDate

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
    "wednesday mittwoch miércoles miercoles среду 三",
    "thursday donnerstag jueves четверг 四",
    "friday freitag viernes пятницу 五",
    "saturday samstag sábado sabado субботу 六",
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


def counted_days(text: str, today: date) -> Iterator[FoundDate]:
    """Each such day, in no order. "fıve" fits "five" where case does not count, and is in no table."""
    small = text.casefold()
    for match in _DAY_WORD.finditer(text) if _has_any(small, _IN_DAY_WORDS) else ():
        if (back := _DAYS_BACK.get(match.group().casefold())) is not None:
            yield FoundDate(today - timedelta(days=back), *match.span(), sure=False, counted=True)
    for match in _AGO.finditer(text) if _has_any(small, _IN_AGO) else ():
        if (past := _how_long(match)) is not None:
            yield FoundDate(today - past, *match.span(), sure=False, counted=True)
    for match in _LAST_WEEKDAY.finditer(text) if _has_any(small, _IN_WEEKDAYS) else ():
        if (wanted := _WEEKDAY.get((match["day"] or match["day2"]).casefold())) is not None:
            past = timedelta(days=(today.weekday() - wanted - 1) % 7 + 1)
            yield FoundDate(today - past, *match.span(), sure=False, counted=True)
    for match in _LAST_CHINESE.finditer(text):
        monday = today - timedelta(days=today.weekday() + 7)
        yield FoundDate(monday + timedelta(days=_WEEKDAY[match["day"]]), *match.span(), sure=False, counted=True)


def _has_any(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _how_long(match: re.Match[str]) -> timedelta | None:
    if match["week"]:
        return timedelta(weeks=1)
    for index in ("", "2", "3", "4"):
        if (count := match[f"count{index}"]) is not None:
            number = int(count) if count.isdigit() else _NUMBERS.get(count.casefold())
            if number is None:
                return None
            weeks = match[f"unit{index}"].casefold()[0] in "wsн周星礼"
            return timedelta(weeks=number) if weeks else timedelta(days=number)
    return None
