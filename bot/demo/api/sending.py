"""The methods that put a message into a chat: sendMessage, send<file>, sendMediaGroup, copyMessage, copyMessages."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass

from bot.demo import entities, parts, spec
from bot.demo.api import requests
from bot.demo.chats import Chat, Post, Thread
from bot.demo.media import Shape, Upload, content_of
from bot.demo.refusal import bad_request, strict
from bot.demo.world import World

Uploads = dict[str, Upload]
MIXABLE = ({"photo", "video"}, {"document"}, {"audio"})


def send_message(world: World, request: requests.SendMessage) -> spec.Message:
    place = _place(world, request)
    if not request.text:
        raise bad_request("message text is empty")
    said = entities.read(request.text, request.parse_mode, request.entities, entities.TEXT_LIMIT, "message is too long")
    if not said.text:
        raise bad_request("text must be non-empty")
    content = parts.Content(text=said.text, entities=said.entities or None)
    return place.put(content, request.reply_markup)


def send_photo(world: World, request: requests.SendPhoto, uploads: Uploads) -> spec.Message:
    return _send_file(world, request, "photo", request.photo, Shape(), uploads)


def send_document(world: World, request: requests.SendDocument, uploads: Uploads) -> spec.Message:
    return _send_file(world, request, "document", request.document, Shape(), uploads)


def send_voice(world: World, request: requests.SendVoice, uploads: Uploads) -> spec.Message:
    return _send_file(world, request, "voice", request.voice, Shape(request.duration or 0), uploads)


def send_audio(world: World, request: requests.SendAudio, uploads: Uploads) -> spec.Message:
    shape = Shape(request.duration or 0, performer=request.performer, title=request.title)
    return _send_file(world, request, "audio", request.audio, shape, uploads)


def send_video(world: World, request: requests.SendVideo, uploads: Uploads) -> spec.Message:
    shape = Shape(request.duration or 0, request.width or 640, request.height or 480)
    return _send_file(world, request, "video", request.video, shape, uploads)


def send_media_group(world: World, request: requests.SendMediaGroup, uploads: Uploads) -> tuple[spec.Message, ...]:
    """An album goes whole or not at all; the refusal names the item."""
    place = _place(world, request)
    if not 2 <= len(request.media) <= 10:
        raise strict("an album has 2 to 10 items")
    if not any({item.type for item in request.media} <= together for together in MIXABLE):
        raise bad_request("document and audio can't be mixed with other media types")
    contents = []
    for item in request.media:
        shape = Shape(item.duration or 0, item.width or 640, item.height or 480, item.performer, item.title)
        stored = world.files.for_sending(item.type, item.media, uploads)
        contents.append(_with_caption(content_of(stored, shape), item))
    album = uuid.uuid4().int % 10**17
    return tuple(place.put(content, album=str(album)) for content in contents)


def copy_message(world: World, request: requests.CopyMessage) -> spec.MessageId:
    place = _place(world, request)
    source = world.chat(request.from_chat_id).posts.get(request.message_id)
    if source is None:
        raise bad_request("message to copy not found")
    if source.is_service or not source.copyable:
        raise bad_request("the message can't be copied")
    content = _content(source)
    if request.caption is not None and content.text is None:
        content = _with_caption(content, request)
    return spec.MessageId(message_id=place.put(content, request.reply_markup).message_id)


def copy_messages(world: World, request: requests.CopyMessages) -> tuple[spec.MessageId, ...]:
    """What cannot be found or copied is left out in silence; albums stay together."""
    chat = world.reachable(request.chat_id)
    place = _Place(world, chat, thread_of(world, chat, request.message_thread_id), None, request.protect_content)
    ids = request.message_ids
    if not 1 <= len(ids) <= 100:
        raise bad_request("there are no messages to copy" if not ids else "too many messages to copy")
    if any(later <= earlier for earlier, later in itertools.pairwise(ids)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    posts = world.chat(request.from_chat_id).posts
    found = [posts[one] for one in ids if one in posts and posts[one].copyable and not posts[one].is_service]
    if not found:
        raise bad_request("there are no messages to copy")
    albums: dict[str, str] = {}
    result = []
    for post in found:
        content, old = _content(post), post.message.media_group_id
        if request.remove_caption:
            content = content.model_copy(update={"caption": None, "caption_entities": None})
        album = albums.setdefault(old, str(uuid.uuid4().int % 10**17)) if old else None
        result.append(spec.MessageId(message_id=place.put(content, album=album).message_id))
    return tuple(result)


def thread_of(world: World, chat: Chat, thread_id: int | None) -> Thread | None:
    """The topic that a request wants to write in. General has no id: 1 is not found either."""
    if thread_id is None:
        return None
    thread = chat.threads.get(thread_id)
    # A topic whose first message was archived is not found any more (tdlib/telegram-bot-api#596).
    if thread is None or not chat.info.is_forum or thread.id not in chat.posts:
        raise bad_request("message thread not found")
    if thread.closed and not world.bot_may(chat, "can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return thread


def inline_keyboard(markup: requests.Markup | None) -> parts.InlineKeyboardMarkup | None:
    """The buttons of a message, each of them checked. Other keyboards belong to no message."""
    if not isinstance(markup, requests.InlineKeyboard) or not any(markup.inline_keyboard):
        return None
    for button in (button for row in markup.inline_keyboard for button in row):
        if not button.text:
            raise bad_request("can't parse inline keyboard button: text must be non-empty")
        if (button.url is None) == (button.callback_data is None):
            raise bad_request(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
                if button.url is None
                else "can't parse inline keyboard button: exactly one action is allowed"
            )
        if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
        if button.url is not None and not button.url.startswith(("http://", "https://", "tg://")):
            raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")
    return parts.InlineKeyboardMarkup.model_validate(markup.model_dump())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message will go."""

    world: World
    chat: Chat
    thread: Thread | None
    reply_to: Post | None
    protected: bool
    quote: parts.TextQuote | None = None

    def put(
        self, content: parts.Content, markup: requests.Markup | None = None, album: str | None = None
    ) -> spec.Message:
        body = spec.Body.model_validate(
            {
                **dict(content),
                "reply_markup": inline_keyboard(markup),
                "media_group_id": album,
                "has_protected_content": self.protected or None,
                "quote": self.quote,
            }
        )
        post = self.world.post(self.chat, self.world.bot, body, self.thread, self.reply_to, copyable=not self.protected)
        return post.message


