"""Find the writer's name below his letter: behind closing words, in the last lines, or at the end of a chat's line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.people import words
from intake.understanding.facts.people.checks import checked, is_firm, is_like_a_name, is_surely_a_name
from intake.understanding.facts.people.chinese import below_a_chinese_letter, chinese_closing
from intake.understanding.facts.people.first_names import FIRST_NAMES, NAMES_IN_SMALL
from intake.understanding.facts.people.roles import ROLES
from intake.understanding.facts.people.shapes import ADDRESSED, LOW, NAME, TOGETHER, UP, WORD

_MOST_LINES = 60  # at the end of a letter, that are looked at
_MOST_BELOW = 8  # lines of a signature
_MOST_AFTER_CLOSING = 3  # lines in which a name follows closing words
_LONGEST_LINE = 120
_LONGEST_BESIDE = 50  # characters beside a name: a firm, a place
_FEW = 3
_FEW_WORDS = 2  # in small letters, of what is no sentence
_FEW_SIGNS = 8  # of a Chinese name with a title, and its full stop
_LONGEST_SIGNED = 70  # characters: what is longer is a sentence

_EITHER = rf"(?P<name>{WORD} [\"“„(]{WORD}[\"”“)] {WORD}|{WORD}{TOGETHER}{WORD}(?: {WORD})?|{NAME[9:-1]})"
_LEAD = rf"[\s>*_~–—-]{{0,4}}(?i:(?:{ROLES})[ ,:–—-]{{1,3}}){{0,2}}{ADDRESSED}"
_AT_THE_START = re.compile(
    rf"^{_LEAD}{_EITHER}(?P<also> [一-鿿]{{1,4}})?(?=[.!]?$|\s?[,|/(;–—•\0]|\s-|\s{{2,}}|[.]\s?\0)"
)
_BEHIND = re.compile(
    rf"(?P<mark>[,|/;–—•\0).!?…»”\"]|\s-)\s{{0,3}}{_LEAD}{_EITHER}(?P<rest>[.!]?|,? ?\0[\0\s.,;:|/()–—-]{{0,80}}"
    rf"| \([^()]{{0,40}}\)| (?:del?|aus|from|из) [^,.!?\0]{{2,20}}|, [^.!?\0]{{2,40}}(?:, ?\0[\0\s]*)?)$"
)
_SMALL_BEHIND = re.compile(
    rf"(?:^|[,.!?…)–—\0:]\s{{0,2}}|\n)(?P<name>[{LOW}]{{2,14}}(?: [{LOW}]\.?)?)(?P<mark>[.!]?)$", re.IGNORECASE
)
_SMALL_CLOSED = re.compile(
    rf"(?<![^\W_]){words.CLOSINGS}\s?[,!.]?\s(?:(?:ihr|ihre|dein|deine|euer|eure|tu|su"
    rf"|yours) )?(?P<name>[{LOW}]{{2,14}})[.!]?$",
    re.IGNORECASE,
)
_CLOSING = re.compile(rf"^[^\w]{{0,6}}{words.CLOSINGS}(?P<rest>[^\w].{{0,60}})?$", re.IGNORECASE)
_MID_CLOSING = re.compile(
    rf"(?:[.!?,;)…]|\s[-–—])\s{{1,3}}{words.CLOSINGS}\s?[,!.]?\s{ADDRESSED}(?P<name>(?-i:{WORD}(?: {WORD}){{0,2}}))"
    rf"(?:[.!]?|[,|] .{{2,40}})$",
    re.IGNORECASE,
)
_CLOSING_WORD = (
    r"(?:regards|wishes|thanks|thank you|cheers|gr(?:ü|ue?)(?:ß|ss)(?:e|en)?|danke?|saludos?|salu2|abrazos?|besos"
    r"|gracias|уважением|спасибо|благодар\w{1,7}|доброго|приветом)"
)
_CLOSING_LINE = re.compile(
    rf"^(?:[^.?!]{{0,36}}(?<![^\W_]){_CLOSING_WORD}|{_CLOSING_WORD}(?![^\W_])[^.?!:]{{0,30}})[\s,.!;–—-]{{0,4}}$",
    re.IGNORECASE,
)
_THANKS_TO = re.compile(r"(?:thank|thx|dank|gracias|спасибо)", re.IGNORECASE)
_FROM_A_PLACE = re.compile(rf" (?:in|from|aus|de|из) [{UP}][\w-]{{2,24}}$")
_DASHED = re.compile(rf"^(?:[-–—~/]{{1,2}}|——)\s?{_LEAD}{_EITHER}[.]?$")
_MARKED = re.compile(r"^-- ?$|^_{2,}$|^-{2,}$")
_SMALL_LINE = re.compile(rf"^(?P<name>[{LOW}]{{2,14}}(?: [{LOW}]{{2,16}})?)[.!]?$")
_IN_SENTENCES = re.compile(rf"(?<![^\W_.@/-])[{LOW}]{{3,}}(?![\w.@/-]*[@/])")
_HAN = re.compile(r"[一-鿿]")
_IN_ADDRESSES = re.compile(r"[省市区县镇乡路街道巷弄村号號栋楼室座]")
_HAN_MARKS = re.compile(r"[，。！？,!?]")
_THANKS = ("谢谢", "感谢", "多谢")
_FAMILY = re.compile(r"(?<![^\W_])(?:familie|fam\.|familia|family|семья|супруги) $", re.IGNORECASE)
_ENDS = frozenset('.!?。！？,)…\0»"”:;：')
# "my wife, Anna": whoever stands right before is somebody else.
_NOT_THE_WRITER = re.compile(
    r"(?<![^\W_])(?:wife|husband|son|daughter|mother|father|brother|sister|friend|colleague|neighbou?r|driver"
    r"|agent|boss"
    r"|frau|mann|sohn|tochter|mutter|vater|bruder|schwester|freund(?:in)?|kolleg(?:e|in)|nachbar(?:in)?|fahrer(?:in)?"
    r"|mitarbeiter(?:in)?|mujer|marido|hij[oa]|madre|padre|herman[oa]|amig[oa]|compañer[oa]|vecin[oa]|agente"
    r"|жена|муж|сын|дочь|мама|папа|брат|сестра|друг|подруга|коллега|сосед(?:ка)?|курьер|менеджер|оператор"
    r"|hi|hello|hallo|dear|liebe|lieber|hola|привет|und|and|or|oder|y|o|и|или|with|mit|con|von|from|für|for|para|para)"
    r"\s{0,2}$",
    re.IGNORECASE,
)
_CONTACTS = (
    r"(?:[\s\0,;|/·•.:()—–-]|(?:tel|phone|mob|mobil|mobile|telefon|handy|e-?mail|mail|fax|тел|моб|почта|手机"
    r"|电话|邮箱|whatsapp)(?![^\W_一-鿿])|邮编[:： ]?[0-9]{6})*$"
)
_ONLY_CONTACT = re.compile(rf"^(?i:{_CONTACTS})")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with words in it, without its blanks: where it starts, and does an empty line stand before it?"""

    start: int
    text: str
    apart: bool


