"""A message becomes what it should, exactly once, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from intake.message import Attachment, Bounce, Failure, Hint, Proof, Sender
from intake.understanding.categories import Verdict
from intake.understanding.classifier import Classifier
from storage.kinds import DeliveryKind, DeliveryState, Direction, Status
from storage.models import (
    Address,
    AfterSalesCase,
    CommunicationRecord,
    Customer,
    CustomerRequest,
    Delivery,
    Event,
    StoredAttachment,
)
from tests.builders import NOW, Core, chat, letter, words

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def _acknowledgements() -> list[Delivery]:
    return await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).order_by("id")


async def test_a_letter_opens_a_request_with_one_acknowledgement(core: Core) -> None:
    """Customer, request, record, acknowledgement and topic job are one commit; numbers begin at 1001."""
    receipt = await core.accept(letter())
    assert receipt.opened
    assert receipt.request == 1001
    request = await CustomerRequest.get(id=1001).select_related("customer")
    assert (request.customer.name, request.status, request.reply_to) == (
        "Anna Schmidt",
        Status.NEW,
        "anna@customer.example",
    )
    [acknowledgement] = await _acknowledgements()
    assert "R-1001" in acknowledgement.text
    assert "R-1001" in acknowledgement.subject
    assert "NUMBERTOCOME" not in f"{acknowledgement.subject}{acknowledgement.text}{acknowledgement.html}"
    assert acknowledgement.in_reply_to == (await CommunicationRecord.get(id=receipt.record)).external_id
    assert await Delivery.filter(kind=DeliveryKind.MIRROR, record_id=receipt.record).count() == 1


async def test_a_classifier_that_fails_leaves_the_letter_unsorted(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message goes on as any other: stored, acknowledged, shown; the card says why it is unsorted."""

    def fails(*_: object) -> Verdict:
        raise RuntimeError("a model with a fault")

    monkeypatch.setattr(Classifier, "judge_tokens", fails)
    for text in ("My kettle is broken.", "My kettle is broken. " * 1000):
        receipt = await core.accept(letter(text))
        request = await CustomerRequest.get(id=receipt.request)
        assert (request.category, request.category_confidence) == ("unsorted", 0.0)
        assert request.category_reasons == ["sorting it failed (RuntimeError)"]
    assert len(await _acknowledgements()) == 2


async def test_second_copy_of_a_letter_changes_nothing(core: Core) -> None:
    """The same key again: the earlier result, no second row of any kind."""
    message = letter()
    first = await core.accept(message)
    again = await core.accept(message)
    assert (again.record, again.request, again.duplicate) == (first.record, first.request, True)
    assert await CommunicationRecord.all().count() == 1
    assert len(await _acknowledgements()) == 1


async def test_two_first_messages_at_the_same_instant_are_one_customer_and_one_request(core: Core) -> None:
    """Whoever comes second finds the customer, and in a chat the request too."""
    for person in range(5):
        sender = Sender(f"60{person}", "Carla")
        await asyncio.gather(
            *(core.accept(chat(f"message {n}", sender=sender, reply_to=sender.value)) for n in range(8))
        )
    assert await Customer.all().count() == 5
    assert await Address.all().count() == 5
    assert await CustomerRequest.all().count() == 5
    assert await CommunicationRecord.all().count() == 40
    assert len(await _acknowledgements()) == 5


async def test_copies_at_the_same_instant_are_stored_once(core: Core) -> None:
    """Sixty senders of one letter: one record."""
    message = letter()
    receipts = await asyncio.gather(*(core.accept(message) for _ in range(60)))
    assert len({receipt.record for receipt in receipts}) == 1
    assert sum(not receipt.duplicate for receipt in receipts) == 1
    assert await CustomerRequest.all().count() == 1


