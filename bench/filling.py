"""Fill a database with what years leave behind, quickly: requests of other customers, answered and resolved."""

from __future__ import annotations

from storage.database import opened

# As many records as are asked for: an incoming one and our answer to each request, four requests a customer.
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {upto}) "
_AT = "'2026-01-01 00:00:00+00:00'"
_WORDS = "'The kettle does not heat any more and the lamp on its foot stays dark, whatever socket I try. ' || i"

# What to fill, with how many rows for each hundred records. The keys begin where the database begins to count.
_STEPS: tuple[tuple[int, str], ...] = (
    (
        13,
        "INSERT INTO customer (id, name, language, created_at) "
        "{numbers}SELECT {first} + i, 'Customer ' || i, 'en', {at} FROM n",
    ),
    (
        13,
        "INSERT INTO address (customer_id, channel, value, verified, created_at) "
        "{numbers}SELECT {first} + i, 'mail', 'old' || i || '@customer.example', {true}, {at} FROM n",
    ),
    (
        50,
        "INSERT INTO customer_request (id, customer_id, channel, account, reply_to, subject, status, category, "
        "category_confidence, category_reasons, priority, priority_reasons, tags, flags, language, created_at, "
        "updated_at, resolved_at) "
        "{numbers}SELECT {first} + i, {first} + 1 + i % {customers}, 'mail', 'support@shop.example', "
        "'old' || (1 + i % {customers}) || '@customer.example', 'My kettle', 'resolved', 'repair', 0.9, '[]', "
        "'normal', '[]', '[]', '[]', 'en', {at}, {at}, {at} FROM n",
    ),
    (
        100,
        "INSERT INTO communication_record (request_id, direction, channel, dedupe_key, external_id, subject, text, "
        "reply_text, author, at, threaded_by, verified, flags, defects, raw_size) "
        "{numbers}SELECT {first} + 1 + i % {requests}, CASE WHEN i > {requests} THEN 'outgoing' ELSE 'incoming' END, "
        "'mail', 'mail:old' || i, 'old' || i || '@customer.example', 'My kettle', {words}, {words}, 'Customer', {at}, "
        "'', {true}, '[]', '[]', 0 FROM n",
    ),
    (
        50,
        "INSERT INTO event (request_id, at, actor, what) "
        "{numbers}SELECT {first} + i, {at}, 'customer', 'opened' FROM n",
    ),
    (
        50,
        "INSERT INTO delivery (request_id, kind, channel, account, recipient, conversation, priority, subject, text, "
        '"references", state, attempts, due_at, fence, queued_at, sent_at) '
        "{numbers}SELECT {first} + i, 'acknowledgement', 'mail', 'support@shop.example', "
        "'old' || (1 + i % {customers}) || '@customer.example', 'mail:' || ({first} + i), 1, 'My kettle', {words}, "
        "'[]', 'sent', 1, {at}, 1, {at}, {at} FROM n",
    ),
)
_FIRST = 1000  # requests' numbers begin there
_AT_ONCE = 25_000  # rows; a statement may take half a minute


async def fill(url: str, records: int) -> None:
    """Bring a new database up to date and put so many records into it, with all that belongs to them."""
    database = await opened(url, pool_size=2)
    try:
        await database.migrate()
        if records:
            for share, statement in _STEPS:
                written = _written(statement, records, sqlite=database.is_sqlite)
                count = max(records * share // 100, 1)
                for begin in range(1, count + 1, _AT_ONCE):
                    some = written.replace("{from}", str(begin))
                    upto = min(begin + _AT_ONCE - 1, count)
                    await database.connection.execute_query(some.replace("{upto}", str(upto)))
            if not database.is_sqlite:
                for table in ("customer", "customer_request"):
                    counter = f"pg_get_serial_sequence('{table}', 'id')"
                    await database.connection.execute_query(f"SELECT setval({counter}, (SELECT max(id) FROM {table}))")
            await database.connection.execute_query("ANALYZE")
    finally:
        await database.close()


def _written(statement: str, records: int, *, sqlite: bool) -> str:
    values = {
        "{numbers}": _NUMBERS,
        "{words}": _WORDS,
        "{at}": _AT,
        "{true}": "1" if sqlite else "TRUE",
        "{first}": str(_FIRST),
        "{customers}": str(max(records * 13 // 100, 1)),
        "{requests}": str(max(records * 50 // 100, 1)),
    }
    for name, words in values.items():
        statement = statement.replace(name, words)
    return statement
