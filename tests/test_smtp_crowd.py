"""Laws of who makes room for whom when all sessions are in use, with time as it is given."""

from __future__ import annotations

from dataclasses import dataclass

from intake.mail.crowd import Crowd, Ended
from intake.mail.limits import Limits

LIMITS = Limits(sessions=3, silent=0.3, stalled=2.0, hurried=0.1, rush=10)


@dataclass(eq=False)
class Guest:
    """A session without a wire."""

    network: str | None = None
    unread: bool = False
    gone: bool = False

    def has_more(self) -> bool:
        return self.unread

    def make_room(self) -> None:
        self.gone = True


class Clock:
    """Time as a test gives it."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def filled(clock: Clock, *, introduced: int = 0) -> tuple[Crowd, list[Guest]]:
    """All sessions in use; the last of them have introduced themselves."""
    crowd, guests = Crowd(LIMITS, clock), [Guest() for _ in range(LIMITS.sessions)]
    for guest in guests:
        assert crowd.admits(None) is None
        crowd.enter(guest)
    for guest in guests[LIMITS.sessions - introduced :]:
        crowd.introduced(guest)
    return crowd, guests


def test_nobody_makes_room_before_his_time() -> None:
    """A client on the other side of the world needs a third of a second to answer the greeting."""
    clock = Clock()
    crowd, guests = filled(clock)
    clock.now += 0.29
    assert crowd.admits(None) is Ended.BUSY
    clock.now += 0.02
    assert crowd.admits(None) is None
    assert [guest.gone for guest in guests] == [True, False, False]
    assert len(crowd) == 2


def test_the_silent_go_before_the_stalled() -> None:
    """Who has not even introduced himself has less to lose."""
    clock = Clock()
    crowd, guests = filled(clock, introduced=2)
    clock.now += 1.0
    assert crowd.admits(None) is None
    crowd.enter(Guest())
    assert [guest.gone for guest in guests] == [True, False, False]
    assert crowd.admits(None) is Ended.BUSY
    clock.now += 1.1
    crowd.comes_on(guests[1])
    assert crowd.admits(None) is None
    assert [guest.gone for guest in guests] == [True, False, False]


def test_who_comes_on_goes_last_and_who_is_served_never() -> None:
    """The order is that of the last progress; a mail that is being stored is nobody's to interrupt."""
    clock = Clock()
    crowd, guests = filled(clock, introduced=3)
    clock.now += 1.9
    crowd.comes_on(guests[0])
    crowd.serving(guests[1])
    clock.now += 60
    for gone in ([False, False, True], [True, False, True]):
        assert crowd.admits(None) is None
        crowd.enter(Guest())
        assert [guest.gone for guest in guests] == gone
    assert crowd.admits(None) is Ended.BUSY
    crowd.served(guests[1])
    clock.now += 60
    for _ in range(3):
        assert crowd.admits(None) is None
        crowd.enter(Guest())
    assert all(guest.gone for guest in guests)


def test_who_has_spoken_and_was_not_heard_does_not_go() -> None:
    """When it is us who are slow, the client is not to blame."""
    clock = Clock()
    crowd, guests = filled(clock)
    guests[0].unread = True
    clock.now += 1
    assert crowd.admits(None) is None
    assert [guest.gone for guest in guests] == [False, True, False]


def test_in_a_rush_nobody_waits_long() -> None:
    """So many newcomers in a second are no mail servers; and when they stay away, patience is back."""
    clock = Clock()
    crowd, guests = filled(clock, introduced=3)
    clock.now += 0.2
    assert {crowd.admits(None) for _ in range(LIMITS.rush - 1)} == {Ended.BUSY}
    assert crowd.admits(None) is None
    crowd.enter(Guest())
    clock.now += 1.5
    assert crowd.admits(None) is None
    crowd.enter(Guest())
    clock.now += 0.25
    assert crowd.admits(None) is Ended.BUSY
    assert sum(guest.gone for guest in guests) == 1


def test_addresses_are_counted_and_forgotten() -> None:
    """One too many of one house is told so; who leaves gives his place back, once."""
    crowd = Crowd(Limits(sessions_per_peer=2), Clock())
    first, second = Guest("192.0.2.7"), Guest("192.0.2.7")
    for guest in (first, second):
        assert crowd.admits("192.0.2.7") is None
        crowd.enter(guest)
    assert crowd.admits("192.0.2.7") is Ended.PEER
    assert crowd.admits("192.0.2.8") is None
    assert crowd.admits(None) is None
    crowd.leave(first)
    crowd.leave(first)
    assert crowd.admits("192.0.2.7") is None
    crowd.leave(second)
    assert len(crowd) == 0
