"""Mail as a channel: what the server takes becomes an `Inbound`, what the outbox hands over becomes a mail."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from intake.incoming.accepting import Raw
from intake.mail.apart.setting import Setting
from intake.mail.compose import compose, encoded_size, wire_address
from intake.mail.fingerprint import fingerprint
from intake.mail.inbound import Envelope
from intake.mail.reading import Reading, is_heavy
from intake.mail.send import Smarthost, shown_size
from intake.mail.server import MailServer
from intake.message import Accept, Inbound, Outbound, Receipt, Sent, StoredFile, TryAgain, Undeliverable

ReadFile = Callable[[str], Awaitable[bytes]]

MAX_MAIL = 25 << 20  # bytes of a whole mail, attachments encoded; many providers take no more
MAX_LOCAL_PART = 64  # octets, RFC 5321 §4.5.3.1.1
READY_AFTER_S = 2.0
STOP_WITHIN = 6.0  # seconds; the whole program stops within ten


class Parks(Protocol):
    """Does the work of taking a message, and sets the message aside when our own code fails at it."""

    def suspects(self, channel: str, key: str) -> bool: ...

    async def handle(self, raw: Raw, work: Callable[[], Awaitable[object]]) -> None: ...


def _utc() -> datetime:
    return datetime.now(UTC)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


class MailChannel:
    """Mail in by our own server, out by a relay; either may be absent."""

    name = "mail"
    repeatable = True  # every attempt has the same Message-ID: mail programs show one
    listens = True

    def __init__(
        self,
        *,
        server: MailServer | None,
        smarthost: Smarthost | None,
        setting: Setting,
        company: str,
        read_file: ReadFile,
        parking: Parks,
        clock: Callable[[], datetime] = _utc,
    ) -> None:
        self._server = server
        self._smarthost = smarthost
        self._tokens = setting.tokens
        self._company = company
        self._read_file = read_file
        self._parking = parking
        self._reading = Reading(setting)
        self._clock = clock

    async def listen(self, accept: Accept) -> None:
        """Take mail until cancelled; then let what is on its way end. Raises CannotListenError."""
        server = self._server
        if server is None:
            await asyncio.Event().wait()
            return

        async def deliver(raw: bytes, envelope: Envelope) -> None:
            await self._take(raw, envelope, accept)

        await server.start(deliver)
        # A heavy mail need not wait for the process that reads it; when it cannot be started now, it may be later.
        getting_ready = asyncio.create_task(self._get_ready())
        try:
            await asyncio.Event().wait()
        finally:
            await server.stop(STOP_WITHIN)
            getting_ready.cancel()
            await asyncio.gather(getting_ready, return_exceptions=True)
            await self.close()

    async def _get_ready(self) -> None:
        # Not while everything else starts too.
        await asyncio.sleep(READY_AFTER_S)
        await self._reading.start()

    async def close(self) -> None:
        """Let go what reads mails."""
        await self._reading.close()

    async def read(self, raw: bytes, envelope: Mapping[str, str]) -> Inbound:
        """Read a parked mail by the envelope that was noted when it came, in a process that may be ended.

        Raises CannotRead when it still cannot be read.
        """
        return await self._reading.apart(raw, dict(envelope))

    async def _take(self, raw: bytes, envelope: Envelope, accept: Accept) -> None:
        """Read a mail and hand it on; or see it parked."""
        facts = {**envelope.packed(), "received_at": self._clock().isoformat()}
        heavy = is_heavy(raw)
        # A key that must not cost what reading would. The fingerprint survives other ways through other relays.
        key = await asyncio.to_thread(_digest, raw) if heavy else fingerprint(raw, envelope.mail_from)
        apart = heavy or self._parking.suspects(self.name, key)

        async def work() -> Receipt:
            # The verdict joins the facts once it is known: keys are rotated, and a parked mail is read days later.
            reading = self._reading.apart(raw, facts) if apart else self._reading.here(raw, facts, key)
            return await accept(await reading)

        await self._parking.handle(Raw(self.name, key, raw, facts), work)

    async def send(self, outbound: Outbound) -> Sent:
        """Send one mail by the relay. Raises TryAgain, Undeliverable or Unknown."""
        if self._smarthost is None:
            raise TryAgain("No SMARTHOST is set; the mail waits.", after=60)
        rcpt, account = wire_address(outbound.to), wire_address(outbound.account)
        message_id = outbound.message_id or self._derived_id(outbound)
        files = await self._files(outbound)
        message = await asyncio.to_thread(
            compose,
            replace(outbound, message_id=message_id),
            files=files,
            reply_address=self._reply_address(outbound),
            from_name=self._company,
            now=self._clock(),
        )
        # RFC 3834 §3.3: an automatic answer has the null sender, so that nothing can come back in circles.
        if outbound.automatic:
            await self._smarthost.send(message, "", rcpt)
        else:
            # A mailbox's login may speak as the mailbox alone: better a bounce that is harder to place than no answer.
            bounces = self._bounce_address(outbound, account)
            await self._smarthost.send(message, bounces, rcpt, else_from=account)
        return Sent((message_id,))

    async def _files(self, outbound: Outbound) -> list[tuple[StoredFile, bytes]]:
        for file in outbound.files:
            if file.error is not None:
                # Words that speak of a file, and no file with them, would be worse than none.
                raise Undeliverable(f"{file.filename} cannot go by mail: {file.error}. Nothing was sent.")
        size = sum(encoded_size(file.size) for file in outbound.files)
        if size > MAX_MAIL:
            raise Undeliverable(
                f"Encoded for mail the attachments have {shown_size(size)}; a mail carries {shown_size(MAX_MAIL)}, "
                "which is about 18 MiB of files. Nothing was sent."
            )
        files = []
        for file in outbound.files:
            if file.sha256 is None:
                raise TryAgain("An attachment is still being fetched.", after=2)
            try:
                files.append((file, await self._read_file(file.sha256)))
            except OSError as error:
                raise TryAgain("An attachment cannot be read at the moment.") from error
        return files

    def _reply_address(self, outbound: Outbound) -> str:
        if outbound.request is None:
            return outbound.account
        return _fitting(self._tokens.reply_address(outbound.account, outbound.request), outbound.account)

    def _bounce_address(self, outbound: Outbound, account: str) -> str:
        """The envelope sender: what comes back there, however late and however worded, names its delivery."""
        return _fitting(self._tokens.bounce_address(account, outbound.delivery), account)

    def _derived_id(self, outbound: Outbound) -> str:
        """For a delivery that was queued without an id: one that is the same at every attempt."""
        domain = outbound.account.rpartition("@")[2]
        return self._tokens.message_id(outbound.request or 0, f"d{outbound.delivery}", domain)


def _fitting(address: str, mailbox: str) -> str:
    """The signed address, or the bare one of a mailbox whose name is too long for a token behind it."""
    return address if len(address.rpartition("@")[0].encode()) <= MAX_LOCAL_PART else mailbox
