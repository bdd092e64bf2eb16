"""What customers say: every kind of content, edits, albums, replies. Each becomes a record and is seen on the desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tortoise.queryset import QuerySet

from bot.demo.people import Person
from bot.demo.views import SimMessage
from storage.kinds import DeliveryKind, DeliveryState, Direction, Status
from storage.models import Address, CommunicationRecord, Customer, CustomerRequest, Delivery, StoredAttachment
from tests.stage import Stage
from tests.telegram.customers import until_so

PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8

# Each kind: what the record calls it, a part of its line, how many files it has.
KINDS = {
    "animation": ("animation", "[animation]", 1),
    "audio": ("audio", "[audio]", 1),
    "checklist": ("checklist", "- descale it", 0),
    "contact": ("contact", "[own contact: Boris, +493012345678]", 0),
    "dice": ("dice", "[🎲 4]", 0),
    "document": ("document", "[file: order.pdf]", 1),
    "giveaway": ("giveaway", "[giveaway]", 0),
    "hologram": ("unknown", "[hologram: this bot cannot read it yet]", 0),
    "invoice": ("invoice", "[invoice: Kettle]", 0),
    "live_location": ("live_location", "[live location: 52.52001, 13.40495]", 0),
    "live_photo": ("live_photo", "[live photo]", 1),
    "location": ("location", "[location: 52.52001, 13.40495]", 0),
    "paid_media": ("paid_media", "Five stars", 0),
    "photo": ("photo", "It looks like this", 1),
    "poll": ("poll", "[poll: Is it repaired?]\n- yes\n- no", 0),
    "quiz": ("quiz", "[quiz: Guess?]", 0),
    "sticker": ("sticker", "[sticker 👋]", 1),
    "story": ("story", "[story]", 0),
    "text": ("text", "Hello!", 0),
    "venue": ("venue", "[place: Repair shop, 1 Market Street]", 0),
    "video": ("video", "[video]", 1),
    "video_note": ("video_note", "[video]", 1),
    "voice": ("voice", "[voice message, 1 s]", 1),
}


async def _are(rows: QuerySet[CommunicationRecord] | QuerySet[StoredAttachment], many: int) -> bool:
    return await rows.count() == many


async def _begun(scene: Stage, words: str = "Hello, my kettle leaks") -> tuple[Person, SimMessage]:
    """A customer with an open request that is shown."""
    boris = scene.sim.person("Boris")
    boris.start()
    said = boris.writes(words)
    await scene.topic("R-1001", words)
    await scene.settled()
    return boris, said


async def test_e16_every_kind_of_message_becomes_a_record_and_is_shown(scene: Stage) -> None:
    """Nothing that a customer can send is dropped or crashes us, nor is anything parked."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        for kind in KINDS:
            boris.sends(kind)
        boris.writes("the last one")
        await scene.topic("R-1001", "the last one")
        await scene.settled()
        records = await CommunicationRecord.filter(direction=Direction.INCOMING).order_by("id")
        assert len(records) == len(KINDS) + 2
        for record, (kind, (form, line, files)) in zip(records[1:], KINDS.items(), strict=False):
            assert record.form == form, kind
            assert line in record.text, kind
            assert await StoredAttachment.filter(record_id=record.id, stored=True).count() == files, kind
        assert await Delivery.filter(state__in=(DeliveryState.FAILED, DeliveryState.UNKNOWN)).count() == 0
        assert (await Customer.get()).phone == "+493012345678"
        assert await CustomerRequest.all().count() == 1


async def test_e16_a_kind_that_nobody_knows_may_open_a_request(scene: Stage) -> None:
    """The first message of a customer may be anything; until he writes words it is unsorted."""
    boris = scene.sim.person("Boris", "es")
    async with scene.running():
        boris.start()
        boris.sends("hologram")
        assert "R-1001" in await scene.reads(boris, "Su número es")
        await scene.settled()
        assert (await CustomerRequest.get()).category == "unsorted"


