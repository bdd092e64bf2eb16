"""Several processes at one outbox: each job once, one of a conversation at a time, and none that a dead one keeps."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake import outbox
from intake.message import Outbound, Sent, TryAgain, Undeliverable, Unknown
from intake.outgoing.attempts import Job
from intake.outgoing.waits import MANNERS, Breaker
from storage import claims, deliveries
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery
from storage.owners import own_name
from storage.transaction import Conflict, transaction
from tests.builders import NOW, Core, RecordingChannel, chat, claimed, letter

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


def _job(conversation: str, text: str = "", **changes: object) -> Delivery:
    row = Delivery(
        kind=DeliveryKind.GREETING,
        channel="telegram",
        conversation=f"telegram:{conversation}",
        text=text,
        due_at=NOW,
        queued_at=NOW,
    )
    return row.update_from_dict(changes)


async def _queued(*jobs: Delivery) -> list[Delivery]:
    for job in jobs:
        await job.save(force_create=True)
    return list(jobs)


async def _while_uncommitted(
    first: Callable[[], Awaitable[object]], then: Callable[[], Coroutine[None, None, list[Delivery]]]
) -> int:
    """Do the first in a transaction that ends only when the other has been begun; how many jobs the other took."""
    done, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await first()
        done.set()
        await go_on.wait()

    holding = asyncio.create_task(transaction(work))
    await done.wait()
    other = asyncio.create_task(then())
    await asyncio.wait([other], timeout=0.2)  # it waits for the first, or is through already
    go_on.set()
    await holding
    return len(await other)


async def test_an_older_job_that_comes_late_waits_for_the_newer_one_under_way() -> None:
    """One claim has the newer, uncommitted; the older, sent again by an agent, is seen by another claim only."""
    older, newer = await _queued(_job("anna", state=DeliveryState.FAILED), _job("anna"))

    async def first() -> None:
        assert [job.id for job in await claimed("one", NOW, 8, "telegram")] == [newer.id]

    async def second() -> list[Delivery]:
        return await claimed("two", NOW, 8, "telegram")

    async def retried() -> list[Delivery]:
        await Delivery.filter(id=older.id).update(state=DeliveryState.QUEUED)
        return await second()

    assert await _while_uncommitted(first, retried) == 0
    assert await Delivery.filter(state=DeliveryState.SENDING).count() == 1
    [orphan] = await claims.orphans("x", NOW, everything=True)
    await deliveries.settle_all([deliveries.Settlement(orphan.delivery, DeliveryState.SENT)])
    assert [job.id for job in await second()] == [older.id]


async def test_the_database_itself_refuses_two_of_a_conversation_under_way() -> None:
    """Whatever a claim overlooks."""
    older, newer = await _queued(_job("anna"), _job("anna"))
    await Delivery.filter(id=older.id).update(state=DeliveryState.SENDING)
    with pytest.raises(Conflict):
        await Delivery.filter(id=newer.id).update(state=DeliveryState.SENDING)


async def test_six_claimers_and_late_comers_take_each_job_once_and_in_order() -> None:
    """Jobs come, fail, are sent again and settled while six claim: in no conversation are two under way at once."""
    people, each = 6, 8
    taken: Counter[int] = Counter()
    under_way: dict[str, str] = {}
    clashes: list[str] = []

    async def comes(person: int) -> None:
        for number in range(each):
            await _queued(_job(f"person{person}", str(number)))

    async def works(owner: str) -> None:
        idle = 0
        while idle < 20:
            found = await claimed(owner, NOW, 3, "telegram")
            idle = 0 if found else idle + 1
            for job in found:
                if job.conversation in under_way:
                    clashes.append(job.conversation)
                under_way[job.conversation] = owner
            await asyncio.sleep(0)
            for job in found:
                again = job.attempts == 1 and job.id % 3 == 0
                del under_way[job.conversation]
                state = DeliveryState.QUEUED if again else DeliveryState.SENT
                if await deliveries.settle_all([deliveries.Settlement(job, state, sent_at=NOW)]):
                    taken[job.id] += not again

    await asyncio.gather(*(comes(person) for person in range(people)), *(works(f"owner{n}") for n in range(6)))
    await works("the last")
    assert clashes == []
    assert await Delivery.filter(state=DeliveryState.SENT).count() == people * each
    assert set(taken.values()) == {1}


async def test_two_processes_share_the_work_and_keep_the_order(core: Core) -> None:
    """Two outboxes on one database: each message leaves once, those of one person one after the other."""
    channel = _OneAtATime("telegram")
    core.channels["telegram"] = channel
    await _queued(*(_job(f"person{number % 12}", str(number)) for number in range(96)))
    one, two = (core.new_outbox(alone=False, owner=owner) for owner in ("one", "two"))
    async with asyncio.timeout(60):
        await asyncio.gather(one.drain(), two.drain())
    said: dict[str, list[int]] = {}
    rows = {row.id: row.conversation for row in await Delivery.all()}
    for sent in channel.sent:
        said.setdefault(rows[sent.delivery], []).append(int(sent.text))
    assert sorted(number for numbers in said.values() for number in numbers) == list(range(96))
    assert all(numbers == sorted(numbers) for numbers in said.values())
    assert await Delivery.filter(attempts=1, state=DeliveryState.SENT).count() == 96


class _OneAtATime(RecordingChannel):
    """A wire that takes a moment."""

    async def send(self, outbound: Outbound) -> Sent:
        await asyncio.sleep(0)
        return await super().send(outbound)


async def test_what_takes_longer_is_kept_by_its_owner_in_one_statement(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow send is renewed: its lease is as long as ever when another process looks for orphans."""
    monkeypatch.setattr(outbox, "RENEW_AFTER_S", 0.0)
    busy = core.channels["mail"].busy = asyncio.Event()
    for _ in range(2):
        await core.accept(letter())
    one = core.new_outbox(alone=False, owner="one")
    task = asyncio.create_task(one.run())
    await core.channels["mail"].entered.wait()
    await core.leases_end()
    await one._renew()
    assert await claims.orphans("two", core.now, everything=False) == []
    busy.set()
    await core.channels["mail"].many(2)
    await _stopped(task)
    assert await Delivery.filter(state=DeliveryState.SENT, channel="mail", attempts=1).count() == 2


