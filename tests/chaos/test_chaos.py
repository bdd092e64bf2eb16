"""A short run on SQLite and on three processes with PostgreSQL; and planted bugs, which the laws must catch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import steps
from tests.chaos.planted import BUGS
from tests.chaos.play import SHORT, Ended, play
from tests.chaos.steps import Size, plan
from tests.chaos.world import Place, Setup

FreshUrl = Callable[[str], str]
SEED = 5
QUIET = Size(mails=45, messages=0, answers=0, kills=0, others=0)
# Which law notices a bug, and what must happen so that it shows.
CAUGHT: dict[str, tuple[str, Size]] = {
    "stored_after_its_250": (
        "every_accepted_mail_is_stored",
        replace(QUIET, kills=2, kinds=((steps.kill_after_the_final_dot, 1),)),
    ),
    "no_dedupe": ("nothing_is_stored_twice", QUIET),
    "new_message_id": (
        "a_mail_keeps_its_message_id",
        replace(QUIET, kills=1, kinds=((steps.kill_while_a_mail_is_unanswered, 1),)),
    ),
    "blind_send": ("every_first_mail_is_acknowledged", QUIET),
    "resend_always": ("a_mail_is_repeated_only_when_an_answer_was_lost", QUIET),
    "weak_threading": ("every_matter_has_its_request", QUIET),
    "own_fault_for_good": ("no_mail_bounces", replace(QUIET, others=1, troubles=(steps.database_hiccup,))),
}
SEEDS = (1, 2, 3)  # where chance falls otherwise in one, the next is tried


async def test_a_run_on_sqlite_ends_with_every_law_kept(fresh_url: FreshUrl, tmp_path: Path) -> None:
    """The same plan in every run, whose kills and cuts fall as they may; `make chaos` plays long ones of any seed."""
    size = replace(SHORT, troubles=(steps.terminate,))
    ended = await play(SEED, Setup("sqlite", 1), Place(fresh_url("sqlite"), tmp_path), size)
    assert not ended.complaints, _whole(ended)


async def test_a_run_of_three_processes_ends_with_every_law_kept(fresh_url: FreshUrl, tmp_path: Path) -> None:
    """They share the mails that come in and go out, and one of them at a time speaks to Telegram."""
    ended = await play(SEED, Setup("postgres", 3), Place(fresh_url("postgres"), tmp_path), SHORT)
    assert not ended.complaints, _whole(ended)


@pytest.mark.parametrize("bug", [bug.__name__ for bug in BUGS])
async def test_a_planted_bug_is_caught(bug: str, fresh_url: FreshUrl, tmp_path: Path) -> None:
    """By the law that is made for it, in one of a few seeds."""
    law, size = CAUGHT[bug]
    # SQLite makes its users wait for seconds before it fails; connections to PostgreSQL are cut at once.
    setup = Setup("postgres" if steps.database_hiccup in size.troubles[: size.others] else "sqlite", 1)
    for seed in SEEDS:
        place = Place(fresh_url(setup.database), tmp_path / str(seed))
        ended = await play(seed, setup, place, size, module=("tests.chaos.planted", bug), patience_s=20)
        if any(complaint.startswith(law) for complaint in ended.complaints):
            return
    pytest.fail(f"{law} did not notice {bug} in the seeds {SEEDS}")


def test_a_seed_always_gives_the_same_plan() -> None:
    """Steps and dice follow from the seed alone; troubles are as many as were asked for."""
    assert plan(7, SHORT) == plan(7, SHORT)
    assert plan(7, SHORT) != plan(8, SHORT)
    assert sum(step.trouble for step in plan(7, SHORT)) == SHORT.kills + SHORT.others


def _whole(ended: Ended) -> str:
    return "\n".join([str(ended), "", *ended.transcript])
