"""What happened, in order, for tests that look back: calls, messages, waits that were not kept, presses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue

from bot.demo import spec
from bot.demo.faults import Family, family_of


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `params` as they were understood, or as they came if they were refused.

    `at`: when it came, by the simulator's monotonic clock.
    """

    method: str
    params: dict[str, JsonValue]
    ok: bool
    result: JsonValue = None
    error_code: int | None = None
    description: str | None = None
    retry_after: int | None = None
    chat_id: int | None = None
    bot_id: int = 0
    at: float = 0


class Deed(StrEnum):
    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    REACTED = "reacted"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a message, whoever did it; the message as it was then.

    `bot_id` is the bot of a private chat, None in a group. `emojis` are what `by` thinks of the message now.
    """

    at: float
    deed: Deed
    chat_id: int
    bot_id: int | None
    message: spec.Message
    by: int
    emojis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Early:
    """A call that came although the bot had been told to wait until later."""

    call: Exchange
    until: float


@dataclass(slots=True, eq=False)
class Record:
    """Everything since the beginning. `early` should stay empty: whoever is told to wait, waits."""

    calls: list[Exchange] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    early: list[Early] = field(default_factory=list)
    observers: list[Callable[[Exchange], None]] = field(default_factory=list)
    _waits: dict[tuple[int, int | None, Family], float] = field(default_factory=dict)

    def call(self, exchange: Exchange) -> None:
        """Note a call, and whether it had to wait. Raises what an observer raises."""
        self.calls.append(exchange)
        key = exchange.bot_id, exchange.chat_id, family_of(exchange.method.lower())
        until = self._waits.get(key, 0)
        if exchange.at < until:
            self.early.append(Early(exchange, until))
        if exchange.retry_after is not None:
            self._waits[key] = max(until, exchange.at + exchange.retry_after)
        for observe in self.observers:
            observe(exchange)

    def of(self, method: str) -> list[Exchange]:
        return [call for call in self.calls if call.method == method]

    def posted(self, chat_id: int, by: Iterable[int] | None = None) -> list[spec.Message]:
        """The messages ever posted in a chat, oldest first, deleted ones too; of certain authors, or of all."""
        authors = None if by is None else frozenset(by)
        return [
            one.message
            for one in self.happenings
            if one.deed is Deed.POSTED and one.chat_id == chat_id and (authors is None or one.by in authors)
        ]
