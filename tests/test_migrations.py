"""The database's way from nothing, and from the version before, to what the models say."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from tortoise import Tortoise
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from storage.database import Database, config, opened
from storage.kinds import FIRST_REQUEST
from storage.models import Customer, CustomerRequest
from tests.builders import NOW

COLUMNS = {
    True: 'SELECT m.name AS t, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master m, '
    "pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2",
    False: "SELECT table_name AS t, column_name, data_type, character_maximum_length, is_nullable, column_default "
    "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
}
INDEXES = {
    True: 'SELECT m.name AS t, i.name, i."unique", (SELECT group_concat(k.name) FROM pragma_index_info(i.name) k) '
    "AS fields FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table' ORDER BY 1, 4",
    False: "SELECT tablename AS t, indexname AS name, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
OURS = "tortoise_migrations"
REPLACED = ("delivery_by_channel",)  # by delivery_in_line, which answers the same questions
MIGRATIONS = (
    "0001_initial",
    "0002_request_numbers",
    "0003_who_takes_part",
    "0004_telegram_desk",
    "0005_many_processes",
    "0006_understanding",
)


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    """An open database with nothing in it."""
    database = await opened(empty_url)
    yield database
    await database.close()


async def _to(database: Database, url: str, name: str) -> None:
    executor = MigrationExecutor(database.connection, config(url)["apps"])
    await executor.migrate([MigrationTarget(app_label="storage", name=name)])


async def _request(customer: Customer) -> CustomerRequest:
    return await CustomerRequest.create(
        customer=customer, channel="mail", account="a@b.c", reply_to="x@y.z", created_at=NOW, updated_at=NOW
    )


async def _old_customer(database: Database, name: str) -> None:
    """Customer 1 as the first version wrote him: the models of today know columns that it had not."""
    await _insert(database, "customer", {"id": 1, "name": name, "created_at": NOW.isoformat()})


async def _old_request(database: Database, request_id: int) -> None:
    """A request of his as the first version wrote it."""
    given: dict[str, object] = {
        "id": request_id,
        "customer_id": 1,
        "category_confidence": 0,
        "channel": "mail",
        "account": "a@b.c",
        "reply_to": "x@y.z",
        "subject": "Kettle",
        "status": "new",
        "category": "unsorted",
        "priority": "normal",
        "created_at": NOW.isoformat(),
        "updated_at": NOW.isoformat(),
        **dict.fromkeys(("category_reasons", "priority_reasons", "tags", "flags"), "[]"),
    }
    await _insert(database, "customer_request", given)


async def _insert(database: Database, table: str, row: dict[str, object]) -> None:
    values = ", ".join(str(value) if isinstance(value, int) else f"'{value}'" for value in row.values())
    await database.connection.execute_script(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})")


async def _schema(database: Database) -> tuple[list[str], list[str]]:
    """Columns and indexes, as the database itself tells them."""
    found = []
    for query in (COLUMNS[database.is_sqlite], INDEXES[database.is_sqlite]):
        rows = await database.connection.execute_query_dict(query)
        found.append(sorted(_without_names(row) for row in rows if row["t"] not in (OURS, "sqlite_sequence")))
    return found[0], found[1]


def _without_names(row: dict[str, object]) -> str:
    """A row as text. Names that the database or the ORM made up by themselves may differ."""
    text = repr(row)
    return re.sub(r"(sqlite_autoindex_|uid_|\b\w+_key\b|\b\w+_pkey\b)\w*", "made up", text)


async def test_an_empty_database_comes_up_to_date(empty: Database) -> None:
    """All migrations, once; the first request is R-1001."""
    assert (await empty.schema_state()).missing == MIGRATIONS
    assert await empty.migrate() == MIGRATIONS
    assert (await empty.schema_state()).fits
    assert await empty.migrate() == ()
    assert (await _request(await Customer.create(created_at=NOW))).id == FIRST_REQUEST


async def test_the_first_version_comes_up_to_date_with_its_rows(empty: Database, empty_url: str) -> None:
    """Rows are as they were, and requests go on where they stopped."""
    await _to(empty, empty_url, MIGRATIONS[0])
    await _old_customer(empty, "Anna")
    for number in (1, 2):
        await _old_request(empty, number)
    assert await empty.migrate() == MIGRATIONS[1:]
    rows = await CustomerRequest.all().order_by("id")
    assert [(row.id, row.subject, row.created_at, row.linked_to) for row in rows] == [
        (number, "Kettle", NOW, None) for number in (1, 2)
    ]
    customer = await Customer.get(id=1)
    assert customer.name == "Anna"
    assert (await _request(customer)).id > 2


async def test_a_migration_leaves_what_was_there(empty: Database, empty_url: str) -> None:
    """Each step only adds: columns and indexes of the step before are still there, as they were."""
    before: tuple[set[str], set[str]] = (set(), set())
    for name in MIGRATIONS:
        await _to(empty, empty_url, name)
        columns, indexes = (set(rows) for rows in await _schema(empty))
        assert before[0] <= columns
        assert {row for row in before[1] - indexes if not any(f"'{name}'" in row for name in REPLACED)} == set()
        before = (columns, indexes)


async def test_numbers_beyond_the_first_are_never_given_again(empty: Database, empty_url: str) -> None:
    """A database that had come to R-5000 before numbers had a start goes on with R-5001."""
    await _to(empty, empty_url, MIGRATIONS[0])
    await _old_customer(empty, "Anna")
    await _old_request(empty, 5000)
    await empty.migrate()
    assert (await _request(await Customer.get(id=1))).id == 5001


async def test_the_migrations_make_what_the_models_say(empty: Database) -> None:
    """Tables, columns and indexes made step by step are those that the models would make in one go."""
    await empty.migrate()
    stepwise = await _schema(empty)
    for table in {row["t"] for row in await empty.connection.execute_query_dict(COLUMNS[empty.is_sqlite])}:
        if table != "sqlite_sequence":
            cascade = "" if empty.is_sqlite else " CASCADE"
            off = "PRAGMA foreign_keys = OFF;" if empty.is_sqlite else ""
            await empty.connection.execute_script(f'{off}DROP TABLE "{table}"{cascade}')
    await Tortoise.generate_schemas()
    at_once = await _schema(empty)
    assert stepwise[0] == at_once[0]
    assert stepwise[1] == at_once[1]
    assert len(stepwise[0]) > 100
