"""Text and its formatting as Telegram reads it: parse_mode HTML, explicit entities, offsets in UTF-16 units."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.demo import parts
from bot.demo.api import requests
from bot.demo.refusal import Refused, bad_request, strict

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

TAGS = {
    "b": "bold", "strong": "bold",
    "i": "italic", "em": "italic",
    "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "span": "spoiler", "tg-spoiler": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
ENTITY_TYPES = frozenset(TAGS.values()) | {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number",
    "expandable_blockquote", "text_mention", "date_time",
}  # fmt: skip
# What Telegram marks by itself in a text, first match wins.
DETECTED = (
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?(?![\w/])")),
    ("url", re.compile(r"https?://[^\s<>\"]+")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}")),
)
_ATTRIBUTE = re.compile(r"\s+([A-Za-z0-9_-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9._-]+))?")
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as stored: no markup in it, its formatting beside it."""

    text: str
    entities: tuple[parts.MessageEntity, ...] = ()


def read(
    text: str, parse_mode: str | None, given: Sequence[requests.Entity] | None, limit: int, too_long: str
) -> Formatted:
    """Text as a request carries it. Raises Refused; `limit` counts UTF-16 units after the markup is taken out."""
    if parse_mode and given:
        raise strict("parse_mode and entities together; Telegram would silently overlook the entities")
    if parse_mode and parse_mode.upper() != "HTML":
        raise strict(f"parse_mode {parse_mode} is not simulated, only HTML")
    result = from_html(text) if parse_mode else Formatted(text, _checked(text, given or ()))
    result = _trimmed(result)
    if length(result.text) > limit:
        raise bad_request(too_long)
    return result


