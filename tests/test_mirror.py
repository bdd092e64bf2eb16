"""What customers send stands in the topic as they sent it, and follows their edits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator
from bot.demo.views import SimMessage
from bot.desk.group import DeskGroup
from bot.desk.mirror import Mirror
from bot.wire.budget import Budget
from bot.wire.client import Wire, make_bot
from bot.wire.texts import external_id
from intake.message import Sender, TryAgain
from intake.outgoing.rendered import outgoing
from storage import deliveries, shown
from storage.files import Files
from storage.kinds import DeliveryKind, DeliveryState, Direction, TopicState
from storage.models import CommunicationRecord, Delivery, DeskTopic, MessageLink, StoredAttachment
from tests.builders import NOW, Core, chat

pytestmark = pytest.mark.usefixtures("database")
JPEG = b"\xff\xd8\xff\xe0 a picture"
_numbers = count(1)


class Easel:
    """A topic on the simulator, the mirror that draws there, and records as the pipeline stores them."""

    def __init__(self, sim: Simulator, folder: Path) -> None:
        self.sim = sim
        self.desk: Group = sim.forum("Support desk")
        self.anna: Person = sim.person("Anna")
        self.anna.start()
        self.wire = Wire(make_bot(sim.token, sim.url), Budget(scale=1000))
        self.now = NOW
        self.mirror = Mirror(DeskGroup(self.wire, self.desk.chat_id), Files(folder), lambda: self.now)
        self.request = 0
        self.topic: DeskTopic

    async def up(self, folder: Path) -> None:
        await self.wire.connect()
        sender = Sender(str(self.anna.id), "Anna")
        receipt = await Core(folder).accept(chat("Hello", sender=sender, reply_to=str(self.anna.id)))
        self.request = receipt.request or 0
        await Delivery.all().delete()
        made = self.desk.create_topic("R-1001", self.anna)
        self.topic = await DeskTopic.create(
            request_id=self.request,
            bot=str(self.wire.bot_id),
            desk=str(self.desk.chat_id),
            thread=str(made.thread_id),
            state=TopicState.LIVE,
            created_at=NOW,
        )

    async def record(self, said: SimMessage | None = None, **changes: Any) -> CommunicationRecord:
        """A message of Anna's as a record."""
        text = changes.pop("text", said.text if said else "")
        fields: dict[str, Any] = {
            "request_id": self.request,
            "direction": Direction.INCOMING,
            "channel": "telegram",
            "dedupe_key": f"test:{next(_numbers)}",
            "text": text,
            "reply_text": text,
            "author": f"Anna <{self.anna.id}>",
            "at": self.now,
            "form": said.kind if said else "text",
            "origin": f"{said.chat_id}:{said.id}" if said else None,
            **changes,
        }
        record = await CommunicationRecord.create(**fields)
        if said is not None and said.content is not None and "revises" not in changes:
            await self.file(record, said)
        return record

    async def file(self, record: CommunicationRecord, said: SimMessage, **changes: Any) -> None:
        handle = next(key for key, stored in self.sim.world.files.by_id.items() if stored.content == said.content)
        await StoredAttachment.create(record=record, content_type="image/jpeg", remote_id=handle, **changes)

    async def job(self, record: CommunicationRecord, state: DeliveryState = DeliveryState.SENDING) -> Delivery:
        return await Delivery.create(
            request_id=self.request,
            record=record,
            kind=DeliveryKind.MIRROR,
            channel="desk",
            conversation=f"desk:R-{self.request}",
            state=state,
            due_at=self.now,
            queued_at=self.now,
        )

    async def show(self, record: CommunicationRecord, job: Delivery | None = None) -> list[SimMessage]:
        """Show a record, settle its job, and give what stands in the topic."""
        job = job or await self.job(record)
        await self.mirror.show(await outgoing(job), self.topic)
        await deliveries.settle_all([deliveries.Settlement(job, DeliveryState.SENT, sent_at=self.now)])
        return self.shown()

    async def show_first(self, *records: CommunicationRecord) -> list[Delivery]:
        """Show the first of what waits in the topic; give the jobs of the others as they are then."""
        head, *behind = [
            await self.job(record, DeliveryState.QUEUED if number else DeliveryState.SENDING)
            for number, record in enumerate(records)
        ]
        await self.show(records[0], head)
        return [await deliveries.refreshed(job) for job in behind]

    def shown(self) -> list[SimMessage]:
        return list(self.desk.topic("R-1001").messages)

    def spend(self) -> None:
        """Nothing of the desk's budget is left but one message."""
        self.wire.budget.__init__(scale=1)  # type: ignore[misc]  # a new budget in the same place
        for _ in range(4):
            self.wire.budget.take(self.desk.chat_id)


