"""Undo what was done to content for the journey: transfer encodings (RFC 2045 §6), uuencode, format=flowed."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

MAX_PIECES = 50_000  # of base64, each with its own padding
MAX_UU_FILES = 100  # in one text
MAX_UU_TRIES = 10_000  # lines in one text that look as if a file began
MAX_FLOWED = 300_000  # lines of a text whose paragraphs are put together

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)
_NOT_BASE64_NOR_PADDING = _NOT_BASE64.replace(b"=", b"")
_BLANKS = b" \t\r\n\v\f"
_PADDED_BREAK = re.compile(rb"=[ \t]+(?=\r?\n|\Z)")
_UU_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S[^\r\n]{0,254})\r?\n", re.MULTILINE)


def decoded(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """The bytes that the sender meant, and whether the encoding was sound. What cannot be decoded stays as it is."""
    # RFC 2045 §6.1 allows a comment behind the name; some programs put a semicolon there, as behind a type.
    match re.split("[(;]", encoding, maxsplit=1)[0].strip().strip("\"'").lower():
        case "base64" | "b":
            return _base64(body)
        case "quoted-printable" | "quotedprintable" | "q":
            # RFC 2045 §6.7 (3): blanks at the end of a line may come on the way; here they hide that the line goes on.
            return binascii.a2b_qp(_PADDED_BREAK.sub(b"=", body)), True
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            files = uuencoded(body.decode("latin-1"), 1)[1]
            return (files[0].content, True) if files else (body, False)
        case "" | "7bit" | "8bit" | "binary":
            return body, True
        case _:
            return body, False


def _base64(body: bytes) -> tuple[bytes, bool]:
    packed = body.translate(None, _BLANKS)
    letters, padding, behind = packed.partition(b"=")
    kept = letters.translate(None, _NOT_BASE64)
    # Half of it strange: this is no base64, and decoding would destroy it.
    if len(kept) * 2 < len(letters):
        return body, False
    sound = kept == letters and not behind.strip(b"=") and (len(kept) + len(padding + behind)) % 4 == 0
    if behind.strip(b"="):
        # Several pieces one after another, each with its own padding.
        *pieces, rest = packed.translate(None, _NOT_BASE64_NOR_PADDING).split(b"=", MAX_PIECES)
        pieces = [piece for piece in (*pieces, rest.translate(None, b"=")) if piece]
        if all(len(piece) % 4 != 1 for piece in pieces[:-1]):
            return b"".join(_piece(piece) for piece in pieces), False
    return _piece(kept), sound


def _piece(letters: bytes) -> bytes:
    # One letter over is six bits: no byte.
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


@dataclass(frozen=True, slots=True)
class UuFile:
    """A file that stood in the text between `begin` and `end`."""

    name: str
    content: bytes


def uuencoded(text: str, most: int = MAX_UU_FILES) -> tuple[str, list[UuFile]]:
    """The text without its uuencoded files, and these. A file that does not end soundly stays text."""
    kept: list[str] = []
    files: list[UuFile] = []
    position = 0
    for _ in range(MAX_UU_TRIES):
        begin = _UU_BEGIN.search(text, position) if len(files) < most else None
        if begin is None:
            break
        content, end = _uu_content(text, begin.end())
        if content is None:
            kept.append(text[position:end])
        else:
            kept.append(text[position : begin.start()])
            files.append(UuFile(begin[1].strip(), content))
        position = end
    return "".join(kept) + text[position:], files


def _uu_content(text: str, position: int) -> tuple[bytes | None, int]:
    """The file whose lines begin here, None when it is none, and where the text goes on."""
    chunks: list[bytes] = []
    while position < len(text):
        end = text.find("\n", position)
        following = end + 1 if end >= 0 else len(text)
        line = text[position:following].rstrip("\r\n")
        if line == "end" and chunks:
            return b"".join(chunks), following
        chunk = _uu_line(line)
        if chunk is None:
            return None, position
        chunks.append(chunk)
        position = following
    return None, position


def _uu_line(line: str) -> bytes | None:
    if line in ("", "`"):
        return b""
    if not 32 <= ord(line[0]) <= 96 or len(line) > 90:
        return None
    # Transit strips blanks from line ends; they are zeros.
    wanted = ((ord(line[0]) - 32) & 63) * 8 + 5
    try:
        return binascii.a2b_uu(line[: 1 + wanted // 6 + 3].encode("ascii"))
    except (binascii.Error, ValueError):
        return None


def unenriched(text: str) -> str:
    """The words of text/enriched (RFC 1896) and its forerunner, without their commands."""
    words = re.sub(r"<param>[^<>]{0,200}</param>|</?[A-Za-z][A-Za-z0-9-]{0,60}>", "", text)
    return words.replace("<<", "<")


def unflowed(text: str, delsp: bool) -> str:
    """Paragraphs of a format=flowed text as one line each (RFC 3676 §4.2). Quote marks stay, stuffing goes."""
    if text.count("\n") > MAX_FLOWED:
        return text
    result: list[str] = []
    paragraph: list[str] = []
    depth = 0

    def end() -> None:
        if paragraph:
            mark = ">" * depth + (" " if depth else "")
            result.append(mark + "".join(paragraph))
            paragraph.clear()

    for line in text.split("\n"):
        words = line.lstrip(">")
        level = len(line) - len(words)
        words = words.removeprefix(" ")
        if level != depth:
            end()
        depth = level
        # RFC 3676 §4.3: the line that announces a signature flows into nothing, and nothing flows into it.
        if words == "-- ":
            end()
            paragraph.append(words)
            end()
        elif words.endswith(" "):
            paragraph.append(words[:-1] if delsp else words)
        else:
            paragraph.append(words)
            end()
    end()
    return "\n".join(result)
