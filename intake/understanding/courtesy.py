"""Tell a mere "Thanks!" from a message that wants something. Pure; when in doubt, it wants something.

There is no list of words that forbid: every word must be known as a courtesy, so that "not", "but", "no" and whatever
else somebody may write are enough to end it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

LONGEST = 300  # characters; whoever writes more has something to say
LONGEST_PHRASE = 24  # words, or letters of a script without spaces


class Courtesy(StrEnum):
    """What a message of courtesies says."""

    THANKS = "thanks"  # an answer to nothing
    ASSENT = "assent"  # pleased or agreeing: to a question of ours it may be the answer


class _Kind(StrEnum):
    THANKS = "thanks"
    ASSENT = "assent"
    SMILE = "smile"
    FILLER = "filler"


# Scripts without spaces between words, and Korean, whose spaces people set as they like: taken letter by letter.
_UNSPACED = "\u0e00-\u0e7f\u2e80-\u2fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+|[^\w\s]", re.UNICODE)
_LETTERED = re.compile(rf"[{_UNSPACED}]")
_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f]")
_SMILEY = re.compile(r"(?<!\w)[:;=]-?[)D]+(?!\w)|\^_*\^")
_FROWN = re.compile(r"[:;=]['’]?-?[(\[/\\|]")
_QUESTION = re.compile("[?？؟;՞⁇⁈⁉❓❔]")
# What a mail program puts before the subject of an answer, with our own number behind it as in "Re[2]:".
_ANSWERS = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|vs|rv|ref|rif|res|odp|odpověď|ynt|yanıt|vá|atb|отв|ответ|відп|答复|回复|回覆|返信|回信|답장)"
    r"(?:\[\d{1,3}\])?\s*[:：]",
    re.IGNORECASE,
)
_EMOJI = {
    _Kind.ASSENT: "👍👌✅✔☑💯👏🎉🥳🙌💪🤝🆗🏆⭐🌟✨",
    _Kind.THANKS: "🙏",
    _Kind.SMILE: "😊🙂😀😃😄😁😆😉😇🥰😍🤗☺😘😌😎🤩❤🧡💛💚💙💜🖤🤍💕💖💗♥🌹💐🌸🌷🌺🌻🫶🍀☀🤓😋",
}
_EMOJI_KINDS = {sign: kind for kind, signs in _EMOJI.items() for sign in signs}
# What only changes how the sign before it looks: joiners, variation selectors, skin tones; and the vowel points of
# Hebrew and Arabic, which hardly anybody writes.
_DRESSING = re.compile("[\u0591-\u05c7\u0640\u064b-\u0652\u200b-\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")

Phrases = Mapping[tuple[str, ...], _Kind]


def warm_up() -> None:
    """Read the phrases, which the first short answer would otherwise wait for."""
    _lengths()


def judge(subject: str, text: str, names: Iterable[str] = ()) -> Courtesy | None:
    """What courtesy a message is, or None when it says more than that, or nothing.

    `text` are the new words alone. `names` are those of the sender, the agents and the company, which may be used in
    addressing and signing. A subject counts as unchanged when it says that it answers.
    """
    return _grade(text, _known_names(names)) if _says_no_more(subject) else None


def depends_on_names(subject: str, text: str) -> bool:
    """Could the message be a courtesy, if the words that mean nothing here were names? Most want something, and end it.

    Asks what `judge` asks, so that whoever has to look the names up need not do so for every message.
    """
    return _says_no_more(subject) and _grade(text, None) is not None


def _says_no_more(subject: str) -> bool:
    return not subject.strip() or _ANSWERS.match(subject) is not None or _grade(subject, {}) is not None


def _grade(text: str, names: Phrases | None) -> Courtesy | None:
    """`names`: None takes every other word for one."""
    text = text.strip()
    if not text or len(text) > LONGEST or _QUESTION.search(text) or _FROWN.search(text):
        return None
    smiles = _SMILEY.search(text) is not None
    kinds = _kinds(_tokens(_SMILEY.sub(" ", text)), names)
    if kinds is None:
        return None
    if smiles:
        kinds.add(_Kind.SMILE)
    if _Kind.ASSENT in kinds:
        return Courtesy.ASSENT
    if _Kind.THANKS in kinds:
        return Courtesy.THANKS
    # A smile alone may be meant as a yes.
    return Courtesy.ASSENT if _Kind.SMILE in kinds else None


def _kinds(tokens: list[str], names: Phrases | None) -> set[_Kind] | None:
    """What kinds of courtesy these words are, the longest phrase first; None when one of them is none."""
    kinds: set[_Kind] = set()
    phrases, lengths, at = _phrases(), _lengths(), 0
    longest_name = max(map(len, names or ()), default=1)
    while at < len(tokens):
        if (sign := _EMOJI_KINDS.get(tokens[at])) is not None:
            kinds.add(sign)
            at += 1
            continue
        longest = max(lengths.get(tokens[at], 1), longest_name)
        for length in range(min(longest, len(tokens) - at), 0, -1):
            phrase = tuple(tokens[at : at + length])
            if (kind := phrases.get(phrase) or (names or {}).get(phrase)) is not None:
                kinds.add(kind)
                at += length
                break
        else:
            if names is not None or not tokens[at][0].isalpha():
                return None
            at += 1
    return kinds


def _tokens(text: str) -> list[str]:
    """Words, letters of scripts without spaces, and every other sign for itself; without capitals and accents.

    Punctuation says nothing here. Digits stay, and are no courtesy: an order number is none.
    """
    shown = _DRESSING.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return [_plain(token) for token in _TOKEN.findall(shown) if not unicodedata.category(token[0]).startswith("P")]


def _plain(token: str) -> str:
    # A Korean syllable would fall apart into its letters.
    if token.isascii() or _LETTERED.match(token):
        return token
    return _MARKS.sub("", unicodedata.normalize("NFD", token))


def _known_names(names: Iterable[str]) -> Phrases:
    """Each name whole, and each word of it, for people are addressed by one of them."""
    known: dict[tuple[str, ...], _Kind] = {}
    for name in names:
        words = [word for word in _tokens(name[:LONGEST]) if word[0].isalpha()]
        known[tuple(words[:LONGEST_PHRASE])] = _Kind.FILLER
        for word in words:
            if len(word) > 1:
                known[(word,)] = _Kind.FILLER
    return known


@cache
def _phrases() -> Phrases:
    source = files("intake.understanding").joinpath("courtesy.toml").read_text("utf-8")
    found: dict[tuple[str, ...], _Kind] = {}
    # What is a thanks in one language and a consent in another is taken for the consent.
    for kind in (_Kind.FILLER, _Kind.THANKS, _Kind.ASSENT):
        for table in tomllib.loads(source).values():
            for phrase in table[kind]:
                found[tuple(_tokens(phrase))] = kind
    return found


@cache
def _lengths() -> Mapping[str, int]:
    """How long a phrase may be that begins with a word."""
    found: dict[str, int] = {}
    for phrase in _phrases():
        found[phrase[0]] = max(found.get(phrase[0], 1), len(phrase))
    return found
