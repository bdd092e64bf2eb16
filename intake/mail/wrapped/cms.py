"""Lift the content out of an opaque S/MIME signature (RFC 8551 §3.5.2). The signature itself is not judged.

Only the lengths of the encoding (BER, X.690) are followed; nothing is decrypted, nothing decompressed.
"""

from __future__ import annotations

from collections.abc import Iterator

MAX_ELEMENTS = 100_000  # that are looked at; a program that streams writes one a kilobyte
MAX_DEPTH = 8

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SEQUENCE, _EXPLICIT_0, _OCTETS, _OCTETS_IN_PIECES = 0x30, 0xA0, 0x04, 0x24


def signed_content(data: bytes) -> bytes | None:
    """What was signed, or None when this is no signed data: it is encrypted, compressed or damaged."""
    try:
        return _Walk(data).signed_content()
    except _NotSigned:
        return None


class _NotSigned(Exception):
    pass


class _Walk:
    """A place in the data that moves forward only."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._left = MAX_ELEMENTS

    def signed_content(self) -> bytes:
        """RFC 5652 §3 and §5.1: { signedData, [0] { version, digests, { data, [0] octets }, certificates … } }."""
        self._enter(_SEQUENCE)
        self._past(_SIGNED_DATA)
        self._enter(_EXPLICIT_0)
        self._enter(_SEQUENCE)
        self._skip(0)
        self._skip(0)
        self._enter(_SEQUENCE)
        self._past(_DATA)
        self._enter(_EXPLICIT_0)
        return b"".join(self._octets(0))

    def _enter(self, tag: int) -> None:
        found, _ = self._header()
        if found != tag:
            raise _NotSigned

    def _past(self, written: bytes) -> None:
        if not self._data.startswith(written, self._at):
            raise _NotSigned
        self._at += len(written)

    def _header(self) -> tuple[int, int | None]:
        """Tag and length of the element that begins here; no length when it runs until two zero bytes."""
        self._left -= 1
        head = self._data[self._at : self._at + 2]
        if len(head) < 2 or self._left < 0:
            raise _NotSigned
        self._at += 2
        if head[1] < 0x80:
            return head[0], head[1]
        size = head[1] & 0x7F
        if size > 4:
            raise _NotSigned
        length = int.from_bytes(self._data[self._at : self._at + size], "big")
        self._at += size
        return head[0], length if size else None

    def _skip(self, depth: int) -> None:
        _, length = self._header()
        if length is not None:
            self._at += length
            return
        for _ in self._until_zeros(depth):
            self._skip(depth + 1)

    def _octets(self, depth: int) -> Iterator[bytes]:
        """A string of octets is written whole or, by programs that stream, in pieces."""
        tag, length = self._header()
        if tag == _OCTETS and length is not None:
            yield self._data[self._at : self._at + length]
            self._at += length
        elif tag == _OCTETS_IN_PIECES and length is not None:
            end = min(self._at + length, len(self._data))
            while self._at < end and depth < MAX_DEPTH:
                yield from self._octets(depth + 1)
        elif tag == _OCTETS_IN_PIECES:
            for _ in self._until_zeros(depth):
                yield from self._octets(depth + 1)
        else:
            raise _NotSigned

    def _until_zeros(self, depth: int) -> Iterator[None]:
        if depth >= MAX_DEPTH:
            raise _NotSigned
        while not self._data.startswith(b"\0\0", self._at):
            yield
        self._at += 2
