"""Write the nodes of an HTML document down as lines of text, as they are entered and left."""

from __future__ import annotations

import re
from enum import Enum, auto

from selectolax.lexbor import LexborNode

from intake.mail.html import facts
from intake.mail.html.links import destination

_DROPPED = frozenset(
    (*("head", "style", "script", "template", "noscript", "title", "object", "embed", "iframe", "svg"), "select")
)
# A paragraph has a blank line around it; a block only starts on a line of its own.
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "blockquote"))
_BLOCKS = frozenset(
    (
        *("div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "center", "form", "address"),
        *("caption", "table", "main", "nav", "aside", "figure", "figcaption", "fieldset", "legend", "details"),
    )
)
_SPACE = re.compile("[ \t\r\n\f]+")
# Soft hyphens and what newsletters fill their preview line with.
_INVISIBLE = str.maketrans({"\u00a0": " ", **dict.fromkeys("\u00ad\u034f\u180e\u200b\u2060\ufeff", "")})
_LOOSE_JOINERS = re.compile("(?:^|(?<=\\s))[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)")
_MAX_QUOTES = 20  # levels of "> " that are shown; deeper ones would make the text grow with the square
_MAX_BLANKS = 2  # blank lines in a row
_RULE = "_" * 32  # what Outlook writes for <hr>
_FILE = re.compile(r"[^\s/\\]{1,80}\.(?:png|jpe?g|gif|bmp|webp|svg|tiff?)", re.IGNORECASE)


class _Effect(Enum):
    """What an open element does to all that is in it, and what its end takes back."""

    QUOTE = auto()
    QUOTE_TO_COME = auto()  # its first line announces the quotation and stays outside
    PRE = auto()
    DATA_TABLE = auto()
    LAYOUT_TABLE = auto()


class Writer:
    """Lines under way: how deep in quotations and lists, how many line breaks are owed before the next word."""

    def __init__(self, data_tables: set[int], hidden: bool) -> None:
        self.has_hidden = False  # something was left out
        self._data_tables = data_tables
        self._shows_hidden = hidden
        self._lines: list[str] = []
        self._line: list[str] = []
        self._effects: list[tuple[int, _Effect]] = []
        self._quotes = 0
        self._announced = 0  # quotations that begin behind the next line
        self._pre = 0
        self._tables: list[bool] = []  # is it one of data
        self._in_cell = 0  # of a table of data: breaks are blanks there
        self._blank_owed = False
        self._only_blanks = False  # a no-break space stands alone in its block: the block is a blank line
        self._labels = False  # the line began with a bold "From:"
        self._lists: list[int | None] = []  # the next number, None in a list of bullets
        self._is_bullet = False  # the line is nothing but the mark of a list's item: no block ends it
        self._links: list[tuple[str, int]] = []  # the address, and how many words were there before
        self._words: list[str] = []  # of the innermost open link

    def text(self) -> str:
        """All of it, once the last node was left."""
        self._break()
        return "\n".join(self._lines).strip("\n")

    def enter(self, node: LexborNode) -> bool:
        """Write what opens. True when the node's children are wanted."""
        tag = node.tag or ""
        if tag == "-text":
            self._write(node.text_content or "")
            return False
        if tag.startswith(("-", "_", "!")) or tag in _DROPPED:
            return False
        attributes = node.attributes
        style = facts.style_of(attributes)
        if not self._shows_hidden and facts.is_hidden(attributes, style):
            self.has_hidden = True
            return False
        if tag in _PARAGRAPHS or tag in _BLOCKS:
            self._block(self._is_paragraph(tag, attributes, style, len(self._lists)))
        self._begin(node, tag, attributes, style)
        return True

    def _begin(self, node: LexborNode, tag: str, attributes: dict[str, str | None], style: str) -> None:
        match tag:
            case "br":
                self._break(always=True)
            case "hr":
                self._rule()
            case "img":
                self._picture((attributes.get("alt") or "")[:500], attributes.get("src") or "")
            case "blockquote" if not (facts.is_indentation(attributes, style) or facts.is_forwarded(node)):
                self._start(node, _Effect.QUOTE)
            case "div" | "td" if "yahoo_quoted" in (attributes.get("class") or ""):
                if not facts.is_forwarded(node):
                    self._start(node, _Effect.QUOTE_TO_COME)
            case "div" if facts.is_rule(style):
                self._rule()
            case "pre":
                self._start(node, _Effect.PRE)
            case "ul" | "ol":
                self._lists.append(_first_number(attributes.get("start")) if tag == "ol" else None)
            case "li":
                self._bullet()
            case "table":
                is_data = node.mem_id in self._data_tables
                self._start(node, _Effect.DATA_TABLE if is_data else _Effect.LAYOUT_TABLE)
            case "td" | "th":
                self._cell()
            case "b" | "strong":
                self._bold(node)
            case "a":
                self._links.append((attributes.get("href") or "", len(self._words)))
        if tag in ("div", "span", "p", "td") and "white-space:pre" in style:
            self._start(node, _Effect.PRE)

    def leave(self, node: LexborNode) -> None:
        """Write what closes."""
        tag = node.tag or ""
        if tag in _PARAGRAPHS or tag in _BLOCKS:
            attributes = node.attributes if tag == "p" else {}
            self._block(self._is_paragraph(tag, attributes, facts.style_of(attributes), len(self._lists) - 1))
        while self._effects and self._effects[-1][0] == node.mem_id:
            self._end(self._effects.pop()[1])
        match tag:
            case "li":
                self._end_bullet()
            case "ul" | "ol" if self._lists:
                self._lists.pop()
            case "td" | "th" if self._tables:
                self._in_cell = max(0, self._in_cell - self._tables[-1])
            case "a" if self._links:
                self._link(*self._links.pop())

    def _start(self, node: LexborNode, effect: _Effect) -> None:
        self._effects.append((node.mem_id, effect))
        match effect:
            case _Effect.QUOTE:
                self._quotes += 1
            case _Effect.QUOTE_TO_COME:
                self._announced += 1
            case _Effect.PRE:
                self._pre += 1
            case _Effect.DATA_TABLE | _Effect.LAYOUT_TABLE:
                self._blank_owed = self._blank_owed or effect is _Effect.DATA_TABLE
                self._tables.append(effect is _Effect.DATA_TABLE)

    def _end(self, effect: _Effect) -> None:
        match effect:
            case _Effect.QUOTE_TO_COME if self._announced:
                self._announced -= 1
            case _Effect.QUOTE | _Effect.QUOTE_TO_COME:
                self._quotes -= 1
            case _Effect.PRE:
                self._pre -= 1
            case _Effect.DATA_TABLE | _Effect.LAYOUT_TABLE:
                self._blank_owed = self._blank_owed or effect is _Effect.DATA_TABLE
                self._tables.pop()

    def _is_paragraph(self, tag: str, attributes: dict[str, str | None], style: str, lists: int) -> bool:
        if tag == "p":
            return not self._lists and not facts.is_single_line(attributes, style)
        return tag in _PARAGRAPHS and not (lists > 0 and tag in ("ul", "ol"))

    def _write(self, words: str) -> None:
        if not self._pre:
            words = _SPACE.sub(" ", words)
            if not self._line or self._line[-1].endswith((" ", "\n")):
                words = words.removeprefix(" ")
        if not words:
            return
        shown = words.translate(_INVISIBLE) if not words.isascii() else words
        if not shown.strip():
            self._only_blanks = self._only_blanks or (not self._line and "\u00a0" in words)
            if not self._line and not self._pre:
                return
        self._pay()
        self._is_bullet = False
        if self._links:
            self._words.append(shown)
        first, *lines = shown.split("\n") if self._pre else [shown]
        self._line.append(first)
        if lines:
            self._break(always=True)
            prefix = self._prefix()
            self._lines += [(prefix + line).rstrip() for line in lines[:-1]]
            self._line.append(lines[-1])

    def _picture(self, alt: str, source: str) -> None:
        """What stands for a picture that cannot be seen. Word adds a description of its own after a blank line."""
        words = alt.strip().partition("\n")[0].strip()[:200]
        if words and (source.startswith("cid:") or _FILE.fullmatch(words)) and not words.startswith("["):
            words = f"[{words}]"
        self._write(words)

    def _link(self, address: str, before: int) -> None:
        """`text (address)`, unless the text says the same or the address leads nowhere outside the mail."""
        shown = "".join(self._words[before:]).strip()
        if not self._links:
            self._words.clear()
        if self._line and (leads_to := destination(address, shown)):
            self._line.append(f" ({leads_to})")

    def _bullet(self) -> None:
        self._end_bullet()
        self._pay()
        number = self._lists[-1] if self._lists else None
        indent = "  " * min(len(self._lists) - 1, 8)
        self._line.append(f"{indent}{number}. " if number is not None else f"{indent}- ")
        if number is not None:
            self._lists[-1] = number + 1
        self._is_bullet = True

    def _end_bullet(self) -> None:
        """An item without words is a line of its own."""
        if self._is_bullet:
            self._is_bullet = False
            self._break()

    def _cell(self) -> None:
        if not (self._tables and self._tables[-1]):
            self._block(False)
            return
        self._in_cell += 1
        while self._line and not self._line[-1].strip():
            self._line.pop()
        if self._line:
            # A label needs no bar between itself and what it names.
            before = self._line[-1] = self._line[-1].rstrip()
            self._line.append(" " if before.endswith((":", "：")) else " | ")

    def _bold(self, node: LexborNode) -> None:
        """Mails quoted by Outlook name sender and date in bold, now and then on one line."""
        words = facts.first_words(node)
        if ":" not in words[:40] or self._in_cell:
            return
        if self._labels and self._line:
            self._break()
        self._labels = self._labels or not "".join(self._line).strip()

    def _rule(self) -> None:
        self._block(False)
        if self._lines and self._lines[-1].endswith(_RULE):
            return
        self._line.append(_RULE)
        self._break()

    def _block(self, paragraph: bool) -> None:
        if self._only_blanks and not self._line and not self._in_cell:
            paragraph = True
        self._break()
        self._blank_owed = self._blank_owed or (paragraph and not self._in_cell)

    def _pay(self) -> None:
        if self._blank_owed and not self._line:
            if self._lines and self._lines[-1].strip("> "):
                self._lines.append(self._prefix().rstrip() if self._lines[-1].startswith(">") else "")
            self._blank_owed = False

    def _break(self, always: bool = False) -> None:
        if self._in_cell:
            if self._line and not self._line[-1].endswith(" "):
                self._line.append(" ")
            return
        if self._is_bullet and not always:
            return
        self._is_bullet = False
        line = "".join(self._line)
        # RFC 3676 §4.3: the blank is part of the mark that announces a signature.
        line = "-- " if line in ("-- ", "--\u00a0") and not self._quotes else line.rstrip()
        if "\u200c" in line or "\u200d" in line:
            line = _LOOSE_JOINERS.sub("", line)
        self._line.clear()
        self._only_blanks = self._labels = False
        if line or (always and any(before.strip("> ") for before in self._lines[-_MAX_BLANKS:])):
            self._pay()
            self._lines.append(line if line == "-- " else (self._prefix() + line).rstrip())
            if line and self._announced:
                self._quotes += self._announced
                self._announced = 0

    def _prefix(self) -> str:
        levels = min(self._quotes, _MAX_QUOTES)
        return ">" * levels + " " if levels else ""


def _first_number(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 6 else 1
