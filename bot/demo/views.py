"""What a person sees on the screen: messages, topics and buttons, as plain values that never change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.demo import parts, spec
from bot.demo.api.topics import ICONS
from bot.demo.chats import Chat, Post, Thread
from bot.demo.entities import Formatted, to_html
from bot.demo.media import file_of
from bot.demo.world import World

# The field that names what a message is; a venue also has a location, an animation a document: they come first.
KINDS = (
    "text", "photo", "animation", "live_photo", "document", "voice", "audio", "video", "video_note", "sticker",
    "venue", "location", "contact", "poll", "dice", "story", "paid_media", "checklist", "giveaway", "invoice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message: either its press is told to the bot, or it opens a page."""

    text: str
    callback_data: str | None
    url: str | None
    style: str | None


@dataclass(frozen=True, slots=True)
class SimMessage:
    """A message as it looked when asked for. `reply_to` is only what its author chose to answer."""

    id: int
    chat_id: int
    thread_id: int | None
    from_bot: bool
    author: str
    kind: str
    text: str
    html: str
    filename: str | None
    content_type: str | None
    content: bytes | None
    reply_to: int | None
    buttons: tuple[tuple[Button, ...], ...]
    date: datetime
    edited: bool
    pinned: bool
    album: str | None
    reactions: tuple[str, ...]
    author_id: int
    quote: str
    forwarded: bool
    place: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a forum. `icon` is the emoji it carries, if any."""

    chat_id: int
    thread_id: int
    name: str
    closed: bool
    icon: str | None
    messages: tuple[SimMessage, ...]


def message(world: World, chat: Chat, post: Post) -> SimMessage:
    """One message as people see it."""
    said = post.message
    file_id = file_of(said)
    stored = world.files.by_id[file_id] if file_id else None
    answered = said.reply_to_message
    explicit = answered is not None and answered.message_id != post.thread_id
    formatted = Formatted(said.text or said.caption or "", said.entities or said.caption_entities or ())
    return SimMessage(
        id=post.id,
        chat_id=chat.id,
        thread_id=post.thread_id,
        from_bot=said.from_.id in world.network.worlds,
        author=said.sender_chat.title or "" if said.sender_chat else name_of(said.from_),
        kind=next((kind for kind in KINDS if getattr(said, kind) is not None), "unsupported"),
        text=formatted.text,
        html=to_html(formatted),
        filename=stored.filename if stored else None,
        content_type=stored.content_type if stored else None,
        content=stored.content if stored else None,
        reply_to=answered.message_id if answered is not None and explicit else None,
        buttons=_buttons(said.reply_markup),
        date=datetime.fromtimestamp(said.date, UTC),
        edited=said.edit_date is not None,
        pinned=post.id in chat.pinned,
        album=said.media_group_id,
        reactions=tuple(emoji for emojis in post.reactions.values() for emoji in emojis),
        author_id=said.from_.id,
        quote=said.quote.text if said.quote else "",
        forwarded=said.forward_origin is not None,
        place=(said.location.latitude, said.location.longitude) if said.location else None,
    )


def messages(world: World, chat: Chat, thread_id: int | None = None) -> list[SimMessage]:
    """The messages of a chat or of one of its topics, oldest first; service messages are left out."""
    return [
        message(world, chat, post)
        for post in chat.posts.values()
        if post.thread_id == thread_id and not post.is_service
    ]


def topics(world: World, chat: Chat, threads: tuple[Thread, ...]) -> list[Topic]:
    """Topics with everything in them, in one pass over the chat: stories ask for them again and again."""
    said: dict[int | None, list[SimMessage]] = {thread.id: [] for thread in threads}
    for post in chat.posts.values():
        if post.thread_id in said and not post.is_service:
            said[post.thread_id].append(message(world, chat, post))
    return [
        Topic(
            chat_id=chat.id,
            thread_id=thread.id,
            name=thread.name,
            closed=thread.closed,
            icon=ICONS.get(thread.icon_custom_emoji_id or ""),
            messages=tuple(said[thread.id]),
        )
        for thread in threads
    ]


def find_button(said: spec.Message, wanted: str) -> parts.InlineKeyboardButton:
    """A button by what is on it or by its data. Raises LookupError."""
    rows = said.reply_markup.inline_keyboard if said.reply_markup else ()
    for button in (button for row in rows for button in row):
        if wanted in (button.text, button.callback_data):
            return button
    there = [button.text for row in rows for button in row]
    raise LookupError(f"message {said.message_id} has no button {wanted!r}, only {there}")


def name_of(user: parts.User) -> str:
    return f"{user.first_name} {user.last_name or ''}".strip()


def _buttons(markup: parts.InlineKeyboardMarkup | None) -> tuple[tuple[Button, ...], ...]:
    if markup is None:
        return ()
    return tuple(
        tuple(Button(button.text, button.callback_data, button.url, button.style) for button in row)
        for row in markup.inline_keyboard
    )
