"""What a customer corrects: his edited answers are read again, what he names otherwise is proposed to the agents."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from intake.agents import case_facts
from intake.agents.case_facts import Field
from intake.message import Inbound, Sender
from storage.kinds import CaseStatus, DeliveryKind
from storage.models import AfterSalesCase, CommunicationRecord, Delivery, Event
from tests.builders import Core, chat

pytestmark = pytest.mark.usefixtures("database")

BORIS = Sender("501", "Boris", "en")
COMPLETE = "48213, K-200, 3 March 2026"


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def writes(core: Core, text: str, **changes: object) -> Inbound:
    message = chat(text, **{"sender": BORIS, **changes})
    core.later(seconds=5)
    await core.accept(message)
    return message


async def edits(core: Core, message: Inbound, text: str) -> None:
    core.later(seconds=60)
    await core.accept(chat(text, sender=BORIS, edits=message.external_id))


async def the_case() -> AfterSalesCase:
    return await AfterSalesCase.get()


async def proposals() -> list[Delivery]:
    return await Delivery.filter(kind=DeliveryKind.NOTICE, text__contains="names another fact").order_by("id")


async def set_fact(core: Core, name: str, value: str) -> None:
    field = case_facts.field(name)
    assert isinstance(field, Field)
    await core.casework.set_fact(1001, field, value, await core.agent(), core.now)


async def test_an_edited_answer_is_read_again(core: Core) -> None:
    """Its fact is replaced, from the new words; nothing is asked anew, and the next question waits as it did."""
    await writes(core, "I would like to return the kettle, please.")
    answer = await writes(core, "48213")
    asked = await Delivery.filter(kind=DeliveryKind.QUESTION).count()
    await edits(core, answer, "48231")
    case = await the_case()
    newest = await CommunicationRecord.filter(direction="incoming").order_by("-id").first()
    assert newest is not None
    assert (case.order_number, case.asking) == ("48231", "product")
    assert (case.sources or {})["order_number"] == f"record {newest.id}"
    assert await Event.filter(what="case order_number", before="48213", after="48231", actor="customer").count() == 1
    await edits(core, answer, "48232")
    assert (await the_case()).order_number == "48232"
    assert await Delivery.filter(kind=DeliveryKind.QUESTION).count() == asked
    assert await proposals() == []


async def test_an_edit_corrects_a_complete_case(core: Core) -> None:
    """Also of several answers in one message, and of the first message; the card shows it at once."""
    first = await writes(core, "I would like to return the kettle I bought on 3 March 2026.")
    answer = await writes(core, "48213, K-200")
    assert (await the_case()).status is CaseStatus.COMPLETE
    await edits(core, answer, "48213, K-300")
    await edits(core, first, "I would like to return the kettle I bought on 4 March 2026.")
    case = await the_case()
    assert (case.order_number, case.model, case.purchased_on) == ("48213", "K-300", date(2026, 3, 4))
    assert case.status is CaseStatus.COMPLETE
    assert await Delivery.filter(kind=DeliveryKind.CARD).exists()


async def test_an_edit_that_says_nothing_clear_changes_nothing(core: Core) -> None:
    """The agents see the new words."""
    await writes(core, "I would like to return the kettle, please.")
    answer = await writes(core, "48213")
    for text in ("sorry, wrong chat", "", "4", "I have paid 5990 EUR", "x" * 100_000):
        await edits(core, answer, text)
    assert (await the_case()).order_number == "48213"


async def test_an_answer_that_nobody_could_read_is_read_once_it_is_edited(core: Core) -> None:
    """He sees his mistake and mends it where he made it; the form goes on, and once."""
    await writes(core, "I would like to return the kettle, please.")
    await writes(core, "48213")
    leaks = await writes(core, "it leaks")
    await edits(core, leaks, "it leaks, look at the photo")
    await writes(core, "K-200")
    wrong = await writes(core, "3 March 2036")
    await edits(core, wrong, "3 March 2026")
    await edits(core, wrong, "4 March 2026")
    case = await the_case()
    assert (case.status, case.model, case.purchased_on) == (CaseStatus.COMPLETE, "K-200", date(2026, 3, 4))
    assert await Delivery.filter(kind=DeliveryKind.QUESTION, text__contains="we now have all").count() == 1


async def test_an_edit_asks_nothing_in_a_request_that_is_done(core: Core) -> None:
    """Its fact is kept; a question would come out of nowhere."""
    first = await writes(core, "I would like to return the kettle, order number 48213.")
    await core.actions.resolve(1001, await core.agent(), core.now)
    await edits(core, first, "I would like to return the kettle, order number 48213, model K-200.")
    assert (await the_case()).model == "K-200"
    assert await Delivery.filter(kind=DeliveryKind.QUESTION).count() == 0


async def test_what_an_agent_set_stays_whatever_is_edited(core: Core) -> None:
    """He reads what the customer says now, when that is clear."""
    await writes(core, "I would like to return the kettle, please.")
    answer = await writes(core, "48213")
    await set_fact(core, "order", "48999")
    await edits(core, answer, "48231")
    assert (await the_case()).order_number == "48999"
    await edits(core, answer, "the order number is 48231")
    assert (await the_case()).order_number == "48999"
    assert ["order number 48231 instead of 48999" in one.text for one in await proposals()] == [True]


async def test_nothing_changes_by_itself_once_it_is_decided(core: Core) -> None:
    """The decision was made on what was known; the agents are told."""
    await writes(core, "I would like to return the kettle, please.")
    answer = await writes(core, COMPLETE)
    await core.casework.step(1001, CaseStatus.APPROVED, await core.agent(), core.now)
    await edits(core, answer, "order number 48231, K-200, 3 March 2026")
    assert (await the_case()).order_number == "48213"
    assert len(await proposals()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Sorry, the order number is 4712.",
        "Entschuldigung, die Bestellnummer ist 4712",
        "Perdón, el número de pedido es 4712",
        "Извините, номер заказа 4712",
        "不好意思，订单号是4712",
    ],
)
async def test_a_correction_is_proposed_and_taken_over_by_an_agent(core: Core, text: str) -> None:
    """It overwrites nothing by itself, and is shown once however often he says it; the agent's word then stays."""
    await writes(core, "I would like to return the kettle, please.")
    await writes(core, COMPLETE)
    corrected = await writes(core, text)
    await writes(core, text)
    case = await the_case()
    assert (case.status, case.order_number) == (CaseStatus.COMPLETE, "48213")
    [notice] = await proposals()
    record = await CommunicationRecord.get(external_id=corrected.external_id)
    assert "order number 4712 instead of 48213" in notice.text
    assert (notice.record_id, notice.subject) == (record.id, "case correction")
    maria = await core.agent()
    came = await core.casework.take_over(1001, record.id, maria, core.now)
    assert (came.done, came.says) == (True, "Maria took it over: order number 4712 instead of 48213.")
    case = await the_case()
    assert case.order_number == "4712"
    assert (case.sources or {})["order_number"] == f"record {record.id}, agent {maria.id}"
    assert not (await core.casework.take_over(1001, record.id, maria, core.now)).done
    assert not (await core.casework.take_over(1001, record.id + 1000, maria, core.now)).done
    assert await Event.filter(what="case order number", actor="Maria").count() == 1


async def test_what_says_nothing_new_is_not_proposed(core: Core) -> None:
    """The same number again, other facts than a case's, a day to come."""
    await writes(core, "I would like to return the kettle, please.")
    await writes(core, COMPLETE)
    for text in ("order number 48213, when will you answer?", "My phone is 030 901820", "I bought it on 3 May 2031"):
        await writes(core, text)
    assert await proposals() == []


async def test_a_fact_that_nothing_asked_for_is_proposed_too(core: Core) -> None:
    """The serial number finds earlier repairs."""
    await writes(core, "My kettle is broken, please repair it.")
    await writes(core, "K-200, 3 March 2026")
    corrected = await writes(core, "The serial number is KX00AB12.")
    assert (await the_case()).serial_number is None
    record = await CommunicationRecord.get(external_id=corrected.external_id)
    await core.casework.take_over(1001, record.id, await core.agent(), core.now)
    assert (await the_case()).serial_number == "KX00AB12"
