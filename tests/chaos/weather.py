"""Telegram's troubles: refusals, cuts and slow answers that come by chance while it blows."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from bot.demo.faults import DESCRIPTIONS, Fault, When
from bot.demo.refusal import Refused, too_many_requests
from tests.telegram.story.watch import WatchedFaults

LIKELY = 0.04  # that something befalls a call
LIKELY_POLL = 0.02


@dataclass(slots=True)
class _Trouble:
    weight: float
    refusal: Refused | None = None
    cut: When | None = None
    delay: float = 0.0


_TROUBLES = (
    _Trouble(3, refusal=too_many_requests(1)),
    _Trouble(1, refusal=Refused(500, DESCRIPTIONS[500])),
    _Trouble(1, refusal=Refused(502, DESCRIPTIONS[502])),
    _Trouble(2, cut="before"),
    _Trouble(3, cut="after"),
    _Trouble(2, delay=0.5),
)


@dataclass
class Weather(WatchedFaults):
    """Plans a fault for a call now and then, beside those that are planned by hand."""

    dice: Random = field(default_factory=Random)
    blows: bool = False

    def __init__(self, dice: Random) -> None:
        super().__init__()
        self.dice = dice
        self.blows = False

    def next_for(self, method: str, chat_id: int | None, bot_id: int) -> Fault | None:
        likely = LIKELY_POLL if method == "getupdates" else LIKELY if chat_id is not None else 0.0
        if self.blows and self.dice.random() < likely:
            self.planned.append(self._fault(method, chat_id))
        return super().next_for(method, chat_id, bot_id)

    def _fault(self, method: str, chat_id: int | None) -> Fault:
        trouble = self.dice.choices(_TROUBLES, [one.weight for one in _TROUBLES])[0]
        if method == "getupdates" and trouble.refusal is not None and trouble.refusal.error_code == 429:
            trouble = _TROUBLES[1]
        return Fault(method, 1, chat_id, refusal=trouble.refusal, cut=trouble.cut, delay=trouble.delay)
