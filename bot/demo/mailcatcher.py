"""A mail relay that sends nothing: it keeps what it gets, and fails on demand. For the playground and for tests."""

from __future__ import annotations

import asyncio
import email
import email.message
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

import aiosmtpd.smtp


class Fault(StrEnum):
    """Ways in which a relay leaves us without the answer that we hope for."""

    HANG_AT_MAIL = "says nothing to MAIL"
    REFUSE_AT_MAIL = "says 451 to MAIL"
    REFUSE_AT_RCPT = "says 450 to RCPT"
    CUT_AT_DATA = "ends the connection instead of answering DATA"
    CUT_IN_MAIL = "ends the connection in the middle of the mail"
    REFUSE_AT_DOT = "says 451 to the final dot"
    SLOW_AT_DOT = "takes the mail and answers late"
    HANG_AT_DOT = "takes the mail and says nothing"
    CUT_AT_DOT = "takes the mail and ends the connection"


REFUSALS = {
    Fault.REFUSE_AT_MAIL: "451 4.3.2 Not now; try again later",
    Fault.REFUSE_AT_RCPT: "450 4.2.0 This mailbox is busy; try again later",
    Fault.REFUSE_AT_DOT: "451 4.3.1 No room for it now; try again later",
}
NOBODY = "550 5.1.1 Nobody has this address"
LATE_S = 0.7


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """One mail as it arrived. `mail_from` is "" for the null sender."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes
    parsed: email.message.Message


@dataclass(slots=True)
class MailCatcher:
    """Start it, send to `host:port`, look into `mails`. An answer that is set is given instead of taking."""

    mail_answer: str | None = None  # "451 4.7.1 later"
    rcpt_answer: str | None = None
    only_from: str | None = None  # the one sender to whom no set answer is given
    refusals: int = 0  # how often the final dot got the answer that is set
    data_answer: str | None = None  # to the final dot
    fault: Fault | None = None
    fate: Callable[[str], Fault | None] | None = None  # asked at each MAIL, with the sender, what befalls this mail
    # Told of each mail that was kept, before it is answered, and what befalls it.
    kept: Callable[[CaughtMail, Fault | None], Awaitable[None]] | None = None
    nobody: Callable[[str], bool] | None = None  # is this recipient one that does not exist?
    smtputf8: bool = True
    size: int = 100 << 20  # of one mail, as it is announced
    tls: ssl.SSLContext | None = None  # STARTTLS
    login: tuple[str, str] | None = None  # user and password that are asked for
    host: str = "127.0.0.1"
    port: int = 0
    mails: list[CaughtMail] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _sessions: set[_Catching] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._sessions)

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any free one. May be started again after stop, on the same port."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Catching(self), self.host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections from now on, and end those there are."""
        if self._server is None:
            return
        self._server.close()
        for session in list(self._sessions):
            session.cut()
        while self._sessions:
            self._changed.clear()
            await self._changed.wait()
        await self._server.wait_closed()
        self._server = None

    async def until(self, predicate: Callable[[list[CaughtMail]], bool], timeout: float = 10) -> None:
        """Wait until the mails that were caught satisfy `predicate`. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not predicate(self.mails):
                self._changed.clear()
                await self._changed.wait()

    async def keep(self, mail: CaughtMail, fault: Fault | None) -> None:
        self.mails.append(mail)
        self._changed.set()
        if self.kept is not None:
            await self.kept(mail, fault)

    def befalls(self, sender: str) -> Fault | None:
        """What goes wrong with the mail that begins now."""
        return self.fault or (self.fate(sender) if self.fate is not None else None)

    def enter(self, session: _Catching) -> None:
        self._sessions.add(session)

    def leave(self, session: _Catching) -> None:
        self._sessions.discard(session)
        self._changed.set()


class _Catching(aiosmtpd.smtp.SMTP):
    """aiosmtpd's protocol, with a way to end it without a word."""

    line_length_limit = 1 << 20

    def __init__(self, catcher: MailCatcher) -> None:
        self.catcher = catcher
        self.fault: Fault | None = None  # of the mail that is being taken
        super().__init__(
            _Answers(catcher, self),
            hostname="catcher.invalid",
            data_size_limit=catcher.size,
            enable_SMTPUTF8=catcher.smtputf8,
            tls_context=catcher.tls,
            auth_require_tls=catcher.login is None or catcher.tls is not None,
            authenticator=self._may_enter,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.catcher.enter(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.catcher.leave(self)
        if self.transport is not None:
            super().connection_lost(error)

    def cut(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def fall_silent(self, fault: Fault) -> None:
        """End the connection, or keep it open and never answer."""
        if fault in (Fault.CUT_AT_DATA, Fault.CUT_IN_MAIL, Fault.CUT_AT_DOT):
            self.cut()
        await asyncio.Event().wait()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        if self.fault is Fault.CUT_AT_DATA:
            await self.fall_silent(self.fault)
        if self.fault is Fault.CUT_IN_MAIL:
            await self.push("354 Go on")
            await self._reader.read(1)
            await self.fall_silent(self.fault)
        await super().smtp_DATA(arg)

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        except ConnectionError:
            self.cut()

    async def handle_exception(self, error: Exception) -> str:
        """A client that has died in the middle of a line is nothing to tell of."""
        if isinstance(error, asyncio.IncompleteReadError):
            self.cut()
            return "421 4.4.2 You have gone"
        return str(await super().handle_exception(error))

    def _may_enter(
        self,
        server: aiosmtpd.smtp.SMTP,
        session: aiosmtpd.smtp.Session,
        envelope: aiosmtpd.smtp.Envelope,
        mechanism: str,
        given: object,
    ) -> aiosmtpd.smtp.AuthResult:
        right = self.catcher.login
        ok = (
            isinstance(given, aiosmtpd.smtp.LoginPassword)
            and right is not None
            and (given.login.decode(), given.password.decode()) == right
        )
        return aiosmtpd.smtp.AuthResult(success=ok, handled=False)


class _Answers:
    """What the catcher says to each command; the names are aiosmtpd's."""

    def __init__(self, catcher: MailCatcher, session: _Catching) -> None:
        self.catcher = catcher
        self.session = session

    async def handle_MAIL(  # noqa: N802
        self,
        smtp: aiosmtpd.smtp.SMTP,
        session: aiosmtpd.smtp.Session,
        envelope: aiosmtpd.smtp.Envelope,
        address: str,
        options: list[str],
    ) -> str:
        fault = self.session.fault = self.catcher.befalls(address)
        if fault is Fault.HANG_AT_MAIL:
            await self.session.fall_silent(fault)
        if self.catcher.login is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        answer = self._answer(self.catcher.mail_answer, address) or self._refusal(Fault.REFUSE_AT_MAIL)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        smtp: aiosmtpd.smtp.SMTP,
        session: aiosmtpd.smtp.Session,
        envelope: aiosmtpd.smtp.Envelope,
        address: str,
        options: list[str],
    ) -> str:
        answer = self._answer(self.catcher.rcpt_answer, envelope.mail_from)
        answer = answer or self._refusal(Fault.REFUSE_AT_RCPT)
        if answer is None and self.catcher.nobody is not None and self.catcher.nobody(address):
            answer = NOBODY
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(  # noqa: N802
        self,
        smtp: aiosmtpd.smtp.SMTP,
        session: aiosmtpd.smtp.Session,
        envelope: aiosmtpd.smtp.Envelope,
    ) -> str:
        answer = self._answer(self.catcher.data_answer, envelope.mail_from)
        if answer := answer or self._refusal(Fault.REFUSE_AT_DOT):
            self.catcher.refusals += 1
            return answer
        raw = envelope.content
        assert isinstance(raw, bytes)
        sender = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
        fault = self.session.fault
        await self.catcher.keep(CaughtMail(sender, tuple(envelope.rcpt_tos), raw, email.message_from_bytes(raw)), fault)
        if fault in (Fault.HANG_AT_DOT, Fault.CUT_AT_DOT):
            await self.session.fall_silent(fault)
        if fault is Fault.SLOW_AT_DOT:
            await asyncio.sleep(LATE_S)
        return "250 OK"

    def _refusal(self, at: Fault) -> str | None:
        """What is said when this befalls the mail that is being taken."""
        return REFUSALS[at] if self.session.fault is at else None

    def _answer(self, words: str | None, sender: str | None) -> str | None:
        return None if sender is not None and sender == self.catcher.only_from else words
