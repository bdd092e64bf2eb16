"""Formatted words as HTML for mail: each line by itself, escaped, with nothing in it but the tags named here. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from itertools import accumulate, pairwise

from intake.message import Mark
from intake.words.marks import is_safe_link, within

TAGS: Mapping[str, tuple[str, str]] = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ('<code style="white-space:pre-wrap">', "</code>"),
    "quote": ('<span style="padding-left:.75em;border-left:2px solid #888888">', "</span>"),
    "folded quote": ('<span style="padding-left:.75em;border-left:2px solid #888888">', "</span>"),
    "link": ("<a>", "</a>"),
    # A spoiler is shown: no mail program can hide words until they are touched.
}
MOST_MARKS = 500  # of one text; Telegram takes a hundred in a message


def html_lines(text: str, marks: Sequence[Mark]) -> tuple[str, ...]:
    """The lines of a text, each well-formed HTML without a line break in it."""
    lines = text.splitlines()
    if not marks:
        return tuple(escape(line) for line in lines)
    begins = accumulate((len(line) for line in text.splitlines(keepends=True)), initial=0)
    kept = [mark for mark in marks if mark.kind in TAGS and (mark.kind != "link" or is_safe_link(mark.url))]
    kept = sorted(kept, key=lambda mark: (mark.start, -mark.length))[:MOST_MARKS]
    return tuple(
        _line(line, within(kept, begin, begin + len(line))) for line, begin in zip(lines, begins, strict=False)
    )


def says(output: str, words: str) -> bool:
    """Are all these words in a text, in their order? By letters alone: HTML writes the rest otherwise."""
    place = 0
    for word in re.findall(r"[^\W_]+", words):
        if (place := output.find(word, place)) < 0:
            return False
        place += len(word)
    return True


def untagged(html: str) -> str:
    """HTML without its tags."""
    return re.sub(r"<[^<>]*>", "", html)


def _line(line: str, marks: Sequence[Mark]) -> str:
    edges = {0, len(line), *(mark.start for mark in marks), *(mark.start + mark.length for mark in marks)}
    written: list[str] = []
    open_marks: list[Mark] = []
    for start, end in pairwise(sorted(edges)):
        wanted = [mark for mark in marks if mark.start <= start < mark.start + mark.length]
        same = 0
        while same < min(len(open_marks), len(wanted)) and open_marks[same] is wanted[same]:
            same += 1
        # What overlaps without being nested is closed and opened again: tags must be nested.
        written += [TAGS[mark.kind][1] for mark in reversed(open_marks[same:])]
        written += [_opening(mark) for mark in wanted[same:]]
        written.append(escape(line[start:end]))
        open_marks = wanted
    written += [TAGS[mark.kind][1] for mark in reversed(open_marks)]
    return "".join(written)


def _opening(mark: Mark) -> str:
    return f'<a href="{escape(mark.url or "")}">' if mark.kind == "link" else TAGS[mark.kind][0]
