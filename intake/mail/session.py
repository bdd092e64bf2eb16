"""One SMTP or LMTP conversation: who may come in, which recipients are ours, and the mail within its limits."""

from __future__ import annotations

import asyncio
import contextlib
import re
import traceback
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import aiosmtpd.smtp
import structlog

from intake.mail.inbound import Envelope, mailbox_of
from intake.mail.limits import CLOSING, FAILED, FAR_TOO_BIG, TIMED_OUT, TOO_MANY_RECIPIENTS, too_big
from intake.mail.transfer import Transfer
from intake.tally import What, tally

if TYPE_CHECKING:
    from intake.mail.server import MailServer

log = structlog.get_logger()

MAX_HELO = 255  # characters; RFC 5321 §4.5.3.1.2
# RFC 2034 §4, RFC 3463: what the library says without an enhanced code gets the one that fits it best.
_ENHANCED = {
    "500": "5.5.2",
    "501": "5.5.4",
    "502": "5.5.1",
    "503": "5.5.1",
    "530": "5.7.0",
    "552": "5.3.4",
    "555": "5.5.4",
}
_BARE = re.compile(r"(?!220)([245])\d\d (?!\d\.\d{1,3}\.\d{1,3} )")


class Session(aiosmtpd.smtp.SMTP):
    """aiosmtpd's protocol with our limits and our way of taking DATA."""

    line_length_limit = 1 << 16
    # An address may have 64 + 255 letters of up to four bytes each, and parameters follow it.
    command_size_limit = 2048
    counts_per_peer = True

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.peer = ""
        self.refused = False
        self.greeted = False
        self.taking_mail = False
        # The library's own table is one for all connections, and every EHLO changes it.
        self.command_size_limits = defaultdict(lambda: self.command_size_limit)
        # The library is not told the size limit, because it refuses without an enhanced status code; we check it.
        super().__init__(
            _Handler(server),
            data_size_limit=None,
            enable_SMTPUTF8=True,
            hostname=server.presence.hostname,
            ident="ready",
            tls_context=server.presence.tls,
            timeout=server.limits.idle,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._original_transport is None:
            peername = transport.get_extra_info("peername")
            self.peer = str(peername[0]) if isinstance(peername, tuple) else str(peername or "")
            if refusal := self.server.admit(self):
                self.refused = True
                assert isinstance(transport, asyncio.Transport)
                tally.add(What.REFUSED, refusal[:3])
                transport.write(refusal.encode() + b"\r\n")
                transport.close()
                return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.server.leave(self)
        # The library comes here a second time after a TLS handshake that failed.
        if not self.refused and self.transport is not None:
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return False if self.refused else super().eof_received()

    def close_when_idle(self) -> None:
        """Say goodbye now, or after the mail that is being taken."""
        if not self.taking_mail:
            self._say_goodbye(CLOSING)

    def abort(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        """Take one mail and answer for it."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Name a recipient with RCPT first.")
            return
        if arg:
            await self.push("501 5.5.4 DATA takes no argument.")
            return
        self.taking_mail = True
        try:
            await self.push("354 Send the mail; end it with <CRLF>.<CRLF>")
            recipients = tuple(self.envelope.rcpt_tos)
            answer = await self._take_mail()
            self.envelope = self._create_envelope()
            for line in self._answers(answer, recipients):
                await self.push(line)
        finally:
            self.taking_mail = False
        if answer == FAR_TOO_BIG:
            self._writer.close()
        elif self.server.stopping:
            self._say_goodbye(CLOSING)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802  # aiosmtpd's name
        self.greeted = False
        await super().smtp_HELO(hostname)
        self.greeted = True

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  # aiosmtpd's name
        self.greeted = False
        await super().smtp_EHLO(hostname)
        self.greeted = True

    async def push(self, status: str | bytes) -> None:
        """Say a line; with an enhanced status code, for we promise those to whom we have been introduced."""
        words = status.decode("utf-8", "replace") if isinstance(status, bytes) else status
        if self.greeted and (bare := _BARE.match(words)):
            words = f"{words[:3]} {_ENHANCED.get(words[:3], f'{bare[1]}.0.0')} {words[4:]}"
        if words[:1] in "45":
            tally.add(What.REFUSED, words[:3])
        await super().push(words)

    def _answers(self, answer: str, recipients: Sequence[str]) -> list[str]:
        """What is said after the final dot: one answer for the whole mail."""
        return [answer]

    async def _take_mail(self) -> str:
        limits = self.server.limits
        transfer = Transfer(self._reader, limits, self.server.budget)
        end = self.loop.time() + limits.transfer
        try:
            content = await transfer.content(
                lambda: self._reset_timeout(max(min(limits.idle, end - self.loop.time()), 0.001))
            )
            if content is None:
                return transfer.refusal
            # The library's clock would cut the connection without an answer while the mail is being stored.
            assert self._timeout_handle is not None
            self._timeout_handle.cancel()
            assert self.envelope is not None
            sender = self.envelope.mail_from
            envelope = Envelope(
                mail_from=None if sender in (None, "<>") else _plain(sender),
                recipients=tuple(_plain(recipient) for recipient in self.envelope.rcpt_tos),
                peer=self.peer,
                helo=_plain(str(self.session.host_name or ""))[:MAX_HELO] if self.session else "",
            )
            transfer.forget()  # from here on the delivery holds the mail, also when the client hangs up
            return await self.server.deliver(content, envelope)
        finally:
            transfer.forget()
            # A clock set after the client has gone would keep the session in memory until it rings.
            if self.transport is not None:
                self._reset_timeout()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        try:
            return super()._getaddr(arg)
        except Exception:  # noqa: BLE001  # the standard library's address parser raises anything at `<a@` or 2000 `(`
            return None, None

    async def _handle_client(self) -> None:
        # The client went away while we wrote: harmless, and nobody else would collect this exception.
        with contextlib.suppress(ConnectionError):
            await super()._handle_client()

    def _timeout_cb(self) -> None:
        self._say_goodbye(TIMED_OUT)

    def _say_goodbye(self, words: str) -> None:
        if isinstance(self.transport, asyncio.Transport) and not self.transport.is_closing():
            self.transport.write(words.encode() + b"\r\n")
            self.transport.close()


class LmtpSession(Session):
    """LMTP (RFC 2033): LHLO instead of HELO and EHLO, and after a mail one answer for each of its recipients."""

    # All connections come from our own mail server.
    counts_per_peer = False

    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802  # aiosmtpd's name
        await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802  # aiosmtpd's name
        await self.push("500 5.5.1 This is LMTP; say LHLO.")

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  # aiosmtpd's name
        await self.push("500 5.5.1 This is LMTP; say LHLO.")

    async def check_helo_needed(self, helo: str = "LHLO") -> bool:
        return await super().check_helo_needed("LHLO")

    def _answers(self, answer: str, recipients: Sequence[str]) -> list[str]:
        # RFC 2033 §4.2: in the order of the recipients that were accepted, one that was named twice counted twice.
        return [answer] * len(recipients)


class _Handler:
    """What the library asks before it takes a command; the names are its own."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

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
        return [offered[0], *ours, *offered[1:]]

    async def handle_MAIL(  # noqa: N802
        self,
        smtp: aiosmtpd.smtp.SMTP,
        session: aiosmtpd.smtp.Session,
        envelope: aiosmtpd.smtp.Envelope,
        address: str,
        options: list[str],
    ) -> str:
        sizes = [int(option[5:16]) for option in options if option.startswith("SIZE=") and option[5:].isdecimal()]
        # RFC 1870: who says beforehand that it is too big need not send it.
        if max(sizes, default=0) > self.server.limits.size:
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
            shown = _plain(address)[:256].encode("ascii", "replace").decode()
            return f"550 5.1.1 <{shown}> is not a mailbox here; check the address."
        if len(envelope.rcpt_tos) >= self.server.limits.recipients:
            return TOO_MANY_RECIPIENTS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 The recipient is here."

    async def handle_exception(self, error: Exception) -> str:
        log.error("SMTP session failed", error=type(error).__name__, where=place(error))
        return FAILED


def _plain(address: str) -> str:
    """An address as a database can keep it: the library passes NUL, and bytes that are no UTF-8 as lone surrogates."""
    return "".join(c if c.isprintable() else "?" for c in address)


def place(error: BaseException) -> str:
    """Where an error came up. A whole traceback would carry customers' words and addresses into the log."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "nowhere"
