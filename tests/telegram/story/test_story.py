"""A short random story on each database, over each way of receiving; and planted bugs, which the laws must catch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from tests.telegram.story.planted import BUGS
from tests.telegram.story.play import Ended, play
from tests.telegram.story.plot import plot
from tests.telegram.story.scenery import TRANSPORTS, Transport

SEED = 7
SHORT = 40  # steps
# Which law notices a bug, and seeds in which it was seen to. Where a kill hits is chance: one of them is enough.
CAUGHT: dict[str, tuple[str, tuple[int, ...]]] = {
    "offset_before_commit": ("every_customer_message_is_stored_once", (2, 1, 3, 4, 5)),
    "leaked_note": ("nothing_silent_reaches_a_customer", (3, 6, 1, 2, 4, 5)),
    "blind_repeat": ("every_answer_arrives_once_or_is_told_of", (1, 2, 3, 4, 5)),
    "lost_order": ("every_topic_reads_in_order", (2, 4, 6, 3, 1)),
    "topic_twice": ("every_request_has_one_topic", (2, 3, 7, 1, 4)),
    "ignored_retry_after": ("nobody_is_asked_before_his_time", (2, 6, 4, 1, 3)),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_random_story_ends_with_every_law_kept(database_url: str, tmp_path: Path, transport: Transport) -> None:
    """The same plan in every run, whose kills and cuts fall as they may; `make story` plays plans of any number."""
    ended = await play(SEED, database_url, tmp_path, transport, SHORT)
    assert not ended.complaints, _whole(ended)


@pytest.mark.parametrize("bug", [bug.__name__ for bug in BUGS])
async def test_a_planted_bug_is_caught(bug: str, sqlite_file: Path, tmp_path: Path) -> None:
    """By the law that is made for it, in one of a few seeds."""
    law, seeds = CAUGHT[bug]
    EXECUTOR_CACHE.clear()
    for seed in seeds:
        folder = tmp_path / str(seed)
        folder.mkdir()
        shutil.copy(sqlite_file, folder / "intake.sqlite3")
        module = ("tests.telegram.story.planted", bug)
        ended = await play(seed, f"sqlite://{folder}/intake.sqlite3", folder, module=module, patience_s=10)
        if any(complaint.startswith(law) for complaint in ended.complaints):
            return
    pytest.fail(f"{law} did not notice {bug} in the seeds {seeds}")


def test_a_seed_always_gives_the_same_plan() -> None:
    """Steps, dice and pauses follow from the seed alone."""
    assert plot(7, SHORT) == plot(7, SHORT)
    assert plot(7, SHORT) != plot(8, SHORT)


def _whole(ended: Ended) -> str:
    return "\n".join([str(ended), "", *ended.transcript])
