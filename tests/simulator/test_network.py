"""Several bots in one simulated Telegram, its limits, and what it remembers."""

from __future__ import annotations

import httpx
import pytest
from pydantic import JsonValue

from bot.demo.faults import Family
from bot.demo.people import Person
from bot.demo.record import Deed
from bot.demo.samples import PNG
from bot.demo.simulator import Simulator
from bot.demo.world import World

Answer = dict[str, JsonValue]


@pytest.fixture
def second(sim: Simulator) -> World:
    return sim.bot("Second", "second_bot")


async def call(sim: Simulator, method: str, world: World | None = None, **params: JsonValue) -> Answer:
    """Ask as a bot, the first one unless another is named."""
    async with httpx.AsyncClient() as http:
        answer: Answer = (await http.post(f"{sim.url}/bot{(world or sim.world).token}/{method}", json=params)).json()
        return answer


async def said_to(sim: Simulator, world: World | None = None) -> list[str]:
    """The words that wait for a bot."""
    updates = (await call(sim, "getUpdates", world))["result"]
    assert isinstance(updates, list)
    messages = [at(update, "message") for update in updates if isinstance(update, dict) and "message" in update]
    return [str(at(message, "text")) for message in messages]


def at(value: JsonValue, *path: str | int) -> JsonValue:
    """What lies somewhere in JSON; None when it is not there."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list):
            value = value[step]
        else:
            raise TypeError(f"no {step!r} in {value!r}")
    return value


async def test_each_bot_has_its_own_chats_queue_and_numbers(sim: Simulator, second: World, anna: Person) -> None:
    """What is said to one does not reach the other; start is needed for each."""
    assert "can't initiate" in str((await call(sim, "sendMessage", second, chat_id=anna.id, text="x"))["description"])
    to_second = anna.with_bot(second)
    to_second.start()
    anna.writes("to the first")
    assert await said_to(sim) == ["/start", "to the first"]
    assert await said_to(sim, second) == ["/start"]
    sent = await call(sim, "sendMessage", second, chat_id=anna.id, text="hello")
    assert isinstance(sent["result"], dict)
    assert sent["result"]["message_id"] == 2
    assert [one.text for one in sim.chat_of(to_second)] == ["/start", "hello"]
    assert [one.text for one in sim.chat_of(anna)] == ["/start", "to the first"]


async def test_bots_of_one_group_hear_people_and_not_each_other(sim: Simulator, second: World, anna: Person) -> None:
    """Only the author of a card hears the press of its button, and only he may edit it."""
    desk = sim.forum("Desk")
    desk.add(anna, "administrator")
    assert (await call(sim, "sendMessage", second, chat_id=desk.chat_id, text="x"))["error_code"] == 400
    desk.add_bot(second)
    keyboard: JsonValue = {"inline_keyboard": [[{"text": "Go", "callback_data": "x"}]]}
    await call(sim, "sendMessage", second, chat_id=desk.chat_id, text="card", reply_markup=keyboard)
    anna.writes_in_general("hello both")
    card = desk.general()[0]
    press = anna.presses(card, "Go")
    assert await said_to(sim) == ["/start", "hello both"]
    assert await said_to(sim, second) == ["hello both"]
    assert [pending.kind for pending in second.queue.waiting.values()] == [
        "my_chat_member",
        "message",
        "callback_query",
    ]
    edit = await call(sim, "editMessageText", chat_id=desk.chat_id, message_id=card.id, text="y")
    assert edit["description"] == "Bad Request: message can't be edited"
    assert sim.unanswered() == [press]
    await call(sim, "answerCallbackQuery", second, callback_query_id=press.query.id)
    assert sim.unanswered() == []


async def test_each_bot_knows_a_file_by_another_id(sim: Simulator, second: World, anna: Person) -> None:
    """The unique id is the same; the other bot's id is refused."""
    desk = sim.forum("Desk")
    desk.add_bot(second)
    desk.add(anna, "administrator")
    anna.sends_photo_in(desk.create_topic("R-1", by=anna), PNG)
    first_id, second_id = [
        str(at(list(world.queue.waiting.values())[-1].body, "message", "photo", 0, "file_id"))
        for world in (sim.world, second)
    ]
    assert first_id != second_id
    assert (await call(sim, "getFile", second, file_id=second_id))["ok"]
    assert (await call(sim, "getFile", file_id=first_id))["ok"]
    assert "wrong file_id" in str((await call(sim, "getFile", second, file_id=first_id))["description"])
    again = await call(sim, "sendPhoto", second, chat_id=desk.chat_id, photo=second_id)
    assert second_id in str(again["result"])


