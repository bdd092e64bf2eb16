"""Take mail by SMTP and LMTP in the running loop. A client gets its 250 only after the mail is stored."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from intake.mail.conversation import Conversation
from intake.mail.crowd import REFUSALS, Crowd, Ended
from intake.mail.door import Door
from intake.mail.inbound import Envelope
from intake.mail.limits import CLOSING, FAILED, TOO_MUCH_AT_ONCE, Limits
from intake.mail.session import LmtpSession, Session
from intake.mail.tracebacks import place
from intake.mail.transfer import Budget
from intake.tally import What, tally
from storage import traces

log = structlog.get_logger()

QUEUE = 4096  # connections that wait to be accepted; the system may allow fewer
AT_ONCE = 16  # of them are let in before everybody else is looked after again
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
        full: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`listen`: where SMTP is spoken, None for nowhere. `lmtp`: where LMTP is.

        `full` says why no mail can be taken now (for the log, in an operator's words), or None. It is asked for every
        connection and every mail, so it must be cheap.
        """
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
        self.crowd = Crowd(self.limits, time.monotonic)
        self._full = full
        self._full_because: str | None = None
        self._connected: set[Conversation] = set()  # those too that are counted out already and only have to close
        self._deliveries: set[asyncio.Task[None]] = set()
        self._delivering_for: Counter[str] = Counter()  # how many of them each network has brought
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
        return len(self.crowd)

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
        for session in list(self._connected):
            session.close_when_idle()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                while self._connected or self._deliveries:
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
                server = await loop.create_server(
                    lambda: Door(self, session), listen.host, listen.port, backlog=AT_ONCE
                )
                _lengthen_queue(server)
                return server
            server = await loop.create_unix_server(lambda: Door(self, session), listen.path)
            # The mail server that hands over runs as another user. Who may enter the folder may deliver.
            listen.path.chmod(0o666)
        except OSError as error:
            raise CannotListenError(f"{listen} cannot be listened on for {protocol}: {error.strerror}") from error
        return server

    async def deliver(self, content: bytes, envelope: Envelope, network: str | None = None) -> str:
        """Hand a whole mail inwards and say what to answer the client. `network`: as whose it counts."""
        # Clients that hang up leave their deliveries behind; these count, or it would be a way past the caps: one
        # address would fill all places, and what is behind them (the threads that ask DNS, the processes that read).
        if len(self._deliveries) >= 2 * self.limits.sessions:
            return TOO_MUCH_AT_ONCE
        if network is not None and self._delivering_for.get(network, 0) >= self.limits.sessions_per_peer:
            return TOO_MUCH_AT_ONCE
        # A task of its own: a client that hangs up cancels whoever waits here, and must not cancel the storing.
        # asyncio.wait, unlike await, leaves the task alone when it is cancelled.
        task = asyncio.create_task(self._store(content, envelope))
        self._deliveries.add(task)
        self.budget.used += len(content)
        if network is not None:
            self._delivering_for[network] += 1
        task.add_done_callback(partial(self._delivered, len(content), network))
        await asyncio.wait({task}, timeout=self.limits.delivery)
        if not task.done():
            # It goes on. The client comes again, and the second copy is found to be one.
            log.warning("mail is stored slowly", size=len(content))
            return FAILED
        if task.cancelled() or task.exception() is not None:
            return FAILED
        return f"250 2.0.0 The mail is stored as {traces.current()}."  # the sender's log leads to ours

    async def _store(self, content: bytes, envelope: Envelope) -> None:
        assert self._deliver is not None, "mail arrives only after start"
        await self._deliver(content, envelope)

    def refuses(self, network: str | None) -> str | None:
        """May one more connection come in? Else what it is told."""
        if self.stopping:
            why: Ended | None = Ended.CLOSING
        elif self.has_no_room():
            why = Ended.NO_ROOM
        else:
            why = self.crowd.admits(network)
        if why is None:
            return None
        tally.add(What.SENT_AWAY, why)
        tally.add(What.REFUSED, REFUSALS[why][:3])
        return REFUSALS[why]

    def has_no_room(self) -> bool:
        """Can no mail be taken now? The reason is logged when it changes; it is nobody's business outside."""
        try:
            because = self._full()
        except Exception as error:  # noqa: BLE001  # who cannot tell must not keep mail out: storing it will tell
            because = None
            log.error("it is not known whether there is room", error=type(error).__name__, where=place(error))
        if because != self._full_because:
            self._full_because = because
            if because is None:
                log.info("mail is taken again")
            else:
                log.warning("no mail is taken", because=because)
        return because is not None

    def enter(self, session: Conversation) -> None:
        """Count a new session in."""
        self._connected.add(session)
        self.crowd.enter(session)

    def leave(self, session: Conversation) -> None:
        """Count a session out; harmless when it was never in."""
        self._connected.discard(session)
        self.crowd.leave(session)
        self._ended.set()

    def _delivered(self, size: int, network: str | None, task: asyncio.Task[None]) -> None:
        self._deliveries.discard(task)
        self.budget.used -= size
        if network is not None:
            self._delivering_for[network] -= 1
            if not self._delivering_for[network]:
                del self._delivering_for[network]
        self._ended.set()
        if task.cancelled():
            log.warning("mail not stored", error="cancelled")
        elif (error := task.exception()) is not None:
            # The system's own words: that a disk is full or a bucket away. Those of other errors may quote the mail.
            why = error.strerror if isinstance(error, OSError) else None
            log.error("mail not stored", error=type(error).__name__, reason=why, where=place(error))

    async def _cut_off(self) -> None:
        """End by force what did not end in time. No 250 was said for it, so the clients will come again."""
        for session in list(self._connected):
            session.say_goodbye(CLOSING)
            session.abort()
        for task in list(self._deliveries):
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)


def _port(server: asyncio.Server | None) -> int:
    assert server is not None, "the server is not started"
    port: int = server.sockets[0].getsockname()[1]
    return port


def _lengthen_queue(server: asyncio.Server) -> None:
    """Let more connections wait than are accepted at once, for which asyncio has one number: past the queue's end Linux
    drops them, and a good client among them would try again only after a second."""
    for listening in server.sockets:
        with socket.fromfd(listening.fileno(), listening.family, listening.type) as same:
            same.listen(QUEUE)