async def test_the_first_words_after_a_picture_sort_the_request(scene: Stage) -> None:
    """Picture first, words after it: category and case come from the words."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.sends_photo(PHOTO)
        await scene.reads(boris, "R-1001")
        assert (await CustomerRequest.get()).category == "unsorted"
        boris.writes("I want a refund for my kettle, please")
        await scene.topic("R-1001", "I want a refund")
        await scene.settled()
        request = await CustomerRequest.get().prefetch_related("case")
        assert request.category == "refund"
        assert request.version == 1
        assert "refund" in scene.desk.topic("R-1001").messages[0].text


async def test_formatting_is_kept(scene: Stage) -> None:
    """Bold stays bold, and a link keeps where it leads."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes('👍 It is <b>broken</b>, see <a href="https://shop.example/4711">here</a>', html=True)
        await scene.topic("R-1001", "broken")
        record = await CommunicationRecord.get(direction=Direction.INCOMING)
        assert record.marks == [
            {"kind": "bold", "start": 8, "length": 6},
            {"kind": "link", "start": 20, "length": 4, "url": "https://shop.example/4711"},
        ]


async def test_e17_a_file_above_20_mib_is_shown_by_copy_and_not_asked_for(scene: Stage) -> None:
    """Telegram gives a bot no larger one: its copy is in the topic, the record says why its bytes are not here."""
    async with scene.running():
        boris, _ = await _begun(scene)
        boris.sends_document(b"a film", "film.mkv", size=21 * 1024 * 1024)
        boris.sends_document(b"just fits", "fits.bin", size=20 * 1024 * 1024)
        await scene.sim.until(
            lambda: [said for said in scene.desk.topic("R-1001").messages if said.filename == "film.mkv"]
        )
        await scene.settled()
        film = await StoredAttachment.get(filename="film.mkv")
        assert (film.stored, film.error, film.size) == (False, "too big to store", 21 * 1024 * 1024)
        assert film.remote_id is not None
        assert (await StoredAttachment.get(filename="fits.bin")).stored
        assert len(scene.sim.calls_of("getFile")) == 1


async def test_e07_edit_of_an_unknown_message_arrives_as_new_text(scene: Stage) -> None:
    """Written before the bot's time, edited now: its words are new to us, and a second edit changes them."""
    boris = scene.sim.person("Boris")
    boris.start()
    said = boris.writes("written before the bot's time")
    scene.sim.world.queue.drop_all()
    async with scene.running():
        boris.edits(said, "my kettle leaks")
        await scene.topic("R-1001", "my kettle leaks")
        await scene.settled()
        first = await CommunicationRecord.get(direction=Direction.INCOMING)
        assert first.flags == ["edited"]
        assert first.revises is None
        boris.edits(said, "my kettle leaks at the spout")
        await scene.topic("R-1001", "at the spout")
        second = await CommunicationRecord.get(revises=first.id)
        assert second.request_id == first.request_id
        assert await CustomerRequest.all().count() == 1


async def test_an_edit_is_a_version_and_nothing_else(scene: Stage) -> None:
    """All versions are kept, the copy changes in place; no request, no acknowledgement, no waiting anew."""
    async with scene.running():
        boris, said = await _begun(scene)
        boris.writes("and the lid")
        await scene.topic("R-1001", "and the lid")
        await scene.settled()
        await CustomerRequest.all().update(status=Status.PENDING, waiting_since=None)
        shown = len(scene.desk.topic("R-1001").messages)
        boris.edits(said, "Hello, my kettle drips")
        await scene.topic("R-1001", "kettle drips")
        await scene.settled()
        assert len(scene.desk.topic("R-1001").messages) <= shown + 1  # the card shows the first message
        request = await CustomerRequest.get()
        assert (request.status, request.waiting_since) == (Status.PENDING, None)
        versions = await CommunicationRecord.filter(direction=Direction.INCOMING).order_by("id")
        assert [one.text for one in versions] == ["Hello, my kettle leaks", "and the lid", "Hello, my kettle drips"]
        assert [one.revises for one in versions] == [None, None, versions[0].id]
        assert await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).count() == 1


