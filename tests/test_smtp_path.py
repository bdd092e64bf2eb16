"""Laws of addresses in commands: which mailbox each spelling names, and what each costs."""

from __future__ import annotations

import time

import pytest

from intake.mail.answers import plain
from intake.mail.command import LONGEST, Command, read_command
from intake.mail.inbound import mailbox_of
from intake.mail.path import read_path

OURS = ("support@shop.example",)


@pytest.mark.parametrize(
    ("words", "address", "rest"),
    [
        ("<anna@customer.example>", "anna@customer.example", ""),
        ("  <anna@customer.example>  SIZE=5 BODY=8BITMIME ", "anna@customer.example", "SIZE=5 BODY=8BITMIME"),
        ("anna@customer.example SIZE=5", "anna@customer.example", "SIZE=5"),
        ("<>", "<>", ""),
        ("<> SIZE=5", "<>", "SIZE=5"),
        ("<@a.example,@b.example:anna@customer.example>", "anna@customer.example", ""),
        ('<"anna"@customer.example>', "anna@customer.example", ""),
        ('<"an\\na"@customer.example>', "anna@customer.example", ""),
        ('<"anna b"@customer.example>', '"anna b"@customer.example', ""),
        ('<"a@b"@customer.example>', '"a@b"@customer.example', ""),
        ("<anna..b.@customer.example>", "anna..b.@customer.example", ""),
        ("<anna@[192.0.2.7]>", "anna@[192.0.2.7]", ""),
        ("<дима@почта.example>", "дима@почта.example", ""),
    ],
)
def test_an_address_is_read(words: str, address: str, rest: str) -> None:
    """As RFC 5321 §4.1.2 writes it, and a little as people's programs do; a route through others means nothing."""
    path = read_path(words)
    assert path is not None
    assert (path.address, path.rest) == (address, rest)


@pytest.mark.parametrize(
    "words",
    [
        *("", "<", ">", "<a", "<a@", "<a@>", "<@b>", "<a@b", "a", "a@", "<a b@c>", "<a@b c>", "<a@b>c@d>x"[:4]),
        *('<"a@b>', '<"a"b@c>', "<a@[b>", "<a@b@c>", "a@b>", "<<a@b>>", "<@a,@b>", "<@a>a@b>", "<a(b)@c>", "<a,b@c>"),
        *("<a\\@b@c>", '<"a\0"@b>', "<a\r@b>", "<a@b;c@d>"),
    ],
)
def test_what_is_no_address_is_none(words: str) -> None:
    """Nothing is guessed: what could be read in two ways is not read."""
    assert read_path(words) is None


@pytest.mark.parametrize(
    "words",
    [
        *("<victim%else.example@shop.example>", "<else.example!victim@shop.example>", "<@shop.example:v@else.example>"),
        *('<"victim@else.example"@shop.example>', '<"support@shop.example"@else.example>', "<support@shop.example.>"),
        *('<"support "@shop.example>', "<support@[127.0.0.1]>", "<support@shop.example.else.example>", "<>"),
        *("<xsupport@shop.example>", "<support%shop.example@else.example>", "<suppört@shop.example>"),
    ],
)
def test_no_spelling_makes_another_mailbox_ours(words: str) -> None:
    """Percent signs, bangs, routes, quotes, literals: what is not our mailbox in plain words is not taken."""
    path = read_path(words)
    assert path is not None
    assert mailbox_of(plain(path.address), OURS) is None


@pytest.mark.parametrize("piece", ['"', '\\"', "a.", '"a"', "(a)", "@a,", "<", " ", "@", "\\", "@a:", "[", '"\\', "x@"])
@pytest.mark.parametrize("start", ["", "<", '<"', "<@", "<a@", "<a@["])
def test_no_address_takes_long(start: str, piece: str) -> None:
    """Twenty of the longest that a command can hold are read in less time than one mail."""
    words = start + piece * (LONGEST // len(piece))
    begun = time.process_time()
    for _ in range(20):
        read_path(words)
    assert time.process_time() - begun < 0.05


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (b"NOOP\r\n", Command("NOOP", None)),
        (b"noop \r\n", Command("NOOP", None)),
        (b"Mail FROM:<a@b>  SIZE=1\t\r\n", Command("MAIL", "FROM:<a@b>  SIZE=1")),
        (b"MAIL FROM:<\xff@b>\r\n", Command("MAIL", "FROM:<\udcff@b>")),
    ],
)
def test_a_line_is_a_command(line: bytes, command: Command) -> None:
    """Its name in capitals, what follows without the blanks around it."""
    assert read_command(line) == command


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"\n", b"NOOP\n", b"NOOP", b"\r\r\n", b"NOOP\rRSET\r\n", b"NOOP\0\r\n", b"NOOP \x1b[2J\r\n", b"\r\n"),
        *(b" NOOP\r\n", b"NO-OP\r\n", b"\xc3\xb6\r\n", b"A" * (LONGEST + 1) + b"\r\n", b"NOOP\x7f\r\n", b"\tNOOP\r\n"),
    ],
)
def test_what_is_no_command_is_refused_in_a_sentence(line: bytes) -> None:
    """With a code that says that it is the client's fault, and no word of what he said."""
    refusal = read_command(line)
    assert isinstance(refusal, str)
    assert refusal.startswith("500 5.5.2 ")
    assert refusal.endswith(".")
