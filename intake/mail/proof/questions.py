"""What one mail may ask of DNS: so many questions, until a moment. No mail keeps us asking for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

from intake.mail.proof.resolver import Kind, NoAnswerError, Resolver

# RFC 7208 §4.6.4 lets SPF alone ask ten times, each MX with ten names behind it; who needs more is up to no good.
MAX_QUESTIONS = 60
LONGEST_QUESTION_S = 3.0


class Questions:
    """The questions of one mail."""

    def __init__(self, resolver: Resolver, until: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._resolver = resolver
        self._until = until
        self._clock = clock
        self._left = MAX_QUESTIONS

    def ask(self, name: str, kind: Kind) -> tuple[str, ...]:
        """The records. Raises NoAnswerError, also when the mail has asked enough."""
        left = self._until - self._clock()
        if left <= 0 or self._left <= 0:
            raise NoAnswerError("it asks too much" if left > 0 else "the time is up")
        self._left -= 1
        return self._resolver.look_up(name, kind, min(left, LONGEST_QUESTION_S)).records
