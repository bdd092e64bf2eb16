"""What an agent corrects: a request joined into another, a message split off; nothing lost, nothing sent elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from intake.agents.joining import MOST_SHOWN, CannotMove
from intake.message import Bounce, Failure, Hint, Proof, Sender
from storage import cases, requests
from storage.kinds import CaseStatus, DeliveryKind, DeliveryState, Direction, Status
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest, Delivery, Event
from storage.reports import Kind, Wanted, lines
from tests.builders import Core, chat, letter, words

pytestmark = pytest.mark.usefixtures("database")

EVE = Sender("eve@other.example", "Eve")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def _two(core: Core) -> tuple[int, int]:
    """Anna's request, and the one of a stranger who has its reply address."""
    first = await core.accept(letter())
    token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
    second = await core.accept(letter("I am her sister.", sender=EVE, verified=True, hints=token))
    return first.request or 0, second.request or 0


async def _shown(request: int, kind: DeliveryKind) -> list[Delivery]:
    return await Delivery.filter(request_id=request, channel="desk", kind=kind).order_by("id")


async def test_a_stranger_who_points_at_a_request_can_be_joined_into_it(core: Core) -> None:
    """His words move with the reason, he may add from now on, and both requests have their event."""
    target, source = await _two(core)
    agent = await core.agent()
    assert await core.actions.join(source, target, agent, core.now)
    assert await CommunicationRecord.filter(request_id=source).count() == 0
    moved = await CommunicationRecord.filter(request_id=target).order_by("-id").first()
    assert moved is not None
    assert (moved.text, moved.threaded_by) == ("I am her sister.", f"Maria joined it from R-{source}")
    assert [person.value for person in await requests.participants_of(target)] == ["eve@other.example"]
    assert (await CustomerRequest.get(id=source)).status is Status.CLOSED
    assert await Event.filter(request_id=source, what="joined", actor="Maria", after=f"R-{target}").count() == 1
    assert await Event.filter(request_id=target, what="joined", actor="Maria", before=f"R-{source}").count() == 1


async def test_a_join_opens_the_target_again_and_tells_both_topics(core: Core) -> None:
    """Who was waiting still waits; the moved words are shown where they are now, and both cards say so."""
    target, source = await _two(core)
    agent = await core.agent()
    await core.actions.resolve(target, agent, core.now)
    await core.deliver()
    asked = core.now
    core.later(hours=2)
    await core.actions.join(source, target, agent, core.now)
    request = await CustomerRequest.get(id=target)
    assert (request.status, request.waiting_since, request.resolved_at) == (Status.OPEN, asked, None)
    queued = await Delivery.filter(channel="desk", state=DeliveryState.QUEUED).order_by("id")
    assert [(delivery.request_id, delivery.kind) for delivery in queued] == [
        (source, DeliveryKind.NOTICE),
        (source, DeliveryKind.CARD),
        (target, DeliveryKind.NOTICE),
        (target, DeliveryKind.MIRROR),
        (target, DeliveryKind.CARD),
    ]
    assert "Answers still go to anna@customer.example alone." in queued[2].text


async def test_a_join_never_changes_where_answers_go(core: Core) -> None:
    """The next answer goes to the target's customer, and to nobody else."""
    target, source = await _two(core)
    agent = await core.agent()
    await core.actions.join(source, target, agent, core.now)
    await core.answers.reply(agent, words(target, "For Anna."), core.now)
    [reply] = await Delivery.filter(kind=DeliveryKind.REPLY)
    assert reply.recipient == "anna@customer.example"


async def test_pressing_join_twice_is_joining_once(core: Core) -> None:
    """At the same instant, and again later."""
    target, source = await _two(core)
    agent = await core.agent()
    done = await asyncio.gather(*(core.actions.join(source, target, agent, core.now) for _ in range(4)))
    assert sorted(done) == [False, False, False, True]
    assert not await core.actions.join(source, target, agent, core.now)
    assert await Event.filter(what="joined").count() == 2
    assert len(await _shown(target, DeliveryKind.NOTICE)) == 1


