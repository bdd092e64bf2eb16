"""Read header values: raw bytes, encoded words (RFC 2047), parameters (RFC 2231), dates and message ids."""

from __future__ import annotations

import binascii
import email.utils
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote_to_bytes

from intake.mail import charsets

MAX_PARAMETERS = 8192  # bytes of a field with parameters
THREAD_ROOT = 22  # bytes
MAX_WORD = 8192  # bytes of an encoded word; RFC 2047 §2 allows 75, programs write the whole subject into one

_WORD_START = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]*)?\?([BbQq])\?")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
# "attachment filename=x.pdf": the semicolon that some forget.
_UNDIVIDED = re.compile(r"\s{0,9}([\w.+-]{1,100}(?:/[\w.+-]{1,100})?)\s{1,9}(?=[\w*-]{1,60}\s?=)")
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def unfold(value: bytes, hint: str | None = None) -> str:
    """One line of text; encoded words stay as they are. `hint` names the charset of raw 8-bit bytes."""
    return charsets.decode(re.sub(rb"[\r\n]+", b"", value), None, hint).replace("\t", " ").strip()


def text(value: bytes, hint: str | None = None) -> str:
    """What a human would read in an unstructured header: one line, decoded, without control characters."""
    return _CONTROL.sub(" ", words(unfold(value, hint))).replace("\t", " ").replace("\n", " ").strip()


def words(value: str) -> str:
    """Decode RFC 2047 words wherever they stand, quoted strings included, for that is where programs put them.

    Neighbours of one charset are joined before decoding: some programs split a character between two words.
    """
    result: list[str] = []
    waiting, charset = b"", ""
    position = 0
    for start, end, label, content in _encoded(value):
        between = value[position:start]
        # RFC 2047 §6.2: white space between two encoded words is no text.
        if (between.strip() or not waiting or label.lower() != charset.lower()) and waiting:
            result.append(charsets.decode(waiting, charset))
            waiting = b""
            between = between if between.strip() else ""
        elif waiting:
            between = ""
        result.append(between)
        waiting, charset = waiting + content, label
        position = end
    if waiting:
        result.append(charsets.decode(waiting, charset))
    return charsets.clean("".join(result) + value[position:])


def parameters(value: bytes, hint: str | None = None) -> tuple[str, dict[str, str]]:
    """The value in small letters and its parameters, RFC 2231 pieces joined, encoded words in them decoded."""
    line = _UNDIVIDED.sub(r"\1;", unfold(value[:MAX_PARAMETERS], hint), count=1)
    head, _, _ = line.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(line):
        name = _CONTINUED.fullmatch(match[1].lower())
        if name is None:
            continue
        if name[2] is None and name[3] is None:
            plain.setdefault(name[1], _joined({0: (_unquoted(match[2]), False)}, hint))
        else:
            # Many write a name in both forms, for old programs and for new; pieces of one are none of the other.
            numbered = pieces.setdefault(name[1], {})
            numbered.setdefault(int(name[2] or 0), (_unquoted(match[2]), name[3] is not None))
    extended = {name: _joined(numbered, hint) for name, numbered in pieces.items()}
    return head.strip().lower(), plain | {name: words for name, words in extended.items() if words}


def date(value: str) -> datetime | None:
    """An aware time, or None when the header holds none that can be. No zone, and `-0000`, count as UTC."""
    try:
        # RFC 5322 §4.3: comments and blanks may stand between hours and minutes too.
        parsed = email.utils.parsedate_tz(re.sub(r"[ \t]*:[ \t]*", ":", re.sub(r"\([^()]*\)", " ", value[:200])))
        if parsed is None:
            found = datetime.fromisoformat(value.strip()[:40])
            return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        zone = timezone(timedelta(seconds=parsed[9] or 0))
        moment = datetime(*parsed[:6], tzinfo=zone)
    # The standard library's parser raises all of these on nonsense (cpython#151857 and its relatives).
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return moment if 1970 <= moment.year <= 2100 else None


def message_ids(value: str) -> list[str]:
    """The ids of Message-ID, In-Reply-To or References, without <>, in their order; comments and phrases left out."""
    found = [re.sub(r"\s+", "", name) for name in re.findall(r"<([^<>]{1,998})>", value)]
    if not found:
        found = [name.strip("<>,;") for name in value.split() if "@" in name]
    if not found and value.strip() and " " not in value.strip():
        found = [value.strip().strip("<>")]
    return [name for name in found if name and not _CONTROL.search(name)]


def thread_index(value: bytes) -> str | None:
    """The root of Outlook's Thread-Index (MS-OXOMSG §2.2.1.3): 22 bytes that an answer keeps and adds 5 to."""
    written = re.sub(rb"\s+", b"", value[:8192])
    try:
        index = binascii.a2b_base64(written, strict_mode=True)
    except binascii.Error:
        return None
    whole = len(index) >= THREAD_ROOT and (len(index) - THREAD_ROOT) % 5 == 0
    return index[:THREAD_ROOT].hex() if whole else None


def _encoded(value: str) -> Iterator[tuple[int, int, str, bytes]]:
    """Each encoded word: where it starts and ends, its charset, its bytes. Every character is looked at once."""
    position = value.find("=?")
    while position >= 0:
        match = _WORD_START.match(value, position)
        end = value.find("?=", match.end(), match.end() + MAX_WORD) if match else -1
        if match is None or end < 0:
            position = value.find("=?", position + 2)
            continue
        content = _bytes(value[match.end() : end], match[1])
        yield position, end + 2, match[1], (_base64(content) if match[2] in "Bb" else _quoted(content))
        position = value.find("=?", end + 2)


def _bytes(content: str, charset: str) -> bytes:
    """Raw 8-bit inside an encoded word is forbidden and common; it is in the charset of the word, if in any."""
    try:
        return content.encode("ascii" if content.isascii() else charsets.known(charset) or "utf-8")
    except (UnicodeError, ValueError):
        return content.encode("utf-8", "replace")


def _quoted(content: bytes) -> bytes:
    return binascii.a2b_qp(content.replace(b" ", b"_"), header=True)


def _base64(content: bytes) -> bytes:
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
    # One letter over is six bits: no byte.
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        # Only what must be escaped is: a Windows path in quotes keeps its backslashes.
        return re.sub(r'\\(["\\])', r"\1", value[1:-1])
    return value.strip('"')


def _joined(numbered: dict[int, tuple[str, bool]], hint: str | None) -> str:
    charset, data = "", b""
    extended = any(is_extended for _, is_extended in numbered.values())
    for number in sorted(numbered):
        piece, is_extended = numbered[number]
        if number == min(numbered) and is_extended and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        data += unquote_to_bytes(piece) if is_extended else piece.encode("utf-8", "replace")
    decoded = charsets.decode(data, charset or "utf-8", hint) if extended else data.decode("utf-8")
    return unicodedata.normalize("NFC", _CONTROL.sub("", words(decoded)))
