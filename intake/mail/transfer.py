"""Read one mail from DATA to its final dot, and never hold more of it than the limits allow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from intake.mail.limits import FAR_TOO_BIG, TOO_MUCH_AT_ONCE, Limits, too_big

_END = b"\r\n.\r\n"
_STRETCH = 1 << 20  # bytes


class Budget:
    """Bytes that all unfinished mails together may hold in memory."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0


class Pace:
    """How long one mail may take: a fixed time, and longer as long as it comes on well."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._pace = limits.pace
        self._ends = now + limits.transfer
        self._next = _STRETCH

    def left(self, now: float, size: int) -> float:
        """Seconds from `now`, after so many bytes of the mail."""
        if size >= self._next:
            self._next = size + _STRETCH
            # A mail of 25 MiB takes minutes on a thin line, and always would. Who stops halfway gains nothing by it.
            self._ends = max(self._ends, now + _STRETCH / self._pace)
        return self._ends - now


class Transfer:
    """One mail coming in. Past a limit it reads on but keeps nothing, and gives up when the mail becomes absurd."""

    def __init__(self, reader: asyncio.StreamReader, limits: Limits, budget: Budget) -> None:
        self.refusal = ""
        self._reader = reader
        self._limits = limits
        self._budget = budget
        self._pieces: list[bytes] = []
        self._size = 0
        self._held = 0

    async def content(self, alive: Callable[[int], None]) -> bytes | None:
        """The mail as it was sent, or None when `refusal` says why not. `alive` is told
        the bytes so far whenever a piece came.

        It looks for the end of the mail and not for lines: a line may be as long as the mail, a bare CR or LF is
        neither an end nor changed.
        """
        # A mail may be nothing but its final dot; with a line end put before, every end looks alike. The stream has
        # no other way to put bytes back than its buffer, which aiosmtpd itself reaches into.
        self._reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]  # private, see above
        while True:
            alive(self._size)
            try:
                self._keep(await self._reader.readuntil(_END))
                break
            except asyncio.LimitOverrunError as more:
                self._keep(await self._reader.readexactly(more.consumed))
            if self._size > 4 * self._limits.size:
                # RFC 5321 §4.2.5 asks to read to the end before refusing; a mail without end would keep us for ever.
                self.refusal = FAR_TOO_BIG
                return None
        if self.refusal:
            return None
        whole = b"".join(self._pieces)
        self._pieces.clear()
        # RFC 5321 §4.5.2: the client doubled the dot at the start of a line. The first two bytes are ours.
        return whole.removesuffix(b".\r\n").replace(b"\r\n.", b"\r\n")[2:]

    def forget(self) -> None:
        """Give back what is held. To be called at the end, whatever it was."""
        self._budget.used -= self._held
        self._held = 0
        self._pieces.clear()

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limits.size + len(_END):
            self._refuse(too_big(self._limits.size))
        elif self._size > self._limits.reserved and self._budget.used + len(piece) > self._budget.most:
            self._refuse(TOO_MUCH_AT_ONCE)
        if not self.refusal:
            self._pieces.append(piece)
            self._held += len(piece)
            self._budget.used += len(piece)

    def _refuse(self, words: str) -> None:
        self.refusal = self.refusal or words
        self.forget()
