"""Find postal addresses: pieces divided by commas or lines that lie around a street, a postcode or a town."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from intake.understanding.facts import postal_shapes as shapes
from intake.understanding.facts.fact import Fact
from intake.understanding.facts.first_names import FIRST_NAMES
from intake.understanding.facts.postal_chinese import chinese_addresses, one_line
from intake.understanding.facts.postal_fields import announced_addresses

_MOST_PIECES = 400
_MOST_FOUND = 10
_LONGEST_PIECE = 140
_FARTHEST = 6  # pieces of one address, to each side
_PIECE = re.compile(r"[^,;\n|·•]+")
# Where a sentence goes on behind an address: what follows is none of it.
_SENTENCE = re.compile(r"[.!?](?=\s|$)")
_NO_TOWN = re.compile(
    r"(?:thanks?|thank you|best|kind|regards|cheers|hello|hi|dear|please|sincerely|yours|hallo|danke|viele|liebe"
    r"|mit|gruß|grüße|bitte|hola|gracias|saludos|un|por"
    r"|спасибо|с|здравствуйте|tel|phone|email|e-mail|mail|mobile|fax|order|bestellung|pedido|заказ|тел|the|i|my|we"
    r"|it|ich|meine|wir|and|or|but|mobil|telefon|ust|attn)(?![\wÀ-ÿ])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch between two dividers, without the blanks around it."""

    start: int
    end: int
    new_line: bool  # a line break divides it from the one before


def addresses(text: str) -> Iterator[Fact]:
    """Addresses of the alphabets, then Chinese ones, then what a field "Address:" holds."""
    pieces = _pieces(text)
    reached, count = 0, 0
    for index in range(len(pieces)):
        if pieces[index].end <= reached or count == _MOST_FOUND:
            continue
        if pieces[index].start < reached:  # "… G1 2AA but ship to 77 Clyde Terrace, …"
            rest = _stripped(text, reached, pieces[index].end)
            pieces[index] = replace(pieces[index], start=rest, new_line=False)
        found = _around(text, pieces, index)
        if found is not None:
            start, end, sure = found
            reached, count = end, count + 1
            yield Fact("postal_address", one_line(text[start:end]), start, end, sure)
    yield from chinese_addresses(text)
    yield from announced_addresses(text)


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    before = 0
    for match in _PIECE.finditer(text):
        written = match.group()
        stripped = written.strip(" \t\r>*")
        if stripped:
            start = match.start() + written.index(stripped)
            pieces.append(_Piece(start, start + len(stripped), "\n" in text[before:start]))
            before = start + len(stripped)
        if len(pieces) == _MOST_PIECES:
            break
    return pieces


def _around(text: str, pieces: list[_Piece], index: int) -> tuple[int, int, float] | None:
    """The address whose street stands in this piece: where it begins and ends, and how sure it is one."""
    street = _street(text, pieces, index)
    if street is None:
        return None
    start, end, last, named = street
    rest = _stripped(text, end, pieces[last].end)
    if end < rest and (beside := shapes.UNIT.match(text, rest, pieces[last].end)) is not None:
        end = beside.end()  # "calle Olmo 12 3ºB"
    if not _breaks_off(text, end, pieces[last]):
        end, last, code, town = _to_the_right(text, pieces, last, end)
    else:
        joined = _IN.match(text, end, pieces[last].end)
        end_of_it = joined.end() if joined is not None else end
        tail = shapes.TOWN.match(text[end_of_it : pieces[last].end].lstrip())
        code = tail is not None and shapes.CODE.search(tail.group()) is not None
        town = code
        if tail is not None and code:
            end = _before_stop(text, _stripped(text, end_of_it, pieces[last].end) + tail.end())
            if not _breaks_off(text, end, pieces[last]):
                end, last, _, _ = _to_the_right(text, pieces, last, end)
    start, before = _to_the_left(text, pieces, index, start)
    known = code or town or before or shapes.LIVED_IN.search(text, max(0, start - 30), start) is not None
    if not known or (not named and not code):
        return None
    return start, end, 0.85 if code else 0.7


def _street(text: str, pieces: list[_Piece], index: int) -> tuple[int, int, int, bool] | None:
    """Where the street begins and ends, in which piece it ends, and whether it has the name of a street."""
    piece = pieces[index]
    begin = max(piece.start, piece.end - _LONGEST_PIECE) if piece.end - piece.start > _LONGEST_PIECE else piece.start
    written = text[begin : piece.end]
    if any(letter.isdigit() for letter in written) or written.lower().endswith("s/n"):
        match = (
            shapes.street_nearest_to_the_end(written)
            or shapes.STREET_SMALL.search(written)
            or shapes.STREET_PERHAPS.search(written)
        )
        if match is not None:
            named = match.re is shapes.STREET
            return begin + match.start(), begin + match.end(), index, named
    follows = index + 1 < len(pieces) and (match := shapes.STREET_WITHOUT.search(written)) is not None
    if follows and match is not None:
        house = pieces[index + 1]
        number = shapes.HOUSE.match(text[house.start : house.end])
        if number is not None or _is_unit(text, house):
            end = house.start + number.end() if number is not None else house.end
            return begin + match.start(), end, index + 1, True
    if follows_lane := _lane(text, pieces, index):
        return piece.end - len(follows_lane.group()), piece.end, index, False
    return None


