"""What customers do by themselves: commands, buttons, deep links, languages; and who can be reached."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.people import Person
from bot.errors import StartError
from bot.link import deep_link, link
from bot.secret_key import secret
from intake.customers.links import Links
from intake.customers.pickers import Asking
from intake.customers.self_service import SelfService
from intake.message import Sender
from storage.kinds import DeliveryKind, DeliveryState, Direction, Status
from storage.models import Address, BotState, CommunicationRecord, Customer, CustomerRequest, Delivery, Event
from tests.builders import BOT, Core, chat
from tests.stage import Stage
from tests.telegram.customers import until_so


async def _presses(scene: Stage, person: Person, words: str, button: str) -> str:
    """Press a button of the newest message that holds these words, and give what the bot answered."""
    [*_, picker] = [said for said in scene.sim.chat_of(person) if said.from_bot and words in said.text]
    [found] = [one.text for row in picker.buttons for one in row if button in one.text]
    press = person.presses(picker, found)
    await scene.sim.until(lambda: press.answered)
    return press.text or ""


async def test_e12_start_with_and_without_payload_opens_no_request(scene: Stage) -> None:
    """A payload is a hint on the next request, and once: never a request by itself."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        await scene.reads(boris, "Hello, this is")
        boris.start("refund")
        boris.start()
        boris.start("order_4711")
        await until_so(lambda: Address.filter(came_by="“order_4711”").exists())
        await scene.settled()
        assert await CommunicationRecord.all().count() == 0
        assert len([said for said in scene.sim.chat_of(boris) if said.from_bot]) == 1  # greeted once a minute
        boris.writes("My kettle leaks")
        await scene.topic("R-1001", "My kettle leaks")
        await scene.settled()
        assert (await CustomerRequest.get()).flags == ["came by link: “order_4711”"]
        assert "came by link" in scene.desk.topic("R-1001").messages[0].text
        boris.writes("/new")
        await scene.reads(boris, "opens a new request")
        boris.writes("Another thing")
        await scene.topic("R-1002", "Another thing")
        assert (await CustomerRequest.get(id=1002)).flags == []


async def test_e12_a_link_of_ours_counts_once(scene: Stage) -> None:
    """It is signed, so that nobody makes one up, and the second who comes by it comes by no link."""
    boris, anna, eve = (scene.sim.person(name) for name in ("Boris", "Anna", "Eve"))
    async with scene.running() as app:
        boris.start()
        boris.writes("My kettle leaks")
        await scene.topic("R-1001", "My kettle leaks")
        made_up = Links(b"another secret").once(1001)
        real = Links(secret(app.settings)).once(1001)
        for person, payload in ((anna, real), (eve, real), (eve, made_up)):
            person.start(payload)
            await scene.reads(person, "Hello, this is")
            await scene.settled()
        assert [one.came_by for one in await Address.exclude(came_by=None)] == ["given for R-1001"]
        assert await Event.filter(request_id=1001, what="link used").count() == 1


async def test_new_opens_a_request_after_a_restart_too(scene: Stage) -> None:
    """What was chosen is kept in the database; it is used once."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("My kettle leaks")
        await scene.topic("R-1001", "My kettle leaks")
        boris.writes("/new")
        await scene.reads(boris, "opens a new request")
    async with scene.running():
        boris.writes("Where is my parcel?")
        boris.writes("It is order 4711")
        await scene.topic("R-1002", "order 4711")
        await scene.settled()
        assert await CustomerRequest.all().count() == 2
        assert await CommunicationRecord.filter(request_id=1002, direction=Direction.INCOMING).count() == 2


async def test_my_shows_requests_and_lets_him_choose(scene: Stage) -> None:
    """A button for each; what he writes next goes there, and the list says so."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("/my")
        await scene.reads(boris, "You have no requests yet")
        boris.writes("My kettle leaks")
        await scene.topic("R-1001", "My kettle leaks")
        boris.writes("/new")
        await scene.reads(boris, "opens a new request")
        boris.writes("Where is my parcel?")
        await scene.topic("R-1002", "my parcel")
        boris.writes("/my")
        await scene.reads(boris, "R-1002: we have it\nR-1001: we have it")
        assert await _presses(scene, boris, "Your requests", "My kettle leaks") == "Your next message goes to R-1001."
        await scene.reads(boris, "R-1001: we have it ✏️ your next message")
        boris.writes("The lid, too")
        boris.writes("And the handle")
        await scene.topic("R-1001", "And the handle")
        rows = await CommunicationRecord.filter(direction=Direction.INCOMING, request_id=1001)
        assert [row.text for row in rows] == ["My kettle leaks", "The lid, too", "And the handle"]


