"""Tell which of the company's languages a text is written in. Pure; never guesses from nothing."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock
from typing import Protocol

from intake.understanding.language_words import greeted, small_words, weigh

# Enough to be sure, and a bound on the work that a sender can cause.
_LONGEST = 400

# Web and mail addresses, @names, numbers. ASCII only, for Chinese puts no space behind them; bounded, to stay linear.
_NOT_WORDS = re.compile(
    r"(?:https?://|www\.)[!-~]+|[A-Za-z0-9.+_-]{1,64}@[!-~]+|[@#/][A-Za-z]\w*|[A-Za-z]{0,9}\d[A-Za-z\d]*"
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_WORD = re.compile("[a-z\u00df-\u024f]+")

# Code points that belong to one script, in order; every other letter counts by its Unicode name.
_SCRIPTS = (
    ("latin", "\u0041", "\u024f"),
    ("greek", "\u0370", "\u03ff"),
    ("cyrillic", "\u0400", "\u052f"),
    ("hebrew", "\u0590", "\u05ff"),
    ("arabic", "\u0600", "\u06ff"),
    ("devanagari", "\u0900", "\u097f"),
    ("thai", "\u0e00", "\u0e7f"),
    ("hangul", "\u1100", "\u11ff"),
    ("latin", "\u1e00", "\u1eff"),
    ("kana", "\u3040", "\u30ff"),
    ("han", "\u3400", "\u9fff"),
    ("hangul", "\uac00", "\ud7af"),
    ("han", "\uf900", "\ufaff"),
)

# Languages that are not written in Latin letters. A language that is missing here counts as Latin.
_WRITTEN_IN = {
    "han": ("zh", "ja"),  # in this order: Han without kana is Chinese where both are spoken
    "kana": ("ja",),
    "hangul": ("ko",),
    "cyrillic": ("ru", "uk", "bg", "be", "sr", "mk", "kk", "ky", "mn"),
    "greek": ("el",),
    "hebrew": ("he", "yi"),
    "arabic": ("ar", "fa", "ur", "ps", "ug"),
    "devanagari": ("hi", "mr", "ne"),
    "thai": ("th",),
}
_NOT_LATIN = frozenset(code for codes in _WRITTEN_IN.values() for code in codes) - {"sr"}

# With one or two words the likeliest language is often a guess; from this lead on it was right in 19 of 20 trials.
_CLEAR_MARGIN = 1.0
_A_FEW = 3  # words; fewer are a weak sign in every tool
_A_FEW_SIGNS = 5

# One Han sign or Hangul syllable says as much as several letters of an alphabet.
_DENSE = {"han": 3, "kana": 2, "hangul": 2}

# What only Japanese writes of Han alone: signs simplified in its own way or made there, and words; then what only
# Chinese does. Without kana they tell the two from each other.
_ONLY_JAPANESE = re.compile(
    "[込働畑峠枠円図団価単売読実変対県駅広帰覧録済経検験応択歩渋満鉄払仏拡様関権観歓勧続総縄発徴従悪圧囲壊歴帯塩処"
    "辺戻沢訳釈乗剰険黒頼剤楽薬焼労営栄厳戦両雑桜脳銭巻圏歳児稲毎覚挙気]|注文|返品|返金|領収|請求書|荷物|予約|送料|配達|"
    "新規|削除|入荷|出荷|編集"
)
_ONLY_CHINESE = re.compile("[的吗嗎呢吧啊您你们們这這那么麼没沒哪谁誰怎她]|(?<![完終修])了(?![解承])")


class _Identifier(Protocol):
    labels: list[str]
    tk_nextmove: object
    tk_output: object
    tk_row: object

    def rank(self, text: str) -> list[tuple[str, float]]: ...

    def set_languages(self, langs: list[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What a text tells of its language. A few words in a script of several languages yield to the conversation."""

    language: str | None = None
    yields_to: frozenset[str] = frozenset()  # the languages that may have been meant as well

    def given(self, conversation: str | None) -> str | None:
        """The language, when the conversation is in another so far."""
        return conversation if conversation in self.yields_to else self.language


def detect(text: str, languages: tuple[str, ...], prior: str | None = None) -> str | None:
    """The one of `languages` that `text` is written in, or None when there is nothing to go by.

    `prior` is the language of the conversation so far; it decides when fewer than three words are there. A script that
    only one of the languages uses decides before it.
    """
    return tell(text, languages).given(_named(prior, languages))


def tell(text: str, languages: tuple[str, ...], hint: str | None = None) -> Told:
    """The same for who learns of the conversation later. `hint` is what the wire says: less than a greeting does."""
    known = {code.lower().partition("-")[0]: code for code in reversed(languages)}
    cleaned = _NOT_WORDS.sub(" ", text[: 2 * _LONGEST])[:_LONGEST]
    script = _script(cleaned)
    choices = _choices(script, tuple(known)) if script is not None else ()
    if script is None or not choices:
        return Told()
    told_by_wire = _named(hint, languages)
    said = next((code for code, name in known.items() if name == told_by_wire), None)
    answer, may_be = _among(cleaned, script, choices, said)
    if script == "latin":
        may_be = tuple(known) if may_be else ()  # "ok" is written in every language
    return Told(known[answer] if answer is not None else None, frozenset(known[code] for code in may_be))


def hinted(hint: str | None, languages: tuple[str, ...]) -> Told:
    """What the wire says alone, when nothing was written."""
    return Told(_named(hint, languages), frozenset(languages))


