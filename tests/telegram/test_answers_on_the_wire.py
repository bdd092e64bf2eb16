"""What agents say reaches the customer as it was said, once, in chat and mail; what they change is changed there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest

from bot.chat.amending import BLANK
from bot.demo.people import Person
from bot.demo.views import SimMessage, Topic
from storage.kinds import DeliveryKind, DeliveryState, Direction, Role
from storage.models import Agent, CommunicationRecord, Delivery
from tests.stage import Stage, letter

ANNA = "anna@customer.example"
PARAGRAPH = "The kettle is on its way, and so is its lid. " * 30


async def _asked(scene: Stage) -> tuple[Person, Topic]:
    """Boris has asked something and was acknowledged."""
    boris = scene.sim.person("Boris")
    boris.start()
    boris.writes("My kettle is broken")
    topic = await scene.topic("R-1001", "My kettle is broken")
    await scene.reads(boris, "R-1001")
    await scene.settled()
    return boris, topic


def _got(scene: Stage, person: Person) -> list[SimMessage]:
    """What agents have sent somebody: all but the greeting and the acknowledgement."""
    return [said for said in scene.sim.chat_of(person) if said.from_bot][2:]


def _words(mail: Message, kind: str) -> str:
    """What a mail says in its part of this kind."""
    part = next(part for part in mail.walk() if part.get_content_type() == kind)
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


async def _gets(scene: Stage, person: Person, count: int) -> list[SimMessage]:
    await scene.sim.until(lambda: len(_got(scene, person)) >= count or None, 20)
    return _got(scene, person)


async def test_e27_e30_formatting_arrives_and_the_agents_account_does_not(scene: Stage) -> None:
    """Bold and links by entities, "<" as it stands; no mention that opens a profile, no emoji of his own."""
    async with scene.running():
        boris, topic = await _asked(scene)
        text = (
            f'1 &lt; 2, <b>dear 😀 <i>Boris</i></b>, <a href="https://shop.example/?a=1">here</a>, '
            f'<a href="tg://user?id={scene.maria.id}">Maria</a> <tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>'
        )
        scene.maria.writes_in(topic, text, html=True)
        [got] = await _gets(scene, boris, 1)
        assert got.html == (
            '1 &lt; 2, <b>dear 😀 <i>Boris</i></b>, <a href="https://shop.example/?a=1">here</a>, Maria 👍'
        )
        await scene.mail(letter("And my lid?"), ANNA)
        by_mail = await scene.topic("R-1002", "And my lid?")
        await scene.caught(1)
        scene.maria.writes_in(by_mail, text, html=True)
        raw = (await scene.caught(2))[1].parsed
        html, plain = _words(raw, "text/html"), _words(raw, "text/plain")
        assert "<b>dear 😀 <i>Boris</i></b>" in html
        assert "tg://" not in html
        assert "1 < 2, dear 😀 Boris, here, Maria 👍" in plain


async def test_e25_e26_a_long_answer_is_cut_and_follows_its_edits(scene: Stage) -> None:
    """Cut at paragraphs with its formatting; longer again: one more message; shorter: surplus ones go."""
    async with scene.running():
        boris, topic = await _asked(scene)
        long = "\n\n".join(f"<b>{PARAGRAPH.strip()}</b>" for _ in range(5))
        said = scene.maria.writes_in(topic, long[: long.rindex("\n\n")], html=True)
        first = await _gets(scene, boris, 2)
        await scene.settled()
        assert all(one.text.startswith("The kettle") and one.text.endswith("lid.") for one in first)
        assert all(one.html.startswith("<b>") for one in first)
        scene.maria.edits(said, "short now")
        await scene.sim.until(lambda: [one.text for one in _got(scene, boris)] == ["short now"] or None, 20)
        await scene.settled()
        scene.maria.edits(said, "x" * 3000 + "\n\n" + "y" * 900)
        await scene.sim.until(lambda: len(_got(scene, boris)[0].text) > 3000 or None, 20)
        await scene.settled()
        scene.maria.edits(said, "x" * 4000 + "\n\n" + "y" * 900)
        grown = await _gets(scene, boris, 2)
        assert [one.text for one in grown] == ["x" * 4000, "y" * 900]


async def test_e26_what_is_too_old_to_be_deleted_is_blanked(scene: Stage) -> None:
    """After 48 hours Telegram deletes nothing; taking back is refused, and the agent reads why."""
    async with scene.running():
        boris, topic = await _asked(scene)
        said = scene.maria.writes_in(topic, "a" * 4000 + "\n\n" + "b" * 900)
        again = scene.maria.writes_in(topic, "Oops")
        await _gets(scene, boris, 3)
        await scene.settled()
        scene.sim.clock.advance(timedelta(hours=49).total_seconds())
        scene.sim.fail("deleteMessage", 2, 400, "Bad Request: message can't be deleted for everyone", chat_id=boris.id)
        scene.maria.edits(said, "a")
        await scene.sim.until(lambda: _got(scene, boris)[0].text == "a" or None, 20)
        await scene.settled()
        assert [one.text for one in _got(scene, boris)] == ["a", BLANK, "Oops"]
        scene.maria.writes_in(topic, "/del", reply_to=again)
        await scene.topic("R-1001", "48 hours")
        assert _got(scene, boris)[2].text == "Oops"


async def test_e29_an_album_arrives_as_one_in_its_order(scene: Stage) -> None:
    """To a chat as an album, to a mailbox as one mail with all files; a late part follows as a reply."""
    async with scene.running():
        boris, topic = await _asked(scene)
        said = scene.maria.sends_album(b"one", b"two", b"three", caption="Look here", caption_on=1, topic=topic)
        got = await _gets(scene, boris, 3)
        assert [one.content for one in got] == [b"one", b"two", b"three"]
        assert [one.text for one in got] == ["", "Look here", ""]
        assert len({one.album for one in got}) == 1
        assert got[0].album is not None
        await scene.settled()
        scene.maria.sends_album(b"late", topic=topic, album=said[0].album)
        late = (await _gets(scene, boris, 4))[3]
        assert (late.content, late.reply_to, late.album) == (b"late", got[0].id, None)
        await scene.mail(letter("And my lid?"), ANNA)
        by_mail = await scene.topic("R-1002", "And my lid?")
        await scene.caught(1)
        scene.maria.sends_album(b"one", b"two", caption="Look here", topic=by_mail)
        mail = (await scene.caught(2))[1].parsed
        files = [part.get_payload(decode=True) for part in mail.walk() if part.get_filename()]
        assert files == [b"one", b"two"]


async def test_e29_a_voice_message_reaches_a_mailbox_as_a_file(scene: Stage) -> None:
    """Fetched first, attached then."""
    async with scene.running():
        await scene.mail(letter("My lid?"), ANNA)
        topic = await scene.topic("R-1001", "My lid?")
        await scene.caught(1)
        scene.maria.sends_voice_in(topic, b"OggS a voice")
        mail = (await scene.caught(2))[1].parsed
        [voice] = [part for part in mail.walk() if part.get_filename()]
        assert (voice.get_payload(decode=True), voice.get_content_type()) == (b"OggS a voice", "audio/ogg")


async def test_e29_an_album_that_telegram_refuses_fails_as_a_whole_and_says_which(scene: Stage) -> None:
    """No part of it arrives; the agent reads which one Telegram would not take."""
    async with scene.running():
        boris, topic = await _asked(scene)
        words = 'Bad Request: failed to send message #2 with the error message "wrong file"'
        scene.sim.fail("sendMediaGroup", 1, 400, words, chat_id=boris.id)
        scene.maria.sends_album(b"one", b"two", topic=topic)
        await scene.topic("R-1001", "#2")
        assert _got(scene, boris) == []


async def test_no_part_of_an_album_that_is_a_note_arrives(scene: Stage) -> None:
    """Whichever part carries the mark, also in Chinese signs, also a command that nobody knows."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.maria.sends_album(b"one", b"two", caption="// for us only", caption_on=1, topic=topic)
        scene.maria.sends_album(b"one", b"two", caption="／／ 内部", caption_on=1, topic=topic)
        scene.maria.sends_album(b"one", b"two", caption="/nota bene", caption_on=1, topic=topic)
        scene.maria.writes_in(topic, "／／ 内部")
        scene.maria.writes_in(topic, "／note 内部")
        scene.maria.writes_in(topic, "\u200b// internal")
        await scene.topic("R-1001", "no such command")
        scene.maria.writes_in(topic, "Visible")
        await scene.reads(boris, "Visible")
        await scene.settled()
        assert [one.text for one in _got(scene, boris)] == ["Visible"]
        assert await CommunicationRecord.filter(direction=Direction.NOTE).count() == 9


