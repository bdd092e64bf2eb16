"""Find the status (RFC 3463) in what programs write about a failure, or derive it from words that leave no doubt."""

from __future__ import annotations

import re

from intake.mail.machines.failure_words import WORDS
from intake.mail.machines.wording import folded

# RFC 3463 §2: class, subject, detail. Not a version, not a piece of an IP address.
_DIGITS = r"([245]\.[0-9]\.\d{1,3})(?!\.?\d)"
_FIELD = re.compile(rf"(?<![\d.]){_DIGITS}")
# The surest first: behind a reply code, behind a number sign, alone.
_WRITTEN = (
    re.compile(r"(?<![\d.])[45]\d\d[ -]{1,3}[#(<\[]{0,2}([45]\.[0-7]\.\d{1,3})(?!\.?\d)"),
    re.compile(r"#[ (<]?([45]\.[0-7]\.\d{1,3})(?!\.?\d)"),
    re.compile(r"(?<![\w./@=:-])([45]\.[0-7]\.\d{1,3})(?!\.?\d)(?![\w/@-])"),
)
_VERSION = re.compile(r"(?:version|release|ver\.|build|exchange|sendmail|server) ?$", re.IGNORECASE)
# A reply code without its enhanced one, where a server is quoted: not "after 450 minutes".
_REPLY_CODE = re.compile(
    r"(?:^[\s>*<-]*|[:;'\"(#<\[{>]\s?|\b(?:error|code|smtp|status|response|reply|server|said|err)[ =]{1,2})"
    r"([45])[0-5]\d(?=[\s\-,;:'\")\]}.]|$)(?!\.\d)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"[^\s<>()\"',;:]{1,64}@[^\s<>()\"',;:]{1,255}")
MAX_TEXT = 20_000  # characters
MAX_GAP = 80  # characters that a * in a phrase stands for


def in_field(value: str) -> str | None:
    """The status that a Status field holds, its comment left out."""
    found = _FIELD.search(value)
    return found[1] if found else None


def written(text: str) -> str | None:
    """The enhanced status code that stands in a text."""
    for shape in _WRITTEN:
        for found in shape.finditer(text):
            if not _VERSION.search(text[max(0, found.start() - 12) : found.start()]):
                return found[1]
    return None


def of_words(text: str, *, late: bool = False) -> str | None:
    """The status that words or a bare reply code leave no doubt about, else None. `late`: the mail is not lost yet."""
    said = _bare(text)
    code = _REPLY_CODE.search(text[:MAX_TEXT])
    permanence = "4" if late or (code is not None and code[1] == "4") else "5"
    for detail, known in WORDS:
        if any(_is_said(phrase, said) for phrase in known):
            # RFC 3463 §3.5: no answer and no more time are never more than transient.
            return f"{'4' if detail in _TRANSIENT else permanence}.{detail}"
    # RFC 3463 §3.1: X.0.0 is for errors of which only the class is known, and that is what a reply code says.
    return f"{permanence}.0.0" if code is not None else None


def only_one(text: str, *, late: bool) -> str | None:
    """The same for a whole notice, which may also list everything that might have happened: then it says nothing."""
    said = _bare(text)
    details = {detail for detail, known in WORDS if any(_is_said(phrase, said) for phrase in known)}
    return of_words(text, late=late) if len(details) <= 1 else None


def refined(status: str | None, diagnostic: str, *, late: bool) -> str | None:
    """A report's Status field, unless it only names the class and the server's own words say more."""
    # RFC 3463 §3.1 again: X.0.0 says that the reporter does not know; the code of the server that refused does.
    if status is not None and not status.endswith(".0.0"):
        return status
    precise = written(diagnostic)
    if status is None:
        return precise or of_words(diagnostic, late=late)
    return precise if precise is not None and precise[0] == status[0] and not precise.endswith(".0.0") else status


def _bare(text: str) -> str:
    """Folded and without addresses: their names are no reasons."""
    return folded(_ADDRESS.sub(" ", text[:MAX_TEXT]))


def _is_said(phrase: str, said: str) -> bool:
    head, star, tail = phrase.partition("*")
    if not star:
        return phrase in said
    at = said.find(head)
    between, found, _ = said[at + len(head) : at + len(head) + MAX_GAP].partition(tail)
    return at >= 0 and bool(found) and ":" not in between


_TRANSIENT = ("4.1", "4.7")
