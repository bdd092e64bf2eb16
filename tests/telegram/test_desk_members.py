"""Who is heard on the desk, over the real wire: only agents who are still there; nothing else reaches a customer."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.demo.people import Person
from bot.demo.views import SimMessage
from storage.kinds import DeliveryKind, Direction, Role
from storage.models import Agent, CommunicationRecord, Delivery, Event
from tests.stage import Stage


async def _asked(scene: Stage) -> Person:
    boris = scene.sim.person("Boris")
    boris.start()
    boris.writes("Hello, when do you open?")
    await scene.topic("R-1001", "when do you open")
    return boris


def _read(scene: Stage, customer: Person) -> list[str]:
    return [said.text for said in scene.sim.chat_of(customer) if said.from_bot]


def _hints(scene: Stage, words: str) -> list[SimMessage]:
    everywhere = [*scene.desk.general(), *(said for topic in scene.desk.topics() for said in topic.messages)]
    return [said for said in everywhere if said.from_bot and words in said.text]


async def test_e37_who_is_no_agent_reaches_no_customer_and_is_told_once(scene: Stage) -> None:
    """Strangers, anonymous admins, channels, the linked one, other bots, foreign inline bots, ephemeral messages."""
    async with scene.running():
        boris = await _asked(scene)
        topic = scene.desk.topic("R-1001")
        stranger, robot = scene.sim.person("Just <Looking>"), scene.sim.other_bot("helper")
        scene.desk.add(stranger, "member")
        scene.desk.add(robot, "member")
        olga = scene.sim.person("Olga")
        scene.desk.add(olga, "administrator")
        speakers = [
            stranger,
            robot,
            scene.desk.anonymous(olga),
            scene.desk.as_channel("Our news"),
            scene.desk.linked_channel("Our news"),
        ]
        for speaker in speakers:
            for words in ("SECRET one", "SECRET two", "/resolve", "// SECRET note"):
                speaker.writes_in(topic, words)
        scene.maria.whispers("SECRET whisper", topic)
        scene.maria.writes_via("gif", "SECRET gif", topic)
        scene.maria.writes_in_general("SECRET in General")
        scene.maria.writes_in(topic, "At nine.")
        await scene.reads(boris, "At nine.")
        await scene.settled()
        assert not [text for text in _read(scene, boris) if "SECRET" in text]
        assert await CommunicationRecord.filter(direction=Direction.NOTE).count() == 0
        assert await CommunicationRecord.filter(direction=Direction.OUTGOING).count() == 1
        assert await Event.filter(what="status", after="resolved").count() == 0
        assert len(_hints(scene, "Just <Looking> is no agent yet")) == 1
        assert len(_hints(scene, "post as yourself")) == 1
        assert len(_hints(scene, "What another bot has written")) == 1
        assert await Delivery.filter(kind=DeliveryKind.NOTICE).count() == 3


async def test_e37_a_hint_is_not_repeated_after_a_restart(scene: Stage) -> None:
    """Once a day, however often the program starts."""
    stranger = scene.sim.person("Passing By")
    scene.desk.add(stranger, "member")
    for _ in range(2):
        async with scene.running():
            stranger.writes_in_general("Hello?")
            await scene.general("Passing By is no agent yet")
            scene.maria.writes_in_general("/agents")
            await scene.general("Maria Agent · admin")
            await scene.settled()
    assert len(_hints(scene, "Passing By")) == 1


async def test_e38_a_topic_that_somebody_made_by_hand_is_left_alone(scene: Stage) -> None:
    """Agents may talk there; no request, no record, no word from us."""
    async with scene.running():
        boris = await _asked(scene)
        lunch = scene.desk.create_topic("Lunch", scene.maria)
        scene.maria.writes_in(lunch, "Pizza?")
        scene.maria.sends_photo_in(lunch, b"pizza", "this one")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "At nine.")
        await scene.reads(boris, "At nine.")
        await scene.settled()
        assert await CommunicationRecord.filter(direction__in=(Direction.NOTE, Direction.OUTGOING)).count() == 1
        assert [said.from_bot for said in scene.desk.topic("Lunch").messages] == [False, False]


async def test_an_agent_who_leaves_the_group_is_no_agent_any_more(scene: Stage) -> None:
    """He is not heard and may not press, even if he can still see the group; the others are told."""
    olga = scene.sim.person("Olga")
    scene.desk.add(olga, "member")
    async with scene.running():
        await _asked(scene)
        scene.maria.writes_in_general(f"/agent {olga.id} lead Olga")
        await scene.general("Olga may answer customers now, as a lead.")
        await scene.settled()
        card = scene.desk.topic("R-1001").messages[0]
        scene.desk.remove(olga)
        await scene.general("Olga has left this group")
        assert not (await Agent.get(identity=str(olga.id))).active
        press = olga.presses(card, "✅ Resolve")
        await scene.sim.until(lambda: press.answered)
        assert press.alert


async def test_membership_is_asked_of_telegram_and_remembered(scene: Stage) -> None:
    """Whoever is on our list but not in the group is nobody; one question in five minutes is enough."""
    outside = scene.sim.person("Outside")
    async with scene.running():
        await _asked(scene)
        await Agent.create(identity=str(outside.id), name="Outside", role=Role.LEAD, created_at=datetime.now(UTC))
        card = scene.desk.topic("R-1001").messages[0]
        for _ in range(3):
            press = outside.presses(card, "🙋 Assign to me")
            await scene.sim.until(lambda asked=press: asked.answered)  # type: ignore[misc]  # mypy infers no lambda with a default
            assert press.alert
        asked = [call for call in scene.sim.calls_of("getChatMember") if call.params["user_id"] == outside.id]
        assert len(asked) == 1


async def test_roles_are_given_by_admins_alone(scene: Stage) -> None:
    """Taken on, made a lead, removed; nobody changes himself."""
    olga, lena = scene.sim.person("Olga"), scene.sim.person("Lena")
    for person in (olga, lena):
        scene.desk.add(person, "member")
    async with scene.running():
        said = lena.writes_in_general("Let me in")
        scene.maria.writes_in_general("/agent lead", reply_to=said)
        await scene.general("Lena may answer customers now, as a lead.")
        lena.writes_in_general(f"/agent {olga.id} Olga")
        await scene.general("Only admins may use /agent.")
        scene.maria.writes_in_general(f"/agent {olga.id} Olga")
        await scene.general("Olga may answer customers now, as an agent.")
        scene.maria.writes_in_general(f"/agent {olga.id} remove")
        await scene.general("Olga answers customers no more.")
        scene.maria.writes_in_general(f"/agent {scene.maria.id} remove")
        await scene.general("Nobody removes himself")
        scene.maria.writes_in_general("/agents")
        listed = await scene.general("Lena · lead")
        assert "Olga" not in listed.text