async def test_an_answer_to_the_signed_address_joins_its_request(core: Core) -> None:
    """The customer's own answer, proven by our signature, is no new request and gets no second acknowledgement."""
    first = await core.accept(letter())
    answer = letter("Here is a photo.", hints=(Hint(first.request or 0, Proof.SIGNED_ADDRESS),))
    receipt = await core.accept(answer)
    assert (receipt.request, receipt.opened) == (first.request, False)
    assert "reply address" in (await CommunicationRecord.get(id=receipt.record)).threaded_by
    assert len(await _acknowledgements()) == 1


@pytest.mark.parametrize("proof", list(Proof))
async def test_a_stranger_never_joins_a_request(core: Core, proof: Proof) -> None:
    """Whatever he shows, he opens a request of his own, flagged with the one he points at."""
    first = await core.accept(letter())
    stranger = letter(sender=Sender("eve@other.example", "Eve"), hints=(Hint(first.request or 0, proof),))
    receipt = await core.accept(stranger)
    assert receipt.request != first.request
    assert receipt.opened
    assert "R-1001" in (await CustomerRequest.get(id=receipt.request)).flags[0]


async def test_a_number_in_the_subject_joins_only_with_a_proven_sender(core: Core) -> None:
    """Anybody can type a number and forge a From; then it is a new request, flagged."""
    first = await core.accept(letter())
    hints = (Hint(first.request or 0, Proof.SUBJECT),)
    forged = await core.accept(letter(hints=hints))
    assert forged.opened
    assert "R-1001" in (await CustomerRequest.get(id=forged.request)).flags[0]
    assert (await core.accept(letter(hints=hints, verified=True))).request == first.request


async def test_references_join_only_the_same_customers_request(core: Core) -> None:
    """A known Message-ID is a hint for its own proven customer and nothing for anybody else."""
    opening = letter(verified=True)
    first = await core.accept(opening)
    references = (opening.external_id or "",)
    assert (await core.accept(letter("More.", references=references, verified=True))).request == first.request
    eve = Sender("eve@other.example", "Eve")
    assert (await core.accept(letter("Mine.", references=references, sender=eve))).request != first.request


async def test_two_letters_without_a_bond_are_two_requests_of_one_customer(core: Core) -> None:
    """By mail a new letter is a new matter; in a chat it goes on with the open one."""
    assert (await core.accept(letter())).request != (await core.accept(letter())).request
    assert (await core.accept(chat())).request == (await core.accept(chat())).request
    assert await Customer.all().count() == 2


async def test_an_answer_reopens_a_resolved_request_within_the_window(core: Core) -> None:
    """Within the window the request opens again; after it a new one does."""
    first = await core.accept(chat())
    agent = await core.agent()
    assert await core.actions.resolve(first.request or 0, agent, core.now)
    core.later(hours=71)
    assert (await core.accept(chat("still broken"))).request == first.request
    request = await CustomerRequest.get(id=first.request)
    assert (request.status, request.resolved_at) == (Status.OPEN, None)
    assert await core.actions.resolve(first.request or 0, agent, core.now)
    core.later(hours=73)
    assert (await core.accept(chat("another thing"))).request != first.request


async def test_robots_are_never_acknowledged(core: Core) -> None:
    """An automatic message, a list's, a bounce, our own: none of them gets an answer."""
    await core.accept(letter(auto_reason="Auto-Submitted: auto-replied", may_ack=False))
    await core.accept(letter(may_ack=False))
    await core.accept(letter(from_us=True))
    await core.accept(letter(bounce=Bounce("bounce", (Failure("x@y.example", "5.1.1", "failed"),), "nobody@knows")))
    assert await _acknowledgements() == []
    assert await CommunicationRecord.all().count() == 4
    assert await CustomerRequest.all().count() == 2  # the robot's and the list's; the others open none


