"""Find calendar dates in a text. Leaves out what could be read in two ways, and what names no year without `today`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from intake.understanding.near import Stretches, matches

# Month names by the first letters that tell them apart; a point or the rest of the name may follow.
_MONTHS = {
    1: "jan ene янв jän",
    2: "feb фев",
    3: "mar mär mrz мар",
    4: "apr abr апр",
    5: "may mai мая май",
    6: "jun июн",
    7: "jul июл",
    8: "aug ago авг",
    9: "sep set сен",
    10: "oct okt окт",
    11: "nov ноя",
    12: "dec dic dez дек",
}
_MONTH_BY_LETTERS = {letters: number for number, all_letters in _MONTHS.items() for letters in all_letters.split()}
_NAME = rf"(?P<month>(?:{'|'.join(_MONTH_BY_LETTERS)})[^\W\d_一-鿿]{{0,8}})\.?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_DAY = r"(?P<day>[0-3]?[0-9])"
_ALONE = r"(?![A-Za-zА-я0-9_]|[./-][0-9])"
_FREE = r"(?<![A-Za-z0-9_./-])"
_OF = r"(?:(?:of|de|del)\s{1,2})?"

_YEAR_FIRST = re.compile(
    rf"{_FREE}{_YEAR}\s?(?P<mark>[-./])\s?(?P<month>[01]?[0-9])\s?(?P=mark)\s?{_DAY}(?:T[0-9:]{{5,8}})?{_ALONE}"
)
_CHINESE = re.compile(
    rf"(?:(?P<year>(?:19|20)?[0-9]{{2}})\s?年\s?|(?P<this>今年|去年)\s?|(?<![0-9年])(?P<none>))"
    rf"(?P<month>[01]?[0-9])\s?月\s?(?:份\s?)?{_DAY}(?:\s?[日号號](?![码楼])|(?(year)(?=[买購购下付订])|(?!)))"
)
_NUMERIC = re.compile(
    rf"{_FREE}(?P<first>[0-3]?[0-9])\s?(?P<mark>[-./])\s?(?P<second>[0-3]?[0-9])\s?(?P=mark)\s?"
    rf"(?P<year>(?:19|20)?[0-9]{{2}}){_ALONE}"
)
_SHORT_NUMERIC = re.compile(
    rf"{_FREE}(?P<first>[0-3]?[0-9])(?P<mark>[./])(?P<second>[01]?[0-9])\.?(?![0-9/A-Za-z€$%]|\s?[€$%]|[.,][0-9])"
)
_NO_YEAR_BEHIND = r"(?!\s{0,2},?\s{0,2}(?:de |del )?[0-9])"
_DAY_MONTH = re.compile(
    rf"{_FREE}{_DAY}(?:st|nd|rd|th|\.|º|-?(?:го|е))?[\s/-]{{0,2}}{_OF}{_NAME}(?:[,./-]?\s{{0,2}}{_OF}(?P<year>(?:19"
    rf"|20)[0-9]{{2}})(?!\d)|(?P<none>){_NO_YEAR_BEHIND})",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?<![^\W_]){_NAME}\s{{0,2}}(?:the\s)?{_DAY}(?:st|nd|rd|th)?(?![0-9])(?:,?\s{{1,2}}(?:of\s)?{_YEAR}(?!\d)"
    rf"|(?P<none>){_NO_YEAR_BEHIND}(?![.:]\d))",
    re.IGNORECASE,
)
_DAY_COMES_FIRST = ("de", "es", "ru", "fr", "it", "pt", "nl", "pl", "uk")
_OLDEST = 1980  # nobody has a purchase older than this in mind
# "marked", "mayor" and "decided" begin like months.
_MONTH_NAMES = (
    "jan january januar jänner ene enero янв январь января jän jänner feb february februar febrero фев февр февраль"
    " февраля"
    " mar march märz maerz mär mrz mar marzo мар март марта apr april abr abril апр апрель апреля may mai mayo май мая"
    " jun june juni junio июн июнь июня jul july juli julio июл июль июля aug august ago agosto авг август августа"
    " sep sept september septiembre set setiembre сен сент сентябрь сентября oct october okt oktober octubre окт"
    " октябрь октября nov november noviembre ноя нояб ноябрь ноября dec december dez dezember dic diciembre дек декабрь"
    " декабря"
)
_WHOLE = frozenset(_MONTH_NAMES.split())


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day, and where it stands in the text."""

    day: date
    start: int
    end: int
    sure: bool = True  # False: its year, or the day itself, follows from what day it is today
    counted: bool = False  # "yesterday": nobody wrote a day


