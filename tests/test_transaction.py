"""Transactions survive cancelled callers: no leaked connection, no held lock."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime

import pytest

from storage.database import Database
from storage.models import Customer
from storage.transaction import after_commit, to_its_end, transaction

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def _insert(name: str, pause: float) -> None:
    async def work() -> None:
        await Customer.create(name=name, created_at=NOW)
        await asyncio.sleep(pause)
        await Customer.filter(name=name).count()

    await transaction(work)


async def test_hundreds_of_cancelled_callers_leak_nothing(database: Database) -> None:
    """Cancelled at any moment, a transaction runs to its end, and the next one finds the database free."""
    chance = random.Random(7)
    begun = 0
    for round_number in range(60):
        tasks = [asyncio.create_task(_insert(f"{round_number}-{n}", chance.uniform(0, 0.002))) for n in range(5)]
        await asyncio.sleep(chance.uniform(0, 0.004))
        for task in tasks[:3]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(result is None or isinstance(result, asyncio.CancelledError) for result in results)
        begun += sum(1 for result in results if result is None)
    async with asyncio.timeout(10):
        # As many at once as the pool holds, twice: a leaked connection would leave one of them waiting for ever.
        await asyncio.gather(*(_insert(f"last-{n}", 0) for n in range(20)))
    assert await Customer.filter(name__startswith="last-").count() == 20
    assert await Customer.all().count() >= begun + 20


async def test_a_cancelled_caller_waits_for_the_commit(database: Database) -> None:
    """Who is cancelled in mid-transaction gets its CancelledError only when the rows are there."""
    inside = asyncio.Event()

    async def work() -> None:
        await Customer.create(name="kept", created_at=NOW)
        inside.set()
        await asyncio.sleep(0.05)

    task = asyncio.create_task(transaction(work))
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await Customer.filter(name="kept").exists()


async def test_a_failed_transaction_stores_nothing_and_calls_nothing(database: Database) -> None:
    """What was to follow the commit does not follow a rollback."""
    calls: list[str] = []

    async def work() -> None:
        await Customer.create(name="gone", created_at=NOW)
        after_commit(lambda: calls.append("called"))
        raise RuntimeError("our own fault")

    with pytest.raises(RuntimeError):
        await transaction(work)
    assert not await Customer.filter(name="gone").exists()
    assert calls == []


async def test_what_follows_a_commit_sees_the_rows(database: Database) -> None:
    """The calls on the list are made after the commit, not before."""
    seen: list[asyncio.Task[int]] = []

    async def work() -> None:
        await Customer.create(name="first", created_at=NOW)
        after_commit(lambda: seen.append(asyncio.ensure_future(Customer.filter(name="first").count())))
        assert seen == []

    await transaction(work)
    assert await seen[0] == 1


async def test_an_inner_transaction_is_a_savepoint(database: Database) -> None:
    """What the inner one undoes does not undo the outer one."""

    async def inner() -> None:
        await Customer.create(name="inner", created_at=NOW)
        raise ValueError

    async def outer() -> None:
        await Customer.create(name="outer", created_at=NOW)
        with pytest.raises(ValueError):
            await transaction(inner)

    await transaction(outer)
    assert await Customer.filter(name="outer").exists()
    assert not await Customer.filter(name="inner").exists()


async def test_a_cancellation_at_the_very_end_is_not_lost() -> None:
    """Work that ends in the same moment in which its caller is cancelled still leaves a cancelled caller."""
    release = asyncio.Event()
    task = asyncio.create_task(to_its_end(release.wait()))
    await asyncio.sleep(0)
    release.set()
    await asyncio.sleep(0)  # the work has ended, the caller has not yet gone on
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