@pytest.mark.parametrize("same", [True, False])
async def test_of_two_cases_one_goes_on(core: Core, same: bool) -> None:
    """The other is under way no more, and no earlier repair of the piece; what its customer said there is known."""
    serial, asks = "Serial number KX00AB12.", "My kettle is broken, please repair it."
    await core.accept(letter(f"{asks} {serial}", verified=True, **({} if same else {"sender": EVE})))
    await core.accept(letter(f"{asks} {serial} Bought on 3 March 2026.", verified=True))
    await core.accept(letter(f"{asks} I have had it since spring.", verified=True))
    first, second = await AfterSalesCase.get(request_id=1001), await AfterSalesCase.get(request_id=1002)
    assert second.repeats == first.id
    maria = await core.agent()
    assert await core.actions.join(1001, 1002, maria, core.now)
    assert await core.actions.join(1002, 1003, maria, core.now)
    assert [(case.request_id, case.repeats) for case in await cases.listed()] == [(1003, None)]
    third = await AfterSalesCase.get(request_id=1003)
    assert (third.serial_number, third.status) == ("KX00AB12", CaseStatus.COMPLETE)
    assert (await AfterSalesCase.get(request_id=1002)).repeats is None
    assert await Event.filter(what="case dropped", actor="Maria").count() == 2


async def test_what_a_stranger_has_said_fills_in_nothing_when_it_is_joined(core: Core) -> None:
    """It is on the desk; an agent sets it."""
    await core.accept(
        letter("My kettle is broken, please repair it. Serial number KX00AB12.", sender=EVE, verified=True)
    )
    await core.accept(letter("My kettle is broken, please repair it.", verified=True))
    assert await core.actions.join(1001, 1002, await core.agent(), core.now)
    assert (await AfterSalesCase.get(request_id=1002)).serial_number is None


async def test_requests_that_are_joined_crosswise_do_not_lock_each_other_out(core: Core) -> None:
    """Of two agents who want opposite things one wins, and nothing is lost."""
    target, source = await _two(core)
    agent = await core.agent()
    results = await asyncio.gather(
        core.actions.join(source, target, agent, core.now),
        core.actions.join(target, source, agent, core.now),
        return_exceptions=True,
    )
    assert results.count(True) == 1
    assert all(isinstance(result, bool | CannotMove) for result in results)
    open_one = await CustomerRequest.get(status=Status.NEW)
    assert await CommunicationRecord.filter(request_id=open_one.id).count() == 2


async def test_a_join_and_a_mail_at_the_same_instant_lose_nothing(core: Core) -> None:
    """However the two fall, the mail is in a request that somebody looks at."""
    agent = await core.agent()
    for number in range(6):
        eve = Sender(f"eve{number}@other.example", "Eve")
        first = await core.accept(letter())
        token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
        second = await core.accept(letter(sender=eve, verified=True, hints=token))
        own = (Hint(second.request or 0, Proof.SIGNED_ADDRESS),)
        _, receipt = await asyncio.gather(
            core.actions.join(second.request or 0, first.request or 0, agent, core.now),
            core.accept(letter("One more thing.", sender=eve, verified=True, hints=own)),
        )
        record = await CommunicationRecord.get(id=receipt.record)
        request = await CustomerRequest.get(id=record.request_id)
        assert request.status in (Status.NEW, Status.OPEN)


async def test_a_join_into_what_was_joined_goes_on_to_where_that_went(core: Core) -> None:
    """Nothing is moved into an empty, closed request."""
    target, source = await _two(core)
    agent = await core.agent()
    token = (Hint(source, Proof.SIGNED_ADDRESS),)
    third = await core.accept(letter(sender=Sender("zoe@other.example"), verified=True, hints=token))
    await core.actions.join(source, target, agent, core.now)
    assert await core.actions.join(third.request or 0, source, agent, core.now)
    assert await CommunicationRecord.filter(request_id=target).count() == 3


async def test_a_join_goes_nowhere_where_it_cannot(core: Core) -> None:
    """Unknown requests, itself, another channel: refused, and nothing has moved."""
    target, source = await _two(core)
    elsewhere = (await core.accept(chat())).request or 0
    agent = await core.agent()
    for from_, into in ((source, 9999), (9999, target), (source, source), (source, elsewhere)):
        with pytest.raises(CannotMove):
            await core.actions.join(from_, into, agent, core.now)
    await core.actions.join(source, target, agent, core.now)
    with pytest.raises(CannotMove):
        await core.actions.join(target, source, agent, core.now)
    assert await CommunicationRecord.filter(request_id=target).count() == 2


