"""After-sales cases on the desk and what their customers read, over the real wires."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.demo.chats import Press
from bot.demo.people import Person
from bot.demo.views import SimMessage
from storage.kinds import CaseStatus, DeliveryKind, Role
from storage.models import AfterSalesCase, Agent, Delivery, Event
from tests.stage import Stage, letter

POLICY = """
[[warranty]]
line = "Everything"
months = 24
[returns]
send_to = "Example Ltd, 1 Dock Street"
"""


def _card(scene: Stage, topic: str = "R-1001") -> SimMessage:
    """The pinned message of the topic. Raises LookupError while there is none."""
    pinned = [said for said in scene.desk.topic(topic).messages if said.pinned]
    return pinned[0]


async def _shown(scene: Stage, words: str, topic: str = "R-1001") -> SimMessage:
    def card() -> SimMessage | None:
        found = _card(scene, topic)
        return found if words in found.text else None

    found = await scene.sim.until(card, 20)
    assert found is not None
    return found


def _buttons(card: SimMessage) -> list[str]:
    return [button.text for row in card.buttons for button in row if "📦" in button.text]


def _data(card: SimMessage, words: str) -> str:
    [found] = [button for row in card.buttons for button in row if words in button.text]
    return found.callback_data or ""


async def _answered(scene: Stage, press: Press) -> str:
    await scene.sim.until(lambda: press.answered, 20)
    return press.text or ""


async def _case(scene: Stage, words: str, kind: str, name: str = "Boris") -> Person:
    """A customer who has written, and whose request an agent has made a case of."""
    customer = scene.sim.person(name)
    customer.start()
    customer.writes(words)
    await scene.topic("R-1001", words)
    await scene.sim.until(lambda: _card(scene), 20)
    scene.maria.writes_in(scene.desk.topic("R-1001"), f"/category {kind}")
    await _shown(scene, f"📦 {kind}")
    await scene.settled()
    return customer


def _read(scene: Stage, customer: Person) -> list[str]:
    return [said.text for said in scene.sim.chat_of(customer) if said.from_bot]


def _policy(folder: Path) -> Path:
    path = folder / "policy.toml"
    path.write_text(POLICY)
    return path


async def test_a_case_is_taken_through_its_steps_by_buttons(scene: Stage, tmp_path: Path) -> None:
    """Each press is told to the customer and shown in the topic; the next card offers what follows."""
    async with scene.running(policy_file=_policy(tmp_path)):
        boris = await _case(scene, "Hello, when do you open?", "return")
        assert _buttons(_card(scene)) == ["📦 Approve", "📦 Refuse …"]
        press = scene.maria.presses(_card(scene), "📦 Approve")
        assert await _answered(scene, press) == "The case is approved. The customer is told."
        told = await scene.reads(boris, "your return (R-1001) is approved")
        assert "Example Ltd, 1 Dock Street" in told
        await scene.topic("R-1001", "your return (R-1001) is approved")
        for button, status, words in (
            ("📦 Goods are here", "received", "have arrived here"),
            ("📦 Refunded", "refunded", "We have sent your refund"),
        ):
            await scene.settled()
            await _answered(scene, scene.maria.presses(_card(scene), button))
            await _shown(scene, f"📦 return ({status})")
            await scene.reads(boris, words)
        await scene.settled()
        read = len(_read(scene, boris))
        assert await _answered(scene, scene.maria.presses(_card(scene), "📦 Case is done")) == "The case is done."
        assert _buttons(await _shown(scene, "📦 return (done)")) == []
        await scene.settled()
        assert len(_read(scene, boris)) == read
        assert await Event.filter(request_id=1001, what="case step").count() == 4


async def test_two_agents_and_an_old_card_decide_once(scene: Stage) -> None:
    """One approves, another refuses on the card that he still sees: the customer reads one decision, once."""
    async with scene.running():
        boris = await _case(scene, "Hello, when do you open?", "repair")
        olga = scene.sim.person("Olga")
        scene.desk.add(olga, "member")
        await Agent.create(identity=str(olga.id), name="Olga", role=Role.AGENT, created_at=datetime.now(UTC))
        card = _card(scene)
        approve, refuse = _data(card, "Approve"), _data(card, "Refuse")
        said = [await _answered(scene, scene.maria.presses_stale(card, approve)) for _ in range(2)]
        assert said == ["The case is approved. The customer is told.", "The case is approved already."]
        assert "The card was refreshed" in await _answered(scene, olga.presses_stale(card, refuse))
        await scene.reads(boris, "is approved")
        await scene.settled()
        assert (await AfterSalesCase.get()).status is CaseStatus.APPROVED
        assert await Delivery.filter(kind=DeliveryKind.STEP).count() == 1
        assert sum("approved" in words for words in _read(scene, boris)) == 1


async def test_a_refusal_asks_why_and_says_it_in_the_customers_language(scene: Stage) -> None:
    """By a picker in the place of the card's buttons, with a way back; also when the request is resolved by then."""
    async with scene.running():
        wang = await _case(scene, "您好，请问你们几点开门", "repair", "王小明")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/resolve")
        await _shown(scene, "resolved")
        await scene.settled()
        await _answered(scene, scene.maria.presses(_card(scene), "📦 Refuse …"))
        await _answered(scene, scene.maria.presses(_card(scene), "← Back"))
        await _answered(scene, scene.maria.presses(_card(scene), "📦 Refuse …"))
        said = await _answered(scene, scene.maria.presses(_card(scene), "The warranty has ended"))
        assert said == "The case is refused. The customer is told."
        assert "原因：保修期已过。" in await scene.reads(wang, "很抱歉")
        assert _buttons(await _shown(scene, "⚖️ the warranty has ended")) == ["📦 Case is done"]


