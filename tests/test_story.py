"""The main job, end to end, over real sockets and on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from telegram import Update

from bot.demo.mailcatcher import CaughtMail
from storage import parking
from storage.kinds import DeliveryKind, DeliveryState, Direction, Status
from storage.models import CommunicationRecord, Customer, CustomerRequest, Delivery, StoredAttachment
from tests.stage import Stage, letter, stage

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path) as made:
        yield made


def _text(mail: CaughtMail) -> str:
    for part in mail.parsed.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode(part.get_content_charset() or "utf-8")
    return ""


async def test_the_whole_story_by_mail(scene: Stage) -> None:
    """Mail → request, acknowledgement, topic → agent's reply → threaded mail → customer's answer → same request."""
    async with scene.running():
        first = letter("Hello,\n\nthe kettle of my order 4711-0815 does not heat.\n\n-- \nAnna")
        first.add_attachment(PHOTO, maintype="image", subtype="jpeg", filename="kettle.jpg")
        await scene.mail(first, "anna@customer.example")

        [acknowledgement] = await scene.caught(1)
        assert acknowledgement.mail_from == ""
        assert acknowledgement.rcpt_tos == ("anna@customer.example",)
        assert acknowledgement.parsed["In-Reply-To"] == first["Message-ID"]
        assert acknowledgement.parsed["Auto-Submitted"] == "auto-replied"
        assert "R-1001" in acknowledgement.parsed["Subject"]
        assert "R-1001" in _text(acknowledgement)

        topic = await scene.topic("R-1001", "does not heat")
        assert topic.name.startswith("R-1001 · Anna Schmidt · ")
        card = topic.messages[0]
        assert "mail" in card.text
        assert "anna@customer.example" in card.text
        await scene.sim.until(lambda: [said for said in scene.desk.topic("R-1001").messages if said.content == PHOTO])

        scene.maria.writes_in(topic, "Dear Anna, we send you a new one. <b>Promised!</b>")
        reply = (await scene.caught(2))[1]
        assert reply.mail_from.startswith("support+b")
        assert reply.parsed["In-Reply-To"] == first["Message-ID"]
        assert str(first["Message-ID"]) in reply.parsed["References"]
        assert "R-1001" in reply.parsed["Subject"]
        assert _text(reply).startswith("Dear Anna, we send you a new one. <b>Promised!</b>")

        answer = letter("Wonderful, thank you!\n\nOn Tue, Maria wrote:\n> Dear Anna", subject="Re: My kettle")
        answer["In-Reply-To"] = reply.parsed["Message-ID"]
        answer["References"] = f"{first['Message-ID']} {reply.parsed['Message-ID']}"
        reply_to = str(reply.parsed["Reply-To"]).rpartition("<")[2].rstrip(">")
        await scene.mail(answer, "anna@customer.example", reply_to)
        await scene.topic("R-1001", "Wonderful, thank you!")

        await scene.settled()
        assert len(scene.desk.topics()) == 1
        assert len(scene.catcher.mails) == 2  # no second acknowledgement
        assert await CustomerRequest.all().count() == 1
        assert await Customer.all().count() == 1
        joined = await CommunicationRecord.filter(direction=Direction.INCOMING).order_by("-id").first()
        assert joined is not None
        assert "reply address" in joined.threaded_by
        assert (await CustomerRequest.get(id=1001)).status is Status.OPEN


async def test_the_whole_story_by_chat(scene: Stage) -> None:
    """Message → request, acknowledgement, topic → agent's reply → chat → customer's answer → same request."""
    boris = scene.sim.person("Boris Petrov", "ru")
    async with scene.running():
        boris.start()
        await scene.sim.until(lambda: any(said.from_bot for said in scene.sim.chat_of(boris)))
        assert await CustomerRequest.all().count() == 0

        boris.writes("Мой чайник не работает, верните деньги")
        await scene.reads(boris, "R-1001")
        topic = await scene.topic("R-1001", "чайник")
        assert "Boris Petrov" in topic.name

        scene.maria.writes_in(topic, "Здравствуйте! Пришлите фото, пожалуйста.")
        await scene.reads(boris, "Пришлите фото")

        boris.sends_photo(PHOTO, caption="вот фото")
        shown = await scene.sim.until(
            lambda: [said for said in scene.desk.topic("R-1001").messages if said.kind == "photo"]
        )
        assert shown[0].content == PHOTO
        assert "вот фото" in shown[0].text
        await scene.settled()
        assert await CustomerRequest.all().count() == 1
        assert len(scene.desk.topics()) == 1
        stored = await StoredAttachment.get(filename="photo.jpg")
        assert stored.stored
        assert await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).count() == 1


async def test_an_agents_file_reaches_both_channels(scene: Stage) -> None:
    """A document in the topic is copied into the chat, and attached to the mail once its bytes are here."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello, I need the manual")
        await scene.mail(letter("I need the manual, too"), "anna@customer.example")
        in_chat = await scene.topic("R-", "I need the manual")
        by_mail = await scene.sim.until(
            lambda: [topic for topic in scene.desk.topics() if topic.thread_id != in_chat.thread_id]
        )
        for topic in (in_chat, by_mail[0]):
            scene.maria.sends_document_in(topic, b"%PDF the manual", "manual.pdf", "Here it is")
        got = await scene.sim.until(
            lambda: [said for said in scene.sim.chat_of(boris) if said.from_bot and said.kind == "document"]
        )
        assert (got[0].content, got[0].filename) == (b"%PDF the manual", "manual.pdf")
        await scene.catcher.until(lambda mails: any("manual.pdf" in mail.raw.decode("latin-1") for mail in mails), 20)
        mail = next(mail for mail in scene.catcher.mails if b"manual.pdf" in mail.raw)
        attached = [part for part in mail.parsed.walk() if part.get_filename() == "manual.pdf"]
        assert attached[0].get_payload(decode=True) == b"%PDF the manual"
        assert "Here it is" in _text(mail)