async def test_another_caption_does_not_fetch_the_file_again(scene: Stage) -> None:
    """A file that an edit brings is kept; one that only gets other words is not stored twice."""
    async with scene.running():
        boris, _ = await _begun(scene)
        photo = boris.sends_photo(PHOTO, caption="the spout")
        await scene.topic("R-1001", "the spout")
        await scene.settled()
        boris.edits(photo, "the spout, from above")
        await scene.topic("R-1001", "from above")
        await scene.settled()
        assert await StoredAttachment.all().count() == 1
        boris.edits_media(photo, "photo", PHOTO + b"another")
        await until_so(lambda: _are(StoredAttachment.filter(stored=True), 2))


async def test_e08_of_an_edit_while_the_original_waits_only_the_final_text_is_shown(scene: Stage) -> None:
    """Telegram asks the desk to wait; what was edited meanwhile is shown once, as it is in the end."""
    async with scene.running():
        boris, _ = await _begun(scene)
        scene.sim.fail("sendMessage", retry_after=1, chat_id=scene.desk.chat_id)
        said = boris.writes("The lid is brokn")
        await scene.put_off(DeliveryKind.MIRROR)
        boris.edits(said, "The lid is broken")
        await scene.topic("R-1001", "The lid is broken")
        await scene.settled()
        shown = [one.text for one in scene.desk.topic("R-1001").messages if "The lid" in one.text]
        assert len(shown) == 1
        assert "brokn" not in shown[0]


async def test_e09_an_album_with_its_caption_on_part_2_stays_together(scene: Stage) -> None:
    """One job, one acknowledgement, the parts in their order; a late part comes alone."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        parts = boris.sends_album(PHOTO + b"1", PHOTO + b"2", PHOTO + b"3", caption="the first of three", caption_on=1)
        topic = await scene.topic("R-1001", "the first of three")
        await scene.settled()
        photos = [said for said in scene.desk.topic("R-1001").messages if said.kind == "photo"]
        assert [(said.content or b"")[-1:] for said in photos] == [b"1", b"2", b"3"]
        assert len({said.album for said in photos}) == 1
        assert await Delivery.filter(kind=DeliveryKind.MIRROR).count() == 1
        assert await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).count() == 1
        boris.sends_album(PHOTO + b"4", album=parts[0].album)
        await scene.sim.until(
            lambda: [one for one in scene.desk.topic("R-1001").messages if (one.content or b"")[-1:] == b"4"]
        )
        assert await CustomerRequest.all().count() == 1
        assert len(scene.desk.topics()) == 1
        assert topic.thread_id == scene.desk.topics()[0].thread_id


async def test_e09_an_album_across_a_restart_is_shown_whole(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its window is a row in the database, no timer: what came before and after the stop is one album."""
    # It is over when the test says so, however slow the machine is.
    monkeypatch.setattr("intake.incoming.chatting.ALBUM_WAIT", timedelta(hours=1))
    monkeypatch.setattr("intake.incoming.chatting.ALBUM_LONGEST", timedelta(hours=1))
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        first = boris.sends_album(PHOTO + b"1", caption="it leaks")
        await scene.reads(boris, "R-1001")
    boris.sends_album(PHOTO + b"2", album=first[0].album)
    boris.writes("that is all")
    async with scene.running():
        await until_so(lambda: _are(CommunicationRecord.all(), 3))
        assert await Delivery.filter(kind=DeliveryKind.MIRROR).count() == 2
        await Delivery.filter(kind=DeliveryKind.MIRROR).update(due_at=datetime.now(UTC))
        await scene.topic("R-1001", "that is all")
        await scene.settled()
        photos = [said for said in scene.desk.topic("R-1001").messages if said.kind == "photo"]
        assert [(said.content or b"")[-1:] for said in photos] == [b"1", b"2"]
        assert len({said.album for said in photos}) == 1
        assert await CustomerRequest.all().count() == 1