async def test_what_waits_to_leave_keeps_its_request_and_what_has_left_follows(core: Core) -> None:
    """A queued acknowledgement names the old number everywhere; a late bounce finds the request that is read."""
    target, source = await _two(core)
    agent = await core.agent()
    await core.answers.reply(agent, words(source, "Who are you?"), core.now)
    await core.deliver()
    await core.answers.reply(agent, words(source, "Please tell us."), core.now)
    sent, waiting = await Delivery.filter(kind=DeliveryKind.REPLY).order_by("id")
    await core.actions.join(source, target, agent, core.now)
    await waiting.refresh_from_db()
    assert (waiting.request_id, waiting.state) == (source, DeliveryState.QUEUED)
    report = Bounce("bounce", (Failure("eve@other.example", "5.1.1", "failed"),), sent.message_id)
    assert (await core.accept(letter("undeliverable", bounce=report))).request == target
    await core.deliver()
    assert await Delivery.filter(state=DeliveryState.FAILED).count() == 1
    late = Bounce("bounce", (Failure("eve@other.example", "4.4.1", "delayed"),), delivery=waiting.id)
    assert (await core.accept(letter("delayed", bounce=late))).request == target
    again = letter(sender=EVE, verified=True, hints=(Hint(source, Proof.SIGNED_ADDRESS),))
    assert (await core.accept(again)).request == target


async def test_a_joined_case_comes_along_when_the_target_has_none(core: Core) -> None:
    """What somebody wants to return is not left behind in a closed request."""
    first = await core.accept(letter("Hello, a question."))
    token = (Hint(first.request or 0, Proof.SUBJECT),)
    second = await core.accept(letter("I want to return my kettle, order 4711-0815.", subject="Return", hints=token))
    assert await AfterSalesCase.filter(request_id=second.request).count() == 1
    await core.actions.join(second.request or 0, first.request or 0, await core.agent(), core.now)
    assert (await AfterSalesCase.get()).request_id == first.request


async def test_a_long_request_is_shown_again_in_part(core: Core) -> None:
    """A forum takes twenty messages a minute; the rest is named."""
    target, source = await _two(core)
    for number in range(MOST_SHOWN + 4):
        await core.accept(letter(f"part {number}", sender=EVE, hints=(Hint(source, Proof.SIGNED_ADDRESS),)))
    shown = len(await _shown(target, DeliveryKind.MIRROR))
    await core.actions.join(source, target, await core.agent(), core.now)
    assert len(await _shown(target, DeliveryKind.MIRROR)) == shown + MOST_SHOWN
    assert f"The 5 oldest are not shown again: R-{source}." in (await _shown(target, DeliveryKind.NOTICE))[0].text


async def test_a_message_that_does_not_belong_here_becomes_a_request(core: Core) -> None:
    """With its own topic, linked to where it was; both requests have their event."""
    first = await core.accept(letter())
    token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
    second = await core.accept(letter("A quite different thing.", subject="Invoice", hints=token))
    agent = await core.agent()
    receipt = await core.actions.split(first.request or 0, second.record, agent, core.now)
    made = await CustomerRequest.get(id=receipt.request).select_related("customer")
    assert (made.subject, made.linked_to, made.status) == ("Invoice", first.request, Status.NEW)
    assert (made.customer.name, made.reply_to) == ("Anna Schmidt", "anna@customer.example")
    record = await CommunicationRecord.get(id=second.record)
    assert record.request_id == made.id
    assert record.threaded_by.startswith("Maria split it from R-1001, where it was because it was sent to")
    assert len(await _shown(made.id, DeliveryKind.MIRROR)) == 1
    assert {event.request_id for event in await Event.filter(what="split")} == {first.request, made.id}
    assert await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT).count() == 1


async def test_splitting_twice_is_splitting_once(core: Core) -> None:
    """At the same instant, and again later: the request that was made is named."""
    first = await core.accept(letter())
    token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
    second = await core.accept(letter("Other.", hints=token))
    agent = await core.agent()
    done = await asyncio.gather(
        *(core.actions.split(first.request or 0, second.record, agent, core.now) for _ in range(4))
    )
    assert len({receipt.request for receipt in done}) == 1
    assert sum(receipt.opened for receipt in done) == 1
    assert await CustomerRequest.all().count() == 2


