"""General as the agents' dashboard, and what the commands tell, over the real wire."""

from __future__ import annotations

from bot.demo.people import Person
from bot.demo.views import SimMessage
from bot.desk.command_table import TABLE, Where
from storage.kinds import Priority, Role, Status
from storage.models import Agent, CommunicationRecord, CustomerRequest, Delivery, Desk
from tests.stage import Stage

HOSTILE = "<b>Anna</b> & \u202eevil"


async def _asked(scene: Stage, name: str = "Boris", words: str = "Hello, my kettle is broken.") -> Person:
    customer = scene.sim.person(name)
    customer.start()
    customer.writes(words)
    await scene.topic("R-", words)
    return customer


async def _board(scene: Stage, words: str) -> SimMessage:
    """The summary, once it holds these words."""

    def there() -> SimMessage | None:
        found = [said for said in scene.desk.general() if said.from_bot and said.text.startswith("The desk")]
        assert len(found) <= 1, "there is one summary"
        return found[0] if found and words in found[0].text else None

    found = await scene.sim.until(there, 20)
    assert found is not None
    return found


async def test_the_summary_is_one_message_that_is_edited_in_place(scene: Stage) -> None:
    """Counts, who waits longest with the way to his topic, what is nobody's, what did not arrive; pinned, silent."""
    async with scene.running():
        boris = await _asked(scene, HOSTILE)
        board = await _board(scene, "❓ 1 new")
        topic = scene.desk.topic("R-1001")
        link = f"https://t.me/c/{str(scene.desk.chat_id).removeprefix('-100')}/{topic.thread_id}"
        assert link in (await _board(scene, "Waiting longest")).html
        assert "<b>Anna</b> & evil" in board.text
        assert "🙋 1 nobody's" in board.text
        scene.maria.writes_in(topic, "/assign")
        again = await _board(scene, "Maria Agent")
        assert again.id == board.id
        scene.sim.world.chats[boris.id].blocked = True
        scene.maria.writes_in(topic, "We send a new one.")
        await _board(scene, "👎 R-1001 the customer has blocked the bot")
        sent = [
            call for call in scene.sim.calls_of("sendMessage") if str(call.params["text"]).startswith("<b>The desk")
        ]
        assert [call.params.get("disable_notification") for call in sent] == [True]


async def test_a_summary_that_was_deleted_is_posted_again(scene: Stage) -> None:
    """And is found again after a restart."""
    async with scene.running():
        await _asked(scene)
        board = await _board(scene, "1 new")
        await scene.settled()
        scene.desk.delete_message(board)
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/resolve")
        posted = await _board(scene, "❓ 0 new")
        await scene.settled()
        assert (await Desk.get()).board == str(posted.id)
    async with scene.running():
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/reopen")
        assert (await _board(scene, "💬 1 open")).id == posted.id


async def test_the_summary_is_drawn_once_a_minute(scene: Stage) -> None:
    """However much happens: it costs the customers nothing of what the group may be told."""
    async with scene.running(telegram_pace=1):
        await _asked(scene)
        board = await _board(scene, "1 new")
        for words in ("/priority high", "/assign", "/priority low"):
            scene.maria.writes_in(scene.desk.topic("R-1001"), words)
        await scene.sim.until(lambda: "🧑‍💼 Maria Agent" in scene.desk.topic("R-1001").messages[0].text or None, 30)
        edits = [call for call in scene.sim.calls_of("editMessageText") if call.params["message_id"] == board.id]
        assert edits == []