async def test_what_is_not_for_the_customer_never_reaches_him(scene: Stage) -> None:
    """Notes, commands, General, strangers: none of it leaves the desk."""
    boris, stranger = scene.sim.person("Boris"), scene.sim.person("Just Looking")
    scene.desk.add(stranger, "member")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        topic = await scene.topic("R-1001", "Hello")
        await scene.reads(boris, "R-1001")
        note = scene.maria.writes_in(topic, "// he is angry")
        scene.maria.writes_in(topic, "/note really angry")
        scene.maria.writes_in(topic, "/nonsense please")
        stranger.writes_in(topic, "psst, customer")
        scene.maria.writes_in_general("good morning, colleagues")
        scene.maria.sends_document_in(topic, b"secret", "secret.pdf", "// internal")
        scene.maria.writes_in(topic, "and this answers the note", reply_to=note)
        await scene.topic("R-1001", "no such command")
        scene.maria.writes_in(topic, "Visible")
        await scene.reads(boris, "Visible")
        await scene.settled()
        got = [said.text for said in scene.sim.chat_of(boris) if said.from_bot]
        assert len(got) == 3  # greeting, acknowledgement, the one visible answer
        assert await CommunicationRecord.filter(direction=Direction.NOTE).count() == 4


async def test_what_telegram_itself_says_in_a_topic_never_reaches_the_customer(scene: Stage) -> None:
    """An agent closes, reopens and renames a topic: the customer reads nothing, the request stays as it is."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        scene.desk.close_topic(topic, by=scene.maria)
        scene.desk.reopen_topic(topic, by=scene.maria)
        scene.desk.rename_topic(topic, "R-1001 Boris", by=scene.maria)
        scene.maria.writes_in(topic, "Hello, Boris")
        await scene.reads(boris, "Hello, Boris")
        await scene.settled()
        assert len([said for said in scene.sim.chat_of(boris) if said.from_bot]) == 3
        assert await CommunicationRecord.filter(direction=Direction.OUTGOING).count() == 1


async def test_a_note_goes_on_through_its_album_and_its_later_pieces(scene: Stage) -> None:
    """Only the first picture and the first piece carry the mark; the others are notes all the same."""
    boris = scene.sim.person("Boris")
    async with scene.running() as app:
        boris.start()
        boris.writes("Hello")
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        assert app.telegram is not None
        base = {
            "date": 1,
            "chat": {"id": scene.desk.chat_id, "type": "supergroup", "title": "Support desk", "is_forum": True},
            "from": {"id": scene.maria.id, "is_bot": False, "first_name": "Maria"},
            "message_thread_id": topic.thread_id,
            "is_topic_message": True,
        }
        photo = {"photo": [{"file_id": "p", "file_unique_id": "u", "width": 1, "height": 1}], "media_group_id": "7"}
        said: list[dict[str, object]] = [
            {"message_id": 9001, "caption": "// for us only", **photo},
            {"message_id": 9002, **photo},
            {"message_id": 9003, **photo},
            {"message_id": 9010, "text": "//" + "x" * 4090},
            {"message_id": 9011, "text": "and its end"},
        ]
        for number, words in enumerate(said):
            update = Update.de_json({"update_id": number, "message": {**base, **words}}, app.telegram.wire.bot)
            await app.telegram.router.handle(update, app.accept)
        assert await CommunicationRecord.filter(direction=Direction.NOTE).count() == 5
        assert await Delivery.filter(kind=DeliveryKind.REPLY).count() == 0


async def test_words_after_a_command_are_a_message(scene: Stage) -> None:
    """/help with a cry for help is no request for a manual; a deep link's payload is no message."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start("order_4711")
        boris.writes("/help my kettle burns")
        await scene.topic("R-1001", "my kettle burns")
        assert await CommunicationRecord.all().count() == 1


