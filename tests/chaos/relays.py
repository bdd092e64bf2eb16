"""The relay that our mail leaves by: one door for each process, so that it is known who sent what, and its troubles."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.message import Message
from random import Random

from bot.demo.mailcatcher import CaughtMail, Fault, MailCatcher

# How likely each befalls a mail. A relay that stays silent for a minute is played in tests/test_mail_send.py.
TROUBLES: tuple[tuple[Fault, float], ...] = (
    (Fault.REFUSE_AT_MAIL, 0.03),
    (Fault.REFUSE_AT_RCPT, 0.03),
    (Fault.CUT_AT_DATA, 0.02),
    (Fault.CUT_IN_MAIL, 0.03),
    (Fault.REFUSE_AT_DOT, 0.03),
    (Fault.SLOW_AT_DOT, 0.05),
    (Fault.CUT_AT_DOT, 0.04),
)

AtMail = Callable[[int], Awaitable[None]]  # the relay has a mail of this process, and has not answered yet


@dataclass(frozen=True, slots=True)
class Copy:
    """A mail of ours that the relay has. `lost`: it never said so."""

    at: float
    process: int
    mail: CaughtMail
    lost: bool

    @property
    def message_id(self) -> str:
        return str(self.mail.parsed["Message-ID"]).strip("<>")

    @property
    def answers(self) -> str:
        """The Message-ID that it answers, or nothing."""
        return str(self.mail.parsed["In-Reply-To"] or "").strip("<>")

    @property
    def automatic(self) -> bool:
        return self.mail.parsed["Auto-Submitted"] is not None

    @property
    def words(self) -> str:
        """Its plain text."""
        for part in self.mail.parsed.walk():
            if part.get_content_type() == "text/plain":
                payload = part.get_payload(decode=True)
                return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        return ""


@dataclass(slots=True)
class Relays:
    """The doors, and all that came in by them."""

    processes: int
    dice: Random
    now: Callable[[], float]
    tell: Callable[[str], None]
    at_mail: AtMail
    troubled: bool = True
    copies: list[Copy] = field(default_factory=list)
    nobody: set[str] = field(default_factory=set)  # recipients that do not exist
    bounced: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))  # 550s by recipient
    outages: list[tuple[float, float]] = field(default_factory=list)  # from, to: it ended every connection
    _doors: list[MailCatcher] = field(default_factory=list)

    @property
    def ours(self) -> list[Message[str, str]]:
        """The mails that customers have by now."""
        return [copy.mail.parsed for copy in self.copies]

    async def start(self) -> None:
        for process in range(self.processes):
            door = MailCatcher(fate=self._fate, nobody=self._nobody, kept=self._kept_by(process))
            await door.start()
            self._doors.append(door)

    async def stop(self) -> None:
        for door in self._doors:
            await door.stop()

    def url(self, process: int) -> str:
        """The SMARTHOST of a process."""
        return f"smtp://127.0.0.1:{self._doors[process].port}"

    async def away(self, seconds: float) -> None:
        """Nobody is there for a while."""
        begun = self.now()
        for door in self._doors:
            await door.stop()
        await asyncio.sleep(seconds)
        for door in self._doors:
            await door.start(door.port)
        self.outages.append((begun, self.now()))

    def _fate(self, sender: str) -> Fault | None:
        if not self.troubled:
            return None
        chance = self.dice.random()
        for fault, likely in TROUBLES:
            chance -= likely
            if chance < 0:
                self.tell(f"    relay: the next mail of {sender or '<>'}: {fault}")
                return fault
        return None

    def _nobody(self, address: str) -> bool:
        if address not in self.nobody:
            return False
        self.bounced[address] += 1
        return True

    def _kept_by(self, process: int) -> Callable[[CaughtMail, Fault | None], Awaitable[None]]:
        async def kept(mail: CaughtMail, fault: Fault | None) -> None:
            copy = Copy(self.now(), process, mail, fault is Fault.CUT_AT_DOT)
            self.copies.append(copy)
            to = ",".join(mail.rcpt_tos)
            self.tell(f"    relay has {copy.message_id} for {to} from process {process}{' (lost)' * copy.lost}")
            # A process that is killed now ends the connection, which cancels us; its end must be seen through.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(asyncio.ensure_future(self.at_mail(process)))

        return kept
