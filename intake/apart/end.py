"""The child's end of its connection to the program: pieces of bytes, each with its length before it. Blocks."""

from __future__ import annotations

import socket

LENGTH = 8  # bytes, big-endian
DATA, FAILED = b"=", b"!"  # what a piece from the child is; FAILED: the name of the exception that ended the work


class End:
    """One end of a socket pair. The bytes of a piece travel as they are: nothing in them is ever evaluated."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, piece: bytes, kind: bytes = DATA) -> None:
        """Raises OSError when nobody listens any more."""
        self._connection.sendall(kind + len(piece).to_bytes(LENGTH, "big"))
        self._connection.sendall(piece)

    def receive(self) -> bytes:
        """The next piece. Raises EOFError when the program has gone."""
        return self._exactly(int.from_bytes(self._exactly(LENGTH), "big"))

    def _exactly(self, size: int) -> bytes:
        piece = bytearray(size)
        view, got = memoryview(piece), 0
        while got < size:
            received = self._connection.recv_into(view[got:])
            if received == 0:
                raise EOFError
            got += received
        return bytes(piece)