@pytest.fixture
async def easel(tmp_path: Path) -> AsyncIterator[Easel]:
    async with Simulator() as sim:
        made = Easel(sim, tmp_path)
        await made.up(tmp_path)
        yield made
        await made.wire.close()


async def test_formatting_arrives_as_it_was_written(easel: Easel) -> None:
    """Bold, code, links; an angle bracket is an angle bracket, and an emoji moves nothing."""
    marks = [{"kind": "bold", "start": 2, "length": 4}, {"kind": "code", "start": 7, "length": 3}]
    record = await easel.record(text="😀 bold a<b", marks=marks)
    [said] = await easel.show(record)
    assert said.html.endswith("😀 <b>bold</b> <code>a&lt;b</code>")
    assert (await MessageLink.get(record_id=record.id)).form == shown.TEXT


async def test_media_come_as_copies_with_their_captions(easel: Easel) -> None:
    """A photo, a voice message, a sticker, a place, a contact, a poll: what they are, not what they are called."""
    said = [easel.anna.sends_photo(JPEG, "the crack"), easel.anna.sends_voice(b"hm")]
    said += [easel.anna.sends(kind) for kind in ("sticker", "venue", "contact", "poll", "dice", "video_note")]
    for one in said:
        await easel.show(await easel.record(one))
    assert [one.kind for one in easel.shown()] == [one.kind for one in said]
    assert easel.shown()[0].text == "the crack"


@pytest.mark.parametrize("form", ["paid_media", "quiz"])
async def test_what_cannot_be_copied_is_told(easel: Easel, form: str) -> None:
    """Without a call for nothing; the record is there."""
    [said] = await easel.show(await easel.record(text=f"[{form}]", form=form))
    assert f"[{form}]" in said.text
    assert "lets no bot show" in said.text
    assert easel.sim.calls_of("copyMessage") == []


async def test_what_telegram_refuses_to_copy_is_told_with_its_reason(easel: Easel) -> None:
    """Protected content that did not look so."""
    protected = easel.anna.sends("photo", protected=True)
    [said] = await easel.show(await easel.record(protected, text="look"))
    assert "look" in said.text
    assert "⚠️" in said.text


async def test_a_file_too_big_to_store_is_shown_and_marked(easel: Easel) -> None:
    """The copy works at any size; that an answer by mail cannot carry it is said below it."""
    said = easel.anna.sends_photo(JPEG, "the film")
    record = await easel.record(said)
    await StoredAttachment.filter(record_id=record.id).update(error="too big to store")
    [copy] = await easel.show(record)
    assert (copy.kind, copy.text) == ("photo", "the film\n⚠️ too big to store")


async def test_a_caption_longer_than_a_topic_takes_is_shown_whole(easel: Easel) -> None:
    """tdlib/telegram-bot-api#334: cut below the copy, whole in a message after it."""
    words = " ".join(f"word{number}" for number in range(150))[:1024]
    copy, whole = await easel.show(await easel.record(easel.anna.sends_photo(JPEG, words)))
    assert len(copy.text) <= 1023
    assert copy.text.endswith("…")
    assert words in whole.text


async def test_e09_an_album_is_one_album_in_one_call(easel: Easel) -> None:
    """Its parts in the order of their numbers, though they came otherwise; each is known by its own copy."""
    parts = easel.anna.sends_album(JPEG + b"1", JPEG + b"2", JPEG + b"3", caption="all", caption_on=1)
    first, second, third = [await easel.record(parts[number], album="a") for number in (1, 0, 2)]
    messages = await easel.show(first)
    assert len({one.album for one in messages}) == 1
    assert [one.text for one in messages] == ["", "all", ""]
    assert len(easel.sim.calls_of("copyMessages")) == 1
    place = external_id(easel.wire.bot_id, easel.desk.chat_id, "")
    assert [[one.message for one in await shown.copies(part.id, place)] for part in (second, first, third)] == [
        [one.id] for one in messages
    ]