async def test_a_bounce_marks_the_delivery_and_reopens_the_request(core: Core) -> None:
    """It is recorded where it belongs, the delivery failed after all, and the agents hear of it."""
    first = await core.accept(letter())
    agent = await core.agent()
    await core.answers.reply(agent, words(first.request or 0, "We send a new one."), core.now)
    await core.deliver()
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    report = Bounce("bounce", (Failure("anna@customer.example", "5.1.1", "failed", "no such user"),), reply.message_id)
    receipt = await core.accept(letter("undeliverable", bounce=report, sender=Sender("mailer-daemon@x.example")))
    assert (receipt.request, receipt.opened) == (first.request, False)
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.FAILED
    assert (await CustomerRequest.get(id=first.request)).status is Status.OPEN
    assert "no such user" in (await Delivery.filter(kind=DeliveryKind.NOTICE).order_by("-id").first() or reply).text


async def test_a_bounce_that_comes_before_we_learnt_of_the_sending_finds_its_delivery(core: Core) -> None:
    """The relay was faster than our own settlement, or the program died between the two."""
    first = await core.accept(letter())
    await core.answers.reply(await core.agent(), words(first.request or 0, "Soon."), core.now)
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    report = Bounce("bounce", (Failure("anna@customer.example", "5.1.1", "failed"),), reply.message_id)
    receipt = await core.accept(letter("undeliverable", bounce=report))
    assert receipt.request == first.request
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.FAILED


async def test_a_forged_bounce_touches_no_other_channels_delivery(core: Core) -> None:
    """The id of a chat message can be guessed; a mail that names it stands aside."""
    first = await core.accept(chat())
    await core.answers.reply(await core.agent(), words(first.request or 0, "Hello"), core.now)
    await core.deliver()
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    report = Bounce("bounce", (Failure("a@b", "5.1.1", "failed", "EVIL TEXT"),), reply.external_id)
    receipt = await core.accept(letter("undeliverable", bounce=report))
    assert receipt.request is None
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.SENT


async def test_bounces_and_replies_at_the_same_instant_do_not_lock_each_other_out(core: Core) -> None:
    """Each takes the request before anything that hangs on it."""
    receipts = [await core.accept(letter(sender=Sender(f"c{n}@customer.example"))) for n in range(6)]
    agent = await core.agent()
    for receipt in receipts:
        await core.answers.reply(agent, words(receipt.request or 0, "Soon."), core.now)
    replies = await Delivery.filter(kind=DeliveryKind.REPLY)
    work = [
        core.accept(letter(f"{reply.id} {copy}", bounce=Bounce("bounce", (), reply.message_id)))
        for reply in replies
        for copy in range(4)
    ]
    work += [core.answers.reply(agent, words(receipt.request or 0, "More."), core.now) for receipt in receipts]
    results = await asyncio.gather(*work)
    assert len({result.record for result in results}) == len(work)


async def test_ids_of_any_length_and_script_are_taken(core: Core) -> None:
    """Longer than a column, longer than an index key: the message is stored all the same, on both databases."""
    endless = "x" * 3000 + "@customer.example"
    await core.accept(letter(references=(endless,), external_id="汉" * 990))
    await core.accept(letter(bounce=Bounce("bounce", (), endless)))
    long_name = Sender("a" * 600 + "@customer.example", "Anna " * 1000, "de", "+" + "4" * 500)
    await core.accept(letter(sender=long_name, reply_to="b" * 600 + "@customer.example"))
    assert await CommunicationRecord.all().count() == 3


async def test_a_resolve_in_the_same_moment_does_not_swallow_a_customers_words(core: Core) -> None:
    """However the two fall, a request that has new words of its customer is never left resolved."""
    agent = await core.agent()
    for number in range(12):
        sender = Sender(f"80{number}", "Dora")
        first = await core.accept(chat(sender=sender, reply_to=sender.value))
        await asyncio.gather(
            core.actions.resolve(first.request or 0, agent, core.now),
            core.accept(chat("one more thing", sender=sender, reply_to=sender.value)),
        )
        request = await CustomerRequest.get(id=first.request)
        events = [event.after for event in await Event.filter(request_id=first.request, what="status").order_by("id")]
        resolved_last = events[-1:] == ["resolved"]
        # Resolved after the words had come is the agent's will; resolved before, they opened it again.
        assert request.status is (Status.RESOLVED if resolved_last else Status.OPEN) or request.status is Status.NEW


