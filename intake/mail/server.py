"""Take mail by SMTP and LMTP in the running loop. A client gets its 250 only after the mail is stored."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from intake.mail.inbound import Envelope
from intake.mail.limits import BUSY, CLOSING, FAILED, TOO_MANY_FROM_YOU, TOO_MUCH_AT_ONCE, Limits
from intake.mail.session import LmtpSession, Session, place
from intake.mail.transfer import Budget

log = structlog.get_logger()

Deliver = Callable[[bytes, Envelope], Coroutine[object, object, None]]


class CannotListenError(Exception):
    """The address cannot be listened on: it is taken, or not ours. The message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the server listens: host and port, or a Unix socket when `path` is set."""

    host: str = "127.0.0.1"
    port: int = 8025  # 0: any free one
    path: Path | None = None

    def __str__(self) -> str:
        return str(self.path) if self.path else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Presence:
    """How the server presents itself."""

    hostname: str = "localhost"  # said in the greeting and to EHLO
    tls: ssl.SSLContext | None = None  # STARTTLS is offered when set


class MailServer:
    """A server for our mailboxes and for nobody else's: it relays nothing. Limits count over both protocols."""

    def __init__(
        self,
        mailboxes: Sequence[str],
        listen: Listen | None = None,
        limits: Limits | None = None,
        *,
        lmtp: Listen | None = None,
        presence: Presence | None = None,
    ) -> None:
        """`listen`: where SMTP is spoken, None for nowhere. `lmtp`: where LMTP is."""
        self.mailboxes = tuple(mailboxes)
        self.listen = listen
        self.lmtp = lmtp
        self.presence = presence or Presence()
        self.limits = limits or Limits()
        self.stopping = False
        self.started = asyncio.Event()
        self.budget = Budget(self.limits.buffered)
        self._deliver: Deliver | None = None
        self._smtp_server: asyncio.Server | None = None
        self._lmtp_server: asyncio.Server | None = None
        self._sessions: set[Session] = set()
        self._per_peer: Counter[str] = Counter()
        self._deliveries: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()  # a session or a delivery came to its end

    @property
    def port(self) -> int:
        """The port that SMTP really listens on."""
        return _port(self._smtp_server)

    @property
    def lmtp_port(self) -> int:
        """The port that LMTP really listens on."""
        return _port(self._lmtp_server)

    @property
    def sessions(self) -> int:
        """How many there are now, of both protocols."""
        return len(self._sessions)

    async def start(self, deliver: Deliver) -> None:
        """Listen. `deliver` stores one mail: when it returns the client gets 250, when it raises 451.

        Raises CannotListenError; then nothing is listened on.
        """
        # At DEBUG the library writes customers' lines into the log, at INFO their addresses.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._deliver = deliver
        self.stopping = False
        try:
            self._smtp_server = await self._listening("SMTP", self.listen, Session)
            self._lmtp_server = await self._listening("LMTP", self.lmtp, LmtpSession)
        except CannotListenError:
            if self._smtp_server is not None:
                self._smtp_server.close()
                self._smtp_server = None
            raise
        self.started.set()

    async def stop(self, deadline: float) -> None:
        """Stop listening, say 421 to idle clients, let mails that are on their way end within `deadline` seconds."""
        servers = [server for server in (self._smtp_server, self._lmtp_server) if server is not None]
        if not servers:
            return
        self.stopping = True
        for server in servers:
            server.close()
        for session in list(self._sessions):
            session.close_when_idle()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                while self._sessions or self._deliveries:
                    self._ended.clear()
                    await self._ended.wait()
        await self._cut_off()
        for server in servers:
            await server.wait_closed()
        self._smtp_server = self._lmtp_server = None
        if self.lmtp is not None and self.lmtp.path is not None:
            self.lmtp.path.unlink(missing_ok=True)

    async def _listening(self, protocol: str, listen: Listen | None, session: type[Session]) -> asyncio.Server | None:
        if listen is None:
            return None
        loop = asyncio.get_running_loop()
        try:
            if listen.path is None:
                return await loop.create_server(lambda: session(self), listen.host, listen.port)
            server = await loop.create_unix_server(lambda: session(self), listen.path)
            # The mail server that hands over runs as another user. Who may enter the folder may deliver.
            listen.path.chmod(0o666)
        except OSError as error:
            raise CannotListenError(f"{listen} cannot be listened on for {protocol}: {error.strerror}") from error
        return server

    async def deliver(self, content: bytes, envelope: Envelope) -> str:
        """Hand a whole mail inwards and say what to answer the client."""
        assert self._deliver is not None, "mail arrives only after start"
        if len(self._deliveries) >= 2 * self.limits.sessions:
            # Clients that hang up leave their deliveries behind; these count, or it would be a way past the cap.
            return TOO_MUCH_AT_ONCE
        # A task of its own: a client that hangs up cancels whoever waits here, and must not cancel the storing.
        # asyncio.wait, unlike await, leaves the task alone when it is cancelled.
        task = asyncio.create_task(self._deliver(content, envelope))
        self._deliveries.add(task)
        self.budget.used += len(content)
        task.add_done_callback(partial(self._delivered, len(content)))
        await asyncio.wait({task}, timeout=self.limits.delivery)
        if not task.done():
            # It goes on. The client comes again, and the second copy is found to be one.
            log.warning("mail is stored slowly", size=len(content))
            return FAILED
        if task.cancelled() or task.exception() is not None:
            return FAILED
        return "250 2.0.0 The mail is stored."

    def admit(self, session: Session) -> str | None:
        """Count a new session in, or say why not."""
        if self.stopping:
            return CLOSING
        if len(self._sessions) >= self.limits.sessions:
            return BUSY
        if session.counts_per_peer and self._per_peer[session.peer] >= self.limits.sessions_per_peer:
            return TOO_MANY_FROM_YOU
        self._sessions.add(session)
        self._per_peer[session.peer] += 1
        return None

    def leave(self, session: Session) -> None:
        """Count a session out; harmless when it was never in."""
        if session in self._sessions:
            self._sessions.remove(session)
            self._ended.set()
            self._per_peer[session.peer] -= 1
            # Without this the counter would remember every address that ever called.
            self._per_peer += Counter()

    def _delivered(self, size: int, task: asyncio.Task[None]) -> None:
        self._deliveries.discard(task)
        self.budget.used -= size
        self._ended.set()
        if task.cancelled():
            log.warning("mail not stored", error="cancelled")
        elif (error := task.exception()) is not None:
            log.error("mail not stored", error=type(error).__name__, where=place(error))

    async def _cut_off(self) -> None:
        """End by force what did not end in time. No 250 was said for it, so the clients will come again."""
        for session in list(self._sessions):
            session.abort()
        for task in list(self._deliveries):
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)


def _port(server: asyncio.Server | None) -> int:
    assert server is not None, "the server is not started"
    port: int = server.sockets[0].getsockname()[1]
    return port
