"""Turn HTML into readable text. Looks at every node once; fetches nothing, runs nothing."""

from __future__ import annotations

import html as entities
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_DROPPED = frozenset(("head", "style", "script", "template", "noscript", "title", "object", "embed", "iframe", "svg"))
# A paragraph has a blank line around it; a block only starts on a line of its own.
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "blockquote"))
_BLOCKS = frozenset(
    ("div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "center", "form", "address", "caption")
)
_SPACE = re.compile("[ \t\r\n\f]+")
_MAX_QUOTES = 20  # levels of "> " that are shown; deeper ones would make the text grow with the square
_RULE = "_" * 32  # what Outlook writes for <hr>
# HTML's own algorithm looks through all open elements at many tags, so depth times length is what a bomb costs.
_MAX_DEPTH = 1000
_MAX_TAGS = 100_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that end by themselves: these cannot nest without one of the others between them.
_SELF_ENDING = frozenset(
    (
        *("p", "li", "td", "tr", "th", "tbody", "thead", "tfoot", "dt", "dd", "option", "html", "body", "head"),
        *("br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr"),
    )
)


def to_text(html: str) -> str:
    """Paragraphs, lists, tables by rows, links with their addresses, quotations behind "> "."""
    if _is_bomb(html):
        return _stripped(html)
    body = LexborHTMLParser(html).body
    if body is None:
        return ""
    writer = _Writer()
    node: LexborNode | None = body
    # A loop, because a sender may nest elements deeper than Python may call itself.
    while node is not None:
        inner = node.child if writer.enter(node) else None
        if inner is not None:
            node = inner
            continue
        while node is not None:
            writer.leave(node)
            if node.mem_id == body.mem_id:
                return writer.text()
            if node.next is not None:
                node = node.next
                break
            node = node.parent
    return writer.text()


def _is_bomb(html: str) -> bool:
    """Would a parser need more than a moment? A guess that errs to yes: end tags count only in perfect order."""
    if html.count("<") > _MAX_TAGS:
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


def _stripped(html: str) -> str:
    """The words alone, when the tree would cost too much."""
    lines = entities.unescape(re.sub(r"<[^<>]*>", "\n", html)).split("\n")
    return "\n".join(filter(None, (line.strip() for line in lines)))


class _Writer:
    """Lines under way: how deep in quotations and lists, how many line breaks are owed before the next word."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._pre = 0
        self._blank_owed = False
        self._lists: list[int | None] = []  # the next number, None in a list of bullets
        self._links: list[tuple[str, int]] = []  # the address, and how many words were there before
        self._words: list[str] = []  # of the innermost open link

    def text(self) -> str:
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
        if tag in _PARAGRAPHS or tag in _BLOCKS:
            self._block(tag in _PARAGRAPHS and not (self._lists and tag in ("ul", "ol", "p")))
        match tag:
            case "br":
                self._break(always=True)
            case "hr":
                self._block(False)
                self._line.append(_RULE)
                self._break()
            case "img":
                self._write((node.attributes.get("alt") or "").strip()[:200])
            case "blockquote":
                self._quotes += 1
            case "pre":
                self._pre += 1
            case "ul" | "ol":
                self._lists.append(1 if tag == "ol" else None)
            case "li":
                self._bullet()
            case "td" | "th" if self._line:
                self._line.append(" | " if "".join(self._line[-1:]).strip() else "")
            case "a":
                self._links.append((node.attributes.get("href") or "", len(self._words)))
        return True

    def leave(self, node: LexborNode) -> None:
        """Write what closes."""
        tag = node.tag or ""
        if tag in _PARAGRAPHS or tag in _BLOCKS:
            self._block(tag in _PARAGRAPHS and not (len(self._lists) > 1 or (self._lists and tag == "p")))
        match tag:
            case "blockquote":
                self._quotes = max(0, self._quotes - 1)
            case "pre":
                self._pre = max(0, self._pre - 1)
            case "ul" | "ol" if self._lists:
                self._lists.pop()
            case "a" if self._links:
                self._link(*self._links.pop())

    def _write(self, words: str) -> None:
        if not self._pre:
            words = _SPACE.sub(" ", words)
            if not self._line or self._line[-1].endswith((" ", "\n")):
                words = words.removeprefix(" ")
        words = words.replace("\u00a0", " ").replace("\u00ad", "")
        if not words:
            return
        self._pay()
        if self._links:
            self._words.append(words)
        *lines, last = re.split("\r\n|\n|\r", words) if self._pre else [words]
        for line in lines:
            self._line.append(line)
            self._break(always=True)
        self._line.append(last)

    def _link(self, address: str, before: int) -> None:
        """`text (address)`, unless the text says the same or the address leads nowhere outside the mail."""
        shown = "".join(self._words[before:]).strip()
        if not self._links:
            self._words.clear()
        plain = address.strip().removeprefix("mailto:").partition("?")[0] if address.startswith("mailto:") else address
        plain = "".join(plain.split())
        if not plain.lower().startswith(("http://", "https://", "tel:")) and "@" not in plain:
            return
        if not shown or _bare(shown) == _bare(plain):
            return
        if self._line:
            self._line.append(f" ({plain[:2000]})")

    def _bullet(self) -> None:
        self._pay()
        number = self._lists[-1] if self._lists else None
        indent = "  " * min(len(self._lists) - 1, 8)
        self._line.append(f"{indent}{number}. " if number is not None else f"{indent}- ")
        if number is not None:
            self._lists[-1] = number + 1

    def _block(self, paragraph: bool) -> None:
        self._break()
        self._blank_owed = self._blank_owed or paragraph

    def _pay(self) -> None:
        if self._blank_owed and not self._line:
            if self._lines and self._lines[-1].strip("> "):
                self._lines.append(self._prefix().rstrip() if self._lines[-1].startswith(">") else "")
            self._blank_owed = False

    def _break(self, always: bool = False) -> None:
        line = "".join(self._line).rstrip()
        if line or always:
            self._pay()
            self._lines.append((self._prefix() + line).rstrip() if not _is_signature(line) else line)
        self._line.clear()

    def _prefix(self) -> str:
        levels = min(self._quotes, _MAX_QUOTES)
        return ">" * levels + " " if levels else ""


def _is_signature(line: str) -> bool:
    return line == "--"


def _bare(address: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", address.strip().lower()).rstrip("/")
