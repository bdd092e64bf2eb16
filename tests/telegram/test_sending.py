"""What leaves for customers and for the desk when Telegram refuses, is silent, or lets only so much through."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.demo.people import Person
from bot.demo.views import SimMessage, Topic
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery
from tests.process import Process
from tests.stage import MAILBOX, Stage

JPEG = b"\xff\xd8\xff\xe0 a picture"

LOST = "Nobody knows whether this reached the customer: Telegram's answer was lost. It is not sent again by itself."


async def _asked(scene: Stage, name: str = "Boris", number: str = "R-1001") -> tuple[Person, Topic]:
    """Somebody with a request, and its topic."""
    person = scene.sim.person(name)
    person.start()
    person.writes("My kettle is broken.")
    topic = await scene.topic(number, "My kettle is broken.")
    await scene.settled()
    return person, topic


def _said_to(scene: Stage, person: Person, words: str) -> list[SimMessage]:
    return [said for said in scene.sim.chat_of(person) if said.from_bot and words in said.text]


def _shown(scene: Stage, words: str, number: str = "R-1001") -> list[SimMessage]:
    return [said for said in scene.desk.topic(number).messages if words in said.text]


async def test_e08_an_edit_while_the_original_waits_is_all_that_is_shown(scene: Stage) -> None:
    """The desk is told to wait; meanwhile the customer corrects himself. Agents read the final words, once."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.sim.fail("*", retry_after=1, chat_id=scene.desk.chat_id)
        said = boris.writes("It is the rde one.")
        await scene.put_off(DeliveryKind.MIRROR)
        boris.edits(said, "It is the red one.")
        await scene.topic("R-1001", "It is the red one.")
        await scene.settled()
    assert len(_shown(scene, "It is the red one.")) == 1
    assert _shown(scene, "rde") == []
    assert topic.thread_id == scene.desk.topic("R-1001").thread_id
    assert scene.sim.record.early == []


async def test_e08_an_edit_of_what_is_shown_changes_it_there(scene: Stage) -> None:
    """And the customer's formatting with it."""
    async with scene.running():
        boris, _ = await _asked(scene)
        said = boris.writes("It is the rde one.")
        before = [one for one in (await scene.topic("R-1001", "rde")).messages if "rde" in one.text]
        boris.edits(said, "It is the <b>red</b> one.", html=True)
        await scene.topic("R-1001", "It is the red one.")
        await scene.settled()
    [after] = _shown(scene, "It is the red one.")
    assert after.id == before[0].id
    assert "<b>red</b>" in after.html
    assert after.text.startswith("✏️")


async def test_words_whose_formatting_telegram_refuses_are_shown_without_it(scene: Stage) -> None:
    """Below a picture that was edited before it could be shown, and below one that is edited there."""
    async with scene.running():
        boris, _ = await _asked(scene)
        refused = "Bad Request: can't parse entities: x"
        scene.sim.fail("copyMessage", 1, 429, retry_after=1, chat_id=scene.desk.chat_id)
        scene.sim.fail("copyMessage", 1, 400, refused, chat_id=scene.desk.chat_id)
        photo = boris.sends_photo(JPEG, "The rde one")
        await scene.put_off(DeliveryKind.MIRROR)
        boris.edits(photo, "The <b>red</b> one", html=True)
        await scene.topic("R-1001", "The red one")
        await scene.settled()
        scene.sim.fail("editMessageCaption", 1, 400, refused, chat_id=scene.desk.chat_id)
        boris.edits(photo, "The <b>dark red</b> one", html=True)
        await scene.topic("R-1001", "The dark red one")
        await scene.settled()
        [shown] = _shown(scene, "red one")
        assert (shown.kind, shown.html) == ("photo", "✏️ The dark red one")
        assert not await Delivery.filter(state=DeliveryState.FAILED).exists()


async def test_e09_an_album_across_a_restart_is_one_album(scene: Stage) -> None:
    """The program stops while the album still comes; what follows it is shown after it, a late part answers it."""
    async with scene.running():
        boris, _ = await _asked(scene)
        boris.sends_album(JPEG + b"1", JPEG + b"2", JPEG + b"3", caption="from all sides", caption_on=1, album="77")
        boris.writes("That was all.")
        await scene.sim.until(lambda: not scene.sim.world.queue.waiting)
    async with scene.running():
        topic = await scene.topic("R-1001", "That was all.")
        await scene.settled()
        parts = [said for said in topic.messages if said.kind == "photo"]
        assert [said.content for said in parts] == [JPEG + b"1", JPEG + b"2", JPEG + b"3"]
        assert [said.text for said in parts] == ["", "from all sides", ""]
        assert len({said.album for said in parts}) == 1
        assert parts[-1].id < _shown(scene, "That was all.")[0].id
        boris.sends_album(JPEG + b"4", album="77")
        late = await scene.sim.until(
            lambda: [one for one in scene.desk.topic("R-1001").messages if one.content == JPEG + b"4"]
        )
        await scene.settled()
    assert late[0].reply_to == parts[0].id
    assert len(scene.sim.calls_of("copyMessages")) == 1


