"""What people said in the story, each message known by a word of its own that survives every copy."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from bot.demo.people import Person
from bot.demo.views import SimMessage

TOKEN = re.compile(r"q([can])(\d{4})v(\d+)q")


class Side(StrEnum):
    """Who said it, and whom it is meant for."""

    CUSTOMER = "c"  # a customer, to us
    ANSWER = "a"  # an agent, to a customer
    SILENT = "n"  # a note, a command, General, somebody who is no agent: never to a customer


@dataclass(slots=True)
class Said:
    """One message of a person. Each version of its words has a token; `request` is the topic's, for agents' words."""

    number: int
    side: Side
    by: Person
    message: SimMessage
    request: int | None = None
    reply: bool = False
    versions: int = 1
    gone: bool = False  # taken back by its author, or gone with its topic

    def token(self, version: int = 0) -> str:
        return token(self.side, self.number, version)

    @property
    def last_token(self) -> str:
        return self.token(self.versions - 1)

    @property
    def place(self) -> str:
        return f"{self.message.chat_id}:{self.message.id}"


@dataclass(slots=True)
class Ledger:
    """Everything that was said, in order."""

    said: list[Said] = field(default_factory=list)
    _numbers: int = 0

    def next_token(self, side: Side) -> tuple[int, str]:
        """The number and the first token of what will be said next."""
        self._numbers += 1
        return self._numbers, token(side, self._numbers, 0)

    def add(self, said: Said) -> Said:
        self.said.append(said)
        return said

    def by(self, *sides: Side) -> list[Said]:
        return [said for said in self.said if said.side in sides]

    def at(self, message: SimMessage) -> Said | None:
        """What a person said in this very message."""
        return next((said for said in self.said if said.place == f"{message.chat_id}:{message.id}"), None)


def token(side: Side, number: int, version: int) -> str:
    return f"q{side}{number:04}v{version}q"


def tokens_in(message: SimMessage) -> set[str]:
    """The tokens in a message's words, or in its file when it has no words."""
    words = message.text or (message.content or b"").decode("utf-8", "replace")
    return {found[0] for found in TOKEN.finditer(words)}


def number_of(word: str) -> int:
    """The number of the message that a token belongs to."""
    match = TOKEN.fullmatch(word)
    assert match is not None
    return int(match[2])
