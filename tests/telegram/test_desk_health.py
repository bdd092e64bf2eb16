"""A desk that lacks something: it is told once, nothing is dropped, and when it is mended all goes on by itself."""

from __future__ import annotations

import pytest
from telegram import Chat, ChatMember, ChatMemberAdministrator, ChatMemberMember, ChatMemberOwner, User

from bot.app import App
from bot.checks.telegram import telegram_findings
from bot.demo.groups import Status
from bot.demo.people import Person
from bot.demo.views import Topic
from bot.desk.health import DeskHealth, trouble_of
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery, Desk, DeskTopic, MessageLink
from tests.stage import Stage
from tests.telegram.desk import now_due, until, until_row

BOT = User(7_000_000_001, "Support", is_bot=True)
FORUM = Chat(-100500, "supergroup", title="Desk", is_forum=True)
RIGHTS = {"can_manage_topics": True, "can_delete_messages": True, "can_pin_messages": True}


def _health(app: App) -> DeskHealth:
    assert app.telegram is not None
    assert app.telegram.health is not None
    return app.telegram.health


async def _customer(scene: Stage, words: str = "Hello") -> Person:
    boris = scene.sim.person("Boris")
    boris.start()
    boris.writes(words)
    await scene.reads(boris, "R-1001")
    return boris


async def _told(scene: Stage, words: str) -> None:
    """Wait until General says so."""
    await scene.sim.until(lambda: any(words in said.text for said in scene.desk.general()))


def _alarms(scene: Stage, words: str) -> int:
    """How often the agents were alarmed by it. The summary in General shows it too, as long as it lasts."""
    alarms = [said.text for said in scene.desk.general() if "Nothing is lost: what waits" in said.text]
    return sum(words in alarm for alarm in alarms)


async def _status(scene: Stage, words: str) -> None:
    """/status says so."""
    asked = scene.maria.writes_in_general("/status", chat_id=scene.desk.chat_id)
    await scene.sim.until(
        lambda: any(words in said.text for said in scene.desk.general() if said.from_bot and said.id > asked.id)
    )


async def test_e39_a_lost_right_is_told_once_and_given_back_all_goes_on(scene: Stage) -> None:
    """The right is named in General; without it nothing is dropped; with it the topic comes by itself."""
    async with scene.running() as app:
        scene.desk.bot_rights(can_manage_topics=False)
        await _told(scene, "lacks the right “Manage topics”")
        boris = await _customer(scene)
        await scene.put_off(DeliveryKind.MIRROR)
        boris.writes("Is anybody there?")
        await _status(scene, "lacks the right “Manage topics”")
        assert (await Desk.get(desk=str(scene.desk.chat_id))).since is not None
        scene.desk.bot_rights(can_manage_topics=True)
        await scene.topic("R-1001", "Is anybody there?")
        await _told(scene, "Mended")
        assert (await Desk.get(desk=str(scene.desk.chat_id))).trouble is None
        assert _alarms(scene, "Manage topics") == 1
        assert _health(app).trouble is None


async def test_e39_a_bot_that_was_removed_tells_the_admins_in_private(scene: Stage) -> None:
    """The group cannot be told; whoever has never started the bot cannot either. Taken in again, all is shown."""
    olga = scene.sim.person("Olga Admin")
    scene.maria.start()
    async with scene.running(admins=(str(scene.maria.id), str(olga.id))):
        scene.desk.bot_becomes("kicked")
        await scene.reads(scene.maria, "not in the desk’s group any more")
        boris = await _customer(scene)
        boris.writes("Is anybody there?")
        await scene.put_off(DeliveryKind.MIRROR)
        sends = len(scene.sim.calls_of("createForumTopic"))
        await now_due(scene)
        await scene.put_off(DeliveryKind.MIRROR)
        assert len(scene.sim.calls_of("createForumTopic")) == sends  # Telegram is not asked in vain
        scene.desk.bot_becomes("administrator")
        scene.desk.bot_rights(**RIGHTS)
        await scene.topic("R-1001", "Is anybody there?")
        assert sum("any more" in said.text for said in scene.sim.chat_of(scene.maria) if said.from_bot) == 1


async def test_e39_what_no_update_tells_is_found_by_looking(scene: Stage) -> None:
    """Topics were switched off: known topics are not taken for deleted, and nothing is poured into General."""
    async with scene.running() as app:
        boris = await _customer(scene)
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        scene.desk.turn_topics(False)
        boris.writes("Is anybody there?")
        await _told(scene, "Topics are off")
        assert not any("Is anybody there?" in said.text for said in scene.desk.general())
        assert (await DeskTopic.get(request_id=1001)).thread == str(topic.thread_id)
        scene.desk.turn_topics(True)
        await _health(app).look()
        shown = await scene.topic("R-1001", "Is anybody there?")
        assert shown.thread_id == topic.thread_id


async def test_e39_a_demoted_bot_says_so(scene: Stage) -> None:
    """A plain member does not even hear the agents."""
    async with scene.running() as app:
        scene.desk.bot_becomes("member")
        await _told(scene, "no administrator")
        assert "no administrator" in (_health(app).trouble or "")


async def test_e39_trouble_outlives_a_restart_and_is_not_told_again(scene: Stage) -> None:
    """It is in the desk's row; the next start finds the same and alarms nobody."""
    async with scene.running():
        scene.desk.bot_rights(can_pin_messages=False)
        await _told(scene, "“Pin messages”")
        await scene.settled()
    async with scene.running() as app:
        await until(lambda: _health(app).trouble is not None)
        await _customer(scene)
        await scene.topic("R-1001", "Hello")  # a missing pin holds up nothing
        await scene.settled()
        assert _alarms(scene, "“Pin messages”") == 1