async def test_e09_a_late_part_of_an_album_answers_it(easel: Easel) -> None:
    """It has a job of its own, and comes alone."""
    parts = easel.anna.sends_album(JPEG + b"1", JPEG + b"2")
    first = await easel.record(parts[0], album="a")
    await easel.record(parts[1], album="a")
    album = await easel.show(first)
    [late] = easel.anna.sends_album(JPEG + b"3", album="a")
    last = (await easel.show(await easel.record(late, album="a")))[-1]
    assert (last.content, last.reply_to) == (JPEG + b"3", album[0].id)


async def test_e08_words_edited_before_they_are_shown_are_shown_once(easel: Easel) -> None:
    """Only the final text, marked."""
    record = await easel.record(text="helo")
    await easel.record(text="hello", revises=record.id, flags=["edited"])
    [said] = await easel.show(record)
    assert said.text.startswith("✏️")
    assert said.text.endswith("\nhello")


async def test_e08_an_edit_changes_the_copy_in_place(easel: Easel) -> None:
    """No new message; twice is once."""
    record = await easel.record(text="helo")
    [before] = await easel.show(record)
    edit = await easel.record(text="hello", revises=record.id)
    job = await easel.job(edit)
    [after] = await easel.show(edit, job)
    assert (after.id, after.text.splitlines()[-1]) == (before.id, "hello")
    assert after.text.startswith("✏️")
    await easel.mirror.show(await outgoing(job), easel.topic)
    assert len(easel.shown()) == 1


async def test_an_edit_of_a_caption_changes_the_copy(easel: Easel) -> None:
    """The same message with the new words."""
    said = easel.anna.sends_photo(JPEG, "helo")
    record = await easel.record(said)
    [before] = await easel.show(record)
    easel.anna.edits(said, "hello")
    [after] = await easel.show(await easel.record(said, text="hello", revises=record.id))
    assert (after.id, after.text, after.content) == (before.id, "✏️ hello", JPEG)


async def test_another_file_takes_the_place_of_the_first(easel: Easel) -> None:
    """The same message, with the new picture and the new words."""
    said = easel.anna.sends_photo(JPEG, "helo")
    record = await easel.record(said)
    [before] = await easel.show(record)
    replaced = easel.anna.edits_media(said, "photo", JPEG + b" from closer")
    edit = await easel.record(replaced, text="hello", revises=record.id)
    await easel.file(edit, replaced)
    [last] = await easel.show(edit)
    assert (last.id, last.content) == (before.id, JPEG + b" from closer")


async def test_e25_an_edit_that_needs_more_or_fewer_messages_gets_them(easel: Easel) -> None:
    """Long words become short ones and long again: no word of an older version stays."""
    record = await easel.record(text="long " * 1500)
    assert len(await easel.show(record)) == 3
    assert len(await easel.show(await easel.record(text="short", revises=record.id))) == 1
    messages = await easel.show(await easel.record(text="again " * 1000, revises=record.id))
    assert len(messages) == 2
    assert sum(one.text.count("again") for one in messages) == 1000
    assert "short" not in "".join(one.text for one in messages)


async def test_e07_an_edit_without_a_copy_arrives_as_new_words(easel: Easel) -> None:
    """The copy was never made, or an agent has deleted it."""
    never = await easel.record(text="helo")
    [said] = await easel.show(await easel.record(text="hello", revises=never.id))
    assert said.text.startswith("✏️")
    easel.desk.delete_message(said)
    [again] = await easel.show(await easel.record(text="hello there", revises=never.id))
    assert again.text.endswith("hello there")
    [changed] = await easel.show(await easel.record(text="hello here", revises=never.id))
    assert (changed.id, changed.text.splitlines()[-1]) == (again.id, "hello here")


async def test_an_edit_to_megabytes_loses_nothing(easel: Easel) -> None:
    """The beginning as a message, the whole as a file."""
    record = await easel.record(text="short")
    await easel.show(record)
    words = "a long story " * 5000
    messages = await easel.show(await easel.record(text=words, revises=record.id))
    assert [one.kind for one in messages] == ["text", "text", "document"]
    assert messages[-1].content == words.encode()


