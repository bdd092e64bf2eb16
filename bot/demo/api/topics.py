"""The topics of a forum: made, renamed, closed, reopened and deleted, by the bot or by people."""

from __future__ import annotations

from bot.demo import parts, spec
from bot.demo.api import chat_requests
from bot.demo.chats import Chat, Thread
from bot.demo.record import Deed
from bot.demo.refusal import bad_request, strict
from bot.demo.world import World

NAME_LIMIT = 128
ICON_COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
# A handful of the icons that every bot may use; the numbers are the simulator's own.
ICONS = {str(5_312_000_000_000_000_001 + number): emoji for number, emoji in enumerate(
    ("❓", "🔥", "💬", "👀", "‼️", "❗️", "⚡️", "📁", "🏁", "☕️", "🆒", "📝")
)}  # fmt: skip


def create(world: World, request: chat_requests.CreateForumTopic) -> spec.ForumTopic:
    chat = _forum(world, request.chat_id)
    if not world.bot_may(chat, "can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    if chat.most_topics is not None and len(chat.threads) >= chat.most_topics:
        raise bad_request("TOPICS_TOO_MUCH")
    _check_name(request.name)
    _check_icon(request.icon_custom_emoji_id)
    color = ICON_COLORS[0] if request.icon_color is None else request.icon_color
    if color not in ICON_COLORS:
        raise bad_request("invalid icon color specified")
    created = parts.ForumTopicCreated(
        name=request.name.strip(), icon_color=color, icon_custom_emoji_id=request.icon_custom_emoji_id or None
    )
    thread = world.open_thread(chat, world.bot, created)
    return spec.ForumTopic(message_thread_id=thread.id, **created.model_dump())


def edit(world: World, request: chat_requests.EditForumTopic) -> bool:
    chat, thread = _managed(world, request)
    if request.name is not None:
        _check_name(request.name)
    _check_icon(request.icon_custom_emoji_id)
    # None leaves the icon, an empty string takes it away.
    icon = thread.icon_custom_emoji_id if request.icon_custom_emoji_id is None else request.icon_custom_emoji_id or None
    name = (request.name or thread.name).strip()
    if (name, icon) == (thread.name, thread.icon_custom_emoji_id):
        raise bad_request("TOPIC_NOT_MODIFIED")
    change(world, chat, thread, world.bot, name, icon)
    return True


def change(world: World, chat: Chat, thread: Thread, by: parts.User, name: str, icon: str | None) -> None:
    """Rename a topic; the service message names only what is new."""
    edited = parts.ForumTopicEdited(
        name=name if name != thread.name else None,
        icon_custom_emoji_id=(icon or "") if icon != thread.icon_custom_emoji_id else None,
    )
    thread.name, thread.icon_custom_emoji_id = name, icon
    world.post(chat, by, spec.Body(forum_topic_edited=edited), thread, copyable=False)


def close(world: World, request: chat_requests.CloseForumTopic) -> bool:
    chat, thread = _managed(world, request)
    set_closed(world, chat, thread, world.bot, closed=True)
    return True


def reopen(world: World, request: chat_requests.ReopenForumTopic) -> bool:
    chat, thread = _managed(world, request)
    set_closed(world, chat, thread, world.bot, closed=False)
    return True


def set_closed(world: World, chat: Chat, thread: Thread, by: parts.User, closed: bool) -> None:
    """Close or reopen. Raises Refused when it already is so."""
    if thread.closed is closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    thread.closed = closed
    world.post(chat, by, _closing(closed), thread, copyable=False)


def _closing(closed: bool) -> spec.Body:
    if closed:
        return spec.Body(forum_topic_closed=parts.ForumTopicClosed())
    return spec.Body(forum_topic_reopened=parts.ForumTopicReopened())


def edit_general(world: World, request: chat_requests.EditGeneralForumTopic) -> bool:
    chat = _general(world, request.chat_id)
    _check_name(request.name)
    if request.name.strip() == chat.general.name:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.general.name = request.name.strip()
    edited = parts.ForumTopicEdited(name=chat.general.name)
    world.post(chat, world.bot, spec.Body(forum_topic_edited=edited), copyable=False)
    return True


def close_general(world: World, request: chat_requests.CloseGeneralForumTopic) -> bool:
    set_general_closed(world, _general(world, request.chat_id), world.bot, closed=True)
    return True


def reopen_general(world: World, request: chat_requests.ReopenGeneralForumTopic) -> bool:
    set_general_closed(world, _general(world, request.chat_id), world.bot, closed=False)
    return True


def hide_general(world: World, request: chat_requests.HideGeneralForumTopic) -> bool:
    set_general_hidden(world, _general(world, request.chat_id), world.bot, hidden=True)
    return True


def unhide_general(world: World, request: chat_requests.UnhideGeneralForumTopic) -> bool:
    set_general_hidden(world, _general(world, request.chat_id), world.bot, hidden=False)
    return True


def set_general_closed(world: World, chat: Chat, by: parts.User, closed: bool) -> None:
    """Close or reopen General. Raises Refused when it already is so."""
    if chat.general.closed is closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.general.closed = closed
    world.post(chat, by, _closing(closed), copyable=False)


def set_general_hidden(world: World, chat: Chat, by: parts.User, hidden: bool) -> None:
    """Hide General, which closes it, or show it again. Raises Refused when it already is so."""
    if chat.general.hidden is hidden:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.general.hidden = hidden
    chat.general.closed = hidden or chat.general.closed
    said = (
        spec.Body(general_forum_topic_hidden=parts.GeneralForumTopicHidden())
        if hidden
        else spec.Body(general_forum_topic_unhidden=parts.GeneralForumTopicUnhidden())
    )
    world.post(chat, by, said, copyable=False)


def delete(world: World, request: chat_requests.DeleteForumTopic) -> bool:
    chat = _forum(world, request.chat_id)
    if not world.bot_may(chat, "can_delete_messages"):
        raise bad_request("not enough rights to delete the topic")
    if request.message_thread_id not in chat.threads:
        raise bad_request("TOPIC_ID_INVALID")
    remove(world, chat, request.message_thread_id, world.bot.id)
    return True


def remove(world: World, chat: Chat, thread_id: int, by: int) -> None:
    """A topic goes with all its messages, and no update says so."""
    del chat.threads[thread_id]
    gone = {number: post for number, post in chat.posts.items() if post.thread_id == thread_id}
    chat.posts = {number: post for number, post in chat.posts.items() if number not in gone}
    chat.pinned = [number for number in chat.pinned if number not in gone]
    for post in gone.values():
        world.network.note(Deed.DELETED, chat, post.message, by, world.bot.id)
    world.touch()


def icon_stickers(world: World, request: chat_requests.GetForumTopicIconStickers) -> tuple[parts.Sticker, ...]:
    return tuple(
        parts.Sticker(
            file_id=f"CAAC{number}", file_unique_id=number, type="custom_emoji", emoji=emoji,
            width=100, height=100, custom_emoji_id=number, file_size=4096,
        )
        for number, emoji in ICONS.items()
    )  # fmt: skip


def _forum(world: World, chat_id: int | str) -> Chat:
    chat = world.reachable(chat_id)
    if not chat.info.is_forum:
        raise bad_request("the chat is not a forum")
    return chat


def _general(world: World, chat_id: int | str) -> Chat:
    chat = _forum(world, chat_id)
    if not world.bot_may(chat, "can_manage_topics"):
        raise bad_request("not enough rights to edit the topic")
    return chat


def _managed(world: World, request: chat_requests.OfTopic) -> tuple[Chat, Thread]:
    """A topic that the bot may change: with the right to, or its own."""
    chat = _forum(world, request.chat_id)
    thread = chat.threads.get(request.message_thread_id)
    if thread is None:
        raise bad_request("TOPIC_ID_INVALID")
    root = chat.posts.get(thread.id)
    mine = root is not None and root.message.from_.id == world.bot.id
    if not mine and not world.bot_may(chat, "can_manage_topics"):
        raise bad_request("not enough rights to edit the topic")
    return chat, thread


def _check_name(name: str) -> None:
    if not name.strip():
        raise bad_request("title must be non-empty")
    if len(name) > NAME_LIMIT:
        raise strict(f"a topic's name of {len(name)} characters; Telegram cuts it at {NAME_LIMIT}")


def _check_icon(icon: str | None) -> None:
    if icon and icon not in ICONS:
        raise bad_request("DOCUMENT_INVALID")
