"""What agents decide about a request: once, with its event, and only on what they have looked at."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from intake.agents.casework import Remark
from intake.agents.deeds import REFRESHED
from intake.agents.named import NoSuchRequest
from storage.kinds import CaseStatus, CaseType, DeliveryKind, Priority, Status
from storage.models import AfterSalesCase, CustomerRequest, Delivery, Event
from tests.builders import Core, chat

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def _asked(core: Core, text: str = "Hello, when do you open?") -> int:
    return (await core.accept(chat(text))).request or 0


async def _now(request: int) -> CustomerRequest:
    return await CustomerRequest.get(id=request).select_related("assignee")


async def test_an_agent_takes_a_request_and_gives_it_back(core: Core) -> None:
    """Each with its event, and the card and topic are brought up to date."""
    request, maria = await _asked(core), await core.agent()
    assert (await core.sorting.assign(request, maria, maria, core.now)).says == "Assigned to you."
    assert (await _now(request)).assignee_id == maria.id
    assert await Delivery.filter(kind=DeliveryKind.CARD, request_id=request).count() == 1
    assert (await core.sorting.unassign(request, maria, core.now)).done
    assert (await _now(request)).assignee_id is None
    events = await Event.filter(what="assigned").order_by("id")
    assert [(event.actor, event.before, event.after) for event in events] == [
        ("Maria", None, "Maria"),
        ("Maria", "Maria", None),
    ]


async def test_e33_who_comes_second_reads_whose_it_is(core: Core) -> None:
    """Two agents press "Assign to me" on the same card at the same instant: one has it, the other is told who."""
    request = await _asked(core)
    agents = [await core.agent(name, number) for name, number in (("Maria", "901"), ("Olga", "902"))]
    seen = (await _now(request)).version or 0
    came = await asyncio.gather(*(core.sorting.assign(request, one, one, core.now, seen) for one in agents))
    assert Counter(one.done for one in came) == {True: 1, False: 1}
    winner = (await _now(request)).assignee
    assert winner is not None
    assert [one.says for one in came if not one.done] == [f"Already assigned to {winner.name}."]
    assert await Event.filter(what="assigned").count() == 1


async def test_e40_a_press_on_an_outdated_card_changes_nothing_and_refreshes_it(core: Core) -> None:
    """The customer has written since, or a colleague has sorted it: look first."""
    request, maria = await _asked(core), await core.agent()
    first = await _now(request)
    seen = first.version or 0
    await core.sorting.prioritise(request, Priority.URGENT, maria, core.now, seen)
    await core.deliver()
    for came in (
        await core.sorting.resolve(request, maria, core.now, seen),
        await core.sorting.spam(request, maria, core.now, seen),
        await core.sorting.categorise(request, "refund", maria, core.now, seen),
        await core.sorting.prioritise(request, Priority.LOW, maria, core.now, seen),
    ):
        assert (came.done, came.says) == (False, REFRESHED)
    row = await _now(request)
    assert (row.status, row.priority, row.category) == (Status.NEW, Priority.URGENT, first.category)
    assert await Delivery.filter(kind=DeliveryKind.CARD, state="queued").count() == 1


async def test_whatever_changes_what_a_card_shows_raises_its_version(core: Core) -> None:
    """An answer, a customer's message, a status, an assignee: a card from before is outdated."""
    request, maria = await _asked(core), await core.agent()
    versions = [(await _now(request)).version or 0]
    for deed in (
        core.sorting.assign(request, maria, maria, core.now),
        core.sorting.categorise(request, "refund", maria, core.now),
        core.sorting.prioritise(request, Priority.HIGH, maria, core.now),
        core.sorting.resolve(request, maria, core.now),
        core.sorting.reopen(request, maria, core.now),
        core.sorting.spam(request, maria, core.now),
    ):
        assert (await deed).done
        versions.append((await _now(request)).version or 0)
    assert versions == sorted(set(versions))


async def test_what_is_so_already_is_said_whatever_the_card_showed(core: Core) -> None:
    """A second press, a repeated update, another agent: no second effect and no second event."""
    request, maria = await _asked(core), await core.agent()
    for verb in (core.sorting.resolve, core.sorting.reopen):
        assert (await verb(request, maria, core.now)).done
        again = [await verb(request, maria, core.now, seen) for seen in (None, 0)]
        assert all(not one.done and one.says.endswith("already.") for one in again)
    assert await Event.filter(what="status").count() == 2