async def test_e10_two_messages_of_a_new_customer_at_once_are_one_request(scene: Stage) -> None:
    """One customer, one request, one topic, one acknowledgement, in whatever order they are stored."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.writes("Hello")
        boris.sends_photo(PHOTO, caption="this one")
        await scene.topic("R-1001", "this one")
        await scene.settled()
        assert await CustomerRequest.all().count() == 1
        assert await Customer.all().count() == 1
        assert await Address.all().count() == 1
        assert len(scene.desk.topics()) == 1
        assert await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).count() == 1


async def test_e11_a_reply_goes_to_the_request_of_the_message_that_it_answers(scene: Stage) -> None:
    """To an older answer of ours or to an own message; everything else goes to the newest open request."""
    async with scene.running():
        boris, said = await _begun(scene)
        scene.maria.writes_in(scene.desk.topic("R-1001"), "Which kettle is it? Look below it.")
        await scene.reads(boris, "Which kettle")
        [asked] = [one for one in scene.sim.chat_of(boris) if one.from_bot and "Which kettle" in one.text]
        boris.writes("/new")
        await scene.reads(boris, "opens a new request")
        boris.writes("Where is my parcel?")
        await scene.topic("R-1002", "my parcel")
        boris.writes("It is a K2", reply_to=asked, quote="Which kettle is it?")
        boris.writes("the red one", reply_to=said)
        boris.writes("order 4711")
        await scene.topic("R-1002", "order 4711")
        await scene.topic("R-1001", "the red one")
        await scene.settled()
        rows = {row.text: row for row in await CommunicationRecord.all()}
        assert rows["It is a K2"].request_id == rows["the red one"].request_id == 1001
        assert rows["order 4711"].request_id == rows["Where is my parcel?"].request_id == 1002
        assert rows["It is a K2"].answers == rows["Which kettle is it? Look below it."].id
        assert rows["It is a K2"].quote == "Which kettle is it?"
        assert rows["the red one"].answers == rows["Hello, my kettle leaks"].id


async def test_e19_of_a_live_location_first_and_last_are_kept(scene: Stage) -> None:
    """It moves every few seconds; where it began and where it ended is what matters."""
    async with scene.running():
        boris, _ = await _begun(scene)
        place = boris.sends("live_location")
        for step in range(5):
            boris.moves(place, 52.5 + step / 100, 13.4)
        boris.stops_sharing(place)
        boris.writes("I am there")
        await scene.topic("R-1001", "I am there")
        await scene.settled()
        kept = await CommunicationRecord.filter(text__contains="location").order_by("id")
        assert [one.text for one in kept] == ["[live location: 52.52001, 13.40495]", "[location: 52.54000, 13.40000]"]
        assert kept[1].revises == kept[0].id


@pytest.mark.parametrize("kind", ["text", "photo"])
async def test_e20_what_is_protected_is_a_record_and_a_line(scene: Stage, kind: str) -> None:
    """It may not be copied: nobody tries, the agents read what it is."""
    async with scene.running():
        boris, _ = await _begun(scene)
        boris.sends(kind, protected=True)
        boris.writes("after it")
        await scene.topic("R-1001", "after it")
        await scene.settled()
        record = await CommunicationRecord.get(form=kind, origin=None)
        assert record.text in "".join(said.text for said in scene.desk.topic("R-1001").messages)
        assert scene.sim.calls_of("copyMessage") == []
        assert await Delivery.filter(state=DeliveryState.FAILED).count() == 0


async def test_unknown_fields_of_a_newer_bot_api_change_nothing(scene: Stage) -> None:
    """Telegram adds fields every few weeks."""
    scene.sim.newer_api()
    async with scene.running():
        boris, said = await _begun(scene)
        boris.sends("sticker")
        boris.edits(said, "Hello, my kettle drips")
        await scene.topic("R-1001", "drips")
        await scene.settled()
        assert await CommunicationRecord.filter(direction=Direction.INCOMING).count() == 3