async def test_an_agent_does_it_all_by_words(scene: Stage, tmp_path: Path) -> None:
    """/case sets facts, takes steps with a remark for the customer, shows the case, lists those under way."""
    async with scene.running(policy_file=_policy(tmp_path)):
        boris = await _case(scene, "Hello, when do you open?", "exchange")
        topic = scene.desk.topic("R-1001")
        for words in ("order A-48213", "serial kx00ab12", "model Kettle <b>KX</b>", "bought 2026-05-02"):
            scene.maria.writes_in(topic, f"/case {words}")
        card = await _shown(scene, "under warranty until 2028-05-02")
        assert "order A-48213, serial KX00AB12, model Kettle <b>KX</b>, bought 2026-05-02" in card.text
        assert "missing" not in card.text
        for wrong, told in (
            ("/case bought soon", "Write the day of purchase as 2026-05-31"),
            ("/case colour red", "is nothing of a case"),
            ("/case received", "The exchange is complete; it cannot be received now."),
            ("/case", "From: order number: agent"),
        ):
            scene.maria.writes_in(topic, wrong)
            await scene.topic("R-1001", told)
        scene.maria.writes_in(topic, "/case approve We send the new one at once.")
        assert "We send the new one at once." in await scene.reads(boris, "your exchange (R-1001) is approved")
        scene.maria.writes_in_general("/case")
        await scene.general("R-1001 · Boris · exchange · approved")
        scene.maria.writes_in_general("/find 48213")
        await scene.general("R-1001 · Boris")


async def test_a_step_by_mail_answers_what_the_customer_wrote(scene: Stage) -> None:
    """In his language, in his thread, from our mailbox, as a letter that a program may bounce but not answer."""
    async with scene.running():
        await scene.mail(letter("Guten Tag, wann haben Sie geöffnet? Vielen Dank!"), "anna@customer.example")
        await scene.topic("R-1001", "wann haben Sie")
        await scene.caught(1)
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/category repair")
        await _shown(scene, "📦 repair")
        await scene.settled()
        await _answered(scene, scene.maria.presses(_card(scene), "📦 Approve"))
        mail = (await scene.caught(2))[1]
        assert mail.rcpt_tos == ("anna@customer.example",)
        assert mail.parsed["Subject"] == "Zusage [R-1001]"
        assert mail.parsed["Auto-Submitted"] is None
        assert mail.parsed["In-Reply-To"] == mail.parsed["References"].split()[-1]
        text = next(part for part in mail.parsed.walk() if part.get_content_type() == "text/plain")
        payload = text.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert "Ihre Reparatur (R-1001) ist genehmigt." in payload.decode()
        assert {part.get_content_type() for part in mail.parsed.walk()} >= {"text/plain", "text/html"}
        await scene.topic("R-1001", "Ihre Reparatur (R-1001) ist genehmigt.")
        await scene.settled()
        assert len(await scene.caught(2)) == 2


