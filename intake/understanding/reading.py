"""Everything that is understood of a message before it is stored, part by part. Pure: no database, no network.

A part that fails leaves what is known without it: a message is never lost for want of being understood.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from intake.message import Inbound
from intake.understanding import courtesy, facts, language, priority
from intake.understanding.categories import UNSORTED, Verdict
from intake.understanding.facts import Fact
from intake.understanding.language import Told
from intake.understanding.priority import Urgency
from intake.understanding.quotes import splitting
from intake.understanding.words import Tokens, tokens

log = structlog.get_logger()

_CLOCK = timedelta(days=2)  # a clock that differs more from ours is wrong
NO_WORDS = "nothing was written"  # the reason of a picture's category, until somebody writes


class Part(StrEnum):
    """What is understood of a message, in this order."""

    QUOTES = "quotes"
    LANGUAGE = "language"
    FACTS = "facts"
    PRIORITY = "priority"
    CATEGORY = "category"


class Sorter(Protocol):
    """What says what a message is about."""

    def judge_tokens(self, subject: Tokens, text: Tokens, language: str | None) -> Verdict: ...


class NotSorted(Exception):
    """What a message is about was not asked, for it seemed to go on in a request."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a message is about."""

    verdict: Verdict
    urgency: Urgency
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as we understand it. `reply_text` are the new words only; the whole text stays in the record.

    `verdict` is asked for what opens a request, not for what goes on in one: that would cost as much as all the rest.
    """

    reply_text: str
    told: Told = field(default_factory=Told)
    facts: tuple[Fact, ...] = ()
    urgency: Urgency = field(default_factory=lambda: Urgency("normal"))
    verdict: Verdict | None = None

    @property
    def language(self) -> str | None:
        """What its own words, or the telephone, say."""
        return self.told.language

    def matter(self) -> Matter:
        """What opens a request with this message. Raises NotSorted."""
        if self.verdict is None:
            raise NotSorted
        return Matter(self.verdict, priority.with_category(self.urgency, self.verdict.category), self.facts)


class Draft:
    """A reading while it is made: by one thread, which may never come back, and looked at by the one who waits."""

    def __init__(self, message: Inbound) -> None:
        self.message = message
        self.at: Part | None = None  # what is being done
        self.failed: dict[Part, str] = {}  # and why
        self.reply_text = message.text
        self.signature = ""
        self.told = Told()
        self.facts: tuple[Fact, ...] = ()
        self.urgency = Urgency("normal")
        self.verdict: Verdict | None = None
        self._words: tuple[Tokens, Tokens] | None = None

    def words(self) -> tuple[Tokens, Tokens]:
        """The subject and the new words, cut once for all that look words up. Not before the quotes are known."""
        if self._words is None:
            self._words = tokens(self.message.subject), tokens(self.reply_text)
        return self._words

    def reading(self) -> Reading:
        """What is understood so far."""
        return Reading(self.reply_text, self.told, self.facts, self.urgency, self.verdict)


def warm_up(languages: tuple[str, ...]) -> None:
    """Load the models that the first message would otherwise wait for. Takes about a second."""
    language.warm_up(languages)
    facts.warm_up()
    priority.warm_up()
    courtesy.warm_up()


class Reader:
    """Reads messages: with the company's languages, and what sorts."""

    def __init__(
        self, sorter: Sorter, languages: tuple[str, ...], numbers: Callable[[], facts.Patterns] = tuple
    ) -> None:
        """`languages` are those that the company answers in, `numbers` the shapes of its own numbers at present."""
        self._sorter = sorter
        self._languages = languages
        self._numbers = numbers
        self._steps: Mapping[Part, Callable[[Draft], None]] = {
            Part.QUOTES: _split,
            Part.LANGUAGE: self._tell,
            Part.FACTS: self._extract,
            Part.PRIORITY: _judge,
            Part.CATEGORY: self._sort,
        }

    def read(self, draft: Draft, parts: Collection[Part]) -> None:
        """Do these parts of the work. Never raises; `draft.failed` says what went wrong."""
        if draft.message.wordless:
            # The line is ours: it says neither what he wants nor in which language.
            draft.told = language.hinted(draft.message.sender.language, self._languages)
            draft.verdict = Verdict(UNSORTED, 0.0, (NO_WORDS,))
            return
        for part in Part:
            if part in parts:
                draft.at = part
                try:
                    self._steps[part](draft)
                except Exception as error:  # noqa: BLE001 - whatever it is, the message goes on
                    # A whole traceback would take longer to write than the message to read, and some fail in swarms.
                    where = traceback.extract_tb(error.__traceback__)[-1]
                    log.error(
                        "not understood", part=part, error=type(error).__name__, at=f"{where.name}:{where.lineno}"
                    )
                    draft.failed[part] = type(error).__name__
        draft.at = None

    def _tell(self, draft: Draft) -> None:
        words = f"{draft.message.subject}\n{draft.reply_text}"
        hint = draft.message.sender.language
        told = language.tell(words, self._languages, hint)
        draft.told = told if told.language is not None else language.hinted(hint, self._languages)

    def _extract(self, draft: Draft) -> None:
        message = draft.message
        words = facts.own_words(message.subject, draft.reply_text, draft.signature)
        written = _written_on(message)
        draft.facts = facts.extract(words, draft.told.language, numbers=self._numbers(), today=written)

    def _sort(self, draft: Draft) -> None:
        draft.verdict = self._sorter.judge_tokens(*draft.words(), draft.told.language)


def _split(draft: Draft) -> None:
    message = draft.message
    split = splitting.split(
        message.text,
        forwarded=splitting.is_forward(message.subject),
        answers=splitting.is_answer(message.subject, message.references),
    )
    draft.reply_text, draft.signature = split.reply, split.signature


def _written_on(message: Inbound) -> date:
    """The day on which it was written, there where its writer is, unless his clock is wrong."""
    sent = message.sent_at
    return (sent if sent is not None and abs(sent - message.received_at) < _CLOCK else message.received_at).date()


def _judge(draft: Draft) -> None:
    draft.urgency = priority.judge_tokens(*draft.words(), draft.told.language)