async def test_e22_a_lost_answer_is_never_repeated_to_a_customer(scene: Stage) -> None:
    """He has read it once; the agents read that nobody knows."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.sim.cut("sendMessage", chat_id=boris.id)
        scene.maria.writes_in(topic, "It is on its way.")
        await scene.topic("R-1001", LOST)
        await scene.settled()
        assert [row.state for row in await Delivery.filter(kind=DeliveryKind.REPLY)] == [DeliveryState.UNKNOWN]
        notice = await Delivery.filter(kind=DeliveryKind.NOTICE).first()
        assert notice is not None
        assert notice.concerns == (await Delivery.get(kind=DeliveryKind.REPLY)).id
    assert len(_said_to(scene, boris, "It is on its way.")) == 1


async def test_e22_a_lost_answer_of_the_desk_is_repeated(scene: Stage) -> None:
    """There a double is cheap and a gap is not."""
    async with scene.running():
        boris, _ = await _asked(scene)
        scene.sim.cut("sendMessage", when="before", chat_id=scene.desk.chat_id)
        boris.writes("It is the red one.")
        await scene.topic("R-1001", "It is the red one.")
        await scene.settled()
        assert not await Delivery.filter(state=DeliveryState.UNKNOWN).exists()
    assert len(_shown(scene, "It is the red one.")) == 1


async def test_e23_killed_in_mid_send_is_unknown(scene: Stage, tmp_path: Path) -> None:
    """The bytes had left when the program died: it does not send them again, and says so."""
    settings = {
        "DATABASE_URL": scene.url,
        "TELEGRAM_TOKEN": scene.sim.token,
        "TELEGRAM_API_URL": scene.sim.url,
        "TELEGRAM_PACE": "1000",
        "DESK_CHAT_ID": str(scene.desk.chat_id),
        "ADMINS": str(scene.maria.id),
        "MAILBOXES": MAILBOX,
        "HTTP_LISTEN": "",
    }
    boris = scene.sim.person("Boris")
    async with Process(tmp_path / "program", settings) as process:
        await process.start()
        boris.start()
        boris.writes("My kettle is broken.")
        topic = await scene.topic("R-1001", "My kettle is broken.")
        await process.settled()
        scene.sim.slow("sendMessage", 60, chat_id=boris.id)
        scene.maria.writes_in(topic, "It is on its way.")
        await scene.reads(boris, "It is on its way.")
        await process.kill()
        await process.leases_end()
        await process.start()
        await scene.topic("R-1001", "Nobody knows whether this reached the customer: the program stopped")
        assert await process.count(DeliveryState.UNKNOWN) == 1
        await process.terminate()
    assert len(_said_to(scene, boris, "It is on its way.")) == 1


async def test_e24_a_customer_who_is_limited_waits_alone(scene: Stage) -> None:
    """Telegram names two seconds: the other customer and the desk do not wait, and he is not asked before."""
    async with scene.running():
        boris, his = await _asked(scene)
        anna, hers = await _asked(scene, "Anna", "R-1002")
        scene.sim.fail("*", retry_after=2, chat_id=boris.id)
        scene.maria.writes_in(his, "To Boris.")
        scene.maria.writes_in(his, "And again.")
        await scene.put_off(DeliveryKind.REPLY)
        scene.maria.writes_in(hers, "To Anna.")
        await scene.reads(anna, "To Anna.")
        assert _said_to(scene, boris, "To Boris.") == []
        await scene.reads(boris, "And again.")
        await scene.settled()
    [first], [second] = _said_to(scene, boris, "To Boris."), _said_to(scene, boris, "And again.")
    assert first.id < second.id
    assert scene.sim.record.early == []


async def test_e43_a_desk_without_room_merges_and_keeps_nobody_waiting(scene: Stage) -> None:
    """Fifteen messages meet Telegram's own limits: all are shown in order, in few messages, and no call is refused.

    The customer gets his answer at once meanwhile.
    """
    scene.sim.flood_control()
    async with scene.running(telegram_pace=1):
        boris, topic = await _asked(scene)
        for number in range(14):
            boris.writes(f"and word {number:02}.")
        await scene.sim.until(lambda: not scene.sim.world.queue.waiting)
        scene.maria.writes_in(topic, "I am reading.")
        async with asyncio.timeout(3):  # a second is the promise; this machine is shared
            await scene.reads(boris, "I am reading.")
        await scene.topic("R-1001", "and word 13.")
    texts = [said.text for said in scene.desk.topic("R-1001").messages if "and word" in said.text]
    words = [line for text in texts for line in text.splitlines() if line.startswith("and word")]
    assert words == [f"and word {number:02}." for number in range(14)]
    assert len(texts) < 8
    assert [call for call in scene.sim.calls if call.error_code == 429] == []
