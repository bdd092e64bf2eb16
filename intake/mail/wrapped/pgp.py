"""Take the armour off a text that was signed inline (RFC 9580 §7). The signature itself is not judged."""

from __future__ import annotations

import re

_SIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n", re.MULTILINE)
_SIGNATURE = re.compile(r"^-----BEGIN PGP SIGNATURE-----[ \t]*\n", re.MULTILINE)
_END = re.compile(r"^-----END PGP SIGNATURE-----[ \t]*(?:\n|\Z)", re.MULTILINE)
_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)
_MARK = "-----BEGIN PGP "


def unsigned(text: str) -> tuple[str, str | None]:
    """The text as it was before it was signed, and the signature; the first one, for a quoted one is a quotation."""
    begin = _SIGNED.search(text) if _MARK in text else None
    signature = _SIGNATURE.search(text, begin.end()) if begin else None
    end = _END.search(text, signature.end()) if signature else None
    if begin is None or signature is None or end is None:
        return text, None
    # "Hash: SHA256" and a blank line come before the first word.
    _, blank, said = text[begin.end() : signature.start()].partition("\n\n")
    if text.startswith("\n", begin.end()):
        blank, said = "\n", text[begin.end() + 1 : signature.start()]
    if not blank:
        return text, None
    # RFC 9580 §7.2: a line that begins with a dash was given a dash and a blank.
    said = f"\n{said}".replace("\n- ", "\n")[1:]
    return text[: begin.start()] + said + text[end.end() :], text[signature.start() : end.end()]


def is_encrypted(text: str) -> bool:
    return _MARK in text and _ENCRYPTED.search(text) is not None