async def test_a_delay_report_is_no_failure(core: Core) -> None:
    """RFC 3464: delayed is not failed."""
    first = await core.accept(letter())
    await core.answers.reply(await core.agent(), words(first.request or 0, "Soon."), core.now)
    await core.deliver()
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    report = Bounce("bounce", (Failure("anna@customer.example", "4.4.1", "delayed"),), reply.message_id)
    await core.accept(letter("delayed", bounce=report))
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.SENT


async def test_acknowledgements_to_one_address_are_bounded(core: Core) -> None:
    """A sixth letter on one day is stored in silence; the next day speaks again."""
    for _ in range(7):
        await core.accept(letter())
    assert len(await _acknowledgements()) == 5
    assert await Event.filter(what="acknowledgement withheld").count() == 2
    core.later(hours=25)
    await core.accept(letter())
    assert len(await _acknowledgements()) == 6


async def test_an_address_and_what_it_has_behind_a_plus_share_one_budget(core: Core) -> None:
    """Whichever comes first; another mailbox that begins alike is another one."""
    for local in ("anna", "anna+1", "anna+2", "anna+1+2", "anna", "anna", "anna+3"):
        await core.accept(letter(sender=Sender(f"{local}@customer.example")))
    assert len(await _acknowledgements()) == 5
    for other in ("annas@customer.example", "anna@other.example", "ann_+1@customer.example", "+@customer.example"):
        await core.accept(letter(sender=Sender(other)))
    assert len(await _acknowledgements()) == 9


async def test_acknowledgements_in_all_are_bounded(tmp_path: Path) -> None:
    """Forged senders cannot make a mail bomb of us."""
    core = Core(tmp_path, acks_per_hour=3)
    for number in range(6):
        await core.accept(letter(sender=Sender(f"victim{number}@other.example")))
    assert len(await _acknowledgements()) == 3
    assert await CustomerRequest.all().count() == 6


async def test_nobody_but_the_customer_himself_tells_who_he_is(core: Core) -> None:
    """What came before he was proven is hearsay, which he replaces; what comes unproven after that teaches nothing."""

    async def known() -> tuple[str, str | None, str | None]:
        customer = await Customer.all().get()
        return customer.name, customer.language, customer.phone

    anna = "anna@customer.example"
    english, german = "Hello, where is my parcel with the kettle?", "Guten Tag, wo bleibt mein Paket mit dem Kessel?"
    await core.accept(letter(english, sender=Sender(anna, "Pay to Eve", phone="+1"), forged=True))
    await core.accept(letter(german, sender=Sender(anna), verified=True))
    assert await known() == ("", "de", None)
    for eve in (Sender(anna, "Eve", phone="+1"), Sender(anna, "Eve", "ru")):
        await core.accept(letter(english, sender=eve, forged=True))
        await core.accept(letter(english, sender=eve))
    assert await known() == ("", "de", None)
    await core.accept(letter(english, sender=Sender(anna, "Anna", phone="+49"), verified=True))
    await core.accept(letter(english, sender=Sender(anna, "Anna S.", phone="+50"), verified=True))
    assert await known() == ("Anna", "de", "+49")


async def test_who_can_never_be_proven_is_still_known_by_name(core: Core) -> None:
    """As where nothing checks senders."""
    await core.accept(letter(sender=Sender("otto@old.example")))
    await core.accept(letter(sender=Sender("otto@old.example", "Otto")))
    assert (await Customer.all().get()).name == "Otto"


