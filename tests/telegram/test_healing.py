"""Topics that are deleted, renamed, closed or doubled by people, by crashes or by Telegram: the desk mends itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.demo import parts
from bot.demo.people import Person
from bot.demo.simulator import Exchange
from bot.demo.views import Topic
from bot.desk.by_hand import title_in
from intake.outgoing import jobs
from storage.kinds import DeliveryKind, Status, TopicState
from storage.models import CommunicationRecord, CustomerRequest, Delivery, DeskTopic, Event
from storage.transaction import transaction
from tests.stage import Stage
from tests.telegram.desk import agent_row, now_due, until_row

PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8


async def _asked(scene: Stage, words: str = "Hello, my kettle leaks") -> tuple[Person, Topic]:
    """A customer with a request, shown in its topic."""
    boris = scene.sim.person("Boris Petrov")
    boris.start()
    boris.writes(words)
    topic = await scene.topic("R-1001", words)
    await scene.settled()
    return boris, scene.desk.topic(topic.name)


async def _is(scene: Stage, status: Status) -> None:
    """Wait until the request has this status."""
    await until_row(CustomerRequest.filter(id=1001, status=status))


async def test_e34_a_deleted_topic_comes_back_with_card_and_history(scene: Stage) -> None:
    """What finds it gone is shown below the card, what was said last, and its pictures; replies go on."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.maria.writes_in(topic, "Dear Boris, does it drip?")
        await scene.reads(boris, "does it drip?")
        scene.maria.writes_in(topic, "// he is an old customer")
        boris.sends_photo(PHOTO, caption="look here")
        await scene.topic("R-1001", "look here")
        await scene.settled()
        scene.desk.delete_topic(topic)

        boris.writes("Are you still there?")
        again = await scene.topic("R-1001", "Are you still there?")
        await scene.settled()
        assert again.thread_id != topic.thread_id
        assert again.name == topic.name
        card, history, photo, question = scene.desk.topic("R-1001").messages
        assert card.pinned
        assert "my kettle leaks" in card.text
        for words in ("my kettle leaks", "does it drip?", "old customer", "look here"):
            assert words in history.text
        assert (photo.content, photo.text) == (PHOTO, "look here")
        assert "Are you still there?" in question.text
        assert len(scene.desk.topics()) == 1

        scene.maria.writes_in(again, "We are.")
        await scene.reads(boris, "We are.")
        scene.maria.writes_in(again, "a tip about him", reply_to=photo)
        await scene.reads(boris, "a tip about him")