def _lane(text: str, pieces: list[_Piece], index: int) -> re.Match[str] | None:
    """A street without a number, if a British or Irish postcode stands close behind."""
    piece = pieces[index]
    match = shapes.LANE.fullmatch(text[piece.start : piece.end][-_LONGEST_PIECE:])
    if match is None:
        return None
    for near in pieces[index + 1 : index + 4]:
        town = shapes.TOWN.match(text[near.start : near.end])
        if town is not None and shapes.CODE.search(town.group()) is not None:
            return match
    return None


_STOP = re.compile(r"[^\W\d_]{4}\.$")


def _before_stop(text: str, end: int) -> int:
    """Without the full stop behind a whole word."""
    return end - 1 if _STOP.search(text, max(0, end - 6), end) is not None else end


def _stripped(text: str, start: int, end: int) -> int:
    """The next place that is no blank."""
    return end - len(text[start:end].lstrip())


def _is_unit(text: str, piece: _Piece) -> bool:
    match = shapes.UNIT.match(text[piece.start : piece.end])
    return match is not None and piece.start + match.end() == piece.end


def _breaks_off(text: str, end: int, piece: _Piece) -> bool:
    """Does the piece go on with other words behind what was found in it?"""
    return text[end : piece.end].strip(" \t.)") != ""


def _to_the_right(text: str, pieces: list[_Piece], last: int, end: int) -> tuple[int, int, bool, bool]:
    """Take what follows, as long as it belongs to an address. Returns also: is there a postcode, is there a town."""
    code = town = False
    for index in range(last + 1, min(len(pieces), last + 1 + _FARTHEST)):
        piece = pieces[index]
        if text[end : piece.start].count("\n") > 1 or _SENTENCE.search(text[end : piece.start]):
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
        if match is None and not (town and piece.new_line):
            kind, match = "alone", _town_alone(written)
        if match is None:
            break
        end, last = _before_stop(text, piece.start + match.end()), index
        code = code or (kind in ("town", "small") and shapes.CODE.search(match.group().upper()) is not None)
        town = town or kind != "unit"
        if _breaks_off(text, end, piece):
            break
    return end, last, code, town


_CYRILLIC_NAME = re.compile(r"[А-ЯЁ][а-яё-]+(?: [А-ЯЁ][а-яё-]+){1,2}")


def _town_alone(written: str) -> re.Match[str] | None:
    sentence = _SENTENCE.search(written)
    match = shapes.TOWN_ALONE.match(
        written[: sentence.start()] if sentence is not None and sentence.start() > 3 else written
    )
    if match is None or _NO_TOWN.match(written):
        return None
    return None if _CYRILLIC_NAME.fullmatch(match.group()) and _has_first_name(match.group()) else match


def _has_first_name(written: str) -> bool:
    return not FIRST_NAMES.isdisjoint(written.lower().split())


def _to_the_left(text: str, pieces: list[_Piece], index: int, start: int) -> tuple[int, bool]:
    """Take what stands before the street: "г. Москва", "Flat 3", a postcode. Returns also: is a town among it."""
    town = False
    if start > pieces[index].start:
        before = text[pieces[index].start : start]
        match = re.search(r"(?:(?:\d{6}\s)?(?:г\.? ?)[А-ЯЁ][а-яё-]{2,24}\s|(?:Flat|Apt|Unit)\.? ?\w{1,4}\s)$", before)
        return (start - len(match.group()), "г" in match.group()) if match else (start, False)
    for back in range(index - 1, max(-1, index - 1 - _FARTHEST), -1):
        piece = pieces[back]
        if text[piece.end : start].count("\n") > 1 or _SENTENCE.search(text[piece.end : start]):
            break
        written = text[piece.start : piece.end][-60:]
        begin = piece.end - len(written)
        at = _first(
            _left_unit(written),
            _ends(shapes.HOUSE_NAME, written),
            _ends(shapes.REGION, written),
            _ends_in_town(written),
        )
        if at is None:
            break
        start = begin + at
        town = town or not shapes.UNIT.match(written[at:])
        if at > 0 or begin > piece.start:
            break
    return start, town


_IN = re.compile(r"\s(?:in|en)(?=\s\d)")
_NOT_AHEAD = re.compile(
    r"\d{1,2}(?:st|nd|rd|th) floor|c/o |(?:Halle|Tor|Eingang|Gebäude|Tür) |\d{1,2}(?:-?й)? этаж|\d{1,2} ?[ºª]",
    re.IGNORECASE,
)


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


_RUSSIAN_TOWN = re.compile(
    r"(?:\d{6}(?:,? |$))?(?:г\.? ?|город |гор\. ?)?(?:Москва|Санкт-Петербург|СПб|Питер|Екатеринбург|Новосибирск"
    r"|Казань|[А-ЯЁ][а-яё]{2,20}(?:-[А-ЯЁа-яё]{2,20}){0,2}|Нижний Новгород|Ростов-на-Дону|Набережные Челны"
    r"|Великий Новгород)$|\d{6}$"
)


def _ends_in_town(written: str) -> int | None:
    for begin in _word_starts(written):
        if (match := _RUSSIAN_TOWN.match(written, begin)) is not None and (
            begin == 0 or written[:begin].rstrip().endswith(":") or match.group()[0] in "г0123456789"
        ):
            return None if _NO_TOWN.match(written) else begin
    return None


def _word_starts(written: str) -> Iterator[int]:
    yield 0
    for match in re.finditer(r"(?<=\s)\S", written):
        yield match.start()
