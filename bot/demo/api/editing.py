"""The methods that change a message that is there: edit, delete, pin, react."""

from __future__ import annotations

from telegram.constants import ReactionEmoji

from bot.demo import entities, parts, spec
from bot.demo.api import chat_requests, media_requests, requests
from bot.demo.api.sending import Uploads, inline_keyboard
from bot.demo.api.sending_files import MIXABLE, caption_of, item_content
from bot.demo.chats import Chat, Post, alone
from bot.demo.record import Deed
from bot.demo.refusal import Refused, bad_request
from bot.demo.world import World

REACTIONS = frozenset(emoji.value for emoji in ReactionEmoji)
DELETABLE_SECONDS = 48 * 3600
CAPTIONED = ("photo", "video", "document", "audio", "voice", "animation", "live_photo")
REPLACEABLE = ("text", "photo", "video", "animation", "document", "audio")
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_text(world: World, request: requests.EditMessageText) -> spec.Message:
    post = _editable(world, request)
    if not request.text:
        raise bad_request("message text is empty")
    if post.message.text is None:
        raise bad_request("there is no text in the message to edit")
    said = entities.read(request.text, request.parse_mode, request.entities, entities.TEXT_LIMIT, "message is too long")
    if not said.text:
        raise bad_request("text must be non-empty")
    return _changed(world, post, request, {"text": said.text, "entities": said.entities or None})


def edit_caption(world: World, request: requests.EditMessageCaption) -> spec.Message:
    post = _editable(world, request)
    message = post.message
    if not any(getattr(message, kind) for kind in CAPTIONED):
        raise bad_request("there is no caption in the message to edit")
    said = caption_of(request)
    return _changed(world, post, request, {"caption": said.text or None, "caption_entities": said.entities or None})


def edit_media(world: World, request: media_requests.EditMessageMedia, uploads: Uploads) -> spec.Message:
    """Another file in the place of one, or of a text. In an album the kinds must go together."""
    post = _editable(world, request)
    if not any(getattr(post.message, kind) for kind in REPLACEABLE):
        raise bad_request("there is no media in the message to edit")
    was = next(kind for kind in REPLACEABLE if getattr(post.message, kind))
    together = any({was, request.media.type} <= kinds for kinds in MIXABLE)
    if post.message.media_group_id is not None and not together:
        raise bad_request("message can't be edited to the media of another type")
    content = item_content(world, request.media, uploads)
    return _changed(world, post, request, dict(content))


def edit_markup(world: World, request: requests.EditMessageReplyMarkup) -> spec.Message:
    return _changed(world, _editable(world, request), request, {}, edited=False)


def delete_message(world: World, request: chat_requests.DeleteMessage) -> bool:
    """Deleting makes no update."""
    chat = world.reachable(request.chat_id)
    post = chat.posts.get(request.message_id)
    if post is None:
        raise bad_request("message to delete not found")
    mine = post.message.from_.id == world.bot.id
    privileged = world.bot_may(chat, "can_delete_messages")
    too_old = world.now() - post.message.date > DELETABLE_SECONDS and not privileged
    foreign = not (mine or chat.is_private or privileged)
    if too_old or foreign or post.message.forum_topic_created is not None:
        raise bad_request("message can't be deleted")
    remove(world, chat, post, world.bot.id)
    return True


def delete_messages(world: World, request: chat_requests.DeleteMessages) -> bool:
    """What cannot be found is passed over in silence."""
    chat, ids = world.reachable(request.chat_id), request.message_ids
    if not 1 <= len(ids) <= 100:
        raise bad_request("there are no messages to delete" if not ids else "too many messages to delete")
    for number in ids:
        if number in chat.posts:
            delete_message(world, chat_requests.DeleteMessage(chat_id=request.chat_id, message_id=number))
    return True


def remove(world: World, chat: Chat, post: Post, by: int) -> None:
    """Take a message out of its chat."""
    del chat.posts[post.id]
    if post.id in chat.pinned:
        chat.pinned.remove(post.id)
    world.network.note(Deed.DELETED, chat, post.message, by, world.bot.id)


def pin(world: World, request: chat_requests.PinChatMessage) -> bool:
    chat = _pinnable(world, request.chat_id)
    post = chat.posts.get(request.message_id)
    if post is None:
        raise bad_request("message to pin not found")
    if post.id in chat.pinned:
        return True
    pin_post(world, chat, post, world.bot)
    return True


def pin_post(world: World, chat: Chat, post: Post, by: parts.User) -> None:
    """Pin a message; a service message says so."""
    chat.pinned.append(post.id)
    thread = chat.threads.get(post.thread_id or 0)
    world.post(chat, by, spec.Body(pinned_message=alone(post.message)), thread, copyable=False)


def unpin(world: World, request: chat_requests.UnpinChatMessage) -> bool:
    chat = _pinnable(world, request.chat_id)
    wanted = request.message_id or (chat.pinned[-1] if chat.pinned else None)
    if wanted not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(wanted)
    world.touch()
    return True


def unpin_all(world: World, request: chat_requests.UnpinAllChatMessages) -> bool:
    _pinnable(world, request.chat_id).pinned.clear()
    world.touch()
    return True


def unpin_topic(world: World, request: chat_requests.UnpinAllForumTopicMessages) -> bool:
    chat = _pinnable(world, request.chat_id)
    if request.message_thread_id not in chat.threads:
        raise bad_request("TOPIC_ID_INVALID")
    here = {post.id for post in chat.posts.values() if post.thread_id == request.message_thread_id}
    chat.pinned = [one for one in chat.pinned if one not in here]
    world.touch()
    return True


def react(world: World, request: chat_requests.SetMessageReaction) -> bool:
    chat = world.reachable(request.chat_id)
    post = chat.posts.get(request.message_id)
    if post is None:
        raise bad_request("message to react not found")
    if len(request.reaction) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if post.is_service or any(one.type != "emoji" or one.emoji not in REACTIONS for one in request.reaction):
        raise bad_request("REACTION_INVALID")
    set_reactions(world, chat, post, world.bot, tuple(one.emoji for one in request.reaction if one.emoji))
    return True


def set_reactions(world: World, chat: Chat, post: Post, user: parts.User, emojis: tuple[str, ...]) -> None:
    """What one user thinks of a message; nothing takes it back."""
    post.reactions.pop(user.id, None)
    if emojis:
        post.reactions[user.id] = emojis
    world.network.note(Deed.REACTED, chat, post.message, user.id, world.bot.id, emojis)


def _editable(world: World, request: requests.EditingMessage) -> Post:
    post = world.reachable(request.chat_id).posts.get(request.message_id)
    if post is None:
        raise bad_request("message to edit not found")
    if post.message.from_.id != world.bot.id or post.is_service:
        raise bad_request("message can't be edited")
    return post


def _changed(
    world: World, post: Post, request: requests.EditingMessage, said: dict[str, object], edited: bool = True
) -> spec.Message:
    """Store the new words and buttons. An edit without buttons takes them away."""
    new = {**dict(post.message), **said, "reply_markup": inline_keyboard(request.reply_markup)}
    if new == dict(post.message):
        raise bad_request(NOT_MODIFIED)
    body = spec.Body.model_validate({name: new[name] for name in spec.Body.model_fields})
    return world.change(world.chat(request.chat_id), post, body, edited)


def _pinnable(world: World, chat_id: int | str) -> Chat:
    chat = world.reachable(chat_id)
    if not chat.is_private and not world.bot_may(chat, "can_pin_messages"):
        raise Refused(400, "Bad Request: not enough rights to manage pinned messages in the chat")
    return chat
