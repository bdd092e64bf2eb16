"""Open winmail.dat, Outlook's own envelope (MS-OXTNEF): its text and its files. Linear, bounded, total.

Archives inside of it stay closed, and so does its rich text, which Outlook always sends beside plain text.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from intake.mail import charsets

MAX_ATTRIBUTES = 5000  # of one stream, and properties of one attribute
MAX_FILES = 100
MAX_NESTING = 3  # a message within a message within ...
MAX_TEXT = 1 << 20  # bytes of a text; the part itself stays an attachment

_SIGNATURE = b"\x78\x9f\x3e\x22"
_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage: what follows is a stream of its own


class _Attribute(IntEnum):
    """MS-OXTNEF §2.1.3.3"""

    BODY = 0x800C
    FILE_DATA = 0x800F
    FILE_TITLE = 0x8010
    FILE_BEGINS = 0x9002
    MESSAGE_PROPERTIES = 0x9003
    FILE_PROPERTIES = 0x9005
    CODEPAGE = 0x9007


# Properties (MS-OXPROPS)
_TEXT, _HTML, _INTERNET_CODEPAGE = 0x1000, 0x1013, 0x3FDE
_DATA, _SHORT_NAME, _LONG_NAME, _DISPLAY_NAME, _TYPE, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x3001, 0x370E, 0x3712

_FIXED = {0x02: 2, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 2, 0x14: 8, 0x40: 8, 0x48: 16, 0x01: 0}
_STRING, _UNICODE = 0x1E, 0x1F
_VARIABLE = (_STRING, _UNICODE, 0x0D, 0x102)
_SEVERAL = 0x1000
_NAMED = 0x8000
# Code pages whose number says nothing to Python.
_CODEPAGES = {20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso-2022-jp", 51932: "euc-jp", 65001: "utf-8"}


@dataclass(slots=True)
class TnefFile:
    """A file in the envelope. `nested` is a message that was attached as a message."""

    name: str = ""
    content_type: str = ""
    content_id: str | None = None
    content: bytes = b""
    nested: Opened | None = None


@dataclass(slots=True)
class Opened:
    """What an envelope holds. `html` and `text` say the same in two forms; either may be empty."""

    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Property:
    name: int
    kind: int
    value: bytes


def is_tnef(content: bytes) -> bool:
    return content.startswith(_SIGNATURE)


def open_tnef(content: bytes, depth: int = 0) -> Opened:
    """Text and files of an envelope; what is damaged behind a place is not read. Raises nothing."""
    opened = Opened()
    codepage = "cp1252"
    file: TnefFile | None = None
    for attribute, value in _attributes(content):
        match attribute:
            case _Attribute.CODEPAGE if len(value) >= 4:
                codepage = _charset(int.from_bytes(value[:4], "little"))
            case _Attribute.BODY:
                opened.text = opened.text or _text(bytes(value[:MAX_TEXT]), codepage)
            case _Attribute.MESSAGE_PROPERTIES:
                _read_message(opened, list(_properties(value)), codepage)
            case _Attribute.FILE_BEGINS:
                if len(opened.files) == MAX_FILES:
                    break
                file = TnefFile()
                opened.files.append(file)
            case _Attribute.FILE_TITLE if file is not None:
                file.name = file.name or _text(bytes(value[:1000]), codepage)
            case _Attribute.FILE_DATA if file is not None:
                file.content = bytes(value)
            case _Attribute.FILE_PROPERTIES if file is not None:
                _read_file(file, list(_properties(value)), codepage, depth)
    return opened


def _attributes(content: bytes) -> Iterator[tuple[int, memoryview]]:
    """Number and value of each: level, number, kind, length, value, checksum (MS-OXTNEF §2.1.3.1)."""
    whole = memoryview(content)
    position = 6
    for _ in range(MAX_ATTRIBUTES):
        if position + 11 > len(whole):
            return
        _, number, _, length = struct.unpack_from("<BHHI", whole, position)
        # What is cut off is taken as far as it goes: half a file tells more than none.
        yield number, whole[position + 9 : position + 9 + length]
        position += 11 + length


def _properties(data: memoryview) -> Iterator[_Property]:
    """The properties of an attribute (MS-OXTNEF §2.1.3.4); of several values the first."""
    position = 4
    for _ in range(MAX_ATTRIBUTES):
        if position + 4 > len(data):
            return
        kind, name = struct.unpack_from("<HH", data, position)
        position += 4
        if name >= _NAMED:
            position = _behind_name(data, position)
        count = 1
        if kind & _SEVERAL or kind in _VARIABLE:
            count = _number(data, position)
            position += 4
        value, position = _values(data, position, kind & ~_SEVERAL, count)
        if value is None:
            return
        yield _Property(name, kind & ~_SEVERAL, bytes(value))


def _values(data: memoryview, position: int, kind: int, count: int) -> tuple[memoryview | None, int]:
    """The first of `count` values and where the last one ends; None when this is no property."""
    if kind in _FIXED:
        return data[position : position + _FIXED[kind]], position + _padded(_FIXED[kind] * count)
    if kind not in _VARIABLE:
        return None, position
    first: memoryview | None = None
    for _ in range(min(count, MAX_ATTRIBUTES)):
        length = _number(data, position)
        if position + 4 > len(data):
            break
        first = data[position + 4 : position + 4 + length] if first is None else first
        position += 4 + _padded(length)
    return first if first is not None else data[:0], position


def _behind_name(data: memoryview, position: int) -> int:
    """A named property has a GUID, and then a number or a name of its own."""
    by_name = _number(data, position + 16)
    return position + 24 + (_padded(_number(data, position + 20)) if by_name else 0)


def _number(data: memoryview, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _read_message(opened: Opened, properties: list[_Property], codepage: str) -> None:
    for one in properties:
        if one.name == _INTERNET_CODEPAGE:
            codepage = _charset(int.from_bytes(one.value, "little"))
    for one in properties:
        if one.name == _TEXT:
            opened.text = _string(one, codepage) or opened.text
        elif one.name == _HTML:
            opened.html = _string(one, codepage)


def _read_file(file: TnefFile, properties: list[_Property], codepage: str, depth: int) -> None:
    found = {one.name: one for one in properties}
    for name in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME):
        if name in found and (written := _string(found[name], codepage)):
            # The title that stands outside is cut to eight letters and three.
            file.name = written
            break
    if _TYPE in found:
        file.content_type = _string(found[_TYPE], codepage).lower()
    if _CONTENT_ID in found:
        file.content_id = _string(found[_CONTENT_ID], codepage).strip("<>") or None
    content = found[_DATA].value if _DATA in found else b""
    if content.startswith(_MESSAGE):
        content = content[len(_MESSAGE) :]
        if is_tnef(content) and depth < MAX_NESTING:
            file.nested = open_tnef(content, depth + 1)
    file.content = content or file.content


def _string(one: _Property, codepage: str) -> str:
    value = one.value[:MAX_TEXT]
    if one.kind == _UNICODE:
        return charsets.clean(value[: len(value) & ~1].decode("utf-16-le", "replace")).rstrip("\0\ufffd")
    return _text(value, codepage)


def _text(value: bytes, codepage: str) -> str:
    return charsets.decode(value.rstrip(b"\0"), codepage).replace("\r\n", "\n").replace("\r", "\n")


def _charset(number: int) -> str:
    if 28591 <= number <= 28606:
        return f"iso-8859-{number - 28590}"
    return charsets.known(_CODEPAGES.get(number, f"cp{number}")) or "cp1252"
