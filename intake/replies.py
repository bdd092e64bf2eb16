"""Render what customers read. The only code that knows templates; nothing in a template or a message makes it fail.

An operator's template that is missing or broken gives way to the built-in text, and `problems` says so.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import structlog
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from intake.agents.quoted import EXAMPLE
from intake.message import Mark
from intake.words.formatted import html_lines, says, untagged
from intake.words.marks import moved
from intake.words.occasions import CASE_STEPS, FORM_LINES, Event, Listed, Rendered, ReplyFacts, form_lines
from intake.words.subjects import answering, one_line

_FALLBACK_LANGUAGE = "en"
_LONGEST = 64 * 1024  # characters besides the agent's words, which are never cut
_FROM_TEXT = "from_text.html.j2"

_NUMBERED = (Event.ACKNOWLEDGED, Event.ANSWERED, Event.ASKED, Event.UNDERSTOOD, Event.CHOSEN, Event.CLOSED)
# What a template cannot do without.
_MISSING = {
    Event.ANSWERED: "the agent's words are missing: write {{ words }}, or {{ lines }} in a loop",
    Event.ASKED: "the questions are missing: write {{ questions }}",
    Event.FORM: f"it has a line for each of {', '.join(FORM_LINES)}",
}

# Whatever an operator's template can raise: it must not keep an answer from a customer.
_BROKEN = (
    *(TemplateError, OSError, RuntimeError, MemoryError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)

# No `replace`, `center`, `indent`, `format`, `range`: a few letters that make gigabytes.
_FILTERS = ("capitalize", "d", "default", "e", "escape", "first", "join", "last", "length", "lower", "title", "trim")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Mail:
    """The plain-text template, rendered and taken apart."""

    language: str
    is_own: bool  # the operator's
    subject: str
    body: str


Values = Mapping[str, object]

_SAMPLE = ReplyFacts(
    *("R-1042", "Maria Example", "First line\n\nLast line", "Kim", "A question", EXAMPLE),
    requests=(Listed("R-1042", "open", chosen=True), Listed("R-1041", "resolved")),
    pages=2,
)


class Replies:
    """The company's words: built-in templates, with the operator's own folder over them. Files are read once."""

    def __init__(
        self, templates_dir: Path | None, languages: tuple[str, ...], default_language: str, company: str
    ) -> None:
        self._dir = templates_dir
        self._languages = languages
        self._default = default_language
        self._company = one_line(company)
        built_in = PackageLoader("templates", "")
        self._built_in_names = frozenset(built_in.list_templates())
        own = FileSystemLoader(templates_dir) if templates_dir is not None else None
        self._own_names = frozenset(own.list_templates()) if own is not None else frozenset()
        self._built_in = _Sandbox(built_in)
        # Built-in texts are rendered here too, so that an operator's layout.html.j2 frames them.
        self._own = _Sandbox(ChoiceLoader([own, built_in])) if own is not None else self._built_in

    def render(self, event: Event, language: str | None, facts: ReplyFacts) -> Rendered:
        """The words for an event that has every form, in `language` if the company speaks it, else in its default."""
        chain = self._chain(language)
        mail = self._mail(event, chain, facts)
        return Rendered(mail.subject, mail.body, self._html(event, mail, facts), self._chat(event, chain, facts))

    def words(self, event: Event, language: str | None, facts: ReplyFacts) -> str:
        """The words for an event in a chat."""
        return self._chat(event, self._chain(language), facts)

    def problems(self) -> tuple[str, ...]:
        """Everything that will not come out as the operator wants it, a sentence each with file and line."""
        found = [] if self._dir is None or self._dir.is_dir() else [f"{self._dir}: there is no such folder."]
        wanted = [(*which, form) for which in product(self._languages, Event) for form in which[1].forms]
        for language, event, form in wanted:
            name = _name(language, event, form)
            if name in self._own_names | self._built_in_names:
                found += self._faults(name, event, form, language)
            elif form != "html":  # without one, HTML is made from the text
                found.append(f"{self._place(name)} is missing: customers get {self._default} instead, or English.")
        known = {_name(*which) for which in wanted} | self._built_in_names
        for name in sorted(self._own_names - known):
            if not name.startswith("macros/"):
                found.append(f"{self._place(name)} is never used: no such event, form or configured language.")
        return tuple(dict.fromkeys(found))

    def _faults(self, name: str, event: Event, form: str, language: str) -> Iterator[str]:
        try:
            output = self._own.run(name, self._values(event, language, _SAMPLE))
            _split(output, event, _SAMPLE) if form == "txt" else _with_words(output, event, _SAMPLE)
        except _BROKEN as error:
            file, line = _where(error, self._place(name))
            yield f"{file}, line {line}: {_reason(error)}; the built-in text is sent instead."

    def _place(self, name: str) -> str:
        return str(self._dir / name) if self._dir is not None else f"templates/{name}"

    def _chain(self, language: str | None) -> tuple[str, ...]:
        """The languages to try, first to last. One that the company does not speak is not tried."""
        asked = (language or "").lower()
        spoken = [code for code in self._languages if code.lower() in (asked, asked.partition("-")[0])]
        return tuple(dict.fromkeys((*spoken[:1], self._default, _FALLBACK_LANGUAGE)))

    def _values(self, event: Event, language: str, facts: ReplyFacts) -> Values:
        """What a template of this event may name; anything else is an error that `problems` reports.

        Nothing that the sender chose is offered to a text that we send by ourselves: open forms whose acknowledgement
        repeated a name or a subject were used to send spam to others.
        """
        values: dict[str, object] = {"company": self._company, "language": language}
        if event in _NUMBERED:
            values["number"] = facts.number
        if event in CASE_STEPS:
            step = facts.step
            values |= {"number": facts.number, "type": step.type, "why": step.why, "send_to": step.send_to}
            values["words"] = facts.words
        if event is Event.ASKED:
            values |= {"questions": facts.words, "opened": facts.opened}
        if event is Event.UNDERSTOOD:
            values |= {"facts": facts.words, "opened": facts.opened, "complete": facts.complete}
        if event is Event.LISTED:
            values |= {"requests": facts.requests, "page": facts.page, "pages": facts.pages}
        if event is Event.ANSWERED:
            values |= {
                "words": facts.words,
                "lines": tuple(facts.words.splitlines()),
                "agent": one_line(facts.agent_name),
                "customer": one_line(facts.customer_name),
                "subject": answering(facts.subject, facts.number),
                "quoted": facts.quoted,
            }
        return values

    def _mail(self, event: Event, chain: tuple[str, ...], facts: ReplyFacts) -> _Mail:
        for language in chain:
            name = _name(language, event, "txt")
            for own, output in self._outputs(name, self._values(event, language, facts)):
                try:
                    subject, body = _split(output, event, facts)
                except ValueError as error:
                    _report(name, error)
                    continue
                return _Mail(language, own, subject, body)
        raise AssertionError("the built-in English texts are complete: a test proves it")

    def _html(self, event: Event, mail: _Mail, facts: ReplyFacts) -> str:
        """The HTML that says the same as the text: never the built-in words beside an operator's own."""
        name = _name(mail.language, event, "html")
        values = dict(self._values(event, mail.language, facts))
        if event is Event.ANSWERED:
            values["lines"] = _html_lines(facts.words, facts.marks)
        for own, output in self._outputs(name, values):
            # By what is read: formatting may change in the middle of a word.
            if own >= mail.is_own and _has_words(untagged(output), event, facts):
                return output
        lines = _html_lines(mail.body, moved(facts.marks, facts.words, mail.body))
        values = {"company": self._company, "language": mail.language, "lines": lines}
        return next(output for _, output in self._outputs(_FROM_TEXT, values))

    def _chat(self, event: Event, chain: tuple[str, ...], facts: ReplyFacts) -> str:
        for language in chain:
            name = _name(language, event, "chat")
            for _, output in self._outputs(name, self._values(event, language, facts)):
                if _has_words(output, event, facts):
                    return output
        raise AssertionError("the built-in English texts are complete: a test proves it")

    def _outputs(self, name: str, values: Values) -> Iterator[tuple[bool, str]]:
        """What the template renders to, and whether it is the operator's own: his first, then the built-in one."""
        own = name in self._own_names
        attempts = [(own, self._own)] if own or name in self._built_in_names else []
        if name in self._built_in_names and self._own is not self._built_in:
            attempts.append((False, self._built_in))
        for is_own, environment in attempts:
            try:
                yield is_own, environment.run(name, values)
            except _BROKEN as error:
                _report(name, error)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Templates that can show what they are given and nothing more: no calls, no arithmetic that eats the memory."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader,
            autoescape=lambda name: bool(name and name.endswith(".html.j2")),
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.globals.clear()
        self.filters = {name: function for name, function in self.filters.items() if name in _FILTERS}

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
        # 'a' * 10**8 and '%099999999d' % 1 pass jinja's own sandbox and take 100 MB each.
        raise SecurityError(f"a template may not calculate with {operator}")

    def is_safe_callable(self, obj: object) -> bool:
        return isinstance(obj, (Macro, BlockReference, LoopContext))

    def run(self, name: str, values: Values) -> str:
        """Render, or raise one of _BROKEN. The agent's words may be of any length, what is around them may not."""
        longest = _LONGEST + 12 * len(str(values))
        parts, length = [], 0
        for part in self.get_template(name).generate(dict(values)):
            parts.append(part)
            if (length := length + len(part)) > longest:
                raise ValueError(f"it renders to more than {_LONGEST} characters")
        return "".join(parts)


