"""Take the steps of the search one after the other: each span is used once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from intake.understanding.facts.days.purchases import purchase_dates
from intake.understanding.facts.fact import Fact
from intake.understanding.facts.links import links_and_mails
from intake.understanding.facts.money import amounts
from intake.understanding.facts.numbers.finding import Patterns, announced_numbers, own_numbers
from intake.understanding.facts.people.names import names
from intake.understanding.facts.phones import phones
from intake.understanding.facts.places.postal import addresses
from intake.understanding.facts.things.models import lettered, models
from intake.understanding.near import stretches

LONGEST = 20_000  # characters that are read
_MOST_FACTS = 50
_USED = "\0"  # neither a letter nor a blank: no pattern reaches over it
# What has digits reaches no farther from them than this.
_DIGITS = re.compile(r"[0-9](?:[^0-9]{0,200}[0-9])*")  # those too close to be looked at apart
_AHEAD, _BEHIND = 96, 128
# Full-width forms and blanks that are no space, sign by sign: all spans stay where they are.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "！？，；：（）"} | {
    0xA0: 0x20,
    0x3000: 0x20,
    0x202F: 0x20,
    0x2007: 0x20,
    0x2009: 0x20,
    0x2011: 0x2D,
    0x2010: 0x2D,
}


def extract(text: str, language: str | None, *, numbers: Patterns = (), today: date | None = None) -> tuple[Fact, ...]:
    """What can be read out of the first 20,000 characters, in the order of the text. Never raises.

    `numbers` are the company's own patterns, each with the kind of number that it finds. Days without a year, and
    "yesterday", are read only where `today`, the day on which it was written, is known.
    """
    text = text[:LONGEST].translate(_PLAIN)
    facts: list[Fact] = []
    used = bytearray(len(text))
    left = text  # what is not used yet: found spans become signs of no kind, as many
    for step in _steps(text, language, numbers, today):
        new = _unused(step(left), used)
        left = _without(left, new)
        facts += new
    known = (fact for fact in facts if fact.kind and fact.value.isprintable())  # no database takes all the others
    return tuple(sorted(known, key=lambda fact: fact.start)[:_MOST_FACTS])


def _steps(
    text: str, language: str | None, numbers: Patterns, today: date | None
) -> tuple[Callable[[str], Iterable[Fact]], ...]:
    """Numbers first, so that no later step takes them for a telephone number. Without digits there are only names."""
    places = stretches(text, _DIGITS, _AHEAD, _BEHIND)
    if not places:
        return (links_and_mails, lambda left: purchase_dates(left, language, places, today), lettered, names)
    return (
        links_and_mails,
        lambda left: own_numbers(left, numbers),
        lambda left: announced_numbers(left, language, places),
        lambda left: amounts(left, language, places),
        lambda left: purchase_dates(left, language, places, today),
        addresses,
        lambda left: phones(left, language, places),
        lambda left: models(left, places),
        names,
    )


def _unused(facts: Iterable[Fact], used: bytearray) -> list[Fact]:
    """Those that share no character with an earlier one; what they stand on is marked as used."""
    kept = []
    for fact in facts:
        if used.find(1, fact.start, fact.end) < 0:
            used[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
            kept.append(fact)
    return kept


def _without(text: str, facts: list[Fact]) -> str:
    pieces, reached = [], 0
    for fact in sorted(facts, key=lambda fact: fact.start):
        pieces += [text[reached : fact.start], _USED * (fact.end - fact.start)]
        reached = fact.end
    return "".join([*pieces, text[reached:]])


def warm_up() -> None:
    """Load the telephone numbering plans before the first message needs them."""
    for language in ("en", "zh", "es", "de", "ru"):
        extract("030 901820 +49 30 901820", language)


def own_words(subject: str, reply: str, signature: str) -> str:
    """What a message says in its writer's own words, his signature last: the text that facts are read out of."""
    return "\n".join((subject, reply, *((signature,) if signature else ())))
