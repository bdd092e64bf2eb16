"""/metrics: named as Prometheus wants it, true, and never in anybody's way."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from bot.metrics import ANSWERS_WITHIN_S, COUNTED, Metrics
from intake.message import TryAgain, Undeliverable
from intake.tally import What, tally
from storage.database import Database
from storage.models import Delivery, Lease, Parked
from storage.transaction import transaction
from tests.builders import NOW, Core, letter
from tests.exposition import Family, Labels, families
from tests.stage import letter as mail
from tests.stage import stage
from tests.telegram.outage import away

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
BASE_UNITS = ("seconds", "bytes", "ratio", "info")


def _metrics(core: Core, folder: Path) -> Metrics:
    return Metrics(folder, "one", "sqlite", clock=lambda: core.now)


async def _page(metrics: Metrics) -> dict[str, Family]:
    return families((await metrics.page(""))[0].decode())


def _value(page: dict[str, Family], name: str, **labels: str) -> float:
    return page[name].samples[name, tuple(labels.items())]


def _samples(read: Callable[[str], Iterable[Metric]], page: str) -> list[tuple[str, Labels, float]]:
    """What a reader of the library finds on a page."""
    return [(one.name, tuple(one.labels.items()), one.value) for family in read(page) for one in family.samples]


async def _lived(core: Core) -> None:
    """A little of everything that is counted."""
    await core.accept(letter())
    again = letter()
    await core.accept(again)
    await core.accept(again)
    core.channels["mail"].failures += [TryAgain("busy"), Undeliverable("gone")]
    await core.deliver()


async def test_every_name_is_as_prometheus_wants_it(database: Database, tmp_path: Path) -> None:
    """Ours begin with intake_, counters end in _total, a unit is a base unit at the end, each has help and a type."""
    core = Core(tmp_path)
    await _lived(core)
    page = await _page(_metrics(core, tmp_path))
    assert len([name for name in page if name.startswith("intake_")]) >= 18
    for name, family in page.items():
        assert name.startswith(("intake_", "process_"))
        assert family.help.strip()
        assert re.fullmatch(r"[a-z_]+", name)
        assert (family.kind == "counter") == name.endswith("_total")
        assert not re.search(r"_(ms|milliseconds|minutes|hours|days|kb|mb|mib|percent|count|sum)(_|$)", name)
        for unit in BASE_UNITS:
            assert f"_{unit}_" not in name.removesuffix("_total") or name == "process_cpu_seconds_total"


def test_all_that_is_counted_is_shown() -> None:
    """Each member of What has its row."""
    assert sorted(row.what for row in COUNTED) == sorted(What)


async def test_three_readers_read_the_same(database: Database, tmp_path: Path) -> None:
    """Ours, and the library's two: the plain text and OpenMetrics, which is the stricter."""
    core = Core(tmp_path)
    await _lived(core)
    metrics = _metrics(core, tmp_path)
    text, content_type = await metrics.page("text/plain")
    assert content_type.startswith("text/plain; version=0.0.4")
    newer, content_type = await metrics.page(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text")

    def stable(name: str) -> bool:
        return name.startswith("intake_") and "disk" not in name

    ours = {
        (name, labels): value
        for family in families(text.decode()).values()
        for (name, labels), value in family.samples.items()
        if stable(name)
    }
    for read, content in ((read_text, text), (read_openmetrics, newer)):
        theirs = {(name, of): value for name, of, value in _samples(read, content.decode()) if stable(name)}
        assert theirs == ours


async def test_the_counts_are_what_happened(database: Database, tmp_path: Path) -> None:
    """Two letters, a copy, one attempt that is repeated, one that failed for good."""
    core = Core(tmp_path)
    before = dict(tally.counts)
    await _lived(core)
    for what, of, number in (
        (What.ACCEPTED, "mail", 2),
        (What.DUPLICATE, "mail", 1),
        (What.RETRIED, "mail", 1),
        (What.FAILED, "mail", 1),
    ):
        assert tally.counts[what, of] - before.get((what, of), 0) == number, what
    page = await _page(_metrics(core, tmp_path))
    assert _value(page, "intake_messages_accepted_total", channel="mail") == tally.counts[What.ACCEPTED, "mail"]
    times = page["intake_accept_seconds"].samples
    assert times["intake_accept_seconds_count", (("channel", "mail"),)] >= 3


async def test_what_waits_is_shown_with_its_age(database: Database, tmp_path: Path) -> None:
    """By channel and state; old is what should have left, not what may wait."""
    core = Core(tmp_path)
    await core.accept(letter())
    await Delivery.filter(channel="desk").update(due_at=core.now.replace(year=2027))
    await Parked.create(channel="mail", key="mail:x", at=NOW, error="E", raw_content=b"x", raw_sha256="0" * 64)
    await Lease.create(name="poll:7", owner="one", until=NOW.replace(year=2027))
    await Lease.create(name="send:7", owner="two", until=NOW.replace(year=2027))
    await Lease.create(name="send:8", owner="one", until=NOW.replace(year=2025))
    await Lease.create(name="watch", owner="one", until=NOW.replace(year=2027))
    await Lease.create(name="secret-key", owner="key:ab", until=NOW.replace(year=2027))
    core.later(seconds=90)
    page = await _page(_metrics(core, tmp_path))
    assert _value(page, "intake_outbox_depth", channel="mail", state="queued") == 1
    assert _value(page, "intake_outbox_depth", channel="desk", state="queued") == 1
    assert page["intake_outbox_oldest_age_seconds"].samples == {
        ("intake_outbox_oldest_age_seconds", (("channel", "mail"),)): 90
    }
    assert _value(page, "intake_parked") == 1
    assert _value(page, "intake_open_requests", status="new") == 1
    held = {dict(labels)["lease"]: value for (_, labels), value in page["intake_lease_held"].samples.items()}
    assert held == {"poll:7": 1, "send:7": 0}


async def test_many_scrapes_ask_the_database_once(database: Database, tmp_path: Path) -> None:
    """What is seconds old is good enough; a scraper in a loop costs the database nothing."""
    core = Core(tmp_path)
    metrics = _metrics(core, tmp_path)
    assert _value(await _page(metrics), "intake_parked") == 0
    await Parked.create(channel="mail", key="mail:x", at=NOW, error="E", raw_content=b"x", raw_sha256="0" * 64)
    pages = await asyncio.gather(*(_page(metrics) for _ in range(50)))
    assert {_value(page, "intake_parked") for page in pages} == {0}


async def test_a_database_that_is_away_takes_only_its_own_figures_along(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    """The page comes in its time and says so; what the process knows by itself is on it."""
    core = Core(tmp_path)
    metrics = _metrics(core, tmp_path)
    async with away(database_url):
        page = await _page(metrics)
        if database.is_sqlite:  # whoever only reads is not held up by a lock
            assert _value(page, "intake_database_up") == 1
            return
    assert _value(page, "intake_database_up") == 0
    assert "intake_parked" not in page
    assert {f"{row.name}_total" for row in COUNTED} <= set(page)


async def test_a_database_that_hangs_holds_nobody_up(database: Database, tmp_path: Path) -> None:
    """On SQLite all wait for the one who writes; the page does not, and is whole again afterwards."""
    core = Core(tmp_path)
    metrics = _metrics(core, tmp_path)
    stuck = asyncio.Event()

    async def work() -> None:
        await Parked.create(channel="mail", key="mail:x", at=NOW, error="E", raw_content=b"x", raw_sha256="0" * 64)
        await stuck.wait()

    writing = asyncio.create_task(transaction(work))
    await asyncio.sleep(0)
    begun = time.monotonic()
    await asyncio.gather(*(_page(metrics) for _ in range(3)))
    assert time.monotonic() - begun < ANSWERS_WITHIN_S + 2
    stuck.set()
    await writing
    assert _value(await _page(_metrics(core, tmp_path)), "intake_parked") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_running_program_serves_its_page(database_url: str, tmp_path: Path) -> None:
    """A real mail in, a refused recipient, a scrape over HTTP."""
    async with stage(database_url, tmp_path) as scene, scene.running(http_listen="127.0.0.1:0") as app:
        await scene.mail(mail("Hello"), "anna@customer.example")
        with pytest.raises(Exception, match="550"):
            await scene.mail(mail("Hello"), "anna@customer.example", "nobody@shop.example")
        await scene.settled()
        assert app.web is not None
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{app.web.port}/metrics", headers={"Accept": OPENMETRICS})
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        found = {(name, of) for name, of, _ in _samples(read_openmetrics, answer.text)}
        wanted = ("intake_smtp_sessions", "intake_build_info", "intake_disk_free_bytes", "intake_parked")
        assert set(wanted) <= {name for name, _ in found}
        assert ("intake_smtp_refusals_total", (("code", "550"),)) in found
