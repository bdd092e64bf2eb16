"""Decide what a message is about: the company's own words, then the model, then ours; else nobody guesses."""

from __future__ import annotations

from dataclasses import dataclass, replace

from intake.understanding.categories import NO_WORD, UNSORTED, Categories, Said, Verdict
from intake.understanding.category_file import WEIGHTS
from intake.understanding.model.model import Model, Opinion
from intake.understanding.plain_words import has_word, says_something
from intake.understanding.words import Tokens, tokens

_MOST_CHARACTERS = 4_000  # that are looked at; the model reads half as many
_CLEAR = WEIGHTS["words"]  # points: a word that names a wish, and none that names another
_RULED = 0.99  # as sure as a rule is that somebody wrote by hand
_MOST_CHOICES = 3
_CERTAIN = 0.998  # the probability of what stands among the examples, or is all but the same
_MOST_REASONS = 2  # of words, before the model's
_MOST_TOLD = 3
# From which probability on the model decides with no word for it or against, against the words, and between even ones;
# below which a word that names a wish decides alone. Chosen by cross-validation.
_ALONE, _OVER_WORDS, _EVEN, _LEANS = 0.98, 0.95, 0.9, 0.5
_TENDENCY, _LIKELY = 0.3, 0.1  # from which probability on the model leans to a category; and holds a second possible


@dataclass(frozen=True, slots=True)
class _InUse:
    categories: Categories
    model: Model | None


class Classifier:
    """Holds the categories and the model that are in use; both can be changed between two messages."""

    def __init__(self, categories: Categories, model: Model | None = None) -> None:
        """`model` is the one that nobody has taught. Without one the words decide alone."""
        self._untaught = model
        self._in_use = _InUse(categories, model)

    @property
    def categories(self) -> Categories:
        return self._in_use.categories

    @property
    def model(self) -> Model | None:
        return self._in_use.model

    def use(self, model: Model | None) -> None:
        """From the next message on."""
        self._in_use = replace(self._in_use, model=model)

    def use_categories(self, categories: Categories) -> None:
        """From the next message on. The model stays: what it knows of categories that are gone is not listened to."""
        self._in_use = replace(self._in_use, categories=categories)

    def judge(self, subject: str, text: str, language: str | None) -> Verdict:
        """What a message is about. The same words, categories and model give the same verdict."""
        return self.judge_tokens(tokens(subject), tokens(text), language)

    def judge_tokens(self, subject: Tokens, text: Tokens, language: str | None) -> Verdict:
        """The same, for who has cut the message into words already."""
        categories, model = self._in_use.categories, self._in_use.model
        if categories.has_rules:
            ruled = categories.said(subject, text, language, rules=True)
            if ruled.lead >= _CLEAR:
                return replace(ruled.verdict(), confidence=_RULED)
        said = categories.said(subject, text, language)
        whole = f"{subject.text}\n{text.text}"[:_MOST_CHARACTERS].strip()
        if model is None or not whole:
            return said.verdict()
        opinion = _known(model.judge(whole, language), categories)
        # Asked only where it matters: a second opinion costs as much as the first.
        taught = opinion.sure and model is not self._untaught and self._is_news(opinion, whole, language)
        speaks = says_something(subject.folded) or says_something(text.folded) or has_word(whole)
        verdict = _weighed(said, opinion, model, taught=taught, speaks=speaks)
        return replace(verdict, choices=opinion.ranking[:_MOST_CHOICES], model=model.version)

    def _is_news(self, opinion: Opinion, whole: str, language: str | None) -> bool:
        """Is it by the agents' labels that the model says so? Else it is no better than the one that nobody taught."""
        if self._untaught is None or opinion.ranking[0][1] >= _CERTAIN:
            return True
        before = self._untaught.judge(whole, language).ranking
        return before[:1] == () or before[0][0] != opinion.ranking[0][0]


def _known(opinion: Opinion, categories: Categories) -> Opinion:
    """What the model says of categories that there are. When its first is none of them, it is sure of nothing."""
    ranking = tuple(one for one in opinion.ranking if one[0] in categories.keys and one[0] != UNSORTED)
    sure = opinion.sure and ranking[:1] == opinion.ranking[:1]
    return replace(opinion, ranking=ranking, sure=sure)


def _weighed(said: Said, opinion: Opinion, model: Model, *, taught: bool, speaks: bool) -> Verdict:
    """What words and model say together.

    By cross-validation over our labelled messages (docs/measurements.md): where a word names what the model finds
    likeliest, that is right in 97 of 100, whether the model was sure or not. Where words name something else, or
    nothing, it must be all but certain. What agents have taught goes over our words, by itself.
    """
    first, chance = opinion.ranking[0] if opinion.ranking else (UNSORTED, 0.0)
    if opinion.sure and (taught or _may_decide(said, first, chance, speaks=speaks)):
        return Verdict(first, round(chance, 2), _reasons(said.reasons.get(first, []), opinion.reasons))
    if first in said.leaders and (said.lead or chance >= _EVEN):
        return Verdict(first, max(round(chance, 2), said.confidence), _reasons(said.reasons[first], opinion.reasons))
    # A word that names a wish decides where the model leans to nothing, and does not find that unlikely.
    if said.lead >= _CLEAR and chance < _LEANS:
        spoken, likely = said.leaders[0], [category for category, _ in opinion.ranking[:_MOST_CHOICES]]
        if spoken in likely or spoken not in model.labels:
            return said.verdict()
    return Verdict(UNSORTED, 0.0, (_undecided(said, opinion),))


def _may_decide(said: Said, first: str, chance: float, *, speaks: bool) -> bool:
    """May a model that agents have not taught decide what it is sure of? `speaks`: is more said than small words."""
    if first in said.leaders:
        return True
    return chance >= _OVER_WORDS if said.points else speaks and chance >= _ALONE


def _undecided(said: Said, opinion: Opinion) -> str:
    """Why nobody decided: between which two it lies, what the words name before what else the model finds likely."""
    likely = [category for category, chance in opinion.ranking if chance >= _LIKELY]
    if not likely or not (said.points or opinion.ranking[0][1] >= _TENDENCY):
        return "nothing in it says clearly what is wanted"
    first, *others = (category.replace("_", " ") for category in dict.fromkeys((likely[0], *said.leaders, *likely)))
    return f"not sure: {first} or {others[0]}" if others else f"not sure: perhaps {first}"


def _reasons(words: list[str], model: tuple[str, ...]) -> tuple[str, ...]:
    """What the words say, and what the model says besides: `word "broken"` is in `word "broken" in the text`."""
    more = [reason for reason in model if reason != NO_WORD and not any(reason.strip('"') in word for word in words)]
    return (*words[:_MOST_REASONS], *more)[:_MOST_TOLD] or ("the message as a whole",)
