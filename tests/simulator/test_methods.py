"""The simulated methods beyond the simplest: other files, edits of media, deletions, quotes, General, menus."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MessageEntity,
    ReplyParameters,
)  # fmt: skip
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.samples import PNG
from bot.demo.simulator import Simulator

DAY_S = 86_400


async def test_other_kinds_are_sent_as_what_they_are(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """Animation, round video, sticker, places, contact and dice."""
    await ptb.send_animation(anna.id, b"clip", caption="c")
    await ptb.send_video_note(anna.id, b"round")
    await ptb.send_sticker(anna.id, b"sticker")
    await ptb.send_location(anna.id, 1.5, 2.5)
    await ptb.send_venue(anna.id, 1.5, 2.5, "Shop", "1 Street")
    await ptb.send_contact(anna.id, "+49301234", "Shop")
    await ptb.send_dice(anna.id)
    kinds = [one.kind for one in sim.chat_of(anna)[1:]]
    assert kinds == ["animation", "video_note", "sticker", "location", "venue", "contact", "dice"]
    assert sim.chat_of(anna)[4].place == (1.5, 2.5)


async def test_media_is_replaced_and_a_text_gets_a_file(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """The number stays; buttons go unless they are given again; a voice cannot be replaced."""
    sent = await ptb.send_message(anna.id, "words")
    await ptb.edit_message_media(
        InputMediaPhoto(PNG, caption="<b>now</b>", parse_mode="HTML"), anna.id, sent.message_id
    )
    shown = sim.chat_of(anna)[-1]
    assert (shown.id, shown.kind, shown.html, shown.content) == (sent.message_id, "photo", "<b>now</b>", PNG)
    await ptb.edit_message_media(InputMediaVideo(b"v"), anna.id, sent.message_id)
    assert [sim.chat_of(anna)[-1].kind, sim.chat_of(anna)[-1].text] == ["video", ""]
    voice = await ptb.send_voice(anna.id, b"v")
    with pytest.raises(BadRequest, match=r"(?i)there is no media in the message to edit"):
        await ptb.edit_message_media(InputMediaPhoto(PNG), anna.id, voice.message_id)


async def test_in_an_album_only_kinds_that_go_together_replace_each_other(ptb: Bot, anna: Person) -> None:
    """A photo by a video, not by a document."""
    album = await ptb.send_media_group(anna.id, [InputMediaPhoto(PNG), InputMediaPhoto(PNG)])
    await ptb.edit_message_media(InputMediaVideo(b"v"), anna.id, album[0].message_id)
    with pytest.raises(BadRequest, match=r"(?i)media of another type"):
        await ptb.edit_message_media(InputMediaDocument(b"d"), anna.id, album[1].message_id)


async def test_an_album_that_fails_names_its_item(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """Nothing of it is sent."""
    with pytest.raises(BadRequest, match=r"(?i)failed to send message #2 with the error message"):
        await ptb.send_media_group(anna.id, [InputMediaPhoto(PNG), InputMediaPhoto("no such id")])
    assert [one.text for one in sim.chat_of(anna)] == ["/start"]


async def test_messages_are_deleted_together_for_48_hours(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """What is not there is passed over; what is too old stays."""
    ids = [(await ptb.send_message(anna.id, str(number))).message_id for number in range(3)]
    assert await ptb.delete_messages(anna.id, [*ids[:2], 9999])
    assert [one.text for one in sim.chat_of(anna)] == ["/start", "2"]
    sim.clock.advance(2 * DAY_S + 1)
    with pytest.raises(BadRequest, match=r"(?i)message can't be deleted"):
        await ptb.delete_message(anna.id, ids[2])
    await ptb.edit_message_text("edits have no such limit", anna.id, ids[2])


async def test_texts_are_edited_with_entities(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """Offsets in UTF-16, and the same again is not modified."""
    sent = await ptb.send_message(anna.id, "one")
    marks = [MessageEntity("bold", 3, 3)]
    await ptb.edit_message_text("📦 two", anna.id, sent.message_id, entities=marks)
    assert sim.chat_of(anna)[-1].html == "📦 <b>two</b>"
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await ptb.edit_message_text("📦 two", anna.id, sent.message_id, entities=marks)


async def test_a_quote_must_be_in_the_message(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """It is shown with its place; other words are refused; a target that is gone can be done without."""
    said = anna.writes("📦 where is it?")
    await ptb.send_message(anna.id, "here", reply_parameters=ReplyParameters(said.id, quote="where"))
    shown = sim.chat_of(anna)[-1]
    assert (shown.reply_to, shown.quote) == (said.id, "where")
    with pytest.raises(BadRequest, match=r"(?i)quote_text_invalid"):
        await ptb.send_message(anna.id, "here", reply_parameters=ReplyParameters(said.id, quote="there"))
    anna.deletes(said)
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await ptb.send_message(anna.id, "here", reply_parameters=ReplyParameters(said.id))
    await ptb.send_message(
        anna.id, "anyway", reply_parameters=ReplyParameters(said.id, quote="where", allow_sending_without_reply=True)
    )
    assert (sim.chat_of(anna)[-1].reply_to, sim.chat_of(anna)[-1].quote) == (None, "")


async def test_all_73_reactions_are_taken_one_at_a_time(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """The last one counts; none takes it away."""
    said = anna.writes("hello")
    assert len(ReactionEmoji) == 73
    for emoji in ReactionEmoji:
        await ptb.set_message_reaction(anna.id, said.id, emoji)
        assert sim.chat_of(anna)[-1].reactions == (emoji,)
    await ptb.set_message_reaction(anna.id, said.id)
    assert sim.chat_of(anna)[-1].reactions == ()


async def test_general_is_renamed_closed_and_hidden(ptb: Bot, sim: Simulator, desk: Group) -> None:
    """The same again is not modified; a bot without the right may not write where it is closed."""
    await ptb.edit_general_forum_topic(desk.chat_id, "Dashboard")
    await ptb.close_general_forum_topic(desk.chat_id)
    with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
        await ptb.close_general_forum_topic(desk.chat_id)
    await ptb.send_message(desk.chat_id, "with the right")
    desk.bot_rights(can_manage_topics=False)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await ptb.send_message(desk.chat_id, "without")
    with pytest.raises(BadRequest, match=r"(?i)not enough rights"):
        await ptb.reopen_general_forum_topic(desk.chat_id)


async def test_pins_of_a_topic_go_together(ptb: Bot, sim: Simulator, desk: Group) -> None:
    """Pins of other topics stay."""
    one, other = [(await ptb.create_forum_topic(desk.chat_id, name)).message_thread_id for name in ("R-1", "R-2")]
    for thread in (one, one, other):
        sent = await ptb.send_message(desk.chat_id, "card", message_thread_id=thread)
        await ptb.pin_chat_message(desk.chat_id, sent.message_id)
    await ptb.unpin_all_forum_topic_messages(desk.chat_id, one)
    assert [[said.pinned for said in topic.messages] for topic in desk.topics()] == [[False, False], [True]]
    await ptb.unpin_all_chat_messages(desk.chat_id)
    assert not desk.topic("R-2").messages[0].pinned


async def test_everybody_sees_the_menu_of_the_narrowest_scope(
    ptb: Bot, sim: Simulator, desk: Group, anna: Person, agent: Person
) -> None:
    """By chat, rank, person and language; deleting one lets the next show."""
    await ptb.set_my_commands([("any", "for all")])
    await ptb.set_my_commands([("new", "a new one")], BotCommandScopeAllPrivateChats())
    await ptb.set_my_commands([("neu", "eine neue")], BotCommandScopeAllPrivateChats(), "de")
    await ptb.set_my_commands([("desk", "of the desk")], BotCommandScopeChat(desk.chat_id))
    await ptb.set_my_commands([("spam", "for agents")], BotCommandScopeChatAdministrators(desk.chat_id))
    lead = sim.person("Lead")
    desk.add(lead, "administrator")
    plain = sim.person("Plain")
    desk.add(plain)
    await ptb.set_my_commands([("agents", "for leads")], BotCommandScopeChatMember(desk.chat_id, lead.id))
    names = [[one.command for one in menu] for menu in (
        anna.menu(), agent.menu(), desk.menu_of(agent), desk.menu_of(lead), desk.menu_of(plain),
    )]  # fmt: skip
    assert names == [["neu"], ["new"], ["spam"], ["agents"], ["desk"]]
    await ptb.delete_my_commands(BotCommandScopeAllPrivateChats(), "de")
    assert [one.command for one in anna.menu()] == ["new"]


async def test_buttons_have_styles_and_unknown_ones_are_refused(ptb: Bot, sim: Simulator, anna: Person) -> None:
    """primary, success and danger, and no other."""
    row = [InlineKeyboardButton(style, callback_data="x", style=style) for style in ("primary", "success", "danger")]
    await ptb.send_message(anna.id, "x", reply_markup=InlineKeyboardMarkup([row]))
    assert [button.style for button in sim.chat_of(anna)[-1].buttons[0]] == ["primary", "success", "danger"]
    wrong = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x", style="pink")]])
    with pytest.raises(BadRequest, match="style"):
        await ptb.send_message(anna.id, "x", reply_markup=wrong)


async def test_slow_mode_can_be_read(ptb: Bot, desk: Group) -> None:
    """getChat tells the delay."""
    desk.slow_mode(30)
    assert (await ptb.get_chat(desk.chat_id)).to_dict()["slow_mode_delay"] == 30
