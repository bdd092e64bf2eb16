"""Judge how urgent a message is from signs in it, with the reasons an agent can read. The signs: signals.toml."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import islice, product

from intake.understanding.counted import counted, meant
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
    peril: bool = False  # to people or to money: it presses in an offer, too


# The highest level with a rule that holds decides; `a|b` is one of the two. Danger to people and property first, then
# what a date makes urgent; then threats, what goes wrong again, and what a near date or a long wait makes worse.
_WRONG = "bad|broken|nothing|locked"
_DAY = "today|soon"
_WEEK = "this_week|by_day"
RULES: tuple[Rule, ...] = (
    Rule("urgent", "danger", ("danger",), peril=True),
    Rule("urgent", "danger", ("hot", "thing"), 60, peril=True),
    Rule("urgent", "somebody may be hurt", ("hurt",), peril=True),
    Rule("urgent", "somebody may be hurt", ("eaten", "toxic"), 90, peril=True),
    Rule("urgent", "fraud", ("hacked",), peril=True),
    Rule("urgent", "fraud", ("not_me", "money"), 90, peril=True),
    Rule("urgent", "theft", ("stolen", "money"), 60, peril=True),
    Rule("urgent", "money is being taken now", ("taking",)),
    Rule("urgent", "a date within a day", (_DAY, "event"), 90),
    Rule("urgent", "needed within a day", (_DAY, "need"), 50),
    Rule("urgent", "needed within a day", ("now", "locked"), 90),
    Rule("urgent", "somebody is ill and waits", ("ill", "nothing|none_left"), 120),
    Rule("urgent", "in pain, and asks for today", ("pain", f"{_DAY}|now"), 90),
    Rule("urgent", "stands there and cannot go on", ("here", _WRONG), 120),
    Rule("urgent", "to be stopped within a day", ("stop", f"{_DAY}|now"), 90),
    Rule("urgent", "says that it is urgent", ("urgent",)),
    Rule("high", "cannot wait", ("hurry",)),
    Rule("high", "legal threat", ("legal",)),
    Rule("high", "means to make it public, or to take the money back", ("threat",)),
    Rule("high", "formal complaint", ("formal",)),
    Rule("high", "taken more than once", ("charged", "twice"), 60),
    Rule("high", "repeated contact", ("nth_letter",)),
    Rule("high", "repeated contact", ("third_time", "contact"), 90),
    Rule("high", "repeated contact", ("often", "contact"), 40),
    Rule("high", "wrong again and again", ("often", "redone"), 40),
    Rule("high", "wrong again and again", ("broken_often",)),
    Rule("high", "wrong again and again", ("third_time", _WRONG), 120),
    Rule("high", "has waited long", ("silence", "long")),
    Rule("high", "has waited long", ("waiting", "long"), 60),
    Rule("high", "waits for days, and nobody answers", ("days", "silence|nothing"), 90),
    Rule("high", "paid and not received", ("money_taken", "nothing", "long")),
    Rule("high", "locked out for long", ("locked", "long|days"), 90),
    Rule("high", "broken again", ("broken|bad", "again"), 60),
    Rule("high", "says how bad it is", ("hard",)),
    Rule("high", "ends soon", ("expires", f"{_DAY}|{_WEEK}"), 90),
    Rule("high", "a date is near, and something is wrong", ("soon|by_day", _WRONG), 90),
    Rule("high", "cries out", ("shout", "nothing|locked|silence|soon|by_day"), 120),
    Rule("high", "to be stopped before a date", ("stop", _WEEK), 120),
    Rule("high", "a date within the week", ("by_day", "stay|event"), 120),
    Rule("high", "a date within the week", ("this_week", "stay|event"), 60),
    Rule("low", "no hurry", ("calm",)),
)
# What these say is for later; an offer that must be answered today is one, too, unless it speaks of a peril.
UNHURRIED = {"praise": "praise", "sales": "an offer to us", "spam": "spam"}

_DENIABLE = frozenset({"danger", "hurt", "hacked", "urgent", "legal", "hurry"})
_SHOUT = Entry("", "shout", 1, "!!")
_CRY = re.compile("[!！]{2,}")
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
    """low, normal, high or urgent, and why; `peril`: there is one to people or to money."""

    priority: str
    reasons: tuple[str, ...] = ()
    peril: bool = False


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
    peril = False
    told = [(signs, place) for signs, place in zip(found, ("subject", "text"), strict=True) if signs]
    for rule in RULES if told else ():
        for signs, place in told:
            if (hits := _holds(rule, signs)) is not None:
                said = ", ".join(f'"{hit.found}"' for hit in sorted(hits, key=lambda hit: hit.start))
                reasons[rule.level].append(f"{rule.reason}: {said} in the {place}")
                peril = peril or rule.peril
                break
    for level in LEVELS:
        if reasons[level]:
            return Urgency(level, tuple(dict.fromkeys(reasons[level]))[:_MOST_REASONS], peril)
    return Urgency("normal")


def with_category(urgency: Urgency, category: str) -> Urgency:
    """The same, knowing what the message is about: praise and offers can wait, and a swindler's haste is none."""
    why = UNHURRIED.get(category)
    if why is None or _presses_still(urgency, category):
        return urgency
    return Urgency("low", (why,))


def _presses_still(urgency: Urgency, category: str) -> bool:
    if category == "spam" or urgency.priority != "urgent":
        return False
    return category == "praise" or urgency.peril


def higher(one: str, other: str) -> str:
    """The more urgent of two levels."""
    return min(one, other, key=LEVELS.index)


def _signs(part: Tokens, language: str | None) -> dict[str, list[Hit]]:
    """What is there of each sign, without what is denied and what stands in a harmless phrase."""
    found = _words().find_all(counted(part), language, _MOST_HITS)
    hits = [replace(hit, found=part.text[hit.start : hit.end]) for hit in found]
    covering = [hit for hit in hits if hit.entry.label in _COVERS]
    signs: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        label = hit.entry.label
        if label not in _COVERS and any(_inside(hit, other) for other in covering):
            continue
        if label in _DENIABLE and _DENIAL.search(part.text[max(0, hit.start - _BEFORE) : hit.start]):
            continue
        signs[label].append(hit)
    for cry in islice(_CRY.finditer(part.text), _MOST_HITS):
        signs[_SHOUT.label].append(Hit(_SHOUT, cry[0], *cry.span()))
    return signs


def _holds(rule: Rule, signs: Mapping[str, Sequence[Hit]]) -> tuple[Hit, ...] | None:
    """The words that make a rule hold: one of each of its signs, near enough, and no word for two of them."""
    of_each: list[Sequence[Hit]] = []
    for sign in rule.signs:
        hits = [hit for one in sign.split("|") for hit in signs.get(one, ())]
        if not hits:
            return None
        of_each.append(sorted(hits, key=lambda hit: hit.start)[:_MOST_HITS])
    if len(of_each) == 1:
        return (of_each[0][0],)
    for together in product(*of_each):
        if _span(together) <= rule.within and not _share(together):
            return together
    return None


def _span(hits: Sequence[Hit]) -> int:
    between = max(hit.start for hit in hits) - min(hit.end for hit in hits)
    return between * (_HAN_IS_DENSE if any(max(hit.found) > _HAN for hit in hits) else 1)


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
                yield from (Entry(language, sign, 1, sought) for sought in meant(entry.strip()))
