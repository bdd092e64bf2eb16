"""Laws of asking DNS: real packets to a server that misbehaves, and no mail waits long for one that is not there."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence

import pytest

from intake.mail.proof.questions import MAX_QUESTIONS, Questions
from intake.mail.proof.resolver import (
    MAX_REMEMBERED,
    Answer,
    Kind,
    NoAnswerError,
    RememberingResolver,
    SystemResolver,
)
from intake.mail.proof.servers import name_server as read_address
from tests.nameserver import GARBAGE, HANGS, SERVFAIL, TRUNCATED, NameServer, name_server
from tests.signers import Zone

LONG = "v=DKIM1; p=" + "A" * 900
RECORDS: dict[tuple[str, str], str | Sequence[str]] = {
    ("shop.example", "TXT"): ["v=spf1 -all", 'with "quotes" and \\ and \x7f'],
    ("shop.example", "A"): ["192.0.2.1", "192.0.2.2"],
    ("shop.example", "AAAA"): "2001:db8::1",
    ("shop.example", "MX"): ["10 mx.shop.example", "5 b.shop.example"],
    ("1.2.0.192.in-addr.arpa", "PTR"): "mx.shop.example",
    ("long.example", "TXT"): LONG,
    ("cut.example", "TXT"): TRUNCATED + LONG,
    ("hangs.example", "TXT"): HANGS,
    ("broken.example", "TXT"): SERVFAIL,
    ("garbage.example", "TXT"): GARBAGE,
}


@pytest.fixture
def server() -> Iterator[NameServer]:
    with name_server(RECORDS) as started:
        yield started


def ask(resolver: SystemResolver, name: str, kind: Kind = Kind.TXT, within: float = 2.0) -> tuple[str, ...]:
    return resolver.look_up(name, kind, within).records


def test_each_kind_of_record_comes_as_text(server: NameServer) -> None:
    """Over a real socket, by the library that is used in earnest."""
    resolver = SystemResolver([server.address])
    assert sorted(ask(resolver, "shop.example")) == ["v=spf1 -all", 'with "quotes" and \\ and \x7f']
    assert sorted(ask(resolver, "shop.example", Kind.A)) == ["192.0.2.1", "192.0.2.2"]
    assert ask(resolver, "shop.example", Kind.AAAA) == ("2001:db8::1",)
    assert sorted(ask(resolver, "shop.example", Kind.MX)) == ["10 mx.shop.example", "5 b.shop.example"]
    assert ask(resolver, "1.2.0.192.in-addr.arpa", Kind.PTR) == ("mx.shop.example",)
    assert ask(resolver, "long.example") == (LONG,)
    assert resolver.look_up("shop.example", Kind.TXT, 2).ttl == pytest.approx(60, abs=2)


def test_what_is_cut_short_is_asked_for_again_by_tcp(server: NameServer) -> None:
    """Keys are long."""
    assert ask(SystemResolver([server.address]), "cut.example") == (LONG,)
    assert "cut.example TXT tcp" in server.asked


@pytest.mark.parametrize("name", ["nothing.example", "long.example"])
def test_no_such_name_and_no_such_record_are_answers(server: NameServer, name: str) -> None:
    """The domain publishes nothing."""
    assert ask(SystemResolver([server.address]), name, Kind.A) == ()


@pytest.mark.parametrize(
    "name", ["a..b", "x" * 64 + ".example", ".".join(["abcdefgh"] * 40), "", "a\\", "bücher.example", "\ufffd.a.b"]
)
def test_a_name_that_dns_cannot_hold_has_no_records(server: NameServer, name: str) -> None:
    """Nobody is asked."""
    resolver = SystemResolver([server.address])
    assert resolver.reachable()
    before = len(server.asked)
    assert ask(resolver, name, Kind.A) == ()
    assert len(server.asked) - before <= 1


@pytest.mark.parametrize("name", ["hangs.example", "broken.example", "garbage.example"])
def test_silence_and_nonsense_are_no_answers(server: NameServer, name: str) -> None:
    """Within the time that was given; and the next name is asked for as if nothing had been."""
    resolver = SystemResolver([server.address])
    begun = time.monotonic()
    with pytest.raises(NoAnswerError):
        ask(resolver, name, within=0.3)
    assert time.monotonic() - begun < 1
    assert ask(resolver, "long.example") == (LONG,)


def test_a_server_that_is_not_there_is_left_alone_for_a_while(server: NameServer) -> None:
    """The first mail waits a second for it, those behind it do not."""
    server.deaf = True
    resolver = SystemResolver([server.address])
    begun = time.monotonic()
    with pytest.raises(NoAnswerError):
        ask(resolver, "shop.example")
    assert time.monotonic() - begun < 1.5
    asked, begun = len(server.asked), time.monotonic()
    for number in range(100):
        with pytest.raises(NoAnswerError):
            ask(resolver, f"shop{number}.example")
    assert time.monotonic() - begun < 0.1
    assert len(server.asked) == asked
    assert not resolver.reachable()


def test_a_refused_connection_is_no_answer() -> None:
    """A port where nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(NoAnswerError):
        ask(SystemResolver([f"127.0.0.1:{port}"]), "shop.example")
    assert time.monotonic() - begun < 2


