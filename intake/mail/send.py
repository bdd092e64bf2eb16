"""Sign one mail and hand it to the relay that sends for us, and say exactly how far it came. Never tries twice."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import EmailPolicy
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

from intake.mail.signing import Signer
from intake.message import Away, TryAgain, Undeliverable, Unknown

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_FORM = "smtp://host:port, smtps://user:password@host:port or smtp+starttls://user:password@host:port"

# The relay refuses us, not the mail: wrong or missing login (RFC 4954 §6, RFC 3207 §4). The operator mends it.
_LOGIN_REFUSED = frozenset({530, 534, 535, 538})
# RFC 3463 §3.2, and what Microsoft and Postfix say to a login that may not speak as this sender.
_SENDER_REFUSED = re.compile(r"\b5\.1\.[78]\b|\b5\.7\.60\b|sendasdenied|sender (address )?(rejected|denied|not)")
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each phase may take, in seconds."""

    connect: float = 15.0
    command: float = 60.0
    whole: float = 150.0


class Smarthost:
    """A relay, as `smtp://`, `smtps://` or `smtp+starttls://user:password@host:port` names it."""

    def __init__(
        self,
        url: str,
        *,
        hostname: str = "localhost",
        connections: int = 4,
        patience: Patience | None = None,
        tls: ssl.SSLContext | None = None,
        signer: Signer | None = None,
    ) -> None:
        """`hostname` is ours, said to the relay; `signer` signs each mail.

        Raises ValueError with a sentence that never repeats the password.
        """
        parts, self.port = _split(url)
        self.scheme = parts.scheme
        self.host: str = parts.hostname or ""
        self.user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._hostname = hostname
        self._patience = patience or Patience()
        self._tls = tls
        self._signer = signer
        self._free = asyncio.Semaphore(connections)

    def __repr__(self) -> str:
        who = f"{self.user}:***@" if self.user else ""
        return f"Smarthost({self.scheme}://{who}{self.host}:{self.port})"

    async def send(self, message: EmailMessage, mail_from: str, rcpt: str, *, else_from: str | None = None) -> None:
        """Returns when the relay took the mail. `mail_from` is "" for the null sender; the addresses are plain.

        `else_from`: the sender to try when the relay lets us not speak as `mail_from`.
        Raises TryAgain (it has not got it; Away: nor would it get any other), Undeliverable (it will not take it),
        Unknown (its answer was lost).
        """
        utf8 = isinstance(message.policy, EmailPolicy) and message.policy.utf8
        content, size = await asyncio.to_thread(self._wire_form, message)
        letter = _Letter(content, size, mail_from, rcpt, utf8)
        with _explained(letter):
            # The wait for a free connection counts too.
            async with asyncio.timeout(self._patience.whole), self._free, self._session() as client:
                try:
                    await letter.hand_over(client, self._patience.command)
                except aiosmtplib.SMTPResponseException as refusal:
                    if else_from is None or not letter.refused_for_its_sender(refusal):
                        raise
                    # The relay has said that it did not take the mail, so this is no second copy.
                    letter.mail_from, letter.known, letter.dotted = else_from, False, False
                    await _say(client, (250,), b"RSET")
                    await letter.hand_over(client, self._patience.command)

    async def greet(self) -> None:
        """Connect, encrypt, log in and say goodbye, as before a mail. Raises TryAgain with what stands against it."""
        with _explained(_Letter(b"", 0, "", "", utf8=False)):
            async with asyncio.timeout(self._patience.whole), self._session():
                pass

    def _wire_form(self, message: EmailMessage) -> tuple[bytes, int]:
        """The mail as DATA wants it, signed over exactly what the relay will store, and how big that is."""
        content = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
        content = content if content.endswith(b"\r\n") else content + b"\r\n"
        if self._signer is not None:
            content = self._signer.header(content) + content
        # RFC 5321 §4.5.2: a dot at a line's start is doubled on the way; RFC 1870 §3 does not count the second one.
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        return (b"." + stuffed if stuffed.startswith(b".") else stuffed), len(content)

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[aiosmtplib.SMTP]:
        patience = self._patience
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=self._hostname,
            timeout=patience.command,
            use_tls=self.scheme == "smtps",
            start_tls=False,
            tls_context=self._tls,
        )
        try:
            await client.connect(timeout=patience.connect)
            if self.scheme == "smtp+starttls":
                await client.starttls()
            if self.user:
                await client.login(self.user, self._password)
            # aiosmtplib says EHLO by itself only when one of its own commands needs it.
            if client.is_ehlo_or_helo_needed:
                with contextlib.suppress(aiosmtplib.SMTPHeloError):
                    await client.ehlo()
            if client.is_ehlo_or_helo_needed:
                await client.helo()
            yield client
            # Manners. Nobody waits for the answer: the mail is taken, and no error may make that uncertain again.
            if client.protocol is not None and client.is_connected:
                client.protocol.write(b"QUIT\r\n")
        finally:
            client.close()