def length(text: str) -> int:
    """Length in UTF-16 units, which is how Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def detect(text: str) -> Formatted:
    """A text that a person typed: commands, links and addresses are marked."""
    found: list[parts.MessageEntity] = []
    for kind, pattern in DETECTED:
        for match in pattern.finditer(text):
            start, size = length(text[: match.start()]), length(match.group())
            if not any(one.offset < start + size and start < one.offset + one.length for one in found):
                found.append(parts.MessageEntity(type=kind, offset=start, length=size))
    return Formatted(text, tuple(sorted(found, key=lambda entity: entity.offset)))


def from_html(markup: str) -> Formatted:
    """Telegram's HTML. Raises Refused with the words of td's parse_html."""
    reader = _Reader(markup)
    while reader.at < len(markup):
        if markup.startswith("</", reader.at):
            reader.close()
        elif markup[reader.at] == "<":
            reader.open()
        else:
            reader.take_text()
    if reader.stack:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{reader.stack[-1].tag}"')
    ordered = sorted(reader.entities, key=lambda entity: (entity.offset, -entity.length))
    return Formatted(reader.text, tuple(ordered))


def to_html(formatted: Formatted) -> str:
    """The text as HTML, for people who look at it."""
    encoded = formatted.text.encode("utf-16-le")
    edges: dict[int, str] = {}
    for entity in formatted.entities:
        opening, closing = _tags(entity)
        end = entity.offset + entity.length
        edges[entity.offset] = edges.get(entity.offset, "") + opening
        edges[end] = closing + edges.get(end, "")
    result, last = "", 0
    for edge in sorted(edges):
        result += html.escape(encoded[2 * last : 2 * edge].decode("utf-16-le"), quote=False) + edges[edge]
        last = edge
    return result + html.escape(encoded[2 * last :].decode("utf-16-le"), quote=False)


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Reader:
    """Goes once over the markup; `at` is where it stands."""

    markup: str
    at: int = 0
    text: str = ""
    stack: list[_Open] = field(default_factory=list)
    entities: list[parts.MessageEntity] = field(default_factory=list)

    def take_text(self) -> None:
        reference = _REFERENCE.match(self.markup, self.at)
        taken = reference.group() if reference else self.markup[self.at]
        self.text += html.unescape(taken) if reference else taken
        self.at += len(taken)

    def open(self) -> None:
        here = f"at byte offset {self._byte_offset()}"
        name = re.compile(r"<([^\s>]*)").match(self.markup, self.at)
        assert name is not None
        if name.end() == len(self.markup):
            raise _unparsable(f"Unclosed start tag {here}")
        tag = name.group(1).lower()
        if tag not in TAGS:
            raise _unparsable(f'Unsupported start tag "{tag}" {here}')
        attributes, at = {}, name.end()
        while attribute := _ATTRIBUTE.match(self.markup, at):
            attributes[attribute.group(1).lower()] = html.unescape((attribute.group(2) or "").strip("\"'"))
            at = attribute.end()
        end = re.compile(r"\s*>").match(self.markup, at)
        if end is None:
            raise _unparsable(f'Unclosed start tag "{tag}" {here}')
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" {here}')
        self.stack.append(_Open(tag, length(self.text), attributes))
        self.at = end.end()

    def close(self) -> None:
        here = f"at byte offset {self._byte_offset()}"
        if not self.stack:
            raise _unparsable(f"Unexpected end tag {here}")
        end = re.compile(r"</([^\s>]*)\s*>").match(self.markup, self.at)
        if end is None:
            raise _unparsable(f"Unclosed end tag {here}")
        opened, name = self.stack.pop(), end.group(1).lower()
        if name and name != opened.tag:
            raise _unparsable(f'Unmatched end tag {here}, expected "</{opened.tag}>", found "</{name}>"')
        self.at = end.end()
        self._keep(opened)

    def _keep(self, opened: _Open) -> None:
        """Remember what the tag meant; an empty one means nothing."""
        size = length(self.text) - opened.start
        if not size:
            return
        kind, marks = TAGS[opened.tag], opened.attributes
        if kind == "blockquote" and "expandable" in marks:
            kind = "expandable_blockquote"
        url = (marks.get("href") or self._since(opened.start)) if kind == "text_link" else None
        # td drops a link without a host in silence, and so the text arrives without it.
        if url is not None and not re.match(r"(?:[a-z]+://|mailto:|tel:)\S|\S+\.\S", url):
            return
        language = None
        if kind == "pre" and self.entities and self.entities[-1].language and self.entities[-1].offset == opened.start:
            language = self.entities.pop().language
        if kind == "code" and self.stack and self.stack[-1].tag == "pre":
            language = marks.get("class", "").removeprefix("language-") or None
        emoji = marks.get("emoji-id") if kind == "custom_emoji" else None
        self.entities.append(
            parts.MessageEntity(
                type=kind, offset=opened.start, length=size, url=url, language=language, custom_emoji_id=emoji
            )
        )

    def _since(self, start: int) -> str:
        return self.text.encode("utf-16-le")[2 * start :].decode("utf-16-le")

    def _byte_offset(self) -> int:
        return len(self.markup[: self.at].encode())


def _unparsable(words: str) -> Refused:
    return bad_request(f"can't parse entities: {words}")


def _checked(text: str, given: Sequence[requests.Entity]) -> tuple[parts.MessageEntity, ...]:
    """Explicit entities, each within the text and at the edge of characters."""
    encoded, size = text.encode("utf-16-le"), length(text)
    if len(given) > 100:
        raise strict("more than 100 entities; Telegram would drop the surplus")
    for entity in given:
        if entity.type not in ENTITY_TYPES:
            raise bad_request(f'can\'t parse entities: unsupported entity type "{entity.type}"')
        if entity.offset < 0 or entity.length <= 0:
            raise _unparsable(f"Receive an entity with incorrect offset {entity.offset} or length {entity.length}")
        if entity.offset + entity.length > size:
            raise _unparsable(f"Entity {entity.type} ends after the end of the text at UTF-16 offset {size}")
        for edge in (entity.offset, entity.offset + entity.length):
            if edge < size and 0xDC <= encoded[2 * edge + 1] <= 0xDF:
                raise _unparsable(f"Entity begins or ends in a middle of a UTF-16 symbol at UTF-16 offset {edge}")
        if entity.type == "text_link" and not entity.url:
            raise _unparsable('Can\'t find field "url" in a text_link')
    return tuple(parts.MessageEntity.model_validate(dict(entity)) for entity in given)


def _trimmed(formatted: Formatted) -> Formatted:
    """Without white space around it, as Telegram stores it; entities moved and cut accordingly."""
    bare = formatted.text.strip()
    lead = length(formatted.text) - length(formatted.text.lstrip())
    size = length(bare)
    kept = []
    for entity in formatted.entities:
        start = max(entity.offset - lead, 0)
        end = min(entity.offset + entity.length - lead, size)
        if start < end:
            kept.append(entity.model_copy(update={"offset": start, "length": end - start}))
    return Formatted(bare, tuple(kept))


def _tags(entity: parts.MessageEntity) -> tuple[str, str]:
    match entity.type:
        case "text_link":
            return f'<a href="{html.escape(entity.url or "")}">', "</a>"
        case "expandable_blockquote":
            return "<blockquote expandable>", "</blockquote>"
        case "spoiler" | "custom_emoji":
            return "<tg-spoiler>" * (entity.type == "spoiler"), "</tg-spoiler>" * (entity.type == "spoiler")
        case kind:
            tag = next((tag for tag, meaning in TAGS.items() if meaning == kind), None)
            return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
