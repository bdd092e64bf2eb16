"""What a connection meets first. It costs next to nothing, so that a crowd of those that are refused costs little."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from intake.mail.crowd import network_of

if TYPE_CHECKING:
    from intake.mail.server import MailServer
    from intake.mail.session import Session


class Door(asyncio.Protocol):
    """Refuses a connection, or hands it to a session of its own."""

    def __init__(self, server: MailServer, kind: type[Session]) -> None:
        self._server = server
        self._kind = kind

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        peername = transport.get_extra_info("peername")
        peer = str(peername[0]) if isinstance(peername, tuple) else str(peername or "")
        network = network_of(peer) if self._kind.counts_per_peer and peer else None
        if refusal := self._server.refuses(network):
            transport.write(refusal.encode() + b"\r\n")
            transport.close()
            return
        session = self._kind(self._server, peer, network)
        self._server.enter(session)
        transport.set_protocol(session)
        session.connection_made(transport)
