"""Turn bytes into text whatever their label says. Total: every byte becomes a character, at worst U+FFFD."""

from __future__ import annotations

import codecs
import re
import unicodedata

# What programs write, and what they mean: the larger set that contains the named one.
_ALIASES = {
    "ansi": "cp1252",
    "ascii": "ascii",
    "big5": "big5hkscs",
    "cp-850": "cp850",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-11": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso8859-1": "cp1252",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "latin1": "cp1252",
    "macintosh": "mac_roman",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "ascii",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "win-1251": "cp1251",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "x-user-defined": "unknown",
}
# Sets that say several bytes with ASCII alone: pure ASCII bytes prove nothing about them.
_STATEFUL = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
# Sets of several bytes a character, whose own rules are strict enough to be believed.
_STRICT = ("gb18030", "big5hkscs", "big5", "cp949", "cp932", "euc_jp", "shift_jis", "johab", "utf-8")
# Programs write numbers in circles and the like under the label of the smaller set, which has none.
_WITH_ADDITIONS = {"euc_jp": "euc_jis_2004"}
# What unlabelled mail is written in; fewer choices are fewer wrong guesses.
_LIKELY = ["cp1252", "cp1251", "koi8_r", "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1250", "cp1253", "cp1255"]
_JAPANESE = ("cp932", "euc_jp")
_HIRAGANA = re.compile("[ぁ-ん]")
_NOT_ASCII = bytes(range(128, 256))
# What charset-normalizer takes for Romanian in cp1250 is Portuguese in cp1252: "ão", "ões", "ãe".
_PORTUGUESE = re.compile(rb"\xe3[oe]|\xf5e|\xc3O")
_SAMPLE = 8192
_MAX_JAPANESE = 256 << 10  # bytes that are converted pair by pair, which is slow
_TABOO = re.compile("[\x00\ud800-\udfff]")


def decode(data: bytes, label: str | None = None, hint: str | None = None) -> str:
    """Text of `data`. `label` is what the mail says about it, `hint` the charset of another part of the same mail."""
    codec = known(label)
    if codec is not None and codec.startswith(_STATEFUL):
        return clean(_stateful(data, codec))
    if data.isascii():
        return clean(_stateful(data, "iso2022_jp_ext") if b"\x1b$" in data else data.decode("ascii"))
    # A single-byte label fits any bytes, so it proves nothing; long valid UTF-8 is never an accident.
    order = [codec, "utf-8"] if codec in _STRICT else ["utf-8", codec]
    for name in (*order, _WITH_ADDITIONS.get(codec or ""), known(hint)):
        if name is not None and name != "ascii":
            try:
                return clean(data.decode(name))
            except (UnicodeError, ValueError):
                continue
    return clean(_nearly(data, codec) or _guess(data))


def known(label: str | None) -> str | None:
    """The codec that a label means, or None when nobody knows it."""
    if not label:
        return None
    wanted = label.strip().strip("\"'").lower()[:40]
    wanted = _ALIASES.get(wanted.replace("windows-", "cp") if wanted.startswith("windows-") else wanted, wanted)
    try:
        found = codecs.lookup(wanted)
    except (LookupError, ValueError):
        return None
    # Python keeps codecs that are no charsets (base64, zlib: bombs) under the same roof.
    if not getattr(found, "_is_text_encoding", True) or found.name in (
        "idna",
        "punycode",
        "undefined",
        "unicode_escape",
    ):
        return None
    return "utf-8" if found.name == "utf-8-sig" else _ALIASES.get(found.name, found.name)


def clean(text: str) -> str:
    """Storable text: no NUL, no half of a surrogate pair, no byte order mark in front."""
    return _TABOO.sub("\ufffd", text).removeprefix("\ufeff")


def _nearly(data: bytes, codec: str | None) -> str | None:
    """The label was right if only a few bytes contradict it, cut or damaged on the way, and more bytes bear it out."""
    name = codec if codec not in (None, "ascii") else "utf-8"
    text = data.decode(name, "replace")
    bad = text.count("\ufffd")
    if bad > max(1, len(text) // 100):
        return None
    foreign = len(data) - len(data.translate(None, _NOT_ASCII))
    # "J\xfcrgen" under a UTF-8 label has one strange byte and none that speaks for UTF-8; a cut off end proves nothing.
    return text if foreign > 2 * bad or (codec is not None and text.endswith("\ufffd")) else None


def _guess(data: bytes) -> str:
    for name in _JAPANESE:
        try:
            text = data.decode(name)
        except UnicodeError:
            continue
        # Every Japanese sentence has these letters, and no text in another set yields them by chance.
        if len(_HIRAGANA.findall(text)) * 8 >= len(text):
            return text
    from charset_normalizer import from_bytes  # slow to import, rarely needed

    first = next(i for i, byte in enumerate(data) if byte > 127)
    sample = data[max(0, first - 200) :][:_SAMPLE]
    best = from_bytes(sample, cp_isolation=_LIKELY, enable_fallback=False).best()
    name = best.encoding if best is not None else "cp1252"
    return data.decode("cp1252" if name == "cp1250" and _PORTUGUESE.search(sample) else name, "replace")


def _stateful(data: bytes, codec: str) -> str:
    name = "iso2022_jp_ext" if codec == "iso2022_jp" else codec
    try:
        return unicodedata.normalize("NFC", data.decode(name))
    except (UnicodeError, ValueError):
        pass
    if name.startswith("iso2022_jp") and len(data) <= _MAX_JAPANESE:
        return _japanese(data)
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return data.decode(name, "replace")


def _japanese(data: bytes) -> str:
    """ISO-2022-JP with the NEC and IBM rows that Windows programs add: the same characters by way of code page 932."""
    text = []
    mode = b"(B"
    for piece in re.split(rb"\x1b(\$\([A-Z]|[$(][@A-Z])", data):
        if re.fullmatch(rb"\$\([A-Z]|[$(][@A-Z]", piece):
            mode = piece
        elif mode.startswith(b"$"):
            text.append(_from_jis(piece).decode("cp932", "replace"))
        elif mode == b"(I":
            text.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        else:
            text.append(piece.decode("utf-8", "replace"))
    return "".join(text)


def _from_jis(pairs: bytes) -> bytes:
    """Seven-bit JIS pairs as Shift-JIS (JIS X 0208, annex 1). What is no pair, a line end for instance, stays."""
    result = bytearray()
    position = 0
    while position < len(pairs):
        row = pairs[position]
        if not 0x21 <= row <= 0x7E or position + 1 == len(pairs):
            result.append(row)
            position += 1
            continue
        cell = pairs[position + 1]
        lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        trail = cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E
        result += bytes((lead, trail & 0xFF))
        position += 2
    return bytes(result)