@dataclass(slots=True)
class _Letter:
    """One mail on its way. Knows how far it came, which is what an error means."""

    content: bytes = field(repr=False)
    size: int
    mail_from: str
    rcpt: str
    utf8: bool
    known: bool = False  # the relay took the sender
    begun: bool = False  # MAIL was said: from here on a refusal is about this mail
    dotted: bool = False  # the final dot may have left: from here on silence means nothing
    writer: asyncio.StreamWriter | None = None  # kept, because it ends the connection when it is forgotten

    async def hand_over(self, client: aiosmtplib.SMTP, patience: float) -> None:
        """Say MAIL, RCPT, DATA step by step: aiosmtplib's own `data` does not say where in it a connection ended."""
        options = self._size(client)
        if self.utf8:
            if not client.supports_extension("smtputf8"):
                raise Undeliverable(
                    "The mail relay cannot send to an address with letters outside ASCII (no SMTPUTF8)."
                )
            options.append(b"SMTPUTF8")
        self.begun = True
        await _say(client, (250,), b"MAIL", b"FROM:<%s>" % self.mail_from.encode(), *options)
        self.known = True
        await _say(client, (250, 251), b"RCPT", b"TO:<%s>" % self.rcpt.encode())
        await _say(client, (354,), b"DATA")
        await self._pour(client, patience)

    def is_let_in_no_more(self, refusal: aiosmtplib.SMTPResponseException) -> bool:
        """Is it us that the relay refuses, before it has heard whose mail this is? RFC 5321 §3.8: 421 closes."""
        return not self.begun or (not self.known and (refusal.code == 421 or refusal.code in _LOGIN_REFUSED))

    def refused_for_its_sender(self, refusal: aiosmtplib.SMTPResponseException) -> bool:
        """Is it our own address that the relay will not have, at whatever command it says so?"""
        if not 500 <= refusal.code < 600 or refusal.code in _LOGIN_REFUSED:
            return False
        words = refusal.message[:1000].lower()
        if not self.known:
            return refusal.code != 552  # 552: it is too big
        return self.mail_from.lower() in words or _SENDER_REFUSED.search(words) is not None

    def _size(self, client: aiosmtplib.SMTP) -> list[bytes]:
        """Tell the relay how big the mail is (RFC 1870), unless it has said that it takes no such mail."""
        if not client.supports_extension("size"):
            return []
        said = client.esmtp_extensions.get("size", "")
        most = int(said) if re.fullmatch(r"[0-9]{1,18}", said) else 0  # 0: it names no limit
        if 0 < most < self.size:
            raise Undeliverable(
                f"With its attachments encoded for mail it has {shown_size(self.size)}; the mail relay takes at most "
                f"{shown_size(most)}. Nothing was sent."
            )
        return [b"SIZE=%d" % self.size]

    async def _pour(self, client: aiosmtplib.SMTP, patience: float) -> None:
        protocol, transport = client.protocol, client.transport
        if protocol is None or not isinstance(transport, asyncio.WriteTransport):
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        # With a low-water mark of 0, drain returns when all is out of our hands: before the dot is written, nothing of
        # it can have left.
        transport.set_write_buffer_limits(high=0)
        self.writer = self.writer or asyncio.StreamWriter(transport, protocol, None, asyncio.get_running_loop())
        # A relay may refuse in the middle, so its answer is awaited from the start.
        answer = asyncio.create_task(protocol.read_response())
        try:
            for start in range(0, len(self.content), _PIECE):
                if answer.done():
                    break
                protocol.write(self.content[start : start + _PIECE])
                await asyncio.wait_for(self.writer.drain(), patience)
            if not answer.done():
                self.dotted = True
                protocol.write(b".\r\n")
            code, words = await asyncio.wait_for(answer, patience)
        finally:
            answer.cancel()
            # Collect what it may have raised after we stopped listening.
            await asyncio.gather(answer, return_exceptions=True)
        # A yes to a mail that was not said to its end is none.
        if code != 250 or not self.dotted:
            raise aiosmtplib.SMTPDataError(code, words)


