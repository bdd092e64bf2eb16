"""What goes wrong on demand: refusals, cut connections, slow answers, and Telegram's rates."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from bot.demo.refusal import Refused, too_many_requests

When = Literal["before", "after"]
DESCRIPTIONS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
    500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout",
}  # fmt: skip


class Family(StrEnum):
    """Methods that share a budget."""

    SEND = "send"
    EDIT = "edit"
    TOPIC = "topic"
    MANAGE = "manage"
    DELETE = "delete"
    REACTION = "reaction"
    ACTION = "action"
    FREE = "free"


# The first that a method's name begins with. What only asks or answers a press is free (tdlib/telegram-bot-api#648).
FAMILIES = (
    ("sendchataction", Family.ACTION),
    ("send", Family.SEND),
    ("copy", Family.SEND),
    ("forward", Family.SEND),
    ("editmessage", Family.EDIT),
    ("createforumtopic", Family.TOPIC),
    ("deletemessage", Family.DELETE),
    ("setmessagereaction", Family.REACTION),
    *((name, Family.MANAGE) for name in ("edit", "close", "reopen", "hide", "unhide", "deleteforumtopic")),
    *((name, Family.MANAGE) for name in ("pin", "unpin")),
)
# Sends and edits share the budget of a chat, and a new topic is a message (tdlib/td#2592).
MESSAGES = frozenset({Family.SEND, Family.EDIT, Family.TOPIC})


class Scope(StrEnum):
    """Whose budget it is."""

    GROUP = "group"
    PRIVATE = "private"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in so many seconds."""

    scope: Scope
    families: frozenset[Family]
    count: int
    seconds: float


# core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this; in private, short bursts are let pass.
# The last four are not documented; they are of the order that has been reported.
RATES = (
    Rate(Scope.GROUP, MESSAGES, 20, 60),
    Rate(Scope.PRIVATE, MESSAGES, 3, 3),
    Rate(Scope.BOT, frozenset({Family.SEND}), 30, 1),
    Rate(Scope.GROUP, frozenset({Family.TOPIC}), 10, 60),
    Rate(Scope.GROUP, frozenset({Family.MANAGE}), 30, 60),
    Rate(Scope.GROUP, frozenset({Family.REACTION}), 60, 60),
    Rate(Scope.GROUP, frozenset({Family.ACTION}), 20, 5),
)


def family_of(method: str) -> Family:
    """The budget of a method, by its name in small letters."""
    return next((family for beginning, family in FAMILIES if method.startswith(beginning)), Family.FREE)


@dataclass(slots=True)
class Fault:
    """One thing that will go wrong, `count` times. Method "*" is every method; None is every family, chat, bot."""

    method: str
    count: int
    chat_id: int | None = None
    refusal: Refused | None = None
    cut: When | None = None
    delay: float = 0
    delay_when: When = "after"
    family: Family | None = None
    bot_id: int | None = None

    def fits(self, method: str, chat_id: int | None, bot_id: int) -> bool:
        return (
            self.method in ("*", method)
            and self.chat_id in (None, chat_id)
            and self.bot_id in (None, bot_id)
            and self.family in (None, family_of(method))
        )


@dataclass(slots=True)
class Faults:
    """What is planned to go wrong, and the flood model, off by default."""

    planned: list[Fault] = field(default_factory=list)
    rates: tuple[Rate, ...] = ()
    _sent: defaultdict[tuple[Rate, int, int], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def plan(self, fault: Fault) -> None:
        fault.method = fault.method.lower()
        self.planned.append(fault)

    def next_for(self, method: str, chat_id: int | None, bot_id: int) -> Fault | None:
        """The fault that befalls this call, used up by one."""
        for fault in self.planned:
            if fault.fits(method, chat_id, bot_id):
                fault.count -= 1
                if fault.count <= 0:
                    self.planned.remove(fault)
                return fault
        return None

    def check_rate(self, method: str, chat_id: int | None, bot_id: int, now: float, messages: int = 1) -> None:
        """Count messages of a bot in a chat. Raises Refused (429) beyond a rate. `now` in seconds, any origin."""
        if not self.rates or chat_id is None:
            return
        family = family_of(method)
        place = Scope.PRIVATE if chat_id > 0 else Scope.GROUP
        budgets = [
            (rate, self._sent[rate, bot_id, 0 if rate.scope is Scope.BOT else chat_id])
            for rate in self.rates
            if family in rate.families and rate.scope in (place, Scope.BOT)
        ]
        wait = 0.0
        for rate, sent in budgets:
            while sent and sent[0] <= now - rate.seconds:
                sent.popleft()
            if len(sent) >= rate.count:
                wait = max(wait, sent[len(sent) - rate.count] + rate.seconds - now)
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        for _, sent in budgets:
            sent.extend([now] * messages)