async def test_e34_many_messages_at_once_make_one_topic(scene: Stage) -> None:
    """Whoever comes first makes it; the others are shown below, in order, none lost."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.desk.delete_topic(topic)
        for number in range(6):
            boris.writes(f"message {number}")
        await scene.topic("R-1001", "message 5")
        await scene.settled()
        assert len(scene.desk.topics()) == 1
        # Below the card: that has the first one as the model, for which his case asks.
        told = "\n".join(said.text for said in scene.desk.topic("R-1001").messages[1:])
        places = [told.index(f"message {number}") for number in range(6)]
        assert places == sorted(places)
        assert [told.count(f"message {number}") for number in range(6)] == [1] * 6


async def test_e34_a_topic_that_a_decoration_finds_gone_is_made_again(scene: Stage) -> None:
    """A new card for a topic that is gone makes none by itself, and still the agents get the topic back."""
    async with scene.running() as app:
        _, topic = await _asked(scene)
        scene.desk.delete_topic(topic)
        await CustomerRequest.filter(id=1001).update(category="refund")
        await transaction(lambda: jobs.card(1001, datetime.now(UTC)))
        app.outbox.wake()
        again = await scene.topic("R-1001", "my kettle leaks")
        await scene.settled()
        assert again.thread_id != topic.thread_id
        assert len(scene.desk.topics()) == 1


async def test_e34_the_history_goes_on_where_it_was_interrupted(scene: Stage) -> None:
    """A refusal in the middle of it: what was shown is not shown twice."""
    async with scene.running():
        boris, topic = await _asked(scene)
        boris.sends_photo(PHOTO, caption="one")
        boris.sends_photo(PHOTO, caption="two")
        await scene.topic("R-1001", "two")
        await scene.settled()
        scene.desk.delete_topic(topic)
        scene.sim.fail("copyMessage", retry_after=1)
        boris.writes("three")
        await scene.topic("R-1001", "three")
        await scene.settled()
        shown = scene.desk.topic("R-1001").messages
        assert [said.text for said in shown if said.kind == "photo"] == ["one", "two"]
        assert sum("was lost" in said.text for said in shown) == 1
        assert (await DeskTopic.get(request_id=1001)).state is TopicState.LIVE


async def test_e34_a_message_that_was_half_shown_is_shown_whole_in_the_new_topic(scene: Stage) -> None:
    """The topic was deleted between two parts of a long message: the first part is gone with it."""
    words = " ".join(f"word{number}" for number in range(480))
    async with scene.running():
        boris, topic = await _asked(scene)

        def delete(exchange: Exchange) -> None:
            if exchange.method == "sendMessage" and "word7 " in str(exchange.params.get("text")):
                scene.sim.observers.remove(delete)
                scene.desk.delete_topic(topic)

        scene.sim.observers.append(delete)
        boris.writes(words)
        again = await scene.topic("R-1001", "word479")
        await scene.settled()
        assert again.thread_id != topic.thread_id
        told = " ".join(said.text for said in scene.desk.topic("R-1001").messages)
        assert all(f"word{number}" in told.split() for number in range(1, 480))


async def test_e34_a_resolved_request_gets_its_topic_back_when_it_is_asked_again(scene: Stage) -> None:
    """Nobody misses the topic of what is done; the customer's next word brings it, open."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.desk.close_topic(topic, by=scene.maria)
        await _is(scene, Status.RESOLVED)
        await scene.settled()
        scene.desk.delete_topic(topic)
        boris.writes("It leaks again")
        again = await scene.topic("R-1001", "It leaks again")
        await scene.settled()
        assert "my kettle leaks" in again.messages[1].text
        assert not scene.desk.topic("R-1001").closed


async def test_e35_a_new_name_is_kept_and_its_number_put_first_once(scene: Stage) -> None:
    """Agents name topics as they like; whoever takes the number away twice is not argued with."""
    async with scene.running():
        _, topic = await _asked(scene)
        scene.desk.rename_topic(topic, "R-1001 Boris, refund promised", by=scene.maria)
        await until_row(DeskTopic.filter(title="Boris, refund promised"))
        await scene.settled()
        assert scene.desk.topics()[0].name == "R-1001 Boris, refund promised"
        edits = len(scene.sim.calls_of("editForumTopic"))
        scene.desk.close_topic(topic.thread_id, by=scene.maria)
        await _is(scene, Status.RESOLVED)
        await scene.settled()
        assert scene.desk.topics()[0].name == "R-1001 Boris, refund promised"
        assert len(scene.sim.calls_of("editForumTopic")) == edits + 1  # the icon


async def test_e35_there_is_no_war_about_a_name(scene: Stage) -> None:
    """Without its number the topic gets it back; without it once more it stays so, whatever else changes."""
    async with scene.running():
        _, topic = await _asked(scene)
        scene.desk.rename_topic(topic, "Boris and his kettle", by=scene.maria)
        await scene.topic("R-1001 · Boris and his kettle")
        scene.desk.rename_topic(topic.thread_id, "His kettle", by=scene.maria)
        await until_row(DeskTopic.filter(title="His kettle"))
        scene.desk.close_topic(topic.thread_id, by=scene.maria)
        await _is(scene, Status.RESOLVED)
        await scene.settled()
        assert [topic.name for topic in scene.desk.topics()] == ["His kettle"]