@contextlib.contextmanager
def _explained(letter: _Letter) -> Iterator[None]:
    """Turn whatever went wrong into one of the three things that a channel may report."""
    try:
        yield
    except aiosmtplib.SMTPResponseException as refusal:
        words = _shown(f"{refusal.code} {refusal.message}" if refusal.code > 0 else refusal.message)
        if letter.begun and 500 <= refusal.code < 600 and refusal.code not in _LOGIN_REFUSED:
            raise Undeliverable(f"The mail relay refused it: {words}") from refusal
        if letter.dotted and not 400 <= refusal.code < 600:
            raise Unknown(f"The mail relay gave no clear answer: {words}") from refusal
        raise (Away if letter.is_let_in_no_more(refusal) else TryAgain)(f"The mail relay says: {words}") from refusal
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        reason = _shown(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        if letter.dotted:
            raise Unknown(f"The mail relay's answer was lost ({reason}).") from error
        raise (TryAgain if letter.begun else Away)(f"The mail relay cannot be reached ({reason}).") from error
    except ValueError as error:
        if not letter.begun:
            # The relay's name or its login cannot be said: that is set wrong, and no fault of this mail.
            raise Away("The mail relay cannot be spoken to as it is set; look at INTAKE_SMARTHOST.") from error
        # aiosmtplib refuses control characters in a command before a byte leaves.
        raise Undeliverable("The address cannot stand in a mail command.") from error


def shown_size(size: int) -> str:
    """Bytes as a person reads them."""
    return f"{size / (1 << 20):.1f} MiB" if size >= 1 << 20 else f"{size / (1 << 10):.0f} KiB"


def _shown(words: str) -> str:
    """A relay's words as a person may read and a database may keep them."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:200]


async def _say(client: aiosmtplib.SMTP, wanted: tuple[int, ...], *words: bytes) -> None:
    response = await client.execute_command(*words)
    if response.code not in wanted:
        raise aiosmtplib.SMTPResponseException(response.code, response.message)


def _is_name(host: str) -> bool:
    """Can a name server be asked for it? Empty and endless labels cannot be written in its question."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _split(url: str) -> tuple[SplitResult, int]:
    """Each error is a sentence; none repeats the URL, which has a password in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"it has no valid host and port; write it as {_FORM}.") from None
    if parts.scheme not in _PORTS:
        raise ValueError(f"it must begin with smtp://, smtps:// or smtp+starttls://; write it as {_FORM}.")
    if not parts.hostname or re.search(r"[\s\x00-\x1f]", parts.hostname) or not _is_name(parts.hostname):
        raise ValueError(f"it names no host; write it as {_FORM}.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("it has something after the port; a / ? or # in a password is written %2F %3F %23.")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("it has a user without a password, or a password without a user.")
    if port == 0:
        raise ValueError("it names port 0, which nobody listens on.")
    return parts, port or _PORTS[parts.scheme]
