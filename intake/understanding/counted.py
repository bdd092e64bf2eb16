"""Put one sign for every small number of a text, in digits or words: "5 hours" and "six hours" are then one."""

from __future__ import annotations

import re
from dataclasses import replace

from intake.understanding.words import Tokens, folded, is_unspaced

# Numbers of three digits and more are other numbers and stay.
ONE = "1"  # none and one
TWO = "2"
FEW = "0"  # three to nine
MANY = "9"  # ten to ninety-nine
ANY = "#"  # in an entry: two and more

_WORDS = {
    TWO: "two zwei dos два две двух двумя",
    FEW: "three four five six seven eight nine few several drei vier fünf sechs sieben acht neun paar einigen mehreren"
    " tres cuatro cinco seis siete ocho nueve varios varias pocos pocas три четыре пять шесть семь восемь девять"
    " трёх четырёх пяти шести несколько пару",
    MANY: "ten eleven twelve fourteen fifteen twenty zehn elf zwölf vierzehn fünfzehn zwanzig diez doce quince veinte"
    " десять одиннадцать двенадцать пятнадцать двадцать",
}
_ORDINALS = (
    "third fourth fifth sixth seventh nth drittes dritten dritte dritter viertes vierten vierte vierter fünftes fünften"
    " fünfte sechsten sechste siebten tercera tercer tercero cuarta cuarto quinta quinto sexta sexto enésima третий"
    " третья третье третью третьего третьему четвёртый четвёртое четвёртая четвёртую пятый пятое пятая"
    " пятую шестой шестое седьмой"
)
ORDINAL = "0th"  # third and later
_HAN = re.compile("[0-9零一二三四五六七八九十百两兩几]+")
_DIGITS = re.compile(r"([0-9]{1,2})([^\W\d_]{0,4})")
_ENTRY_WORD = re.compile(r"\w+(?!\w|\*)")
_ORDINAL_ENDS = frozenset({"rd", "th"})


def counted(said: Tokens) -> Tokens:
    """The same words at the same places, with one sign for all small numbers."""
    text = said.text if said.text.isascii() else _HAN.sub(_of_han, said.text)
    return replace(said, text=text, folded=tuple(map(_of_word, said.folded)))


def meant(entry: str) -> tuple[str, ...]:
    """The ways to look for an entry in counted words: `in # hours` is any number of hours from two."""
    sought = _of_entry(entry)
    if ANY not in sought:
        return (sought,)
    # Where no space ends a number, each of its signs is replaced for itself: 40 and 十二 are two, 二十五 is three.
    longer = (MANY * 2, MANY * 3) if is_unspaced(entry) else ()
    return tuple(sought.replace(ANY, number) for number in (TWO, FEW, MANY, *longer))


def _of_entry(entry: str) -> str:
    if is_unspaced(entry):
        return _HAN.sub(_of_han, entry)
    return _ENTRY_WORD.sub(lambda word: _of_word(folded(word[0])), entry)


def _of_word(word: str) -> str:
    if (said := _BY_WORD.get(word)) is not None:
        return said
    if word[0].isdigit() and (digits := _DIGITS.fullmatch(word)):
        sign = _of_number(int(digits[1]))
        return ORDINAL if digits[2] in _ORDINAL_ENDS and sign == FEW else f"{sign}{digits[2]}"
    return word


def _of_han(run: re.Match[str]) -> str:
    said = run[0]
    if len(said) == 1:
        return TWO if said in "2二两兩" else ONE if said in "01零一" else MANY if said in "十百" else FEW
    return MANY * len(said) if len(said) == 2 or not said.isdecimal() else said


def _of_number(number: int) -> str:
    return ONE if number < 2 else TWO if number == 2 else FEW if number < 10 else MANY


_BY_WORD = {folded(word): sign for sign, words in _WORDS.items() for word in words.split()} | {
    folded(word): ORDINAL for word in _ORDINALS.split()
}
