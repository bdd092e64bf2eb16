"""Everything that is understood of a message before it is stored. Pure: no database, no network, no clock."""

from __future__ import annotations

from dataclasses import dataclass

from intake.message import Inbound
from intake.understanding import courtesy, facts, language, priority, quotes
from intake.understanding.categories import UNSORTED, Categories, Verdict
from intake.understanding.facts import Fact
from intake.understanding.priority import Urgency
from intake.understanding.words import tokens

NO_WORDS = "nothing was written"  # the reason of a picture's category, until somebody writes


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as we understand it. `reply_text` are the new words only; the whole text stays in the record."""

    reply_text: str
    language: str | None
    verdict: Verdict
    urgency: Urgency
    facts: tuple[Fact, ...]


def warm_up(languages: tuple[str, ...]) -> None:
    """Load the models that the first message would otherwise wait for. Takes about a second."""
    language.warm_up(languages)
    facts.warm_up()
    courtesy.warm_up()


def read(message: Inbound, categories: Categories, languages: tuple[str, ...]) -> Reading:
    """Understand a message. `languages` are those that the company answers in."""
    hint = _primary(message.sender.language)
    prior = hint if hint in languages else None
    if message.wordless:
        # The line is ours: it says neither what he wants nor in which language.
        return Reading(message.text, prior, Verdict(UNSORTED, 0.0, (NO_WORDS,)), Urgency("normal"), ())
    new_words = quotes.split(
        message.text,
        forwarded=quotes.is_forward(message.subject),
        answers=quotes.is_answer(message.subject, message.references),
    ).reply
    spoken = language.detect(f"{message.subject}\n{new_words}", languages, prior=prior) or prior
    subject, text = tokens(message.subject), tokens(new_words)
    return Reading(
        reply_text=new_words,
        language=spoken,
        verdict=categories.judge_tokens(subject, text, spoken),
        urgency=priority.judge_tokens(subject, text, spoken),
        facts=facts.extract(f"{message.subject}\n{new_words}", spoken),
    )


def _primary(code: str | None) -> str | None:
    """`zh` of `zh-hans` (RFC 5646 §2.2.1)."""
    return code.partition("-")[0].lower() if code else None
