"""The form of an after-sales case in a chat: what is missing is asked, one thing after the other, and nothing twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from intake.agents import case_facts
from intake.customers.pickers import Asking
from intake.customers.self_service import SelfService
from intake.message import Attachment, Inbound, Sender
from storage.kinds import CaseStatus, DeliveryKind, Status
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest, Delivery, Event
from tests.builders import BOT, Core, chat, letter, words

pytestmark = pytest.mark.usefixtures("database")

BORIS = Sender("501", "Boris", "en")
RETURN = "I would like to return the kettle, please."
NUMBER, PRODUCT, DAY = "What is the order number?", "Which product is it?", "On which day did you buy it?"
BUTTONS = ["I don't know", "Not now"]


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def writes(core: Core, text: str, **changes: object) -> Inbound:
    message = chat(text, **{"sender": BORIS, **changes})
    await core.accept(message)
    return message


async def said(kinds: tuple[DeliveryKind, ...] = (DeliveryKind.ACKNOWLEDGEMENT, DeliveryKind.QUESTION)) -> list[str]:
    """What the customer was sent by itself."""
    return [delivery.text for delivery in await Delivery.filter(kind__in=kinds).order_by("id")]


async def newest() -> Delivery:
    found = await Delivery.filter(kind__in=("acknowledgement", "question")).order_by("-id").first()
    assert found is not None
    return found


async def the_case() -> AfterSalesCase:
    return await AfterSalesCase.get()


async def press(core: Core, which: Delivery, button: str) -> tuple[str, str]:
    """Press a button of a message; the answer to the press, and what stands there now."""
    [token] = [token for label, token in which.choices or () if label == button]
    service = SelfService(core.house, core.replies, core.intake.form, core.outbox.wake)
    popup, picker = await service.pick(Asking("telegram", BOT, BORIS, "501"), token, core.now)
    return popup, picker.words


async def test_the_acknowledgement_asks_the_first_question(core: Core) -> None:
    """One message, not two: that it came, its number, what is missing first, and two buttons."""
    await writes(core, RETURN)
    [asked] = await said()
    assert asked.startswith("Thank you, we have your message. Its number is R-1001.")
    assert NUMBER in asked
    assert PRODUCT not in asked
    assert [label for label, _ in (await newest()).choices or ()] == BUTTONS
    case = await the_case()
    assert (case.status, case.asking, case.asked_at) == (CaseStatus.ASKED, "order_number", core.now)
    assert case.questions == case.missing == ["order_number", "product", "purchased_on"]


async def test_answers_lead_to_the_next_question_and_to_what_was_understood(core: Core) -> None:
    """Days may lie between; each answer is a record, each question too; at the end it is said back, once."""
    await writes(core, RETURN)
    first = await writes(core, "48213")
    core.later(days=3)
    await writes(core, "K-200")
    core.later(days=4)
    await writes(core, "It was 3 March 2026")
    texts = await said()
    assert [NUMBER in texts[0], PRODUCT in texts[1], DAY in texts[2]] == [True] * 3
    assert texts[3] == (
        "Thank you, we now have all that we need for R-1001.\n\n"
        "This is what we understood:\n\nOrder number: 48213\nProduct: K-200\nBought on: 2026-03-03\n\n"
        "A person takes over from here and will answer you. If anything is wrong, just write."
    )
    assert len(texts) == 4
    case = await the_case()
    assert (case.status, case.asking, case.missing) == (CaseStatus.COMPLETE, None, [])
    assert (case.order_number, case.model, case.purchased_on) == ("48213", "K-200", date(2026, 3, 3))
    answer = await CommunicationRecord.get(external_id=first.external_id)
    assert (case.sources or {})["order_number"] == f"record {answer.id}"
    ours = await CommunicationRecord.filter(direction="outgoing")
    assert [record.text for record in ours] == texts[1:]
    assert await Event.filter(what__startswith="case", actor="customer").count() == 3


async def test_one_message_may_answer_everything(core: Core) -> None:
    """Nothing is asked that has been said by then."""
    await writes(core, RETURN)
    await writes(core, "48213, K-200, 3 March 2026")
    assert len(await said()) == 2
    assert (await the_case()).status is CaseStatus.COMPLETE


async def test_nothing_is_asked_twice(core: Core) -> None:
    """What is no answer stays on the desk and is answered by a person: the form waits, and says nothing."""
    await writes(core, RETURN)
    for text in ("It leaks from the bottom", "How long will it take?", "Hello?", "thanks", "I have paid 5990 EUR"):
        await writes(core, text)
    await writes(core, "[photo]", wordless=True, form="photo", attachments=(_photo(),))
    assert len(await said()) == 1
    assert (await the_case()).asking == "order_number"
    await writes(core, "48213")
    await writes(core, "48213")
    assert [NUMBER in text for text in await said()] == [True, False]


async def test_skipping_goes_on_and_ends_without_what_he_does_not_know(core: Core) -> None:
    """By button or in words; an agent sees what is missing, and the customer that a person goes on."""
    await writes(core, RETURN)
    asking = await newest()
    popup, shown = await press(core, asking, BUTTONS[0])
    assert (popup, shown) == ("", f"{asking.text}\n\nAll right, we will go on without it.")
    assert PRODUCT in (await said())[1]
    await writes(core, "No idea, sorry")
    await writes(core, "3 March 2026")
    assert (await said())[3].startswith("Thank you for your answers about R-1001.")
    case = await the_case()
    assert (case.status, case.missing) == (CaseStatus.ASKED, ["order_number", "product"])
    assert (case.skipped, case.asking) == (["order_number", "product"], None)
    await writes(core, "Now I found it: the order number is 48213")
    assert (await the_case()).order_number == "48213"
    assert len(await said()) == 4


async def test_a_button_counts_once_and_for_its_question(core: Core) -> None:
    """An old question's buttons do nothing, and nobody else's press does."""
    await writes(core, RETURN)
    first = await newest()
    await press(core, first, BUTTONS[0])
    for button in BUTTONS:
        popup, shown = await press(core, first, button)
        assert popup.startswith("This is no longer possible.")
        assert shown == first.text
    assert len(await said()) == 2
    service = SelfService(core.house, core.replies, core.intake.form, core.outbox.wake)
    skip = next(token for label, token in (await newest()).choices or () if label == BUTTONS[0])
    for token in (skip, "case:skip:1001:nothing", "case:skip:x:y", "case:", "case:later:99999999999999999999:a"):
        eve = Asking("telegram", BOT, Sender("666", "Eve"), "666")
        popup, _ = await service.pick(eve, token, core.now)
        assert popup.startswith("This is no longer possible.")
    assert (await the_case()).asking == "product"


@pytest.mark.parametrize("by_button", [True, False])
async def test_not_now_ends_the_form(core: Core, by_button: bool) -> None:
    """No further question; the agents are told; what he says later is still read."""
    await writes(core, RETURN)
    if by_button:
        _, shown = await press(core, await newest(), BUTTONS[1])
        assert "no more questions" in shown
    else:
        await writes(core, "Not now")
    assert (await the_case()).asking is None
    assert await Delivery.filter(kind="notice", text__contains="no further questions").count() == 1
    await writes(core, "The order number is 48213, bought on 3 March 2026, model K-200")
    case = await the_case()
    assert (case.status, case.order_number) == (CaseStatus.COMPLETE, "48213")
    assert len(await said()) == 1


async def test_the_form_is_silent_once_an_agent_talks(core: Core) -> None:
    """Two voices would be one too many: only what is clearly meant for the case is still read."""
    await writes(core, RETURN)
    await core.answers.reply(await core.agent(), words(1001, "Which colour is it?"), core.now)
    await writes(core, "blue")
    await writes(core, "order number 48213")
    assert len(await said()) == 1
    case = await the_case()
    assert (case.order_number, case.model, case.asking) == ("48213", None, None)


async def test_a_button_asks_nothing_further_once_an_agent_talks(core: Core) -> None:
    """He may still say that he does not know; the next question would be a second voice."""
    await writes(core, RETURN)
    core.later(seconds=5)
    await core.answers.reply(await core.agent(), words(1001, "I am looking into it."), core.now)
    core.later(seconds=5)
    _, shown = await press(core, await newest(), BUTTONS[0])
    assert shown.endswith("All right, we will go on without it.")
    assert len(await said()) == 1
    case = await the_case()
    assert (case.skipped, case.asking) == (["order_number"], None)


@pytest.mark.parametrize("answer", ["48213", "48999", "I don't know", ""])
async def test_the_form_goes_on_when_an_agent_sets_what_was_asked(core: Core, answer: str) -> None:
    """The question is still before the customer: his answer or his press leads to the next one, and changes nothing."""
    await writes(core, RETURN)
    field = case_facts.field("order")
    assert field is not None
    await core.casework.set_fact(1001, field, "48213", await core.agent(), core.now)
    core.later(seconds=5)
    if answer:
        await writes(core, answer)
    else:
        _, shown = await press(core, await newest(), BUTTONS[0])
        assert "we will go on without it" in shown
    case = await the_case()
    assert (case.order_number, case.product_number, case.asking) == ("48213", None, "product")
    assert [PRODUCT in text for text in await said()] == [False, True]


async def test_the_form_follows_the_case_that_an_agent_turns_into_another(core: Core) -> None:
    """What a repair does not need holds nothing up; what a return needs besides is asked last."""
    await writes(core, RETURN)
    maria = await core.agent()
    await core.sorting.categorise(1001, "repair", maria, core.now)
    await writes(core, "48213")
    assert (await the_case()).asking == "product"
    await writes(core, "My toaster is broken.", sender=Sender("502", "Clara", "en"), reply_to="502")
    await core.sorting.categorise(1002, "return", maria, core.now)
    for text in ("K-200", "3 March 2026", "48214"):
        core.later(seconds=5)
        await writes(core, text, sender=Sender("502", "Clara", "en"), reply_to="502")
    texts = [one.text for one in await Delivery.filter(kind="question", request_id=1002).order_by("id")]
    assert [DAY in texts[0], NUMBER in texts[1], "all that we need" in texts[2]] == [True] * 3
    assert (await AfterSalesCase.get(request_id=1002)).questions == ["product", "purchased_on", "order_number"]


async def test_a_letter_is_answered_when_all_that_it_asked_is(core: Core) -> None:
    """What an agent has made the case need since then is his to ask; the customer hears that his answers are here."""
    await core.accept(letter("My toaster is broken, please repair it.", verified=True))
    await core.sorting.categorise(1001, "return", await core.agent(), core.now)
    await core.deliver()
    answered = ((await newest()).message_id or "",)
    await core.accept(letter("1. K-200", verified=True, references=answered))
    assert len(await said()) == 1
    await core.accept(letter("2. 3 March 2026", verified=True, references=answered))
    assert (await said())[1].startswith("Thank you for your answers about R-1001.")
    assert (await the_case()).missing == ["order_number"]


async def begins_another(core: Core) -> None:
    service = SelfService(core.house, core.replies, core.intake.form, core.outbox.wake)
    await service.begin(Asking("telegram", BOT, BORIS, "501"), core.now)


@pytest.mark.parametrize("by_button", [True, False])
async def test_what_follows_a_question_answers_it_though_a_newer_request_is_open(core: Core, by_button: bool) -> None:
    """He goes on with the form of his first request: its product is no order number of the second one."""
    first = await writes(core, RETURN)
    asking = await newest()
    await begins_another(core)
    await writes(core, "I want a refund.")
    if by_button:
        await press(core, asking, BUTTONS[0])
    else:
        await writes(core, "48213", answers=first.external_id)
    core.later(seconds=5)
    await writes(core, "K-2001")
    core.later(seconds=5)
    await writes(core, "3 March 2026")
    case, other = await AfterSalesCase.get(request_id=1001), await AfterSalesCase.get(request_id=1002)
    assert (case.model, case.purchased_on, other.order_number) == ("K-2001", date(2026, 3, 3), None)
    core.later(minutes=31)
    await writes(core, "48214")
    assert (await AfterSalesCase.get(request_id=1002)).order_number == "48214"


async def test_a_question_takes_nothing_from_a_request_that_he_wants_to_begin(core: Core) -> None:
    """He was told that his next message opens one."""
    await writes(core, RETURN)
    await begins_another(core)
    await press(core, await newest(), BUTTONS[0])
    begun = await writes(core, "My invoice is wrong, please correct the address.")
    assert (await CommunicationRecord.get(external_id=begun.external_id)).request_id == 1002


async def test_an_agents_own_numbered_questions_are_not_ours(core: Core) -> None:
    """By mail, too: "2." below his letter is no product. Our own letter can still be answered."""
    await core.accept(letter("I would like to return my kettle.", verified=True))
    core.later(hours=1)
    await core.answers.reply(await core.agent(), words(1001, "1. Is the light on?\n2. Which error is shown?"), core.now)
    await core.deliver()
    ours, his = await newest(), await Delivery.get(kind=DeliveryKind.REPLY)
    core.later(hours=1)
    references = (ours.message_id or "", his.message_id or "")
    await core.accept(letter("1. yes\n2. E-04 blinking", verified=True, references=references))
    case = await the_case()
    assert (case.model, case.order_number, case.asking) == (None, None, None)
    await core.accept(letter("1. 48213\n2. K-200", verified=True, references=references[:1]))
    case = await the_case()
    assert (case.model, case.order_number) == ("K-200", "48213")
    assert len(await said()) == 1


async def test_a_name_counts_once_the_question_can_have_been_read(core: Core) -> None:
    """People write one thought in several messages: what comes at once is no answer, and much later it is another."""
    await writes(core, "My toaster is broken.")
    assert PRODUCT in (await said())[0]
    for text, passed in (("Crumbs everywhere", 0), ("The lid is brokn", 5), ("red toaster", 10)):
        core.later(seconds=passed)
        await writes(core, text)
        assert ((await the_case()).model == "red toaster") is (passed == 10)


async def test_a_reply_to_the_question_is_its_answer_however_it_is_put(core: Core) -> None:
    """And however late: the app says which message he answers."""
    await writes(core, RETURN)
    core.channels["telegram"].ids = lambda outbound: (f"{BOT}:501:9{outbound.delivery}",)
    await writes(core, "48213")
    await core.deliver()
    core.later(days=2)
    await writes(core, "still the old one with the dent")
    assert (await the_case()).model is None
    await writes(core, "still the old one with the dent", answers=f"{BOT}:501:9{(await newest()).id}")
    assert (await the_case()).model == "still the old one with the dent"


async def test_only_the_customer_answers(core: Core) -> None:
    """A participant adds to the request, and fills in nothing."""
    await core.accept(letter(RETURN, verified=True, copied=(Sender("otto@customer.example"),)))
    asked = await newest()
    for sender, verified in (("otto@customer.example", True), ("eve@elsewhere.example", True)):
        answer = letter("1. 48213", sender=Sender(sender), references=(asked.message_id or "",), verified=verified)
        await core.accept(answer)
    assert (await AfterSalesCase.get(request_id=1001)).order_number is None


@pytest.mark.parametrize(
    "changes",
    [
        {"auto_reason": "Auto-Submitted: auto-generated", "may_ack": False},
        {"may_ack": False},
        {"forged": True},
    ],
)
async def test_robots_and_forgers_are_asked_nothing(core: Core, changes: dict[str, object]) -> None:
    """The case is there for the agents; nothing leaves, now or when the robot goes on."""
    first = letter(RETURN, **changes)
    await core.accept(first)
    await core.accept(letter("1. 48213\n2. K-200", references=(first.external_id or "",), **changes))
    assert await said() == []
    assert (await AfterSalesCase.filter(request_id=1001).get()).asked_at is None


async def test_floods_are_asked_nothing(tmp_path: Path) -> None:
    """Beyond the budget of acknowledgements no question leaves either."""
    core = Core(tmp_path, acks_per_sender_per_day=2)
    for _ in range(6):
        await core.accept(letter(RETURN))
    assert len(await said()) == 2
    assert await AfterSalesCase.filter(asked_at=None).count() == 4


async def test_a_case_says_whose_words_it_knows_though_nobody_is_asked(tmp_path: Path) -> None:
    """Beyond the budget as within it: an edit of that message, and an agent, find where each fact is from."""
    core = Core(tmp_path, acks_per_sender_per_day=1)
    for _ in range(2):
        receipt = await core.accept(letter(f"{RETURN} The order number is 48213."))
    assert (await AfterSalesCase.get(asked_at=None)).sources == {"order_number": f"record {receipt.record}"}


async def test_a_picture_first_and_words_then_begin_the_form(core: Core) -> None:
    """What came without words is acknowledged; the words that make it a case are answered by the question."""
    await writes(core, "[photo]", wordless=True, form="photo", attachments=(_photo(),))
    await writes(core, RETURN)
    texts = await said()
    assert len(texts) == 2
    assert NUMBER in texts[1]
    assert (await the_case()).asking == "order_number"


async def test_beyond_the_budget_a_picture_first_asks_nothing_either(tmp_path: Path) -> None:
    """Where no acknowledgement goes, no question does."""
    core = Core(tmp_path, acks_per_sender_per_day=1)
    for _ in range(3):
        await begins_another(core)
        await writes(core, "[photo]", wordless=True, form="photo", attachments=(_photo(),))
        told = await writes(core, RETURN + " The order number is 48213.")
    assert await Delivery.filter(kind="acknowledgement").count() == 1
    assert await Delivery.filter(kind="question").count() == 1
    assert await AfterSalesCase.filter(asked_at=None).count() == 2
    record = await CommunicationRecord.get(external_id=told.external_id)
    assert (await AfterSalesCase.get(request_id=1003)).sources == {"order_number": f"record {record.id}"}


async def test_a_case_that_is_done_hears_nothing_any_more(core: Core) -> None:
    """A button of a request that is resolved does nothing; a message opens it again and may answer."""
    await writes(core, RETURN)
    assert await core.actions.resolve(1001, await core.agent(), core.now)
    popup, _ = await press(core, await newest(), BUTTONS[0])
    assert popup.startswith("This is no longer possible.")
    await writes(core, "48213")
    assert (await the_case()).order_number == "48213"
    assert (await CustomerRequest.get()).status is Status.OPEN


def _photo() -> Attachment:
    return Attachment("photo.jpg", "image/jpeg", 5, remote_id="photo", content=b"photo")
