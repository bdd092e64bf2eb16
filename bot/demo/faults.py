"""What goes wrong on demand: refusals, cut connections, slow answers, and Telegram's rates."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Literal

from bot.demo.refusal import Refused, too_many_requests

When = Literal["before", "after"]
DESCRIPTIONS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
    500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout",
}  # fmt: skip
# core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: messages, seconds.
GROUP_RATE = (20, 60.0)
PRIVATE_RATE = (1, 1.0)
# What counts as a message: sends and edits share the budget, and a new topic is a message (tdlib/td#2592).
COUNTED = ("send", "copy", "edit", "createforumtopic")
FREE = frozenset({"sendchataction"})


@dataclass(slots=True)
class Fault:
    """One thing that will go wrong, `count` times. Method "*" is every method; chat None is every chat."""

    method: str
    count: int
    chat_id: int | None = None
    refusal: Refused | None = None
    cut: When | None = None
    delay: float = 0
    delay_when: When = "after"

    def fits(self, method: str, chat_id: int | None) -> bool:
        return self.method in ("*", method) and self.chat_id in (None, chat_id)


@dataclass(slots=True)
class Faults:
    """What is planned to go wrong, and the flood model, off by default."""

    planned: list[Fault] = field(default_factory=list)
    flood_control: bool = False
    _sent: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def plan(self, fault: Fault) -> None:
        fault.method = fault.method.lower()
        self.planned.append(fault)

    def next_for(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that befalls this call, used up by one."""
        for fault in self.planned:
            if fault.fits(method, chat_id):
                fault.count -= 1
                if fault.count <= 0:
                    self.planned.remove(fault)
                return fault
        return None

    def check_rate(self, method: str, chat_id: int | None, now: float, messages: int = 1) -> None:
        """Count a message in its chat. Raises Refused (429) beyond the rate. `now` in seconds, any origin."""
        counted = method.startswith(COUNTED) and method not in FREE
        if not (self.flood_control and counted and chat_id is not None):
            return
        allowed, seconds = PRIVATE_RATE if chat_id > 0 else GROUP_RATE
        sent = self._sent[chat_id]
        while sent and sent[0] <= now - seconds:
            sent.popleft()
        if len(sent) >= allowed:
            raise too_many_requests(max(1, math.ceil(sent[0] + seconds - now)))
        sent.extend([now] * messages)