async def test_e25_a_caption_is_edited_and_its_picture_replaced(scene: Stage) -> None:
    """What grows beyond a caption becomes a message of its own, and a caption again when it fits."""
    fits, too_long, shorter = "😀" * 512, "😀" * 512 + "!", "😀" * 511  # 1024 and 1025 UTF-16 units, and 1022
    async with scene.running():
        boris, topic = await _asked(scene)
        said = scene.maria.sends_photo_in(topic, b"photo", "The old lid")
        await _gets(scene, boris, 1)
        await scene.settled()
        scene.maria.edits(said, "The <b>new</b> lid", html=True)
        await scene.sim.until(lambda: _got(scene, boris)[0].html == "The <b>new</b> lid" or None, 20)
        await scene.settled()
        for words, there in ((fits, [fits]), (too_long, ["", too_long]), (shorter, [shorter])):
            scene.maria.edits(said, words)
            await scene.sim.until(lambda there=there: [one.text for one in _got(scene, boris)] == there or None, 20)  # type: ignore[misc]
            await scene.settled()
        scene.maria.edits_media(said, "photo", b"another photo")
        await scene.sim.until(lambda: _got(scene, boris)[0].content == b"another photo" or None, 20)
        await scene.settled()
        assert [(one.content, one.text) for one in _got(scene, boris)] == [(b"another photo", shorter)]


