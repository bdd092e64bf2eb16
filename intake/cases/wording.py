"""What the form says in each language, rendered once: no transaction waits for a template."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import product

from intake.cases.reading import bare
from intake.message import Choice
from intake.replies import Replies
from intake.words.occasions import FACTS, Event, Rendered, ReplyFacts, form_lines

NUMBER_TO_COME = "R-NUMBERTOCOME"  # stands in a text until its request has a number
LINES_TO_COME = "LINESTOCOME"  # stands where the questions come, or what was understood
SKIP, LATER = "skip", "later"
BUTTON = "case"  # begins what the form's buttons carry
LONGEST_SAID = 40  # characters of a product that are said back
# A name that can be no link, no address and no sentence that somebody wants to have sent.
_HARMLESS = re.compile(r"[\w][\w #+'()-]*")
_FIRST_SENTENCE = re.compile(r"[^?？]{1,200}[?？]")


@dataclass(frozen=True, slots=True)
class Told:
    """Something that was understood: which fact, and how it is said back."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class FormWords:
    """The form in one language."""

    lines: Mapping[str, str]
    asked: Mapping[bool, Rendered]  # by: it is the acknowledgement, else a message of its own
    understood: Mapping[tuple[bool, bool, bool], Rendered]  # by: opened, complete, with facts

    def question(self, name: str) -> str:
        return self.lines[f"{name}?"]

    def said(self, which: str) -> str:
        """The words for a press: "skipped", "put off"."""
        return self.lines[which]

    def choices(self, request: int, question: str) -> tuple[Choice, ...]:
        """The buttons below a question in a chat."""
        skip = Choice(self.lines[SKIP], token(SKIP, request, question))
        return skip, Choice(self.lines[LATER], token(LATER, request, question))

    def asks(self, number: str, questions: Sequence[str], *, chat: bool, opened: bool) -> Rendered:
        """The message that asks: a mail for everything, numbered; a chat for one thing after the other.

        `opened`: it is the acknowledgement, too.
        """
        numbered = [f"{place}. {self.question(name)}" for place, name in enumerate(questions, 1)]
        return _filled(self.asked[opened], number, [self.question(questions[0])] if chat else numbered)

    def says_back(self, number: str, told: Sequence[Told], *, opened: bool, complete: bool) -> Rendered:
        """What was understood."""
        lines = [f"{self.lines[one.fact]}: {one.value}" for one in told]
        return _filled(self.understood[opened, complete, bool(told)], number, lines)

    def written(self) -> dict[str, tuple[str, ...]]:
        """By question how it reads in a letter of ours, whole and in part: to know it from an answer."""
        found = {}
        for name in FACTS:
            whole, first = self.question(name), _FIRST_SENTENCE.match(self.question(name))
            found[name] = (whole, *((first[0],) if first else ()), self.lines[name])
        return found

    def frame(self) -> frozenset[str]:
        """The other lines of our letters, bare."""
        lines = [line for made in self.asked.values() for line in made.text.splitlines()]
        return frozenset(bare(line) for line in lines if NUMBER_TO_COME not in line) - {""}


class FormTexts:
    """The form in each language of the company. `warm_up` renders it, or else its first use does."""

    def __init__(self, replies: Replies, languages: Sequence[str], default: str) -> None:
        self._replies = replies
        self._languages = tuple(dict.fromkeys((*languages, default)))
        self._default = default
        self._words: dict[str, FormWords] = {}

    def of(self, language: str | None) -> FormWords:
        spoken = language if language in self._languages else self._default
        if spoken not in self._words:
            self._words[spoken] = _words(self._replies, spoken)
        return self._words[spoken]

    def warm_up(self) -> None:
        """Render every language."""
        for language in self._languages:
            self.of(language)


def token(verb: str, request: int, question: str) -> str:
    """What a button of the form carries."""
    return f"{BUTTON}:{verb}:{request}:{question}"


def harmless(value: str) -> bool:
    """May this be said back to somebody who has written it, or in whose name it was written?"""
    return len(value) <= LONGEST_SAID and _HARMLESS.fullmatch(value) is not None


def _words(replies: Replies, language: str) -> FormWords:
    ways = product((True, False), repeat=3)
    return FormWords(
        lines=form_lines(replies.words(Event.FORM, language, ReplyFacts(""))),
        asked={
            opened: replies.render(
                Event.ASKED, language, ReplyFacts(NUMBER_TO_COME, words=LINES_TO_COME, opened=opened)
            )
            for opened in (True, False)
        },
        understood={
            (opened, complete, facts): replies.render(
                Event.UNDERSTOOD,
                language,
                ReplyFacts(NUMBER_TO_COME, words=LINES_TO_COME if facts else "", opened=opened, complete=complete),
            )
            for opened, complete, facts in ways
        },
    )


def _filled(made: Rendered, number: str, lines: Sequence[str]) -> Rendered:
    text = "\n".join(lines)
    html = "<br>".join(escape(line) for line in lines)
    return Rendered(
        subject=made.subject.replace(NUMBER_TO_COME, number),
        text=made.text.replace(NUMBER_TO_COME, number).replace(LINES_TO_COME, text),
        html=made.html.replace(NUMBER_TO_COME, number).replace(LINES_TO_COME, html),
        chat=made.chat.replace(NUMBER_TO_COME, number).replace(LINES_TO_COME, text).strip(),
    )
