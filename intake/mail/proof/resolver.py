"""Ask DNS, remember the answers, and notice when nobody answers at all. Blocks: to be used in threads."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver
import structlog

from intake.mail.proof.servers import name_server

log = structlog.get_logger()

TRY_S = 1.5  # one question to one server; it is asked again until the time is up
PROBE_S = 1.0
NAP_S, LONGEST_NAP_S = 30.0, 300.0
SHORTEST_TTL_S, LONGEST_TTL_S, NOTHING_TTL_S, SILENCE_TTL_S = 30.0, 3600.0, 300.0, 30.0
MAX_REMEMBERED = 4096  # answers
MAX_ANSWER = 16 << 10  # characters of one answer
UDP_PAYLOAD = 1232  # bytes; fits into one packet everywhere (DNS flag day 2020)


class Kind(StrEnum):
    """What is asked for."""

    A = "A"
    AAAA = "AAAA"
    MX = "MX"  # "10 mail.example.com"
    PTR = "PTR"
    TXT = "TXT"  # the strings of a record joined, a character a byte


@dataclass(frozen=True, slots=True)
class Answer:
    """The records, none when there is no such name or nothing of this kind at it. `ttl` in seconds."""

    records: tuple[str, ...] = ()
    ttl: float = NOTHING_TTL_S


class NoAnswerError(Exception):
    """DNS did not answer, or not sensibly. It may do so later."""


class Resolver(Protocol):
    """Answers one question within so many seconds. Called from several threads at once."""

    def look_up(self, name: str, kind: Kind, within: float) -> Answer:
        """`name` in ASCII, without a dot at the end. Raises NoAnswerError."""
        ...


class SystemResolver:
    """Asks the name servers of this machine, or those that are named (`host` or `host:port`)."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        self._resolver = _configured(servers)
        self._lock = threading.Lock()
        self._doubted = True  # does anybody answer? Before the first question nobody knows
        self._asleep_until = 0.0
        self._nap = NAP_S

    def look_up(self, name: str, kind: Kind, within: float) -> Answer:
        """Raises NoAnswerError; at once when no server has answered for a while."""
        self._wake_up()
        assert self._resolver is not None  # or it would be asleep
        try:
            found = self._resolver.resolve(name, str(kind), lifetime=within, search=False, raise_on_no_answer=False)
            return Answer(tuple(_as_text(record, kind) for record in found.rrset or ()), found.expiration - time.time())
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN, dns.resolver.NoAnswer):
            return Answer()
        except dns.exception.Timeout as error:
            self._doubted = True
            raise NoAnswerError("timeout") from error
        except dns.resolver.NoNameservers as error:
            raise NoAnswerError("no server could answer") from error
        except (dns.exception.DNSException, OSError, ValueError) as error:
            # A name that DNS cannot hold has no records; anything else is trouble on the way.
            nameless = (dns.exception.SyntaxError, dns.exception.FormError, dns.name.IDNAException, ValueError)
            if isinstance(error, nameless):
                return Answer()
            raise NoAnswerError(type(error).__name__) from error

    def reachable(self) -> bool:
        """Does any of the servers answer? For `check`."""
        try:
            self._wake_up()
        except NoAnswerError:
            return False
        return True

    def _wake_up(self) -> None:
        """Without this, every mail would wait its whole time for servers that are not there."""
        with self._lock:
            if time.monotonic() < self._asleep_until:
                raise NoAnswerError("no name server answers")
            if not self._doubted and not self._asleep_until:
                return
            if self._somebody_answers():
                self._doubted, self._asleep_until, self._nap = False, 0.0, NAP_S
                return
            self._asleep_until = time.monotonic() + self._nap
            log.warning("no name server answers", seconds=self._nap)
            self._nap = min(2 * self._nap, LONGEST_NAP_S)
            raise NoAnswerError("no name server answers")

    def _somebody_answers(self) -> bool:
        """Ask for the root, which every server knows. Any answer will do, a refusal too."""
        if self._resolver is None:
            return False
        try:
            self._resolver.resolve(".", "NS", lifetime=PROBE_S, search=False, raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return True
        except dns.resolver.NoNameservers as error:
            return any(answer is not None for *_, answer in error.kwargs["errors"])
        except (dns.exception.DNSException, OSError):
            return False
        return True


class RememberingResolver:
    """Keeps answers for as long as they say, and silence for half a minute. Bounded; the oldest use goes first."""

    def __init__(self, resolver: Resolver, clock: Callable[[], float] = time.monotonic) -> None:
        self._resolver = resolver
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, Kind], tuple[float, Answer | None]] = OrderedDict()

    def look_up(self, name: str, kind: Kind, within: float) -> Answer:
        """Raises NoAnswerError."""
        key = (name.lower(), kind)
        with self._lock:
            until, answer = self._known.get(key, (0.0, None))
            if self._clock() < until:
                self._known.move_to_end(key)
                if answer is None:
                    raise NoAnswerError("it did not answer a moment ago")
                return answer
        try:
            answer = self._resolver.look_up(name, kind, within)
        except NoAnswerError:
            self._remember(key, None, SILENCE_TTL_S)
            raise
        self._remember(key, answer, min(max(answer.ttl, SHORTEST_TTL_S), LONGEST_TTL_S))
        return answer

    def _remember(self, key: tuple[str, Kind], answer: Answer | None, ttl: float) -> None:
        if answer is not None and sum(map(len, answer.records)) > MAX_ANSWER:
            return
        with self._lock:
            self._known[key] = (self._clock() + ttl, answer)
            self._known.move_to_end(key)
            while len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)


def _configured(servers: Sequence[str]) -> dns.resolver.Resolver | None:
    """None: this machine names no server."""
    try:
        resolver = dns.resolver.Resolver(configure=not servers)
    except dns.resolver.NoResolverConfiguration:
        return None
    if servers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(*name_server(server)) for server in servers]
    resolver.timeout = TRY_S
    resolver.use_edns(0, 0, UDP_PAYLOAD)
    return resolver


def _as_text(record: object, kind: Kind) -> str:
    match kind:
        case Kind.TXT:
            return b"".join(getattr(record, "strings", ())).decode("latin-1")
        case Kind.MX:
            return f"{getattr(record, 'preference', 0)} {str(getattr(record, 'exchange', '')).removesuffix('.')}"
        case _:
            return str(record).removesuffix(".")
