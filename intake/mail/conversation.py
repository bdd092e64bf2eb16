"""A conversation with an SMTP client: one command after the other, until a limit, a clock or somebody ends it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import select
from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

import aiosmtpd.smtp

from intake.mail.answers import Answers
from intake.mail.command import HANGS_UP, read_command
from intake.mail.crowd import Ended
from intake.mail.limits import (
    CLOSING,
    ENDLESS_COMMAND,
    MADE_ROOM,
    NOT_SPOKEN_HERE,
    TIMED_OUT,
    TOO_MANY_COMMANDS,
    TOO_MANY_ERRORS,
    UNKNOWN_COMMAND,
)
from intake.mail.path import read_path
from intake.tally import What, tally

if TYPE_CHECKING:
    from intake.mail.server import MailServer

PROGRESS = 1 << 10  # bytes of a mail; who brings fewer has not come on
# RFC 2034 §4, RFC 3463: the library's answers as whole sentences, each with an enhanced code.
_LIBRARYS = re.compile(
    r"(454|501|503|553|555) (?:TLS not|Syntax: |(?:5\.1\.3 )?Error: |(?:MAIL FROM|RCPT TO) parameters)"
)
_SENTENCES = {
    "454": "454 4.7.0 There is no TLS here.",
    "501": "501 5.5.4 The command is not written in this way, see RFC 5321.",
    "503": "503 5.5.1 The commands come in another order: a greeting, MAIL, RCPT, DATA.",
    "553": "553 5.1.3 This is no mail address.",
    "555": "555 5.5.4 A parameter of the command is not known here.",
}
_BARE = re.compile(r"2(?!20)\d\d (?!\d\.\d{1,3}\.\d{1,3} )")


# The library (pinned below 2) offers no hooks for reading commands, for its clock and for addresses: _handle_client,
# _timeout_cb, _getaddr and _reader are its own private names.
class Conversation(aiosmtpd.smtp.SMTP):
    """aiosmtpd's protocol with our reading of commands, and with limits."""

    line_length_limit = 1 << 16
    counts_per_peer = True
    _names: ClassVar[list[str]]

    def __init_subclass__(cls) -> None:
        cls._names = [name for name in dir(cls) if name.startswith("smtp_")]

    def __init__(self, server: MailServer, peer: str, network: str | None) -> None:
        """`network`: what it is counted by, None when its address does not count."""
        self.server = server
        self.peer = peer
        self.network = network
        self.greeted = False
        self.taking_mail = False
        self.leaving = False
        self._commands = self._errors = 0
        self._refused = False  # the command that is being answered got 5xx
        self._came = 0  # bytes of the mail since it last counted as coming on
        self._cut: asyncio.TimerHandle | None = None
        # The library's own table is one for all connections, and every EHLO changes it.
        self.command_size_limits: defaultdict[str, int] = defaultdict(int)
        self.answers = Answers(server)
        # The library is not told the size limit, because it refuses without an enhanced status code; we check it.
        super().__init__(
            self.answers,
            data_size_limit=None,
            enable_SMTPUTF8=True,
            hostname=server.presence.hostname,
            ident="ready",
            tls_context=server.presence.tls,
            timeout=server.limits.idle,
            loop=asyncio.get_running_loop(),
        )
        self._turn_ends = self.loop.time() + server.limits.turn

    def __dir__(self) -> list[str]:
        # The library looks through all names of every session for its methods, which costs more than all else that is
        # done for a client who says nothing.
        return self._names

    def connection_lost(self, error: Exception | None) -> None:
        self.server.leave(self)
        if self._cut is not None:
            self._cut.cancel()
        # The library comes here a second time after a TLS handshake that failed.
        if self.transport is not None:
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self.leaving:
            return
        super().data_received(data)
        if self.taking_mail:
            self._came += len(data)
            if self._came >= PROGRESS:
                self._came = 0
                self.server.crowd.comes_on(self)

    def eof_received(self) -> bool | None:
        # The library would cut who says all he has to say and closes his side: he still waits for our answers.
        self._reader.feed_eof()
        return not self.leaving and self.session is not None and self.session.ssl is None

    def close_when_idle(self) -> None:
        """Say goodbye now, or after the mail that is being taken."""
        if not self.taking_mail:
            self.say_goodbye(CLOSING)

    def has_more(self) -> bool:
        """Has the client said something that we have not come to read yet?"""
        waiting = self.transport.get_extra_info("socket") if self.transport is not None else None
        if waiting is None or waiting.fileno() < 0:
            return False
        poll = select.poll()
        poll.register(waiting.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    def make_room(self) -> None:
        """Go at once: another has come who may have more to say."""
        self.say_goodbye(MADE_ROOM)
        if self._is_writing() or not self._is_closing():
            self.abort()

    def say_goodbye(self, words: str, *, linger: bool = False) -> None:
        """The last words, and hang up. `linger`: the client is still writing."""
        if isinstance(self.transport, asyncio.Transport) and self._cut is None:
            _count(words)
            self.transport.write(words.encode() + b"\r\n")
        self.hang_up(linger=linger)

    def hang_up(self, *, linger: bool = False) -> None:
        """Close when what we said has left; a client that does not read it, or goes on, is cut off after a moment."""
        self.leaving = True
        if not isinstance(self.transport, asyncio.Transport) or self._cut is not None:
            return
        self._cut = self.loop.call_later(self.server.limits.goodbye, self.abort)
        if linger and self.transport.can_write_eof() and not self.transport.is_closing():
            # To close a connection with something unread in it resets it, and our last words would be lost on the way.
            self.transport.write_eof()
            self.transport.resume_reading()
        else:
            self.transport.close()

    def abort(self) -> None:
        """Cut the connection."""
        self.leaving = True
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def push(self, status: str | bytes) -> None:
        """Say a line; with an enhanced status code, for we promise those to whom we have been introduced."""
        if self._cut is not None:
            return  # the last words were said
        words = status.decode("utf-8", "replace") if isinstance(status, bytes) else status
        if librarys := _LIBRARYS.match(words):
            words = _SENTENCES[librarys[1]]
        elif self.greeted and _BARE.match(words):
            words = f"{words[:3]} 2.0.0 {words[4:]}"
        self._refused = self._refused or words.startswith("5")
        _count(words)
        await super().push(words)

    async def _handle_client(self) -> None:
        # The client went away, or closed its side: harmless, and nobody else would collect these exceptions.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self.push(f"220 {self.hostname} {self.__ident__}")
            while not self.leaving:
                await self._answer_next()
        self.hang_up(linger=not self._reader.at_eof())

    async def _answer_next(self) -> None:
        """Wait for one command and answer it, within the limits of a session."""
        self._await_client()
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            self.say_goodbye(ENDLESS_COMMAND, linger=True)
            return
        self._commands += 1
        self._refused = False
        await self._obey(line)
        self._errors += self._refused
        limits = self.server.limits
        if self.leaving:
            return
        if self._errors >= limits.errors:
            self.send_away(Ended.ERRORS, TOO_MANY_ERRORS)
        elif self._commands >= limits.commands:
            self.send_away(Ended.COMMANDS, TOO_MANY_COMMANDS)

    async def _obey(self, line: bytes) -> None:
        command = read_command(line)
        if isinstance(command, str):
            await self.push(command)
            return
        if command.name in HANGS_UP:
            self.send_away(Ended.NOT_MAIL, NOT_SPOKEN_HERE)
            return
        method = self._smtp_methods.get(command.name)
        if method is None:
            await self.push(UNKNOWN_COMMAND)
            return
        try:
            await method(command.argument)
        except (ConnectionError, asyncio.IncompleteReadError):
            raise
        except Exception as error:  # noqa: BLE001  # the mouth: our failure is 451 and no word more
            await self.push(await self.answers.handle_exception(error))

    def _await_client(self, most: float | None = None) -> None:
        """Wind up the clock: so long may the client be silent, `most` seconds or as a command may take."""
        left = self._turn_ends - self.loop.time() if most is None else most
        self._reset_timeout(max(min(self.server.limits.idle, left), 0.001))

    def _timeout_cb(self) -> None:
        self.send_away(Ended.TIMED_OUT, TIMED_OUT)

    def send_away(self, why: Ended, words: str) -> None:
        tally.add(What.SENT_AWAY, why)
        self.say_goodbye(words, linger=True)

    def _is_closing(self) -> bool:
        return self.transport is None or self.transport.is_closing()

    def _is_writing(self) -> bool:
        return isinstance(self.transport, asyncio.Transport) and self.transport.get_write_buffer_size() > 0

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        # The library asks the standard library, which takes milliseconds for hostile addresses and knows more forms.
        path = read_path(arg)
        return (None, None) if path is None else (path.address, path.rest)


def _count(words: str) -> None:
    if words[:1] in "45":
        tally.add(What.REFUSED, words[:3])
