"""What becomes of answers that did not arrive: the request waits for us again, and each way out is taken once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake.agents.settling import UNDELIVERED, NoMailAddress
from intake.message import Mark, Undeliverable, Unknown
from storage import customers, failures
from storage.kinds import DeliveryKind, DeliveryState, Status
from storage.models import Address, Agent, CommunicationRecord, CustomerRequest, Delivery, Event
from tests.builders import MAILBOX, NOW, Core, chat, words

pytestmark = pytest.mark.usefixtures("database")

BLOCKED = Undeliverable("the customer has blocked the bot")
LOST = Unknown("the answer was lost")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path, mailbox=MAILBOX)


async def _answered(core: Core, *failures: Exception) -> tuple[Delivery, Agent]:
    """An agent's answer that met these failures."""
    request = (await core.accept(chat())).request or 0
    await core.deliver()
    core.channels["telegram"].failures = list(failures)
    maria = await core.agent()
    await core.answers.reply(maria, words(request, "We send a <new> one."), core.now)
    await core.deliver()
    return await Delivery.get(kind=DeliveryKind.REPLY), maria


async def _has_mail(delivery: Delivery, *, verified: bool = True) -> None:
    request = await CustomerRequest.get(id=delivery.request_id)
    await Address.create(
        customer_id=request.customer_id,
        channel="mail",
        value="boris@customer.example",
        verified=verified,
        created_at=NOW,
    )


async def test_e21_an_answer_that_failed_makes_the_request_wait_for_us_again(core: Core) -> None:
    """Status open, flagged, and one notice that names the reason and the delivery."""
    delivery, _ = await _answered(core, BLOCKED)
    request = await CustomerRequest.get(id=delivery.request_id)
    assert (request.status, request.waiting_since is not None, request.flags) == (Status.OPEN, True, [UNDELIVERED])
    [notice] = [sent for sent in core.channels["desk"].sent if sent.kind == DeliveryKind.NOTICE]
    assert notice.concerns == delivery.id
    assert "the customer has blocked the bot" in notice.text


async def test_a_new_answer_settles_an_old_failure(core: Core) -> None:
    """The agent has dealt with it: the request is not flagged any more."""
    delivery, maria = await _answered(core, BLOCKED)
    await core.answers.reply(maria, words(delivery.request_id or 0, "Are you there?"), core.now)
    request = await CustomerRequest.get(id=delivery.request_id)
    assert (request.status, request.flags) == (Status.PENDING, [])


async def test_an_unknown_answer_leaves_the_request_as_it_is(core: Core) -> None:
    """It may well have arrived: an agent says what he knows."""
    delivery, _ = await _answered(core, LOST)
    assert (await CustomerRequest.get(id=delivery.request_id)).status is Status.PENDING


@pytest.mark.parametrize("failure", [BLOCKED, LOST])
async def test_two_presses_on_retry_send_once(core: Core, failure: Exception) -> None:
    """The same job, one more attempt; the second press reads who was quicker."""
    delivery, maria = await _answered(core, failure)
    came = await asyncio.gather(
        *(core.settling.retry(delivery.id, delivery.attempts, maria, core.now) for _ in range(4))
    )
    assert Counter(one.done for one in came) == {True: 1, False: 3}
    assert {one.says for one in came if not one.done} == {"Maria sent it again."}
    await core.deliver()
    assert [sent.delivery for sent in core.channels["telegram"].sent if sent.kind == DeliveryKind.REPLY] == [
        delivery.id
    ]
    row = await Delivery.get(id=delivery.id)
    assert (row.state, row.attempts) == (DeliveryState.SENT, 2)
    request = await CustomerRequest.get(id=delivery.request_id)
    assert (request.status, request.flags) == (Status.PENDING, [])
    assert not (await core.settling.retry(delivery.id, 2, maria, core.now)).done


async def test_an_old_notice_does_not_retry_what_failed_again(core: Core) -> None:
    """Its button names the attempt that it told of; the newer notice has buttons of its own."""
    delivery, maria = await _answered(core, BLOCKED, BLOCKED)
    assert (await core.settling.retry(delivery.id, 1, maria, core.now)).done
    await core.deliver()
    assert (await Delivery.get(id=delivery.id)).state is DeliveryState.FAILED
    assert not (await core.settling.retry(delivery.id, 1, maria, core.now)).done
    assert (await core.settling.retry(delivery.id, 2, maria, core.now)).done


async def test_a_retry_leaves_a_request_open_in_which_the_customer_wrote_since(core: Core) -> None:
    """He still waits for an answer to that."""
    delivery, maria = await _answered(core, BLOCKED)
    await core.accept(chat("Are you there?"))
    await core.settling.retry(delivery.id, 1, maria, core.now)
    assert (await CustomerRequest.get(id=delivery.request_id)).status is Status.OPEN


