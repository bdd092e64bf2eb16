"""The simulator refuses what Telegram refuses, in Telegram's words, and what Telegram would overlook."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from pydantic import JsonValue

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator

Params = dict[str, JsonValue]
GONE = 4711  # no message, no topic and no user has this number


@dataclass(frozen=True, slots=True)
class Scene:
    """A customer who pressed start, a desk with one topic, and one message of the bot in each."""

    sim: Simulator
    anna: Person
    desk: Group
    thread: int
    to_anna: int
    card: int
    http: httpx.AsyncClient

    async def call(self, method: str, params: Params | None = None) -> dict[str, JsonValue]:
        response = await self.http.post(f"/bot{self.sim.token}/{method}", json=params or {})
        answer = response.json()
        assert isinstance(answer, dict)
        assert answer["ok"] is (response.status_code == 200)
        assert answer.get("error_code", 200) == response.status_code
        return answer

    async def refusal(self, method: str, params: Params | None = None) -> str:
        """The description of a refusal; "" when the call was taken."""
        description = (await self.call(method, params)).get("description", "")
        assert isinstance(description, str)
        return description

    def fill(self, params: Params) -> Params:
        """Put the scene's numbers in place of their names."""
        known: dict[str, int] = {
            "ANNA": self.anna.id, "DESK": self.desk.chat_id, "THREAD": self.thread,
            "TO_ANNA": self.to_anna, "CARD": self.card,
        }  # fmt: skip
        return {key: known.get(value, value) if isinstance(value, str) else value for key, value in params.items()}


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    async with Simulator() as sim, httpx.AsyncClient(base_url=sim.url) as http:
        anna, desk = sim.person("Anna"), sim.forum("Desk")
        anna.start()
        bare = Scene(sim, anna, desk, 0, 0, 0, http)
        await bare.call("createForumTopic", {"chat_id": desk.chat_id, "name": "R-1"})
        await bare.call("sendMessage", {"chat_id": anna.id, "text": "hello"})
        thread = desk.topic("R-1").thread_id
        await bare.call("sendMessage", {"chat_id": desk.chat_id, "message_thread_id": thread, "text": "card"})
        card = desk.topic("R-1").messages[0].id
        yield Scene(sim, anna, desk, thread, sim.chat_of(anna)[-1].id, card, http)


def button(**action: str) -> JsonValue:
    return {"inline_keyboard": [[{"text": "Go", **action}]]}


