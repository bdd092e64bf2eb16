"""Telegram's formatting and ours: entities that count UTF-16 units, marks that count characters. Pure.

Only what is pure formatting passes. What names an account or belongs to one stays behind: a mention of a person without
a username, a custom emoji, a link that opens somebody's profile by his number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from telegram import MessageEntity
from telegram.constants import MessageEntityType, MessageLimit

from intake.message import Mark
from intake.words.marks import is_safe_link

KINDS: Mapping[str, str] = {
    MessageEntityType.BOLD: "bold",
    MessageEntityType.ITALIC: "italic",
    MessageEntityType.UNDERLINE: "underline",
    MessageEntityType.STRIKETHROUGH: "strikethrough",
    MessageEntityType.SPOILER: "spoiler",
    MessageEntityType.CODE: "code",
    MessageEntityType.PRE: "pre",
    MessageEntityType.BLOCKQUOTE: "quote",
    MessageEntityType.EXPANDABLE_BLOCKQUOTE: "folded quote",
    MessageEntityType.TEXT_LINK: "link",
}
TYPES: Mapping[str, str] = {kind: name for name, kind in KINDS.items()}

LANGUAGE = re.compile(r"[\w+#.-]{1,64}")


def marks_of(entities: Iterable[MessageEntity], text: str) -> tuple[Mark, ...]:
    """The formatting of a text as Telegram sent it, placed in `clean(text)`. Whatever the entities say, no error."""
    places = _places(text)
    last = len(places) - 1
    found = []
    for entity in entities:
        start = places[min(max(entity.offset, 0), last)]
        end = places[min(max(entity.offset + entity.length, 0), last)]
        kind = KINDS.get(entity.type)
        if kind is None or end <= start or (kind == "link" and not is_safe_link(entity.url)):
            continue
        language = entity.language if kind == "pre" and LANGUAGE.fullmatch(entity.language or "") else None
        found.append(Mark(kind, start, end - start, entity.url if kind == "link" else None, language))
    return tuple(sorted(found, key=_outer_first))


def entities_of(marks: Iterable[Mark], text: str) -> tuple[MessageEntity, ...]:
    """The same formatting as entities to send. What Telegram has no name for, or would refuse, is left out."""
    offsets = [0, *accumulate(2 if letter > "\uffff" else 1 for letter in text)]
    found = []
    for mark in sorted(marks, key=_outer_first):
        start, end = max(mark.start, 0), min(mark.start + mark.length, len(text))
        if mark.kind not in TYPES or end <= start or (mark.kind == "link" and not is_safe_link(mark.url)):
            continue
        found.append(
            MessageEntity(
                TYPES[mark.kind],
                offsets[start],
                offsets[end] - offsets[start],
                url=mark.url if mark.kind == "link" else None,
                language=mark.language if mark.kind == "pre" else None,
            )
        )
    return tuple(found[: MessageLimit.MESSAGE_ENTITIES])


def _places(text: str) -> Sequence[int]:
    """For each UTF-16 unit, the character of the cleaned text that begins there; within a pair, the one after it."""
    places = [0]
    for letter in text:
        after = places[-1] + (letter != "\0")  # NUL is cleaned out
        places += [after, after] if letter > "\uffff" else [after]
    return places


def _outer_first(mark: Mark) -> tuple[int, int]:
    return mark.start, -mark.length
