"""Turn HTML into readable text. Looks at every node once; fetches nothing, runs nothing."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from intake.mail.html.facts import TableSurvey
from intake.mail.html.writer import Writer

# HTML's own algorithm looks through all open elements at many tags, so depth times length is what a bomb costs.
_MAX_DEPTH = 1000
_MAX_TAGS = 100_000
_MAX_HTML = 4 << 20  # characters, pictures within it not counted
_DATA = re.compile("(?<=[\"'])data:[^\"'<>\\s]{500,}")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that end by themselves: these cannot nest without one of the others between them.
_SELF_ENDING = frozenset(
    (
        *("p", "li", "td", "tr", "th", "tbody", "thead", "tfoot", "dt", "dd", "option", "html", "body", "head"),
        *("br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr"),
    )
)


# The words of one page are wanted twice when it is too large to be kept as one.
@lru_cache(maxsize=1)
def to_text(html: str) -> str:
    """Paragraphs, lists, tables by rows, links with their addresses, quotations behind "> "; nothing that is hidden.

    A page of nothing but hidden words is shown after all: nobody sends an empty mail on purpose.
    """
    html = without_data(html)
    if is_bomb(html):
        return _stripped(html)
    body = LexborHTMLParser(html).body
    if body is None:
        return ""
    survey = TableSurvey()
    if body.css_first("table") is not None:
        _walk(body, survey.enter, survey.leave)
    for hidden in (False, True):
        writer = Writer(survey.data, hidden)
        _walk(body, writer.enter, writer.leave)
        if (text := writer.text()).strip() or not writer.has_hidden:
            return text
    return ""


def without_data(html: str) -> str:
    """Without the pictures that are written out in it: megabytes, and not a word among them."""
    return _DATA.sub("data:", html) if "data:" in html else html


def is_bomb(html: str) -> bool:
    """Would a parser need more than a moment? A guess that errs to yes: end tags count only in perfect order."""
    if len(html) > _MAX_HTML or html.count("<") > _MAX_TAGS:
        return True
    stack: list[str] = []
    for match in _TAG.finditer(html):
        tag = match[2].lower()
        if tag in _SELF_ENDING:
            continue
        if not match[1]:
            stack.append(tag)
        elif stack and stack[-1] == tag:
            stack.pop()
        if len(stack) > _MAX_DEPTH:
            return True
    return False


def _walk(top: LexborNode, enter: Callable[[LexborNode], bool], leave: Callable[[LexborNode], None]) -> None:
    """A loop, because a sender may nest elements deeper than Python may call itself."""
    node: LexborNode | None = top
    while node is not None:
        inner = node.child if enter(node) else None
        if inner is not None:
            node = inner
            continue
        while node is not None:
            leave(node)
            if node.mem_id == top.mem_id:
                return
            if node.next is not None:
                node = node.next
                break
            node = node.parent


def _stripped(html: str) -> str:
    """The words alone, when the tree would cost too much."""
    words = re.sub(r"<[^<>]*+>", "\n", html)
    if len(words) > _MAX_HTML:
        return words
    return "\n".join(filter(None, (line.strip() for line in entities.unescape(words).split("\n"))))
