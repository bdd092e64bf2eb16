"""Laws of answers with copies: each recipient has a job and a fate of his own, and nobody becomes a reader by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from intake.agents.answering import NobodyElse
from intake.message import Attachment, Bounce, Sender, TryAgain, Undeliverable
from storage.kinds import DeliveryKind, DeliveryState, Direction
from storage.models import CommunicationRecord, Delivery, Event, MessageLink, Participant
from tests.builders import MAILBOX, Core, chat, letter, words

pytestmark = pytest.mark.usefixtures("database")

ANNA, BOB, EVE = "anna@customer.example", "bob@customer.example", "eve@other.example"


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path, is_ours=lambda address: address.startswith(MAILBOX.partition("@")[0]))


async def take_part(request: int, *addresses: str, at: datetime, channel: str = "mail") -> None:
    for address in addresses:
        await Participant.create(request_id=request, channel=channel, value=address, added_at=at)


async def asked(core: Core, *addresses: str, **changes: object) -> int:
    """A request by mail in which these people take part."""
    receipt = await core.accept(letter("The kettle is broken, Bob has the bill.", **changes))
    assert receipt.request is not None
    await take_part(receipt.request, *addresses, at=core.now)
    await core.deliver()
    core.channels["mail"].sent.clear()
    return receipt.request


async def told(core: Core) -> list[str]:
    return [row.text for row in await Delivery.filter(kind=DeliveryKind.NOTICE).order_by("id")]


async def fail_for(core: Core, recipient: str, error: Exception) -> None:
    """Let the attempt at this recipient fail, and nobody else's."""
    others = Delivery.filter(kind=DeliveryKind.REPLY, state=DeliveryState.QUEUED).exclude(recipient=recipient)
    ids = await others.values_list("id", flat=True)
    await Delivery.filter(id__in=ids).update(due_at=core.now + timedelta(days=1))
    core.channels["mail"].failures.append(error)
    await core.deliver()
    await Delivery.filter(id__in=ids).update(due_at=core.now)


async def test_each_recipient_has_a_job_and_all_have_one_letter(core: Core) -> None:
    """One Message-ID, one header, one record; a recipient, a conversation each."""
    request = await asked(core, BOB, EVE)
    await core.answers.reply_all(await core.agent(), words(request, "Dear both, it is on its way."), core.now)
    own, *copies = await Delivery.filter(kind=DeliveryKind.REPLY).order_by("id")
    assert (own.recipient, own.addressed_to, own.cc) == (ANNA, None, [BOB, EVE])
    assert [(copy.recipient, copy.addressed_to, copy.cc) for copy in copies] == [
        (BOB, ANNA, [BOB, EVE]),
        (EVE, ANNA, [BOB, EVE]),
    ]
    assert len({row.message_id for row in (own, *copies)}) == 1
    assert len({row.conversation for row in (own, *copies)}) == 3
    assert len({(row.text, row.html, row.subject, row.in_reply_to) for row in (own, *copies)}) == 1
    assert await CommunicationRecord.filter(direction=Direction.OUTGOING).count() == 1
    assert (await Event.get(what="reply")).after == f"{BOB}, {EVE}"
    await core.deliver()
    sent = sorted(core.channels["mail"].sent, key=lambda out: out.delivery)
    assert [(out.to, out.addressed_to, out.cc) for out in sent] == [
        (ANNA, None, (BOB, EVE)),
        (BOB, ANNA, (BOB, EVE)),
        (EVE, ANNA, (BOB, EVE)),
    ]
    assert await Delivery.filter(kind=DeliveryKind.REPLY, state=DeliveryState.SENT).count() == 3
    # The wire's id is one, and leads to the request whoever answers.
    assert await MessageLink.filter(external_id=own.message_id).count() == 1
    assert f"copies to {BOB}, {EVE}" in (await told(core))[0]