async def test_e25_a_caption_that_is_too_long_from_the_first_follows_its_file(scene: Stage) -> None:
    """One unit too many, an emoji at the edge: the file goes without words, the words whole behind it."""
    fits, too_long = "x" * 1022 + "😀", "x" * 1023 + "😀"
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.maria.sends_photo_in(topic, b"one", fits)
        await _gets(scene, boris, 1)
        scene.maria.sends_photo_in(topic, b"two", too_long)
        got = await _gets(scene, boris, 3)
        assert [(one.content, one.text) for one in got] == [(b"one", fits), (b"two", ""), (None, too_long)]


async def test_e25_a_mail_is_corrected_by_a_button(scene: Stage) -> None:
    """It has left; the agent reads so, and sends the new words as an answer to the old ones."""
    async with scene.running():
        await scene.mail(letter("And my lid?"), ANNA)
        by_mail = await scene.topic("R-1001", "And my lid?")
        await scene.caught(1)
        words = scene.maria.writes_in(by_mail, "It costs 10")
        await scene.caught(2)
        await scene.settled()
        scene.maria.edits(words, "It costs 12")
        told = await scene.topic("R-1001", "sent already")
        notice = next(one for one in told.messages if "sent already" in one.text)
        press = scene.maria.presses(notice, "✉️ Send correction")
        await scene.sim.until(lambda: press.answered or None)
        correction = (await scene.caught(3))[2].parsed
        assert "It costs 12" in str(correction.get_payload(0))
        assert str(correction["In-Reply-To"]) == str(scene.catcher.mails[1].parsed["Message-ID"])


@pytest.mark.parametrize("refused", ["can't parse entities: x", "ENTITY_BOUNDS_INVALID"])
async def test_an_edit_whose_formatting_telegram_refuses_arrives_without_it(scene: Stage, refused: str) -> None:
    """The words are what matters: in the message that is changed, and in one that is new."""
    async with scene.running():
        boris, topic = await _asked(scene)
        said = scene.maria.writes_in(topic, "Dear Boris")
        await _gets(scene, boris, 1)
        await scene.settled()
        for method in ("editMessageText", "sendMessage"):
            scene.sim.fail(method, 1, 400, f"Bad Request: {refused}", chat_id=boris.id)
        scene.maria.edits(said, f"<b>{'a' * 4000}</b>\n\n<b>{'b' * 900}</b>", html=True)
        got = await _gets(scene, boris, 2)
        await scene.settled()
        assert [one.html for one in got] == ["a" * 4000, "b" * 900]
        assert not await Delivery.filter(state=DeliveryState.FAILED).exists()


async def test_an_answer_to_a_note_of_another_topic_is_a_note(scene: Stage) -> None:
    """Telegram tells of it in another way; it is for agents all the same, also when it was only edited."""
    async with scene.running():
        boris, topic = await _asked(scene)
        note = scene.maria.writes_in(topic, "// he lies")
        await scene.mail(letter("And my lid?"), ANNA)
        by_mail = await scene.topic("R-1002", "And my lid?")
        await scene.caught(1)
        said = scene.maria.writes_in(by_mail, "so does she", reply_to=note)
        scene.maria.edits(said, "so does she, I think")
        answer = scene.maria.writes_in(by_mail, "It is here.")
        await scene.caught(2)
        await scene.settled()
        assert "so does she" not in str(scene.catcher.mails[1].parsed)
        assert len(scene.catcher.mails) == 2
        scene.maria.writes_in(topic, "The other lid is here, too.", reply_to=answer)
        assert [one.text for one in await _gets(scene, boris, 1)] == ["The other lid is here, too."]
        assert await CommunicationRecord.filter(direction=Direction.NOTE).count() == 3