async def test_a_slow_owner_whose_job_was_taken_stops(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """He learns of it when he renews; the new owner's mail is the only one that leaves."""
    monkeypatch.setattr(outbox, "RENEW_AFTER_S", 0.0)
    core.channels["mail"].busy = asyncio.Event()
    await core.accept(letter())
    slow = core.new_outbox(alone=False, owner="slow")
    task = asyncio.create_task(slow.run())
    await core.channels["mail"].entered.wait()
    await core.leases_end()
    core.channels["mail"].busy = None
    [orphan] = await claims.orphans("quick", core.now, everything=False)
    await slow._renew()
    await asyncio.wait(slow._working)
    await _stopped(task)
    assert core.channels["mail"].sent == []
    [row] = await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT)
    assert (row.state, row.lease_owner, row.fence) == (DeliveryState.SENDING, "quick", orphan.delivery.fence)


async def test_who_cannot_renew_stops_before_his_lease_ends() -> None:
    """Before the final dot nothing has left; after it nobody knows: in either case nobody else has begun yet."""
    job = Job(_job("anna"), Breaker(MANNERS["mail"], NOW), 0.0, asyncio.get_running_loop().time() + 0.01)

    async def endless() -> Sent:
        await asyncio.Event().wait()
        return Sent()

    with pytest.raises(Unknown, match="could not keep"):
        await job.within(endless)
    with pytest.raises(TryAgain, match="could not keep"):
        await job.within(endless)


