"""A report marks the delivery that it speaks of, tells its topic once and in plain words, and can do no other harm."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from intake.agents.settling import UNDELIVERED
from intake.incoming import reasons
from intake.message import Bounce, Failure, Hint, Proof, Sender
from storage.kinds import DeliveryKind, DeliveryState, Status
from storage.models import CommunicationRecord, CustomerRequest, Delivery, Event
from tests.builders import Core, letter, words

pytestmark = pytest.mark.usefixtures("database")

DAEMON = Sender("mailer-daemon@mx.example")
FULL = Failure("anna@customer.example", "5.2.2", "failed", "552 5.2.2 mailbox full")
LATE = Failure("anna@customer.example", "4.4.1", "delayed", "connection timed out")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def _answered(core: Core) -> Delivery:
    """An agent's answer that the relay has taken."""
    first = await core.accept(letter())
    await core.answers.reply(await core.agent(), words(first.request or 0, "We send a new one."), core.now)
    await core.deliver()
    return await Delivery.get(kind=DeliveryKind.REPLY)


async def _report(core: Core, bounce: Bounce) -> int | None:
    return (await core.accept(letter("a report", bounce=bounce, sender=DAEMON, may_ack=False))).request


async def _notices() -> list[str]:
    return [one.text for one in await Delivery.filter(kind=DeliveryKind.NOTICE).order_by("id")]


async def test_a_bounce_is_told_in_plain_words_with_the_address(core: Core) -> None:
    """An agent reads why and to whom, not a code; the request is his again and its customer waits."""
    reply = await _answered(core)
    assert await _report(core, Bounce("bounce", (FULL,), reply.message_id)) == reply.request_id
    [notice] = await _notices()
    assert "answer to anna@customer.example came back: the mailbox is full (5.2.2)" in notice
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.FAILED
    assert "the mailbox is full" in (reply.last_error or "")
    request = await CustomerRequest.get(id=reply.request_id)
    assert (request.status, request.waiting_since) == (Status.OPEN, core.now)
    assert request.flags[0] == UNDELIVERED
    assert (await Delivery.get(kind=DeliveryKind.NOTICE)).concerns == reply.id
    assert await Delivery.filter(kind=DeliveryKind.MARK, record_id=reply.record_id, state="queued").exists()


async def test_a_signed_bounce_address_proves_the_delivery_without_any_id(core: Core) -> None:
    """Late bounces that quote nothing of ours still come back to the address that we made for this delivery."""
    reply = await _answered(core)
    bounce = Bounce("bounce", (Failure("someone@forwarded.example", "5.1.1", "failed"),), None, reply.id)
    assert await _report(core, bounce) == reply.request_id
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.FAILED


async def test_a_report_on_a_job_that_no_customer_got_stands_aside(core: Core) -> None:
    """Only what went to people by this channel can come back."""
    await _answered(core)
    mirror = await Delivery.filter(kind=DeliveryKind.MIRROR).first()
    assert mirror is not None
    assert await _report(core, Bounce("bounce", (FULL,), None, mirror.id)) is None
    assert await _report(core, Bounce("bounce", (FULL,), None, 987654)) is None
    assert await _notices() == []


async def test_a_guessed_id_does_nothing(core: Core) -> None:
    """Our ids carry a signature; what only looks like one is nobody's."""
    reply = await _answered(core)
    forged = (reply.message_id or "").replace("@", "x@")
    assert await _report(core, Bounce("bounce", (FULL,), forged)) is None
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.SENT


async def test_a_storm_of_bounces_is_told_once(core: Core) -> None:
    """Each report is kept; the topic hears of the delivery once, whatever falls together."""
    reply = await _answered(core)
    reports = [Bounce("bounce", (FULL,), reply.message_id) for _ in range(12)]
    await asyncio.gather(*(_report(core, report) for report in reports))
    assert len(await _notices()) == 1
    assert await CommunicationRecord.filter(request_id=reply.request_id, text="a report").count() == 12
    assert await Event.filter(what="message came back").count() == 1


async def test_a_delay_is_told_once_and_leaves_the_delivery(core: Core) -> None:
    """RFC 3464: delayed is not failed. A relay that reports every few hours is heard the first time."""
    reply = await _answered(core)
    await asyncio.gather(*(_report(core, Bounce("bounce", (LATE,), reply.message_id)) for _ in range(5)))
    [notice] = await _notices()
    assert "is delayed; the relay goes on trying" in notice
    assert "does not answer (4.4.1)" in notice
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.SENT
    assert (await CustomerRequest.get(id=reply.request_id)).status is Status.PENDING


async def test_a_failure_after_a_delay_is_told_too(core: Core) -> None:
    """Late first, lost in the end; a delay that is reported after the failure says nothing new."""
    reply = await _answered(core)
    await _report(core, Bounce("bounce", (LATE,), reply.message_id))
    await _report(core, Bounce("bounce", (FULL,), reply.message_id))
    await _report(core, Bounce("bounce", (LATE,), reply.message_id))
    assert ["delayed" in notice for notice in await _notices()] == [True, False]
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.FAILED


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
async def test_good_news_changes_nothing(core: Core, action: str) -> None:
    """RFC 3464 reports on what arrived, too."""
    reply = await _answered(core)
    bounce = Bounce("bounce", (Failure("anna@customer.example", "2.0.0", action),), reply.message_id)
    assert await _report(core, bounce) == reply.request_id
    assert await _notices() == []
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.SENT