async def test_e35_a_lost_topic_comes_back_under_the_agents_title(scene: Stage) -> None:
    """The number first, so that an orphan can be adopted."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.desk.rename_topic(topic, "R-1001: refund promised", by=scene.maria)
        await until_row(DeskTopic.filter(title="refund promised"))
        scene.desk.delete_topic(topic.thread_id)
        boris.writes("Hello?")
        await scene.topic("R-1001 · refund promised", "Hello?")


async def test_e36_closing_and_reopening_by_hand_is_the_same_as_the_button(scene: Stage) -> None:
    """The request follows, the agent is named in its trail, icon and card with it."""
    async with scene.running():
        _, topic = await _asked(scene)
        assert topic.icon == "❓"
        scene.desk.close_topic(topic, by=scene.maria)
        await _is(scene, Status.RESOLVED)
        await scene.settled()
        shown = scene.desk.topic("R-1001")
        assert (shown.closed, shown.icon) == (True, "🏁")
        assert "resolved" in shown.messages[0].text
        scene.desk.reopen_topic(topic, by=scene.maria)
        await _is(scene, Status.OPEN)
        await scene.settled()
        shown = scene.desk.topic("R-1001")
        assert (shown.closed, shown.icon) == (False, "💬")
        changes = await Event.filter(request_id=1001, what="status").order_by("id")
        assert [(change.actor, change.after) for change in changes] == [
            ("Maria Agent", "resolved"),
            ("Maria Agent", "open"),
        ]


async def test_e36_whoever_is_no_agent_closes_nothing(scene: Stage) -> None:
    """An administrator of the group who is not one of ours: the topic is opened again, the request as it was."""
    stranger = scene.sim.person("Group Owner")
    scene.desk.add(stranger, "administrator")
    async with scene.running():
        _, topic = await _asked(scene)
        scene.desk.close_topic(topic, by=stranger)
        await scene.sim.until(lambda: not scene.desk.topic("R-1001").closed)
        await scene.settled()
        assert (await CustomerRequest.get(id=1001)).status is Status.NEW
        assert await Event.filter(what="status").count() == 0


async def test_e36_a_resolved_request_closes_its_topic_and_a_new_message_opens_it(scene: Stage) -> None:
    """The button closes the topic; the customer's answer opens it, with the icon of what waits for us."""
    async with scene.running() as app:
        boris, _ = await _asked(scene)
        agent = await agent_row(scene)
        await app.actions.resolve(1001, agent, datetime.now(UTC))
        await scene.sim.until(lambda: scene.desk.topic("R-1001").closed)
        await scene.settled()
        boris.writes("But it leaks again!")
        await scene.topic("R-1001", "leaks again")
        await scene.sim.until(lambda: not scene.desk.topic("R-1001").closed)
        await scene.settled()
        assert scene.desk.topic("R-1001").icon == "💬"


async def test_e36_a_topic_that_is_closed_to_the_bot_is_opened(scene: Stage) -> None:
    """Without the right to manage topics a closed one refuses the bot; its own it may open."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.desk.bot_rights(can_manage_topics=False)
        stranger = scene.sim.person("Group Owner")
        scene.desk.add(stranger, "administrator")
        scene.desk.close_topic(topic, by=stranger)
        boris.writes("Hello?")
        await scene.topic("R-1001", "Hello?")
        assert not scene.desk.topic("R-1001").closed


async def test_e44_a_full_forum_loses_its_oldest_resolved_topic(scene: Stage) -> None:
    """Told once in General; what it held is in the database, and comes back when the customer writes again."""
    anna = scene.sim.person("Anna")
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.desk.close_topic(topic, by=scene.maria)
        await _is(scene, Status.RESOLVED)
        await scene.settled()
        scene.desk.limits(topics=1)
        anna.start()
        anna.writes("And my toaster?")
        await scene.topic("R-1002", "my toaster")
        await scene.settled()
        assert [topic.name[:6] for topic in scene.desk.topics()] == ["R-1002"]
        told = [said.text for said in scene.desk.general() if "takes no more topics" in said.text]
        assert len(told) == 1
        assert "intake-bot show R-1001" in told[0]
        scene.desk.limits()
        boris.writes("It leaks again")
        await scene.topic("R-1001", "leaks again")
        await scene.topic("R-1001", "was lost")
        assert await CommunicationRecord.all().count() == 3


async def test_e44_a_full_forum_of_open_requests_waits_and_says_so(scene: Stage) -> None:
    """Nothing is deleted that is not done, and nothing is dropped."""
    anna = scene.sim.person("Anna")
    async with scene.running():
        await _asked(scene)
        scene.desk.limits(topics=1)
        anna.start()
        anna.writes("And my toaster?")
        await scene.sim.until(lambda: "takes no more topics" in scene.desk.general()[-1].text)
        assert len(scene.desk.topics()) == 1
        scene.desk.limits(topics=2)
        await now_due(scene)
        await scene.topic("R-1002", "my toaster")


@pytest.mark.parametrize("words", ["message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID"])
async def test_e44_a_topic_that_telegram_has_forgotten_is_made_again(scene: Stage, words: str) -> None:
    """In a group of more than a million messages the oldest topics answer as if they were deleted."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.sim.fail("sendMessage", error_code=400, description=f"Bad Request: {words}", chat_id=scene.desk.chat_id)
        boris.writes("After a million messages")
        found = await scene.sim.until(
            lambda: [one for one in scene.desk.topics() if any("a million" in said.text for said in one.messages)]
        )
        assert found[0].thread_id != topic.thread_id


