"""Read labelled messages as the service reads them, and say how much of it was right: shares, never single messages."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bench.labelled import LANGUAGES, Row
from bot.measuring.extract import alike
from bot.measuring.rows import ratio, share
from intake.message import Inbound, Sender
from intake.understanding.categories import UNSORTED
from intake.understanding.facts.extracting import own_words
from intake.understanding.facts.fact import Fact
from intake.understanding.reading import Draft, Part, Reader, Sorter, warm_up

WHEN = datetime(2026, 11, 26, 9, tzinfo=UTC)
PRESSING = ("urgent", "high")


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled message and what the program understood of it before anybody looked at the label."""

    row: Row
    category: str
    likeliest: tuple[str, ...]  # at most three, best first, whether it was sure or not
    priority: str
    language: str | None
    facts: frozenset[tuple[str, str]]
    seconds: float  # of the processor

    @property
    def true_facts(self) -> frozenset[tuple[str, str]]:
        """What a person found in it."""
        return frozenset((field, alike(field, value)) for field, some in self.row.facts.items() for value in some)


def read_all(rows: Iterable[Row], sorter: Sorter) -> list[Read]:
    """One at a time, after a warm-up."""
    warm_up(LANGUAGES)
    reader = Reader(sorter, LANGUAGES)
    read_one(Row("en", "mail", UNSORTED, "normal", "Hello", "Where is my order 4711?", {}), reader)
    return [read_one(row, reader) for row in rows]


def read_one(row: Row, reader: Reader) -> Read:
    """The service's own reading of one message. Raises NotSorted when a part of it failed."""
    draft = Draft(_message(row))
    started = time.process_time()
    reader.read(draft, tuple(Part))
    seconds = time.process_time() - started
    understood = draft.reading()
    matter = understood.matter()
    verdict = matter.verdict
    return Read(
        row=row,
        category=verdict.category,
        likeliest=tuple(choice for choice, _ in verdict.choices) or (verdict.category,),
        priority=matter.urgency.priority,
        language=understood.language,
        facts=frozenset((fact.kind, alike(fact.kind, fact.value)) for fact in matter.facts if _judged(fact, draft)),
        seconds=seconds,
    )


def _judged(fact: Fact, draft: Draft) -> bool:
    """A day whose year is not written rests on the day of writing, of which the labels know nothing."""
    if fact.kind != "purchase_date":
        return True
    words = own_words(draft.message.subject, draft.reply_text, draft.signature)
    return _has_year(words[fact.start : fact.end], date.fromisoformat(fact.value).year)


def _has_year(day: str, year: int) -> bool:
    """In four digits anywhere; in two only behind a day and a month: in "26.11." they are the day."""
    numbers = [int(digits) for digits in re.findall(r"\d+", day)]
    short = [year % 100]
    named = len(numbers) == 2 and re.search(r"\d.*[^\W\d_]{3}.*\d", day) is not None  # "12 May 26"
    last = numbers[-1:] == short and (len(numbers) > 2 or named)
    return year in numbers or last or (numbers[:1] == short and re.search(r"\d\s?年", day) is not None)


def _message(row: Row) -> Inbound:
    return Inbound(
        channel="mail" if row.channel == "mail" else "telegram",
        account="measuring",
        key="measuring",
        sender=Sender("measuring"),
        received_at=WHEN,
        text=row.text,
        subject=row.subject,
        threadless=row.channel == "chat",
    )


def sorting(reads: Sequence[Read]) -> dict[str, float | None]:
    """How well categories were told. `accuracy`: of the likeliest; `decided`: where it was sure enough to say one."""
    inside = [one for one in reads if one.row.label != UNSORTED]
    outside = [one for one in reads if one.row.label == UNSORTED]
    decided = [one for one in inside if one.category != UNSORTED]
    return {
        "accuracy": share(inside, lambda one: one.likeliest[0] == one.row.label),
        "in_top_three": share(inside, lambda one: one.row.label in one.likeliest),
        "decided": share(inside, lambda one: one.category != UNSORTED),
        "right_of_decided": share(decided, lambda one: one.category == one.row.label),
        "left_unsorted": share(outside, lambda one: one.category == UNSORTED),
    }


def priorities(reads: Sequence[Read]) -> dict[str, float | None]:
    """How well hurry was told: of all, of what presses, and how much else was called pressing."""
    pressing = [one for one in reads if one.row.priority in PRESSING]
    urgent = [one for one in reads if one.row.priority == "urgent"]
    others = [one for one in reads if one.row.priority not in PRESSING]
    return {
        "right": share(reads, lambda one: one.priority == one.row.priority),
        "urgent_found": share(urgent, lambda one: one.priority == "urgent"),
        "pressing_found": share(pressing, lambda one: one.priority in PRESSING),
        "false_alarms": share(others, lambda one: one.priority in PRESSING),
    }


def facts(reads: Sequence[Read], field: str) -> dict[str, float | None]:
    """Precision and recall of one field, and how often it is there."""
    there = [fact for one in reads for fact in one.true_facts if fact[0] == field]
    found = [fact for one in reads for fact in one.facts if fact[0] == field]
    right = sum(1 for one in reads for fact in one.facts & one.true_facts if fact[0] == field)
    return {
        "precision": ratio(right, len(found)),
        "recall": ratio(right, len(there)),
        "n": len(there),
    }


def languages(reads: Sequence[Read]) -> dict[str, float | None]:
    """How often the language was told, of messages that have a letter; of others nobody can say one."""
    worded = [one for one in reads if any(sign.isalpha() for sign in one.row.text)]
    return {"right": share(worded, lambda one: one.language == one.row.language), "n": len(worded)}


def lengthened(row: Row, characters: int) -> Row:
    """The same words again and again, to so many characters."""
    return replace(row, subject="", text=(f"{row.text} " * (characters // len(row.text) + 1))[:characters])
