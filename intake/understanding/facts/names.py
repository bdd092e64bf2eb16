"""Find how the writer is called: where he says so, in a form's field, and below his letter. Never whom he addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from intake.understanding.facts import name_words as words
from intake.understanding.facts.fact import Fact
from intake.understanding.facts.first_names import FIRST_NAMES
from intake.understanding.facts.name_checks import checked, is_like_a_name

_MOST = 20  # names said in one text
_MOST_CONTACTS = 6  # lines below a name
_MOST_LINES = 60  # at the end of a letter, that are looked at for a signature
_LONGEST_LINE = 120
_LONGEST_FIRM = 60

_UP = r"A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĢĪĮİĶĹĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽА-ЯЁІЇЄ"
_LOW = r"a-zß-öø-ÿāăąćčďđēėęěģīįıķĺľłńņňōőœŕřśşšţťūůűųźżžа-яёіїє'’"
_WORD = (
    rf"(?:[{_UP}]\.(?![{_LOW}{_UP}])|(?:Fco|Mª|Ma|Wm)\."
    rf"|[{_UP}][{_LOW}{_UP}]{{0,24}}(?:[-‐][{_UP}{_LOW}][{_LOW}]{{1,20}})?)"
)
_TOGETHER = r"(?:[ \u00a0](?:and|und|y|e|и|&)[ \u00a0])"
_PARTICLE = r"(?:van der|van den|von der|van|von|zu|de la|de los|de|del|dos|da|di|du|la|bin|al|el|y|ter|ten|le)"
_NAME = rf"(?P<name>{_WORD}(?:[ \u00a0](?:{_PARTICLE}[ \u00a0]){{0,1}}{_WORD}){{0,3}})"
_ADDRESSED = rf"(?i:{words.TITLES})"

_SAID = tuple(
    (re.compile(rf"(?<![^\W_])(?i:{before})(?:[ \u00a0]{{1,2}}[\"“«„]?|\s?[:,]\s?){_ADDRESSED}{_NAME}"), alone)
    for before, alone in words.SAID
)
_SAID_SMALL = re.compile(
    rf"(?<![^\W_])(?:my name(?: is|'s)|me llamo|mi nombre es|меня зовут|mein name ist|ich hei(?:ß|ss)e)\s"
    rf"(?P<name>[{_LOW}]{{2,16}}(?: [{_LOW}]{{3,18}})?)(?=\s{{0,2}}(?:[,.;!\n]|$|and |und |y |и ))",
    re.IGNORECASE,
)
_GREETED = re.compile(
    rf"(?:^|(?<=\n))\s{{0,2}}(?:(?:hi|hey|hello|hallo|moin|servus|hola|buenas|алло|привет|здравствуйте),?!? )"
    rf"(?:it'?s|this is|hier(?: ist)?|aqu[íi]|это|я)\s(?P<name>[{_LOW}]{{3,12}})(?=[,.!\n]|$| (?:can|could|here) )",
    re.IGNORECASE,
)
_FIELD = re.compile(
    rf"(?:^|(?<=\n)|(?<=[;；,，"
    rf"|。]))[ \t>*•·-]{{0,6}}(?:\d{{1,2}}[.)]\s{{0,2}})?"
    rf"(?i:{words.FIELDS})\s{{0,2}}[*]{{0,2}}[:：=]\s{{0,3}}[*]{{0,2}}{_ADDRESSED}"
    rf"(?:{_NAME}(?=\s{{0,3}}(?:[,;.|(\n\r/]|$|[–—-]\s|[^\x00-\x7F]))"
    rf"|(?P<han>[一-鿿]{{2,4}}(?:·[一-鿿]{{1,6}})?)(?![一-鿿]))"
)
_HAN_SAID = (
    re.compile(rf"{words.CHINESE_SAID[0]}[:：\s]?(?:(?P<han>[一-鿿]{{2,4}})(?![一-鿿])|{_NAME})"),
    re.compile(
        rf"{words.CHINESE_SAID[0]}[:：\s]?(?P<han>[一-鿿]{{2,3}}?)(?=[，,。.\s!！；;、]|想|要|在|的|昨|上|今|买|购|手机|电话|订|我|于)"
    ),
    re.compile(rf"{words.CHINESE_SAID[1]}(?P<han>[一-鿿]{{2,3}})(?=[，,。.\s!！；;、(（]|$)"),
)
_HAN_RECEIVES = re.compile(r"(?:^|(?<=[\n,，]))[ ]?(?P<han>[一-鿿]{2,4}?)\s?(?:先生|女士|小姐)?\s?收(?=[\s,，\0]|$)")
_HAN_CALLED = re.compile(
    r"我叫(?P<han>(?!快递|客服|外卖|人|车|他|她|你|您|救护|滴滴|顺丰|师傅)[一-鿿]{2,5})(?=[,，。.!！~\n]|$)"
)
_RUSSIAN_CALLED = re.compile(rf"(?<![^\W_])[Мм]еня {_NAME} (?:звать|зовут)(?![^\W_])")
_FROM_A_PLACE = re.compile(rf" (?:in|from|aus|de|из) [{_UP}][\w-]{{2,24}}$")
_HERE = re.compile(
    rf"(?:^|(?<=[.,!?\n] )|(?<=\n)){_ADDRESSED}{_NAME} (?:here|hier|speaking|беспокоит|пишет|на связи)(?=[\s.,!:]|$)"
)
_HERE_GERMAN = re.compile(rf"(?:^|(?<=[.,!?\n] )|(?<=\n))[Hh]ier {_ADDRESSED}{_NAME}(?=[,.:!])")
_NOT_ANY_MORE = re.compile(rf"(?:{_WORD} ){{1,3}}?{_WORD}\"?,? (?:not|nicht mehr|no longer|ya no|y no|а не) \"?{_NAME}")
# What follows a single word that is a name: "This is Anna from Leeds", "I'm Tom, and …".
_AFTER_ONE = re.compile(
    r"\s?(?:[,.!;:\n–—-]|$|from\b|here\b|again\b|and (?:i|my|we)\b|aus\b|und ich\b|de [A-ZÁ]|y \w|из\b|и я\b)"
)
# "Eva Brandt, Goethestraße 5, 04109 Leipzig": what is found already is not there any more.
_BEFORE_CONTACT = re.compile(
    rf"(?:[:：\n,!?]|\.(?=\s)|^|(?<!\w)(?:an|to|für|for"
    rf"|para)(?=\s))\s{{0,2}}{_ADDRESSED}{_NAME}\s?,?\s?\n?"
    rf"(?:(?i:bei|c/o|z\. ?hd\.|attn) [^\n\0]{{2,40}}\n)?(?i:tel\.?:?\s?|mobil:?\s?|phone:?\s?)?\0{{6}}"
)
_CLOSING = re.compile(rf"^[^\w]{{0,6}}{words.CLOSINGS}(?P<rest>[^\w].{{0,60}})?$", re.IGNORECASE)
_HAN_CLOSING = re.compile(rf"^\s*{words.CHINESE_CLOSINGS}[!！。,，~～\s]{{0,4}}(?P<rest>.{{0,30}})$")
_MID_CLOSING = re.compile(
    rf"(?:[.!?,;)…]|\s[-–—])\s{{1,3}}{words.CLOSINGS}\s?[,!.]?\s{_ADDRESSED}(?P<name>{_WORD}"
    rf"(?: {_WORD}){{0,2}})[.!]?$",
    re.IGNORECASE,
)
_WHOLE_NAME = re.compile(
    rf"^{_ADDRESSED}(?P<name>{_WORD}{_TOGETHER}{_WORD}(?: {_WORD})?|{_NAME[9:-1]})(?=$|\s?[,|/(;–—•]|\s-|\s{{2,}})"
)
_SMALL_NAME = re.compile(rf"^(?P<name>[{_LOW}]{{2,14}}(?: [{_LOW}]{{2,16}})?)[.!]?$")
_ROLES = (
    r"(?:(?:Учительница|Учитель|Мама|Бабушка|Director|Manager|Einkauf|Vertrieb"
    r"|采购部|市场部|业务部|销售部|客户)[ :：,]{1,2})?"
)
_CONTACTS = (
    r"(?:[\s\0,;|/·•.:()—–-]|(?:tel|phone|mob|mobil|mobile|telefon|handy|e-?mail|mail|fax|тел|моб|почта|手机"
    r"|电话|邮箱|whatsapp)(?![^\W_一-鿿])|邮编[:： ]?[0-9]{6})*$"
)
_AT_THE_END = re.compile(
    rf"(?:^|\0,?\s|(?<!Mr)(?<!Mrs)(?<!Ms)(?<!Dr)(?<!Sr)(?<!Sra)[.!?…。！？)»”][\s]{{0,3}}){_ROLES}{_ADDRESSED}"
    rf"(?P<name>{_WORD}{_TOGETHER}{_WORD}(?: {_WORD})?"
    rf"|{_NAME[9:-1]})(?=[\s,;.!|\0(—–-]|$)(?i:{_CONTACTS})"
)
_HAN_AT_THE_END = re.compile(
    rf"(?:^|[。！？!?，,\0\s])(?:——|--|—)?\s?{_ROLES}(?P<han>[一-鿿]{{2,3}}?)(?:\s?(?:先生|女士|小姐|敬上))?收?(?=[\s\0,，。]"
    rf"|$)(?i:{_CONTACTS})"
)
_ENDS = frozenset('.!?。！？,)…\0»"”')
_ONLY_CONTACT = re.compile(rf"^(?i:{_CONTACTS})")
_DASHED = re.compile(rf"^(?:[-–—~/]{{1,2}}|——)\s?(?:{_NAME}|(?P<han>[一-鿿]{{2,4}}))[.]?$")
_HAN_LINE = re.compile(r"^(?P<han>[一-鿿]{2,4}?)(?:\s?(?:先生|女士|小姐|敬上|谨上|上))?$")
_MARKED = re.compile(r"^-- ?$|^_{2,}$|^-{2,}$")


def names(text: str) -> Iterator[Fact]:
    """The writer's name, each place where it stands, the surest kind of place first; the whole one, if he says both."""
    found = [*_names(text)]
    longer = [set(fact.value.lower().split()) for fact in found if " " in fact.value]
    for fact in found:
        if " " in fact.value or not any(fact.value.lower() in words_of_it for words_of_it in longer):
            yield fact


