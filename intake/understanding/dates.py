"""Find calendar dates in a text. Leaves out what could be read in two ways, and dates without a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

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
_NAME = rf"(?P<month>(?:{'|'.join(_MONTH_BY_LETTERS)})[^\W\d_]{{0,8}})\.?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_DAY = r"(?P<day>[0-3]?[0-9])"
_ALONE = r"(?![\w]|[./-][0-9])"

_YEAR_FIRST = re.compile(rf"(?<![\w./-]){_YEAR}(?P<mark>[-./])(?P<month>[01]?[0-9])(?P=mark){_DAY}{_ALONE}")
_CHINESE = re.compile(rf"{_YEAR}\s?年\s?(?P<month>[01]?[0-9])\s?月\s?{_DAY}\s?[日号號]?")
_NUMERIC = re.compile(
    rf"(?<![\w./-])(?P<first>[0-3]?[0-9])(?P<mark>[-./])\s?(?P<second>[0-3]?[0-9])(?P=mark)\s?"
    rf"(?P<year>(?:19|20)?[0-9]{{2}}){_ALONE}"
)
_DAY_MONTH = re.compile(
    rf"(?<![\w./-]){_DAY}(?:st|nd|rd|th|\.|º)?\s{{0,2}}(?:(?:of|de|del)\s)?{_NAME},?\s{{0,2}}(?:(?:de|del)\s)?{_YEAR}(?!\d)",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(rf"(?<!\w){_NAME}\s{{0,2}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,2}}{_YEAR}(?!\d)", re.IGNORECASE)
_DAY_COMES_FIRST = ("de", "es", "ru")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day, and where it stands in the text."""

    day: date
    start: int
    end: int


def dates(text: str, language: str | None, places: Stretches) -> Iterator[FoundDate]:
    """Every date with day, month and year that can be read in one way only, in no order. `places` are those near
    digits: 14 characters ahead of them ("Septiembre. 3"), 40 behind ("3rd of September, del 2026").
    """
    for pattern in (_YEAR_FIRST, _CHINESE):
        for match in matches(pattern, text, places):
            yield from _found(match, match["year"], int(match["month"]), int(match["day"]))
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in matches(pattern, text, places):
            yield from _found(match, match["year"], _MONTH_BY_LETTERS[match["month"][:3].lower()], int(match["day"]))
    for match in matches(_NUMERIC, text, places):
        if (order := _day_and_month(match, language)) is not None:
            yield from _found(match, match["year"], order[1], order[0])


def _found(match: re.Match[str], year: str, month: int, day: int) -> Iterator[FoundDate]:
    try:
        found = date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    except ValueError:  # 31.02.2026, 99.99.2026
        return
    yield FoundDate(found, *match.span())


def _day_and_month(match: re.Match[str], language: str | None) -> tuple[int, int] | None:
    """Which of the two numbers is the day. English writes 03/04/2026 both ways, so that is nobody's date."""
    first, second = int(match["first"]), int(match["second"])
    code = (language or "").partition("-")[0]
    # Points are written where the day comes first; a year of two digits only makes sense there.
    day_first = code in _DAY_COMES_FIRST or (match["mark"] == "." and len(match["year"]) == 4)
    if len(match["year"]) == 2 and code not in _DAY_COMES_FIRST:
        return None
    if day_first or first == second or (first > 12 >= second):
        return first, second
    return (second, first) if second > 12 >= first else None