async def test_close_is_the_customers_resolve(scene: Stage) -> None:
    """The newest, or the one that he replies to; agents read it, the card shows it, and a word opens it again."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        said = boris.writes("My kettle leaks")
        await scene.topic("R-1001", "My kettle leaks")
        boris.writes("/new")
        await scene.reads(boris, "opens a new request")
        boris.writes("Where is my parcel?")
        await scene.topic("R-1002", "my parcel")
        boris.writes("/close", reply_to=said)
        await scene.reads(boris, "R-1001 is done")
        await scene.topic("R-1001", "The customer says that this is done")
        boris.writes("/close")
        await scene.reads(boris, "R-1002 is done")
        boris.writes("/close")
        await scene.reads(boris, "Nothing is open")
        await scene.settled()
        assert [one.status for one in await CustomerRequest.all()] == [Status.RESOLVED] * 2
        changes = await Event.filter(what="status", actor="customer", after=Status.RESOLVED)
        assert len(changes) == 2
        assert "resolved" in scene.desk.topic("R-1002").messages[0].text
        boris.writes("It has not come")
        await scene.topic("R-1002", "It has not come")
        assert (await CustomerRequest.get(id=1002)).status is Status.OPEN


async def test_what_is_no_command_of_ours_is_a_message(scene: Stage) -> None:
    """Unknown commands, and known ones with words behind them, are for the agents."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        for words in (
            "/refund",
            "/close it was never delivered",
            "/start the machine please",
            "/my@somebody_elses_bot",
        ):
            boris.writes(words)
            await scene.topic("R-1001", words)
        await scene.settled()
        assert await CommunicationRecord.filter(direction=Direction.INCOMING).count() == 4


async def test_e52_customers_read_their_language_and_can_choose_another(scene: Stage) -> None:
    """By the language of his app, with a fallback; what he picks himself counts more, from then on."""
    scene.sim.world.commands.clear()
    olga, amara = scene.sim.person("Olga", "de"), scene.sim.person("Amara", "sw")
    async with scene.running():
        amara.start()
        await scene.reads(amara, "Hello, this is")  # Swahili is not configured
        olga.start()
        await scene.reads(olga, "Guten Tag")
        olga.writes("/language")
        await scene.reads(olga, "In welcher Sprache")
        assert "по-русски" in await _presses(scene, olga, "In welcher Sprache", "Русский")
        await scene.reads(olga, "по-русски")
        olga.writes("My kettle leaks and I want it repaired")
        await scene.reads(olga, "Спасибо")
        olga.writes("/help")
        await scene.reads(olga, "Напишите здесь")
        await scene.settled()
        assert (await Customer.get(name="Olga")).chosen_language == "ru"
        assert (await CustomerRequest.get()).language == "ru"


async def test_every_press_in_a_private_chat_is_answered(scene: Stage) -> None:
    """Old buttons, forged ones, other people's requests: a word, and no effect."""
    boris, eve = scene.sim.person("Boris"), scene.sim.person("Eve")
    async with scene.running():
        boris.start()
        boris.writes("My kettle leaks")
        eve.start()
        eve.writes("/my")
        await scene.reads(eve, "no requests yet")
        await scene.topic("R-1001", "My kettle leaks")
        [*_, message] = [said for said in scene.sim.chat_of(eve) if said.from_bot]
        for data in ("request:1001", "request:", "request:99999999999999999999", "page:-1", "language:xx", "", "?"):
            press = eve.presses_stale(message, data)
            await scene.sim.until(lambda press=press: press.answered)  # type: ignore[misc]  # mypy infers no lambda with a default
            assert press.text == "This is no longer possible. /my shows your requests.", data
        assert await Address.exclude(next_request=None).count() == 0


