"""Who joins which request, end to end: over real SMTP, in front of agents, on both databases."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.demo.mailcatcher import CaughtMail
from storage.kinds import DeliveryKind, Status
from storage.models import CommunicationRecord, CustomerRequest, Delivery
from tests.stage import MAILBOX, Stage, letter, stage

ANNA, BEN, EVE = "anna@customer.example", "ben@customer.example", "eve@other.example"


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path) as made:
        yield made


def _reply_address(mail: CaughtMail) -> str:
    return str(mail.parsed["Reply-To"]).rpartition("<")[2].rstrip(">")


def _answering(
    text: str, *mails: CaughtMail | EmailMessage, sender: str = ANNA, subject: str = "Re: My kettle"
) -> EmailMessage:
    answer = letter(text, sender=sender, subject=subject)
    ids = [str((mail if isinstance(mail, EmailMessage) else mail.parsed)["Message-ID"]) for mail in mails]
    answer["In-Reply-To"], answer["References"] = ids[-1], " ".join(ids)
    return answer


async def _requests_of(*ids: int) -> list[CustomerRequest]:
    return [await CustomerRequest.get(id=number) for number in ids]


async def test_the_customers_answer_joins_by_our_marks_without_any_check(scene: Stage) -> None:
    """The reply address in the envelope, or our Message-ID where a program has dropped the address: both are signed."""
    async with scene.running(mail_auth="off"):
        await scene.mail(letter("My kettle whistles."), ANNA)
        [acknowledgement] = await scene.caught(1)
        await scene.mail(letter("To the reply address.", subject="New subject"), ANNA, _reply_address(acknowledgement))
        await scene.topic("R-1001", "To the reply address.")
        await scene.mail(_answering("To our Message-ID.", acknowledgement), ANNA)
        await scene.topic("R-1001", "To our Message-ID.")
        await scene.settled()
        assert await CustomerRequest.all().count() == 1
        reasons = [record.threaded_by for record in await CommunicationRecord.all().order_by("id")]
        assert reasons[1:] == ["it was sent to the request's own reply address", "it answers a message of ours"]


async def test_a_stranger_with_the_reply_address_is_joined_by_a_button_and_not_before(scene: Stage) -> None:
    """He opens a flagged request of his own; one tap joins it; then he may add, but reads nothing."""
    async with scene.running(mail_auth="assume-pass"):
        await scene.mail(letter("My kettle whistles."), ANNA)
        [acknowledgement] = await scene.caught(1)
        token = _reply_address(acknowledgement)
        await scene.mail(letter("I am her sister, it whistles at me, too.", sender=f"Eve <{EVE}>"), EVE, token)
        topic = await scene.topic("R-1002", "I am her sister")
        assert "points at R-1001, which is another customer's" in topic.messages[0].text
        await scene.settled()
        presses = [scene.maria.presses(topic.messages[0], "🔗 Join R-1001") for _ in range(2)]
        await scene.sim.until(lambda: all(press.answered for press in presses) or None)
        await scene.topic("R-1001", "I am her sister")
        await scene.settled()
        assert [said.text for said in scene.desk.topic("R-1001").messages if "I am her sister" in said.text][1:] == []
        assert "Go on there" in scene.desk.topic("R-1002").messages[-1].text
        assert len(scene.desk.topic("R-1002").messages[0].buttons) == 1
        before = len(scene.catcher.mails)
        scene.maria.writes_in(scene.desk.topic("R-1001"), "Dear Anna, we look into it.")
        await scene.caught(before + 1)
        await scene.mail(letter("And again.", sender=f"Eve <{EVE}>"), EVE, token)
        await scene.topic("R-1001", "And again.")
        await scene.settled()
        later = scene.catcher.mails[before:]
        assert [mail.rcpt_tos for mail in later] == [(ANNA,)]
        assert [row.status for row in await _requests_of(1001, 1002)] == [Status.OPEN, Status.CLOSED]


async def test_a_spoofed_customer_never_joins(scene: Stage) -> None:
    """Her address in From, her Message-ID in References, the number in the subject: nothing of it is proof."""
    async with scene.running(mail_auth="off"):
        first = letter("My kettle whistles.")
        await scene.mail(first, ANNA)
        await scene.topic("R-1001", "whistles")
        spoofed = _answering("Send it to my new address.", first, subject="Re: My kettle [R-1001]")
        spoofed["Reply-To"] = EVE
        await scene.mail(spoofed, EVE)
        topic = await scene.topic("R-1002", "new address")
        assert "points at R-1001, and that its customer wrote this is not verified" in topic.messages[0].text
        await scene.settled()
        assert await CommunicationRecord.filter(request_id=1001).count() == 1
        assert (await CustomerRequest.get(id=1001)).reply_to == ANNA


async def test_a_colleague_in_cc_adds_to_the_request_and_gets_no_answers(scene: Stage) -> None:
    """He answers the customer's mail to all: his words are in her topic; she alone is answered."""
    async with scene.running(mail_auth="assume-pass"):
        first = letter("My kettle whistles.")
        first["Cc"] = f"Ben <{BEN}>"
        await scene.mail(first, ANNA)
        await scene.topic("R-1001", "whistles")
        await scene.mail(_answering("It also leaks.", first, sender=f"Ben <{BEN}>"), BEN)
        topic = await scene.topic("R-1001", "It also leaks.")
        assert any("Ben <ben@customer.example>" in said.text for said in topic.messages)
        scene.maria.writes_in(topic, "We send a new one.")
        await scene.caught(2)
        await scene.settled()
        assert {mail.rcpt_tos for mail in scene.catcher.mails} == {(ANNA,)}
        assert await CustomerRequest.all().count() == 1


