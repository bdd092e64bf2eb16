"""Take a mail apart into its tree of parts. Works on bytes, in linear time, and never fails; decodes no text.

The standard library's parser is not used: its cost grows with the square of a field's length (cpython#136063), it nests
as deep as the sender wishes, and it cannot give back the exact bytes of an attached message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from intake.mail import headers

MAX_HEADER = 256 << 10  # bytes of the header block of a mail
MAX_PART_HEADER = 32 << 10  # bytes of the header block of a part in it
MAX_HEADERS = 512 << 10  # bytes of all header blocks together
MAX_FIELD = 8 << 10  # bytes of one field
MAX_LIST = 64 << 10  # of one that lists people or earlier mails: a circular to a company's staff is no attack
MAX_DEPTH = 20
MAX_PARTS = 200

_LISTS = ("from", "to", "cc", "reply-to", "references", "in-reply-to", "resent-to", "resent-cc")

_LINE = re.compile(rb"([^\r\n]*)(?:\r{0,3}\n|\r|\Z)")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_BLANK_LINE = re.compile(rb"\r?\n\r{0,2}\n|\r\r")
_NEWLINE_BEFORE = re.compile(rb"\r{0,3}\n\Z|\r\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """A node of the tree. A leaf has a body, still in its transfer encoding; a multipart has parts instead."""

    fields: tuple[tuple[str, bytes], ...]  # names in small letters
    content_type: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    parts: tuple[Part, ...] = ()

    def all(self, name: str) -> list[bytes]:
        """Every field of this name (in small letters), in its order."""
        return [value for known, value in self.fields if known == name]

    def first(self, name: str) -> bytes:
        """The first field of this name, empty when there is none."""
        return next((value for known, value in self.fields if known == name), b"")

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in the order they were written."""
        yield self
        for part in self.parts:
            yield from part.walk()


def take_apart(raw: bytes) -> tuple[Part, list[str]]:
    """The tree of a mail, and what was wrong with its form."""
    splitter = _Splitter(raw)
    start = _first_header(raw)
    return splitter.part(start, len(raw), 0, "text/plain"), list(dict.fromkeys(splitter.defects))


def _first_header(raw: bytes) -> int:
    """Programs put blank lines, a byte order mark or an mbox line before the first header."""
    start = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    blank = re.compile(rb"[ \t\r\n]*").match(raw, start, start + 1000)
    behind = blank.end() if blank else start
    mbox = re.compile(rb">?From [^\r\n]{0,500}(?:\r?\n|\r)").match(raw, behind)
    behind = mbox.end() if mbox else behind
    return behind if mbox or _FIELD.match(raw, behind) else start


class _Splitter:
    """Counts parts over the whole tree and collects defects."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._count = 0
        self._headers_left = MAX_HEADERS
        self.defects: list[str] = []

    def part(self, start: int, end: int, depth: int, default_type: str) -> Part:
        self._count += 1
        fields, body = self._fields(start, end, MAX_PART_HEADER if depth else MAX_HEADER)
        written = next((value for name, value in fields if name == "content-type"), b"")
        content_type, parameters = headers.parameters(written)
        if not re.fullmatch(r"[\w.+-]+/[\w.+!#$&^-]+", content_type):
            if content_type and content_type != "text":
                self.defects.append("Content-Type that names no type")
            content_type = default_type
        if content_type.startswith("multipart/"):
            return self._multipart(fields, content_type, parameters, (body, end), depth)
        return Part(tuple(fields), content_type, parameters, self._raw[body:end])

    def _fields(self, start: int, end: int, limit: int) -> tuple[list[tuple[str, bytes]], int]:
        """The fields of a header block, and where the body starts."""
        fields: list[tuple[str, list[bytes]]] = []
        position = start
        limit = min(limit, self._headers_left)
        while position < end:
            if position - start > limit:
                self.defects.append("header block too long: the rest of it was not read")
                blank = _BLANK_LINE.search(self._raw, position, end)
                position = blank.end() if blank else position
                break
            match = _LINE.match(self._raw, position, end)
            assert match is not None  # an empty line matches too
            line = match[1]
            if not line:
                position = match.end()
                break
            named = _FIELD.match(line)
            if line[:1] in b" \t" and fields:
                fields[-1][1].append(line)
            elif named:
                fields.append((named[1].decode("ascii").lower(), [line[named.end() :]]))
            elif fields and _FIELD.match(self._raw, match.end(), end):
                self.defects.append("header line that is no field")
                fields[-1][1].append(b" " + line)
            else:
                self.defects.append("no blank line between header and body")
                break
            position = match.end()
        self._headers_left = max(0, self._headers_left - (position - start))
        return [(name, self._value(name, lines)) for name, lines in fields], position

    def _value(self, name: str, lines: list[bytes]) -> bytes:
        value = b"".join(lines)
        limit = MAX_LIST if name in _LISTS else MAX_FIELD
        if len(value) > limit:
            self.defects.append("header field too long: the rest of it was not read")
        return value[:limit]

    def _multipart(
        self,
        fields: list[tuple[str, bytes]],
        content_type: str,
        parameters: dict[str, str],
        region: tuple[int, int],
        depth: int,
    ) -> Part:
        boundary = parameters.get("boundary", "").rstrip()
        if depth >= MAX_DEPTH:
            self.defects.append("parts nested deeper than 20: the rest is one attachment")
            return Part(tuple(fields), "application/octet-stream", {}, self._raw[slice(*region)])
        default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
        parts = tuple(self._parts(boundary, region, depth, default)) if boundary else ()
        if parts:
            return Part(tuple(fields), content_type, parameters, b"", parts)
        self.defects.append("multipart without its boundary: read as text")
        return Part(tuple(fields), "text/plain", {}, self._raw[slice(*region)])

    def _parts(self, boundary: str, region: tuple[int, int], depth: int, default: str) -> Iterator[Part]:
        begun: int | None = None  # where the current part starts; None in preamble and epilogue
        closed = False
        for before, behind, closing in self._delimiters(boundary, region):
            if begun is not None:
                yield self.part(begun, before, depth + 1, default)
            if self._count >= MAX_PARTS:
                self.defects.append("more than 200 parts: the rest is one attachment")
                yield Part((), "application/octet-stream", {}, self._raw[behind : region[1]])
                return
            begun, closed = (None, True) if closing else (behind, closed)
        if begun is not None and (region[1] > begun or not closed):
            self.defects.append("boundary that is never closed")
            yield self.part(begun, region[1], depth + 1, default)

    def _delimiters(self, boundary: str, region: tuple[int, int]) -> Iterator[tuple[int, int, bool]]:
        """RFC 2046 §5.1.1: where content before a delimiter ends, where it begins behind it, and is it the last."""
        raw, (start, end) = self._raw, region
        written = re.escape(boundary.encode("utf-8", "replace"))
        pattern = re.compile(rb"--" + written + rb"(--)?[ \t]*(?:\r{0,3}\n|\r|\Z)")
        for match in pattern.finditer(raw, start, end):
            at = match.start()
            if at == start:
                yield at, match.end(), match[1] is not None
            elif newline := _NEWLINE_BEFORE.search(raw, max(start, at - 4), at):
                yield newline.start(), match.end(), match[1] is not None