REFUSED: tuple[tuple[str, Params, str], ...] = (
    # Parameters
    ("sendMessage", {"chat_id": "ANNA", "text": "x", "colour": "red"}, 'sendMessage has no parameter "colour"'),
    ("sendMessage", {"text": "x"}, "Bad Request: chat_id is empty"),
    ("sendMessage", {"chat_id": "ANNA"}, "Bad Request: message text is empty"),
    ("sendMessage", {"chat_id": "ANNA", "text": "x", "message_thread_id": "one"}, "Input should be a valid integer"),
    ("sendMessage", {"chat_id": "ANNA", "text": 1}, "Input should be a valid string"),
    ("createForumTopic", {"chat_id": "DESK"}, 'Bad Request: parameter "name" is required'),
    ("editMessageText", {"chat_id": "ANNA", "text": "x"}, "Bad Request: message identifier is not specified"),
    # Texts
    ("sendMessage", {"chat_id": "ANNA", "text": ""}, "Bad Request: message text is empty"),
    ("sendMessage", {"chat_id": "ANNA", "text": " \n "}, "Bad Request: text must be non-empty"),
    ("sendMessage", {"chat_id": "ANNA", "text": "x" * 4097}, "Bad Request: message is too long"),
    ("sendMessage", {"chat_id": "ANNA", "text": "📦" * 2049}, "Bad Request: message is too long"),
    ("copyMessage", {"chat_id": "DESK", "from_chat_id": "ANNA", "message_id": GONE}, "message to copy not found"),
    ("sendMessage", {"chat_id": "ANNA", "text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end"),
    ("sendMessage", {"chat_id": "ANNA", "text": "*x*", "parse_mode": "MarkdownV2"}, "not simulated, only HTML"),
    (
        "sendMessage",
        {"chat_id": "ANNA", "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
        "can't parse entities: Entity bold ends after the end",
    ),
    (
        "sendMessage",
        {"chat_id": "ANNA", "text": "📦", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
        "in a middle of a UTF-16 symbol",
    ),
    (
        "sendMessage",
        {
            "chat_id": "ANNA",
            "text": "x",
            "parse_mode": "HTML",
            "entities": [{"type": "bold", "offset": 0, "length": 1}],
        },
        "parse_mode and entities together",
    ),
    # Buttons
    ("sendMessage", {"chat_id": "ANNA", "text": "x", "reply_markup": button(callback_data="é" * 33)}, "BUTTON_DATA"),
    ("sendMessage", {"chat_id": "ANNA", "text": "x", "reply_markup": button()}, "Text buttons are unallowed"),
    ("sendMessage", {"chat_id": "ANNA", "text": "x", "reply_markup": button(url="mail")}, "Wrong HTTP URL"),
    # Places
    ("sendMessage", {"chat_id": GONE, "text": "x"}, "Bad Request: chat not found"),
    (
        "sendMessage",
        {"chat_id": "DESK", "text": "x", "message_thread_id": GONE},
        "Bad Request: message thread not found",
    ),
    ("sendMessage", {"chat_id": "DESK", "text": "x", "message_thread_id": 1}, "Bad Request: message thread not found"),
    (
        "sendMessage",
        {"chat_id": "ANNA", "text": "x", "reply_parameters": {"message_id": GONE}},
        "Bad Request: message to be replied not found",
    ),
    ("createForumTopic", {"chat_id": "ANNA", "name": "x"}, "Bad Request: the chat is not a forum"),
    ("createForumTopic", {"chat_id": "DESK", "name": "x" * 129}, "a topic's name of 129 characters"),
    ("createForumTopic", {"chat_id": "DESK", "name": " "}, "Bad Request: title must be non-empty"),
    ("editForumTopic", {"chat_id": "DESK", "message_thread_id": GONE, "name": "x"}, "Bad Request: TOPIC_ID_INVALID"),
    (
        "editForumTopic",
        {"chat_id": "DESK", "message_thread_id": "THREAD", "name": "R-1"},
        "Bad Request: TOPIC_NOT_MODIFIED",
    ),
    ("reopenForumTopic", {"chat_id": "DESK", "message_thread_id": "THREAD"}, "Bad Request: TOPIC_NOT_MODIFIED"),
    # What is there
    ("editMessageText", {"chat_id": "ANNA", "message_id": GONE, "text": "x"}, "Bad Request: message to edit not found"),
    (
        "editMessageText",
        {"chat_id": "ANNA", "message_id": "TO_ANNA", "text": "hello"},
        "Bad Request: message is not modified",
    ),
    ("editMessageText", {"chat_id": "ANNA", "message_id": 1, "text": "x"}, "Bad Request: message can't be edited"),
    ("editMessageCaption", {"chat_id": "ANNA", "message_id": "TO_ANNA", "caption": "x"}, "there is no caption in the"),
    ("deleteMessage", {"chat_id": "ANNA", "message_id": GONE}, "Bad Request: message to delete not found"),
    ("deleteMessage", {"chat_id": "DESK", "message_id": "THREAD"}, "Bad Request: message can't be deleted"),
    ("pinChatMessage", {"chat_id": "DESK", "message_id": GONE}, "Bad Request: message to pin not found"),
    (
        "copyMessage",
        {"chat_id": "ANNA", "from_chat_id": "DESK", "message_id": "THREAD"},
        "Bad Request: the message can't be copied",
    ),
    ("copyMessages", {"chat_id": "DESK", "from_chat_id": "ANNA", "message_ids": [2, 1]}, "strictly increasing order"),
    ("copyMessages", {"chat_id": "DESK", "from_chat_id": "ANNA", "message_ids": [GONE]}, "no messages to copy"),
    # Reactions, presses, files
    (
        "setMessageReaction",
        {"chat_id": "ANNA", "message_id": "TO_ANNA", "reaction": [{"type": "emoji", "emoji": "✅"}]},
        "Bad Request: REACTION_INVALID",
    ),
    (
        "setMessageReaction",
        {"chat_id": "ANNA", "message_id": "TO_ANNA", "reaction": [{"type": "emoji", "emoji": "👍"}] * 2},
        "Bad Request: REACTIONS_TOO_MANY",
    ),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "Bad Request: query is too old"),
    ("getFile", {"file_id": "BQAC"}, "Bad Request: wrong file_id"),
    ("sendDocument", {"chat_id": "ANNA"}, "Bad Request: there is no document in the request"),
    ("sendDocument", {"chat_id": "ANNA", "document": "BQAC"}, "Bad Request: wrong file identifier"),
    ("sendDocument", {"chat_id": "ANNA", "document": "attach://x"}, "Bad Request: can't find attached file"),
    ("sendMediaGroup", {"chat_id": "ANNA", "media": []}, "an album has 2 to 10 items"),
    ("sendChatAction", {"chat_id": "ANNA", "action": "sleeping"}, "Bad Request: wrong parameter action in request"),
    ("setMyCommands", {"commands": [{"command": "Help", "description": "x"}]}, "Bad Request: BOT_COMMAND_INVALID"),
    ("getChatMember", {"chat_id": "DESK", "user_id": GONE}, "Bad Request: user not found"),
)


@pytest.mark.parametrize(("method", "params", "words"), REFUSED, ids=lambda value: None)
async def test_what_telegram_refuses_is_refused_in_its_words(
    scene: Scene, method: str, params: Params, words: str
) -> None:
    """A call that Telegram would not take is not taken here either, and changes nothing."""
    before = len(scene.sim.chat_of(scene.anna)), scene.desk.topics()
    assert words in await scene.refusal(method, scene.fill(params))
    assert (len(scene.sim.chat_of(scene.anna)), scene.desk.topics()) == before


async def test_unknown_methods_and_tokens_are_told_apart(scene: Scene) -> None:
    """404 for a method that is none, 401 for a token that is not ours."""
    assert (await scene.call("sendPigeon"))["error_code"] == 404
    wrong = await scene.http.post("/bot123:abc/getMe")
    assert wrong.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert (await scene.http.get(f"/file/bot{scene.sim.token}/none")).status_code == 404


async def test_every_way_of_sending_parameters_is_understood(scene: Scene) -> None:
    """Query, form, JSON; the method's name in any case."""
    path, data = f"/bot{scene.sim.token}/SENDmessage", {"chat_id": str(scene.anna.id), "text": "1 & 2"}
    nested = {**data, "reply_markup": json.dumps(button(callback_data="x"))}
    answers = [
        await scene.http.get(path, params=data),
        await scene.http.post(path, data=nested),
        await scene.http.post(path, json=data),
        await scene.http.post(path, data=data, files={"unused": b""}),
    ]
    assert [answer.json()["ok"] for answer in answers] == [True, True, True, False]
    assert [one.text for one in scene.sim.chat_of(scene.anna)[-3:]] == ["1 & 2"] * 3


async def test_limits_count_what_is_shown(scene: Scene) -> None:
    """4096 units without the markup are taken, and a caption of 1025 is not."""
    fits: Params = {"chat_id": scene.anna.id, "text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"}
    assert await scene.refusal("sendMessage", fits) == ""
    photo = scene.anna.sends_photo(b"photo")
    copy: Params = {"chat_id": scene.anna.id, "from_chat_id": scene.anna.id, "message_id": photo.id}
    assert await scene.refusal("copyMessage", copy | {"caption": "x" * 1024}) == ""
    assert "message caption is too long" in await scene.refusal("copyMessage", copy | {"caption": "x" * 1025})


async def test_people_can_shut_the_bot_out(scene: Scene) -> None:
    """Never started, blocked, deactivated: three different refusals, none after unblocking."""
    stranger = scene.sim.person("Carla")
    words = "Forbidden: bot can't initiate conversation with a user"
    assert await scene.refusal("sendMessage", {"chat_id": stranger.id, "text": "x"}) == words
    mail: Params = {"chat_id": scene.anna.id, "text": "x"}
    scene.anna.blocks()
    assert await scene.refusal("sendMessage", mail) == "Forbidden: bot was blocked by the user"
    scene.anna.unblocks()
    assert await scene.refusal("sendMessage", mail) == ""
    scene.anna.deletes_account()
    assert await scene.refusal("sendMessage", mail) == "Forbidden: user is deactivated"


async def test_rights_are_needed(scene: Scene) -> None:
    """Without its rights the bot makes no topic, pins nothing, stays out of closed topics; kicked, it does nothing."""
    agent = scene.sim.person("Boris")
    scene.desk.add(agent, "administrator")
    scene.desk.close_topic(scene.thread, by=agent)
    send: Params = {"chat_id": scene.desk.chat_id, "text": "x", "message_thread_id": scene.thread}
    assert await scene.refusal("sendMessage", send) == ""
    scene.desk.bot_rights(can_manage_topics=False, can_pin_messages=False)
    assert await scene.refusal("sendMessage", send) == "Bad Request: TOPIC_CLOSED"
    topic: Params = {"chat_id": scene.desk.chat_id, "name": "R-2"}
    assert await scene.refusal("createForumTopic", topic) == "Bad Request: not enough rights to create a topic"
    pin: Params = {"chat_id": scene.desk.chat_id, "message_id": scene.card}
    assert "not enough rights to manage pinned messages" in await scene.refusal("pinChatMessage", pin)
    scene.desk.bot_becomes("kicked")
    assert await scene.refusal("sendMessage", send) == "Forbidden: bot was kicked from the supergroup chat"


async def test_a_deleted_topic_is_found_missing_at_the_next_send(scene: Scene) -> None:
    """Deletion by hand makes no update; sending and renaming then fail."""
    waiting = len(scene.sim.world.queue.waiting)
    scene.desk.delete_topic(scene.thread)
    assert len(scene.sim.world.queue.waiting) == waiting
    place: Params = {"chat_id": scene.desk.chat_id, "message_thread_id": scene.thread}
    assert await scene.refusal("sendMessage", place | {"text": "x"}) == "Bad Request: message thread not found"
    assert await scene.refusal("editForumTopic", place | {"name": "x"}) == "Bad Request: TOPIC_ID_INVALID"


async def test_topics_can_be_switched_off(scene: Scene) -> None:
    """In a group whose topics are off there is no thread to write in."""
    scene.desk.turn_topics(on=False)
    send: Params = {"chat_id": scene.desk.chat_id, "message_thread_id": scene.thread, "text": "x"}
    assert await scene.refusal("sendMessage", send) == "Bad Request: message thread not found"
    make: Params = {"chat_id": scene.desk.chat_id, "name": "x"}
    assert await scene.refusal("createForumTopic", make) == "Bad Request: the chat is not a forum"


async def test_a_reply_may_do_without_its_target(scene: Scene) -> None:
    """allow_sending_without_reply sends although the target is gone."""
    lenient: JsonValue = {"message_id": GONE, "allow_sending_without_reply": True}
    send: Params = {"chat_id": scene.anna.id, "text": "x", "reply_parameters": lenient}
    assert await scene.refusal("sendMessage", send) == ""
    assert scene.sim.chat_of(scene.anna)[-1].reply_to is None


async def test_what_cannot_be_copied_or_fetched_is_refused(scene: Scene) -> None:
    """Quizzes are not copied, files above 20 MiB not downloaded, a photo is not a document, a text is no photo."""
    quiz, large = scene.anna.sends("quiz"), scene.anna.sends_document(b"x", "big.zip", size=20 * 1024 * 1024 + 1)
    copy: Params = {"chat_id": scene.desk.chat_id, "from_chat_id": scene.anna.id, "message_id": quiz.id}
    assert await scene.refusal("copyMessage", copy) == "Bad Request: the message can't be copied"
    document = scene.sim.world.chats[scene.anna.id].posts[large.id].message.document
    assert document is not None
    assert await scene.refusal("getFile", {"file_id": document.file_id}) == "Bad Request: file is too big"
    send: Params = {"chat_id": scene.anna.id, "photo": document.file_id}
    assert "can't use file of type Document as Photo" in await scene.refusal("sendPhoto", send)
    path, data = f"/bot{scene.sim.token}/sendPhoto", {"chat_id": str(scene.anna.id)}
    upload = await scene.http.post(path, data=data, files={"photo": ("a.png", b"text")})
    assert upload.json()["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