async def test_a_colleagues_message_becomes_his_own_request(core: Core) -> None:
    """He is its customer, and answers go to him."""
    ben = Sender("ben@customer.example", "Ben <anna@customer.example>")
    first = await core.accept(letter(verified=True, copied=(ben,)))
    token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
    second = await core.accept(letter("My own thing.", sender=ben, verified=True, hints=token))
    receipt = await core.actions.split(first.request or 0, second.record, await core.agent(), core.now)
    made = await CustomerRequest.get(id=receipt.request)
    assert made.reply_to == "ben@customer.example"
    assert made.customer_id != (await CustomerRequest.get(id=first.request)).customer_id


async def test_what_somebody_else_wrote_is_split_off_as_his(core: Core) -> None:
    """Ben, whom Eve had copied, is nothing to Anna's request; still his words are no words of hers."""
    target, source = await _two(core)
    token = (Hint(source, Proof.SIGNED_ADDRESS),)
    ben = Sender("ben@other.example", "Ben")
    await core.accept(letter(sender=EVE, verified=True, hints=token, copied=(ben,)))
    his = await core.accept(letter("My order is 4711.", sender=ben, verified=True, hints=token))
    assert his.request == source
    agent = await core.agent()
    await core.actions.join(source, target, agent, core.now)
    receipt = await core.actions.split(target, his.record, agent, core.now)
    made = await CustomerRequest.get(id=receipt.request).select_related("customer")
    assert (made.customer.name, made.reply_to) == ("Ben", "ben@other.example")


async def test_only_a_customers_further_message_can_be_split(core: Core) -> None:
    """Not the first one, not our own words, not what is not there."""
    first = await core.accept(letter())
    agent = await core.agent()
    ours = await core.answers.reply(agent, words(first.request or 0, "Hello."), core.now)
    for record in (first.record, ours.record, 9999):
        with pytest.raises(CannotMove):
            await core.actions.split(first.request or 0, record, agent, core.now)
    assert await CustomerRequest.all().count() == 1


async def test_an_export_says_what_is_linked_and_who_takes_part(core: Core) -> None:
    """Both are part of what is stored of a request."""
    target, source = await _two(core)
    await core.actions.join(source, target, await core.agent(), core.now)
    first, second = [line async for line in lines(Kind.REQUEST, Wanted())]
    eve = {"channel": "mail", "value": "eve@other.example", "name": "Eve", "added_by": "Maria"}
    assert (first["linked_to"], first["participants"]) == (None, [eve])
    assert (second["linked_to"], second["participants"]) == (f"R-{target}", [])


async def test_a_split_can_be_joined_back(core: Core) -> None:
    """The card of what was split off offers it."""
    first = await core.accept(letter())
    token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
    second = await core.accept(letter("Other.", hints=token))
    agent = await core.agent()
    made = await core.actions.split(first.request or 0, second.record, agent, core.now)
    assert await core.actions.join(made.request or 0, first.request or 0, agent, core.now)
    records = await CommunicationRecord.filter(request_id=first.request, direction=Direction.INCOMING)
    assert len(records) == 2
    assert await requests.participants_of(first.request or 0) == []


async def test_an_album_is_split_off_whole_with_what_was_edited_in_it(core: Core) -> None:
    """Whichever of its pictures the agent points at: no part and no version of it stays where it does not belong."""
    request = (await core.accept(chat("Hello"))).request or 0
    await core.deliver()
    parts = [await core.accept(chat(f"picture {n}", album="7", external_id=f"7:501:{n}")) for n in range(3)]
    edited = await core.accept(chat("better", edits="7:501:1"))
    made = await core.actions.split(request, parts[1].record, await core.agent(), core.now)
    moved = await CommunicationRecord.filter(request_id=made.request).order_by("id")
    assert [record.id for record in moved] == [*(part.record for part in parts), edited.record]
    assert [job.record_id for job in await _shown(made.request or 0, DeliveryKind.MIRROR)] == [parts[0].record]