def signed(text: str) -> Iterator[Fact]:
    """A name below the closing words of a letter, behind them, or alone at its end."""
    lines = _last_lines(text)
    if not lines:
        return
    reached = -1
    for index in range(len(lines)):
        facts = [*_closed(lines, index)]
        if facts:
            reached = index
            yield from facts
    if reached < 0 or len(lines) - reached > _MOST_BELOW:
        yield from _below(lines)


def _last_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    end = len(text)
    while end > 0 and len(lines) < _MOST_LINES:
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end]
        stripped = line.strip()
        if stripped:
            begin = start + line.index(stripped[0])
            cut = max(0, len(stripped) - _LONGEST_LINE)
            apart = text.rfind("\n", 0, max(0, start - 1)) == start - 2 or start == 0
            lines.append(Line(begin + cut, stripped[cut:], apart))
        end = start - 1
    return lines[::-1]


# ---- closing words


def _closed(lines: list[Line], index: int) -> Iterator[Fact]:
    line = lines[index]
    last = index + 1 == len(lines)
    if (match := _CLOSING.match(line.text)) is not None and (match["rest"] or "").strip(" ,!.;:~–—-\0😊🙂🙏👍"):
        thanks = _THANKS_TO.search(line.text) is not None
        if last or (not thanks and (index or len(lines) < 3)) or _ends_here(lines, index):
            yield from _behind_closing(line, match, last=last)
    elif match is not None or _is_closing(line.text):
        yield from _after_closing(lines, index)
    elif _MARKED.match(line.text) and not last:
        yield from _named(lines[index + 1], 0.7, single=False)
    elif (found := chinese_closing(line.text)) is not None:
        yield from below_a_chinese_letter([(line.start + found, line.text[found:])])
        below = lines[index + 1 : index + 3]
        facts = [*below_a_chinese_letter([(one.start, one.text) for one in below])]
        yield from facts or [fact for one in below[:1] for fact in _named(one, 0.7, single=True)]
    elif index >= len(lines) - 2 and (match := _MID_CLOSING.search(line.text)) is not None:
        yield from checked(match, 0.75, single=True, shift=line.start)


