"""Find postal addresses: pieces divided by commas or lines that lie around a street, a postcode or a town."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.places import shapes, streets
from intake.understanding.facts.places.chinese import chinese_addresses, one_line
from intake.understanding.facts.places.fields import announced_addresses
from intake.understanding.facts.places.pieces import Piece, breaks_off, pieces_of, stripped
from intake.understanding.facts.places.sides import before_stop, to_the_left, to_the_right, units_behind

_MOST_FOUND = 10
_LONGEST_PIECE = 140
_IN = re.compile(r"\s(?:in|en)(?=\s\d)")


def addresses(text: str) -> Iterator[Fact]:
    """Addresses of the alphabets, then Chinese ones, then what a field "Address:" holds."""
    pieces = pieces_of(text)
    reached, count = 0, 0
    for index in range(len(pieces)):
        if pieces[index].end <= reached or count == _MOST_FOUND:
            continue
        if pieces[index].start < reached:  # "… G1 2AA but ship to 77 Clyde Terrace, …"
            rest = stripped(text, reached, pieces[index].end)
            pieces[index] = replace(pieces[index], start=rest, new_line=False)
        found = _around(text, pieces, index)
        if found is not None:
            start, end, sure = found
            reached, count = end, count + 1
            yield Fact("postal_address", one_line(text[start:end]), start, end, sure)
    yield from chinese_addresses(text)
    yield from announced_addresses(text)


def _around(text: str, pieces: list[Piece], index: int) -> tuple[int, int, float] | None:
    """The address whose street stands in this piece: where it begins and ends, and how sure it is one."""
    street = _street(text, pieces, index)
    if street is None:
        return None
    start, end, last, named = street.start, street.end, street.last, street.named
    end = units_behind(text, end, pieces[last])
    if not breaks_off(text, end, pieces[last]):
        end, last, code, town = to_the_right(text, pieces, last, end)
    else:
        joined = _IN.match(text, end, pieces[last].end)
        end_of_it = joined.end() if joined is not None else end
        tail = shapes.TOWN.match(text[end_of_it : pieces[last].end].lstrip())
        code = tail is not None and shapes.CODE.search(tail.group()) is not None
        town = code
        if tail is not None and code:
            end = before_stop(text, stripped(text, end_of_it, pieces[last].end) + tail.end())
            if not breaks_off(text, end, pieces[last]):
                end, last, _, _ = to_the_right(text, pieces, last, end)
    start, before = to_the_left(text, pieces, index, start)
    lived = shapes.LIVED_IN.search(text, max(0, start - 30), start) is not None
    known = code or town or before or lived
    if not known or not (named or code or (street.bare and before) or (lived and town)):
        return None
    return start, end, 0.85 if code else 0.7


@dataclass(frozen=True, slots=True)
class _Street:
    """A street with its number: where it begins and ends, and in which piece."""

    start: int
    end: int
    last: int
    named: bool  # it has a word that only streets have; else only a postcode shows that it is one
    bare: bool = False  # a name alone; a town before it shows the same


def _street(text: str, pieces: list[Piece], index: int) -> _Street | None:
    piece = pieces[index]
    begin = max(piece.start, piece.end - _LONGEST_PIECE) if piece.end - piece.start > _LONGEST_PIECE else piece.start
    written = text[begin : piece.end]
    if any(letter.isdigit() for letter in written) or written.lower().endswith("s/n"):
        match = (
            streets.street_nearest_to_the_end(written)
            or streets.STREET_SMALL.search(written)
            or streets.STREET_PERHAPS.search(written)
            or streets.STREET_BARE.search(written)
        )
        if match is not None:
            named, bare = match.re is streets.STREET, match.re is streets.STREET_BARE
            return _Street(begin + match.start(), begin + match.end(), index, named, bare)
    follows = index + 1 < len(pieces) and (match := streets.STREET_WITHOUT.search(written)) is not None
    if follows and match is not None:
        house = pieces[index + 1]
        number = streets.HOUSE.match(text[house.start : house.end])
        if number is not None or _is_unit(text, house):
            end = house.start + number.end() if number is not None else house.end
            return _Street(begin + match.start(), end, index + 1, named=True)
    if follows_lane := _lane(text, pieces, index):
        return _Street(piece.end - len(follows_lane.group()), piece.end, index, named=False)
    return None


def _lane(text: str, pieces: list[Piece], index: int) -> re.Match[str] | None:
    """A street without a number, if a British or Irish postcode stands close behind."""
    piece = pieces[index]
    match = streets.LANE.fullmatch(text[piece.start : piece.end][-_LONGEST_PIECE:])
    if match is None:
        return None
    for near in pieces[index + 1 : index + 4]:
        town = shapes.TOWN.match(text[near.start : near.end])
        if town is not None and shapes.CODE.search(town.group()) is not None:
            return match
    return None


def _is_unit(text: str, piece: Piece) -> bool:
    match = shapes.UNIT.match(text[piece.start : piece.end])
    return match is not None and piece.start + match.end() == piece.end