async def test_e14_who_blocks_and_comes_back(scene: Stage) -> None:
    """Told once in the topic; what did not arrive meanwhile is offered again when he is back."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("My kettle leaks")
        topic = await scene.topic("R-1001", "My kettle leaks")
        await scene.settled()
        boris.blocks()
        await scene.topic("R-1001", "Answers do not arrive: the customer has blocked the bot")
        scene.maria.writes_in(topic, "Dear Boris, we send you a new one")
        await scene.topic("R-1001", "Not delivered")
        await scene.settled()
        assert (await Address.get()).unreachable == "the customer has blocked the bot"
        boris.unblocks()
        await scene.topic("R-1001", "can be reached again")
        await scene.topic("R-1001", "This did not arrive")
        await scene.settled()
        assert (await Address.get()).unreachable is None
        failed = await Delivery.get(kind=DeliveryKind.REPLY, state=DeliveryState.FAILED)
        offers = [one for one in await Delivery.filter(concerns=failed.id) if "did not arrive" in one.text]
        assert len(offers) == 1
        told = [said.text for said in scene.desk.topic("R-1001").messages if "Answers do not arrive" in said.text]
        assert len(told) == 1


async def test_e14_a_refused_send_is_remembered_and_a_message_ends_it(scene: Stage) -> None:
    """Telegram's word may be lost: the send finds it out, and who writes can be reached."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("My kettle leaks")
        topic = await scene.topic("R-1001", "My kettle leaks")
        await scene.settled()
        scene.sim.fail("sendMessage", 1, 403, "Forbidden: bot was blocked by the user", chat_id=boris.id)
        scene.maria.writes_in(topic, "Dear Boris")
        await scene.topic("R-1001", "Not delivered")
        assert (await Address.get()).unreachable == "the customer has blocked the bot"
        boris.writes("I am here")
        await scene.topic("R-1001", "can be reached again")
        assert (await Address.get()).unreachable is None


async def test_menus_by_scope_and_language_are_sent_when_they_change(scene: Stage) -> None:
    """Customers' in each language, agents' on the desk; not again after a restart, and again after a change."""
    scene.sim.world.commands[("all_private_chats", "fr")] = ()
    async with scene.running():
        await until_so(lambda: BotState.exclude(menus=None).exists())
    shown = {scope: [one.command for one in list_] for scope, list_ in scene.sim.world.commands.items() if list_}
    private = [commands for (scope, _), commands in shown.items() if "private" in scope]
    assert private == [["new", "my", "close", "language", "help"]] * 6  # five languages and everybody else
    desk = [commands for (scope, _), commands in shown.items() if "private" not in scope]
    assert len(desk) == 2
    assert all("note" in commands for commands in desk)
    calls = len(scene.sim.calls_of("setMyCommands"))
    async with scene.running():
        await until_so(lambda: _is_connected(scene))
        before = (await _state()).menus
    assert len(scene.sim.calls_of("setMyCommands")) == calls
    async with scene.running(languages=("en", "de")):
        await until_so(lambda: _has_other_menus(before))
    left = [scope for scope, list_ in scene.sim.world.commands.items() if list_ and "private" in scope[0]]
    assert sorted(language for _, language in left) == ["", "de", "en"]


async def _state() -> BotState:
    return await BotState.get()


async def _is_connected(scene: Stage) -> bool:
    return scene.app.telegram is not None and scene.app.telegram.wire.connected


async def _has_other_menus(before: str | None) -> bool:
    return (await _state()).menus != before


async def test_e50_a_renamed_bot_is_known_by_its_new_name(scene: Stage) -> None:
    """Deep links are built from what getMe says now, never from what it said once."""
    async with scene.running() as app:
        assert app.telegram is not None
        bot, links = app.telegram.wire.bot, Links(secret(app.settings))
        await scene.sim.until(lambda: scene.sim.calls_of("getMe"))
        assert await deep_link(bot, links, "refund") == f"https://t.me/{scene.sim.world.bot.username}?start=refund"
        scene.sim.world.bot = scene.sim.world.bot.model_copy(update={"username": "another_name_bot"})
        assert await deep_link(bot, links, "refund") == "https://t.me/another_name_bot?start=refund"
        assert (await deep_link(bot, links, "R-1042")).startswith("https://t.me/another_name_bot?start=once-1042-")
        with pytest.raises(StartError):
            await deep_link(bot, links, "no such letters: é")
        assert await link(app.settings, "") == "https://t.me/another_name_bot"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"telegram_api_url": "http://127.0.0.1:9"}, "Telegram cannot be reached at http://127.0.0.1:9"),
        ({"telegram_token": "7000000009:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, "does not accept INTAKE_TELEGRAM_TOKEN"),
    ],
)
async def test_a_link_that_cannot_be_made_is_explained(scene: Stage, changes: dict[str, str], words: str) -> None:
    """Who the bot is must be asked; whatever comes of it, the operator reads a sentence."""
    with pytest.raises(StartError, match=re.escape(words)):
        await link(scene.settings(**changes), "refund")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