def _names(text: str) -> Iterator[Fact]:
    for match in islice(_FIELD.finditer(text), _MOST):
        yield from checked(match, 0.9, single=True)
    for pattern, alone in _SAID:
        for match in islice(pattern.finditer(text), _MOST):
            single = alone or _AFTER_ONE.match(text, match.end("name")) is not None
            yield from checked(match, 0.9 if alone else 0.75, single=single)
    for match in islice(_SAID_SMALL.finditer(text), _MOST):
        yield from checked(match, 0.7, single=True)
    for match in islice(_GREETED.finditer(text), _MOST):
        if match["name"].lower() not in words.NOT_GREETED:
            yield from checked(match, 0.6, single=True)
    for pattern in _HAN_SAID:
        for match in islice(pattern.finditer(text), _MOST):
            yield from checked(match, 0.8, single=True)
    for match in islice(_BEFORE_CONTACT.finditer(text), _MOST):
        yield from checked(match, 0.65, single=match.group().lower().find("famili") >= 0)
    for match in islice(_HAN_RECEIVES.finditer(text), _MOST):
        yield from checked(match, 0.7, single=True)
    for match in islice(_HAN_CALLED.finditer(text), _MOST):
        yield Fact("name", match["han"], *match.span("han"), 0.7)
    for pattern in (_HERE, _HERE_GERMAN, _NOT_ANY_MORE):
        for match in islice(pattern.finditer(text), _MOST):
            known = match["name"].lower() in FIRST_NAMES
            yield from checked(match, 0.7, single=known and pattern is not _NOT_ANY_MORE)
    for match in islice(_RUSSIAN_CALLED.finditer(text), _MOST):
        yield from checked(match, 0.8, single=True)
    yield from _signed(text)