async def test_a_bounce_of_an_acknowledgement_leaves_a_new_request_new(core: Core) -> None:
    """Nobody has answered it yet; the agents learn that their answer will not arrive either."""
    first = await core.accept(letter())
    await core.deliver()
    acknowledgement = await Delivery.get(kind=DeliveryKind.ACKNOWLEDGEMENT)
    await _report(core, Bounce("bounce", (FULL,), acknowledgement.message_id))
    assert (await CustomerRequest.get(id=first.request)).status is Status.NEW
    assert "The acknowledgement to anna@customer.example came back" in (await _notices())[0]


async def test_a_message_to_several_people_fails_only_for_whom_it_failed(core: Core) -> None:
    """Copies carry one Message-ID; the address in the report tells which of them came back."""
    reply = await _answered(core)
    copy = await Delivery.get(id=reply.id)
    await Delivery.create(
        request_id=copy.request_id,
        record_id=copy.record_id,
        kind=copy.kind,
        channel=copy.channel,
        account=copy.account,
        recipient="Colleague@customer.example",
        conversation=copy.conversation,
        message_id=copy.message_id,
        state=DeliveryState.SENT,
        due_at=copy.due_at,
        queued_at=copy.queued_at,
    )
    gone = Failure("colleague@customer.example", "5.1.1", "failed")
    await _report(core, Bounce("bounce", (gone,), reply.message_id))
    states = {row.recipient: row.state for row in await Delivery.filter(kind=DeliveryKind.REPLY)}
    assert states == {
        "anna@customer.example": DeliveryState.SENT,
        "Colleague@customer.example": DeliveryState.FAILED,
    }


async def test_a_complaint_flags_the_request_and_is_told_once(core: Core) -> None:
    """RFC 5965: somebody took our mail for spam; that is no failed delivery."""
    reply = await _answered(core)
    unwanted = Failure("anna@customer.example", None, None, "abuse")
    for _ in range(3):
        await _report(core, Bounce("feedback", (unwanted,), reply.message_id))
    [notice] = await _notices()
    assert "reported as unwanted" in notice
    await reply.refresh_from_db()
    assert reply.state is DeliveryState.SENT
    request = await CustomerRequest.get(id=reply.request_id)
    assert any("unwanted" in flag for flag in request.flags)
    assert request.status is Status.PENDING


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
async def test_a_report_that_nobody_complains_in_is_kept_and_not_told(core: Core, kind: str) -> None:
    """RFC 6591 and its like: nothing that an agent could do about it."""
    reply = await _answered(core)
    await _report(core, Bounce("feedback", (Failure("anna@customer.example", None, None, kind),), reply.message_id))
    assert await _notices() == []
    assert not any("unwanted" in flag for flag in (await CustomerRequest.get(id=reply.request_id)).flags)


async def test_an_automatic_answer_never_reopens_a_resolved_request(core: Core) -> None:
    """It is shown in the topic; the state is the agents' and the customer's."""
    reply = await _answered(core)
    assert await core.actions.resolve(reply.request_id or 0, await core.agent("Carl", "902"), core.now)
    hints = (Hint(reply.request_id or 0, Proof.SIGNED_ADDRESS),)
    away = letter("I am away.", hints=hints, auto_reason="Auto-Submitted: auto-replied", may_ack=False)
    receipt = await core.accept(away)
    assert (receipt.request, receipt.opened) == (reply.request_id, False)
    assert (await CustomerRequest.get(id=reply.request_id)).status is Status.RESOLVED
    assert await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).count() == 1


async def test_desk_that_writes_from_an_address_for_each_ticket_is_one_sender(core: Core) -> None:
    """Otherwise two desks that acknowledge each other would only stop at the limit of the house."""
    for number in range(9):
        await core.accept(letter(sender=Sender(f"help+{number}@desk.example")))
    assert await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).count() == 5


REASONS = {
    "5.1.1": "does not exist",
    "4.2.2": "mailbox is full",
    "5.2.3": "too large",
    "5.7.1": "refused as unwanted",
    "5.7.999": "refused as unwanted",
    "5.1.77": "wrong with the address",
    "5.0.0": reasons.UNKNOWN,
    None: reasons.UNKNOWN,
}


@pytest.mark.parametrize("status", REASONS)
def test_every_status_has_a_sentence(status: str | None) -> None:
    """A code that the table does not know is read by its class of trouble."""
    assert REASONS[status] in reasons.plain(status)


def test_what_their_server_said_is_bounded() -> None:
    """It is a stranger's text in the agents' topic."""
    assert len(reasons.reason(Failure("a@x.example", "5.1.1", "failed", "no! " * 5000))) < 300