async def test_an_answer_goes_to_the_customer_alone_unless_the_agent_says_otherwise(core: Core) -> None:
    """Whoever takes part."""
    request = await asked(core, BOB)
    await core.answers.reply(await core.agent(), words(request, "Dear Anna"), core.now)
    (own,) = await Delivery.filter(kind=DeliveryKind.REPLY)
    assert (own.recipient, own.cc, own.addressed_to) == (ANNA, None, None)


async def test_a_copy_quotes_nothing_and_an_answer_to_the_customer_does(core: Core) -> None:
    """Cc makes nobody a reader of what was said before."""
    request = await asked(core, BOB)
    agent = await core.agent()
    await core.answers.reply(agent, words(request, "Dear Anna"), core.now)
    await core.answers.reply_all(agent, words(request, "Dear both"), core.now)
    alone, *shared = await Delivery.filter(kind=DeliveryKind.REPLY).order_by("id")
    assert "> The kettle is broken, Bob has the bill." in alone.text
    assert "Bob has the bill." in (alone.html or "")
    assert len(shared) == 2
    for row in shared:
        assert "the bill" not in row.text + (row.html or "")


async def test_an_acknowledgement_quotes_nothing(core: Core) -> None:
    """It goes to whoever is named in a From that nobody has checked."""
    await core.accept(letter("Buy cheap pills"))
    acknowledgement = await Delivery.get(kind=DeliveryKind.ACKNOWLEDGEMENT)
    assert "pills" not in acknowledgement.text + (acknowledgement.html or "")
    assert acknowledgement.cc is None


async def test_what_somebody_else_wrote_is_not_quoted_to_the_customer(core: Core) -> None:
    """The last message came from one who takes part: it is answered, its words stay with him."""
    request = await asked(core, BOB)
    await CommunicationRecord.create(
        request_id=request,
        direction=Direction.INCOMING,
        channel="mail",
        external_id="bobs@customer.example",
        text="Anna overcharges you",
        reply_text="Anna overcharges you",
        author=f"Bob <{BOB}>",
        at=core.now,
    )
    await core.answers.reply(await core.agent(), words(request, "Dear Anna"), core.now)
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    assert reply.in_reply_to == "bobs@customer.example"
    assert "overcharges" not in reply.text + (reply.html or "")


@pytest.mark.parametrize("others", [(), (ANNA,), (MAILBOX, "support+r7.x@shop.example"), ("Anna@Customer.example",)])
async def test_without_anybody_else_nothing_is_sent(core: Core, others: tuple[str, ...]) -> None:
    """The customer himself and our own mailboxes are nobody else."""
    request = await asked(core, *others)
    with pytest.raises(NobodyElse, match="Nobody else takes part"):
        await core.answers.reply_all(await core.agent(), words(request, "Dear both"), core.now)
    assert await Delivery.filter(kind=DeliveryKind.REPLY).count() == 0
    assert await CommunicationRecord.filter(direction=Direction.OUTGOING).count() == 0


async def test_a_chat_has_no_copies(core: Core) -> None:
    """Whoever is noted beside it."""
    receipt = await core.accept(chat())
    await take_part(receipt.request or 0, "502", at=core.now, channel="telegram")
    with pytest.raises(NobodyElse, match="chat"):
        await core.answers.reply_all(await core.agent(), words(receipt.request or 0, "Hi"), core.now)
    assert await Delivery.filter(kind=DeliveryKind.REPLY).count() == 0


async def test_people_of_other_channels_get_no_mail(core: Core) -> None:
    """A number of a chat is no address."""
    request = await asked(core, BOB)
    await take_part(request, "502", at=core.now, channel="telegram")
    await core.answers.reply_all(await core.agent(), words(request, "Hi"), core.now)
    assert await Delivery.filter(kind=DeliveryKind.REPLY).count() == 2


