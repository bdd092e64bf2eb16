"""Hostile conversations over SMTP and LMTP, made by this script, each with the answers that it must get."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

SIZE = 25 << 20  # bytes of the biggest mail that is taken
ERRORS, COMMANDS, RECIPIENTS = 20, 250, 50

HELLO = (b"EHLO evil.example\r\n", "250")
SENDER = b"MAIL FROM:<evil@attacker.example>\r\n"
OURS = b"RCPT TO:<support@shop.example>\r\n"
BEGUN = ((SENDER, "250"), (OURS, "250"), (b"DATA\r\n", "354"))
# Stands in the mails of one dialog and nowhere else, so that what was stored of them can be counted.
MARK = b"@MARK@"
LETTER = b"From: Eve <evil@attacker.example>\r\nSubject: Hello\r\n\r\nMy kettle leaks. " + MARK + b"\r\n"
# A whole mail with its commands, as an attacker hides it in the content of another.
SMUGGLED = SENDER + OURS + b"DATA\r\nFrom: boss@bank.example\r\n\r\nPay now. " + MARK + b"\r\n"


@dataclass(frozen=True, slots=True)
class Dialog:
    """What the client says, turn by turn, and the codes that it hears; the greeting is heard before."""

    name: str
    turns: tuple[tuple[bytes, str], ...]
    stored: int = 0  # records that come of it
    closed: bool = False  # the server hangs up; else it still answers
    lmtp: bool = False

    def marked(self, mark: str) -> Dialog:
        """With the mark of its own in place."""
        return replace(self, turns=tuple((said.replace(MARK, mark.encode()), codes) for said, codes in self.turns))


def dialogs() -> Iterator[Dialog]:
    """All of them."""
    yield from _smuggled()
    yield from _pipelined()
    yield from _relayed()
    yield from _control_characters()
    yield from _other_protocols()
    yield from _extensions()
    yield from _sizes()
    yield from _endless()
    yield from _disorderly()
    yield from _lmtp()


def _smuggled() -> Iterator[Dialog]:
    """Ends that another server may take for the end of a mail: here all is one mail, to its real end."""
    for end in (
        *(b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n", b"\n.\r", b"\r.\n", b"\r\r\n.\r\r\n"),
        *(
            b"\r\n\0.\r\n",
            b"\r\n.\0\r\n",
            b"\r\n. \r\n",
            b"\r\n..\r\n",
            b"\r\n.\r\0\n",
            b"\x85.\x85",
            b"\r\n\xe2\x80\xa8.\r\n",
        ),
    ):
        whole = LETTER.removesuffix(b"\r\n") + end + SMUGGLED + b".\r\n"
        yield Dialog(f"smuggled behind {end!r}", (HELLO, *BEGUN, (whole, "250")), stored=1)
    before, _, behind = LETTER.partition(MARK)
    pieces = (*before, MARK, *behind, *b".\r")
    split = (*((piece if isinstance(piece, bytes) else bytes([piece]), "") for piece in pieces), (b"\n", "250"))
    yield Dialog("a byte at a time", (HELLO, *BEGUN, *split), stored=1)


def _pipelined() -> Iterator[Dialog]:
    at_once = SENDER + OURS + b"DATA\r\n" + LETTER + b".\r\n"
    yield Dialog("a mail before the greeting is read", ((HELLO[0] + at_once, "250 250 250 354 250"),), stored=1)
    # The second is a copy of the first: it is stored once.
    other = at_once.replace(b"leaks", b"leaks again")
    yield Dialog("two mails at once", (HELLO, (at_once + other, "250 250 354 250 250 250 354 250")), stored=2)
    behind = (at_once + b"QUIT\r\n" + at_once, "250 250 354 250 221")
    yield Dialog("a mail behind QUIT", (HELLO, behind), stored=1, closed=True)
    yield Dialog("ten thousand NOOP", (HELLO, (b"NOOP\r\n" * 10_000, "250 " * (COMMANDS - 1) + "421")), closed=True)
    rounds = (SENDER + b"RSET\r\n") * 5000
    yield Dialog("MAIL and RSET in turns", (HELLO, (rounds, "250 " * (COMMANDS - 1) + "421")), closed=True)
    taken, refused = RECIPIENTS, COMMANDS - RECIPIENTS - 2
    many = (SENDER + OURS * 10_000, "250 " * (taken + 1) + "452 " * refused + "421")
    yield Dialog("ten thousand recipients", (HELLO, many), closed=True)
    guessed = b"".join(b"RCPT TO:<user%d@shop.example>\r\n" % number for number in range(5000))
    yield Dialog("guessed mailboxes", (HELLO, (SENDER + guessed, "250 " + "550 " * ERRORS + "421")), closed=True)
    unasked = (SENDER + b"DATA\r\n" + b"Subject: x\r\n" * 100, "250 503 " + "500 " * (ERRORS - 1) + "421")
    yield Dialog("a mail that was not asked for", (HELLO, unasked), closed=True)
    yield Dialog("empty lines", (HELLO, (b"\r\n" * 5000, "500 " * ERRORS + "421")), closed=True)
    yield Dialog("nonsense", (HELLO, (b"FOO bar\r\n" * 5000, "500 " * ERRORS + "421")), closed=True)


def _relayed() -> Iterator[Dialog]:
    """Every spelling that has made a server pass on a mail to somebody else."""
    for recipient, code in (
        ("victim@else.example", "550"),
        ("victim%else.example@shop.example", "550"),
        ("support%else.example@shop.example", "550"),
        ("else.example!victim@shop.example", "550"),
        ("@shop.example:victim@else.example", "550"),
        ("@shop.example,@other.example:victim@else.example", "550"),
        ('"victim@else.example"@shop.example', "550"),
        ('"support@shop.example"@else.example', "550"),
        ('"victim%else.example"@shop.example', "550"),
        ("support@shop.example@else.example", "553"),
        ("victim@else.example@shop.example", "553"),
        ("support@shop.example.", "550"),
        ("support@[127.0.0.1]", "550"),
        ("support@[IPv6:::1]", "550"),
        ("support@shop.example(@else.example)", "553"),
        ("support@shop.example,victim@else.example", "553"),
        ("support@shop.example> <victim@else.example", "501"),
        ("postmaster", "553"),
    ):
        turns = (HELLO, (SENDER, "250"), (f"RCPT TO:<{recipient}>\r\n".encode(), code), (b"DATA\r\n", "503"))
        yield Dialog(f"relay to {recipient}", turns)
    forged = (b"MAIL FROM:<support@shop.example>\r\n", "250"), (b"RCPT TO:<victim@else.example>\r\n", "550")
    yield Dialog("relay in our own name", (HELLO, *forged, (b"DATA\r\n", "503")))
    routed = (SENDER, "250"), (b"RCPT TO:<@evil.example:support@shop.example>\r\n", "250")
    yield Dialog("a route to ourselves", (HELLO, *routed, (b"DATA\r\n", "354"), (LETTER + b".\r\n", "250")), stored=1)


def _control_characters() -> Iterator[Dialog]:
    """A command with an end inside is no command; with the end left out none either."""
    whole = SENDER.strip() + b"%s" + OURS.strip() + b"%sDATA%s" + LETTER + b".%s"
    for name, end in (("CR", b"\r"), ("NUL", b"\0"), ("VT", b"\v"), ("ESC", b"\x1b")):
        yield Dialog(f"{name} for CRLF", (HELLO, (SENDER.strip() + end + OURS, "500"), (b"DATA\r\n", "503")))
    bare = (whole % ((b"\n",) * 4)).replace(b"\r\n", b"\n")
    yield Dialog("LF for CRLF", (HELLO, (bare, "500 " * bare.count(b"\n"))))
    for name, line in (
        ("NUL in an address", b"MAIL FROM:<ev\0il@attacker.example>\r\n"),
        ("NUL behind a command", b"NOOP\0\r\n"),
        ("DEL in an address", b"MAIL FROM:<ev\x7fil@attacker.example>\r\n"),
        ("colours in a name", b"EHLO \x1b[31mevil\x1b[0m\r\n"),
        ("backspaces in an address", b"MAIL FROM:<evil\b\b\b\b@attacker.example>\r\n"),
    ):
        yield Dialog(name, (HELLO, (line, "500")))
    folded = (b"MAIL FROM:\r\n <evil@attacker.example>\r\n", "553 500")
    yield Dialog("a command on two lines", (HELLO, folded))
    eight = b"MAIL FROM:<\xff\xfe\xed\xa0\x80@attacker.example>\r\n"
    turns = (HELLO, (eight, "250"), *BEGUN[1:], (LETTER + b".\r\n", "250"))
    yield Dialog("an address that is no UTF-8", turns, stored=1)


def _other_protocols() -> Iterator[Dialog]:
    """What a browser, a proxy or a program of another trade can be made to send to this port."""
    inside = b"\r\n" + HELLO[0] + SENDER + OURS + b"DATA\r\n" + LETTER + b".\r\n"
    for verb in (b"GET", b"POST", b"PUT", b"CONNECT", b"OPTIONS"):
        request = verb + b" / HTTP/1.1\r\nHost: mx.shop.example:25\r\n" + inside
        yield Dialog(f"HTTP {verb.decode()}", ((request, "502"),), closed=True)
    yield Dialog("SSH", ((b"SSH-2.0-OpenSSH_9.9\r\n", "500"),))
    yield Dialog("PROXY", ((b"PROXY TCP4 127.0.0.1 127.0.0.1 1 25\r\n", "500"), HELLO))
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(32)) * 14 + b"\n"
    yield Dialog("TLS without STARTTLS", ((hello, "500 " * hello.count(b"\n")),))


def _extensions() -> Iterator[Dialog]:
    """What is not offered is not done, and what stands behind it is not mistaken for anything."""
    chunk = SMUGGLED + b".\r\n"
    chunked = b"BDAT %d LAST\r\n" % len(chunk) + chunk
    yield Dialog("BDAT", (HELLO, (SENDER, "250"), (OURS, "250"), (chunked, "502")), closed=True)
    yield Dialog(
        "BDAT of a size that lies", (HELLO, (SENDER + OURS + b"BDAT 0\r\n" + SMUGGLED, "250 250 502")), closed=True
    )
    yield Dialog("BINARYMIME", (HELLO, (SENDER.replace(b">\r", b"> BODY=BINARYMIME\r"), "501"), (OURS, "503")))
    plain = b"AUTH PLAIN AGV2aWwAc2VjcmV0\r\n"
    yield Dialog("AUTH PLAIN", (HELLO, (plain, "502"), (b"RCPT TO:<victim@else.example>\r\n", "503")))
    yield Dialog("AUTH LOGIN", (HELLO, (b"AUTH LOGIN\r\nZXZpbA==\r\nc2VjcmV0\r\n", "502 500 500")))
    yield Dialog("AUTH again and again", (HELLO, (plain * 1000, "502 " * ERRORS + "421")), closed=True)
    yield Dialog("a sender's AUTH", (HELLO, (SENDER.replace(b">\r", b"> AUTH=boss@shop.example\r"), "555")))
    yield Dialog("STARTTLS without a certificate", (HELLO, (b"STARTTLS\r\n" + SENDER, "454 250")))
    yield Dialog("XCLIENT", (HELLO, (b"XCLIENT ADDR=127.0.0.1 NAME=localhost\r\n", "500")))
    yield Dialog("XFORWARD", (HELLO, (b"XFORWARD ADDR=127.0.0.1\r\n", "500")))
    asked = (
        b"VRFY support\r\nVRFY <\xff@\r\nEXPN staff\r\nHELP\r\nHELP MAIL\r\nTURN\r\nETRN a.example\r\nDEBUG\r\nWIZ\r\n"
    )
    yield Dialog("questions", (HELLO, (asked, "252 252 252 214 214 500 500 500 500")))
    wanted = OURS.replace(b">\r", b"> NOTIFY=SUCCESS ORCPT=rfc822;victim@else.example\r")
    yield Dialog("receipts to a third party", (HELLO, (SENDER, "250"), (wanted, "555"), (b"DATA\r\n", "503")))


def _sizes() -> Iterator[Dialog]:
    """What is said of a size is a hint; what counts is what comes."""
    for said, code in (
        (b"%d" % (SIZE + 1), "552"),
        (b"9" * 1500, "552"),
        (b"-1", "501"),
        (b"1e9", "501"),
        ("٣".encode(), "250"),
        (b"0x10", "501"),
        (b"", "501"),
        (b"1 SIZE=99999999999", "552"),
    ):
        name = said[:20].decode()
        yield Dialog(f"SIZE={name}", (HELLO, (SENDER.replace(b">\r", b"> SIZE=" + said + b"\r"), code)))
    small = SENDER.replace(b">\r", b"> SIZE=1\r")
    yield Dialog("a bigger mail than was said", (HELLO, (small, "250"), *BEGUN[1:], (LETTER * 50 + b".\r\n", "250")), 1)
    big = b"x" * 998 + b"\r\n"
    yield Dialog("a mail too big", (HELLO, *BEGUN, (big * (SIZE // 1000 + 1000) + b".\r\n", "552")))


def _endless() -> Iterator[Dialog]:
    yield Dialog("an endless command", (HELLO, (b"MAIL FROM:<" + b"a" * (1 << 20), "500")), closed=True)
    yield Dialog("a long command", (HELLO, (b"MAIL FROM:<" + b"a" * 3000 + b"@attacker.example>\r\n", "500")))
    yield Dialog("a long name", (HELLO, (b"EHLO " + b"a" * 2000 + b"\r\n", "250")))
    yield Dialog("quotes without end", (HELLO, (b"MAIL FROM:<" + b'"\\"' * 600 + b"@a.example>\r\n", "553")))
    yield Dialog("brackets without end", (HELLO, (b"MAIL FROM:" + b"<(" * 900 + b"\r\n", "553")))
    yield Dialog("a route without end", (HELLO, (b"MAIL FROM:<" + b"@a," * 600 + b":evil@b.example>\r\n", "250")))
    yield Dialog("parameters without end", (HELLO, (SENDER.replace(b">\r", b">" + b" X=1" * 480 + b"\r"), "555")))
    line = LETTER.replace(b"kettle", b"kettle" * 200_000)
    yield Dialog("a line of a megabyte", (HELLO, *BEGUN, (line + b".\r\n", "250")), stored=1)
    yield Dialog("a mail without end", (HELLO, *BEGUN, (b"x" * (4 * SIZE + (1 << 20)), "552")), closed=True)
    dots = b"\r\n".join([b".."] * 20_000) + b"\r\n"
    yield Dialog("a mail of dots", (HELLO, *BEGUN, (LETTER + dots + b".\r\n", "250")), stored=1)


def _disorderly() -> Iterator[Dialog]:
    yield Dialog("no introduction", ((SENDER + OURS + b"DATA\r\n", "503 503 503"),))
    yield Dialog("a recipient first", (HELLO, (OURS + b"DATA\r\n", "503 503")))
    yield Dialog("two senders", (HELLO, (SENDER, "250"), (b"MAIL FROM:<boss@shop.example>\r\n", "503")))
    again = HELLO[0] + OURS + b"DATA\r\n"
    yield Dialog("a new introduction halfway", (HELLO, (SENDER, "250"), (again, "250 503 503")))
    yield Dialog("LMTP on the port of SMTP", ((b"LHLO evil.example\r\n", "500"), HELLO))
    yield Dialog("DATA with an argument", (HELLO, (SENDER, "250"), (OURS, "250"), (b"DATA now\r\n", "501")))
    hidden = (b"DATA\r\n" + LETTER + b".\r\nMAIL FROM:<>\r\nRCPT TO:<x@y.example>\r\nDATA\r\n", "354 250 250 550 503")
    yield Dialog("a second mail for others", (HELLO, (SENDER, "250"), (OURS, "250"), hidden), stored=1)


def _lmtp() -> Iterator[Dialog]:
    hello = (b"LHLO relay.shop.example\r\n", "250")
    both = OURS + b"RCPT TO:<nobody@shop.example>\r\nRCPT TO:<returns@shop.example>\r\n"
    begun = ((SENDER, "250"), (both, "250 550 250"), (b"DATA\r\n", "354"))
    yield Dialog("LMTP, two of three", (hello, *begun, (LETTER + b".\r\n", "250 250")), stored=1, lmtp=True)
    hidden = LETTER + b"\n.\n" + SMUGGLED + b".\r\n"
    yield Dialog("LMTP, smuggled", (hello, *begun, (hidden, "250 250")), stored=1, lmtp=True)
    big = b"x" * (SIZE + 100) + b"\r\n.\r\n"
    yield Dialog("LMTP, a mail too big", (hello, *begun, (big, "552 552")), lmtp=True)
    relayed = (SENDER + b"RCPT TO:<victim@else.example>\r\nDATA\r\n", "250 550 503")
    yield Dialog("LMTP, relay", (hello, relayed), lmtp=True)
    yield Dialog("SMTP on the port of LMTP", ((HELLO[0], "500"), hello), lmtp=True)
    endless = b"x" * (4 * SIZE + (1 << 20))
    yield Dialog("LMTP, a mail without end", (hello, *begun, (endless, "552 552")), closed=True, lmtp=True)
