"""Leases are one owner's at a time, whoever asks at the same instant, and end by the database's clock."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from bot.duties import Duties
from storage import leases
from storage.models import Lease
from storage.owners import is_dead, own_name

pytestmark = pytest.mark.usefixtures("database")


async def _ago(name: str, seconds: float) -> None:
    """Let a lease have ended so long ago."""
    lease = await Lease.get(name=name)
    await Lease.filter(name=name).update(until=lease.until - timedelta(seconds=60 + seconds))


async def test_a_lease_is_one_owners_and_his_to_renew() -> None:
    """Whoever comes second is refused as long as it runs; its owner renews it, and its fence stays."""
    assert await leases.take("poll:1", "one", 60) == 1
    assert await leases.take("poll:1", "two", 60) is None
    assert await leases.take("poll:1", "one", 60) == 1
    assert await leases.take("poll:2", "two", 60) == 1
    assert [(held.name, held.owner) for held in await leases.holders()] == [("poll:1", "one"), ("poll:2", "two")]


async def test_a_lease_that_has_ended_changes_hands_with_another_fence() -> None:
    """So whatever its former owner still does can be told from what the new one does."""
    await leases.take("poll:1", "one", 60)
    await _ago("poll:1", 1)
    assert await leases.holders() == []
    assert await leases.take("poll:1", "two", 60) == 2
    assert await leases.take("poll:1", "one", 60) is None
    assert await leases.last_owner("poll:1") == "two"


async def test_a_lease_that_is_let_go_is_free_at_once_and_only_its_owner_can() -> None:
    """A process that ends hands over; one that has lost its lease ends nobody else's."""
    await leases.take("poll:1", "one", 60)
    assert await leases.let_go("poll:1", "two") is False
    assert await leases.take("poll:1", "two", 60) is None
    assert await leases.let_go("poll:1", "one") is True
    assert await leases.take("poll:1", "two", 60) == 2
    assert await leases.let_go("poll:1", "one") is False


async def test_who_wants_it_less_waits_until_it_has_been_nobodys_for_a_while() -> None:
    """What belongs beside another lease is left to that one's owner for some seconds."""
    assert await leases.take("poll:1", "two", 60, idle=5) is None  # nobody has ever had it
    await leases.take("poll:1", "one", 60)
    await _ago("poll:1", 1)
    assert await leases.take("poll:1", "two", 60, idle=5) is None
    await _ago("poll:1", 6)
    assert await leases.take("poll:1", "two", 60, idle=5) == 2


async def test_many_at_the_same_instant_are_one_owner() -> None:
    """First or after it has ended: of twenty that ask at once, one gets it."""
    for expected in (1, 2):
        asked = [leases.take("send:1", f"{expected}:{number}", 60) for number in range(20)]
        fences = [fence for fence in await asyncio.gather(*asked) if fence is not None]
        assert fences == [expected]
        await _ago("send:1", 1)


def test_a_dead_process_of_this_machine_is_known_and_no_other_is() -> None:
    """One that lives, one of another machine and one that nobody understands are not taken for dead."""
    script = "from storage.owners import own_name; print(own_name())"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    dead = ended.stdout.strip()
    assert is_dead(dead)
    assert not is_dead(own_name())
    host, machine, pid, start, token = dead.split("|")
    assert not is_dead("|".join([host, "another0", pid, start, token]))
    assert not is_dead("|".join([host, machine, pid, "-", token]))
    # The number of the process is somebody else's by now.
    assert is_dead("|".join([host, machine, str(os.getpid()), "1", token]))
    assert not any(is_dead(owner) for owner in ("", "one", "a|b|c", f"{host}|{machine}|x|1|{token}"))


async def test_one_is_on_duty_and_hands_over_when_he_ends() -> None:
    """The next one begins within seconds, after the first one has stopped; what he must know is written before."""
    told: list[str] = []

    async def say(word: str) -> None:
        told.append(word)

    first, second = (Duties(name, alone=False) for name in ("one", "two"))
    duties = {
        name: both.add("send:1", begin=partial(say, f"{name} begins"), end=partial(say, f"{name} ends"))
        for name, both in (("one", first), ("two", second))
    }

    async def work(name: str) -> None:
        told.append(f"{name} works")
        try:
            await asyncio.Event().wait()
        finally:
            told.append(f"{name} stops")

    working = [asyncio.create_task(duty.during(partial(work, name))) for name, duty in duties.items()]
    one = asyncio.create_task(first.run())
    await _until(lambda: "one works" in told)
    two = asyncio.create_task(second.run())
    await _until(lambda: duties["two"].known)
    assert (duties["one"].ours, duties["two"].ours) == (True, False)
    one.cancel()
    await _until(lambda: "two works" in told)
    assert (duties["one"].ours, duties["two"].ours) == (False, True)
    two.cancel()
    for task in working:
        task.cancel()
    await asyncio.gather(one, two, *working, return_exceptions=True)
    turns = [f"{name} {does}" for name in ("one", "two") for does in ("begins", "works", "stops", "ends")]
    assert told == turns


async def test_what_a_killed_process_held_is_taken_at_once() -> None:
    """Nobody waits for the lease of somebody who is known to be dead."""
    script = "from storage.owners import own_name; print(own_name())"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    dead = (await child.communicate())[0].decode().strip()
    await leases.take("send:1", dead, 3600)
    duties = Duties(own_name(), alone=False)
    duty = duties.add("send:1")
    running = asyncio.create_task(duties.run())
    await _until(lambda: duty.ours)
    running.cancel()
    await asyncio.wait([running])
    assert (await Lease.get(name="send:1")).fence == 2


async def test_alone_everything_is_ours_and_no_lease_is_written() -> None:
    """One process on SQLite needs to ask nobody, and writes nothing while nothing happens."""
    duties = Duties("one", alone=True)
    duty = duties.add("send:1")
    running = asyncio.create_task(duties.run())
    await _until(lambda: duty.ours)
    assert await Lease.all().count() == 0
    running.cancel()
    await asyncio.wait([running])
    assert not duty.ours


async def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it does not come to that"
        await asyncio.sleep(0.01)
