"""The operator's own files are taken into use while the program runs; of a broken one the last good state holds."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from bot import own_files
from bot.alarms import Alarms
from bot.own_files import Followed, OwnFiles
from intake.understanding.categories import Categories
from storage.database import Database
from storage.models import CustomerRequest, Delivery
from tests.builders import Core, letter
from tests.stage import Stage, stage
from tests.stage import letter as mail

SETTING = "INTAKE_CATEGORIES_FILE"
GOOD = '[loyalty]\nnames = { en = "Loyalty card" }\nwords = { en = ["bonus point*"] }\n'
BETTER = GOOD.replace("loyalty]", "club]").replace("Loyalty card", "Club")
BROKEN = GOOD + "case = 3\n"


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path) as made:
        yield made


def _write(path: Path, text: str) -> None:
    """As a careful editor does: the whole file at once."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)


def _followed(core: Core, path: Path) -> OwnFiles:
    def read(path: Path) -> Callable[[], None]:
        return partial(core.classifier.use_categories, Categories(path))

    return OwnFiles([Followed(SETTING, path, read)], Alarms(core.house, core.outbox.wake, clock=lambda: core.now))


async def _look(files: OwnFiles) -> None:
    """One look sees that it changed, the next that it stays so."""
    await files.look()
    await files.look()


async def _told() -> list[str]:
    return [row.text for row in await Delivery.filter(kind="notice", request_id__isnull=True).order_by("id")]


async def test_a_changed_file_holds_for_the_next_message(database: Database, tmp_path: Path) -> None:
    """And what it does not name any more is gone; a file that stays as it is is not read again."""
    core, path = Core(tmp_path), tmp_path / "own.toml"
    _write(path, "")
    files = _followed(core, path)
    first = core.classifier.categories
    await _look(files)
    assert core.classifier.categories is first
    for text, category in ((GOOD, "loyalty"), (BETTER, "club")):
        _write(path, text)
        await _look(files)
        receipt = await core.accept(letter("Where are my bonus points?"))
        assert (await CustomerRequest.get(id=receipt.request)).category == category
    assert ("loyalty" in core.classifier.categories.keys, files.troubles(), await _told()) == (False, [], [])


async def test_a_broken_file_is_told_with_its_line_and_the_last_good_one_holds(
    database: Database, tmp_path: Path
) -> None:
    """Each mistake once, and once that it is mended; /status says it as long as it is so."""
    core, path = Core(tmp_path), tmp_path / "own.toml"
    _write(path, GOOD)
    core.classifier.use_categories(Categories(path))
    files = _followed(core, path)
    _write(path, BROKEN)
    for _ in range(3):
        await _look(files)
    [told] = await _told()
    assert told.startswith(f"⚠️ {SETTING} is not taken into use. {path}, line 4: [loyalty] case must be one of")
    assert files.troubles() == [
        f"{SETTING}: {path}, line 4: [loyalty] case must be one of return, exchange, repair, refund."
    ]
    assert "loyalty" in core.classifier.categories.keys
    _write(path, "[loyalty")
    await _look(files)
    assert len(await _told()) == 2
    path.unlink()
    await _look(files)
    assert "cannot be read" in (await _told())[2]
    assert "loyalty" in core.classifier.categories.keys
    _write(path, BETTER)
    await _look(files)
    assert (await _told())[3] == f"✅ {SETTING} is taken into use again."
    assert (files.troubles(), "club" in core.classifier.categories.keys) == ([], True)


async def test_a_file_that_is_being_written_is_left_until_it_is_done(database: Database, tmp_path: Path) -> None:
    """Half of it would be told as broken, and be whole a moment later."""
    core, path = Core(tmp_path), tmp_path / "own.toml"
    _write(path, "")
    files = _followed(core, path)
    for end in range(1, len(GOOD), 7):
        path.write_text(GOOD[:end], encoding="utf-8")
        await files.look()
    path.write_text(GOOD, encoding="utf-8")
    await _look(files)
    assert (await _told(), "loyalty" in core.classifier.categories.keys) == ([], True)


async def test_the_service_follows_both_files_and_status_names_the_broken_one(
    scene: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Categories and policy: agents read what is wrong, and the next mail is sorted by what is new."""
    monkeypatch.setattr(own_files, "LOOK_EVERY_S", 0.05)
    categories, policy = tmp_path / "categories.toml", tmp_path / "policy.toml"
    _write(categories, GOOD)
    _write(policy, "")
    async with scene.running(categories_file=categories, policy_file=policy):
        _write(categories, BETTER)
        _write(policy, "[vip]\naddresses = 3\n")
        await scene.general(f"⚠️ INTAKE_POLICY_FILE is not taken into use. {policy}, line 2: ")
        scene.maria.writes_in_general("/status")
        status = (await scene.general(f"⚠️ INTAKE_POLICY_FILE: {policy}, line 2: ")).text
        assert "INTAKE_CATEGORIES_FILE" not in status
        await scene.mail(mail("Where are my bonus points?"), "anna@customer.example")
        assert (await scene.topic("R-1001")).name.endswith("club")
