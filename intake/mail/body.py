"""Choose what of a mail is its text and what are its attachments (RFC 8621 §4.1.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from intake.mail import charsets
from intake.mail.content import MEDIA, Reader, cut, disposition, filename
from intake.mail.html.text import to_text
from intake.mail.mime import Part
from intake.mail.wrapped.calendar_invitation import hour_of, invitation_line
from intake.mail.wrapped.tnef import Opened, is_tnef, open_tnef
from intake.mail.wrapped.wrappers import unwrapped
from intake.message import Attachment

MAX_ATTACHMENTS = 100
MAX_ENVELOPES = 5  # winmail.dat files of one mail that are opened
MAX_INVITATIONS = 3  # calendar files of one mail that are looked into

_CALENDARS = ("text/calendar", "application/ics")
# RFC 2046 §4.1.4: an unknown kind of text is shown as it stands, when the mail has no other.
_OTHER_TEXTS = ("text/enriched", "text/richtext", "text/markdown", "text/x-markdown", "text/ascii", "text/text")


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
    wrapped = unwrapped(root)
    root, defects = wrapped.root, list(wrapped.defects)
    chosen = _Chosen()
    _choose([root], "mixed", False, chosen, chosen.text, chosen.html)
    reader = Reader(_hint(root))
    text = "\n".join(filter(None, (reader.text(part) for part in chosen.text))).strip("\n")
    html_parts = [part for part in chosen.html if part.content_type == "text/html"]
    html = "\n".join(reader.characters(part) for part in html_parts) or None
    # An empty text beside a full HTML part: some programs write it so.
    if not text.strip():
        unread = [part for part in html_parts if not any(part is known for known in chosen.text)]
        text = "\n".join(filter(None, map(reader.text, unread)))
    shown = list(wrapped.opened)
    if not text.strip():
        others = [part for part in chosen.attachments if part.content_type in _OTHER_TEXTS and not filename(part, None)]
        text = "\n".join(map(reader.text, others)).strip("\n") or text
        shown += others
    attachments = [
        replace(reader.attachment(part), inline=True) if any(part is one for one in shown) else reader.attachment(part)
        for part in chosen.attachments
    ]
    attachments += reader.from_text
    text, html, attachments = _opened(text, html, attachments, defects)
    text = _with_invitation(text, attachments)
    defects += reader.defects
    bounded = _bounded(attachments, defects)
    return Body(text, html, tuple(bounded), reader.hint, tuple(dict.fromkeys(defects)))


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
        is_media = part.content_type.startswith(MEDIA)
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
    is_media = part.content_type.startswith(MEDIA)
    if disposition(part) == "attachment" or not (is_media or part.content_type in ("text/plain", "text/html")):
        return False
    return number == 0 or (kind != "related" and (is_media or not filename(part, None)))


def _hint(root: Part) -> str | None:
    """The first charset that a text part declares and that says more than ASCII."""
    for part in root.walk():
        codec = charsets.known(part.parameters.get("charset"))
        if part.content_type.startswith("text/") and codec not in (None, "ascii"):
            return codec
    return None


def _opened(
    text: str, html: str | None, attachments: list[Attachment], defects: list[str]
) -> tuple[str, str | None, list[Attachment]]:
    """With what lies in Outlook's envelopes (winmail.dat) in the place of what the mail itself lacks."""
    left = MAX_ENVELOPES
    result: list[Attachment] = []
    for attachment in attachments:
        result.append(attachment)
        if left == 0 or not is_tnef(attachment.content or b""):
            continue
        left -= 1
        opened = open_tnef(attachment.content or b"")
        if not (opened.files or opened.text or opened.html):
            defects.append("winmail.dat in which nothing was found")
            continue
        result[-1] = replace(attachment, inline=True)
        result += _files(opened, defects)
        if not text.strip():
            text = opened.text or to_text(opened.html)
            html = html or opened.html or None
    return text, html, result


def _files(opened: Opened, defects: list[str]) -> Iterator[Attachment]:
    for file in opened.files:
        if file.nested is None:
            kind = file.content_type if "/" in file.content_type else "application/octet-stream"
            name, shown = cut(file.name or None, defects), file.content_id is not None and kind.startswith(MEDIA)
            yield Attachment(name, kind, len(file.content), file.content, None, shown, file.content_id)
            continue
        # A message that was attached as a message: its words as a file, its files beside it.
        words = (file.nested.text or to_text(file.nested.html)).encode()
        yield Attachment(cut(f"{file.name or 'message'}.txt", defects), "text/plain", len(words), words)
        yield from _files(file.nested, defects)


def _with_invitation(text: str, attachments: list[Attachment]) -> str:
    """A calendar file in one line, below the words of the mail, unless these name the hour themselves."""
    calendars = [one for one in attachments if one.content_type in _CALENDARS][:MAX_INVITATIONS]
    for calendar in calendars:
        if line := invitation_line(calendar.content or b""):
            hour = hour_of(line)
            if hour and hour in text:
                return text
            return f"{text.rstrip()}\n\n{line}" if text.strip() else line
    return text


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