async def test_a_piece_that_comes_again_links_its_earlier_repair_on_the_card(scene: Stage) -> None:
    """Whoever sends it: the agents see the earlier case, its customer's name stays there."""
    async with scene.running():
        await _case(scene, "Hello, when do you open?", "repair")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/case serial KX00AB12")
        await _shown(scene, "serial KX00AB12")
        anna = scene.sim.person("Anna")
        anna.start()
        anna.writes("Good morning, a question")
        await scene.topic("R-1002", "a question")
        topic = scene.desk.topic("R-1002")
        scene.maria.writes_in(topic, "/category repair")
        await _shown(scene, "📦 repair", "R-1002")
        scene.maria.writes_in(topic, "/case serial kx00ab12")
        card = await _shown(scene, "🔁 the same piece as in R-1001 (repair, incomplete,", "R-1002")
        assert "Boris" not in card.text


async def test_a_step_can_be_taken_back_from_a_chat(scene: Stage) -> None:
    """/del as an answer to what the topic shows of it, as with an agent's own words."""
    async with scene.running():
        boris = await _case(scene, "Hello, when do you open?", "refund")
        await _answered(scene, scene.maria.presses(_card(scene), "📦 Approve"))
        await scene.reads(boris, "your refund (R-1001) is approved")
        topic = await scene.topic("R-1001", "your refund (R-1001) is approved")
        await scene.settled()
        shown = [said for said in topic.messages if "your refund" in said.text][-1]
        scene.maria.writes_in(topic, "/del", reply_to=shown)
        await scene.topic("R-1001", "It is being taken back.")
        await scene.settled()
        assert not any("your refund" in words for words in _read(scene, boris))


async def test_a_button_asks_the_customer_and_is_gone_then(scene: Stage) -> None:
    """One question with its buttons below it; the topic shows it, the card offers it no more."""
    async with scene.running():
        boris = await _case(scene, "Hello, when do you open?", "refund")
        card = _card(scene)
        ask = _data(card, "💬 Ask the customer")
        assert await _answered(scene, scene.maria.presses(card, "💬 Ask the customer")) == "The customer is asked."
        question = await scene.reads(boris, "What is the order number?")
        assert question.startswith("To help you with R-1001")
        await scene.topic("R-1001", "What is the order number?")
        await scene.settled()
        assert not any("Ask the customer" in button.text for row in _card(scene).buttons for button in row)
        assert "asked already" in await _answered(scene, scene.maria.presses_stale(_card(scene), ask))
        boris.writes("48213")
        await _shown(scene, "order 48213")
        assert sum("order number?" in words for words in _read(scene, boris)) == 1


async def test_a_correction_is_taken_over_with_a_press(scene: Stage) -> None:
    """The notice answers the customer's message, and says afterwards who did it; a second press changes nothing."""
    async with scene.running():
        boris = await _case(scene, "Hello, when do you open?", "refund")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/case order 48213")
        await _shown(scene, "order 48213")
        boris.writes("Sorry, the order number is 4712!")
        topic = await scene.topic("R-1001", "order number 4712 instead of 48213")
        [notice] = [said for said in topic.messages if "names another fact" in said.text]
        came = await _answered(scene, scene.maria.presses(notice, "✅ Take it over"))
        assert came == "Maria Agent took it over: order number 4712 instead of 48213."
        await scene.topic("R-1001", f"→ {came}")
        await _shown(scene, "order 4712")
        said = await _answered(scene, scene.maria.presses_stale(notice, _data(notice, "Take it over")))
        assert said == "The case says so already."
        assert (await AfterSalesCase.get()).order_number == "4712"
