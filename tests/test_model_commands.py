"""`model list`, `retrain` and `rollback`, as an operator sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.message import Sender
from storage import learning
from storage.database import Database
from storage.models import CommunicationRecord, Label
from tests.builders import Core, letter
from tests.learning_cases import ODD
from tests.program import Ended, program

OWN = """
keep_builtin = false
[repair]
names = { en = "Repair" }
messages = { en = ["The kettle is broken", "My lamp does not work any more", "It broke after a week"] }
[refund]
names = { en = "Refund" }
messages = { en = ["I want my money back", "Please refund the order", "When do I get the refund"] }
"""


async def _command(folder: Path, url: str, *words: str) -> Ended:
    own = folder / "own.toml"
    own.write_text(OWN)
    return await program(folder, "model", *words, database_url=url, categories_file=own, embeddings="off")


async def test_versions_are_made_listed_and_gone_back_to(database: Database, database_url: str, tmp_path: Path) -> None:
    """With scores; what there is nothing to make of, or does not exist, is one clear line."""
    core = Core(tmp_path)
    empty = await _command(tmp_path, database_url, "list")
    assert " ".join(empty.out.split()).endswith("● 0 the one that comes with the program")
    nothing = await program(tmp_path, "model", "retrain", database_url=database_url, embeddings="off")
    assert "Agents have confirmed nothing yet" in nothing.out
    for number, text in enumerate(ODD):
        receipt = await core.accept(letter(text, subject="", sender=Sender(f"anna{number}@customer.example")))
        await core.sorting.categorise(receipt.request or 0, "refund", await core.agent(), core.now)
    made = await _command(tmp_path, database_url, "retrain")
    assert (made.code, made.err) == (0, "")
    assert "5 by agents" in made.out
    assert "right on what agents confirmed, by a model without it: 100.0%" in made.out
    [version, *_] = await learning.versions()
    assert f"●  {version.id}" in (await _command(tmp_path, database_url)).out
    back = await _command(tmp_path, database_url, "rollback", "0")
    assert (back.code, back.err) == (0, "")
    assert "●  0" in (await _command(tmp_path, database_url, "list")).out
    unknown = await _command(tmp_path, database_url, "rollback", "4711")
    assert (unknown.code, unknown.err.strip()) == (
        1,
        "There is no version 4711. intake-bot model list says which there are.",
    )
    assert (await _command(tmp_path, database_url, "rollback", "-1")).code == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_version_that_is_worse_says_so(database: Database, database_url: str, tmp_path: Path) -> None:
    """Exit code 1, why, and how it is used all the same."""
    core = Core(tmp_path)
    for number, text in enumerate(ODD):
        receipt = await core.accept(letter(text, subject="", sender=Sender(f"anna{number}@customer.example")))
        await core.sorting.categorise(receipt.request or 0, "refund", await core.agent(), core.now)
    assert (await _command(tmp_path, database_url, "retrain")).code == 0
    # Now agents say the opposite of a part of it, so that nobody can tell which is which.
    await CommunicationRecord.filter(id__in=(2, 3)).update(reply_text=ODD[0])
    await Label.filter(record_id__in=(2, 3)).update(after="repair")
    worse = await _command(tmp_path, database_url, "retrain")
    [version, *_] = await learning.versions()
    assert worse.code == 1
    assert "It is not in use: right on" in worse.err
    assert f"intake-bot model rollback {version.id}" in worse.err