def _place(world: World, request: requests.Sending) -> _Place:
    """Check where a request wants to write. Raises Refused."""
    chat = world.reachable(request.chat_id)
    thread = thread_of(world, chat, request.message_thread_id)
    asked = request.reply_parameters
    target = _reply_target(chat, thread, asked)
    if target is not None and thread is None and target.message.is_topic_message:
        thread = thread_of(world, chat, target.message.message_thread_id)
    quote = None
    if target is not None and asked is not None and asked.quote is not None:
        position = (target.message.text or target.message.caption or "").find(asked.quote)
        if position < 0:
            raise bad_request("QUOTE_TEXT_INVALID")
        quote = parts.TextQuote(text=asked.quote, position=position, is_manual=True)
    return _Place(world, chat, thread, target, request.protect_content, quote)


def _reply_target(chat: Chat, thread: Thread | None, asked: requests.ReplyParameters | None) -> Post | None:
    if asked is None:
        return None
    here = asked.chat_id is None or str(asked.chat_id) == str(chat.id)
    target = chat.posts.get(asked.message_id) if here else None
    # Across topics Telegram makes an external reply; the product never means that.
    if target is not None and thread is not None and target.message.message_thread_id != thread.id:
        target = None
    if target is None and not asked.allow_sending_without_reply:
        raise bad_request("message to be replied not found")
    return target


def _send_file(
    world: World, request: requests.SendingMedia, kind: str, value: str, shape: Shape, uploads: Uploads
) -> spec.Message:
    place = _place(world, request)
    stored = world.files.for_sending(kind, value, uploads)
    return place.put(_with_caption(content_of(stored, shape), request), request.reply_markup)


def _with_caption(content: parts.Content, request: requests.Captioned) -> parts.Content:
    said = caption_of(request)
    return content.model_copy(update={"caption": said.text or None, "caption_entities": said.entities or None})


def caption_of(request: requests.Captioned) -> entities.Formatted:
    return entities.read(
        request.caption or "",
        request.parse_mode,
        request.caption_entities,
        entities.CAPTION_LIMIT,
        "message caption is too long",
    )


def _content(post: Post) -> parts.Content:
    return parts.Content.model_validate({name: getattr(post.message, name) for name in parts.Content.model_fields})
