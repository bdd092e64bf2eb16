"""Undo what was done to content for the journey: transfer encodings (RFC 2045 §6), uuencode, format=flowed."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)
_BLANKS = b" \t\r\n\v\f"
_UU_BEGIN = re.compile(r"begin [0-7]{3,4} (\S.{0,254})")


def decoded(body: bytes, encoding: str) -> tuple[bytes, bool]:
    """The bytes that the sender meant, and whether the encoding was sound. What cannot be decoded stays as it is."""
    match encoding.strip().strip("\"'").lower():
        case "base64" | "b":
            return _base64(body)
        case "quoted-printable" | "quotedprintable" | "q":
            return binascii.a2b_qp(body), True
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            files = uuencoded(body.decode("latin-1"))[1]
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
        pieces = re.findall(rb"[A-Za-z0-9+/]+", packed)
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


def uuencoded(text: str) -> tuple[str, list[UuFile]]:
    """The text without its uuencoded files, and these. A file that does not end soundly stays text."""
    if "begin " not in text:
        return text, []
    kept: list[str] = []
    files: list[UuFile] = []
    held: list[str] | None = None  # lines since `begin`
    content, name = b"", ""
    chunks: list[bytes] = []
    for line in text.splitlines(keepends=True):
        words = line.rstrip("\r\n")
        if held is None:
            begin = _UU_BEGIN.fullmatch(words)
            if begin:
                held, chunks, name = [line], [], begin[1]
            else:
                kept.append(line)
            continue
        held.append(line)
        if words == "end" and chunks:
            content = b"".join(chunks)
            files.append(UuFile(name.strip(), content))
            held = None
        elif (chunk := _uu_line(words)) is not None:
            chunks.append(chunk)
        else:
            kept += held
            held = None
    return "".join(kept + (held or [])), files


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


def unflowed(text: str, delsp: bool) -> str:
    """Paragraphs of a format=flowed text as one line each (RFC 3676 §4.2). Quote marks stay, stuffing goes."""
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
