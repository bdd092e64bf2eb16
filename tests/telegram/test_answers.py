"""What agents say, edit and take back, below the wire: what is queued, what is changed, what is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from intake.agents.amending import BY_MAIL, HAS_LEFT, IS_NOTE_NOW, NEVER_SENT, NOT_ARRIVED, STAYS_NOTE, TAKEN_BACK
from intake.agents.recalling import BY_MAIL as NOT_BY_MAIL
from intake.agents.recalling import NOT_LEFT, NOT_YOURS, UNDER_WAY
from intake.agents.replying import REOPENED
from intake.agents.spoken import AgentWords
from intake.message import Attachment, Inbound, Mark, TryAgain, Undeliverable, Unknown
from intake.outgoing.rendered import outgoing
from storage import answers
from storage.kinds import DeliveryKind, DeliveryState, Direction, Status
from storage.links import Link, remember
from storage.models import Agent, CommunicationRecord, CustomerRequest, Delivery
from tests.builders import Core, chat, letter, words

pytestmark = pytest.mark.usefixtures("database")

BOTH = pytest.mark.parametrize("message", [letter, chat])
PHOTO = (Attachment("photo.jpg", "image/jpeg", 3, remote_id="p"),)


@pytest.fixture
def core(tmp_path: Path) -> Core:
    core = Core(tmp_path)
    core.fetched |= {"p": b"jpg", "q": b"jpg"}
    return core


async def _opened(core: Core, message: Callable[[], Inbound] = chat) -> tuple[int, Agent]:
    receipt = await core.accept(message())
    await core.deliver()
    return receipt.request or 0, await core.agent()


def _part(request: int, text: str = "", album: str = "7", **changes: object) -> AgentWords:
    return words(request, text, attachments=PHOTO, line="[photo]", form="photo", album=album, **changes)


def _edit(of: AgentWords, text: str, *, internal: bool = False, **changes: object) -> AgentWords:
    fresh = words(of.request, text, form=of.form, **changes)
    return AgentWords(
        of.request, f"{of.key}:{fresh.key}", text, of.external_id, "telegram", of.account, of.origin,
        form=of.form, attachments=fresh.attachments, line=of.line, edits=of.key, internal=internal, marks=fresh.marks,
    )  # fmt: skip


def _sent(core: Core) -> list[tuple[str, str]]:
    """What has gone to the customer since his acknowledgement: kind and text."""
    every = [*core.channels["mail"].sent, *core.channels["telegram"].sent]
    return [(one.kind, one.text) for one in every if one.kind != DeliveryKind.ACKNOWLEDGEMENT]


def _told(core: Core) -> list[str]:
    return [one.text for one in core.channels["desk"].sent if one.kind == DeliveryKind.NOTICE]


@BOTH
async def test_e27_formatting_goes_with_the_words(core: Core, message: Callable[[], Inbound]) -> None:
    """To a chat as marks, to a mail as HTML; the record keeps both words and marks."""
    request, agent = await _opened(core, message)
    bold = (Mark("bold", 5, 4),)
    await core.answers.reply(agent, words(request, "Dear Anna, 1 < 2", marks=bold), core.now)
    await core.deliver()
    record = await CommunicationRecord.get(direction=Direction.OUTGOING)
    assert record.marks == [{"kind": "bold", "start": 5, "length": 4}]
    if message is chat:
        [sent] = [one for one in core.channels["telegram"].sent if one.kind == DeliveryKind.REPLY]
        assert (sent.text, sent.marks) == ("Dear Anna, 1 < 2", bold)
    else:
        [sent] = [one for one in core.channels["mail"].sent if one.kind == DeliveryKind.REPLY]
        assert "Dear <b>Anna</b>, 1 &lt; 2" in (sent.html or "")
        assert "Dear Anna, 1 < 2" in sent.text


@BOTH
async def test_e29_an_album_leaves_as_one_when_it_is_whole(core: Core, message: Callable[[], Inbound]) -> None:
    """Nothing before its time; then all parts in their order, with the caption that came second."""
    request, agent = await _opened(core, message)
    for text in ("", "Look here", ""):
        await core.answers.reply(agent, _part(request, text), core.now)
        await core.deliver()
    assert _sent(core) == []
    core.later(seconds=1.3)
    await core.deliver()
    channel = core.channels["mail" if message is letter else "telegram"]
    [sent] = [one for one in channel.sent if one.kind == DeliveryKind.REPLY]
    records = await CommunicationRecord.filter(direction=Direction.OUTGOING).order_by("id")
    assert [part.record for part in sent.album] == [record.id for record in records]
    assert [part.text for part in sent.album] == ["", "Look here" if message is chat else sent.text, ""]
    assert len(sent.files) == 3
    assert sent.text.startswith("Look here")


async def test_e09_each_part_of_an_album_waits_a_little_for_the_next(core: Core) -> None:
    """The time to leave moves with each part, and a stop of the program changes nothing: it stands in the database."""
    request, agent = await _opened(core)
    await core.answers.reply(agent, _part(request), core.now)
    core.later(seconds=1)
    await core.answers.reply(agent, _part(request), core.now)
    core.later(seconds=1)
    core.outbox = core.new_outbox()
    await core.deliver()
    assert _sent(core) == []
    core.later(seconds=1)
    await core.deliver()
    assert len(_sent(core)) == 1


async def test_e09_a_late_part_of_an_album_goes_alone_as_a_reply_to_it(core: Core) -> None:
    """What has left stays; the late part refers to it, and takes none of the others along again."""
    request, agent = await _opened(core)
    core.channels["telegram"].ids = lambda one: (f"{one.account}:{one.to}:{one.delivery}",)
    for _ in range(2):
        await core.answers.reply(agent, _part(request), core.now)
    core.later(seconds=2)
    await core.deliver()
    await core.answers.reply(agent, _part(request, "and this"), core.now)
    core.later(seconds=2)
    await core.deliver()
    first, late = [one for one in core.channels["telegram"].sent if one.kind == DeliveryKind.REPLY]
    assert len(first.album) == 2
    assert (late.album, late.text, late.form) == ((), "and this", "photo")
    assert late.in_reply_to == f"{first.account}:{first.to}:{first.delivery}"


@BOTH
@pytest.mark.parametrize("marked", [0, 1, 2])
async def test_an_album_with_a_note_in_it_never_leaves(core: Core, message: Callable[[], Inbound], marked: int) -> None:
    """Whichever part carries the mark: all are notes, and the customer waits as he did before."""
    request, agent = await _opened(core, message)
    before = await CustomerRequest.get(id=request)
    for number in range(3):
        verb = core.answers.note if number == marked else core.answers.reply
        await verb(agent, _part(request, "he lies" if number == marked else ""), core.now)
    core.later(hours=1)
    await core.deliver()
    assert _sent(core) == []
    assert {record.direction for record in await CommunicationRecord.filter(agent=agent)} == {Direction.NOTE}
    after = await CustomerRequest.get(id=request)
    assert (after.status, after.first_responded_at) == (before.status, None)
    assert after.waiting_since is not None


async def test_a_part_that_was_taken_back_can_still_make_a_note_of_its_album(core: Core) -> None:
    """Its mark comes by an edit, when nothing of it is under way any more: the parts that wait stay in the house."""
    request, agent = await _opened(core)
    first = _part(request)
    receipt = await core.answers.reply(agent, first, core.now)
    await core.answers.recall(agent, request, receipt.record, core.now)
    await core.answers.reply(agent, _part(request), core.now)
    await core.answers.edit(agent, _edit(first, "for us only", internal=True, attachments=PHOTO), core.now)
    core.later(hours=1)
    await core.deliver()
    assert _sent(core) == []
    assert await CommunicationRecord.filter(agent=agent, direction=Direction.OUTGOING).count() == 0


async def test_pictures_of_a_note_that_have_left_are_told(core: Core) -> None:
    """What cannot be stopped any more is said, with the way to take it back."""
    request, agent = await _opened(core)
    await core.answers.reply(agent, _part(request), core.now)
    core.later(seconds=2)
    await core.deliver()
    await core.answers.note(agent, _part(request, "for us only"), core.now)
    await core.answers.reply(agent, _part(request), core.now)
    core.later(hours=1)
    await core.deliver()
    assert len(_sent(core)) == 1
    assert any("/del" in told for told in _told(core))


@BOTH
async def test_e25_what_still_waits_is_edited_where_it_waits(core: Core, message: Callable[[], Inbound]) -> None:
    """The customer gets the last words, once; both versions are on record."""
    request, agent = await _opened(core, message)
    said = words(request, "Dear Ana")
    await core.answers.reply(agent, said, core.now)
    new = _edit(said, "Dear Anna", marks=(Mark("bold", 5, 4),))
    assert await core.answers.edit(agent, new, core.now) is not None
    again = await core.answers.edit(agent, new, core.now)
    assert again is not None
    assert again.duplicate
    await core.deliver()
    [(kind, text)] = _sent(core)
    assert kind == DeliveryKind.REPLY
    assert "Dear Anna" in text
    assert "Dear Ana\n" not in f"{text}\n"
    first, second = await CommunicationRecord.filter(agent=agent).order_by("id")
    assert (first.text, second.text, second.revises) == ("Dear Ana", "Dear Anna", first.id)
    assert "edited" in second.flags
    if message is letter:
        [mail] = [one for one in core.channels["mail"].sent if one.kind == DeliveryKind.REPLY]
        assert "<b>Anna</b>" in (mail.html or "")


async def test_e25_what_was_sent_in_a_chat_is_edited_there(core: Core) -> None:
    """One job brings the newest words, however many edits come before it leaves; the same edit again is none."""
    request, agent = await _opened(core)
    said = words(request, "Dear Ana")
    await core.answers.reply(agent, said, core.now)
    await core.deliver()
    for text in ("Dear Anna", "Dear Anna!", "Dear Anna!"):
        await core.answers.edit(agent, _edit(said, text), core.now)
    await core.deliver()
    assert _sent(core) == [(DeliveryKind.REPLY, "Dear Ana"), (DeliveryKind.EDIT, "Dear Anna!")]
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    edit = await Delivery.get(kind=DeliveryKind.EDIT)
    assert (edit.concerns, edit.record_id, edit.conversation) == (reply.id, reply.record_id, reply.conversation)
    assert await CommunicationRecord.filter(agent=agent).count() == 3


async def test_e25_an_edit_while_the_first_words_are_on_their_way_follows_them(core: Core) -> None:
    """It waits behind them; and if they come back to be tried again, they are the new ones."""
    request, agent = await _opened(core)
    said = words(request, "Dear Ana")
    await core.answers.reply(agent, said, core.now)
    channel = core.channels["telegram"]

    async def edits_meanwhile() -> None:
        channel.after_send = None
        await core.answers.edit(agent, _edit(said, "Dear Anna"), core.now)
        raise TryAgain("slow down", after=1)

    channel.after_send = edits_meanwhile
    await core.deliver()
    core.later(seconds=2)
    await core.deliver()
    assert _sent(core)[-2:] == [(DeliveryKind.REPLY, "Dear Anna"), (DeliveryKind.EDIT, "Dear Anna")]


async def test_e25_a_mail_that_has_left_can_be_corrected_once(core: Core) -> None:
    """The agent is told, with the mail it is about; the correction answers that mail and goes once."""
    request, agent = await _opened(core, letter)
    said = words(request, "It costs 10")
    await core.answers.reply(agent, said, core.now)
    await core.deliver()
    receipt = await core.answers.edit(agent, _edit(said, "It costs 12"), core.now)
    assert receipt is not None
    await core.deliver()
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    notice = await Delivery.get(kind=DeliveryKind.NOTICE, text=BY_MAIL)
    assert (notice.concerns, notice.record_id) == (reply.id, receipt.record)
    assert [await core.answers.correct(agent, request, receipt.record, core.now) for _ in range(2)] == [True, False]
    await core.deliver()
    first, correction = [one for one in core.channels["mail"].sent if one.kind == DeliveryKind.REPLY]
    assert "It costs 12" in correction.text
    assert correction.in_reply_to == first.message_id
    assert correction.message_id != first.message_id


@pytest.mark.parametrize("failure", [Undeliverable("blocked"), Unknown("lost")])
async def test_an_edit_of_what_did_not_arrive_is_kept_for_the_next_attempt(core: Core, failure: Exception) -> None:
    """Nothing is sent by an edit alone, and never twice; the agent is told."""
    request, agent = await _opened(core)
    said = words(request, "Dear Ana")
    await core.answers.reply(agent, said, core.now)
    core.channels["telegram"].failures = [failure]
    await core.deliver()
    await core.answers.edit(agent, _edit(said, "Dear Anna"), core.now)
    await core.deliver()
    assert _sent(core) == []
    assert (await Delivery.get(kind=DeliveryKind.REPLY)).text == "Dear Anna"
    assert NOT_ARRIVED in _told(core)


async def test_e25_the_rest_of_an_answer_that_was_edited_is_the_rest_of_its_new_words(core: Core) -> None:
    """Only its first part had arrived: sent again, it does not bring what the agent has taken out."""
    request, agent = await _opened(core)
    said = words(request, "Dear Ana. " * 900)
    await core.answers.reply(agent, said, core.now)
    core.channels["telegram"].failures = [Undeliverable("blocked")]
    await core.deliver()
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    await answers.add_links(request, reply.id, [(reply.record_id, "7:501:9", "text")], 1)
    await core.answers.edit(agent, _edit(said, "Dear Anna."), core.now)
    await core.deliver()
    assert (await Delivery.get(kind=DeliveryKind.EDIT)).text == "Dear Anna."
    await core.settling.retry(reply.id, 1, agent, core.now)
    await core.deliver()
    again = core.channels["telegram"].sent[-1]
    assert (again.kind, again.text, again.sent_parts) == (DeliveryKind.REPLY, "Dear Anna.", ("7:501:9",))


@BOTH
async def test_an_edit_never_makes_a_note_an_answer(core: Core, message: Callable[[], Inbound]) -> None:
    """Without its mark a note is still a note; both versions are, and the agent is told once he forgets it."""
    request, agent = await _opened(core, message)
    said = words(request, "he lies")
    await core.answers.note(agent, said, core.now)
    await core.answers.edit(agent, _edit(said, "he lies again", internal=True), core.now)
    await core.deliver()
    assert STAYS_NOTE not in _told(core)
    await core.answers.edit(agent, _edit(said, "he lies and lies"), core.now)
    await core.deliver()
    assert _sent(core) == []
    assert STAYS_NOTE in _told(core)
    records = await CommunicationRecord.filter(agent=agent)
    assert [record.direction for record in records] == [Direction.NOTE] * 3


@BOTH
async def test_an_answer_that_becomes_a_note_before_it_leaves_never_leaves(
    core: Core, message: Callable[[], Inbound]
) -> None:
    """Not even when the mark is taken away again, or the job is tried again by hand."""
    request, agent = await _opened(core, message)
    said = words(request, "he lies")
    await core.answers.reply(agent, said, core.now)
    await core.answers.edit(agent, _edit(said, "he lies", internal=True), core.now)
    await core.answers.edit(agent, _edit(said, "he lies again"), core.now)
    await Delivery.filter(kind=DeliveryKind.REPLY).update(state=DeliveryState.QUEUED)
    core.later(hours=1)
    await core.deliver()
    assert _sent(core) == []
    assert [told for told in _told(core) if told in (IS_NOTE_NOW, STAYS_NOTE)] == [IS_NOTE_NOW, STAYS_NOTE]
    assert (await CustomerRequest.get(id=request)).status is Status.NEW


async def test_an_answer_that_becomes_a_note_after_it_left_stays_as_it_was(core: Core) -> None:
    """The new words are a note; an edit that still waited does not leave, nor does any later one."""
    request, agent = await _opened(core)
    said = words(request, "Dear Anna")
    await core.answers.reply(agent, said, core.now)
    await core.deliver()
    await core.answers.edit(agent, _edit(said, "Dear Anna!"), core.now)
    await core.answers.edit(agent, _edit(said, "he lies", internal=True), core.now)
    await core.answers.edit(agent, _edit(said, "he lies and lies"), core.now)
    await Delivery.filter(kind=DeliveryKind.EDIT).update(state=DeliveryState.QUEUED)
    core.later(hours=1)
    await core.deliver()
    assert _sent(core) == [(DeliveryKind.REPLY, "Dear Anna")]
    assert HAS_LEFT in _told(core)


async def test_an_edit_of_what_was_never_taken_sends_nothing(core: Core) -> None:
    """A command, a message from before its author was an agent: an edit is no way to send it."""
    request, agent = await _opened(core)
    await core.answers.edit(agent, _edit(words(request, "/find"), "find it"), core.now)
    await core.deliver()
    assert _sent(core) == []
    assert _told(core) == [NEVER_SENT]


async def test_e08_an_edit_in_an_album_that_waits_changes_its_caption(core: Core) -> None:
    """Album, caption and picture leave as they were last; for a mail in the one text that it has."""
    request, agent = await _opened(core)
    first = _part(request, "Look hree")
    await core.answers.reply(agent, first, core.now)
    second = _part(request)
    await core.answers.reply(agent, second, core.now)
    await core.answers.edit(agent, _edit(first, "Look here", attachments=PHOTO), core.now)
    other = (Attachment("photo.jpg", "image/jpeg", 3, remote_id="q"),)
    await core.answers.edit(agent, _edit(second, "", attachments=other), core.now)
    core.later(seconds=5)
    await core.deliver()
    [sent] = [one for one in core.channels["telegram"].sent if one.kind == DeliveryKind.REPLY]
    assert [part.text for part in sent.album] == ["Look here", ""]
    assert [file.remote_id for part in sent.album for file in part.files] == ["p", "q"]


@BOTH
async def test_e48_what_is_taken_back_before_it_leaves_is_not_sent(core: Core, message: Callable[[], Inbound]) -> None:
    """Nor when somebody tries it again; an edit of it changes nothing."""
    request, agent = await _opened(core, message)
    said = words(request, "Oops")
    receipt = await core.answers.reply(agent, said, core.now)
    for _ in range(2):
        await core.answers.recall(agent, request, receipt.record, core.now)
    assert await core.answers.edit(agent, _edit(said, "Oops!"), core.now) is None
    await Delivery.filter(kind=DeliveryKind.REPLY).update(state=DeliveryState.QUEUED)
    await core.deliver()
    assert _sent(core) == []
    assert NOT_LEFT in _told(core)
    assert TAKEN_BACK in _told(core)


async def test_e48_one_picture_is_taken_out_of_an_album_that_waits(core: Core) -> None:
    """The others leave without it."""
    request, agent = await _opened(core)
    receipts = [await core.answers.reply(agent, _part(request, text), core.now) for text in ("one", "two", "three")]
    await core.answers.recall(agent, request, receipts[0].record, core.now)
    core.later(seconds=5)
    await core.deliver()
    [sent] = [one for one in core.channels["telegram"].sent if one.kind == DeliveryKind.REPLY]
    assert [part.text for part in sent.album] == ["two", "three"]
    assert "one" not in sent.text


@BOTH
async def test_what_was_changed_in_an_album_stays_so_when_another_part_joins(
    core: Core, message: Callable[[], Inbound]
) -> None:
    """A part that was taken back does not come back with it, nor do words that were edited."""
    request, agent = await _opened(core, message)
    gone = await core.answers.reply(agent, _part(request, "oops"), core.now)
    second = _part(request, "Look hree")
    await core.answers.reply(agent, second, core.now)
    await core.answers.recall(agent, request, gone.record, core.now)
    await core.answers.edit(agent, _edit(second, "Look here", attachments=PHOTO), core.now)
    waiting = await Delivery.get(kind=DeliveryKind.REPLY)
    assert "oops" not in waiting.text
    await core.answers.reply(agent, _part(request, "and there"), core.now)
    core.later(seconds=9)
    await core.deliver()
    [sent] = [one for name in ("mail", "telegram") for one in core.channels[name].sent if one.album]
    assert [part.text for part in sent.album] == ["Look here", "and there"]
    assert "Look here\n\nand there" in sent.text
    assert "oops" not in sent.text
    assert "hree" not in f"{sent.text}{sent.html}"


async def test_e48_what_was_sent_is_taken_back_in_a_chat_and_not_by_mail(core: Core) -> None:
    """A job for the chat; by mail the truth."""
    request, agent = await _opened(core)
    receipt = await core.answers.reply(agent, words(request, "Oops"), core.now)
    await core.deliver()
    await core.answers.recall(agent, request, receipt.record, core.now)
    await core.deliver()
    assert [kind for kind, _ in _sent(core)] == [DeliveryKind.REPLY, DeliveryKind.RECALL]
    by_mail, _ = await _opened(core, letter)
    receipt = await core.answers.reply(agent, words(by_mail, "Oops"), core.now)
    await core.deliver()
    await core.answers.recall(agent, by_mail, receipt.record, core.now)
    await core.deliver()
    assert len(_sent(core)) == 3
    assert [told for told in _told(core) if told in (UNDER_WAY, NOT_BY_MAIL)] == [UNDER_WAY, NOT_BY_MAIL]


async def test_e48_only_its_author_or_a_lead_takes_an_answer_back(core: Core) -> None:
    """A colleague's words are his; the customer's and notes cannot be taken back at all."""
    request, maria = await _opened(core)
    olga = await core.agent("Olga", "902")
    receipt = await core.answers.reply(maria, words(request, "Hello"), core.now)
    await core.answers.recall(olga, request, receipt.record, core.now)
    note = await core.answers.note(maria, words(request, "a note"), core.now)
    await core.answers.recall(maria, request, note.record, core.now)
    await core.answers.recall(maria, request, 10**9, core.now)
    await core.deliver()
    assert NOT_YOURS in _told(core)
    assert _sent(core) == [(DeliveryKind.REPLY, "Hello")]


async def test_e32_an_answer_while_a_colleague_closes_goes_out_and_reopens(core: Core) -> None:
    """Never dropped: the request waits for the customer again, and whoever closed it reads why."""
    request, maria = await _opened(core)
    olga = await core.agent("Olga", "902")
    await core.actions.resolve(request, olga, core.now)
    await core.answers.reply(maria, words(request, "One more thing"), core.now)
    await core.deliver()
    assert _sent(core) == [(DeliveryKind.REPLY, "One more thing")]
    after = await CustomerRequest.get(id=request)
    assert (after.status, after.resolved_at) == (Status.PENDING, None)
    assert REOPENED in _told(core)


@pytest.mark.parametrize("by", ["quote in it", "quote not in it"])
async def test_e28_an_answer_to_a_message_refers_to_it_in_a_chat(core: Core, by: str) -> None:
    """Quoted only where the words stand in it."""
    request, agent = await _opened(core)
    asked = await CommunicationRecord.get(direction=Direction.INCOMING)
    await _shown_on_desk(asked, "700000001:-100500:5")
    quote = "my kettle" if by == "quote in it" else "my kettel"
    said = words(request, "Which one?", answers="700000001:-100500:5", quote=quote)
    await core.answers.reply(agent, said, core.now)
    await core.deliver()
    [sent] = [one for one in core.channels["telegram"].sent if one.kind == DeliveryKind.REPLY]
    assert sent.in_reply_to == asked.external_id
    assert sent.quote == (quote if by == "quote in it" else None)


async def test_e28_an_answer_to_an_earlier_letter_answers_that_letter(core: Core) -> None:
    """In-Reply-To names it, and it is what is quoted below."""
    request, agent = await _opened(core, letter)
    asked = await CommunicationRecord.get(direction=Direction.INCOMING)
    await core.accept(letter("And the lid?", references=(str(asked.external_id),)))
    await _shown_on_desk(asked, "700000001:-100500:5")
    await core.answers.reply(agent, words(request, "Which one?", answers="700000001:-100500:5"), core.now)
    await core.deliver()
    [sent] = [one for one in core.channels["mail"].sent if one.kind == DeliveryKind.REPLY]
    assert sent.in_reply_to == asked.external_id
    assert "> Hello, my kettle is broken." in sent.text


async def _shown_on_desk(record: CommunicationRecord, place: str) -> None:
    await remember(record.request_id or 0, None, [Link(place, record.id)])


@pytest.mark.parametrize("kind", [DeliveryKind.REPLY, DeliveryKind.EDIT, DeliveryKind.ACKNOWLEDGEMENT])
async def test_no_job_carries_a_note_whoever_queued_it(core: Core, kind: DeliveryKind) -> None:
    """A bug elsewhere cannot send one: it ends before any channel sees it."""
    request, agent = await _opened(core)
    note = await core.answers.note(agent, words(request, "he lies"), core.now)
    job = await Delivery.create(
        request_id=request, record_id=note.record, kind=kind, channel="telegram", account="700000001",
        recipient="501", conversation="x", text="he lies", due_at=core.now, queued_at=core.now,
    )  # fmt: skip
    with pytest.raises(Undeliverable, match="note"):
        await outgoing(job)
    await core.deliver()
    assert _sent(core) == []
    assert (await Delivery.get(id=job.id)).state is DeliveryState.FAILED