async def test_two_edits_within_a_second_are_both_kept(scene: Stage) -> None:
    """Telegram's clock counts seconds; customers are faster."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        said = boris.writes("the ketle")
        boris.edits(said, "the kettel")
        boris.edits(said, "the kettle")
        await scene.topic("R-1001", "the kettle")
        await scene.settled()
        assert await CommunicationRecord.all().count() == 3


async def test_a_right_that_is_given_back_brings_everything_to_the_desk(scene: Stage) -> None:
    """While the bot may not make topics nothing is dropped; afterwards it is shown."""
    boris = scene.sim.person("Boris")
    scene.desk.bot_rights(can_manage_topics=False)
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        await scene.reads(boris, "R-1001")
        await scene.put_off(DeliveryKind.MIRROR)
        scene.desk.bot_rights(can_manage_topics=True)
        await Delivery.filter(kind=DeliveryKind.MIRROR).update(due_at=LONG_AGO)  # a minute has passed
        topic = await scene.topic("R-1001", "Hello")
        assert topic.messages[0].from_bot


async def test_resolve_and_reopen_by_the_cards_button(scene: Stage) -> None:
    """The press is answered, the card says so, and only an agent may press."""
    boris, stranger = scene.sim.person("Boris"), scene.sim.person("Just Looking")
    scene.desk.add(stranger, "member")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        topic = await scene.topic("R-1001", "Hello")
        refused = stranger.presses(topic.messages[0], "✅ Resolve")
        await scene.sim.until(lambda: refused.answered)
        assert (await CustomerRequest.get(id=1001)).status is Status.NEW
        press = scene.maria.presses(topic.messages[0], "✅ Resolve")
        await scene.sim.until(lambda: press.answered)
        await scene.topic("R-1001", "resolved")
        assert (await CustomerRequest.get(id=1001)).status is Status.RESOLVED
        await scene.sim.until(lambda: scene.desk.topic("R-1001").messages[0].buttons[0][0].text == "↩️ Reopen" or None)
        press = scene.maria.presses(scene.desk.topic("R-1001").messages[0], "↩️ Reopen")
        await scene.sim.until(lambda: press.answered)
        assert (await CustomerRequest.get(id=1001)).status is Status.OPEN


async def test_agents_find_requests_and_customers(scene: Stage) -> None:
    """/find by number, name, address and words; /customer in a topic; /help; /agent by an admin."""
    olga = scene.sim.person("Olga Colleague")
    scene.desk.add(olga, "member")
    async with scene.running():
        await scene.mail(letter("The kettle whistles off-key."), "anna@customer.example")
        topic = await scene.topic("R-1001", "whistles")
        for wanted in ("R-1001", "anna schmidt", "anna@customer", "off-key"):
            asked = scene.maria.writes_in_general(f"/find {wanted}")
            told = await scene.sim.until(
                lambda after=asked.id: [
                    said for said in scene.desk.general() if said.id > after and "Found:" in said.text
                ]  # type: ignore[misc]
            )
            assert "R-1001" in told[0].text, wanted
        scene.maria.writes_in_general("/find nothing like this")
        await scene.general("Nothing found")
        scene.maria.writes_in(topic, "/customer")
        await scene.topic("R-1001", "anna@customer.example (not verified)")
        olga.writes_in(topic, "I am nobody yet")
        scene.maria.writes_in_general(f"/agent {olga.id} Olga")
        await scene.general("may answer customers now")
        olga.writes_in(topic, "Hello, I am Olga.")
        mails = await scene.caught(2)
        assert "Hello, I am Olga." in _text(mails[1])
        scene.maria.writes_in_general("/help")
        await scene.general("/find words")


async def test_two_first_messages_at_the_same_instant(scene: Stage) -> None:
    """One customer, one request, one topic, one acknowledgement; by mail one customer."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        boris.writes("Is anybody there?")
        await scene.topic("R-1001", "anybody")
        same = letter("The same letter, twice")
        await asyncio.gather(*(scene.mail(same, "anna@customer.example") for _ in range(6)))
        await scene.settled()
        assert await CustomerRequest.filter(channel="telegram").count() == 1
        assert await CustomerRequest.filter(channel="mail").count() == 1
        assert await Customer.all().count() == 2
        assert len(scene.desk.topics()) == 2
        assert len(scene.catcher.mails) == 1