# ---- below a letter


def _signed(text: str) -> Iterator[Fact]:
    """A name below the closing words of a letter, behind them, or alone at its end."""
    lines = _last_lines(text)
    for index, (start, line) in enumerate(lines):
        facts = [*_closed(lines, index, start, line)]
        if not facts and _MARKED.match(line) and index + 1 < len(lines):
            facts = [*_line_name(lines[index + 1], 0.7, single=False)]
        if facts:
            yield from facts
    if lines:
        yield from _last_line(lines)


def _last_lines(text: str) -> list[tuple[int, str]]:
    """The last lines with words in them, each with where it starts."""
    lines: list[tuple[int, str]] = []
    end = len(text)
    while end > 0 and len(lines) < _MOST_LINES:
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end]
        stripped = line.strip()
        if stripped and len(stripped) <= _LONGEST_LINE:
            lines.append((start + line.index(stripped[0]), stripped))
        elif stripped:
            lines.append((start + max(0, len(line) - _LONGEST_LINE), line[-_LONGEST_LINE:]))
        end = start - 1
    return lines[::-1]


def _closed(lines: list[tuple[int, str]], index: int, start: int, line: str) -> Iterator[Fact]:
    match = _CLOSING.match(line) or _HAN_CLOSING.match(line)
    if match is not None:
        rest = match["rest"] or ""
        name = rest.strip(" ,!.;:~–—-\t\0😊🙂🙏👍")
        name = _FROM_A_PLACE.sub("", name)
        last = index + 1 == len(lines)
        if name:
            at = start + match.start("rest") + rest.index(name)
            comma = rest.lstrip()[:1] in ",!.;–—-" or match.re is _HAN_CLOSING
            if comma or not re.match(r"(?:thank|thx|dank|gracias|спасибо)", line, re.IGNORECASE):
                known = name.rstrip(".!,").lower() in FIRST_NAMES
                yield from _line_name((at, name), 0.8, single=True, small=last and known, whole=True)
        elif not last:
            yield from _line_name(lines[index + 1], 0.85, single=True, small=index + 2 == len(lines))
        return
    if index >= len(lines) - 2 and (match := _MID_CLOSING.search(line)) is not None and match["name"][0].isupper():
        yield from checked(match, 0.75, single=True, shift=start)


