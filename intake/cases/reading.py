"""Read a customer's answers to what he was asked: numbered or not, in any order, also between the quoted questions.

Pure and linear. What cannot be read for sure is left to an agent: the message itself is on the desk anyway.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from intake.cases import values
from intake.cases.values import Place
from intake.understanding.facts import Fact

ORDER, PRODUCT, BOUGHT = "order_number", "product", "purchased_on"
LONGEST, MOST_LINES = 20_000, 400  # characters, lines of a message that are looked at
MOST_SHORT_LINES = 8  # of a message that answers without numbers

# Which fact of the extractor fills which column of a case.
COLUMNS = {
    "order_number": "order_number",
    "product_number": "product_number",
    "serial_number": "serial_number",
    "model": "model",
    "purchase_date": "purchased_on",
}
_QUOTED = re.compile(r"\s{0,3}(?:[>|]\s{0,3}){1,9}")
_CIRCLED = {ord("①") + number: f"{number + 1}. " for number in range(9)}
# "1. …", "2) …", "(3) …", "1、…", "2: …"; never the beginning of a date, a time or a decimal.
_MARKED = re.compile(
    r"\s{0,8}[(\[#]?([1-9])\s?(?:[.](?![0-9]{1,3}(?![0-9]))|[)\]、]|[:,](?![0-9]{1,3}(?![0-9]))|[-–—]\s)\s{0,8}"
)
_PARTS = re.compile(r"\s*[,;，；、\n]\s*")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer was asked, in the order of its numbers, and what of it is still missing."""

    questions: tuple[str, ...]
    missing: tuple[str, ...]
    pending: str | None = None  # the question before him in a chat
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # how each question reads, and its name
    ours: frozenset[str] = frozenset()  # the other lines of our letter, bare


@dataclass(frozen=True, slots=True)
class Answers:
    """What was read: values by column of the case, questions that he cannot answer, and whether he wants no form."""

    values: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    later: bool = False


def read_letter(text: str, new_words: str, asked: Asked, language: str | None, today: date) -> Answers:
    """The answers in a mail. `text` is the whole of it, quotations too; `new_words` what he wrote himself."""
    lines = _own_lines(new_words, asked)
    for given in (_numbered(text[:LONGEST], asked), _labelled(lines, asked), _in_order(lines, asked, language, today)):
        found = _taken(given, asked, language, today, Place.ITS_OWN)
        if found.values or found.unknown:
            return found
    return _by_kind(lines, asked, language, today, Place.NEXT)


def read_chat(text: str, asked: Asked, language: str | None, today: date, place: Place) -> Answers:
    """The answer in a chat's message. `place`: how sure it is that it answers the question before him."""
    if values.is_later(text):
        return Answers(later=True)
    lines = _own_lines(text, asked)
    given = _numbered(text[:LONGEST], asked)
    given = given if len(given) > 1 else _labelled(lines, asked) or _in_order(lines, asked, language, today)
    if given:
        return _taken(given, asked, language, today, Place.ITS_OWN)
    pending = asked.pending
    if pending is None or pending not in asked.missing or len(text) > values.LONGEST:
        return _by_kind(lines, asked, language, today, Place.SOMEWHERE)
    found = _taken({pending: text}, asked, language, today, place)
    if found.values or found.unknown:
        return found
    return _by_kind(lines, asked, language, today, Place.SOMEWHERE)


def from_facts(facts: Sequence[Fact], today: date) -> dict[str, str]:
    """What the extractor has found, by column of a case; the first of a kind counts, of order numbers all.

    Without a day to come, or long before anybody could have bought it.
    """
    found: dict[str, str] = {}
    for fact in facts:
        if fact.kind in COLUMNS:
            found.setdefault(COLUMNS[fact.kind], fact.value)
    orders = list(dict.fromkeys(fact.value for fact in facts if fact.kind == "order_number"))
    if orders:
        found[ORDER] = ", ".join(orders[: values.MOST_NUMBERS])
    if BOUGHT in found and not values.OLDEST.isoformat() <= found[BOUGHT] <= today.isoformat():
        del found[BOUGHT]
    return found