def test_an_answer_is_kept_as_long_as_it_says() -> None:
    """A name and a kind at a time, in any case; silence for half a minute."""
    now = [100.0]
    zone = Zone(
        {("shop.example", "TXT"): "one", ("hangs.example", "TXT"): "the name servers of this name do not answer"}
    )
    resolver = RememberingResolver(zone, lambda: now[0])
    for name in ("shop.example", "SHOP.example", "shop.example"):
        assert resolver.look_up(name, Kind.TXT, 1).records == ("one",)
    resolver.look_up("shop.example", Kind.A, 1)
    for _ in range(3):
        with pytest.raises(NoAnswerError):
            resolver.look_up("hangs.example", Kind.TXT, 1)
    assert zone.asked == ["shop.example TXT", "shop.example A", "hangs.example TXT"]
    now[0] += 31
    with pytest.raises(NoAnswerError):
        resolver.look_up("hangs.example", Kind.TXT, 1)
    resolver.look_up("shop.example", Kind.TXT, 1)
    assert zone.asked[3:] == ["hangs.example TXT"]
    now[0] += 3600
    resolver.look_up("shop.example", Kind.TXT, 1)
    assert zone.asked[4:] == ["shop.example TXT"]


class _Endless:
    """Everything exists."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.asked = 0

    def look_up(self, name: str, kind: Kind, within: float) -> Answer:
        self.asked += 1
        return Answer(("x" * self.size,), ttl=10**9)


def test_what_is_remembered_is_bounded() -> None:
    """The oldest use goes first; an endless answer is not kept at all."""
    endless = _Endless(1)
    resolver = RememberingResolver(endless)
    for number in range(MAX_REMEMBERED + 1):
        resolver.look_up(f"d{number}.example", Kind.TXT, 1)
        resolver.look_up("d0.example", Kind.TXT, 1)
    asked = endless.asked
    resolver.look_up("d0.example", Kind.TXT, 1)
    assert endless.asked == asked
    resolver.look_up("d1.example", Kind.TXT, 1)
    assert endless.asked == asked + 1
    huge = _Endless(100_000)
    resolver = RememberingResolver(huge)
    for _ in range(2):
        resolver.look_up("huge.example", Kind.TXT, 1)
    assert huge.asked == 2


def test_a_mail_asks_so_much_and_so_long() -> None:
    """Then it gets no answers any more."""
    now = [0.0]
    endless = _Endless(1)
    questions = Questions(endless, 5.0, lambda: now[0])
    for number in range(MAX_QUESTIONS):
        questions.ask(f"d{number}.example", Kind.TXT)
    with pytest.raises(NoAnswerError, match="too much"):
        questions.ask("more.example", Kind.TXT)
    assert endless.asked == MAX_QUESTIONS
    questions = Questions(endless, 5.0, lambda: now[0])
    now[0] = 5.0
    with pytest.raises(NoAnswerError, match="time is up"):
        questions.ask("late.example", Kind.TXT)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_a_name_server_is_named_by_its_address(written: str, address: tuple[str, int]) -> None:
    """With or without a port."""
    assert read_address(written) == address


@pytest.mark.parametrize("wrong", ["dns.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:x", "192.0.2.1:99999", ":53"])
def test_another_name_server_is_refused_in_words(wrong: str) -> None:
    """Who would look its name up?"""
    with pytest.raises(ValueError, match=r"'.+' (is|has) no"):
        read_address(wrong)