def _line_name(
    line: tuple[int, str], confidence: float, *, single: bool, small: bool = False, whole: bool = False
) -> Iterator[Fact]:
    start, words_of_it = line
    match = _WHOLE_NAME.match(words_of_it) or _HAN_LINE.match(words_of_it) or _DASHED.match(words_of_it)
    if match is None and words_of_it.endswith((".", "!", ",")):
        match = _WHOLE_NAME.match(words_of_it.rstrip(".!,"))
    if match is None and small:
        match = _SMALL_NAME.match(words_of_it)
    if match is not None and not (whole and match.end() < len(words_of_it.rstrip(".!,"))):
        yield from checked(match, confidence, single=single, shift=start)


def _last_line(lines: list[tuple[int, str]]) -> Iterator[Fact]:
    """What stands at the very end, behind or below a sentence, with nothing but ways to reach him behind it."""
    at = len(lines) - 1
    while at > max(0, len(lines) - _MOST_CONTACTS) and _is_contact(lines[at][1]):
        at -= 1
    start, line = lines[at]
    if (match := _DASHED.match(line)) is not None:
        yield from checked(match, 0.75, single=True, shift=start)
        return
    before = lines[at - 1][1] if at else ""
    ended = before[-1:] in _ENDS or before.endswith(("谢谢", "感谢", "多谢"))
    shift = max(0, len(line) - _LONGEST_LINE)
    match = _AT_THE_END.search(line, shift) or _HAN_AT_THE_END.search(line, shift)
    if match is None:
        if ended:
            yield from _line_name((start, line), 0.6, single=False)
        return
    alone = match.start() == 0
    if (alone and ended) or (not alone and at == len(lines) - 1):
        known = match.re is _AT_THE_END and not FIRST_NAMES.isdisjoint(match["name"].lower().split())
        if not alone and not known and match.re is _AT_THE_END and not is_like_a_name(match["name"]):
            return  # "Great service. Five Stars"
        last = match.end("name" if match.re is _AT_THE_END else "han") >= len(line.rstrip(" .!。"))
        ended = (
            match.group()[0] == "." and line[match.start() - 1 : match.start()] == "\0"
        )  # "…, Bristol BS5 6JJ. Moira"
        single = known or (len(lines) - at <= 3 if alone else last and (ended or match.group()[0] in _BEFORE_ONE))
        yield from checked(match, 0.65, single=single, shift=start)


_BEFORE_ONE = frozenset("?!？！")  # "can I have the right one? Ade"


def _is_contact(line: str) -> bool:
    """A line of a telephone number, an address, a company or a place: what stands below a name."""
    if "\0" in line and _ONLY_CONTACT.match(line) is not None:
        return True
    name = _WHOLE_NAME.match(line)
    if words.POST.match(line) is not None:
        return True
    return (
        len(line) <= _LONGEST_FIRM
        and words.COMPANY.search(line) is not None
        and (name is None or bool(words.COMPANY.search(name["name"])))
    )
