"""The menu of commands that somebody's app shows: of all scopes and languages, the one that fits best."""

from __future__ import annotations

from collections.abc import Iterator

from bot.demo import spec
from bot.demo.chats import Chat
from bot.demo.speaking import Speaker


def menu(person: Speaker, chat: Chat | None = None) -> tuple[spec.BotCommand, ...]:
    """What somebody sees in the private chat with the bot, or in a group.

    core.telegram.org/bots/api#determining-list-of-commands: narrower scopes first, each in the language and without.
    """
    language = person.world.users[person.id].language_code or ""
    for scope in _scopes(person, chat):
        for one in (language[:2], ""):
            if found := person.world.commands.get((scope, one)):
                return found
    return ()


def scope_key(kind: str, chat_id: int | str | None = None, user_id: int | None = None) -> str:
    """Under which name the commands of a scope are kept."""
    return f"{kind} {chat_id or ''} {user_id or ''}"


def _scopes(person: Speaker, chat: Chat | None) -> Iterator[str]:
    if chat is None:
        yield from (scope_key("chat", person.id), scope_key("all_private_chats"))
    else:
        member = chat.members.get(person.id)
        leads = member is not None and member.status in ("creator", "administrator")
        yield scope_key("chat_member", chat.id, person.id)
        if leads:
            yield scope_key("chat_administrators", chat.id)
        yield scope_key("chat", chat.id)
        if leads:
            yield scope_key("all_chat_administrators")
        yield scope_key("all_group_chats")
    yield scope_key("default")
