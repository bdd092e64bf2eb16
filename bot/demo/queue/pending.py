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


@dataclass(slots=True, eq=False)
class Pending:
    """One update with its number. `expires_at` in seconds since 1970."""

    id: int
    kind: str
    update: spec.Update
    lane: Lane
    expires_at: float
    _body: JsonValue = None

    @classmethod
    def of(cls, update: spec.Update, now: float) -> Pending:
        kind = next(name for name, value in update if name != "update_id" and value is not None)
        return cls(update.update_id, kind, update, _lane(update), now + LIFETIME_S.get(kind, DAY_S))

    @property
    def body(self) -> JsonValue:
        """The update as it goes over the wire."""
        if self._body is None:
            self._body = spec.as_json(self.update)
        return self._body


def _lane(update: spec.Update) -> Lane:
    """Messages and edits of a chat keep their order; presses go by who pressed; changes of members by themselves."""
    said = update.message or update.edited_message
    if said is not None:
        return Lane("chat", said.chat.id)
    if update.callback_query is not None:
        return Lane("callback_query", update.callback_query.from_.id)
    if update.message_reaction is not None:
        return Lane("message_reaction", update.message_reaction.chat.id)
    changed = update.my_chat_member or update.chat_member
    assert changed is not None
    return Lane("my_chat_member" if update.my_chat_member is not None else "chat_member", changed.chat.id)
