"""What people can do in the simulator, as python-telegram-bot reads it."""

from __future__ import annotations

import pytest
from telegram import Bot, Message, Update
from telegram.constants import ChatID

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.samples import KINDS, PNG, UNCOPYABLE
from bot.demo.simulator import Simulator
from bot.demo.speaking import File


async def news(ptb: Bot) -> list[Update]:
    """All updates that wait, confirmed."""
    updates = await ptb.get_updates(allowed_updates=Update.ALL_TYPES)
    if updates:
        await ptb.get_updates(offset=updates[-1].update_id + 1)
    return list(updates)


async def heard(ptb: Bot) -> list[Message]:
    """The messages and edits that wait, the start left out."""
    found = [update.effective_message for update in await news(ptb)]
    return [message for message in found if message is not None and message.text != "/start"]


@pytest.mark.parametrize("kind", [*KINDS, "hologram"])
async def test_every_kind_is_readable_and_copied_if_telegram_would(
    ptb: Bot, sim: Simulator, anna: Person, desk: Group, kind: str
) -> None:
    """python-telegram-bot reads whatever people send; what it knows is there under its own name."""
    shown = anna.sends(kind)
    (message,) = await heard(ptb)
    assert message.message_id == shown.id
    name = {"live_location": "location", "quiz": "poll", "hologram": "api_kwargs"}
    assert getattr(message, name.get(kind, kind))
    copied = await ptb.copy_messages(desk.chat_id, anna.id, [shown.id]) if kind not in UNCOPYABLE | {"hologram"} else ()
    assert [one.kind for one in desk.general()] == ([shown.kind] if copied else [])


async def test_an_album_may_have_its_caption_on_any_part_and_a_late_part(ptb: Bot, anna: Person) -> None:
    """As many updates as parts, one group id; the late part has it too."""
    album = anna.sends_album(PNG, File("video", b"v", "v.mp4"), caption="both", caption_on=1)
    anna.sends_album(PNG, album=album[0].album)
    messages = await heard(ptb)
    assert [message.caption for message in messages] == [None, "both", None]
    assert {message.media_group_id for message in messages} == {album[0].album}
    assert messages[1].video


async def test_replies_carry_quotes(ptb: Bot, anna: Person) -> None:
    """A reply has its target and the words quoted from it, in UTF-16 units; only what is there can be quoted."""
    said = anna.writes("📦 where is it?")
    shown = anna.writes("this one", reply_to=said, quote="where")
    assert (shown.reply_to, shown.quote) == (said.id, "where")
    reply = (await heard(ptb))[-1]
    assert reply.quote
    assert (reply.quote.text, reply.quote.position) == ("where", 3)
    with pytest.raises(ValueError, match="substring not found"):
        anna.writes("no", reply_to=said, quote="never said")


async def test_an_answer_across_topics_is_an_external_reply(
    ptb: Bot, sim: Simulator, desk: Group, agent: Person
) -> None:
    """It names the other message, and has no reply_to_message."""
    one, other = desk.create_topic("one", by=agent), desk.create_topic("other", by=agent)
    said = agent.writes_in(one, "look")
    agent.writes_in(other, "there", reply_to=said)
    reply = (await heard(ptb))[-1]
    assert reply.reply_to_message is None
    assert reply.external_reply
    assert reply.external_reply.message_id == said.id


async def test_edits_of_text_caption_media_and_place_are_told(ptb: Bot, anna: Person) -> None:
    """Each edit is an update with the new content and the old number."""
    photo, live = anna.sends("photo"), anna.sends("live_location")
    await news(ptb)
    anna.edits(photo, "a better caption")
    anna.edits_media(photo, "video", b"v", "v.mp4")
    anna.moves(live, 1.0, 2.0)
    anna.stops_sharing(live)
    caption, media, moved, ended = await heard(ptb)
    assert (caption.caption, caption.edit_date is not None) == ("a better caption", True)
    assert media.video
    assert (media.caption, media.photo) == ("a better caption", ())
    assert moved.to_dict()["location"]["latitude"] == 1.0
    assert ["live_period" in message.to_dict()["location"] for message in (moved, ended)] == [True, False]
    sent = await ptb.send_message(anna.id, "mine")
    with pytest.raises(PermissionError):
        anna.edits(sent.message_id, "not mine")


async def test_forwards_tell_where_they_are_from(ptb: Bot, anna: Person, sim: Simulator) -> None:
    """From a person, from one who hides, from a channel."""
    said = anna.writes("original")
    anna.forwards(said)
    anna.forwards(said, hidden=True)
    anna.forwards("news")
    anna.writes_via("gif", "found")
    origins = [message.forward_origin for message in (await heard(ptb))[1:]]
    assert [origin.type if origin else None for origin in origins] == ["user", "hidden_user", "channel", None]


async def test_ephemeral_messages_have_the_number_0_and_stay_nowhere(
    ptb: Bot, sim: Simulator, anna: Person, desk: Group, agent: Person
) -> None:
    """Two of them have the same number."""
    topic = desk.create_topic("R-1", by=agent)
    agent.whispers("private", topic)
    agent.whispers("private too", topic)
    assert [message.message_id for message in (await heard(ptb))[1:]] == [0, 0]
    assert desk.topic("R-1").messages == ()