async def test_e46_a_topic_whose_answer_was_lost_is_adopted(scene: Stage) -> None:
    """Telegram made it and its answer did not come: its own service message says so. There is one topic."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        scene.sim.cut("createForumTopic", when="after")
        boris.start()
        boris.writes("Hello")
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        assert len(scene.desk.topics()) == 1
        assert len(scene.sim.calls_of("createForumTopic")) == 1
        scene.maria.writes_in(topic, "Hello, Boris")
        await scene.reads(boris, "Hello, Boris")


async def test_e46_an_orphan_is_adopted_after_a_restart(scene: Stage) -> None:
    """The program ended between asking for the topic and remembering it; the word of it waited in Telegram's queue."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        scene.sim.slow("createForumTopic", 30, when="after")
        boris.start()
        boris.writes("Hello")
        await scene.sim.until(lambda: scene.sim.calls_of("createForumTopic"))
    async with scene.running():
        await scene.topic("R-1001", "Hello")
        await scene.settled()
        assert len(scene.desk.topics()) == 1


async def test_e46_a_topic_that_comes_too_late_is_removed(scene: Stage) -> None:
    """Its word came when another had long been made: nobody has written there, and nobody shall."""
    created = parts.ForumTopicCreated(name="R-1001 · Boris · unsorted", icon_color=0x6FB9F0)
    scene.desk.world.open_thread(scene.desk.chat, scene.desk.world.bot, created)
    late = scene.desk.chat.posts[scene.desk.topics()[0].thread_id].message
    scene.desk.world.queue.drop_all()
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        await scene.sim.until(lambda: len(scene.desk.topics()) == 2)
        await scene.settled()
        scene.desk.world.queue.put(message=late)
        await scene.sim.until(lambda: len(scene.desk.topics()) == 1)
        assert "Hello" in scene.desk.topics()[0].messages[0].text


async def test_e49_clocks_that_jump_put_nothing_out_of_order(scene: Stage) -> None:
    """Telegram's dates are for display; what came first stays first, in the database and in the topic."""
    async with scene.running():
        boris, _ = await _asked(scene, "first of all")
        for number, ahead in enumerate((-3600.0, 7200.0, -60.0)):
            scene.sim.world.clock.ahead = ahead
            boris.writes(f"then {number}")
            await scene.topic("R-1001", f"then {number}")
        await scene.settled()
        records = await CommunicationRecord.filter(request_id=1001).order_by("id")
        assert [record.text for record in records] == ["first of all", "then 0", "then 1", "then 2"]
        assert [record.at for record in records] == sorted(record.at for record in records)
        told = "\n".join(said.text for said in scene.desk.topic("R-1001").messages)
        assert told.index("then 0") < told.index("then 1") < told.index("then 2")
        assert await Delivery.filter(kind=DeliveryKind.MIRROR, sent_at__isnull=True).count() == 0


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("R-1042 · Anna · refund", "Anna · refund"),
        ("r-1042: refund promised", "refund promised"),
        ("  R-1042 Anna", "Anna"),
        ("R-1042", "R-1042"),
        ("R-10421 · Anna", None),
        ("Anna R-1042", None),
        ("", None),
    ],
)
def test_a_title_is_what_stands_behind_the_number(name: str, title: str | None) -> None:
    """However the number is written and set off; another request's is none."""
    assert title_in(name, 1042) == title
