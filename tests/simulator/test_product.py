"""The Bot API simulator as python-telegram-bot sees it: what the product does with Telegram works, end to end."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, ReplyParameters, Update
from telegram.constants import ParseMode, ReactionEmoji
from telegram.error import BadRequest

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Resolve", callback_data="r:1:1")]])


async def news(ptb: Bot, sim: Simulator) -> list[Update]:
    """All updates that wait, confirmed."""
    updates = await ptb.get_updates()
    if updates:
        await ptb.get_updates(offset=updates[-1].update_id + 1)
    return list(updates)


async def test_the_bot_knows_itself(ptb: Bot, sim: Simulator) -> None:
    """getMe names the bot of the token."""
    me = await ptb.get_me()
    assert (me.id, me.username) == (sim.bot_id, sim.username)


async def test_a_customer_and_the_bot_talk(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """Start and words become updates; the answer shows in the customer's chat."""
    asked = anna.writes("Where is my parcel? /help me@example.org")
    start, question = await news(ptb, sim)
    assert start.message is not None
    assert start.message.text == "/start"
    assert question.message is not None
    assert question.message.from_user is not None
    assert question.message.from_user.language_code == "de"
    assert [entity.type for entity in question.message.entities] == ["bot_command", "email"]
    await ptb.send_message(
        anna.id,
        "On its <b>way</b> 📦",
        ParseMode.HTML,
        reply_parameters=ReplyParameters(asked.id),
        reply_markup=KEYBOARD,
    )
    answer = sim.chat_of(anna)[-1]
    assert (answer.from_bot, answer.text, answer.html) == (True, "On its way 📦", "On its <b>way</b> 📦")
    assert answer.reply_to == asked.id
    assert answer.buttons[0][0].callback_data == "r:1:1"


async def test_a_topic_has_its_root_and_its_messages(ptb: Bot, sim: Simulator, desk: Group, agent: Person) -> None:
    """The bot hears of its own topic, not of its own words; an agent's words carry the implicit reply."""
    made = await ptb.create_forum_topic(desk.chat_id, "R-1 · Anna")
    await ptb.send_message(desk.chat_id, "card", message_thread_id=made.message_thread_id)
    agent.writes_in(desk.topic("R-1"), "hello")
    created, words = await news(ptb, sim)
    assert created.message is not None
    assert created.message.forum_topic_created is not None
    assert created.message.message_id == made.message_thread_id
    assert created.message.from_user == ptb.bot
    message = words.message
    assert message is not None
    assert message.is_topic_message
    assert message.message_thread_id == made.message_thread_id
    assert message.reply_to_message is not None
    assert message.reply_to_message.forum_topic_created is not None
    assert [(one.from_bot, one.text, one.reply_to) for one in desk.topic("R-1").messages] == [
        (True, "card", None),
        (False, "hello", None),
    ]


async def test_general_has_no_thread(ptb: Bot, sim: Simulator, desk: Group, agent: Person) -> None:
    """What is said in General carries neither a thread nor an implicit reply."""
    agent.writes_in_general("lunch?")
    (update,) = await news(ptb, sim)
    assert update.message is not None
    assert (update.message.message_thread_id, update.message.is_topic_message) == (None, None)
    assert update.message.reply_to_message is None
    assert [one.text for one in desk.general()] == ["lunch?"]