async def test_a_message_is_split_off_by_answering_it(scene: Stage) -> None:
    """/split makes it a request of its own; what the customer writes next to that leads there."""
    async with scene.running(mail_auth="assume-pass"):
        await scene.mail(letter("My kettle whistles."), ANNA)
        [acknowledgement] = await scene.caught(1)
        other = letter("My invoice is wrong.", subject="Invoice")
        await scene.mail(other, ANNA, _reply_address(acknowledgement))
        topic = await scene.topic("R-1001", "My invoice is wrong.")
        await scene.settled()
        scene.maria.writes_in(topic, "/split")
        await scene.topic("R-1001", "that does not belong here with /split")
        wrong = next(said for said in topic.messages if "My invoice is wrong." in said.text)
        scene.maria.writes_in(topic, "/split", reply_to=wrong)
        made = await scene.topic("R-1002", "My invoice is wrong.")
        await scene.topic("R-1001", "made a message of this request R-1002")
        assert "split from R-1001" in made.messages[0].text
        scene.maria.writes_in(topic, "/split", reply_to=wrong)
        await scene.topic("R-1001", "This message is in R-1002.")
        await scene.mail(_answering("The invoice of May.", other), ANNA)
        await scene.topic("R-1002", "The invoice of May.")
        await scene.mail(letter("It still whistles."), ANNA, _reply_address(acknowledgement))
        await scene.topic("R-1001", "It still whistles.")
        await scene.settled()
        assert await CustomerRequest.all().count() == 2
        assert await Delivery.filter(kind=DeliveryKind.REPLY).count() == 0


async def test_thanks_leave_a_resolved_request_resolved(scene: Stage) -> None:
    """They are shown; a question after them opens it again."""
    async with scene.running(mail_auth="off"):
        await scene.mail(letter("My kettle whistles."), ANNA)
        [acknowledgement] = await scene.caught(1)
        topic = await scene.topic("R-1001", "whistles")
        await scene.settled()
        press = scene.maria.presses(topic.messages[0], "✅ Resolve")
        await scene.sim.until(lambda: press.answered)
        thanks = _answering(
            "Thank you so much, Maria!\n\nBest regards,\nAnna\n\n> We have your message", acknowledgement
        )
        await scene.mail(thanks, ANNA, _reply_address(acknowledgement))
        await scene.topic("R-1001", "Thank you so much")
        assert (await CustomerRequest.get(id=1001)).status is Status.RESOLVED
        await scene.mail(_answering("Thanks! And the lid?", acknowledgement), ANNA, _reply_address(acknowledgement))
        await scene.topic("R-1001", "And the lid?")
        assert (await CustomerRequest.get(id=1001)).status is Status.OPEN


async def test_a_reply_that_overtakes_its_parent_is_found_by_it(scene: Stage) -> None:
    """The second mail comes first and waits for nobody; the first one joins it when it comes."""
    async with scene.running(mail_auth="assume-pass"):
        parent = letter("My kettle whistles.")
        await scene.mail(_answering("I forgot: it also leaks.", parent), ANNA)
        await scene.topic("R-1001", "it also leaks")
        await scene.mail(parent, ANNA)
        await scene.topic("R-1001", "My kettle whistles.")
        await scene.settled()
        assert await CustomerRequest.all().count() == 1
        assert len(scene.catcher.mails) == 1


async def test_outlooks_conversation_leads_where_the_references_are_gone(scene: Stage) -> None:
    """The first 22 bytes of Thread-Index are the conversation; five more are added with each answer."""
    root = bytes(range(22))
    async with scene.running(mail_auth="assume-pass"):
        first = letter("My kettle whistles.")
        first["Thread-Index"] = b64encode(root).decode()
        await scene.mail(first, ANNA)
        await scene.topic("R-1001", "whistles")
        more = letter("It also leaks.", subject="RE: My kettle")
        more["Thread-Index"] = b64encode(root + bytes(5)).decode()
        await scene.mail(more, ANNA)
        await scene.topic("R-1001", "It also leaks.")
        other = letter("A toaster, this time.", subject="My toaster")
        other["Thread-Index"] = b64encode(bytes(22)).decode()
        await scene.mail(other, ANNA)
        await scene.topic("R-1002", "A toaster")
        await scene.settled()


async def test_one_mail_to_two_of_our_mailboxes_is_one_request(scene: Stage) -> None:
    """Two recipients in two sessions, as relays do it."""
    async with scene.running(mail_auth="off", mailboxes=(MAILBOX, "sales@shop.example")):
        both = letter("My kettle whistles.", to=f"{MAILBOX}, sales@shop.example")
        await scene.mail(both, ANNA, MAILBOX)
        await scene.mail(both, ANNA, "sales@shop.example")
        await scene.topic("R-1001", "whistles")
        await scene.settled()
        assert await CommunicationRecord.all().count() == 1
        assert len(scene.catcher.mails) == 1