async def test_e33_two_agents_answer_at_once_and_both_arrive_in_their_order(scene: Stage) -> None:
    """Whoever writes first is read first; nobody's words are dropped because another was at it."""
    olga = scene.sim.person("Olga")
    scene.desk.add(olga, "member")
    async with scene.running():
        boris, topic = await _asked(scene)
        await Agent.create(identity=str(olga.id), name="Olga", role=Role.AGENT, created_at=datetime.now(UTC))
        said = [person.writes_in(topic, f"{number}") for number, person in enumerate((scene.maria, olga) * 3)]
        got = await _gets(scene, boris, len(said))
        await scene.settled()
        assert [one.text for one in got] == [one.text for one in said]
        wrote = await CommunicationRecord.filter(direction=Direction.OUTGOING).order_by("id").select_related("agent")
        assert [record.agent.name for record in wrote if record.agent] == ["Maria Agent", "Olga"] * 3


async def test_e28_an_answer_to_a_message_is_a_reply_at_the_customer(scene: Stage) -> None:
    """To his own and to ours, quoted where the words stand there; what he has deleted is answered without."""
    async with scene.running():
        boris, _ = await _asked(scene)
        second = boris.writes("It is the red one")
        topic = await scene.topic("R-1001", "It is the red one")
        await scene.settled()
        shown = next(said for said in topic.messages if "It is the red one" in said.text)
        ours = scene.maria.writes_in(topic, "Which red?", reply_to=shown, quote="the red one")
        [got] = await _gets(scene, boris, 1)
        assert (got.reply_to, got.quote) == (second.id, "the red one")
        await scene.settled()
        scene.maria.writes_in(topic, "I mean: dark?", reply_to=ours)
        assert (await _gets(scene, boris, 2))[1].reply_to == got.id
        boris.deletes(second)
        scene.maria.writes_in(topic, "Never mind", reply_to=shown)
        last = (await _gets(scene, boris, 3))[2]
        assert (last.text, last.reply_to) == ("Never mind", None)


async def test_e31_what_an_agent_forwards_arrives_without_its_source(scene: Stage) -> None:
    """The content is copied; where it came from is nobody's business."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.maria.forwards("New lids are here", topic=topic)
        scene.maria.forwards(scene.maria.sends_photo_in(topic, b"lid", "// ours"), topic=topic)
        scene.maria.forwards(boris.sends_photo(b"broken"), topic=topic)
        got = await _gets(scene, boris, 2)
        assert not any(one.forwarded for one in got)
        assert [(one.text, one.content) for one in got] == [("New lids are here", None), ("", b"broken")]


async def test_e48_an_own_answer_is_taken_back(scene: Stage) -> None:
    """The customer's copy is deleted, all parts of it."""
    async with scene.running():
        boris, topic = await _asked(scene)
        said = scene.maria.writes_in(topic, "a" * 4000 + "\n\n" + "b" * 900)
        await _gets(scene, boris, 2)
        await scene.settled()
        scene.maria.writes_in(topic, "/del", reply_to=said)
        await scene.sim.until(lambda: not _got(scene, boris) or None, 20)
        await scene.settled()
        assert await Delivery.filter(kind=DeliveryKind.RECALL, state=DeliveryState.SENT).count() == 1


async def test_e22_a_lost_answer_is_not_repeated_and_an_edit_does_not_repeat_it(scene: Stage) -> None:
    """Nobody knows whether it arrived: neither time nor a change of its words sends it once more."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.sim.cut("sendMessage", when="after", chat_id=boris.id)
        said = scene.maria.writes_in(topic, "Only once")
        await scene.topic("R-1001", "Nobody knows")
        scene.maria.edits(said, "Only once, please")
        await scene.topic("R-1001", "has not arrived so far")
        await scene.settled()
        assert [one.text for one in _got(scene, boris)] == ["Only once"]


async def test_what_another_bot_wrote_for_an_agent_is_not_sent(scene: Stage) -> None:
    """An inline bot's words are not the agent's; he is told."""
    async with scene.running():
        boris, topic = await _asked(scene)
        scene.maria.writes_via("gifbot", "Hilarious", topic=topic)
        await scene.topic("R-1001", "another bot")
        await scene.settled()
        assert _got(scene, boris) == []
