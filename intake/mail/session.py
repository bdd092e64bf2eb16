"""What each command of SMTP and LMTP does; most of all, DATA takes one mail and answers for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import aiosmtpd.smtp
import structlog

from intake.mail.answers import plain
from intake.mail.conversation import Conversation
from intake.mail.crowd import Ended
from intake.mail.inbound import Envelope
from intake.mail.limits import CLOSING, FAILED, FAR_TOO_BIG, HELP, NO_LOGIN, NO_ROOM, NOT_TOLD
from intake.mail.tracebacks import place
from intake.mail.transfer import Pace, Transfer
from storage.traces import traced

log = structlog.get_logger()

MAX_HELO = 255  # characters; RFC 5321 §4.5.3.1.2


class Session(Conversation):
    """SMTP. The methods' names are aiosmtpd's."""

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        self.greeted = False
        await super().smtp_HELO(hostname)
        self._introduced()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        self.greeted = False
        await super().smtp_EHLO(hostname)
        self._introduced()

    def _introduced(self) -> None:
        self.greeted = True
        self.server.crowd.introduced(self)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if self.server.has_no_room():
            self.send_away(Ended.NO_ROOM, NO_ROOM)
            return
        await super().smtp_MAIL(arg)
        self.server.crowd.comes_on(self)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_RCPT(arg)
        self.server.crowd.comes_on(self)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if self._is_encrypted():
            await self.push("503 5.5.1 The connection is encrypted already.")
            return
        try:
            with contextlib.suppress(aiosmtpd.smtp.TLSSetupException):
                await super().smtp_STARTTLS(arg)
        finally:
            # A handshake that failed or never ended: nothing else will tell that the client is gone.
            if self._tls_protocol is not None and not self._is_encrypted():
                self.abort()
                self.connection_lost(None)

    def _is_encrypted(self) -> bool:
        return self.session is not None and self.session.ssl is not None

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if arg:
            await self.push("501 5.5.4 QUIT takes no argument.")
        else:
            self.say_goodbye("221 2.0.0 Goodbye.")

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        await self.push(NO_LOGIN)

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802
        await self.push(NOT_TOLD)

    async def smtp_EXPN(self, arg: str) -> None:  # noqa: N802
        await self.push(NOT_TOLD)

    async def smtp_HELP(self, arg: str) -> None:  # noqa: N802
        await self.push(HELP)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
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
            with traced():
                answer = await self._take_mail()
            self.envelope = self._create_envelope()
            for line in self._answers(answer, recipients):
                await self.push(line)
        finally:
            self.taking_mail = False
        if self.server.stopping and not self.leaving:
            self.say_goodbye(CLOSING)

    def _answers(self, answer: str, recipients: Sequence[str]) -> list[str]:
        """What is said after the final dot: one answer for the whole mail."""
        return [answer]

    async def _take_mail(self) -> str:
        """The answer to a mail. Afterwards `leaving` is set when what follows cannot be told from its content."""
        limits = self.server.limits
        transfer = Transfer(self._reader, limits, self.server.budget)
        pace = Pace(limits, self.loop.time())
        try:
            content = await transfer.content(lambda size: self._await_client(pace.left(self.loop.time(), size)))
            if content is None:
                self.leaving = transfer.refusal == FAR_TOO_BIG
                return transfer.refusal
            # The clock measures the client's silence, and not how long we take.
            assert self._timeout_handle is not None
            self._timeout_handle.cancel()
            transfer.forget()  # from here on the delivery holds the mail, also when the client hangs up
            self.server.crowd.serving(self)
            answer = await self.server.deliver(content, self._envelope(), self.network)
        except (ConnectionError, asyncio.IncompleteReadError):
            raise
        except Exception as error:  # noqa: BLE001  # the mouth: LMTP wants an answer for each, whatever went wrong
            log.error("SMTP session failed", error=type(error).__name__, where=place(error))
            self.leaving = True
            return FAILED
        finally:
            transfer.forget()
            # A clock set after the client has gone would keep the session in memory until it rings.
            if self.transport is not None:
                self._turn_ends = self.loop.time() + limits.turn
                self._await_client()
                self.server.crowd.served(self)
        if answer.startswith("2"):
            self._commands = self._errors = 0
        return answer

    def _envelope(self) -> Envelope:
        assert self.envelope is not None
        sender = self.envelope.mail_from
        return Envelope(
            mail_from=None if sender in (None, "<>") else plain(sender),
            recipients=tuple(plain(recipient) for recipient in self.envelope.rcpt_tos),
            peer=self.peer,
            helo=plain(str(self.session.host_name or ""))[:MAX_HELO] if self.session else "",
        )


class LmtpSession(Session):
    """LMTP (RFC 2033): LHLO instead of HELO and EHLO, and after a mail one answer for each of its recipients."""

    # All connections come from our own mail server.
    counts_per_peer = False

    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802
        await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        await self.push("500 5.5.1 This is LMTP; say LHLO.")

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        await self.push("500 5.5.1 This is LMTP; say LHLO.")

    async def check_helo_needed(self, helo: str = "LHLO") -> bool:
        return await super().check_helo_needed("LHLO")

    def _answers(self, answer: str, recipients: Sequence[str]) -> list[str]:
        # RFC 2033 §4.2: in the order of the recipients that were accepted, one that was named twice counted twice.
        return [answer] * len(recipients)