def _named(code: str | None, languages: tuple[str, ...]) -> str | None:
    """The one of `languages` that a code means: `es-MX` and `es_MX` mean `es`."""
    sought = (code or "").lower().replace("_", "-").partition("-")[0]
    return next((one for one in languages if one.lower().partition("-")[0] == sought), None)


def warm_up(languages: tuple[str, ...] = ()) -> None:
    """Load the model (about a second) before the first message needs it."""
    _tables.of([code.lower().partition("-")[0] for code in languages])
    detect("a text of more than three words", languages or ("en", "de"))


def _script(text: str) -> str | None:
    """The script that most of the text is written in, None when it has no letters."""
    weights: Counter[str] = Counter()
    for letter, times in Counter(text).items():
        if letter.isalpha() and (name := _script_of(letter)):
            weights[name] += times * _DENSE.get(name, 1)
    if not weights:
        return None
    if len(weights) > 1 and weights["latin"]:
        # Names of things are written in Latin letters in every language, and so are codes; sentences have small words.
        small = small_words(_LATIN_WORD.findall(text.lower()))
        weights["latin"] = weights["latin"] * 3 // (9 if small == 0 else 3 if small == 1 else 2)
    # Japanese mixes both; a few kana among many Han signs still mean Japanese.
    if weights["kana"] and weights["kana"] + weights["han"] > sum(weights.values()) / 2:
        return "kana"
    return max(weights, key=lambda name: weights[name])


@cache
def _script_of(letter: str) -> str:
    for name, first, last in _SCRIPTS:
        if first <= letter <= last:
            return name
    # Full-width Latin, letters of mathematics and the like: what the name says.
    return unicodedata.name(letter, "").partition(" ")[0].lower()


@lru_cache(maxsize=256)
def _choices(script: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the known languages that are written in this script."""
    if script in _WRITTEN_IN:
        return tuple(code for code in _WRITTEN_IN[script] if code in known)
    if script in ("latin", "fullwidth", "mathematical"):
        return tuple(sorted(code for code in known if code not in _NOT_LATIN))
    return ()


def _among(text: str, script: str, choices: tuple[str, ...], hint: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The language, and which others may have been meant."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if script in ("han", "kana"):
        return _of_han(text, script, choices, sum(map(len, words)), hint)
    if len(choices) == 1 and (script != "latin" or len(words) >= _A_FEW):
        return choices[0], ()
    if len(words) >= _A_FEW:
        return _likeliest(text, words, choices, 0.0), ()
    if (named := greeted(words, choices)) is not None:
        return named, choices
    if hint is not None and (script == "latin" or hint in choices):
        return hint, choices
    return _likeliest(text, words, choices, _CLEAR_MARGIN), choices


def _of_han(
    text: str, script: str, choices: tuple[str, ...], signs: int, hint: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """Chinese and Japanese separate no words. Han alone is Chinese, unless signs or the conversation say otherwise."""
    if script == "kana" or len(choices) == 1:
        return choices[0], ()
    if _ONLY_JAPANESE.search(text) and not _ONLY_CHINESE.search(text):
        return "ja", ()
    if _ONLY_CHINESE.search(text) or signs >= _A_FEW_SIGNS:
        return "zh", ()
    return hint if hint in choices else choices[0], choices


def _likeliest(text: str, words: list[str], choices: tuple[str, ...], margin: float) -> str | None:
    """The likeliest of the choices, None when its lead (in log-probability) is within `margin`."""
    identifier = _identifier(choices)
    points = dict.fromkeys(choices, 0.0) if identifier is None else dict(identifier.rank(text))
    for code, more in weigh(words, choices).items():
        if code in points:
            points[code] += more
    ranking = sorted(points, key=lambda code: -points[code])
    if len(ranking) > 1 and points[ranking[0]] - points[ranking[1]] <= margin:
        return None
    return ranking[0] if points[ranking[0]] or identifier is not None else None


@lru_cache(maxsize=64)
def _identifier(languages: tuple[str, ...]) -> _Identifier | None:
    """One identifier for each set of languages, never changed after it was made, so that threads may share it.

    Restricting to the company's languages is the largest gain in accuracy, and costs nothing.
    """
    model = _tables.of(languages)
    possible = sorted(set(languages) & set(model.labels))
    if not possible:
        return None
    restricted = copy.copy(model)  # shares the large tables with the model
    restricted.set_languages(possible)
    return restricted


class _Tables:
    """The model, of the languages that were asked for: all of its 142 would take 27 MB more. When another is asked for,
    it is read anew."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: set[str] = set()
        self._model: _Identifier | None = None

    def of(self, languages: Collection[str]) -> _Identifier:
        """A model that knows these, and those that were asked for before. About a second when it is read."""
        with self._lock:
            if self._model is None or not self._asked.issuperset(languages):
                self._asked.update(languages)
                self._model = self._read()
            return self._model

    def _read(self) -> _Identifier:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # only who detects pays for it

        whole = LanguageIdentifier.from_model_file(MODEL_FILE)
        whole.set_languages(sorted(self._asked.intersection(whole.labels)))
        steps = self._model or whole  # the same for all languages, and 40 MB: never there twice
        narrow: _Identifier = LanguageIdentifier(
            *(whole.nb_ptc, whole.nb_pc, whole.nb_classes, steps.tk_nextmove, steps.tk_output), tk_row=steps.tk_row
        )
        return narrow


_tables = _Tables()
