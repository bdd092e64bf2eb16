"""Who is inside: sessions counted in all and by address, and who makes room for a newcomer when all are in use."""

from __future__ import annotations

import ipaddress
from collections import Counter, deque
from collections.abc import Callable
from enum import StrEnum
from itertools import islice
from typing import Protocol

from intake.mail.limits import BUSY, CLOSING, NO_ROOM, TOO_MANY_FROM_YOU, Limits
from intake.tally import What, tally

ASKED = 8  # sessions at most that are looked at to find one that makes room


class Ended(StrEnum):
    """Why a client was turned away, or sent away before it was done."""

    CLOSING = "closing"
    NO_ROOM = "no room"
    BUSY = "all sessions in use"
    PEER = "too many sessions of one address"
    MADE_ROOM = "made room for another"
    TIMED_OUT = "timed out"
    ERRORS = "too many errors"
    COMMANDS = "too many commands"
    NOT_MAIL = "another protocol"


# What a client hears that does not come in.
REFUSALS = {Ended.CLOSING: CLOSING, Ended.NO_ROOM: NO_ROOM, Ended.BUSY: BUSY, Ended.PEER: TOO_MANY_FROM_YOU}


class Guest(Protocol):
    """A session, as far as it is counted. `network` is None when its address does not count."""

    network: str | None

    def has_more(self) -> bool:
        """Has it said something that we have not come to read yet?"""

    def make_room(self) -> None:
        """Go at once, with a word of goodbye."""


class Crowd:
    """All sessions of both protocols. Nothing in it costs more when there are more of them."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        """`clock`: seconds that only go forward."""
        self._limits = limits
        self._clock = clock
        # Since when each has brought nothing new, the longest first. One moves to the end by being put in again.
        self._silent: dict[Guest, float] = {}
        self._introduced: dict[Guest, float] = {}
        self._served: set[Guest] = set()
        self._per_network: Counter[str] = Counter()
        self._came_in_vain: deque[float] = deque(maxlen=limits.rush)  # when the last came to find all in use

    def __len__(self) -> int:
        return len(self._silent) + len(self._introduced) + len(self._served)

    def __contains__(self, guest: object) -> bool:
        return guest in self._silent or guest in self._introduced or guest in self._served

    def guests(self) -> list[Guest]:
        return [*self._silent, *self._introduced, *self._served]

    def admits(self, network: str | None) -> Ended | None:
        """May one more come in? Else why not. When all are in use, the one that has stalled longest makes room."""
        if network is not None and self._per_network.get(network, 0) >= self._limits.sessions_per_peer:
            return Ended.PEER
        if len(self) >= self._limits.sessions:
            self._came_in_vain.append(self._clock())
            stalled = self._longest_stalled()
            if stalled is None:
                return Ended.BUSY
            self.leave(stalled)
            tally.add(What.SENT_AWAY, Ended.MADE_ROOM)
            stalled.make_room()
        return None

    def enter(self, guest: Guest) -> None:
        """Count a new session in."""
        self._silent[guest] = self._clock()
        if guest.network is not None:
            self._per_network[guest.network] += 1

    def introduced(self, guest: Guest) -> None:
        """It has said who it is."""
        if guest in self._silent:
            self._forget(guest)
            self._introduced[guest] = self._clock()

    def comes_on(self, guest: Guest) -> None:
        """It has brought something of use: of those who were introduced it is the last who would have to go."""
        if guest in self._introduced:
            self._forget(guest)
            self._introduced[guest] = self._clock()

    def serving(self, guest: Guest) -> None:
        """We have its whole mail and work on it: it waits for us, and need not go until it was `served`."""
        if guest in self:
            self._forget(guest)
            self._served.add(guest)

    def served(self, guest: Guest) -> None:
        """It has its answer, and may go on."""
        if guest in self:
            self._forget(guest)
            self._introduced[guest] = self._clock()

    def leave(self, guest: Guest) -> None:
        """Count a session out; harmless when it is not in."""
        if guest not in self:
            return
        self._forget(guest)
        if guest.network is not None:
            self._per_network[guest.network] -= 1
            # Otherwise the counter would remember every address that ever called.
            if not self._per_network[guest.network]:
                del self._per_network[guest.network]

    def _longest_stalled(self) -> Guest | None:
        now, limits = self._clock(), self._limits
        rush = self._is_rush()
        for guests, patience in ((self._silent, limits.silent), (self._introduced, limits.stalled)):
            for guest, since in list(islice(guests.items(), ASKED)):
                if now - since < (limits.hurried if rush else patience):
                    break
                if not guest.has_more():
                    return guest
                # It is us who are slow, and not the client.
                del guests[guest]
                guests[guest] = now
        return None

    def _is_rush(self) -> bool:
        """Do so many come that they can only be a crowd? Then a good client among them must not wait for the idle."""
        times = self._came_in_vain
        return len(times) == times.maxlen and self._clock() - times[0] <= 1.0

    def _forget(self, guest: Guest) -> None:
        self._silent.pop(guest, None)
        self._introduced.pop(guest, None)
        self._served.discard(guest)


def network_of(host: str) -> str:
    """What an address is counted by: a house has one IPv4 address, or a /64 of IPv6 with as many as it likes."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
