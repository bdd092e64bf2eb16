"""What an HTML element is, told from its attributes and a few nodes below it: hidden, layout, quotation, rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from intake.understanding.quotes import marks as quote_marks

MAX_CELL = 200  # characters; a longer cell is a text, and its table a layout
MAX_CELL_BLOCKS = 2
MAX_LOOK = 12  # nodes below an element that are looked at

_CELL_BLOCKS = frozenset(
    (*("p", "div", "br", "hr", "li", "ul", "ol", "pre", "blockquote"), *("h1", "h2", "h3", "h4", "h5", "h6"))
)
_HIDDEN = ("display:none", "visibility:hidden")
_COLLAPSED = re.compile(r"(?:^|;)(?:max-)?height:0(?:px|pt|em)?(?:;|!|$)")
_CLEAR = re.compile(r"(?:^|;)opacity:0(?:\.0+)?(?:;|!|$)")
_NO_MARGIN = re.compile(r"(?:^|;)margin(?:-bottom)?:0(?:px|pt|cm|in)?(?:;|!|$)")
_TOP_RULE = re.compile(r"border-top:(?:solid|[^;]{1,60}solid)|border-style:solidnonenone")
_INDENTED = re.compile(r"border:(?:none|0|medium|initial)")


def style_of(attributes: dict[str, str | None]) -> str:
    """The style in small letters without blanks, its beginning only."""
    style = attributes.get("style")
    return re.sub(r"\s+", "", style[:1000]).lower() if style else ""


def is_hidden(attributes: dict[str, str | None], style: str) -> bool:
    """Nobody sees it: the preview line of a newsletter, a form for another screen."""
    if "hidden" in attributes or any(mark in style for mark in _HIDDEN) or _CLEAR.search(style):
        return True
    return "overflow:hidden" in style and _COLLAPSED.search(style) is not None


def is_single_line(attributes: dict[str, str | None], style: str) -> bool:
    """A paragraph that has no space below it: Outlook writes every line as one."""
    return (attributes.get("class") or "").startswith("Mso") or _NO_MARGIN.search(style) is not None


def is_rule(style: str) -> bool:
    """A line across the page: Outlook draws one as the border above the header of what it quotes."""
    return "border-top" in style[:400] and _TOP_RULE.search(style) is not None and "border-left:solid" not in style


def is_indentation(attributes: dict[str, str | None], style: str) -> bool:
    """Editors write what somebody moved to the right as a blockquote, too; it has no mark of a quotation."""
    quoted = attributes.get("type") or attributes.get("class") or attributes.get("cite") or attributes.get("id")
    return not quoted and "40px" in style and _INDENTED.search(style) is not None


def is_forwarded(node: LexborNode) -> bool:
    """Does it begin with the words of a mail that is passed on? That is no quotation, whatever element it is in."""
    return quote_marks.is_forwarded(first_words(node))


def first_words(node: LexborNode) -> str:
    """The first text in an element, one line, 200 characters at most."""
    for inner in _nodes_below(node):
        if inner.tag == "-text" and (words := " ".join((inner.text_content or "")[:400].split())):
            return words[:200]
    return ""


def _nodes_below(node: LexborNode) -> Iterator[LexborNode]:
    """In the order of the document, at most MAX_LOOK."""
    current = node.child
    for _ in range(MAX_LOOK):
        if current is None or current.mem_id == node.mem_id:
            return
        yield current
        following = current.child or current.next
        while following is None:
            current = current.parent
            if current is None or current.mem_id == node.mem_id:
                return
            following = current.next
        current = following


class TableSurvey:
    """Tells tables of data from those that only place things on the page, in one walk over all nodes."""

    def __init__(self) -> None:
        self.data: set[int] = set()  # mem_ids
        self._open: list[_Table] = []

    def enter(self, node: LexborNode) -> bool:
        """Note what opens. Every node's children are wanted."""
        tag = node.tag or ""
        if tag == "table":
            if self._open:
                self._open[-1].is_layout = True
            self._open.append(_Table((node.attributes.get("role") or "") in ("presentation", "none")))
        elif self._open:
            self._open[-1].take(tag, node)
        return True

    def leave(self, node: LexborNode) -> None:
        if node.tag == "table" and self._open:
            table = self._open.pop()
            if not table.is_layout and table.columns > 1:
                self.data.add(node.mem_id)


class _Table:
    def __init__(self, is_layout: bool) -> None:
        self.is_layout = is_layout
        self.columns = 0
        self._column = self._blocks = self._characters = 0

    def take(self, tag: str, node: LexborNode) -> None:
        if tag == "tr":
            self._column = 0
        elif tag in ("td", "th"):
            self._column += 1
            self._blocks = self._characters = 0
            self.columns = max(self.columns, self._column)
        elif tag in _CELL_BLOCKS:
            self._blocks += 1
            self.is_layout = self.is_layout or self._blocks > MAX_CELL_BLOCKS
        elif tag == "-text":
            self._characters += len((node.text_content or "").strip())
            self.is_layout = self.is_layout or self._characters > MAX_CELL
