"""Choose what of a mail is its text and what are its attachments (RFC 8621 §4.1.4), and decode both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.mail import charsets, encodings, headers
from intake.mail.html import to_text
from intake.mail.mime import Part, take_apart
from intake.message import Attachment

MAX_ATTACHMENTS = 100
MAX_FILENAME = 255

_MEDIA = ("image/", "audio/", "video/")


@dataclass(frozen=True, slots=True)
class Body:
    """The content of a mail. `charset` is what its text says it is written in: a hint for undeclared headers."""

    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    charset: str | None
    defects: tuple[str, ...]


def read_body(root: Part) -> Body:
    """Text, HTML and attachments of a mail."""
    chosen = _Chosen()
    _choose([root], "mixed", False, chosen, chosen.text, chosen.html)
    reader = _Reader(_hint(root))
    text = "\n".join(filter(None, (reader.text(part) for part in chosen.text))).strip("\n")
    html_parts = [part for part in chosen.html if part.content_type == "text/html"]
    html = "\n".join(reader.characters(part) for part in html_parts) or None
    # An empty text beside a full HTML part: some programs write it so.
    if not text.strip() and html is not None:
        text = to_text(html)
    attachments = _bounded([reader.attachment(part) for part in chosen.attachments] + reader.from_text, reader.defects)
    return Body(text, html, tuple(attachments), reader.hint, tuple(dict.fromkeys(reader.defects)))


class _Chosen:
    """The three lists of RFC 8621 §4.1.4."""

    def __init__(self) -> None:
        self.text: list[Part] = []
        self.html: list[Part] = []
        self.attachments: list[Part] = []

    def attach(self, part: Part) -> None:
        if not any(part is known for known in self.attachments):
            self.attachments.append(part)


def _choose(
    parts: Sequence[Part],
    kind: str,
    in_alternative: bool,
    chosen: _Chosen,
    text: list[Part] | None,
    html: list[Part] | None,
) -> None:
    """`parseStructure` of RFC 8621 §4.1.4, its names kept short. A list that is None takes no more parts."""
    text_before, html_before = len(text or ()), len(html or ())
    for number, part in enumerate(parts):
        is_media = part.content_type.startswith(_MEDIA)
        if part.parts:
            below = part.content_type.removeprefix("multipart/")
            _choose(part.parts, below, in_alternative or below == "alternative", chosen, text, html)
        elif not _is_inline(part, number, kind):
            chosen.attach(part)
        elif kind == "alternative":
            wanted = {"text/plain": text, "text/html": html}.get(part.content_type)
            (wanted.append if wanted is not None else chosen.attach)(part)
        else:
            if in_alternative:
                html = None if part.content_type == "text/plain" else html
                text = None if part.content_type == "text/html" else text
            for body in (text, html):
                if body is not None and not is_media:
                    body.append(part)
            # The RFC leaves media between texts out of the attachments; an agent wants every picture in one list.
            if is_media:
                chosen.attach(part)
    if kind == "alternative" and text is not None and html is not None:
        if len(text) == text_before and len(html) != html_before:
            text += html[html_before:]
        elif len(html) == html_before and len(text) != text_before:
            html += text[text_before:]


def _is_inline(part: Part, number: int, kind: str) -> bool:
    is_media = part.content_type.startswith(_MEDIA)
    if _disposition(part)[0] == "attachment" or not (is_media or part.content_type in ("text/plain", "text/html")):
        return False
    return number == 0 or (kind != "related" and (is_media or not filename(part, None)))


def _disposition(part: Part) -> tuple[str, dict[str, str]]:
    return headers.parameters(part.first("content-disposition"))


def filename(part: Part, hint: str | None) -> str | None:
    """The name that the sender gave to a part, decoded, whole; None when he gave none."""
    _, disposition = headers.parameters(part.first("content-disposition"), hint)
    name = disposition.get("filename") or ""
    if not name:
        name = headers.parameters(part.first("content-type"), hint)[1].get("name") or ""
    return name.strip() or None


def _hint(root: Part) -> str | None:
    """The first charset that a text part declares and that says more than ASCII."""
    for part in root.walk():
        codec = charsets.known(part.parameters.get("charset"))
        if part.content_type.startswith("text/") and codec not in (None, "ascii"):
            return codec
    return None


class _Reader:
    """Decodes parts; collects defects, and files that were found inside of text."""

    def __init__(self, hint: str | None) -> None:
        self.hint = hint
        self.defects: list[str] = []
        self.from_text: list[Attachment] = []

    def text(self, part: Part) -> str:
        characters = self.characters(part)
        if part.content_type == "text/html":
            return to_text(characters)
        if part.parameters.get("format", "").lower() == "flowed":
            characters = encodings.unflowed(characters, part.parameters.get("delsp", "").lower() == "yes")
        rest, files = encodings.uuencoded(characters)
        for file in files:
            name = _cut(file.name, self.defects)
            self.from_text.append(Attachment(name, "application/octet-stream", len(file.content), file.content))
        return rest

    def characters(self, part: Part) -> str:
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
        return re.sub("\r\n|\r", "\n", decoded)

    def content(self, part: Part) -> bytes:
        content, sound = encodings.decoded(part.body, headers.unfold(part.first("content-transfer-encoding")[:100]))
        if not sound:
            self.defects.append("content that is not in the encoding it claims")
        return content

    def attachment(self, part: Part) -> Attachment:
        content = self.content(part)
        name = filename(part, self.hint)
        if name is None and part.content_type == "message/rfc822":
            subject = headers.text(take_apart(content[:16384])[0].first("subject")[:998], self.hint)
            name = f"{subject[: MAX_FILENAME - 4]}.eml" if subject else None
        content_id = headers.unfold(part.first("content-id")[:998]).strip("<> ") or None
        kind, _ = _disposition(part)
        # A picture that the HTML shows is no document that somebody sent.
        inline = kind == "inline" or (kind != "attachment" and content_id is not None)
        if not part.content_type.startswith(_MEDIA):
            inline = kind == "inline" and content_id is not None
        return Attachment(
            filename=_cut(name, self.defects),
            content_type=part.content_type,
            size=len(content),
            content=content,
            inline=inline,
            content_id=content_id,
        )


def _cut(name: str | None, defects: list[str]) -> str | None:
    """At most 255 characters, the ending kept, for it says what the file is."""
    if name is None or len(name) <= MAX_FILENAME:
        return name
    defects.append("file name longer than 255 characters")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 20:
        return name[:MAX_FILENAME]
    return stem[: MAX_FILENAME - len(ending) - 1] + dot + ending


def _bounded(attachments: list[Attachment], defects: list[str]) -> list[Attachment]:
    """At most 100 attachments; what is beyond is kept as one."""
    if len(attachments) <= MAX_ATTACHMENTS:
        return attachments
    defects.append("more than 100 attachments: the rest is one")
    rest = b"".join(attachment.content or b"" for attachment in attachments[MAX_ATTACHMENTS - 1 :])
    last = replace(
        attachments[MAX_ATTACHMENTS - 1],
        filename=None,
        content_type="application/octet-stream",
        size=len(rest),
        content=rest,
        inline=False,
        content_id=None,
    )
    return [*attachments[: MAX_ATTACHMENTS - 1], last]