async def test_a_copy_that_is_stuck_keeps_nothing_from_the_customer(core: Core) -> None:
    """Its conversation is its own: the next answer leaves while the copy waits."""
    request = await asked(core, BOB)
    agent = await core.agent()
    await core.answers.reply_all(agent, words(request, "First"), core.now)
    await fail_for(core, BOB, TryAgain("greylisted", after=3600))
    assert (await Delivery.get(recipient=BOB)).state is DeliveryState.QUEUED
    await core.answers.reply(agent, words(request, "Second"), core.now)
    await core.deliver()
    assert [out.text.partition("\n")[0] for out in core.channels["mail"].sent] == ["First", "Second"]


async def test_a_copy_that_fails_is_told_with_its_address(core: Core) -> None:
    """The customer's own is sent all the same."""
    request = await asked(core, BOB)
    await core.answers.reply_all(await core.agent(), words(request, "Dear both"), core.now)
    await fail_for(core, BOB, Undeliverable("550 no such user"))
    await core.deliver()
    assert f"The copy to {BOB} was not delivered: 550 no such user" in await told(core)
    own = await Delivery.get(kind=DeliveryKind.REPLY, recipient=ANNA)
    assert own.state is DeliveryState.SENT


async def test_files_go_to_all(core: Core) -> None:
    """Fetched once, attached to each copy."""
    request = await asked(core, BOB)
    core.fetched["f"] = b"%PDF"
    file = Attachment("bill.pdf", "application/pdf", 4, remote_id="f")
    await core.answers.reply_all(await core.agent(), words(request, "", attachments=(file,)), core.now)
    await core.deliver()
    core.later(seconds=5)
    await core.deliver()
    assert [[file.filename for file in out.files] for out in core.channels["mail"].sent] == [["bill.pdf"]] * 2


async def returned(core: Core, bounce: Bounce) -> set[str]:
    """To whom the deliveries went that a report has marked as failed."""
    sender = Sender("mailer-daemon@relay.example")
    await core.accept(letter("It did not arrive.", sender=sender, bounce=bounce, may_ack=False))
    return {row.recipient for row in await Delivery.filter(state=DeliveryState.FAILED)}


async def test_a_bounce_finds_the_copy_it_speaks_of(core: Core) -> None:
    """By the signed address it came back to; the agents read whose it was, and the customer's own stands."""
    request = await asked(core, BOB)
    await core.answers.reply_all(await core.agent(), words(request, "Dear both"), core.now)
    await core.deliver()
    copy = await Delivery.get(recipient=BOB)
    assert await returned(core, Bounce("bounce", delivery=copy.id)) == {BOB}
    assert any(BOB in text and "came back" in text for text in await told(core))


async def test_an_id_alone_finds_the_customers_own_job(core: Core) -> None:
    """All copies carry it; the first one is his."""
    request = await asked(core, BOB, EVE)
    await core.answers.reply_all(await core.agent(), words(request, "Dear all"), core.now)
    await core.deliver()
    own = await Delivery.get(kind=DeliveryKind.REPLY, recipient=ANNA)
    assert await returned(core, Bounce("bounce", original_id=own.message_id)) == {ANNA}


async def test_only_jobs_that_people_got_come_back(core: Core) -> None:
    """Not one of the desk's, nor one that there never was."""
    request = await asked(core)
    await core.answers.reply(await core.agent(), words(request, "Dear Anna"), core.now)
    await core.deliver()
    card = await Delivery.filter(channel="desk").first()
    assert card is not None
    assert await returned(core, Bounce("bounce", delivery=card.id)) == set()
    assert await returned(core, Bounce("bounce", delivery=10**12)) == set()


async def test_the_chain_ends_with_what_is_answered(core: Core) -> None:
    """RFC 5322 §3.6.4: a second answer to the same letter does not claim to answer the first answer."""
    opening = letter()
    receipt = await core.accept(opening)
    agent = await core.agent()
    for number in range(2):
        await core.answers.reply(agent, words(receipt.request or 0, f"Answer {number}"), core.now)
    for reply in await Delivery.filter(kind=DeliveryKind.REPLY):
        assert (reply.in_reply_to, reply.references) == (opening.external_id, [opening.external_id])
