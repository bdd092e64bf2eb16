"""A desk that lacks something: it is told once, nothing is dropped, and when it is mended all goes on by itself."""

from __future__ import annotations

import pytest
from telegram import Chat, ChatMember, ChatMemberAdministrator, ChatMemberMember, ChatMemberOwner, Update, User

from bot.app import App
from bot.demo.people import Person
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


async def _told(scene: Stage, words: str, times: int = 1) -> None:
    """Wait until General says so, so many times."""
    await scene.sim.until(lambda: sum(words in said.text for said in scene.desk.general()) == times)


async def test_e39_a_lost_right_is_told_once_and_given_back_all_goes_on(scene: Stage) -> None:
    """The right is named in General; without it nothing is dropped; with it the topic comes by itself."""
    async with scene.running() as app:
        scene.desk.bot_rights(can_manage_topics=False)
        await _told(scene, "lacks the right “Manage topics”")
        boris = await _customer(scene)
        await scene.put_off(DeliveryKind.MIRROR)
        boris.writes("Is anybody there?")
        assert "Manage topics" in (await _health(app).report())[0]
        assert (await Desk.get(desk=str(scene.desk.chat_id))).since is not None
        scene.desk.bot_rights(can_manage_topics=True)
        await scene.topic("R-1001", "Is anybody there?")
        await _told(scene, "Mended")
        assert (await Desk.get(desk=str(scene.desk.chat_id))).trouble is None
        assert sum("lacks the right" in said.text for said in scene.desk.general()) == 2  # once, and what was mended
        assert (await _health(app).report())[0] == "The desk is well."


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
        alarms = [said.text for said in scene.desk.general() if not said.text.startswith("The desk,")]
        assert sum("“Pin messages”" in text for text in alarms) == 1


async def test_e39_a_second_group_is_told_and_never_heard(scene: Stage) -> None:
    """An admin took the bot into a group that is not the desk: /status names it until the bot has left."""
    other = scene.sim.group("Football")
    other.add(scene.maria, "creator")
    async with scene.running() as app:
        other.bot_becomes("administrator")
        await _told(scene, "“Football”")
        assert f"({other.chat_id})" in (await _health(app).report())[0]
        other.bot_becomes("left")
        await until_row(Desk.filter(desk=str(other.chat_id), trouble__isnull=True))
        assert await Delivery.filter(kind=DeliveryKind.MIRROR).count() == 0


async def test_e39_a_group_with_another_id_goes_on_and_says_which_to_set(scene: Stage) -> None:
    """Its topics and messages are found under the new id, at once and after a restart with the old setting."""
    old = scene.desk.chat_id
    async with scene.running() as app:
        boris = await _customer(scene)
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        new = _moved(scene)
        assert app.telegram is not None
        word = {"message_id": 99, "date": 1, "chat": {"id": old, "type": "group"}, "migrate_to_chat_id": new}
        for _ in range(2):  # Telegram may say it twice
            update = Update.de_json({"update_id": 1, "message": word}, app.telegram.wire.bot)
            await app.telegram.router.handle(update, app.accept)
        await _told(scene, f"new id, {new}")
        boris.writes("After the move")
        shown = await scene.topic("R-1001", "After the move")
        assert shown.thread_id == topic.thread_id
        scene.maria.writes_in(shown, "We are here")
        await scene.reads(boris, "We are here")
        await scene.settled()
        assert (await Desk.get(desk=str(old))).moved_to == str(new)
        assert not await MessageLink.filter(external_id__contains=f":{old}:").exists()
    async with scene.running(desk_chat_id=old):
        boris.writes("After the restart")
        await scene.topic("R-1001", "After the restart")
        await scene.settled()
        assert await Delivery.filter(state__not=DeliveryState.SENT).count() == 0


def _moved(scene: Stage) -> int:
    """The same group under another id."""
    chat = scene.sim.world.chats.pop(scene.desk.chat_id)
    chat.info = chat.info.model_copy(update={"id": chat.id - 1000})
    scene.sim.world.chats[chat.id] = chat
    return chat.id


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
