"""The real program with one bug planted in it, to see that the laws of a run catch it.

    python -m tests.chaos.planted weak_threading run

None of it is in the product: one function of it is replaced in this process, before the program begins.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from dataclasses import replace
from datetime import datetime

from bot import __main__ as program
from intake.incoming import threading
from intake.mail import limits
from intake.mail.channel import MailChannel
from intake.mail.inbound import Envelope
from intake.mail.server import Deliver, MailServer
from intake.message import Inbound, Outbound, Receipt, Sent, TryAgain, Unknown
from intake.pipeline import Intake

LATER_S = 0.05


def stored_after_its_250() -> None:
    """A mail is acknowledged, and stored when there is time."""
    start = MailServer.start
    unheard: set[asyncio.Task[None]] = set()

    async def hasty(self: MailServer, deliver: Deliver) -> None:
        async def store(raw: bytes, envelope: Envelope) -> None:
            await asyncio.sleep(LATER_S)
            await deliver(raw, envelope)

        async def later(raw: bytes, envelope: Envelope) -> None:
            unheard.add(asyncio.create_task(store(raw, envelope)))

        await start(self, later)

    MailServer.start = hasty  # type: ignore[method-assign]  # that is the bug


def no_dedupe() -> None:
    """Each copy of a message is a message."""
    accept = Intake.accept

    async def forgetful(self: Intake, message: Inbound, now: datetime) -> Receipt:
        return await accept(self, replace(message, key=f"{message.key[:64]}:{secrets.token_hex(8)}"), now)

    Intake.accept = forgetful  # type: ignore[method-assign]  # that is the bug


def new_message_id() -> None:
    """Each attempt is a new mail to the one who gets it twice."""
    send = MailChannel.send

    async def renamed(self: MailChannel, outbound: Outbound) -> Sent:
        return await send(self, replace(outbound, message_id=f"{secrets.token_hex(8)}@shop.example"))

    MailChannel.send = renamed  # type: ignore[method-assign]  # that is the bug


def blind_send() -> None:
    """What was said to the relay is taken for sent, whatever it answered."""
    send = MailChannel.send

    async def blind(self: MailChannel, outbound: Outbound) -> Sent:
        try:
            return await send(self, outbound)
        except (TryAgain, Unknown):
            return Sent()

    MailChannel.send = blind  # type: ignore[method-assign]  # that is the bug


def resend_always() -> None:
    """To be on the safe side each mail is sent once more."""
    send = MailChannel.send
    once: set[int] = set()

    async def anxious(self: MailChannel, outbound: Outbound) -> Sent:
        sent = await send(self, outbound)
        if outbound.delivery not in once:
            once.add(outbound.delivery)
            raise TryAgain("to be on the safe side", after=0.2)
        return sent

    MailChannel.send = anxious  # type: ignore[method-assign]  # that is the bug


def weak_threading() -> None:
    """Whoever points at a request belongs to it."""
    everybody = tuple(threading.Standing)
    threading.RULES = tuple((bond, everybody) for bond, _ in threading.RULES)


def own_fault_for_good() -> None:
    """When we cannot store a mail, its sender is told that it will never be taken."""
    right = limits.FAILED
    for name, module in list(sys.modules.items()):
        if name.startswith("intake.mail.") and getattr(module, "FAILED", None) == right:
            vars(module)["FAILED"] = "554 5.3.0 The mail could not be stored."


BUGS = (
    stored_after_its_250, no_dedupe, new_message_id, blind_send, resend_always, weak_threading, own_fault_for_good,
)  # fmt: skip


if __name__ == "__main__":
    {bug.__name__: bug for bug in BUGS}[sys.argv.pop(1)]()
    program.main()
