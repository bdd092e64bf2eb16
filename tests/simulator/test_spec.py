"""The simulator speaks the real Bot API: aiogram's models know every parameter it takes and every field it gives."""

from __future__ import annotations

from collections.abc import Iterator

import aiogram.methods
import pytest
from aiogram.methods.base import TelegramMethod
from aiogram.types import Update as AiogramUpdate
from pydantic import BaseModel, TypeAdapter
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, InputMediaVideo, ReplyParameters

from bot.demo.api.methods import METHODS
from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.samples import KINDS
from bot.demo.simulator import Exchange, Simulator
from bot.demo.speaking import File

INVENTED = ("hologram", "teleportation")  # what the simulator has to show that unknown things do no harm
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="x", style="success")]])


def aiogram_method(name: str) -> type[TelegramMethod[object]]:
    found: type[TelegramMethod[object]] = getattr(aiogram.methods, name[0].upper() + name[1:])
    assert issubclass(found, TelegramMethod)
    return found


def strangers(value: object, path: str = "") -> Iterator[str]:
    """Fields anywhere in a value that its model does not know."""
    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {} if name not in INVENTED)
        for name in type(value).model_fields:
            yield from strangers(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from strangers(item, f"{path}[{number}]")


def check(exchange: Exchange) -> None:
    """Read the parameters, the answer and the updates of one exchange with aiogram. Raises on what it does not know."""
    method = aiogram_method(exchange.method)
    if exchange.ok:
        asked = TypeAdapter(method).validate_python(exchange.params)
        assert list(strangers(asked, exchange.method)) == []
        answer = TypeAdapter(method.__returning__).validate_python(exchange.result)
        assert list(strangers(answer, f"{exchange.method} answer")) == []


async def use_everything(sim: Simulator, bot: Bot) -> None:
    """Every method that the simulator has, and every thing that people do."""
    anna, desk = sim.person("Anna Schmidt", "de", "anna"), sim.forum("Desk")
    anna.start("orders")
    wanted = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction"]
    wanted.append("inline_query")
    await bot.get_updates(allowed_updates=wanted)
    await use_private_chat(bot, anna)
    await use_desk(sim, bot, desk, anna)
    await bot.set_my_commands([("help", "Help")])
    await bot.get_my_commands()
    await bot.delete_my_commands()
    await bot.set_webhook("")
    await bot.delete_webhook()
    await bot.get_webhook_info()
    anna.blocks()
    anna.unblocks()
    anna.asks_inline("kettle")
    desk.bot_rights(can_pin_messages=False)
    desk.bot_becomes("member")
    desk.bot_rights()
    await bot.leave_chat(desk.chat_id)
    await bot.close()
    await bot.log_out()
    sim.world.logged_out_until = 0


async def use_private_chat(bot: Bot, anna: Person) -> None:
    """All that a customer sends, and all that is sent to her."""
    await bot.get_me()
    said = anna.writes("see https://example.org", reply_to=None)
    for kind in (*KINDS, "unknown"):
        anna.sends(kind)
    anna.sends_document(b"pdf", "a.pdf", reply_to=said)
    anna.sends_voice(b"v")
    anna.sends_video(b"v")
    anna.sends_audio(b"a")
    anna.edits(said, "see <b>this</b>", html=True)
    anna.writes("this?", reply_to=said, quote="this")
    where = anna.sends("live_location")
    anna.moves(where, 1.5, 2.5)
    anna.stops_sharing(where)
    anna.edits_media(anna.sends("photo", protected=True), "video", b"v")
    anna.forwards(said)
    anna.forwards(said, hidden=True)
    anna.forwards("News of the shop")
    anna.writes_via("gif", "found")
    anna.whispers("psst")
    await bot.set_message_reaction(anna.id, said.id, "👀")
    photo = await bot.send_photo(anna.id, PNG, "c", reply_parameters=ReplyParameters(said.id, quote="this"))
    await bot.edit_message_caption(anna.id, photo.message_id, caption="d")
    await bot.get_file(photo.photo[-1].file_id)
    document = await bot.send_document(anna.id, b"x", filename="x.txt", protect_content=True)
    await bot.delete_message(anna.id, document.message_id)
    await bot.send_voice(anna.id, b"x")
    await bot.send_video(anna.id, b"x")
    await bot.send_audio(anna.id, b"x")
    await bot.send_media_group(anna.id, [InputMediaPhoto(PNG, caption="1"), InputMediaPhoto(PNG)])
    await bot.edit_message_media(InputMediaVideo(b"v", caption="e"), anna.id, photo.message_id)
    await bot.send_animation(anna.id, b"x", width=3, height=4)
    await bot.send_video_note(anna.id, b"x", duration=3)
    await bot.send_sticker(anna.id, b"x")
    await bot.send_location(anna.id, 1.5, 2.5, live_period=60)
    await bot.send_venue(anna.id, 1.5, 2.5, "Shop", "1 Street")
    await bot.send_contact(anna.id, "+49301234", "Shop", "Support")
    dice = await bot.send_dice(anna.id)
    await bot.delete_messages(anna.id, [dice.message_id, dice.message_id + 1])


async def use_desk(sim: Simulator, bot: Bot, desk: Group, anna: Person) -> None:
    """The whole life of a topic."""
    agent = sim.person("Boris")
    desk.add(agent, "administrator")
    album = anna.sends_album(PNG, PNG, caption="both")
    place = (await bot.create_forum_topic(desk.chat_id, "R-1")).message_thread_id
    card = await bot.send_message(desk.chat_id, "<b>card</b>", "HTML", message_thread_id=place, reply_markup=KEYBOARD)
    agent.reacts(desk.topic("R-1").messages[0], "👍")
    press = agent.presses(desk.topic("R-1").messages[0], "Go")
    await bot.answer_callback_query(press.query.id, "yes", show_alert=True)
    await bot.edit_message_text("card 2", desk.chat_id, card.message_id, reply_markup=KEYBOARD)
    await bot.edit_message_reply_markup(desk.chat_id, card.message_id)
    await bot.pin_chat_message(desk.chat_id, card.message_id)
    await bot.get_chat(desk.chat_id)
    await bot.unpin_chat_message(desk.chat_id, card.message_id)
    await bot.copy_message(desk.chat_id, anna.id, album[0].id, message_thread_id=place)
    await bot.copy_messages(desk.chat_id, anna.id, [one.id for one in album], message_thread_id=place)
    await bot.edit_forum_topic(desk.chat_id, place, "R-1 new")
    await bot.close_forum_topic(desk.chat_id, place)
    await bot.reopen_forum_topic(desk.chat_id, place)
    await bot.get_forum_topic_icon_stickers()
    await bot.edit_general_forum_topic(desk.chat_id, "Everything")
    await bot.hide_general_forum_topic(desk.chat_id)
    await bot.unhide_general_forum_topic(desk.chat_id)
    await bot.reopen_general_forum_topic(desk.chat_id)
    await bot.close_general_forum_topic(desk.chat_id)
    await bot.reopen_general_forum_topic(desk.chat_id)
    await bot.unpin_all_forum_topic_messages(desk.chat_id, place)
    await bot.unpin_all_chat_messages(desk.chat_id)
    await bot.get_chat_member(desk.chat_id, sim.bot_id)
    await bot.get_chat_administrators(desk.chat_id)
    await bot.send_chat_action(desk.chat_id, "typing", message_thread_id=place)
    await use_people_of_the_desk(sim, desk, agent)
    desk.remove(agent)
    await bot.delete_forum_topic(desk.chat_id, place)


async def use_people_of_the_desk(sim: Simulator, desk: Group, agent: Person) -> None:
    """All that happens in a forum without the bot's doing."""
    one, other = desk.create_topic("by hand", by=agent), desk.topic("R-1")
    for kind in (*KINDS, "unknown"):
        agent.sends(kind, topic=other)
    said = agent.writes_in(other, "over here")
    agent.writes_in(one, "see there", reply_to=said, quote="here")
    agent.sends_album(File("video", b"v"), File("photo", PNG), caption="c", caption_on=1, topic=one, reply_to=None)
    for strange in (desk.anonymous(agent), desk.as_channel("My channel"), desk.linked_channel("News")):
        strange.writes_in(one, "who am I?")
    robot = sim.other_bot("Weather")
    desk.joins(robot)
    robot.writes_in(one, "rain")
    desk.changes(agent, "administrator", by=agent)
    desk.give_icon(one, "🔥", by=agent)
    desk.give_icon(one, None, by=agent)
    desk.pins(said, by=agent)
    desk.close_general(True, by=agent)
    desk.close_general(False, by=agent)
    desk.hide_general(True, by=agent)
    desk.hide_general(False, by=agent)
    desk.renames("Desk 2", by=agent)
    agent.presses_stale(said, "old")
    agent.deletes(said)
    agent.presses_stale(said, "old")


async def test_aiogram_knows_every_parameter_answer_and_update(sim: Simulator) -> None:
    """Used by python-telegram-bot and read by aiogram: two libraries that know nothing of each other agree with us."""
    sim.observers.append(check)
    async with Bot(sim.token, base_url=sim.url + "/bot", base_file_url=sim.url + "/file/bot") as bot:
        await use_everything(sim, bot)
        updates = [pending.body for pending in sim.world.queue.waiting.values()]
        read_by_ptb = list(await bot.get_updates())
        while rest := await bot.get_updates(offset=read_by_ptb[-1].update_id + 1):
            read_by_ptb += rest
    assert {call.method for call in sim.calls} == {method.name for method in METHODS.values()}
    assert [call for call in sim.calls if not call.ok] == []
    assert len(read_by_ptb) == len(updates) > 100
    kinds: set[str] = set()
    for update in updates:
        read = AiogramUpdate.model_validate(update)
        assert list(strangers(read)) == []
        kinds.add(read.event_type)
    assert kinds == {
        "message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction",
        "inline_query",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(method.name for method in METHODS.values()))
def test_every_parameter_exists_in_the_bot_api(name: str) -> None:
    """No method takes a parameter that aiogram has not, and none lacks one that aiogram requires."""
    ours = METHODS[name.lower()].request.model_fields
    theirs = aiogram_method(name).model_fields
    assert set(ours) - set(theirs) == set()
    required = {field for field, info in theirs.items() if info.is_required()}
    assert required - set(ours) == set()
    # setWebhook takes an empty url here, so that it may be left out.
    assert {field for field, info in ours.items() if info.is_required()} | {"url"} >= required - {"text"}


def test_the_check_itself_finds_strangers() -> None:
    """A field that aiogram does not know is found, however deep it lies."""
    update = AiogramUpdate.model_validate(
        {
            "update_id": 1,
            "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private", "colour": "red"}},
        }
    )
    assert list(strangers(update)) == [".message.chat.colour"]
