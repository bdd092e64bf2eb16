"""The methods that put words and places into a chat, and where a message may go at all."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo import entities, parts, spec
from bot.demo.api import requests
from bot.demo.chats import Chat, Post, Thread
from bot.demo.media import Upload
from bot.demo.refusal import bad_request
from bot.demo.world import World

Uploads = dict[str, Upload]
QUOTE_LIMIT = 1024


def send_message(world: World, request: requests.SendMessage) -> spec.Message:
    where = place(world, request)
    if not request.text:
        raise bad_request("message text is empty")
    said = entities.read(request.text, request.parse_mode, request.entities, entities.TEXT_LIMIT, "message is too long")
    if not said.text:
        raise bad_request("text must be non-empty")
    content = parts.Content(text=said.text, entities=said.entities or None)
    return where.put(content, request.reply_markup)


def send_location(world: World, request: requests.SendLocation) -> spec.Message:
    shown = parts.Location(
        latitude=request.latitude,
        longitude=request.longitude,
        horizontal_accuracy=request.horizontal_accuracy,
        live_period=request.live_period,
        heading=request.heading,
        proximity_alert_radius=request.proximity_alert_radius,
    )
    return place(world, request).put(parts.Content(location=shown), request.reply_markup)


def send_venue(world: World, request: requests.SendVenue) -> spec.Message:
    where = parts.Location(latitude=request.latitude, longitude=request.longitude)
    shown = parts.Venue(location=where, title=request.title, address=request.address)
    return place(world, request).put(parts.Content(location=where, venue=shown), request.reply_markup)


def send_contact(world: World, request: requests.SendContact) -> spec.Message:
    shown = parts.Contact(phone_number=request.phone_number, first_name=request.first_name, last_name=request.last_name)
    return place(world, request).put(parts.Content(contact=shown), request.reply_markup)


def send_dice(world: World, request: requests.SendDice) -> spec.Message:
    shown = parts.Dice(emoji=request.emoji, value=world.queue.chance.randint(1, 6))
    return place(world, request).put(parts.Content(dice=shown), request.reply_markup)


def thread_of(world: World, chat: Chat, thread_id: int | None) -> Thread | None:
    """The topic that a request wants to write in. General has no id: 1 is not found either."""
    if thread_id is None:
        if chat.general.closed and chat.info.is_forum and not world.bot_may(chat, "can_manage_topics"):
            raise bad_request("TOPIC_CLOSED")
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
class Place:
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


def place(world: World, request: requests.Sending) -> Place:
    """Check where a request wants to write. Raises Refused."""
    chat = world.reachable(request.chat_id)
    thread = thread_of(world, chat, request.message_thread_id)
    asked = request.reply_parameters
    target = _reply_target(chat, thread, asked)
    if target is not None and thread is None and target.message.is_topic_message:
        thread = thread_of(world, chat, target.message.message_thread_id)
    quote = _quoted(target.message, asked) if target is not None and asked is not None else None
    return Place(world, chat, thread, target, request.protect_content, quote)


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


def _quoted(answered: spec.Message, asked: requests.ReplyParameters) -> parts.TextQuote | None:
    """Words of the message that is answered; exactly its words, or Telegram refuses."""
    if asked.quote is None:
        return None
    said = entities.read(asked.quote, asked.quote_parse_mode, asked.quote_entities, QUOTE_LIMIT, "QUOTE_TEXT_INVALID")
    words = answered.text or answered.caption or ""
    if not said.text or said.text not in words:
        raise bad_request("QUOTE_TEXT_INVALID")
    position = entities.length(words[: words.index(said.text)])
    return parts.TextQuote(text=said.text, position=position, entities=said.entities or None, is_manual=True)