@pytest.mark.usefixtures("database")
async def test_e13_another_name_is_shown_at_most_once_an_hour(core: Core) -> None:
    """The id is the key: name, username and language may change, the customer stays who he is."""
    await core.accept(chat(sender=Sender("501", "Boris", "ru", username="boris")))
    await core.deliver()

    async def calls_himself(name: str, username: str) -> tuple[str, str | None, int]:
        await core.accept(chat("hello", sender=Sender("501", name, "de", username=username)))
        cards = await Delivery.filter(kind=DeliveryKind.CARD, state=DeliveryState.QUEUED).count()
        await core.deliver()
        return (await Customer.get()).name, (await Address.get()).username, cards

    assert await calls_himself("Bob", "bob") == ("Bob", "bob", 1)
    core.later(minutes=59)
    assert await calls_himself("Bobby", "bobby") == ("Bob", "bob", 0)
    core.later(minutes=2)
    assert await calls_himself("Bobby", "bobby") == ("Bobby", "bobby", 1)
    core.later(hours=2)
    assert await calls_himself("Bobby", "bobby") == ("Bobby", "bobby", 0)
    assert (await Address.get()).language == "de"
    assert await CustomerRequest.all().count() == 1


@pytest.mark.usefixtures("database")
async def test_e18_a_flood_is_stored_whole_and_shown_once_a_minute(core: Core) -> None:
    """200 messages in a minute: all kept, one notice, one acknowledgement, nothing extra to the customer."""
    for number in range(200):
        core.later(seconds=0.25)
        await core.accept(chat(f"message {number}"))
    mirrors = await Delivery.filter(kind=DeliveryKind.MIRROR).order_by("id")
    assert len(mirrors) == 200
    at_once = [one for one in mirrors if one.due_at == one.queued_at]
    assert len(at_once) == 40
    assert len({one.due_at for one in mirrors if one not in at_once}) == 1
    assert max(one.due_at - one.queued_at for one in mirrors) <= timedelta(minutes=1)
    assert await Delivery.filter(kind=DeliveryKind.NOTICE).count() == 1
    assert await Delivery.filter(channel="telegram").count() == 1
    core.later(minutes=5)
    await core.accept(chat("and now slowly"))
    last = await Delivery.filter(kind=DeliveryKind.MIRROR).order_by("-id").first()
    assert last is not None
    assert last.due_at == last.queued_at


@pytest.mark.usefixtures("database")
async def test_a_choice_holds_while_he_goes_on_writing(core: Core) -> None:
    """Half an hour from his last message; then the newest request is meant again."""
    service = SelfService(core.house, core.replies, core.intake.form, core.outbox.wake)
    asking = Asking("telegram", BOT, Sender("501", "Boris", "ru"), "501")
    first = (await core.accept(chat())).request
    await service.begin(asking, core.now)
    second = (await core.accept(chat("another thing"))).request
    assert second != first
    await service.pick(asking, f"request:{first}", core.now)
    for minutes, expected in ((0, first), (29, first), (29, first), (31, second), (1, second)):
        core.later(minutes=minutes)
        assert (await core.accept(chat("one more word on it"))).request == expected


@pytest.mark.usefixtures("database")
async def test_the_same_command_again_changes_nothing(core: Core) -> None:
    """Telegram brings an update twice now and then: /close must not close the next one."""
    service = SelfService(core.house, core.replies, core.intake.form, core.outbox.wake)
    asking = Asking("telegram", BOT, Sender("501", "Boris", "en"), "501", message="700000001:501:77")
    await core.accept(chat())
    await service.begin(Asking("telegram", BOT, Sender("501", "Boris", "en"), "501"), core.now)
    await core.accept(chat("another thing"))
    await service.close(asking, core.now)
    await service.close(asking, core.now)
    assert [one.status for one in await CustomerRequest.all().order_by("id")] == [Status.NEW, Status.RESOLVED]


@pytest.mark.usefixtures("database")
async def test_nobody_fills_the_desk_with_commands(core: Core) -> None:
    """At most ten open requests by /new, and at most twenty answers in a minute."""
    service = SelfService(core.house, core.replies, core.intake.form, core.outbox.wake)
    for number in range(30):
        asking = Asking("telegram", BOT, Sender("501", "Boris", "en"), "501", message=f"{BOT}:501:9{number}")
        await service.begin(asking, core.now)
        await core.accept(chat(f"thing {number}"))
    assert await CustomerRequest.all().count() == 10
    assert await Delivery.filter(kind=DeliveryKind.GREETING).count() == 20