async def test_a_failed_delivery_is_shown_in_its_topic(scene: Stage) -> None:
    """A customer who blocked the bot, a mail server that refuses: the agents read why."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        boris.blocks()
        scene.maria.writes_in(topic, "Are you there?")
        await scene.topic("R-1001", "blocked the bot")
        await scene.mail(letter("Hello by mail"), "anna@customer.example")
        topic = await scene.topic("R-1002", "Hello by mail")
        await scene.settled()
        scene.catcher.rcpt_answer = "550 5.1.1 no such user here"
        scene.maria.writes_in(topic, "Are you there?")
        await scene.topic("R-1002", "no such user here")
        await scene.settled()
        failed = await Delivery.filter(state=DeliveryState.FAILED, kind=DeliveryKind.REPLY).count()
        assert failed == 2


async def test_a_lost_answer_of_telegram_is_never_repeated_blindly(scene: Stage) -> None:
    """Cut after the effect: the customer has it once, the agents read that nobody knows."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        scene.sim.cut("sendMessage", when="after", chat_id=boris.id)
        scene.maria.writes_in(topic, "Only once, please")
        await scene.topic("R-1001", "Nobody knows")
        await scene.settled()
        assert [said.text for said in scene.sim.chat_of(boris)].count("Only once, please") == 1


async def test_a_topic_that_an_agent_deleted_comes_back(scene: Stage) -> None:
    """The message that finds it gone is not lost."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        topic = await scene.topic("R-1001", "Hello")
        await scene.settled()
        scene.desk.delete_topic(topic.thread_id)
        boris.writes("I am still here")
        again = await scene.topic("R-1001", "I am still here")
        assert again.thread_id != topic.thread_id
        scene.maria.writes_in(again, "We, too")
        await scene.reads(boris, "We, too")


@pytest.mark.parametrize(
    "kind", ["sticker", "location", "contact", "venue", "poll", "dice", "video_note", "story", "unsupported"]
)
async def test_any_kind_of_message_becomes_a_readable_record(scene: Stage, kind: str) -> None:
    """Nothing that a customer can send is dropped or crashes us."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.sends(kind)
        boris.writes("after it")
        await scene.topic("R-1001", "after it")
        await scene.settled()
        first, second = await CommunicationRecord.all().order_by("id")
        assert first.text
        assert second.text == "after it"
        assert await Delivery.filter(state__in=(DeliveryState.FAILED, DeliveryState.UNKNOWN)).count() == 0


async def test_a_text_without_end_does_not_fill_the_desk(scene: Stage) -> None:
    """Its beginning is shown, the whole is a file; the database keeps every letter of it."""
    endless = "The kettle leaks, and that is not all. " * 4000
    async with scene.running():
        await scene.mail(letter(endless), "anna@customer.example")
        shown = await scene.sim.until(
            lambda: [said for said in scene.desk.topic("R-1001").messages if said.filename == "message.txt"], 20
        )
        assert shown[0].content is not None
        assert shown[0].content.decode().split() == endless.split()
        await scene.settled()
        assert len(scene.desk.topic("R-1001").messages) == 3


async def test_a_restart_goes_on_where_it_stopped(scene: Stage) -> None:
    """Stopped cleanly and started again: what waited leaves, nothing twice."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        await scene.topic("R-1001", "Hello")
        await scene.settled()
    boris.writes("written while you slept")
    async with scene.running():
        await scene.topic("R-1001", "while you slept")
        await scene.settled()
        assert len(scene.desk.topics()) == 1
        assert await CommunicationRecord.all().count() == 2


async def test_the_message_that_crashes_our_code_is_parked_and_the_next_goes_on(scene: Stage) -> None:
    """Parked with its raw bytes, told in General, replayed after the fix."""
    async with scene.running() as app:
        whole = app.intake._house  # the fault is planted where our own code works

        class Broken:
            def __getattr__(self, name: str) -> object:
                raise RuntimeError("a bug of ours")

        app.intake._house = Broken()  # type: ignore[assignment]
        await scene.mail(letter("crash"), "anna@customer.example")
        app.intake._house = whole
        await scene.mail(letter("no crash"), "anna@customer.example")
        await scene.topic("R-1001", "no crash")
        await scene.general("could not be handled")
        [parked] = await parking.waiting()
        kept = await parking.parked(parked.id)
        assert kept is not None
        assert b"crash" in (kept.raw_content or b"")
        await app.replay(kept.channel, kept.raw_content or b"", kept.envelope)
        await parking.replayed(kept.id, kept.at)
        await scene.topic("R-1002", "crash")
        assert await parking.waiting() == []