async def test_a_document_goes_up_and_comes_down(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """Bytes and name survive upload, file_id and download."""
    content = bytes(range(256)) + b'\r\n--x\r\n\r\n"'
    sent = await ptb.send_document(anna.id, content, caption="Rechnung", filename='Größe "1".pdf')
    assert sent.document is not None
    assert sent.document.file_name == 'Größe "1".pdf'
    shown = sim.chat_of(anna)[-1]
    assert (shown.content, shown.filename, shown.text) == (content, 'Größe "1".pdf', "Rechnung")
    file = await ptb.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == content
    again = await ptb.send_document(anna.id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == sent.document.file_unique_id


async def test_every_file_method_keeps_its_kind(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """Photo, voice, video, audio and album arrive as what they are."""
    await ptb.send_photo(anna.id, PNG)
    await ptb.send_voice(anna.id, b"voice", duration=3)
    await ptb.send_video(anna.id, b"video", filename="v.mp4", width=10, height=20)
    await ptb.send_audio(anna.id, b"audio", title="Song")
    await ptb.send_media_group(
        anna.id, [InputMediaDocument(b"one", filename="1.txt"), InputMediaDocument(b"two", filename="2.txt")]
    )
    shown = sim.chat_of(anna)[1:]
    assert [one.kind for one in shown] == ["photo", "voice", "video", "audio", "document", "document"]
    assert [one.content for one in shown[-2:]] == [b"one", b"two"]
    assert shown[-1].album == shown[-2].album is not None


async def test_a_customers_file_is_copied_and_fetched(ptb: Bot, sim: Simulator, anna: Person, desk: Group) -> None:
    """copyMessage keeps kind and caption; getFile gives the bytes."""
    photo = anna.sends_photo(PNG, "broken")
    made = await ptb.create_forum_topic(desk.chat_id, "R-2")
    copied = await ptb.copy_message(desk.chat_id, anna.id, photo.id, message_thread_id=made.message_thread_id)
    (shown,) = desk.topic("R-2").messages
    assert (shown.id, shown.kind, shown.text, shown.content) == (copied.message_id, "photo", "broken", PNG)
    update = (await news(ptb, sim))[1]
    assert update.message is not None
    file = await ptb.get_file(update.message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == PNG


async def test_an_album_is_copied_as_an_album(ptb: Bot, sim: Simulator, anna: Person, desk: Group) -> None:
    """copyMessages keeps parts together under a new group id, and skips what is gone."""
    album = anna.sends_album(PNG, PNG, caption="both")
    ids = [*(one.id for one in album), album[-1].id + 50]
    copied = await ptb.copy_messages(desk.chat_id, anna.id, ids)
    shown = desk.general()
    assert [one.message_id for one in copied] == [one.id for one in shown]
    assert shown[0].album == shown[1].album not in (None, album[0].album)


async def test_edits_reactions_and_pins_show(ptb: Bot, sim: Simulator, anna: Person, desk: Group) -> None:
    """Text, caption and buttons change in place; one reaction and a pin are seen; a pin makes a service message."""
    text = await ptb.send_message(desk.chat_id, "one", reply_markup=KEYBOARD)
    await ptb.edit_message_text("two", desk.chat_id, text.message_id)
    await ptb.edit_message_reply_markup(desk.chat_id, text.message_id, reply_markup=KEYBOARD)
    await ptb.set_message_reaction(desk.chat_id, text.message_id, ReactionEmoji.THUMBS_UP)
    await ptb.pin_chat_message(desk.chat_id, text.message_id)
    shown = desk.general()[0]
    assert (shown.text, shown.edited, shown.pinned, shown.reactions) == ("two", True, True, ("👍",))
    assert shown.buttons[0][0].text == "Resolve"
    pinned = (await news(ptb, sim))[-1].message
    assert pinned is not None
    assert pinned.pinned_message is not None
    assert pinned.from_user == ptb.bot
    await ptb.unpin_chat_message(desk.chat_id)
    photo = await ptb.send_photo(anna.id, PNG, "a")
    await ptb.edit_message_caption(anna.id, photo.message_id, caption="b")
    assert sim.chat_of(anna)[-1].text == "b"
    await ptb.delete_message(anna.id, photo.message_id)
    assert [one.text for one in sim.chat_of(anna)] == ["/start"]


async def test_a_press_is_answered_once(ptb: Bot, sim: Simulator, desk: Group, agent: Person) -> None:
    """The press carries data and message; it sees its answer; a second answer is too late."""
    await ptb.send_message(desk.chat_id, "card", reply_markup=KEYBOARD)
    press = agent.presses(desk.general()[0], "Resolve")
    query = (await news(ptb, sim))[0].callback_query
    assert query is not None
    assert query.data == "r:1:1"
    assert query.from_user.id == agent.id
    await ptb.answer_callback_query(query.id, "done")
    assert (press.answered, press.text) == (True, "done")
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await ptb.answer_callback_query(query.id)


async def test_topics_are_renamed_closed_reopened_and_deleted(
    ptb: Bot, sim: Simulator, desk: Group, agent: Person
) -> None:
    """Each change but deletion is an update, whoever made it."""
    made = await ptb.create_forum_topic(desk.chat_id, "R-3")
    icons = await ptb.get_forum_topic_icon_stickers()
    thread = made.message_thread_id
    await ptb.edit_forum_topic(desk.chat_id, thread, "R-3 new", icons[0].custom_emoji_id)
    await ptb.close_forum_topic(desk.chat_id, thread)
    assert (desk.topic("R-3").closed, desk.topic("R-3").icon) == (True, icons[0].emoji)
    desk.reopen_topic(thread, by=agent)
    await ptb.delete_forum_topic(desk.chat_id, thread)
    assert desk.topics() == []
    messages = [update.message for update in await news(ptb, sim)]
    assert [message.from_user.id for message in messages if message and message.from_user] == [
        sim.bot_id, sim.bot_id, sim.bot_id, agent.id,
    ]  # fmt: skip
    assert messages[1] is not None
    assert messages[1].forum_topic_edited is not None
    assert messages[1].forum_topic_edited.name == "R-3 new"
    assert messages[2] is not None
    assert messages[2].forum_topic_closed is not None
    assert messages[3] is not None
    assert messages[3].forum_topic_reopened is not None


async def test_edits_by_people_are_told_and_deletions_are_not(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """An edit that changes something is an update; one that does not, and a deletion, are none."""
    said = anna.writes("one")
    anna.edits(said.id, "two")
    anna.edits(said.id, "two")
    anna.deletes(said.id)
    updates = (await news(ptb, sim))[2:]
    assert [update.edited_message.text for update in updates if update.edited_message] == ["two"]
    assert len(updates) == 1


async def test_members_and_rights_can_be_asked(ptb: Bot, sim: Simulator, desk: Group, agent: Person) -> None:
    """getChat, getChatMember and getChatAdministrators show the forum, the bot's rights and its people."""
    stranger = sim.person("Carla")
    assert (await ptb.get_chat(desk.chat_id)).is_forum
    assert (await ptb.get_chat_member(desk.chat_id, sim.bot_id)).to_dict()["can_manage_topics"] is True
    desk.bot_rights(can_manage_topics=False)
    assert (await ptb.get_chat_member(desk.chat_id, sim.bot_id)).to_dict()["can_manage_topics"] is False
    assert (await ptb.get_chat_member(desk.chat_id, stranger.id)).status == "left"
    admins = await ptb.get_chat_administrators(desk.chat_id)
    assert {admin.user.id for admin in admins} == {sim.bot_id, agent.id}
    assert (await news(ptb, sim))[0].my_chat_member is not None


async def test_commands_are_kept_by_scope_and_language(ptb: Bot) -> None:
    """What was set is read back; deleted ones are gone."""
    await ptb.set_my_commands([("help", "what I can do")], language_code="en")
    assert [command.command for command in await ptb.get_my_commands(language_code="en")] == ["help"]
    assert await ptb.get_my_commands() == ()
    await ptb.delete_my_commands(language_code="en")
    assert await ptb.get_my_commands(language_code="en") == ()


async def test_small_calls_are_understood(ptb: Bot, sim: Simulator, desk: Group, anna: Person) -> None:
    """Typing, webhook information and leaving."""
    await ptb.send_chat_action(anna.id, "typing")
    assert sim.world.actions == [(anna.id, "typing")]
    assert await ptb.delete_webhook()
    assert (await ptb.get_webhook_info()).pending_update_count == 1
    assert await ptb.leave_chat(desk.chat_id)


@pytest.mark.parametrize(
    "kind", ["sticker", "location", "contact", "venue", "poll", "quiz", "dice", "video_note", "story", "new invention"]
)
async def test_every_kind_of_message_is_readable(ptb: Bot, sim: Simulator, anna: Person, kind: str) -> None:
    """python-telegram-bot reads whatever people send."""
    shown = anna.sends(kind)
    message = (await news(ptb, sim))[-1].message
    assert message is not None
    assert message.message_id == shown.id