def _ends_here(lines: list[Line], index: int) -> bool:
    """Does nothing of a letter follow? "Thank you, Samira!" is what the letter is about that begins so."""
    return all(
        _ONLY_CONTACT.match(one.text)
        or (index > 0 and one.text[-1] not in ".!?…" and len(_IN_SENTENCES.findall(one.text)) < _FEW_WORDS)
        for one in lines[index + 1 :]
    )


def _is_closing(text: str) -> bool:
    return len(text) <= _LONGEST_SIGNED and _CLOSING_LINE.match(text) is not None


def _behind_closing(line: Line, match: re.Match[str], *, last: bool) -> Iterator[Fact]:
    rest = match["rest"]
    name = _FROM_A_PLACE.sub("", rest.strip(" ,!;:~–—-\0😊🙂🙏👍").lstrip(". "))
    at = match.start("rest") + rest.index(name)
    comma = rest.lstrip()[:1] in ",!.;–—-"
    known = name.rstrip(".!,").lower() in FIRST_NAMES
    if comma or known or " " in name or not _THANKS_TO.match(line.text):
        behind = Line(line.start + at, name, apart=False)
        yield from _named(behind, 0.8, single=True, small=last and known, whole=True)


def _after_closing(lines: list[Line], index: int) -> Iterator[Fact]:
    """The first sure name in the next lines, or else the very next line: a firm's may stand above or below."""
    below = lines[index + 1 : index + 1 + _MOST_AFTER_CLOSING]
    if not below or _CLOSING.match(below[0].text) or _is_closing(below[0].text):
        return
    for line in below:
        if facts := [*_named(line, 0.85, single=True, sure=True)]:
            yield from facts
            return
    if facts := [*_named(below[0], 0.8, single=True, small=index + 2 == len(lines))]:
        yield from facts
    else:
        yield from below_a_chinese_letter([(one.start, one.text) for one in below[:2]])


def _named(
    line: Line, confidence: float, *, single: bool, sure: bool = False, small: bool = False, whole: bool = False
) -> Iterator[Fact]:
    """The name with which a line begins; `sure`: only one that is known to be a name."""
    match = _AT_THE_START.match(line.text) or _DASHED.match(line.text)
    if match is None and small:
        match = _SMALL_LINE.match(line.text)
    if match is None or (whole and match.end() < len(line.text.rstrip(".!,"))):
        return
    if is_firm(line.text) and not is_surely_a_name(match["name"]):
        return
    if not sure or is_surely_a_name(match["name"]) or _FAMILY.search(line.text[: match.start("name")]):
        yield from checked(match, confidence, single=single, shift=line.start)


# ---- no closing words


