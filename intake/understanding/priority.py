"""Judge how urgent a message is from signs in it, with the reasons an agent can read. The signs: signals.toml."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import product

from intake.understanding.words import Entry, Hit, Tokens, Words, tokens

LEVELS = ("urgent", "high", "normal", "low")
_MOST_REASONS = 3
_ANYWHERE = 3000
_HAN_IS_DENSE = 3  # a Han sign takes as much room as three letters


@dataclass(frozen=True, slots=True)
class Rule:
    """A level, how an agent reads it, and the signs that must all be there, so near to each other (letters)."""

    level: str
    reason: str
    signs: tuple[str, ...]
    within: int = _ANYWHERE


# The highest level with a rule that holds decides. Danger to people and property first, then what a date makes urgent.
RULES: tuple[Rule, ...] = (
    Rule("urgent", "danger", ("danger",)),
    Rule("urgent", "somebody may be hurt", ("hurt",)),
    Rule("urgent", "somebody may be hurt", ("eaten", "toxic"), 90),
    Rule("urgent", "fraud", ("hacked",)),
    Rule("urgent", "fraud", ("not_me", "money"), 90),
    Rule("urgent", "theft", ("stolen", "money"), 60),
    Rule("urgent", "a date within a day", ("today", "event"), 90),
    Rule("urgent", "needed within a day", ("today", "need"), 50),
    Rule("urgent", "says that it is urgent", ("urgent",)),
    Rule("high", "cannot wait", ("hurry",)),
    Rule("high", "legal threat", ("legal",)),
    Rule("high", "formal complaint", ("formal",)),
    Rule("high", "taken more than once", ("charged", "twice"), 60),
    Rule("high", "repeated contact", ("third_time", "contact"), 90),
    Rule("high", "has waited long", ("silence", "long")),
    Rule("high", "paid and not received", ("money_taken", "nothing", "long")),
    Rule("high", "locked out for long", ("locked", "long"), 90),
    Rule("high", "broken again", ("broken", "again"), 60),
    Rule("high", "broken again", ("broken", "third_time"), 60),
    Rule("high", "says how bad it is", ("hard",)),
    Rule("high", "a date within the week", ("this_week", "stay"), 120),
    Rule("low", "no hurry", ("calm",)),
)
# What these say is for later, unless a sign of the above is in it.
UNHURRIED = {"praise": "praise", "sales": "an offer to us", "spam": "spam"}

_DENIABLE = frozenset({"danger", "hurt", "hacked", "urgent", "legal", "hurry"})
_COVERS = frozenset({"calm", "harmless"})
# Right before a word, with a filler between at most: "no smoke", "not so urgent", "kein Notfall". Bounded.
_DENIAL = re.compile(
    r"(?:\b(?:not?|isn.?t|wasn.?t|aren.?t|without|never|nobody|nothing|kein\w{0,2}|nicht|nichts|ohne|niemand|no|sin|ningún"
    r"|ninguna?|nada|nadie|не|без|нет|никто)\s(?:(?:a|an|any|was|is|been|got|really|very|so|that|too|wirklich|sehr|so|ist|es|muy"
    r"|tan|la|el|был[аио]?|очень|так)\s)?|[不没沒未无無非][是有很太那么]{0,2})$",
    re.IGNORECASE,
)
_MOST_HITS = 6  # places of a word that are looked at, and of a sign that are tried with those of another
_HAN = "\u2e80"
_BEFORE = 24  # letters that a denial takes


@dataclass(frozen=True, slots=True)
class Urgency:
    """low, normal, high or urgent, and why."""

    priority: str
    reasons: tuple[str, ...] = ()


def warm_up() -> None:
    """Read the signals, which the first message would otherwise wait for."""
    _words()


def judge(subject: str, text: str, language: str | None) -> Urgency:
    """How urgent the message says it is. Never raises; nothing said means normal."""
    return judge_tokens(tokens(subject), tokens(text), language)


def judge_tokens(subject: Tokens, text: Tokens, language: str | None) -> Urgency:
    """The same, for who has cut the message into words already."""
    found = [_signs(part, language) for part in (subject, text)]
    reasons: dict[str, list[str]] = defaultdict(list)
    told = [(signs, place) for signs, place in zip(found, ("subject", "text"), strict=True) if signs]
    for rule in RULES if told else ():
        for signs, place in told:
            if (hits := _holds(rule, signs)) is not None:
                said = ", ".join(f'"{hit.found}"' for hit in sorted(hits, key=lambda hit: hit.start))
                reasons[rule.level].append(f"{rule.reason}: {said} in the {place}")
                break
    for level in LEVELS:
        if reasons[level]:
            return Urgency(level, tuple(dict.fromkeys(reasons[level]))[:_MOST_REASONS])
    return Urgency("normal")


def with_category(urgency: Urgency, category: str) -> Urgency:
    """The same, knowing what the message is about: praise and offers can wait, and a swindler's haste is none."""
    why = UNHURRIED.get(category)
    if why is None or (urgency.priority not in ("normal", "low") and category != "spam"):
        return urgency
    return replace(urgency, priority="low", reasons=(why,))


def higher(one: str, other: str) -> str:
    """The more urgent of two levels."""
    return min(one, other, key=LEVELS.index)


def _signs(part: Tokens, language: str | None) -> dict[str, list[Hit]]:
    """What is there of each sign, without what is denied and what stands in a harmless phrase."""
    hits = _words().find_all(part, language, _MOST_HITS)
    covering = [hit for hit in hits if hit.entry.label in _COVERS]
    signs: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        label = hit.entry.label
        if label not in _COVERS and any(_inside(hit, other) for other in covering):
            continue
        if label in _DENIABLE and _DENIAL.search(part.text[max(0, hit.start - _BEFORE) : hit.start]):
            continue
        signs[label].append(hit)
    return signs


def _holds(rule: Rule, signs: Mapping[str, Sequence[Hit]]) -> tuple[Hit, ...] | None:
    """The words that make a rule hold: one of each of its signs, near enough, and no word for two of them."""
    for sign in rule.signs:
        if sign not in signs:
            return None
    if len(rule.signs) == 1:
        return (signs[rule.signs[0]][0],)
    for hits in product(*(signs[sign][:_MOST_HITS] for sign in rule.signs)):
        if _span(hits) <= rule.within and not _share(hits):
            return hits
    return None


def _span(hits: Sequence[Hit]) -> int:
    between = max(hit.start for hit in hits) - min(hit.end for hit in hits)
    return between * (_HAN_IS_DENSE if any(hit.found[0] > _HAN for hit in hits) else 1)


def _share(hits: Sequence[Hit]) -> bool:
    return any(_inside(one, other) for one in hits for other in hits if one is not other)


def _inside(hit: Hit, other: Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end


@cache
def _words() -> Words:
    return Words(_entries())


def _entries() -> Iterable[Entry]:
    source = files("intake.understanding").joinpath("signals.toml").read_text("utf-8")
    for sign, languages in tomllib.loads(source).items():
        for language, entries in languages.items():
            for entry in entries.split(","):
                yield Entry(language, sign, 1, entry.strip())
