"""The buttons of a card, over the real wire: done once, answered in time, and never on what is not true any more."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
from tortoise.connection import get_connection

from bot.demo.chats import Press
from bot.demo.people import Person
from bot.demo.views import SimMessage
from bot.desk.presses import AWAY, FAULT
from storage.database import sqlite_path
from storage.kinds import Priority, Role, Status
from storage.models import Address, Agent, CustomerRequest, Event, Parked
from tests.stage import Stage


def _card(scene: Stage) -> SimMessage:
    """The pinned message of the topic. Raises LookupError while there is none."""
    pinned = [said for said in scene.desk.topic("R-1001").messages if said.pinned]
    return pinned[0]


async def _shown(scene: Stage, words: str) -> SimMessage:
    """The card, once it shows these words."""

    def card() -> SimMessage | None:
        found = _card(scene)
        return found if words in found.text else None

    found = await scene.sim.until(card, 20)
    assert found is not None
    return found


async def _answered(scene: Stage, press: Press) -> str:
    await scene.sim.until(lambda: press.answered, 20)
    return press.text or ""


async def _asked(scene: Stage, name: str = "Boris", words: str = "Hello, when do you open?") -> Person:
    """A customer whose request has its topic, its card pinned and nothing under way."""
    customer = scene.sim.person(name)
    customer.start()
    customer.writes(words)
    await scene.topic("R-1001", words)
    await scene.sim.until(lambda: _card(scene), 20)
    await scene.settled()
    return customer


async def _colleague(scene: Stage, name: str, role: Role = Role.AGENT) -> Person:
    person = scene.sim.person(name)
    scene.desk.add(person, "member")
    await Agent.create(identity=str(person.id), name=name, role=role, created_at=datetime.now(UTC))
    return person


async def test_the_card_shows_who_and_is_pinned_without_noise(scene: Stage) -> None:
    """Assignee, username, language; one pin, silent."""
    async with scene.running():
        await _asked(scene)
        card = _card(scene)
        assert "🧑‍💼 nobody yet" in card.text
        await Address.filter(channel="telegram").update(username="boris_p", unreachable="he <b>blocked</b> us")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/assign")
        shown = await _shown(scene, "🧑‍💼 Maria Agent")
        assert "🌐 @boris_p · en" in shown.text
        assert "🚫 not reached: he <b>blocked</b> us" in shown.text
        pins = [call for call in scene.sim.calls_of("pinChatMessage") if call.params["message_id"] == card.id]
        assert [call.params["disable_notification"] for call in pins] == [True]


async def test_e33_a_stale_button_says_whose_it_is(scene: Stage) -> None:
    """Two agents take the same request: the second reads who was quicker, and it stays with the first."""
    async with scene.running():
        await _asked(scene)
        olga = await _colleague(scene, "Olga")
        card = _card(scene)
        [take] = [button for row in card.buttons for button in row if "Assign to me" in button.text]
        assert take.style == "primary"
        presses = [person.presses_stale(card, take.callback_data or "") for person in (scene.maria, olga)]
        said = [await _answered(scene, press) for press in presses]
        winner = (await CustomerRequest.get(id=1001).select_related("assignee")).assignee
        assert winner is not None
        assert sorted(said) == sorted([f"Already assigned to {winner.name}.", "Assigned to you."])
        assert await Event.filter(what="assigned").count() == 1
        card = await _shown(scene, f"🧑‍💼 {winner.name}")
        assert [button.text for button in card.buttons[0]] == ["🙋 Take over", "Unassign", "👥 Assign to …"]


async def test_e40_a_press_on_an_outdated_card_refreshes_it(scene: Stage) -> None:
    """A colleague has changed the request since: nothing is done, and the card is true again."""
    async with scene.running():
        await _asked(scene)
        stale = _card(scene)
        [spam] = [button for row in stale.buttons for button in row if "Spam" in button.text]
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/priority urgent")
        await _shown(scene, "urgent")
        press = scene.maria.presses_stale(stale, spam.callback_data or "")
        assert "The card was refreshed" in await _answered(scene, press)
        assert not press.alert
        await scene.settled()
        request = await CustomerRequest.get(id=1001)
        assert (request.status, request.priority) == (Status.NEW, Priority.URGENT)
        assert "urgent" in _card(scene).text


async def test_pickers_replace_the_buttons_of_the_same_card(scene: Stage) -> None:
    """Category and priority by two presses each, with a way back; no message is added."""
    async with scene.running():
        await _asked(scene)
        before = len(scene.desk.topic("R-1001").messages)
        await _answered(scene, scene.maria.presses(_card(scene), "🏷 Category"))
        assert "Invoice and payment" in [button.text for row in _card(scene).buttons for button in row]
        await _answered(scene, scene.maria.presses(_card(scene), "← Back"))
        assert "✅ Resolve" in [button.text for row in _card(scene).buttons for button in row]
        await _answered(scene, scene.maria.presses(_card(scene), "🏷 Category"))
        assert await _answered(scene, scene.maria.presses(_card(scene), "Refund")) == "Category: Refund."
        card = await _shown(scene, "🏷 refund — set by Maria Agent")
        assert "📦 refund: nothing known yet · missing: order number" in card.text
        await scene.settled()
        await _answered(scene, scene.maria.presses(_card(scene), "❗️ Priority"))
        assert await _answered(scene, scene.maria.presses(_card(scene), "🔥 Urgent")) == "Priority: urgent."
        card = await _shown(scene, "❗️ urgent — set by Maria Agent")
        assert "✅ Resolve" in [button.text for row in card.buttons for button in row]
        assert len(scene.desk.topic("R-1001").messages) == before


async def test_only_leads_give_requests_to_others(scene: Stage) -> None:
    """By the picker of colleagues; whoever gets one is named in the topic."""
    async with scene.running():
        await _asked(scene)
        olga, lena = await _colleague(scene, "Olga"), await _colleague(scene, "Lena", Role.LEAD)
        refused = olga.presses(_card(scene), "👥 Assign to …")
        assert "Only leads" in await _answered(scene, refused)
        assert refused.alert
        await _answered(scene, lena.presses(_card(scene), "👥 Assign to …"))
        assert await _answered(scene, lena.presses(_card(scene), "Olga")) == "Assigned to Olga."
        await scene.topic("R-1001", "Lena gave this request to Olga.")
        await _shown(scene, "🧑‍💼 Olga")


async def test_e41_a_press_that_was_lost_leaves_nothing_half_done(scene: Stage) -> None:
    """Telegram forgets a press after 150 s: the card still shows what is so, and the next press works."""
    async with scene.running():
        await _asked(scene)
    lost = scene.maria.presses(_card(scene), "✅ Resolve")
    scene.sim.world.clock.advance(200)
    async with scene.running():
        scene.maria.writes_in(scene.desk.topic("R-1001"), "// still here")
        await scene.settled()
        assert not lost.answered
        assert (await CustomerRequest.get(id=1001)).status is Status.NEW
        assert await _answered(scene, scene.maria.presses(_card(scene), "✅ Resolve")) == "Resolved."
        await _shown(scene, "resolved")


async def test_e42_a_press_is_answered_while_the_database_makes_us_wait(scene: Stage) -> None:
    """Within a second, that we are at it; and it is done as soon as it can be."""
    async with scene.running():
        await _asked(scene)
        async with _held(scene.url):
            press = scene.maria.presses(_card(scene), "🙋 Assign to me")
            assert "Still at it" in await _answered(scene, press)
        await _shown(scene, "🧑‍💼 Maria Agent")


async def test_e42_a_press_that_is_refused_late_is_no_fault_of_ours(scene: Stage) -> None:
    """Telegram takes its time to say that the card is gone: nothing is parked, and nobody is called."""
    async with scene.running():
        await _asked(scene)
        card = _card(scene)
        [category] = [button for row in card.buttons for button in row if "Category" in button.text]
        scene.desk.delete_message(card)
        scene.sim.slow("editMessageReplyMarkup", 1.2, when="before")
        press = scene.maria.presses_stale(card, category.callback_data or "")
        assert "Still at it" in await _answered(scene, press)
        await scene.heard()
        assert await Parked.all().count() == 0


async def test_e42_a_press_is_answered_when_the_database_refuses(scene: Stage) -> None:
    """With an alert; nothing is half done, and the same button works afterwards."""
    async with scene.running():
        await _asked(scene)
        database = get_connection("default")
        await database.execute_script("ALTER TABLE event RENAME TO event_elsewhere")
        press = scene.maria.presses(_card(scene), "🙋 Assign to me")
        # PostgreSQL names the missing table, which might be our own fault; SQLite's error could be anything.
        assert await _answered(scene, press) in (AWAY, FAULT)
        assert press.alert
        await database.execute_script("ALTER TABLE event_elsewhere RENAME TO event")
        assert (await CustomerRequest.get(id=1001)).assignee_id is None
        assert await _answered(scene, scene.maria.presses(_card(scene), "🙋 Assign to me")) == "Assigned to you."


async def test_e42_a_press_is_answered_when_our_own_code_fails(scene: Stage) -> None:
    """With an alert; the press is kept, to be looked at."""

    class Broken:
        async def resolve(self, *_: object) -> None:
            raise RuntimeError("a bug of ours")

    async with scene.running() as app:
        await _asked(scene)
        assert app.telegram is not None
        assert app.telegram.router._agents is not None
        presses = app.telegram.router._agents._presses
        presses._verbs = replace(presses._verbs, sorting=Broken())  # type: ignore[arg-type]  # a verb that fails
        press = scene.maria.presses(_card(scene), "✅ Resolve")
        assert "Something went wrong" in await _answered(scene, press)
        assert press.alert
        await scene.general("could not be handled")
        assert await Parked.all().count() == 1


async def test_e42_presses_that_mean_nothing_are_answered(scene: Stage) -> None:
    """Made-up data, a stranger, a message that is gone: an alert, and no effect."""
    async with scene.running():
        await _asked(scene)
        stranger = scene.sim.person("Just Looking")
        scene.desk.add(stranger, "member")
        card = _card(scene)
        made_up = scene.maria.presses_stale(card, "resolve:1001:1::aaaaaa")
        assert "does nothing any more" in await _answered(scene, made_up)
        assert made_up.alert
        refused = stranger.presses(card, "✅ Resolve")
        assert "Only agents" in await _answered(scene, refused)
        assert refused.alert
        [resolve] = [button for row in card.buttons for button in row if "Resolve" in button.text]
        assert (await CustomerRequest.get(id=1001)).status is Status.NEW
        scene.desk.delete_message(card)
        gone = scene.maria.presses_stale(card, resolve.callback_data or "")
        assert await _answered(scene, gone) == "Resolved."


async def test_e47_a_card_that_was_deleted_is_posted_again_at_the_next_change(scene: Stage) -> None:
    """With its buttons, pinned, and nothing of the topic is lost."""
    async with scene.running():
        await _asked(scene)
        scene.desk.delete_message(_card(scene))
        scene.maria.writes_in(scene.desk.topic("R-1001"), "/assign")
        card = await _shown(scene, "🧑‍💼 Maria Agent")
        assert "✅ Resolve" in [button.text for row in card.buttons for button in row]
        await scene.settled()
        assert len([said for said in scene.desk.topic("R-1001").messages if "🏷" in said.text]) == 1


@asynccontextmanager
async def _held(url: str) -> AsyncIterator[None]:
    """Somebody else is at the requests: nobody can change one until he is done."""
    if url.startswith("sqlite:"):
        other = sqlite3.connect(sqlite_path(url), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
        return
    connection = await asyncpg.connect(url)
    held = connection.transaction()
    await held.start()
    await connection.execute("LOCK TABLE customer_request IN EXCLUSIVE MODE")
    try:
        yield
    finally:
        await held.rollback()
        await connection.close()