async def test_a_group_that_migrates_has_another_id(sim: Simulator, anna: Person) -> None:
    """Both ids are told, the old one is refused with the new one, and everything is there under the new one."""
    desk = sim.forum("Desk")
    desk.add(anna, "administrator")
    anna.writes_in_general("before")
    old = desk.chat_id
    new = desk.migrates()
    assert desk.chat_id == new != old
    refused = await call(sim, "sendMessage", chat_id=old, text="x")
    assert refused["parameters"] == {"migrate_to_chat_id": new}
    assert refused["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert (await call(sim, "sendMessage", chat_id=new, text="after"))["ok"]
    assert [one.text for one in desk.general()] == ["before", "after"]
    told = [at(pending.body, "message") for pending in list(sim.world.queue.waiting.values())[-2:]]
    assert [(at(one, "chat", "id"), at(one, "migrate_to_chat_id")) for one in told] == [(old, new), (new, None)]


async def test_a_group_has_limits(sim: Simulator, anna: Person) -> None:
    """So many topics; so many messages, and a topic whose first message is gone is not found; 50 administrators."""
    desk = sim.forum("Desk")
    desk.limits(topics=1)
    made = await call(sim, "createForumTopic", chat_id=desk.chat_id, name="R-1")
    assert isinstance(made["result"], dict)
    refused = await call(sim, "createForumTopic", chat_id=desk.chat_id, name="R-2")
    assert refused["description"] == "Bad Request: TOPICS_TOO_MUCH"
    desk.limits(messages=3)
    thread = made["result"]["message_thread_id"]
    for _ in range(3):
        assert (await call(sim, "sendMessage", chat_id=desk.chat_id, message_thread_id=thread, text="x"))["ok"]
    gone = await call(sim, "sendMessage", chat_id=desk.chat_id, message_thread_id=thread, text="x")
    assert gone["description"] == "Bad Request: message thread not found"
    for number in range(49):
        desk.add(sim.person(f"Agent {number}"), "administrator")
    with pytest.raises(PermissionError):
        desk.add(anna, "administrator")


async def test_faults_befall_families_and_bots(sim: Simulator, second: World, anna: Person) -> None:
    """A refusal of edits leaves sends alone; one of the first bot leaves the second alone."""
    sim.fail("*", family=Family.EDIT, retry_after=9)
    sent = await call(sim, "sendMessage", chat_id=anna.id, text="x")
    assert isinstance(sent["result"], dict)
    edit = {"chat_id": anna.id, "message_id": sent["result"]["message_id"], "text": "y"}
    assert (await call(sim, "editMessageText", None, **edit))["error_code"] == 429
    assert (await call(sim, "editMessageText", None, **edit))["ok"]
    sim.fail("getMe", bot=second, error_code=500)
    assert (await call(sim, "getMe"))["ok"]
    assert not (await call(sim, "getMe", second))["ok"]


async def test_rates_are_per_chat_family_and_bot(sim: Simulator, second: World, anna: Person) -> None:
    """Reactions and typing have their own; 30 messages a second are all that a bot may send anywhere."""
    sim.flood_control()
    desk = sim.forum("Desk")
    desk.add_bot(second)
    first = await call(sim, "sendMessage", chat_id=desk.chat_id, text="x")
    assert isinstance(first["result"], dict)
    for _ in range(19):
        await call(sim, "sendMessage", chat_id=desk.chat_id, text="x")
    assert (await call(sim, "sendMessage", chat_id=desk.chat_id, text="x"))["error_code"] == 429
    assert (await call(sim, "sendMessage", second, chat_id=desk.chat_id, text="x"))["ok"]
    react = {"chat_id": desk.chat_id, "message_id": first["result"]["message_id"], "reaction": []}
    assert (await call(sim, "setMessageReaction", None, **react))["ok"]
    statuses = [(await call(sim, "sendChatAction", chat_id=desk.chat_id, action="typing"))["ok"] for _ in range(21)]
    assert statuses == [True] * 20 + [False]


async def test_who_does_not_wait_is_found_out(sim: Simulator, anna: Person) -> None:
    """A call of the same family in the same chat before its retry_after is over; another chat is free."""
    sim.fail("sendMessage", retry_after=30)
    other = sim.person("Carla")
    other.start()
    for chat_id in (anna.id, other.id):
        await call(sim, "sendMessage", chat_id=chat_id, text="x")
    assert sim.record.early == []
    await call(sim, "sendMessage", chat_id=anna.id, text="too early")
    assert [one.call.params["text"] for one in sim.record.early] == ["too early"]
    sim.clock.advance(30)
    await call(sim, "sendMessage", chat_id=anna.id, text="in time")
    assert len(sim.record.early) == 1


async def test_everything_that_happened_is_written_down(sim: Simulator, anna: Person) -> None:
    """Who posted, edited, deleted and reacted, in order, with what the message said then."""
    said = anna.writes("one")
    anna.edits(said, "two")
    await call(
        sim, "setMessageReaction", chat_id=anna.id, message_id=said.id, reaction=[{"type": "emoji", "emoji": "👍"}]
    )
    anna.deletes(said)
    found = [(one.deed, one.message.text, one.by, one.emojis) for one in sim.record.happenings[1:]]
    assert found == [
        (Deed.POSTED, "one", anna.id, ()),
        (Deed.EDITED, "two", anna.id, ()),
        (Deed.REACTED, "two", sim.bot_id, ("👍",)),
        (Deed.DELETED, "two", anna.id, ()),
    ]
    assert [one.text for one in sim.record.posted(anna.id, by=[anna.id])] == ["/start", "one"]
    desk = sim.forum("Desk")
    topic = desk.create_topic("R-1", by=anna)
    desk.delete_topic(topic)
    assert sim.record.happenings[-1].deed is Deed.DELETED
    times = [exchange.at for exchange in sim.calls]
    assert times == sorted(times)


async def test_a_revoked_token_is_unauthorized_and_a_logout_lasts_ten_minutes(sim: Simulator, anna: Person) -> None:
    """The new token goes on with the same queue."""
    old = sim.world.token
    sim.world.revoke_token()
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{sim.url}/bot{old}/getMe")).status_code == 401
    assert await said_to(sim) == ["/start"]
    assert (await call(sim, "logOut"))["ok"]
    assert (await call(sim, "getMe"))["description"] == "Logged out"
    sim.clock.advance(601)
    assert (await call(sim, "getMe"))["ok"]
