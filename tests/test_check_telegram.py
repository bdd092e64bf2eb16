"""`intake-bot check` goes through the guide to Telegram step by step, and in its words."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.checks.finding import Finding
from bot.checks.telegram import GUIDE, Step, telegram_findings
from bot.wire.client import make_bot
from tests.ports import free_port
from tests.program import ROOT
from tests.stage import Stage, stage


@pytest.fixture
async def scene(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """Telegram that answers. Check asks the database nothing that differs between the two kinds."""
    shutil.copy(sqlite_file, tmp_path / "intake.sqlite3")
    async with stage(f"sqlite://{tmp_path}/intake.sqlite3", tmp_path) as made:
        yield made


async def _found(scene: Stage, **changes: object) -> list[Finding]:
    return [finding async for finding in telegram_findings(scene.settings(**changes))]


def _guide() -> str:
    return (ROOT / GUIDE).read_text()


def test_the_guide_has_each_step_that_check_names() -> None:
    """By its number, in the same order, and no other."""
    assert [int(number) for number in re.findall(r"^## (\d+)\. ", _guide(), re.M)] == [int(step) for step in Step]


async def test_check_says_what_the_guide_promises(scene: Stage) -> None:
    """Each sentence that the guide quotes of it, on a desk that is set up as the guide says."""
    listen = f"127.0.0.1:{free_port()}"
    async with scene.running(http_listen=listen):
        boris = scene.sim.person("Boris")
        boris.start()
        await scene.reads(boris, "Hello")  # it runs, and takes messages
        told = [finding.text for finding in await _found(scene, http_listen=listen)]
    ours = {"\n": " ", "@kettle_shop_bot": "@intake_demo_bot", "123456789": str(scene.maria.id)}
    for paragraph in re.findall(r"^`check` says: .*(?:\n.+)*", _guide(), re.M):
        promised = re.findall(r"\*([^*]+)\*", paragraph)
        assert promised
        here = [re.sub("|".join(ours), lambda found: ours[found[0]], words) for words in promised]
        # Where the guide gives a choice, the first is what this desk has.
        assert here[0] in told
        assert all(words in told or "webhook" in words for words in here)


@pytest.mark.parametrize(
    ("changes", "words", "step"),
    [
        ({"telegram_token": "7000000001:AAHwrong-token-of-somebody"}, "does not accept", Step.MAKE_A_BOT),
        ({"desk_chat_id": None}, "There is no desk", Step.NAME_THE_GROUP),
        ({"desk_chat_id": -1009999}, "Is the bot in that group?", Step.NAME_THE_GROUP),
        ({"admins": ()}, "INTAKE_ADMINS is empty", Step.NAME_THE_ADMINS),
    ],
)
async def test_what_is_missing_names_its_step(scene: Stage, changes: dict[str, object], words: str, step: Step) -> None:
    """So that the operator finds the place in the guide."""
    [failing] = [finding.text for finding in await _found(scene, **changes) if finding.fails]
    assert words in failing
    assert failing.endswith(f"({GUIDE}, step {step})")


async def test_a_group_without_topics_and_a_bot_without_rights_name_their_steps(scene: Stage) -> None:
    """The group is step 2, the bot in it step 3."""
    scene.desk.turn_topics(False)
    scene.desk.bot_becomes("member")
    steps = {finding.text.rpartition(" ")[2] for finding in await _found(scene) if finding.fails or finding.warns}
    assert steps == {"2)", "3)"}
    told = "\n".join(finding.text for finding in await _found(scene))
    assert "hears only commands in the group (privacy mode)" in told


async def test_the_group_is_found_for_who_looks_for_its_id(scene: Stage) -> None:
    """Or has a wrong one; as long as nobody has fetched the word of it; and it stays there for `run`."""
    scene.desk.bot_rights(can_pin_messages=True)
    for given in (None, -1001234, None):
        told = [finding.text for finding in await _found(scene, desk_chat_id=given)]
        line = f"The bot was added to “Support desk”. If that is the desk: INTAKE_DESK_CHAT_ID={scene.desk.chat_id}"
        assert told.count(line) == 1


async def test_an_admin_who_is_not_in_the_group_is_told(scene: Stage) -> None:
    """Nobody hears him there; the others are as they should be."""
    olga = scene.sim.person("Olga")
    found = await _found(scene, admins=(str(scene.maria.id), str(olga.id)))
    assert f"Admin {scene.maria.id} is in “Support desk”." in [finding.text for finding in found]
    [warned] = [finding.text for finding in found if finding.warns]
    assert f"Admin {olga.id} is not in “Support desk”" in warned


async def test_a_webhook_in_the_way_is_told(scene: Stage) -> None:
    """Its host, which says whose it may be; run removes it."""
    bot = make_bot(scene.sim.token, scene.sim.url)
    await bot.initialize()
    await bot.set_webhook("https://other.example/hook")
    await bot.shutdown()
    [warned] = [finding.text for finding in await _found(scene) if finding.warns]
    assert "A webhook at other.example is set" in warned
    theirs = {
        "telegram_webhook_url": "https://desk.example.com/telegram",
        "telegram_webhook_secret": "a-long-random-word",
        "http_listen": f"127.0.0.1:{free_port()}",
    }
    told = [finding.text for finding in await _found(scene, **theirs)]
    assert "The webhook at desk.example.com is set by run; messages go to other.example as yet." in told


async def test_the_running_program_is_asked_how_it_is(scene: Stage) -> None:
    """A second program that takes its messages is known to it alone; its words are passed on."""
    listen = f"127.0.0.1:{free_port()}"
    assert "intake-bot run is not running here, or does not answer." in [
        finding.text for finding in await _found(scene, http_listen=listen)
    ]
    async with scene.running(http_listen=listen):
        await scene.sim.until(lambda: scene.sim.calls_of("getChatMember"))
        scene.desk.bot_becomes("kicked")
        boris = scene.sim.person("Boris")
        boris.start()
        await scene.reads(boris, "Hello")
        told = [finding.text for finding in await _found(scene, http_listen=listen) if finding.fails]
    [words] = [words for words in told if words.startswith("The running program says: The bot is not in the desk’s")]
    assert "step" not in words  # it names its own way out
