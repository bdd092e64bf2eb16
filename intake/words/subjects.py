"""What stands in a subject, or anywhere else where one line is read: no line breaks, nothing that forges. Pure."""

from __future__ import annotations

import re

from intake.words.lookalikes import DIRECTIONS

_LONGEST = 200

# Separators of lines and pages, and marks that turn the direction of writing, forge what a subject seems to say.
_CONTROLS = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{DIRECTIONS}]+")
_REPLY_MARKS = re.compile(r"^(?:(?:re|aw|antw|sv|rv|res|回复|答复|回覆|отв) ?(?:\[\d+\])? ?[:：] ?)+", re.IGNORECASE)


def answering(subject: str, number: str) -> str:
    """A request's subject without control characters, earlier "Re:" and our own number."""
    bare = one_line(subject).replace(f"[{number}]", " ")
    return one_line(_REPLY_MARKS.sub("", bare))[:_LONGEST]


def one_line(text: str) -> str:
    """A text on one line, without what turns the direction of writing."""
    return " ".join(_CONTROLS.sub(" ", text).split())
