"""`intake-bot desk rebuild` brings lost topics back, whether or not the service runs, and says what it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo.people import Person
from bot.one_process import only_one
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery
from tests.program import program
from tests.stage import Stage, Transport
from tests.telegram.desk import agent_row


@pytest.fixture
def transport() -> Transport:
    """How updates come in makes no difference here."""
    return Transport.POLLING


def _given(scene: Stage, **changes: object) -> dict[str, object]:
    """The same settings for the command as for the service."""
    return {
        "telegram_token": scene.sim.token,
        "telegram_api_url": scene.sim.url,
        "telegram_pace": 1000,
        "desk_chat_id": scene.desk.chat_id,
        "admins": scene.maria.id,
        "database_url": scene.url,
        "data_dir": scene.folder / "data",
        **changes,
    }


async def _three_requests(scene: Stage) -> list[Person]:
    people = [scene.sim.person(name) for name in ("Anna", "Boris", "Carla")]
    for number, person in enumerate(people, 1001):
        person.start()
        person.writes(f"This is {person.user.first_name}")
        await scene.topic(f"R-{number}", "This is")
    await scene.settled()
    return people


async def test_the_service_makes_them_while_it_runs(scene: Stage, tmp_path: Path) -> None:
    """Lost ones are made again, those that are there are left alone, and each is named."""
    with only_one(scene.settings()):
        await _rebuilt_by_the_service(scene, tmp_path)


async def _rebuilt_by_the_service(scene: Stage, tmp_path: Path) -> None:
    async with scene.running():
        await _three_requests(scene)
        for number in (1001, 1003):
            scene.desk.delete_topic(scene.desk.topic(f"R-{number}"))
        kept = scene.desk.topic("R-1002").thread_id
        done = await program(tmp_path, "desk", "rebuild", "--all", **_given(scene))
        assert (done.code, done.err) == (0, "")
        assert [line.split(": ")[1] for line in done.out.splitlines()] == [
            "its topic is made again",
            "its topic was there",
            "its topic is made again",
        ]
        await scene.settled()
        assert {topic.name[:6] for topic in scene.desk.topics()} == {"R-1001", "R-1002", "R-1003"}
        assert len(scene.desk.topics()) == 3
        assert scene.desk.topic("R-1002").thread_id == kept
        card, history = scene.desk.topic("R-1001").messages
        assert card.pinned
        assert "This is Anna" in history.text


async def test_the_command_makes_them_when_the_service_does_not_run(scene: Stage, tmp_path: Path) -> None:
    """It does the desk's work and no other: what waits for customers waits for the service."""
    async with scene.running() as app:
        anna, *_ = await _three_requests(scene)
        scene.sim.fail("sendMessage", retry_after=3600, chat_id=anna.id)
        scene.maria.writes_in(scene.desk.topic("R-1001"), "Later")
        await scene.put_off(DeliveryKind.REPLY)
        await app.actions.redraw(1001, (await agent_row(scene)).created_at)
    scene.desk.delete_topic(scene.desk.topic("R-1001"))
    said = len(scene.sim.chat_of(anna))
    done = await program(tmp_path, "desk", "rebuild", "r-1001", **_given(scene))
    assert (done.code, done.out) == (0, "R-1001: its topic is made again\n")
    assert "This is Anna" in scene.desk.topic("R-1001").messages[0].text
    assert len(scene.sim.chat_of(anna)) == said
    async with scene.running():
        assert await Delivery.filter(kind=DeliveryKind.REPLY, state=DeliveryState.QUEUED).count() == 1


async def test_another_group_gets_the_topics_of_all_open_requests(scene: Stage, tmp_path: Path) -> None:
    """The desk has moved to a new group by its setting: what is open is there, with its history."""
    async with scene.running():
        await _three_requests(scene)
    new = scene.sim.forum("New desk")
    done = await program(tmp_path, "desk", "rebuild", "--all", **_given(scene, desk_chat_id=new.chat_id))
    assert done.code == 0
    assert done.out.count("its topic is made\n") == 3
    assert "This is Carla" in new.topic("R-1003").messages[0].text


async def test_a_desk_in_trouble_is_told_and_the_jobs_wait(scene: Stage, tmp_path: Path) -> None:
    """One line that says what to mend; the service goes on with it then."""
    async with scene.running():
        await _three_requests(scene)
    scene.desk.delete_topic(scene.desk.topic("R-1001"))
    scene.desk.bot_becomes("kicked")
    done = await program(tmp_path, "desk", "rebuild", "R-1001", **_given(scene))
    assert done.code == 1
    assert "not in the desk’s group any more" in done.err
    assert len(done.err.splitlines()) == 1
    scene.desk.bot_becomes("administrator")
    scene.desk.bot_rights(can_manage_topics=True, can_delete_messages=True, can_pin_messages=True)
    async with scene.running():
        await scene.topic("R-1001", "This is Anna")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["R-9999"], 1, "There is no R-9999."),
        ([], 2, "Name the requests"),
        (["--all", "R-1001"], 2, "Name the requests"),
        (["nonsense"], 2, "named by its number"),
    ],
)
async def test_what_cannot_be_done_is_one_clear_line(
    scene: Stage, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    """A request that is none, no request, too much, nonsense."""
    done = await program(tmp_path, "desk", "rebuild", *words, **_given(scene))
    assert done.code == code
    assert said in done.err
    assert len(done.err.splitlines()) == 1


async def test_without_a_desk_it_says_what_to_set(tmp_path: Path) -> None:
    """Exit code 78, as for every setting that lacks."""
    done = await program(tmp_path, "desk", "rebuild", "--all")
    assert done.code == 78
    assert "INTAKE_DESK_CHAT_ID" in done.err