async def test_a_reply_shows_what_it_answers_and_quotes(easel: Easel) -> None:
    """The copy of the message that is answered; the quote when it stands there word for word, else without it."""
    first = await easel.record(text="Is it the red one or the blue one?")
    [asked] = await easel.show(first)
    quoting = await easel.record(text="that", answers=first.id, quote="the blue one")
    said = (await easel.show(quoting))[-1]
    assert (said.reply_to, said.quote) == (asked.id, "the blue one")
    misquoting = await easel.record(text="this", answers=first.id, quote="the green one")
    said = (await easel.show(misquoting))[-1]
    assert (said.reply_to, said.quote) == (asked.id, "")


async def test_a_reply_to_what_is_gone_arrives_without_it(easel: Easel) -> None:
    """An agent has deleted the copy."""
    first = await easel.record(text="one")
    [asked] = await easel.show(first)
    easel.desk.delete_message(asked)
    [said] = await easel.show(await easel.record(text="two", answers=first.id, quote="one"))
    assert said.reply_to is None


async def test_e43_waiting_words_of_a_topic_become_one_message(easel: Easel) -> None:
    """In their order, each with its time and formatting; their jobs are settled with it, and nothing is shown twice."""
    records = []
    for number in range(4):
        marks = [{"kind": "bold", "start": 0, "length": 4}] if number == 2 else None
        records.append(await easel.record(text=f"text {number}", marks=marks))
        easel.now += timedelta(minutes=1)
    easel.spend()
    settled = await easel.show_first(*records)
    [said] = easel.shown()
    assert [line for line in said.text.splitlines() if line.startswith("text")] == [f"text {n}" for n in range(4)]
    assert "09:02" in said.text
    assert "<b>text</b>" in said.html
    assert said.html.count("<blockquote>") == 4
    assert {row.state for row in settled} == {DeliveryState.SENT}
    assert {row.external_id for row in settled} == {external_id(easel.wire.bot_id, easel.desk.chat_id, said.id)}


async def test_e43_an_edit_of_a_merged_message_changes_its_words_there(easel: Easel) -> None:
    """The others stay as they are."""
    records = [await easel.record(text=f"text {number}") for number in range(3)]
    easel.spend()
    await easel.show_first(*records)
    easel.wire.budget.__init__(scale=1000)  # type: ignore[misc]  # there is room again
    [said] = await easel.show(await easel.record(text="better", revises=records[1].id))
    assert [word for word in said.text.split("\n") if word in ("text 0", "text 1", "text 2", "better")] == [
        "text 0",
        "better",
        "text 2",
    ]
    [said] = await easel.show(await easel.record(text="best", revises=records[0].id))
    assert "best" in said.text
    assert "better" in said.text


async def test_e43_merging_stops_at_what_is_no_words(easel: Easel) -> None:
    """A photo, a reply, an album that still comes: the order is kept."""
    first, second = await easel.record(text="one"), await easel.record(text="two")
    photo = await easel.record(easel.anna.sends_photo(JPEG))
    last = await easel.record(text="three")
    easel.spend()
    behind = await easel.show_first(first, second, photo, last)
    assert [job.state for job in behind] == [DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.QUEUED]


async def test_two_quick_messages_with_room_stay_two(easel: Easel) -> None:
    """Merging is for when there is no room; but a flood is shown as one in any case."""
    [job] = await easel.show_first(await easel.record(text="one"), await easel.record(text="two"))
    assert job.state is DeliveryState.QUEUED
    await Delivery.filter(id=job.id).delete()
    await easel.show_first(*[await easel.record(text=f"flood {number}") for number in range(7)])
    assert len(easel.shown()) == 2


async def test_a_budget_that_ends_within_a_record_goes_on_where_it_stopped(easel: Easel) -> None:
    """Three messages of one text: those that were shown are not shown again."""
    record = await easel.record(text="word " * 1800)
    job = await easel.job(record)
    easel.spend()
    with pytest.raises(TryAgain) as wait:
        await easel.mirror.show(await outgoing(job), easel.topic)
    assert 0 < (wait.value.after or 0) <= 60 / 18
    assert len(easel.shown()) == 1
    easel.wire.budget.__init__(scale=1000)  # type: ignore[misc]  # there is room again
    job.attempts = 2
    messages = await easel.show(record, job)
    assert len(messages) == 3
    assert sum(one.text.count("word") for one in messages) == 1800
    parts = await MessageLink.filter(record_id=record.id).order_by("id").values_list("part", flat=True)
    assert [int(str(part)) for part in parts] == [0, 1, 2]
