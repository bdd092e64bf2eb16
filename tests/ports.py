"""Ports of loopback for what a test starts."""

from __future__ import annotations

import secrets
import socket

# Below the range that Linux takes for the near end of connections (32768 and up): while the program is stopped and
# started again on its port, no connection of a test may come to sit there.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
