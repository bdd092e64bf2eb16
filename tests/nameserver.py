"""A name server on loopback that answers from a zone, and misbehaves where it is told to. UDP and TCP."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

HANGS, SERVFAIL, TRUNCATED, GARBAGE = "<hangs>", "<servfail>", "<truncated>", "<garbage>"
TTL = 60


@dataclass
class NameServer:
    """Records by name and kind: one, several, or one of the words above; `<truncated>…` comes whole by TCP only."""

    records: Mapping[tuple[str, str], str | Sequence[str]]
    port: int = 0
    deaf: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, asked: bytes, *, tcp: bool) -> bytes | None:
        """The answer to a question; None: silence. A question that is none is a defect of ours, and raises."""
        query = dns.message.from_wire(asked)
        [question] = query.question
        assert len(asked) <= 512
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}{' tcp' if tcp else ''}")
        answer = dns.message.make_response(query, recursion_available=True)
        found = self.records.get((name, kind), ())
        if self.deaf or found == HANGS:
            return None
        if found == GARBAGE:
            return asked[:2] + b"\xff" * 20
        if found == SERVFAIL:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer.to_wire()
        texts = [found] if isinstance(found, str) else list(found)
        if any(text.startswith(TRUNCATED) for text in texts) and not tcp:
            answer.flags |= dns.flags.TC
            return answer.to_wire()
        written = [_written(text.removeprefix(TRUNCATED), kind) for text in texts]
        if written:
            answer.answer.append(dns.rrset.from_text(question.name, TTL, "IN", kind, *written))
        elif not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire(max_size=65535)


@contextmanager
def name_server(records: Mapping[tuple[str, str], str | Sequence[str]]) -> Iterator[NameServer]:
    """The server, listening in threads of its own."""
    server = NameServer(records)
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", server.port))
    threads = [
        threading.Thread(target=_serve_udp, args=(server, datagrams)),
        threading.Thread(target=_serve_tcp, args=(server, listener)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        datagrams.sendto(b"", ("127.0.0.1", server.port))  # nothing to ask: the end
        socket.create_connection(("127.0.0.1", server.port)).close()
        for thread in threads:
            thread.join()
        datagrams.close()
        listener.close()


def _serve_udp(server: NameServer, datagrams: socket.socket) -> None:
    while True:
        asked, client = datagrams.recvfrom(4096)
        if not asked:
            return
        if (answer := server.answer(asked, tcp=False)) is not None:
            datagrams.sendto(answer, client)


def _serve_tcp(server: NameServer, listener: socket.socket) -> None:
    while True:
        client, _ = listener.accept()
        with client:
            head = client.recv(2, socket.MSG_WAITALL)
            if not head:
                return
            asked = client.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
            if (answer := server.answer(asked, tcp=True)) is not None:
                client.sendall(struct.pack("!H", len(answer)) + answer)


def _written(text: str, kind: str) -> str:
    """As a zone file has it."""
    if kind != "TXT":
        return text if kind not in ("MX", "PTR") or text.endswith(".") else f"{text}."
    pieces = [text[start : start + 200] for start in range(0, len(text), 200)] or [""]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)
