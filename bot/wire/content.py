"""What a Telegram message holds: its form, a line to read, formatting and files, whatever its kind. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from telegram import Message, Poll, Sticker

from bot.wire.marks import marks_of
from bot.wire.texts import clean
from intake.message import Attachment, Mark

FETCHED_UPTO = 20 * 1024 * 1024  # bytes; what getFile gives a bot
TOO_BIG = "too big to store"
MOST_LINES = 30  # of a poll or a checklist


@dataclass(frozen=True, slots=True)
class Content:
    """A message's words, or a readable line where it has none; and its files, still with Telegram."""

    text: str
    files: tuple[Attachment, ...]
    form: str
    marks: tuple[Mark, ...] = ()
    wordless: bool = False  # the line is ours
    copyable: bool = True  # Telegram copies such a message into another chat
    phone: str | None = None  # the sender's own number
    place: str | None = None  # the address of a place that he shares


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of content: where Telegram has it, what we call it, how it reads, and the file that it is."""

    attribute: str
    form: Callable[[Message], str]
    line: Callable[[Message], str]
    files: Callable[[Message], tuple[Attachment, ...]] = lambda _message: ()
    copyable: Callable[[Message], bool] = lambda _message: True


def content(message: Message) -> Content:
    """Read any kind of message. A kind that nobody knows yet gives a readable line, never an error."""
    kind = next((kind for kind in KINDS if getattr(message, kind.attribute, None)), UNKNOWN)
    said = message.text or message.caption or ""
    words = clean(said)
    files = kind.files(message)
    phone = message.contact.phone_number if message.contact and _own_contact(message) else None
    return Content(
        text=words or clean(kind.line(message)),
        files=files,
        form=kind.form(message),
        marks=marks_of(message.entities or message.caption_entities, said),
        wordless=not words,
        copyable=kind.copyable(message) and not message.has_protected_content,
        phone=clean(phone) if phone else None,
        place=clean(message.venue.address) or None if message.venue else None,
    )


def _always(form: str) -> Callable[[Message], str]:
    return lambda _message: form


def _bracketed(words: str) -> Callable[[Message], str]:
    return lambda _message: f"[{words}]"


def _never(_message: Message) -> bool:
    return False


def _media(attribute: str, name: str, content_type: str) -> Callable[[Message], tuple[Attachment, ...]]:
    """The one file that a message of this kind is."""
    return lambda message: (_named(getattr(message, attribute), name, content_type),)


def _photo(message: Message) -> tuple[Attachment, ...]:
    largest = message.photo[-1]
    return (_file(largest.file_id, largest.file_size, "photo.jpg", "image/jpeg"),)


def _sticker_file(message: Message) -> tuple[Attachment, ...]:
    sticker = message.sticker
    return (_file(sticker.file_id, sticker.file_size, *_sticker_type(sticker)),) if sticker else ()


def _sticker_type(sticker: Sticker) -> tuple[str, str]:
    if sticker.is_video:
        return "sticker.webm", "video/webm"
    return ("sticker.tgs", "application/gzip") if sticker.is_animated else ("sticker.webp", "image/webp")


def _sticker(message: Message) -> str:
    return f"[sticker {message.sticker.emoji or '' if message.sticker else ''}]".replace(" ]", "]")


def _voice(message: Message) -> str:
    return f"[voice message, {_seconds(message.voice.duration)} s]" if message.voice else ""


def _document(message: Message) -> str:
    return f"[file: {message.document.file_name or 'document'}]" if message.document else ""


def _venue(message: Message) -> str:
    return f"[place: {message.venue.title}, {message.venue.address}]" if message.venue else ""


def _location(message: Message) -> str:
    place = message.location
    if place is None:
        return ""
    called = "live location" if place.live_period else "location"
    return f"[{called}: {place.latitude:.5f}, {place.longitude:.5f}]"


def _contact(message: Message) -> str:
    contact = message.contact
    if contact is None:
        return ""
    name = " ".join(part for part in (contact.first_name, contact.last_name) if part)
    return f"[{'own contact' if _own_contact(message) else 'contact'}: {name}, {contact.phone_number}]"


def _poll(message: Message) -> str:
    poll = message.poll
    if poll is None:
        return ""
    options = "".join(f"\n- {option.text}" for option in poll.options[:MOST_LINES])
    return f"[{_poll_form(message)}: {poll.question}]{options}"


def _poll_form(message: Message) -> str:
    return "quiz" if _is_quiz(message) else "poll"


def _is_quiz(message: Message) -> bool:
    return message.poll is not None and message.poll.type == Poll.QUIZ


def _checklist(message: Message) -> str:
    checklist = message.checklist
    if checklist is None:
        return ""
    tasks = (f"\n- {task.text}{' ✓' if task.completion_date else ''}" for task in checklist.tasks[:MOST_LINES])
    return f"[checklist: {checklist.title}]{''.join(tasks)}"


def _unknown(message: Message) -> str:
    """What a newer Telegram has sent, by the name that it has there."""
    names = (name for name, value in message.api_kwargs.items() if isinstance(value, dict | list) and _NAME.match(name))
    name = next(names, None)
    return (
        f"[{name.replace('_', ' ')}: this bot cannot read it yet]" if name else "[a message that this bot cannot read]"
    )


_NAME = re.compile(r"[a-z][a-z_]{1,39}\Z", re.ASCII)

# The first kind that a message has is what it is: Telegram puts a document beside an animation, a location beside a
# venue, a photo beside a live photo. What cannot be copied: Bot API, copyMessage.
KINDS: tuple[Kind, ...] = (
    Kind("text", _always("text"), _bracketed("text")),
    Kind("live_photo", _always("live_photo"), _bracketed("live photo"), _media("live_photo", "live.mp4", "video/mp4")),
    Kind("photo", _always("photo"), _bracketed("photo"), _photo),
    Kind("animation", _always("animation"), _bracketed("animation"), _media("animation", "animation.mp4", "video/mp4")),
    Kind("document", _always("document"), _document, _media("document", "document", "application/octet-stream")),
    Kind("video", _always("video"), _bracketed("video"), _media("video", "video.mp4", "video/mp4")),
    Kind("audio", _always("audio"), _bracketed("audio"), _media("audio", "audio.mp3", "audio/mpeg")),
    Kind("voice", _always("voice"), _voice, _media("voice", "voice.ogg", "audio/ogg")),
    Kind("video_note", _always("video_note"), _bracketed("video"), _media("video_note", "video.mp4", "video/mp4")),
    Kind("sticker", _always("sticker"), _sticker, _sticker_file),
    Kind("venue", _always("venue"), _venue),
    Kind(
        "location",
        lambda message: "live_location" if message.location and message.location.live_period else "location",
        _location,
    ),
    Kind("contact", _always("contact"), _contact),
    # A bot does not know which answer of a quiz is right, and without that Telegram does not copy it.
    Kind("poll", _poll_form, _poll, copyable=lambda message: not _is_quiz(message)),
    Kind(
        "dice", _always("dice"), lambda message: f"[{message.dice.emoji} {message.dice.value}]" if message.dice else ""
    ),
    Kind("story", _always("story"), _bracketed("story")),
    Kind("paid_media", _always("paid_media"), _bracketed("paid media"), copyable=_never),
    Kind("checklist", _always("checklist"), _checklist, copyable=_never),
    Kind("giveaway", _always("giveaway"), _bracketed("giveaway"), copyable=_never),
    Kind("giveaway_winners", _always("giveaway"), _bracketed("winners of a giveaway"), copyable=_never),
    Kind(
        "invoice",
        _always("invoice"),
        lambda message: f"[invoice: {message.invoice.title}]" if message.invoice else "",
        copyable=_never,
    ),
    Kind("game", _always("game"), lambda message: f"[game: {message.game.title}]" if message.game else ""),
)
UNKNOWN = Kind("", _always("unknown"), _unknown)


def _seconds(duration: int | timedelta) -> int:
    """python-telegram-bot is on its way from int to timedelta."""
    return duration if isinstance(duration, int) else int(duration.total_seconds())


def _named(media: object, name: str, content_type: str) -> Attachment:
    return _file(
        str(getattr(media, "file_id", "")),
        getattr(media, "file_size", None),
        clean(getattr(media, "file_name", None) or name),
        getattr(media, "mime_type", None) or content_type,
    )


def _file(file_id: str, size: int | None, name: str, content_type: str) -> Attachment:
    return Attachment(
        filename=name[:255],
        content_type=clean(content_type),
        size=size or 0,
        remote_id=file_id,
        error=TOO_BIG if size is not None and size > FETCHED_UPTO else None,
    )


def _own_contact(message: Message) -> bool:
    """Did the sender share his own number? Telegram vouches for that by the user id."""
    sender = message.from_user
    return message.contact is not None and sender is not None and message.contact.user_id == sender.id
