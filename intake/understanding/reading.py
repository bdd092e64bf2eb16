"""Everything that is understood of a message before it is stored. Pure: no database, no network, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from intake.message import Inbound
from intake.understanding import courtesy, facts, language, priority, quotes
from intake.understanding.categories import UNSORTED, Verdict
from intake.understanding.classifier import Classifier
from intake.understanding.facts import Fact
from intake.understanding.priority import Urgency
from intake.understanding.words import Tokens, tokens

log = structlog.get_logger()

LONG_TEXT = 2_000  # characters; a hostile text of so many costs 20 ms, an ordinary one 3
NO_WORDS = "nothing was written"  # the reason of a picture's category, until somebody writes


@dataclass(frozen=True, slots=True)
class Matter:
    """What a message is about."""

    verdict: Verdict
    urgency: Urgency
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as we understand it. `reply_text` are the new words only; the whole text stays in the record.

    `matter` is asked for what opens a request, not for what goes on in one: most messages cost half as much so. Of a
    long text it is known before anybody asks.
    """

    reply_text: str
    language: str | None
    matter: Callable[[], Matter]


def warm_up(languages: tuple[str, ...]) -> None:
    """Load the models that the first message would otherwise wait for. Takes about a second."""
    language.warm_up(languages)
    facts.warm_up()
    courtesy.warm_up()


def read(message: Inbound, classifier: Classifier, languages: tuple[str, ...]) -> Reading:
    """Understand a message. `languages` are those that the company answers in."""
    hint = _primary(message.sender.language)
    prior = hint if hint in languages else None
    if message.wordless:
        # The line is ours: it says neither what he wants nor in which language.
        wordless = Matter(Verdict(UNSORTED, 0.0, (NO_WORDS,)), Urgency("normal"), ())
        return Reading(message.text, prior, lambda: wordless)
    new_words = quotes.split(
        message.text,
        forwarded=quotes.is_forward(message.subject),
        answers=quotes.is_answer(message.subject, message.references),
    ).reply
    spoken = language.detect(f"{message.subject}\n{new_words}", languages, prior=prior) or prior
    ask = partial(_matter, message.subject, new_words, spoken, classifier)
    if len(message.text) <= LONG_TEXT:
        return Reading(new_words, spoken, ask)
    known = ask()
    return Reading(new_words, spoken, lambda: known)


def _matter(subject: str, new_words: str, spoken: str | None, classifier: Classifier) -> Matter:
    first, rest = tokens(subject), tokens(new_words)
    return Matter(
        verdict=_verdict(classifier, first, rest, spoken),
        urgency=priority.judge_tokens(first, rest, spoken),
        facts=facts.extract(f"{subject}\n{new_words}", spoken),
    )


def _verdict(classifier: Classifier, subject: Tokens, text: Tokens, spoken: str | None) -> Verdict:
    try:
        return classifier.judge_tokens(subject, text, spoken)
    except Exception as error:
        # What a message is about can be said by an agent; what it says must not wait for that.
        log.exception("categories failed")
        return Verdict(UNSORTED, 0.0, (f"sorting it failed ({type(error).__name__})",))


def _primary(code: str | None) -> str | None:
    """`zh` of `zh-hans` (RFC 5646 §2.2.1)."""
    return code.partition("-")[0].lower() if code else None