def _split(output: str, event: Event, facts: ReplyFacts) -> tuple[str, str]:
    """Subject and body. The subject is the first line, so nothing that follows can pretend to be one."""
    head, _, body = output.partition("\n")
    if not head.startswith("Subject:") or not head.removeprefix("Subject:").strip():
        raise ValueError('the first line must be "Subject: …"')
    if not body.startswith("\n"):
        raise ValueError("an empty line must follow the subject")
    return one_line(head.removeprefix("Subject:")), _with_words(body[1:].rstrip(), event, facts)


def _with_words(output: str, event: Event, facts: ReplyFacts) -> str:
    if not _has_words(output, event, facts):
        raise ValueError(_MISSING.get(event, "it says nothing"))
    return output


def _has_words(output: str, event: Event, facts: ReplyFacts) -> bool:
    """An answer without the agent's words would be lost without a trace; so would what a case needs."""
    match event:
        case Event.ANSWERED | Event.ASKED:
            return says(output, facts.words)
        case Event.FORM:
            return form_lines(output).keys() >= set(FORM_LINES)
    return bool(output.strip())


def _html_lines(text: str, marks: tuple[Mark, ...]) -> tuple[Markup, ...]:
    return tuple(Markup(line) for line in html_lines(text, marks))  # noqa: S704 - escaped there


def _name(language: str, event: Event, form: str) -> str:
    return f"{language}/{event}.{form}.j2"


def _report(name: str, error: BaseException) -> None:
    log.warning("template failed", template=name, reason=_reason(error))


def _reason(error: BaseException) -> str:
    return str(error).rstrip(".").split("\n")[0] or type(error).__name__


def _where(error: BaseException, file: str) -> tuple[str, int]:
    """The template's file and line that an error comes from; `file` where it does not say."""
    if isinstance(error, TemplateSyntaxError):
        return error.filename or file, error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return (frames[-1].filename, frames[-1].lineno or 1) if frames else (file, 1)
