"""The methods that copy messages from one chat to another: copyMessage, copyMessages."""

from __future__ import annotations

import itertools
import uuid

from bot.demo import spec
from bot.demo.api import requests
from bot.demo.api.sending import Place, place, thread_of
from bot.demo.api.sending_files import with_caption
from bot.demo.chats import content_of_post
from bot.demo.refusal import bad_request
from bot.demo.world import World


def copy_message(world: World, request: requests.CopyMessage) -> spec.MessageId:
    where = place(world, request)
    source = world.chat(request.from_chat_id).posts.get(request.message_id)
    if source is None:
        raise bad_request("message to copy not found")
    if source.is_service or not source.copyable:
        raise bad_request("the message can't be copied")
    content = content_of_post(source)
    if request.caption is not None and content.text is None:
        content = with_caption(content, request)
    return spec.MessageId(message_id=where.put(content, request.reply_markup).message_id)


def copy_messages(world: World, request: requests.CopyMessages) -> tuple[spec.MessageId, ...]:
    """What cannot be found or copied is left out in silence; albums stay together."""
    chat = world.reachable(request.chat_id)
    where = Place(world, chat, thread_of(world, chat, request.message_thread_id), None, request.protect_content)
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
        content, old = content_of_post(post), post.message.media_group_id
        if request.remove_caption:
            content = content.model_copy(update={"caption": None, "caption_entities": None})
        album = albums.setdefault(old, str(uuid.uuid4().int % 10**17)) if old else None
        result.append(spec.MessageId(message_id=where.put(content, album=album).message_id))
    return tuple(result)
