"""What a Telegram message holds: a line to read and files to fetch, whatever its kind. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from telegram import Message

from bot.wire.texts import clean
from intake.message import Attachment


@dataclass(frozen=True, slots=True)
class Content:
    """A message's words, or a readable line where it has none; and its files, still with Telegram."""

    text: str
    files: tuple[Attachment, ...]
    phone: str | None = None


def content(message: Message) -> Content:
    """Read any kind of message. A kind that nobody knows yet gives a readable line, never an error."""
    files = tuple(_files(message))
    words = message.text or message.caption or ""
    if not words:
        words = _line(message) or (f"[{_kind(files[0])}]" if files else "[a message that this bot cannot read]")
    phone = message.contact.phone_number if message.contact and _own_contact(message) else None
    return Content(clean(words), files, clean(phone) if phone else None)


def _files(message: Message) -> list[Attachment]:
    found: list[Attachment] = []
    if message.photo:
        largest = message.photo[-1]
        found.append(_file(largest.file_id, largest.file_size, "photo.jpg", "image/jpeg"))
    elif message.animation:  # before the document: Telegram sends both for one animation
        found.append(_named(message.animation, "animation.mp4", "video/mp4"))
    elif message.document:
        found.append(_named(message.document, "document", "application/octet-stream"))
    elif message.video:
        found.append(_named(message.video, "video.mp4", "video/mp4"))
    elif message.audio:
        found.append(_named(message.audio, "audio.mp3", "audio/mpeg"))
    elif message.voice:
        found.append(
            _file(message.voice.file_id, message.voice.file_size, "voice.ogg", message.voice.mime_type or "audio/ogg")
        )
    elif message.video_note:
        found.append(_file(message.video_note.file_id, message.video_note.file_size, "video.mp4", "video/mp4"))
    elif message.sticker:
        name, kind = ("sticker.webm", "video/webm") if message.sticker.is_video else ("sticker.webp", "image/webp")
        found.append(_file(message.sticker.file_id, message.sticker.file_size, name, kind))
    return found


def _line(message: Message) -> str:
    """A readable line for what has no words."""
    if message.sticker:
        return f"[sticker {message.sticker.emoji or ''}]".replace(" ]", "]")
    if message.voice:
        return f"[voice message, {_seconds(message.voice.duration)} s]"
    if message.venue:
        return f"[place: {message.venue.title}, {message.venue.address}]"
    if message.location:
        return f"[location: {message.location.latitude:.5f}, {message.location.longitude:.5f}]"
    if message.contact:
        name = " ".join(part for part in (message.contact.first_name, message.contact.last_name) if part)
        return f"[contact: {name}, {message.contact.phone_number}]"
    if message.poll:
        return f"[poll: {message.poll.question}]"
    if message.dice:
        return f"[{message.dice.emoji} {message.dice.value}]"
    if message.story:
        return "[story]"
    if message.paid_media:
        return "[paid media]"
    return ""


def _seconds(duration: int | timedelta) -> int:
    """python-telegram-bot is on its way from int to timedelta."""
    return duration if isinstance(duration, int) else int(duration.total_seconds())


def _kind(file: Attachment) -> str:
    return (file.filename or "file").partition(".")[0]


def _named(media: object, name: str, content_type: str) -> Attachment:
    return _file(
        str(getattr(media, "file_id", "")),
        getattr(media, "file_size", None),
        clean(getattr(media, "file_name", None) or name),
        getattr(media, "mime_type", None) or content_type,
    )


def _file(file_id: str, size: int | None, name: str, content_type: str) -> Attachment:
    return Attachment(filename=name[:255], content_type=clean(content_type), size=size or 0, remote_id=file_id)


def _own_contact(message: Message) -> bool:
    """Did the sender share his own number? Telegram vouches for that by the user id."""
    sender = message.from_user
    return message.contact is not None and sender is not None and message.contact.user_id == sender.id