@pytest.mark.parametrize("outcome", [state for state in DeliveryState if state is not DeliveryState.SENDING])
async def test_whatever_a_slow_owner_says_a_new_one_is_not_overwritten(core: Core, outcome: DeliveryState) -> None:
    """The fence is part of every settlement, alone or among others."""
    await core.accept(letter())
    await core.accept(letter())
    slow = await claimed("slow", core.now, 8, "mail")
    await core.leases_end()
    quick = [orphan.delivery for orphan in await claims.orphans("quick", core.now, everything=False)]
    assert [job.fence for job in quick] == [job.fence + 1 for job in slow]
    assert await deliveries.settle_all([deliveries.Settlement(job, outcome, "too late") for job in slow]) == set()
    assert await deliveries.settle_all([deliveries.Settlement(quick[0], DeliveryState.SENT, sent_at=core.now)])
    rows = await Delivery.filter(channel="mail").order_by("id")
    assert [row.state for row in rows] == [DeliveryState.SENT, DeliveryState.SENDING]
    assert [row.last_error for row in rows] == [None, None]


async def test_only_one_of_many_takes_over_what_a_dead_one_left(core: Core) -> None:
    """Those who look at the same instant share the orphans."""
    await _queued(*(_job(f"person{number}") for number in range(12)))
    await claimed("dead", NOW, 12, "telegram")
    await core.leases_end()
    found = await asyncio.gather(*(claims.orphans(f"heir{n}", NOW, everything=False) for n in range(6)))
    ids = [orphan.delivery.id for orphans in found for orphan in orphans]
    assert len(ids) == len(set(ids)) == 12


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_leases_are_by_the_databases_clock(core: Core) -> None:
    """A process whose clock is a day ahead takes away nobody's job. (SQLite serves one process, with one clock.)"""
    await core.accept(letter())
    [job] = await claimed("the neighbour", core.now + timedelta(hours=1), 8, "mail")
    assert await claims.orphans("ahead", core.now + timedelta(days=1), everything=False) == []
    assert job.lease_until is not None
    assert abs(job.lease_until - datetime.now(UTC) - claims.LEASE) < timedelta(seconds=30)


async def test_what_a_killed_process_of_this_machine_left_is_taken_up_at_once(core: Core) -> None:
    """Nobody waits for the lease of an owner who is known to be dead; of a living one it is not taken."""
    says = "from storage.owners import own_name; print(own_name())"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", says, stdout=asyncio.subprocess.PIPE)
    dead = (await child.communicate())[0].decode().strip()
    for owner in (dead, own_name()):
        await _queued(_job(owner))
        await claimed(owner, NOW, 8, "telegram")
    assert [orphan.owner for orphan in await claims.orphans("heir", NOW, everything=False)] == [dead]
    assert await claims.orphans("second heir", NOW, everything=False) == []


async def test_what_was_claimed_and_never_begun_is_simply_done(core: Core) -> None:
    """The answer to a claim's commit was lost: we know that we have sent nothing, so nobody has to be asked."""
    await core.accept(chat())
    core.outbox = core.new_outbox(alone=False, owner="one")
    [job] = await claimed("one", core.now, 8, "telegram")
    await core.leases_end()
    await core.deliver()
    core.later(seconds=1)
    await core.deliver()
    assert [sent.delivery for sent in core.channels["telegram"].sent] == [job.id]


async def test_jobs_that_end_together_are_settled_in_one_transaction(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is written by itself; what ends meanwhile shares the next commit."""
    batches: list[int] = []
    settle_all = deliveries.settle_all

    async def counted(settlements: list[deliveries.Settlement]) -> set[int]:
        batches.append(len(settlements))
        return await settle_all(settlements)

    monkeypatch.setattr(deliveries, "settle_all", counted)
    busy = core.channels["telegram"].busy = asyncio.Event()
    await _queued(*(_job(f"person{number}") for number in range(8)))
    draining = asyncio.create_task(core.deliver())
    await core.channels["telegram"].entered.wait()
    busy.set()
    await draining
    assert sum(batches) == 8
    assert len(batches) < 8


async def test_one_bad_settlement_spoils_no_other(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows from a failure fails by a fault of ours: the others are written, and nothing is repeated."""
    core.channels["telegram"].failures = [Undeliverable("blocked")]
    await core.accept(chat())

    async def broken(*_given: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr("intake.outgoing.telling.tell", broken)
    await _queued(*(_job(f"person{number}") for number in range(4)))
    await core.deliver()
    states = Counter([row.state for row in await Delivery.filter(channel="telegram")])
    assert states == {DeliveryState.SENT: 4, DeliveryState.FAILED: 1}


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