def _below(lines: list[Line]) -> Iterator[Fact]:
    """A name in the short lines at the very end, or else where the last sentence ends."""
    first = len(lines)
    while first > max(0, len(lines) - _MOST_BELOW) and not _is_sentence(lines[first - 1].text):
        first -= 1
    below = lines[first:]
    if first == 0:
        first, below = 1, below[1:]
    before = lines[first - 1].text
    ended = before[-1] in _ENDS or before.endswith(_THANKS) or (first < len(lines) and lines[first].apart)
    facts = [*_in_short_lines(below, ended=ended)]
    if not facts:
        facts = [*_at_the_end(lines, below)]
    yield from facts


def _is_sentence(text: str) -> bool:
    if _ONLY_CONTACT.match(text):
        return False
    if len(_HAN.findall(text)) > 14 and (_HAN_MARKS.search(text) or len(_IN_ADDRESSES.findall(text)) < 3):
        return True
    if len(text.replace("\0", "")) > _LONGEST_SIGNED:
        return True
    return (
        text.endswith(("?", "？"))
        or (text.endswith(("。", "！")) and len(text) > _FEW_SIGNS)
        or len(_IN_SENTENCES.findall(text)) > 2
    )


def _in_short_lines(below: list[Line], *, ended: bool) -> Iterator[Fact]:
    found = [[*_named(line, 0.7, single=True, sure=True)] or [*_behind_a_mark(line)] for line in below]
    if any(found):  # "Familie Holm", and below it "Ines Holm"
        yield from next((facts for facts in found if facts and " " in facts[0].value), next(filter(None, found)))
        return
    if ended:
        facts = [*below_a_chinese_letter([(line.start, line.text) for line in below])]
        if not facts and below:
            facts = [*_probably_named(below)]
        yield from facts


def _probably_named(below: list[Line]) -> Iterator[Fact]:
    """Two words that nothing else is said of, or one below which there is little."""
    match = _AT_THE_START.match(below[0].text)
    if (
        match is None
        or below[0].text[-1] in ".!"
        or is_firm(match["name"])
        or len(below[0].text) - match.end("name") > _LONGEST_BESIDE
    ):
        return
    few = len(below) <= _FEW and below[0].text.rstrip(".!,").endswith(match["name"])
    if is_like_a_name(match["name"]) or few:
        yield from checked(match, 0.6, single=few, shift=below[0].start)


def _behind_a_mark(line: Line) -> Iterator[Fact]:
    """ "Purchasing, Jonas Birk": only a name that is known to be one."""
    match = _BEHIND.search(line.text)
    if match is None:
        return
    if _FAMILY.search(line.text[: match.start("name")]):
        yield from checked(match, 0.65, single=True, shift=line.start)
    elif is_surely_a_name(match["name"]) and not _NOT_THE_WRITER.search(line.text[: match.start()]):
        beside = match["rest"].startswith(", ") and match["rest"].strip(", \0")
        if beside and (" " not in match["name"] or match["mark"] not in ".!?…" or not is_firm(beside)):
            return  # "I met Bob. Anna Schmidt, whom you know, told me"
        if match["mark"] != "," or " " in match["name"] or match["name"].lower() in NAMES_IN_SMALL:
            yield from checked(match, 0.65, single=True, shift=line.start)


def _at_the_end(lines: list[Line], below: list[Line]) -> Iterator[Fact]:
    """Behind the last sentence, with nothing but ways to reach him behind it."""
    if all(_ONLY_CONTACT.match(one.text) for one in below):
        line = lines[len(lines) - len(below) - 1]
    else:
        return
    if facts := [*_behind_a_mark(line)]:
        yield from facts
        return
    for pattern in (_SMALL_CLOSED, _SMALL_BEHIND):
        match = pattern.search(line.text)
        if match is None or (match.start() == 0 and len(lines) == 1):
            continue
        name = match["name"].lower()
        if name.split()[0] in NAMES_IN_SMALL and not _NOT_THE_WRITER.search(line.text[: match.start()]):
            yield Fact("name", match["name"], line.start + match.start("name"), line.start + match.end("name"), 0.6)
            return
    yield from below_a_chinese_letter([(line.start, line.text)], sentence=True)
