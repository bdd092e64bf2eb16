"""What the bot did, seen from Telegram's side: where each token appeared, and which answers were lost."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.demo import views
from bot.demo.faults import Fault, Faults
from bot.demo.simulator import Exchange, Simulator
from tests.telegram.story.ledger import tokens_in

HISTORY = "🔄"
NUMBER = re.compile(r"R-\d+")
# A program that is killed so soon after a call had its effect may not have written down that it had.
FORGETS_WITHIN_S = 2.5


@dataclass(frozen=True, slots=True)
class Appearance:
    """A message of the bot as it was when it was sent or edited."""

    at: float
    chat: int
    thread: int | None
    message: int
    tokens: frozenset[str]
    edit: bool
    again: bool  # by its nature it repeats what was said: a card, the history of a topic that was made again
    answer_lost: bool


class WatchedFaults(Faults):
    """Tells which call was cut off after it had its effect."""

    def __init__(self) -> None:
        super().__init__()
        self.cut_after: Counter[tuple[str, int | None]] = Counter()

    def next_for(self, method: str, chat_id: int | None, bot_id: int) -> Fault | None:
        fault = super().next_for(method, chat_id, bot_id)
        if fault is not None and fault.cut == "after":
            self.cut_after[method, chat_id] += 1
        return fault


@dataclass(slots=True)
class Watch:
    """Observes the simulator. Times are seconds since the story began."""

    sim: Simulator
    faults: WatchedFaults
    tell: Callable[[str], None]
    begun: float = field(default_factory=time.monotonic)
    appearances: list[Appearance] = field(default_factory=list)
    topics_made: list[tuple[int, str]] = field(default_factory=list)  # thread, name
    kills: list[float] = field(default_factory=list)
    forgets_within_s: float = FORGETS_WITHIN_S

    @property
    def now(self) -> float:
        return time.monotonic() - self.begun

    def observe(self, exchange: Exchange) -> None:
        name, before = exchange.method.lower(), len(self.appearances)
        if exchange.ok and exchange.chat_id is not None:
            self._effect(name, exchange, exchange.chat_id)
        if name != "getupdates" or exchange.result:
            seen = (" ".join(sorted(one.tokens)) for one in self.appearances[before:])
            self.tell(f"{_line(exchange)} {' | '.join(seen)}".rstrip())

    def killed_between(self, since: float, until: float) -> bool:
        return any(since <= kill <= until for kill in self.kills)

    def forgotten(self, at: float) -> bool:
        """Did a kill come so soon after this moment that the program may not know of it?"""
        return self.killed_between(at, at + self.forgets_within_s)

    def _effect(self, name: str, exchange: Exchange, chat: int) -> None:
        lost = self.faults.cut_after[name, chat] > 0
        if lost:
            self.faults.cut_after[name, chat] -= 1
        if name == "createforumtopic" and isinstance(exchange.result, dict):
            thread = exchange.result["message_thread_id"]
            assert isinstance(thread, int)
            self.topics_made.append((thread, str(exchange.result["name"])))
        for message in _message_ids(exchange) if name.startswith(("send", "copy", "edit")) else ():
            self._appears(chat, message, name.startswith("edit"), lost)

    def _appears(self, chat: int, message: int, edit: bool, lost: bool) -> None:
        there = self.sim.world.chats[chat]
        post = there.posts.get(message)
        if post is None:
            return
        seen = views.message(self.sim.world, there, post)
        found = frozenset(tokens_in(seen))
        card = bool(seen.buttons) and NUMBER.search(seen.text) is not None
        again = card or seen.text.startswith(HISTORY)
        self.appearances.append(Appearance(self.now, chat, seen.thread_id, message, found, edit, again, lost))


def _message_ids(exchange: Exchange) -> list[int]:
    results = exchange.result if isinstance(exchange.result, list) else [exchange.result]
    found = [result["message_id"] for result in results if isinstance(result, dict) and "message_id" in result]
    return [one for one in found if isinstance(one, int)]


def _line(exchange: Exchange) -> str:
    params = exchange.params
    said = " ".join(str(params.get("text") or params.get("caption") or params.get("name") or "").split())[:90]
    where = f"{exchange.chat_id or ''}" + (f"/{params['message_thread_id']}" if params.get("message_thread_id") else "")
    if exchange.method.lower() == "getupdates" and isinstance(exchange.result, list):
        said = " ".join(str(one.get("update_id")) for one in exchange.result if isinstance(one, dict))
    came = "ok" if exchange.ok else f"{exchange.error_code} {exchange.description}"
    ids = ",".join(map(str, _message_ids(exchange)))
    return f"    bot {exchange.method} {where} {said!r} → {came} {ids}"