async def test_the_acknowledgement_speaks_the_customers_language(core: Core) -> None:
    """By the words where there are some, by Telegram's language code where there are none."""
    await core.accept(letter("Guten Tag, mein Wasserkocher ist kaputt und ich möchte mein Geld zurück."))
    await core.accept(chat("👍", sender=Sender("700", "Li", "zh")))
    german, chinese = await _acknowledgements()
    assert "Anfrage" in german.text or "Nachricht" in german.text
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.text)


async def test_goods_that_come_back_open_a_case_that_knows_what_is_missing(core: Core) -> None:
    """Order number and product from the words; the purchase date is still to be asked."""
    receipt = await core.accept(letter("I want to return my kettle. Order number 4711-0815.", subject="Return"))
    case = await AfterSalesCase.get(request_id=receipt.request)
    assert case.order_number == "4711-0815"
    assert "purchased_on" in case.missing


async def test_large_raw_mail_and_attachments_lie_in_files_before_the_commit(core: Core) -> None:
    """Up to 64 KiB in the row, more by its sha256 in the file store; bytes come back as they were."""
    small, large = letter(raw=b"x" * 65536), letter(raw=b"y" * 65537)
    photo = Attachment("photo.jpg", "image/jpeg", 5, b"\xff\xd8\x00\x01\x02")
    await core.accept(letter(attachments=(photo,)))
    first, second = await core.accept(small), await core.accept(large)
    record = await CommunicationRecord.get(id=first.record)
    assert bytes(record.raw_content or b"") == b"x" * 65536
    record = await CommunicationRecord.get(id=second.record)
    assert record.raw_content is None
    assert await core.files.read(record.raw_sha256 or "") == b"y" * 65537
    stored = await StoredAttachment.get(filename="photo.jpg")
    assert stored.stored
    assert await core.files.read(stored.sha256 or "") == photo.content


async def test_a_disk_that_refuses_stores_nothing(core: Core, tmp_path: Path) -> None:
    """No row ever names a file that is not there: the message is not accepted at all."""
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="files"):
        await core.accept(letter(attachments=(Attachment("a.txt", "text/plain", 1, b"a"),)))
    assert await CommunicationRecord.all().count() == 0
    assert await Customer.all().count() == 0


async def test_files_that_stay_with_the_wire_are_fetched_after_acceptance(core: Core) -> None:
    """Accepting asks no network; the outbox fetches, tries again, and stores."""
    photo = Attachment("photo.jpg", "image/jpeg", 3, remote_id="file1")
    await core.accept(chat(attachments=(photo,)))
    assert await StoredAttachment.filter(filename="photo.jpg", stored=False).exists()
    core.fetched["file1"] = b"jpg"
    await core.deliver()
    attachment = await StoredAttachment.get(filename="photo.jpg")
    assert attachment.stored
    assert await core.files.read(attachment.sha256 or "") == b"jpg"


async def test_an_unverified_sender_is_marked_on_the_request(core: Core) -> None:
    """The card warns as long as nobody has proven who writes."""
    await core.accept(letter())
    await core.accept(chat())
    by_mail, by_chat = await CustomerRequest.all().order_by("id")
    assert "sender not verified" in by_mail.flags
    assert by_chat.flags == []


async def test_waiting_since_is_when_the_customer_began_to_wait(core: Core) -> None:
    """A second message does not make him wait less; an answer ends it."""
    first = await core.accept(chat())
    core.later(minutes=10)
    await core.accept(chat("hello?"))
    assert (await CustomerRequest.get(id=first.request)).waiting_since == NOW
    await core.answers.reply(await core.agent(), words(first.request or 0, "Here I am."), core.now)
    request = await CustomerRequest.get(id=first.request)
    assert (request.waiting_since, request.status) == (None, Status.PENDING)
    assert request.first_responded_at == NOW + timedelta(minutes=10)
    core.later(minutes=5)
    await core.accept(chat("thanks, and one more thing"))
    assert (await CustomerRequest.get(id=first.request)).waiting_since == core.now
    assert await CommunicationRecord.filter(direction=Direction.OUTGOING).count() == 1