def dates(text: str, language: str | None, places: Stretches, today: date | None = None) -> Iterator[FoundDate]:
    """Every date that can be read in one way only, in no order. `places` are those near digits: 14 characters ahead of
    them ("Septiembre. 3"), 40 behind ("3rd of September, del 2026"). Without a year it is the last such day before
    `today`; left out when that is not known.
    """
    for match in matches(_YEAR_FIRST, text, places):
        yield from _found(match, match["year"], int(match["month"]), int(match["day"]), today)
    for match in matches(_CHINESE, text, places):
        yield from _found(match, _chinese_year(match, today), int(match["month"]), int(match["day"]), today)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in matches(pattern, text, places):
            if (month := _month(match["month"])) is not None:
                yield from _found(match, match["year"], month, int(match["day"]), today)
    for match in matches(_NUMERIC, text, places):
        if (order := _day_and_month(match, language)) is not None:
            yield from _found(match, match["year"], order[1], order[0], today)
    if today is not None:
        yield from _yearless_numbers(text, language, places, today)


def _yearless_numbers(text: str, language: str | None, places: Stretches, today: date) -> Iterator[FoundDate]:
    """ "am 12.03. gekauft": only where points divide days from months, or the day comes first and a word says so."""
    code = (language or "").partition("-")[0]
    for match in matches(_SHORT_NUMERIC, text, places):
        dotted = match["mark"] == "." and (match.group().endswith(".") or code in ("de", "ru"))
        if dotted or (match["mark"] == "/" and code == "es"):
            yield from _found(match, None, int(match["second"]), int(match["first"]), today)


def _month(name: str) -> int | None:
    small = name.lower()
    return _MONTH_BY_LETTERS.get(small[:3]) if small in _WHOLE else None


def _chinese_year(match: re.Match[str], today: date | None) -> str | None:
    said = match["this"]
    if said is None or today is None:
        return match["year"]
    return str(today.year - (1 if said == "去年" else 0))


def _found(match: re.Match[str], year: str | None, month: int, day: int, today: date | None) -> Iterator[FoundDate]:
    if year is None:
        if today is not None and (found := last_day(month, day, today)) is not None:
            yield FoundDate(found, *match.span(), sure=False)
        return
    try:
        found = date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    except ValueError:  # 31.02.2026, 99.99.2026
        return
    if found.year >= _OLDEST and (today is None or found <= today + timedelta(days=1)):  # he may be a day ahead of us
        yield FoundDate(found, *match.span())


def last_day(month: int, day: int, today: date) -> date | None:
    """The last such day that is not in the future."""
    for year in (today.year, today.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


def _day_and_month(match: re.Match[str], language: str | None) -> tuple[int, int] | None:
    """Which of the two numbers is the day. English writes 03/04/2026 both ways, so that is nobody's date."""
    first, second = int(match["first"]), int(match["second"])
    code = (language or "").partition("-")[0]
    # Points are written where the day comes first.
    day_first = code in _DAY_COMES_FIRST or (match["mark"] == "." and code != "zh")
    if len(match["year"]) == 2 and code == "zh":
        return None  # 25/12/24 is a day in 2025 there
    if day_first or first == second or (first > 12 >= second):
        return first, second
    return (second, first) if second > 12 >= first else None
