"""Laws of line ends: bare ones inside a mail are read as line ends, and none ever leaves the house."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from intake.mail.compose import compose
from intake.mail.parse import parse
from intake.mail.send import Smarthost
from intake.message import Outbound, StoredFile, Undeliverable

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ANSWER = Outbound(
    delivery=7,
    kind="reply",
    channel="mail",
    account="support@shop.example",
    to="anna@customer.example",
    attempt=1,
    subject="Re: My kettle",
    text="Send it to us.\n",
    message_id="r1042.d7@shop.example",
)
MAIL = (
    b"From: Anna Schmidt <anna@customer.example>\r\nTo: support@shop.example\r\nSubject: My kettle\r\n leaks\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nIt leaks.\r\n.\r\n"
    b"MAIL FROM:<a@b>\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n<p>It leaks.</p>\r\n--x--\r\n"
)
# What some server somewhere has taken for the end of a mail, or some program for the end of a line.
ENDS = (
    *(
        "\r\n.\r\n",
        "\n.\n",
        "\r.\r",
        "\n.\r\n",
        "\r\n.\n",
        "\r\n.\r",
        "\r\r\n.\r\r\n",
        "\n\n.\n\n",
        "\r\n..\r\n",
        ".\r\n",
    ),
    *(
        "\v.\v",
        "\f.\f",
        "\x1c.\x1d",
        "\x85.\x85",
        "\u2028.\u2029",
        "\0.\0",
        "\r\n\0.\r\n",
        "\ud800\r\n.\r\n",
        "=0D=0A.=0D=0A",
    ),
)
HIDDEN = (
    "MAIL FROM:<evil@attacker.example>\r\nRCPT TO:<victim@else.example>\r\nDATA\r\nSubject: Pay\r\n\r\nnow\r\n.\r\n"
)


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_mail_reads_the_same_whatever_ends_its_lines(end: bytes) -> None:
    """The bytes are kept as they came; for reading, a bare CR and a bare LF end a line as CRLF does."""
    assert parse(MAIL.replace(b"\r\n", end)) == parse(MAIL)


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_bare_line_end_hides_no_field(end: bytes) -> None:
    """Two From fields, one behind a bare line end, are two for every reader here: nobody's identity."""
    hidden = MAIL.replace(b"\r\nTo:", end + b"From: boss@bank.example\r\nTo:")
    assert parse(hidden).several_from


@dataclass
class Relay:
    """A server that keeps every byte as it came, and believes that only CRLF dot CRLF ends a mail."""

    port: int = 0
    said: list[bytes] = field(default_factory=list)  # of each connection, up to its end
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay ready\r\n")
        said = b""
        while line := await reader.readline():
            said += line
            if line.startswith(b"EHLO"):
                writer.write(b"250-relay\r\n250 SMTPUTF8\r\n")
            elif line == b"DATA\r\n":
                writer.write(b"354 go on\r\n")
                said += await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            elif line != b"QUIT\r\n":
                writer.write(b"250 well\r\n")
        self.said.append(said)
        self.ended.set()
        writer.close()


@contextlib.asynccontextmanager
async def relaying() -> AsyncIterator[Relay]:
    relay = Relay()
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0, limit=1 << 20)
    relay.port = server.sockets[0].getsockname()[1]
    async with server:
        yield relay


Place = Callable[[str], tuple[Outbound, str, bytes]]


def _file(name: str, content_type: str = "text/plain") -> Outbound:
    return replace(ANSWER, files=(StoredFile(1, name, content_type, 9, "0" * 64),))


# Each place into which a customer's or an agent's words can come: the message, the company's name, a file's bytes.
PLACES: dict[str, Place] = {
    "text": lambda words: (replace(ANSWER, text=words), "Example Ltd", b""),
    "html": lambda words: (replace(ANSWER, html=f"<p>{words}</p>"), "Example Ltd", b""),
    "subject": lambda words: (replace(ANSWER, subject=words), "Example Ltd", b""),
    "company": lambda words: (ANSWER, words, b""),
    "to": lambda words: (replace(ANSWER, to=f"anna{words}@customer.example"), "Example Ltd", b""),
    "domain": lambda words: (replace(ANSWER, to=f"anna@customer{words}.example"), "Example Ltd", b""),
    "addressed_to": lambda words: (replace(ANSWER, addressed_to=f"a{words}@b.example"), "Example Ltd", b""),
    "cc": lambda words: (replace(ANSWER, cc=(f"a{words}@b.example", "c@d.example")), "Example Ltd", b""),
    "message_id": lambda words: (replace(ANSWER, message_id=f"a{words}@b.example"), "Example Ltd", b""),
    "in_reply_to": lambda words: (replace(ANSWER, in_reply_to=f"a{words}@b.example"), "Example Ltd", b""),
    "references": lambda words: (replace(ANSWER, references=(f"<a{words}@b.example>", "c@d")), "Example Ltd", b""),
    "file name": lambda words: (_file(f"kettle{words}.txt"), "Example Ltd", b"x"),
    "file type": lambda words: (_file("kettle", f"text/{words}"), "Example Ltd", b"x"),
    "file": lambda words: (_file("kettle.txt"), "Example Ltd", words.encode("utf-8", "replace")),
    "file that is a mail": lambda words: (
        _file("k.eml", "message/rfc822"),
        "Example Ltd",
        words.encode("utf-8", "replace"),
    ),
}


@pytest.mark.parametrize("place", PLACES)
async def test_no_words_end_our_mail_or_begin_another(place: str) -> None:
    """What leaves has one end, at its end, and no bare CR or LF; the commands around it are ours alone."""
    sent = 0
    async with relaying() as relay:
        smarthost = Smarthost(f"smtp://127.0.0.1:{relay.port}", hostname="mx.shop.example")
        for end in ENDS:
            for words in (end, f"Hello{end}{HIDDEN}", f"{end}.", f"{'x' * 70}{end}{'y' * 1000}{end}"):
                relay.ended.clear()
                if await _left(smarthost, *PLACES[place](words)):
                    await relay.ended.wait()
                    sent += 1
                    _one_mail(relay.said[-1])
    # An address with such characters is refused before a byte leaves; everything else is sent, one by one.
    assert sent == len(relay.said)
    assert (sent < len(ENDS)) if place in ("to", "domain", "addressed_to") else (sent == len(ENDS) * 4)


async def _left(smarthost: Smarthost, outbound: Outbound, company: str, content: bytes) -> bool:
    """Compose and send as the channel does. False when it was refused before anything left."""
    files = [(file, content) for file in outbound.files]
    try:
        message = compose(outbound, files=files, reply_address=outbound.account, from_name=company, now=NOW)
        await smarthost.send(message, outbound.account, outbound.to)
    except Undeliverable:
        return False
    return True


def _one_mail(said: bytes) -> None:
    assert said.count(b"\n") == said.count(b"\r") == said.count(b"\r\n")
    before, _, behind = said.partition(b"DATA\r\n")
    assert [line[:4] for line in before.splitlines()] == [b"EHLO", b"MAIL", b"RCPT"]
    content, _, after = behind.partition(b"\r\n.\r\n")
    assert after in (b"", b"QUIT\r\n")
    assert not any(line.startswith(b".") and not line.startswith(b"..") for line in content.split(b"\r\n"))
    head = content.partition(b"\r\n\r\n")[0]
    assert b"\0" not in content
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert set(names) <= OURS, names
    assert len(names) == len(set(names))


OURS = {
    *(b"from", b"to", b"cc", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to", b"references"),
    *(b"x-loop", b"mime-version", b"content-type", b"content-transfer-encoding", b"content-disposition"),
}
