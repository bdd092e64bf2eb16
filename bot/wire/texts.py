"""How a text fits into Telegram's messages: its length in UTF-16 units, where it is cut, what is taken out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from telegram.constants import MessageLimit

from intake.message import Mark
from intake.words.marks import within


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text with the formatting that falls into it."""

    text: str
    marks: tuple[Mark, ...] = ()


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def split_text(text: str, most: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """Cut a text into parts that fit into a message, at paragraphs, lines or words where it can."""
    return [text[start:end] for start, end in _spans(text, most)]


def split_marked(text: str, marks: Iterable[Mark], most: int = MessageLimit.MAX_TEXT_LENGTH) -> list[Piece]:
    """Cut a text as `split_text` does; formatting that is cut through goes on in the next part."""
    kept = tuple(marks)
    return [Piece(text[start:end], within(kept, start, end)) for start, end in _spans(text, most)]


def _spans(text: str, most: int) -> list[tuple[int, int]]:
    """Where each part begins and ends."""
    spans: list[tuple[int, int]] = []
    begin = 0
    # A part is never longer than `most` characters: looking so far is enough, however long the text is.
    while units(rest := text[begin : begin + most + 1]) > most:
        cut = fitting(rest, most)
        for pattern in (r"\n\s*\n", r"\n", r"\s"):
            places = [match.end() for match in re.finditer(pattern, rest[:cut]) if match.end() > cut // 2]
            if places:
                cut = places[-1]
                break
        spans.append((begin, begin + len(rest[:cut].rstrip())))
        begin += cut
    spans.append((begin, len(text)))
    return [(start, end) for start, end in spans if text[start:end].strip()]


def fitting(text: str, most: int) -> int:
    """How many characters of the text fit into so many UTF-16 units."""
    used = 0
    for position, letter in enumerate(text):
        used += 2 if letter > "\uffff" else 1
        if used > most:
            return position
    return len(text)


def clean(text: str) -> str:
    """A text that every database takes: without NUL, without lone surrogates."""
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def external_id(bot: int | str, chat: int | str, message: int | str) -> str:
    """The id of a message in our storage: bot, chat and message together."""
    return f"{bot}:{chat}:{message}"
