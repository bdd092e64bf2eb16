"""Connections to PostgreSQL that are cut at any moment: the work can be tried again, and nothing stays broken."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import asyncpg

from storage.database import is_away, opened
from storage.models import Customer
from storage.transaction import transaction
from tests.databases import CUT_CONNECTIONS

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROUNDS, AT_ONCE = 25, 12


async def test_a_cut_connection_is_the_databases_failure_whatever_it_raises(postgres_url: str) -> None:
    """Cut within a statement, between two, before a COMMIT: what comes of it passes, and afterwards all is well."""
    database = await opened(postgres_url)
    cutter = await asyncpg.connect(postgres_url)
    try:
        raised = await _busy_while(cutter)
        strange = {type(error).__name__ for error in raised if not is_away(error)}
        assert raised, "no transaction was hit"
        assert not strange
        async with asyncio.timeout(10):
            await asyncio.gather(*(transaction(_work) for _ in range(2 * AT_ONCE)))
    finally:
        await cutter.close()
        await database.close()


async def test_a_schema_that_cannot_be_asked_for_is_not_taken_for_none(postgres_url: str) -> None:
    """Or a process that starts meanwhile would end, and ask the operator to migrate what is up to date."""
    database = await opened(postgres_url)
    cutter = await asyncpg.connect(postgres_url)
    cut = away = 0
    try:
        asking = asyncio.create_task(_cut_for_ever(cutter))
        while away < 3 and cut < 500:
            cut += 1
            try:
                assert (await database.schema_state()).fits
            except Exception as error:
                if not is_away(error):
                    raise
                away += 1
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert away, "no question was hit"
    finally:
        await cutter.close()
        await database.close()


async def _cut_for_ever(cutter: asyncpg.Connection) -> None:
    while True:
        await cutter.execute(CUT_CONNECTIONS)
        await asyncio.sleep(0.005)


async def _busy_while(cutter: asyncpg.Connection) -> list[Exception]:
    raised: list[Exception] = []
    cut = asyncio.Event()

    async def busy() -> None:
        while not cut.is_set():
            try:
                await transaction(_work)
            except Exception as error:  # noqa: BLE001 - what is raised is what this test is about
                raised.append(error)
                await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(busy()) for _ in range(AT_ONCE)]
    for _ in range(ROUNDS):
        await cutter.execute(CUT_CONNECTIONS)
        await asyncio.sleep(0.03)
    cut.set()
    await asyncio.gather(*tasks)
    return raised


async def _work() -> None:
    await Customer.create(name="Anna", created_at=NOW)
    await Customer.filter(name="Anna").limit(5)
    await Customer.filter(name="Anna").count()
