"""What is answered to EHLO, MAIL and RCPT: which recipients are ours, and how big a mail may be. It relays nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiosmtpd.smtp
import structlog

from intake.mail.inbound import mailbox_of
from intake.mail.limits import FAILED, TOO_MANY_RECIPIENTS, too_big
from intake.mail.tracebacks import place

if TYPE_CHECKING:
    from intake.mail.server import MailServer

log = structlog.get_logger()


class Answers:
    """What the library asks before it takes a command; the names are its own."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def __dir__(self) -> list[str]:
        # The library looks through all names for each session.
        return [name for name in vars(Answers) if name.startswith("handle_")]

    async def handle_EHLO(  # noqa: N802
        self,
        smtp: aiosmtpd.smtp.SMTP,
        session: aiosmtpd.smtp.Session,
        envelope: aiosmtpd.smtp.Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        # Nobody logs in here, whatever the library would offer under TLS.
        offered = [line for line in responses if not line.startswith("250-AUTH")]
        ours = (f"250-SIZE {self.server.limits.size}", "250-PIPELINING", "250-ENHANCEDSTATUSCODES")
        # One string is one write, and one packet, where seven would be seven.
        return ["\r\n".join([offered[0], *ours, *offered[1:]])]

    async def handle_MAIL(  # noqa: N802
        self,
        smtp: aiosmtpd.smtp.SMTP,
        session: aiosmtpd.smtp.Session,
        envelope: aiosmtpd.smtp.Envelope,
        address: str,
        options: list[str],
    ) -> str:
        # RFC 1870: who says beforehand that it is too big need not send it.
        if max((_size(option) for option in options), default=0) > self.server.limits.size:
            return too_big(self.server.limits.size)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 The sender is noted."

    async def handle_RCPT(  # noqa: N802
        self,
        smtp: aiosmtpd.smtp.SMTP,
        session: aiosmtpd.smtp.Session,
        envelope: aiosmtpd.smtp.Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if mailbox_of(address, self.server.mailboxes) is None:
            shown = plain(address)[:256].encode("ascii", "replace").decode()
            return f"550 5.1.1 <{shown}> is not a mailbox here; check the address."
        if len(envelope.rcpt_tos) >= self.server.limits.recipients:
            return TOO_MANY_RECIPIENTS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 The recipient is here."

    async def handle_exception(self, error: Exception) -> str:
        log.error("SMTP session failed", error=type(error).__name__, where=place(error))
        return FAILED


def plain(address: str) -> str:
    """An address as a database can keep it: the library passes bytes that are no UTF-8 as lone surrogates."""
    return "".join(c if c.isprintable() else "?" for c in address)


def _size(option: str) -> int:
    # Twenty digits are all that RFC 1870 §4 allows; int() of many would take long.
    said = option[5:] if option.startswith("SIZE=") else ""
    return int(said[:20]) if said.isdecimal() else 0
