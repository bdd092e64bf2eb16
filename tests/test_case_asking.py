"""An agent has a customer asked what a case needs: once, in one message, and never where nothing may go to him."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from intake.agents.blocking import Blocking
from intake.agents.case_asking import why_not
from intake.message import Attachment, Hint, Inbound, Proof
from storage.kinds import CaseStatus, DeliveryKind, Status
from storage.models import Address, AfterSalesCase, CommunicationRecord, CustomerRequest, Delivery, Event
from tests.builders import Core, chat, letter, words

pytestmark = pytest.mark.usefixtures("database")

ASKED = "The customer is asked."
PRODUCT, DAY = "Which product is it?", "On which day did you buy it?"


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def _sorted(core: Core, message: Inbound | None = None) -> None:
    """A request about nothing clear, of which an agent has made a case."""
    await core.accept(message or chat("Hello there"))
    await core.sorting.categorise(1001, "repair", await core.agent(), core.now)


async def _ask(core: Core, seen: int | None = None) -> str:
    return (await core.case_asking.ask(1001, await core.agent(), core.now, seen)).says


async def _questions() -> list[Delivery]:
    return await Delivery.filter(kind=DeliveryKind.QUESTION).order_by("id")


async def test_choosing_the_category_asks_nothing_and_the_button_asks_in_a_chat(core: Core) -> None:
    """The form's first question with its buttons; his answers lead on, though an agent has had the first word."""
    await _sorted(core)
    assert await _questions() == []
    assert await _ask(core) == ASKED
    [asked] = await _questions()
    assert asked.text.startswith("To help you with R-1001, we still need to know:\n\nWhich product is it?")
    assert [label for label, _ in asked.choices or ()] == ["I don't know", "Not now"]
    request = await CustomerRequest.get()
    assert (request.status, request.waiting_since, request.first_responded_at) == (Status.PENDING, None, core.now)
    record = await CommunicationRecord.get(direction="outgoing")
    assert (record.text, record.author, record.flags) == (asked.text, "Maria", [])
    assert await Event.filter(what="case asked", actor="Maria").count() == 1
    assert await Delivery.filter(kind=DeliveryKind.MIRROR, record_id=record.id).count() == 1
    core.later(seconds=10)
    await core.accept(chat("K-200"))
    assert [DAY in one.text for one in await _questions()] == [False, True]
    core.later(seconds=10)
    await core.accept(chat("3 March 2026"))
    assert (await AfterSalesCase.get()).status is CaseStatus.COMPLETE
    assert len(await _questions()) == 3


async def test_the_form_is_silent_once_an_agent_has_said_more(core: Core) -> None:
    """As for one that began by itself."""
    await _sorted(core)
    await _ask(core)
    core.later(seconds=5)
    await core.answers.reply(await core.agent(), words(1001, "And which colour?"), core.now)
    core.later(seconds=5)
    await core.accept(chat("K-200"))
    assert len(await _questions()) == 1


async def test_by_mail_all_questions_are_one_letter(core: Core) -> None:
    """Numbered, in his thread; his answer to it is read."""
    first = letter("Hello there")
    await _sorted(core, first)
    assert await _ask(core) == ASKED
    [asked] = await _questions()
    assert asked.subject == "What we still need to know [R-1001]"
    assert f"1. {PRODUCT}" in asked.text
    assert f"2. {DAY}" in asked.text
    assert "we have your message" not in asked.text
    assert asked.in_reply_to == first.external_id
    await core.accept(letter("1. K-200\n2. 3 March 2026", hints=(Hint(1001, Proof.SIGNED_ADDRESS),)))
    assert (await AfterSalesCase.get()).status is CaseStatus.COMPLETE


async def test_he_is_asked_once(core: Core) -> None:
    """Two presses at once, an old card, a second try, a decision taken back: one message."""
    await _sorted(core)
    said = await asyncio.gather(_ask(core, 1), _ask(core, 1))
    assert sorted(says == ASKED for says in said) == [False, True]
    assert "asked already" in await _ask(core)
    maria = await core.agent()
    await core.casework.step(1001, CaseStatus.APPROVED, maria, core.now)
    await core.casework.reconsider(1001, maria, core.now)
    assert "asked already" in await _ask(core)
    assert len(await _questions()) == 1


async def test_a_decision_that_was_taken_back_lets_him_be_asked(core: Core) -> None:
    """If he was not before."""
    await _sorted(core)
    maria = await core.agent()
    await core.casework.step(1001, CaseStatus.APPROVED, maria, core.now)
    assert "misses nothing" in await _ask(core)
    await core.casework.reconsider(1001, maria, core.now)
    assert await _ask(core) == ASKED


@pytest.mark.parametrize(
    "changes",
    [
        {"auto_reason": "Auto-Submitted: auto-generated", "may_ack": False},
        {"may_ack": False},
        {"forged": True},
    ],
)
async def test_robots_lists_and_forgers_are_not_asked(core: Core, changes: dict[str, object]) -> None:
    """The card has no button, and the command says why not."""
    await _sorted(core, letter("Hello there", **changes))
    assert "Nothing goes to this sender by itself" in await _ask(core)
    assert why_not(await CustomerRequest.get(), await AfterSalesCase.get()) is not None
    assert await _questions() == []


async def test_nothing_goes_to_whom_nothing_reaches(core: Core) -> None:
    """Blocked, out of reach, or done with."""
    await _sorted(core)
    await Address.all().update(unreachable="he has blocked the bot")
    assert "Nothing reaches this customer" in await _ask(core)
    await Address.all().update(unreachable=None)
    maria = await core.agent()
    await Blocking(core.house, core.outbox.wake).block(1001, maria, core.now)
    assert "blocked" in await _ask(core)
    await Blocking(core.house, core.outbox.wake).unblock(1001, maria, core.now)
    await core.actions.resolve(1001, maria, core.now)
    assert "reopen it first" in await _ask(core)
    assert await _questions() == []


async def test_a_request_without_words_can_be_asked(core: Core) -> None:
    """The question goes as an answer to nothing that he wrote."""
    photo = Attachment("photo.jpg", "image/jpeg", 5, remote_id="photo", content=b"photo")
    await core.accept(chat("[photo]", wordless=True, form="photo", attachments=(photo,)))
    await core.sorting.categorise(1001, "refund", await core.agent(), core.now)
    assert await _ask(core) == ASKED
    assert "Какой номер заказа?" in (await _questions())[0].text
