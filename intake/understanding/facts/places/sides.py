"""Take what stands to both sides of a street and belongs to its address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts.people.first_names import FIRST_NAMES
from intake.understanding.facts.places import shapes
from intake.understanding.facts.places.pieces import SENTENCE, Piece, breaks_off, may_reach, stripped

_FARTHEST = 6  # pieces of one address, to each side
_NO_TOWN = re.compile(
    r"(?:thanks?|thank you|best|kind|regards|cheers|hello|hi|dear|please|sincerely|yours|hallo|danke|viele|liebe"
    r"|mit|gruß|grüße|bitte|hola|gracias|saludos|un|por"
    r"|спасибо|с|здравствуйте|tel|phone|email|e-mail|mail|mobile|fax|order|bestellung|pedido|заказ|тел|the|i|my|we"
    r"|it|нов\w{1,3}|стар\w{1,3}|теперь|сейчас|ich|meine|wir|and|or|but|mobil|telefon|ust|attn)(?![\wÀ-ÿ])",
    re.IGNORECASE,
)


_STOP = re.compile(r"[^\W\d_]{4}\.$")
_CYRILLIC_NAME = re.compile(r"[А-ЯЁ][а-яё-]+(?: [А-ЯЁ][а-яё-]+){1,2}")
_NOT_AHEAD = re.compile(
    r"c/o |(?:Halle|Tor) |\d{1,2}(?:-?й)? этаж|\d{1,2} ?[ºª]",
    re.IGNORECASE,
)
_RUSSIAN_TOWN = re.compile(
    r"(?:\d{6}(?:,? |$))?(?:г\.? ?|город |гор\. ?)?(?:Москва|Санкт-Петербург|СПб|Питер|Екатеринбург|Новосибирск"
    r"|Казань|[А-ЯЁ][а-яё]{2,20}(?:-[А-ЯЁа-яё]{2,20}){0,2}|Нижний Новгород|Ростов-на-Дону|Набережные Челны"
    r"|Великий Новгород)$|\d{6}$"
)
# What may stand before a town: a word in small letters, or the sign that announces it.
_OPEN = re.compile(r"(?:[:(—–-]|(?<![А-ЯЁа-яёA-Za-z])[а-яё]{1,20})\s{1,3}$")


def before_stop(text: str, end: int) -> int:
    """Without the full stop behind a whole word."""
    return end - 1 if _STOP.search(text, max(0, end - 6), end) is not None else end


def to_the_right(text: str, pieces: list[Piece], last: int, end: int) -> tuple[int, int, bool, bool]:
    """Take what follows, as long as it belongs to an address. Returns also: is there a postcode, is there a town."""
    code = town = False
    for index in range(last + 1, min(len(pieces), last + 1 + _FARTHEST)):
        piece = pieces[index]
        if not may_reach(text, end, piece.start):
            break
        written = text[piece.start : piece.end]
        match = shapes.UNIT.match(written) if not code else None
        kind = "unit"
        if match is None:
            for kind, pattern in (
                ("country", shapes.COUNTRY),
                ("region", shapes.REGION),
                ("town", shapes.TOWN),
                ("small", shapes.TOWN_SMALL),
            ):
                if (match := pattern.match(written)) is not None and not (kind == "town" and code):
                    break
                match = None
        if match is None and not (town and piece.new_line and not _code_follows(text, pieces, index)):
            kind, match = "alone", _town_alone(written) or _small_town(text, pieces, index)
        if match is None:
            break
        end, last = before_stop(text, piece.start + match.end()), index
        if kind == "unit":
            end = units_behind(text, end, piece)
        code = code or (kind in ("town", "small") and shapes.CODE.search(match.group().upper()) is not None)
        town = town or kind != "unit"
        if breaks_off(text, end, piece):
            break
    return end, last, code, town


def units_behind(text: str, end: int, piece: Piece) -> int:
    """Where the words for a flat end that follow in a piece: "calle Olmo 12 piso 3 puerta B", "VH 3. OG"."""
    while (rest := stripped(text, end, piece.end)) > end and (more := shapes.UNIT.match(text, rest, piece.end)):
        end = more.end()
    return end


def _code_follows(text: str, pieces: list[Piece], index: int) -> bool:
    """Is there a postcode in one of the next two pieces?"""
    return any(
        (near := shapes.TOWN.match(text[piece.start : piece.end])) is not None
        and shapes.CODE.search(near.group()) is not None
        for piece in pieces[index + 1 : index + 3]
    )


def _small_town(text: str, pieces: list[Piece], index: int) -> re.Match[str] | None:
    """ "…, austin, texas 78702": in small letters only right before a postcode."""
    behind = pieces[index + 1 : index + 2]
    if not behind or (near := shapes.TOWN_SMALL.match(text[behind[0].start : behind[0].end])) is None:
        return None
    code = shapes.CODE.search(near.group().upper()) is not None
    return re.fullmatch(r"[a-z][a-z' -]{2,24}", text[pieces[index].start : pieces[index].end]) if code else None


def _town_alone(written: str) -> re.Match[str] | None:
    sentence = SENTENCE.search(written)
    match = shapes.TOWN_ALONE.match(
        written[: sentence.start()] if sentence is not None and sentence.start() > 3 else written
    )
    if match is None or _NO_TOWN.match(written):
        return None
    return None if _CYRILLIC_NAME.fullmatch(match.group()) and _has_first_name(match.group()) else match


def _has_first_name(written: str) -> bool:
    return not FIRST_NAMES.isdisjoint(written.lower().split())


def to_the_left(text: str, pieces: list[Piece], index: int, start: int) -> tuple[int, bool]:
    """Take what stands before the street: "г. Москва", "Flat 3", a postcode. Returns also: is a town among it."""
    town = settled = False
    if start > pieces[index].start:
        before = text[pieces[index].start : start]
        match = re.search(r"(?:(?:\d{6}\s)?(?:г\.? ?)[А-ЯЁ][а-яё-]{2,24}\s|(?:Flat|Apt|Unit)\.? ?\w{1,4}\s)$", before)
        return (start - len(match.group()), "г" in match.group()) if match else (start, False)
    for back in range(index - 1, max(-1, index - 1 - _FARTHEST), -1):
        piece = pieces[back]
        if not may_reach(text, piece.end, start):
            break
        written = text[piece.start : piece.end][-60:]
        begin = piece.end - len(written)
        at = _first(
            _left_unit(written),
            _ends(shapes.HOUSE_NAME, written),
            _ends(shapes.REGION, written),
            _ends(shapes.COUNTRY, written),
        )
        if at is None:
            at = _ends_in_town(written)
            if at is not None and written[at].isupper():
                if settled:  # "Ильдар, Казань, …": one town without a word for it, not two
                    break
                settled = True
        if at is None or _in_a_number(text, begin + at):
            break
        start = begin + at
        town = town or not shapes.UNIT.match(written[at:])
        if at > 0 or begin > piece.start:
            break
    return start, town


def _in_a_number(text: str, at: int) -> bool:
    """The end of a telephone number on the line above is no postcode."""
    return text[at].isdigit() and re.search(r"\d[ ()/-]{1,2}$", text[max(0, at - 3) : at]) is not None


def _left_unit(written: str) -> int | None:
    at = _ends(shapes.UNIT, written)
    return None if at is not None and _NOT_AHEAD.match(written, at) else at


def _first(*places: int | None) -> int | None:
    return next((place for place in places if place is not None), None)


def _ends(pattern: re.Pattern[str], written: str) -> int | None:
    for begin in _word_starts(written):
        match = pattern.match(written, begin)
        if match is not None and match.end() == len(written):
            return begin
    return None


def _ends_in_town(written: str) -> int | None:
    for begin in _word_starts(written):
        if (match := _RUSSIAN_TOWN.match(written, begin)) is not None and (
            begin == 0 or _OPEN.search(written, 0, begin) is not None or match.group()[0] in "г0123456789"
        ):
            return None if _NO_TOWN.match(written, begin) or _has_first_name(match.group()) else begin
    return None


def _word_starts(written: str) -> Iterator[int]:
    yield 0
    for match in re.finditer(r"(?<=\s)\S", written):
        yield match.start()
