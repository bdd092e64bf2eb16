"""The methods that ask about chats, members and files, and those about commands, presses and the update queue."""

from __future__ import annotations

import re

from bot.demo import entities, parts, spec
from bot.demo.api import chat_requests
from bot.demo.api.sending import thread_of
from bot.demo.menus import scope_key
from bot.demo.refusal import bad_request
from bot.demo.world import World

# core.telegram.org/bots/api#callbackquery; the 150 s are the official server's.
QUERY_SECONDS = 150
LOGOUT_SECONDS = 600
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip


def get_me(world: World, request: chat_requests.GetMe) -> parts.User:
    return world.bot.model_copy(
        update={
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_presses": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
    )


def log_out(world: World, request: chat_requests.LogOut) -> bool:
    """Leave the cloud for a local Bot API server; it takes the bot back after ten minutes."""
    world.logged_out_until = world.clock.monotonic() + LOGOUT_SECONDS
    return True


def close(world: World, request: chat_requests.Close) -> bool:
    """Close the bot's instance before it moves to another local server. Here there is nothing to close."""
    return True


def get_chat(world: World, request: chat_requests.GetChat) -> spec.ChatFullInfo:
    chat = world.reachable(request.chat_id)
    kept = [number for number in chat.pinned if number in chat.posts]
    pinned = chat.posts[kept[-1]].message if kept else None
    slow = {"slow_mode_delay": chat.slow_mode_delay or None}
    return spec.ChatFullInfo.model_validate({**dict(chat.info), "pinned_message": pinned, **slow})


def get_chat_member(world: World, request: chat_requests.GetChatMember) -> spec.ChatMember:
    chat = world.reachable(request.chat_id)
    user = world.users.get(request.user_id) or (world.bot if request.user_id == world.bot.id else None)
    if user is None:
        raise bad_request("user not found")
    if chat.is_private:
        if user.id not in (chat.id, world.bot.id):
            raise bad_request("member not found")
        return spec.ChatMemberMember(user=user)
    return chat.members.get(user.id) or spec.ChatMemberLeft(user=user)


def get_administrators(world: World, request: chat_requests.GetChatAdministrators) -> tuple[spec.ChatMember, ...]:
    chat = world.reachable(request.chat_id)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    leading = (spec.ChatMemberOwner, spec.ChatMemberAdministrator)
    found = [member for member in chat.members.values() if isinstance(member, leading)]
    # Other bots only on demand; the asking bot itself is always among them.
    return tuple(
        member for member in found if request.return_bots or not member.user.is_bot or member.user == world.bot
    )


def leave_chat(world: World, request: chat_requests.LeaveChat) -> bool:
    chat = world.reachable(request.chat_id)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.members[world.bot.id] = spec.ChatMemberLeft(user=world.bot)
    world.touch()
    return True


def get_file(world: World, request: chat_requests.GetFile) -> parts.File:
    return world.files.for_download(request.file_id)


def chat_action(world: World, request: chat_requests.SendChatAction) -> bool:
    chat = world.reachable(request.chat_id)
    thread_of(world, chat, request.message_thread_id)
    if request.action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.actions.append((chat.id, request.action))
    return True


def answer_query(world: World, request: chat_requests.AnswerCallbackQuery) -> bool:
    press = world.presses.get(request.callback_query_id)
    if press is None or press.answered or world.clock.monotonic() - press.pressed_at > QUERY_SECONDS:
        raise bad_request(TOO_OLD)
    if entities.length(request.text or "") > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if request.url:
        raise bad_request("URL_INVALID")
    press.answered_at, press.text, press.alert = world.clock.monotonic(), request.text, request.show_alert
    world.touch()
    return True


def set_commands(world: World, request: chat_requests.SetMyCommands) -> bool:
    if len(request.commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in request.commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.command):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(world, request)] = tuple(
        spec.BotCommand(command=command.command, description=command.description) for command in request.commands
    )
    return True


def delete_commands(world: World, request: chat_requests.DeleteMyCommands) -> bool:
    world.commands.pop(_scope(world, request), None)
    return True


def get_commands(world: World, request: chat_requests.GetMyCommands) -> tuple[spec.BotCommand, ...]:
    return world.commands.get(_scope(world, request), ())


def _scope(world: World, request: chat_requests.OfCommands) -> tuple[str, str]:
    """Under which key a list of commands is kept; its chat must be known."""
    scope = request.scope
    in_chat = scope.type in ("chat", "chat_administrators", "chat_member")
    if in_chat:
        world.reachable(scope.chat_id or 0)
    if (scope.user_id is not None) != (scope.type == "chat_member") or (scope.chat_id is not None) != in_chat:
        raise bad_request(f"can't parse BotCommandScope: wrong parameters for {scope.type}")
    return scope_key(scope.type, scope.chat_id, scope.user_id), request.language_code
