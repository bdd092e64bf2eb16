"""An update that waits for a bot: how long it lives, and behind which others it must wait on the way to a webhook."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from bot.demo import spec

DAY_S = 86_400
# The rest lives for a day. Only what a person waits for is worthless so soon.
LIFETIME_S = {"callback_query": 150, "inline_query": 30}


@dataclass(frozen=True, slots=True)
class Lane:
    """Updates of one lane reach a webhook one after the other; lanes run side by side."""

    kind: str
    of: int


@dataclass(frozen=True, slots=True, eq=False)
class Pending:
    """One update with its number, as it goes over the wire. `expires_at` in seconds since 1970."""

    id: int
    kind: str
    body: JsonValue
    lane: Lane
    expires_at: float


def lane(update: spec.Update) -> Lane:
    """Messages and edits of a chat keep their order; presses go by who pressed; changes of members by themselves."""
    said = update.message or update.edited_message
    if said is not None:
        return Lane("chat", said.chat.id)
    if update.callback_query is not None:
        return Lane("callback_query", update.callback_query.from_.id)
    if update.message_reaction is not None:
        return Lane("message_reaction", update.message_reaction.chat.id)
    if update.inline_query is not None:
        return Lane("inline_query", update.inline_query.from_.id)
    changed = update.my_chat_member or update.chat_member
    if changed is None:
        return Lane("other", 0)
    return Lane("my_chat_member" if update.my_chat_member is not None else "chat_member", changed.chat.id)