async def test_whoever_is_no_agent_can_be_told(ptb: Bot, sim: Simulator, desk: Group, agent: Person) -> None:
    """Anonymous administrators, channels, the linked channel and other bots write with Telegram's ids."""
    topic = desk.create_topic("R-1", by=agent)
    desk.anonymous(agent).writes_in(topic, "anonymous")
    desk.as_channel("My channel").writes_in(topic, "as a channel")
    desk.linked_channel("News").writes_in_general("post", chat_id=desk.chat_id)
    robot = sim.other_bot("Weather")
    desk.add(robot)
    robot.writes_in(topic, "rain")
    anonymous, channel, post, rain = (await heard(ptb))[1:]
    assert anonymous.from_user
    assert (anonymous.from_user.id, anonymous.sender_chat) == (ChatID.ANONYMOUS_ADMIN, anonymous.chat)
    assert channel.from_user
    assert channel.from_user.id == ChatID.FAKE_CHANNEL
    assert post.from_user
    assert (post.from_user.id, post.is_automatic_forward) == (ChatID.SERVICE_CHAT, True)
    assert rain.from_user
    assert rain.from_user.is_bot
    assert [one.from_bot for one in desk.topic("R-1").messages] == [False] * 3


async def test_service_messages_by_people(ptb: Bot, sim: Simulator, desk: Group, agent: Person) -> None:
    """Renames, icons, pins, General, titles and members are told with who did it."""
    topic = desk.create_topic("R-1", by=agent)
    said = agent.writes_in(topic, "pin me")
    carla = sim.person("Carla")
    desk.give_icon(topic, "🔥", by=agent)
    desk.pins(said, by=agent)
    desk.close_general(True, by=agent)
    desk.hide_general(True, by=agent)
    desk.hide_general(False, by=agent)
    desk.renames("Desk 2", by=agent)
    desk.joins(carla)
    desk.remove(carla)
    icon, pin, closed, hidden, shown, title, came, left = (await heard(ptb))[2:]
    assert icon.forum_topic_edited
    assert icon.forum_topic_edited.icon_custom_emoji_id
    assert pin.pinned_message
    assert pin.pinned_message.message_id == said.id
    assert closed.forum_topic_closed
    assert closed.message_thread_id is None
    assert hidden.general_forum_topic_hidden
    assert shown.general_forum_topic_unhidden
    assert title.new_chat_title == "Desk 2"
    assert came.new_chat_members[0].id == carla.id
    assert left.left_chat_member
    assert desk.topic("R-1").icon == "🔥"


async def test_changes_of_members_are_told_to_who_asks_for_them(
    ptb: Bot, sim: Simulator, desk: Group, agent: Person
) -> None:
    """chat_member carries the status before and after."""
    await news(ptb)  # asks for every kind from now on
    desk.changes(agent, "kicked", by=sim.person("Owner"))
    (update,) = await news(ptb)
    assert update.chat_member
    was, now = update.chat_member.old_chat_member, update.chat_member.new_chat_member
    assert (was.status, now.status, now.user.id) == ("administrator", "kicked", agent.id)


async def test_in_a_group_without_topics_answers_carry_a_thread_that_is_no_topic(
    ptb: Bot, sim: Simulator, anna: Person
) -> None:
    """Only is_topic_message tells a topic."""
    group = sim.group("Neighbours")
    group.bot_becomes("administrator")
    group.add(anna)
    first = anna.writes_in_general("hello")
    anna.writes_in_general("hello yourself", reply_to=first)
    reply = (await heard(ptb))[-1]
    assert (reply.message_thread_id, reply.is_topic_message) == (first.id, None)
    assert [one.text for one in group.general()] == ["hello", "hello yourself"]


async def test_a_new_name_comes_with_the_next_message(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """Nothing tells of it before."""
    await news(ptb)
    anna.calls_themselves("Anna Müller", "anna_m", "en")
    assert await news(ptb) == []
    anna.writes("hello")
    (message,) = await heard(ptb)
    assert message.from_user
    assert (message.from_user.full_name, message.from_user.language_code) == ("Anna Müller", "en")


async def test_old_buttons_can_still_be_pressed(ptb: Bot, sim: Simulator, desk: Group, agent: Person) -> None:
    """A press of what was there once, and one under a message that was deleted meanwhile."""
    sent = await ptb.send_message(desk.chat_id, "card")
    card = desk.general()[0]
    agent.presses_stale(card, "old:1")
    await ptb.delete_message(desk.chat_id, sent.message_id)
    agent.presses_stale(card, "old:2")
    first, second = [update.callback_query for update in await news(ptb)]
    assert first
    assert second
    assert first.message
    assert second.message
    assert (first.data, first.message.is_accessible) == ("old:1", True)
    assert (second.data, second.message.is_accessible) == ("old:2", False)


async def test_a_bot_api_of_tomorrow_can_be_spoken(ptb: Bot, sim: Simulator, anna: Person, desk: Group) -> None:
    """Unknown fields everywhere and an unknown kind of update; python-telegram-bot keeps them aside."""
    sim.newer_api()
    anna.writes("hello")
    _, unknown, known = await news(ptb)
    assert unknown.api_kwargs["teleportation"]
    assert known.message
    assert known.message.chat.api_kwargs["of_tomorrow"]
    sent = await ptb.send_message(anna.id, "hello")
    assert sent.api_kwargs["of_tomorrow"]