async def test_what_failed_goes_by_mail_once_to_a_proven_address(core: Core) -> None:
    """With subject and number, from our mailbox; the failed job stays as it was."""
    delivery, maria = await _answered(core, BLOCKED)
    await _has_mail(delivery)
    came = await asyncio.gather(*(core.settling.by_mail(delivery.id, 1, maria, core.now) for _ in range(3)))
    assert Counter(one.done for one in came) == {True: 1, False: 2}
    assert {one.says for one in came} == {"Maria sent it by email to boris@customer.example."}
    await core.deliver()
    [mail] = core.channels["mail"].sent
    assert (mail.to, mail.account) == ("boris@customer.example", MAILBOX)
    assert f"R-{delivery.request_id}" in mail.subject
    assert "We send a <new> one." in mail.text
    assert "We send a &lt;new&gt; one." in (mail.html or "")
    assert mail.message_id
    assert (await Delivery.get(id=delivery.id)).state is DeliveryState.FAILED
    assert not (await core.settling.retry(delivery.id, 1, maria, core.now)).done


async def test_what_goes_by_mail_is_what_the_agent_says_by_now(core: Core) -> None:
    """He has corrected himself since, and made a word bold: the mail has it so."""
    delivery, maria = await _answered(core, BLOCKED)
    await _has_mail(delivery)
    first = await CommunicationRecord.get(id=delivery.record_id)
    key = (first.dedupe_key or "").removeprefix("agent:")
    new = words(delivery.request_id or 0, "We send a red one.", key=f"{key}:1", edits=key, marks=(Mark("bold", 10, 3),))
    await core.answers.edit(maria, new, core.now)
    await core.settling.by_mail(delivery.id, 1, maria, core.now)
    await core.deliver()
    [mail] = core.channels["mail"].sent
    assert "We send a red one." in mail.text
    assert "We send a <b>red</b> one." in (mail.html or "")


async def test_what_was_taken_back_does_not_go_by_mail(core: Core) -> None:
    """The agent reads that nothing is left to send, and no letter is queued."""
    delivery, maria = await _answered(core, BLOCKED)
    await _has_mail(delivery)
    await core.answers.recall(maria, delivery.request_id or 0, delivery.record_id or 0, core.now)
    assert not (await core.settling.by_mail(delivery.id, 1, maria, core.now)).done
    assert await Delivery.filter(channel="mail").count() == 0


@pytest.mark.parametrize("mailbox", [None, MAILBOX])
async def test_nothing_goes_by_mail_without_a_proven_address_or_a_way_out(tmp_path: Path, mailbox: str | None) -> None:
    """Whoever typed an address may not read what was meant for the customer."""
    core = Core(tmp_path, mailbox=mailbox)
    delivery, maria = await _answered(core, BLOCKED)
    await _has_mail(delivery, verified=mailbox is None)
    assert await core.settling.mail_address(delivery) is None
    with pytest.raises(NoMailAddress):
        await core.settling.by_mail(delivery.id, 1, maria, core.now)


async def test_what_arrived_after_all_is_marked_as_sent(core: Core) -> None:
    """Only what is unknown can be; with who said so."""
    delivery, maria = await _answered(core, LOST)
    assert (await core.settling.arrived(delivery.id, 1, maria, core.now)).says == "Maria says that it arrived."
    assert (await Delivery.get(id=delivery.id)).state is DeliveryState.SENT
    assert not (await core.settling.arrived(delivery.id, 1, maria, core.now)).done
    event = await Event.get(what="delivery confirmed")
    assert (event.actor, event.before) == ("Maria", f"delivery {delivery.id}")


async def test_what_has_failed_did_not_arrive(core: Core) -> None:
    """Nobody can say so of it."""
    delivery, maria = await _answered(core, BLOCKED)
    assert not (await core.settling.arrived(delivery.id, 1, maria, core.now)).done
    assert (await Delivery.get(id=delivery.id)).state is DeliveryState.FAILED


async def test_an_answer_that_goes_quickly_costs_one_mark(core: Core) -> None:
    """However often the outbox asks for one within the two seconds."""
    delivery, _ = await _answered(core)
    marks = Delivery.filter(kind=DeliveryKind.MARK, record_id=delivery.record_id)
    assert await marks.count() == 1
    core.later(seconds=3)
    await core.deliver()
    assert await marks.count() == 1


async def test_what_was_taken_back_or_became_a_note_did_not_fail(core: Core) -> None:
    """Nobody is asked to send it again: not on the board, and not when its reader comes back."""
    request, maria = (await core.accept(chat())).request or 0, await core.agent()
    back, note, lost = (words(request, text) for text in ("Dear Ana", "he lies", "We look into it"))
    receipts = [await core.answers.reply(maria, said, core.now) for said in (back, note, lost)]
    await core.answers.recall(maria, request, receipts[0].record, core.now)
    await core.answers.edit(maria, replace(note, key=f"{note.key}:1", edits=note.key, internal=True), core.now)
    core.channels["telegram"].failures = [BLOCKED, BLOCKED]  # the acknowledgement and what is left
    await core.deliver()
    failed = await Delivery.filter(kind=DeliveryKind.REPLY, state=DeliveryState.FAILED).order_by("id")
    assert [one.record_id for one in failed] == [one.record for one in receipts]
    day_ago = core.now - timedelta(days=1)
    unsettled = [one for one in await failures.unsettled(day_ago, 9) if one.kind is DeliveryKind.REPLY]
    offered = await customers.not_delivered("telegram", failed[0].recipient, day_ago, 9)
    assert [one.record_id for one in (*unsettled, *offered)] == [receipts[2].record] * 2