def bare(line: str) -> str:
    """A line as it is compared: what programs do to marks and blanks does not matter."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", line).lower() if letter.isalnum())


def _taken(given: Mapping[str, str], asked: Asked, language: str | None, today: date, place: Place) -> Answers:
    """Read what stands where each question was asked."""
    found: dict[str, str] = {}
    unknown = []
    for question, said in given.items():
        if question not in asked.missing:
            continue
        value = _value(question, said, language, today, place)
        if value is not None:
            found.setdefault(*value)
        elif values.is_unknown(said):
            unknown.append(question)
    # A day where the number was asked for, a number where the day was: he has answered the other question.
    for question, said in given.items():
        for other in (ORDER, BOUGHT):
            unclear = other == ORDER and values.is_year(said)
            if other != question and other in asked.missing and other not in found and not unclear:
                around = Place.NEXT if place is Place.ITS_OWN else Place.SOMEWHERE
                value = _value(other, said, language, today, around) if question != PRODUCT else None
                if value is not None and value[1] not in found.values():
                    found.setdefault(*value)
    return Answers(found, tuple(unknown))


def _value(question: str, said: str, language: str | None, today: date, place: Place) -> tuple[str, str] | None:
    """The column and the value that an answer to a question gives."""
    match question:
        case "order_number":
            number = values.order_number(said, place)
            return None if number is None else (ORDER, number)
        case "purchased_on":
            day = values.purchase_date(said, language, today)
            return None if day is None else (BOUGHT, day.isoformat())
        case "product":
            return values.product(said, place)
    return None


def _by_kind(lines: Sequence[str], asked: Asked, language: str | None, today: date, place: Place) -> Answers:
    """Lines that stand for themselves: a number is the order's, a day is the purchase's."""
    found: dict[str, str] = {}
    if len(lines) <= MOST_SHORT_LINES:
        for line in lines:
            for question in (BOUGHT,) if values.is_year(line) else (ORDER, BOUGHT):
                if question in asked.missing and (value := _value(question, line, language, today, place)):
                    found.setdefault(*value)
    return Answers(found)


def _numbered(text: str, asked: Asked) -> dict[str, str]:
    """What stands behind a question's number, or below it, also when the question is quoted; by question."""
    found: dict[str, str] = {}
    current: str | None = None
    for line in text.translate(_CIRCLED).splitlines()[:MOST_LINES]:
        quoted = _QUOTED.match(line)
        rest = line[quoted.end() if quoted else 0 :].strip()
        if not rest:
            continue
        for piece in _pieces(rest, asked) if quoted is None else [rest]:
            # "3. März 2026" below the question for the day is no third answer.
            mark = None if quoted is None and current == BOUGHT and values.names_day(piece) else _MARKED.match(piece)
            question = _question(mark, asked)
            if question is not None and mark is not None:
                current = question
                piece = piece[mark.end() :]
            elif quoted is not None:
                current = current if current is not None and _is_of_question(piece, asked) else None
            said = _without_question(piece, current, asked) if current is not None else ""
            if quoted is None and current is not None and said and not _is_ours(piece, asked):
                found.setdefault(current, said[: values.LONGEST])
                current = None
    return found


def _pieces(line: str, asked: Asked) -> Iterator[str]:
    """ "1. 48213 2. K-200" as two; only numbers that follow each other part a line."""
    first = _MARKED.match(line)
    number = int(first[1]) if first is not None else 0
    start = 0
    while number and number < len(asked.questions):
        following = re.compile(rf"(?<=\S)[\s;,]+(?={number + 1}[.):、]\s)").search(line, start + 3)
        if following is None or not line[start : following.start()].strip(" .():、")[1:].strip(" .():、"):
            break
        yield line[start : following.start()]
        start, number = following.end(), number + 1
    yield line[start:]


def _question(mark: re.Match[str] | None, asked: Asked) -> str | None:
    number = int(mark[1]) if mark is not None else 0
    return asked.questions[number - 1] if 0 < number <= len(asked.questions) else None


def _without_question(piece: str, question: str, asked: Asked) -> str:
    """What is left behind the question's own words, or its name; "" when nothing is."""
    for words in asked.words.get(question, ()):
        if piece.lower().startswith(words.lower()):
            return piece[len(words) :].strip(" \t:：-–—?？")
    return "" if _is_ours(piece, asked) else piece.strip()


def _is_ours(piece: str, asked: Asked) -> bool:
    """Is it a line of our own letter?"""
    line = bare(piece)
    return not line or line in asked.ours or _is_of_question(piece, asked)


def _is_of_question(piece: str, asked: Asked) -> bool:
    """Is it one of our questions, or what a program has wrapped of it?"""
    line = bare(piece)
    return len(line) > 5 and any(line in bare(words) for all_words in asked.words.values() for words in all_words)


def _own_lines(new_words: str, asked: Asked) -> list[str]:
    """What he wrote, line by line, without our own words, and without what stands below a greeting's dashes."""
    found = []
    for line in new_words[:LONGEST].splitlines()[:MOST_LINES]:
        if line.strip() == "--":
            break
        if line.strip() and not _is_ours(line, asked):
            found.append(line.strip())
    return found


def _labelled(lines: Sequence[str], asked: Asked) -> dict[str, str]:
    """ "Order number: 48213", a line each."""
    found: dict[str, str] = {}
    for line in lines[:MOST_LINES]:
        label, colon, said = line.replace("：", ":").partition(":")
        for question, words in asked.words.items():
            if colon and said.strip() and bare(label) in {bare(one) for one in words}:
                found.setdefault(question, said.strip()[: values.LONGEST])
    return found


def _in_order(lines: Sequence[str], asked: Asked, language: str | None, today: date) -> dict[str, str]:
    """As many short lines, or parts of one line, as there are questions: each answers its own, if all can be read."""
    wanted = [question for question in asked.questions if question in asked.missing]
    parts = [part for line in lines[: len(wanted) + 1] for part in _PARTS.split(line[: values.LONGEST]) if part]
    for candidate in (list(lines), parts):
        if (
            len(wanted) < 2
            or len(candidate) != len(wanted)
            or any(len(one) > values.LONGEST_PRODUCT for one in candidate)
        ):
            continue
        given = dict(zip(wanted, candidate, strict=True))
        if all(_fits(question, said, language, today) for question, said in given.items()):
            return given
    return {}


def _fits(question: str, said: str, language: str | None, today: date) -> bool:
    return values.is_unknown(said) or _value(question, said, language, today, Place.NEXT) is not None