async def test_e39_a_second_group_is_told_and_never_heard(scene: Stage) -> None:
    """An admin took the bot into a group that is not the desk: /status names it until the bot has left."""
    other = scene.sim.group("Football")
    other.add(scene.maria, "creator")
    async with scene.running():
        other.bot_becomes("administrator")
        await _told(scene, "“Football”")
        await _status(scene, f"({other.chat_id})")
        other.bot_becomes("left")
        await until_row(Desk.filter(desk=str(other.chat_id), trouble__isnull=True))
        assert await Delivery.filter(kind=DeliveryKind.MIRROR).count() == 0


async def test_e39_a_group_with_another_id_goes_on_and_says_which_to_set(scene: Stage) -> None:
    """Its topics and messages are found under the new id, at once and after a restart with the old setting."""
    old = scene.desk.chat_id
    async with scene.running():
        boris = await _customer(scene)
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        new = scene.desk.migrates()
        await _told(scene, f"new id, {new}")
        await _goes_on(scene, boris, topic, "After the move")
        assert (await Desk.get(desk=str(old))).moved_to == str(new)
        assert not await MessageLink.filter(external_id__contains=f":{old}:").exists()
        told = [finding.text for finding in [one async for one in telegram_findings(scene.settings(desk_chat_id=old))]]
        assert any(f"set it to {new}" in words for words in told)
    async with scene.running(desk_chat_id=old):
        await _goes_on(scene, boris, topic, "After the restart")
        assert await Delivery.filter(state=DeliveryState.FAILED).count() == 0
        assert sum("This group has a new id" in said.text for said in scene.desk.general()) == 1


async def test_e39_a_refusal_that_names_another_id_is_followed(scene: Stage) -> None:
    """The word of the move never came: the first message that is refused by the old group tells it."""
    async with scene.running():
        boris = await _customer(scene)
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
    scene.desk.migrates()
    scene.sim.world.queue.drop_all()
    async with scene.running(desk_chat_id=topic.chat_id):
        await _goes_on(scene, boris, topic, "After the move")


async def _goes_on(scene: Stage, boris: Person, topic: Topic, words: str) -> None:
    """Both ways, in the same topic."""
    boris.writes(words)
    shown = await scene.topic("R-1001", words)
    assert shown.thread_id == topic.thread_id
    scene.maria.writes_in(shown, f"{words}, too")
    await scene.reads(boris, f"{words}, too")
    await scene.settled()


def _member(kind: str, **rights: bool) -> ChatMember:
    if kind == "owner":
        return ChatMemberOwner(BOT, is_anonymous=False)
    if kind == "member":
        return ChatMemberMember(BOT)
    others = (
        "can_be_edited", "is_anonymous", "can_manage_chat", "can_manage_video_chats", "can_restrict_members",
        "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
        "can_delete_stories",
    )  # fmt: skip
    given = {**dict.fromkeys(others, False), **RIGHTS, **rights}
    member = ChatMember.de_json({"user": BOT.to_dict(), "status": "administrator", **given}, None)
    assert isinstance(member, ChatMemberAdministrator)
    return member


def test_e51_slow_mode_holds_up_only_a_bot_that_is_no_administrator() -> None:
    """Administrators are exempt from it, and from what ordinary members may not send."""
    assert trouble_of(FORUM, _member("administrator"), slow=True) is None
    assert trouble_of(FORUM, _member("owner"), slow=True) is None
    found = trouble_of(FORUM, _member("member"), slow=True)
    assert found is not None
    assert "slow mode" in found.words
    assert not found.blocks


async def test_e51_a_slow_group_is_told_and_waited_for(scene: Stage) -> None:
    """Telegram says how long; the desk waits so long, the customer's chat does not."""
    async with scene.running():
        boris = await _customer(scene)
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        scene.sim.fail("sendMessage", retry_after=2, chat_id=scene.desk.chat_id)
        boris.writes("slowly")
        await scene.put_off(DeliveryKind.MIRROR)
        scene.maria.writes_in(topic, "quickly")
        await scene.reads(boris, "quickly")
        await scene.topic("R-1001", "slowly")


@pytest.mark.parametrize("right", RIGHTS)
def test_each_missing_right_is_named_as_telegram_names_it(right: str) -> None:
    """And only that one."""
    found = trouble_of(FORUM, _member("administrator", **{right: False}))
    assert found is not None
    assert right.removeprefix("can_").replace("_", " ").capitalize() in found.words
    assert found.words.count("“") == 2
    assert not found.gone


async def test_a_refusal_that_nobody_can_see_from_outside_is_told_and_over_when_something_is_shown(
    scene: Stage,
) -> None:
    """Telegram refuses for a reason that no right explains: told as Telegram told it."""
    async with scene.running() as app:
        boris = await _customer(scene)
        await scene.topic("R-1001", "Hello")
        await scene.settled()
        scene.sim.fail(
            "sendMessage", error_code=400, description="Bad Request: CHAT_RESTRICTED", chat_id=scene.desk.chat_id
        )
        boris.writes("Is anybody there?")
        await _told(scene, "restricted the group")
        await now_due(scene)
        await scene.topic("R-1001", "Is anybody there?")
        await scene.settled()
        assert _health(app).trouble is None
        assert (await Desk.get(desk=str(scene.desk.chat_id), trouble=None)).since is None


async def test_e51_check_names_a_slow_group_only_when_it_concerns_the_bot(scene: Stage) -> None:
    """An administrator is exempt; a plain member is told to become one."""
    scene.desk.slow_mode(30)
    statuses: tuple[tuple[Status, int], ...] = (("administrator", 0), ("member", 1))
    for status, words in statuses:
        scene.desk.bot_becomes(status)
        told = [finding.text async for finding in telegram_findings(scene.settings())]
        assert sum("slow mode" in finding for finding in told) == words
