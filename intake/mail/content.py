"""Decode one part of a mail: its words, its bytes, its name."""

from __future__ import annotations

import re

from intake.mail import charsets, encodings, headers
from intake.mail.html.text import to_text
from intake.mail.mime import Part, take_apart
from intake.mail.wrapped import pgp
from intake.mail.wrapped.wrappers import SEALED
from intake.message import Attachment
from intake.words.lookalikes import DIRECTIONS

MAX_FILENAME = 255
MEDIA = ("image/", "audio/", "video/")

# Parts that belong to the mail's make-up: listed, for nothing is left out, but no document that somebody sent.
_TRIMMINGS = (
    *("application/pkcs7-signature", "application/x-pkcs7-signature"),  # RFC 8551 §3.5.3
    *("application/pgp-signature", "application/pgp-encrypted"),  # RFC 3156: the signature, and the version number
    "application/applefile",  # RFC 1740: what a Mac's file system knows of the file beside it
    "text/x-amp-html",  # a third form of the same words
)


class Reader:
    """Decodes parts; collects defects, and files that were found inside of text."""

    def __init__(self, hint: str | None) -> None:
        self.hint = hint
        self.defects: list[str] = []
        self.from_text: list[Attachment] = []
        self._characters: dict[int, str] = {}

    def text(self, part: Part) -> str:
        """What a text part says, in plain text."""
        characters = self.characters(part)
        if part.content_type == "text/html" or _is_html(characters):
            return to_text(characters)
        if part.content_type in ("text/enriched", "text/richtext"):
            return encodings.unenriched(characters)
        if part.parameters.get("format", "").lower() == "flowed":
            characters = encodings.unflowed(characters, part.parameters.get("delsp", "").lower() == "yes")
        rest, files = encodings.uuencoded(characters)
        for file in files:
            self._found(file.name, "application/octet-stream", file.content)
        if pgp.is_encrypted(rest):
            self.defects.append(SEALED)
        said, signature = pgp.unsigned(rest)
        if signature is not None:
            self._found("signature.asc", "application/pgp-signature", signature.encode())
        return said

    def characters(self, part: Part) -> str:
        """A text part as it stands, decoded, with line ends as Python has them."""
        if id(part) not in self._characters:
            self._characters[id(part)] = self._decoded(part)
        return self._characters[id(part)]

    def _decoded(self, part: Part) -> str:
        content = self.content(part)
        label = part.parameters.get("charset")
        if label and charsets.known(label) is None:
            self.defects.append("charset that nobody knows")
        if part.content_type == "text/html" and not label:
            # Without a label on the part, the document's own: <meta charset=...>.
            meta = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", content[:4096], re.IGNORECASE)
            label = meta[1].decode("ascii", "replace") if meta else None
        decoded = charsets.decode(content, label, self.hint)
        if "\ufffd" in decoded:
            self.defects.append("bytes that are no text in their charset")
        return decoded.replace("\r\n", "\n").replace("\r", "\n")

    def content(self, part: Part) -> bytes:
        """The bytes that the sender meant."""
        content, sound = encodings.decoded(part.body, headers.unfold(part.first("content-transfer-encoding")[:100]))
        if not sound:
            self.defects.append("content that is not in the encoding it claims")
        return content

    def attachment(self, part: Part) -> Attachment:
        """A part as a file: its bytes, its name, and whether it is one that somebody sent."""
        content = self.content(part)
        name = filename(part, self.hint)
        if name is None and part.content_type == "message/rfc822":
            subject = headers.text(take_apart(content[:16384])[0].first("subject")[:998], self.hint)
            name = f"{subject[: MAX_FILENAME - 4]}.eml" if subject else None
        content_id = headers.unfold(part.first("content-id")[:998]).strip("<> ") or None
        return Attachment(
            filename=cut(name, self.defects),
            content_type=part.content_type,
            size=len(content),
            content=content,
            inline=_is_inline(part, content_id),
            content_id=content_id,
        )

    def _found(self, name: str, content_type: str, content: bytes) -> None:
        inline = content_type in _TRIMMINGS
        self.from_text.append(Attachment(cut(name, self.defects), content_type, len(content), content, inline=inline))


def disposition(part: Part) -> str:
    return headers.parameters(part.first("content-disposition"))[0]


# "invoice<turn>fdp.exe" reads as a PDF.
_UNSEEN = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x9f{DIRECTIONS}]")


def filename(part: Part, hint: str | None) -> str | None:
    """The name that the sender gave to a part, decoded, whole, in one line that nothing turns; None without one."""
    name = headers.parameters(part.first("content-disposition"), hint)[1].get("filename") or ""
    if not name:
        name = headers.parameters(part.first("content-type"), hint)[1].get("name") or ""
    return " ".join(_UNSEEN.sub("", name).split()) or None


def cut(name: str | None, defects: list[str]) -> str | None:
    """At most 255 characters, the ending kept, for it says what the file is."""
    if name is None or len(name) <= MAX_FILENAME:
        return name
    defects.append("file name longer than 255 characters")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 20:
        return name[:MAX_FILENAME]
    return stem[: MAX_FILENAME - len(ending) - 1] + dot + ending


def _is_inline(part: Part, content_id: str | None) -> bool:
    """A picture that the HTML shows, or a part of the mail's make-up, is no document that somebody sent."""
    kind = disposition(part)
    if part.content_type in _TRIMMINGS:
        return True
    if part.content_type.startswith(MEDIA):
        return kind == "inline" or (kind != "attachment" and content_id is not None)
    return kind == "inline" and content_id is not None


def _is_html(characters: str) -> bool:
    """Programs exist that send a whole HTML document as text/plain."""
    return (
        characters[:200].lstrip().lower().startswith(("<!doctype html", "<html"))
        and "</html>" in characters[-1000:].lower()
    )