async def test_a_category_brings_its_case_and_another_one_drops_it(core: Core) -> None:
    """As the pipeline would have: with the facts of the first message."""
    request, maria = await _asked(core, "Hello, order 4711-0815, thanks."), await core.agent()
    await core.sorting.categorise(request, "refund", maria, core.now)
    row = await _now(request)
    assert (row.category, row.category_reasons, row.category_confidence) == ("refund", ["set by Maria"], 1.0)
    case = await AfterSalesCase.get(request_id=request)
    assert (case.type, case.order_number, case.status) == (CaseType.REFUND, "4711-0815", CaseStatus.COMPLETE)
    await core.sorting.categorise(request, "repair", maria, core.now)
    case = await AfterSalesCase.get(request_id=request)
    assert (case.type, case.status, case.missing) == (CaseType.REPAIR, CaseStatus.ASKED, ["product", "purchased_on"])
    assert case.order_number == "4711-0815"
    await core.sorting.categorise(request, "order", maria, core.now)
    assert (await AfterSalesCase.get(request_id=request)).status is CaseStatus.DROPPED
    await core.sorting.categorise(request, "refund", maria, core.now)
    assert (await AfterSalesCase.get(request_id=request)).status is CaseStatus.COMPLETE
    assert await Event.filter(what="case opened").count() == 3
    assert await Event.filter(what="case dropped").count() == 1


async def test_a_case_that_comes_back_is_where_it_was(core: Core) -> None:
    """An agent has touched the wrong category: nobody reads a second time that it is approved. Another kind is open."""
    request, maria = await _asked(core, "I want a refund for order 4711-0815, please."), await core.agent()
    remark = Remark(words="Your money is on its way.")
    await core.casework.step(request, CaseStatus.APPROVED, maria, core.now, remark=remark)
    for category in ("praise", "refund"):
        await core.sorting.categorise(request, category, maria, core.now)
    case = await AfterSalesCase.get(request_id=request)
    assert (case.type, case.status, case.decision) == (CaseType.REFUND, CaseStatus.APPROVED, remark.words)
    for category in ("praise", "repair"):
        await core.sorting.categorise(request, category, maria, core.now)
    case = await AfterSalesCase.get(request_id=request)
    assert (case.type, case.status, case.decision) == (CaseType.REPAIR, CaseStatus.ASKED, None)


async def test_spam_is_closed_and_its_sender_hears_nothing(core: Core) -> None:
    """The agents read who did it; what he writes next is a request of its own; Reopen makes it unsorted."""
    request, maria = await _asked(core), await core.agent()
    await core.deliver()
    before = len(core.channels["telegram"].sent)
    assert (await core.sorting.spam(request, maria, core.now)).says == "Closed as spam."
    assert not (await core.sorting.spam(request, maria, core.now)).done
    await core.deliver()
    row = await _now(request)
    assert (row.status, row.category) == (Status.CLOSED, "spam")
    assert len(core.channels["telegram"].sent) == before
    assert [sent.text for sent in core.channels["desk"].sent if "Maria closed this as spam" in sent.text]
    assert (await core.accept(chat("Buy now!"))).request != request
    await core.sorting.reopen(request, maria, core.now)
    row = await _now(request)
    assert (row.status, row.category) == (Status.OPEN, "unsorted")


async def test_a_request_that_is_given_to_a_colleague_is_told(core: Core) -> None:
    """In its topic, by name."""
    request, maria, olga = await _asked(core), await core.agent(), await core.agent("Olga", "902")
    assert (await core.sorting.assign(request, olga, maria, core.now)).says == "Assigned to Olga."
    assert await Delivery.filter(kind=DeliveryKind.NOTICE, text="Maria gave this request to Olga.").count() == 1


async def test_a_request_that_does_not_exist_cannot_be_sorted(core: Core) -> None:
    """It is said, and nothing is stored."""
    maria = await core.agent()
    with pytest.raises(NoSuchRequest):
        await core.sorting.resolve(4711, maria, core.now)
    with pytest.raises(NoSuchRequest):
        await core.sorting.categorise(4711, "refund", maria, core.now)
    assert await Event.filter(what="status").count() == 0