async def test_commands_do_what_the_buttons_do(scene: Stage) -> None:
    """In a topic, by name; what is not understood is told, and never reaches the customer."""
    async with scene.running():
        boris = await _asked(scene)
        topic = scene.desk.topic("R-1001")
        for words in ("/category refund", "/priority urgent", "/assign", "/resolve", "/reopen", "/assign nobody"):
            scene.maria.writes_in(topic, words)
        scene.maria.writes_in(topic, "/category no such thing")
        await scene.topic("R-1001", "Write one of these behind /category: Order,")
        scene.maria.writes_in(topic, "/priority soon")
        await scene.topic("R-1001", "Write one of these behind /priority: low, normal, high, urgent.")
        scene.maria.writes_in(topic, "/refund 100 euros to his account")
        await scene.topic("R-1001", "There is no such command; nothing was sent to the customer.")
        scene.maria.writes_in_general("/resolve")
        await scene.general("Use /resolve in a request's topic.")
        await scene.settled()
        request = await CustomerRequest.get(id=1001)
        assert (request.status, request.priority, request.category) == (Status.OPEN, Priority.URGENT, "refund")
        assert request.assignee_id is None
        assert not [said for said in scene.sim.chat_of(boris) if said.from_bot and "100 euros" in said.text]
        scene.maria.writes_in(topic, "/spam")
        await scene.topic("R-1001", "closed this as spam")
        assert (await CustomerRequest.get(id=1001)).status is Status.CLOSED


async def test_agents_ask_the_desk_how_it_stands(scene: Stage) -> None:
    """/mine, /queue and /status in General, with links; e52: in English, whatever language a customer writes."""
    async with scene.running():
        await _asked(scene, "Борис Петров", "Мой чайник сломан")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/assign")
        await scene.topic("R-1001", "🧑‍💼 Maria Agent")
        scene.maria.writes_in_general("/mine")
        mine = await scene.general("Your open requests:")
        assert "R-1001 · Борис Петров" in mine.text
        assert "https://t.me/c/" in mine.text
        scene.maria.writes_in_general("/queue")
        assert "R-1001" in (await scene.general("Waiting longest (0 nobody's)")).text
        await scene.settled()
        scene.maria.writes_in_general("/status")
        await scene.general("All is well")
        await Delivery.filter(kind="acknowledgement").update(state="unknown", last_error="the answer was lost")
        scene.maria.writes_in_general("/status")
        await scene.general("R-1001: an answer may not have arrived: the answer was lost")


async def test_e52_what_customers_call_themselves_is_safe_in_every_list(scene: Stage) -> None:
    """No markup, no letters that turn others around; agents' texts are English."""
    async with scene.running():
        await _asked(scene, HOSTILE, "Hola, mi hervidor no funciona")
        for words in ("/find hervidor", "/queue"):
            scene.maria.writes_in_general(words)
        for words in ("Found:", "Waiting longest ("):
            listed = await scene.general(words)
            assert "<b>Anna</b> & evil" in listed.text
            assert "\u202e" not in listed.text
            assert "evil</b>" not in listed.html


async def test_help_teaches_what_can_be_used_here(scene: Stage) -> None:
    """By place and role; every command of the table is there for an admin."""
    olga = scene.sim.person("Olga")
    scene.desk.add(olga, "member")
    async with scene.running():
        await _asked(scene)
        maria = await Agent.get(identity=str(scene.maria.id))
        await Agent.create(identity=str(olga.id), name="Olga", role=Role.AGENT, created_at=maria.created_at)
        scene.maria.writes_in_general("/help")
        general = await scene.general("reaches no customer")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/help")
        await scene.topic("R-1001", "goes to the customer")
        [topic] = [said for said in scene.desk.topic("R-1001").messages if "goes to the customer." in said.text]
        for row in TABLE:
            assert (f"\n/{row.name}" in topic.text) is (row.where is not Where.GENERAL), row.name
            assert (f"\n/{row.name}" in general.text) is (row.where is not Where.TOPIC), row.name
        olga.writes_in_general("/help")
        plain = await scene.sim.until(
            lambda: [
                said for said in scene.desk.general() if said.id > general.id and "reaches no customer" in said.text
            ]
        )
        assert "/agent id" not in plain[0].text
        assert "/agents" in plain[0].text
        assert await CommunicationRecord.filter(direction="outgoing").count() == 0


async def test_an_agent_sets_what_is_known_of_a_customer(scene: Stage) -> None:
    """In his topic, by a command; it is on his card from then on."""
    async with scene.running():
        await _asked(scene)
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/customer phone 0049 30 901820")
        await scene.topic("R-1001", "The customer's phone is +4930901820.")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/customer")
        await scene.topic("R-1001", "phone: +4930901820")
