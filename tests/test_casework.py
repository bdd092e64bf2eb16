"""What agents do with an after-sales case: each step once, told once, in the customer's language, on his channel."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from intake.agents import case_facts
from intake.agents.case_facts import FIELDS
from intake.agents.case_steps import STEPS, next_steps
from intake.agents.casework import NO_CASE, Remark
from intake.agents.deeds import Outcome
from intake.coverage import months_later, return_until, warranty_until
from intake.message import Bounce, Failure, Sender, Undeliverable
from intake.policy import Policy, PolicyInUse
from storage.kinds import CaseStatus, CaseType, DeliveryKind, Direction, Status
from storage.models import Address, AfterSalesCase, CommunicationRecord, CustomerRequest, Delivery, Event, FoundFact
from tests.builders import MAILBOX, NOW, Core, chat, letter

pytestmark = pytest.mark.usefixtures("database")

S = CaseStatus
POLICY = """
[[warranty]]
line = "Kettles"
months = 36
models = ['KX-\\d{3}']
[[warranty]]
line = "Rest"
months = 24
[returns]
days = 30
send_to = "Example Ltd, 1 Dock Street"
"""


@pytest.fixture
def core(tmp_path: Path) -> Core:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    return Core(tmp_path, policies=PolicyInUse(Policy.read(path)), mailbox=MAILBOX)


async def _case(core: Core, kind: str = "return", text: str = "Hello", *, mail: bool = False) -> int:
    """A request with a case of this kind that has been acknowledged."""
    message = letter(text) if mail else chat(text)
    request = (await core.accept(message)).request or 0
    await core.sorting.categorise(request, kind, await core.agent(), core.now)
    await core.deliver()
    return request


async def _walk(core: Core, request: int, *steps: CaseStatus) -> list[Outcome]:
    maria = await core.agent()
    return [await core.casework.step(request, to, maria, core.now) for to in steps]


async def _status(request: int) -> CaseStatus:
    return (await AfterSalesCase.get(request_id=request)).status


async def _told(request: int) -> list[str]:
    """What the customer was told of his case, oldest first."""
    rows = await Delivery.filter(request_id=request, kind=DeliveryKind.STEP).order_by("id")
    return [row.text for row in rows]


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("return", (S.APPROVED, S.RECEIVED, S.REFUNDED, S.DONE)),
        ("exchange", (S.APPROVED, S.RECEIVED, S.SENT_BACK, S.DONE)),
        ("repair", (S.APPROVED, S.RECEIVED, S.SENT_BACK, S.DONE)),
        ("refund", (S.APPROVED, S.REFUNDED, S.DONE)),
        ("repair", (S.REFUSED, S.DONE)),
    ],
)
async def test_a_case_goes_its_way_and_its_customer_reads_each_step(
    core: Core, kind: str, way: tuple[CaseStatus, ...]
) -> None:
    """A message for each but the last, an event for each, and the record is what he read."""
    request = await _case(core, kind)
    for came, to in zip(await _walk(core, request, *way), way, strict=True):
        assert came.done
        assert ("told" in came.says) is (to is not S.DONE)
    assert await _status(request) is S.DONE
    await core.deliver()
    told = await _told(request)
    assert [sent.text for sent in core.channels["telegram"].sent if sent.kind is DeliveryKind.STEP] == told
    assert len(told) == len(way) - 1
    records = await CommunicationRecord.filter(request_id=request, direction=Direction.OUTGOING).order_by("id")
    assert [record.text for record in records] == told
    assert {record.author for record in records} == {"Maria"}
    events = await Event.filter(request_id=request, what="case step").order_by("id")
    assert [(event.actor, event.after) for event in events] == [("Maria", str(to)) for to in way]
    assert await Delivery.filter(request_id=request, kind=DeliveryKind.MIRROR, record_id=records[0].id).count() == 1


@pytest.mark.parametrize("status", CaseStatus)
@pytest.mark.parametrize("kind", CaseType)
def test_the_table_offers_a_way_out_of_every_state(kind: CaseType, status: CaseStatus) -> None:
    """Until it is done; nothing leads out of that, and no step leads back."""
    order = (S.ASKED, S.COMPLETE, S.APPROVED, S.REFUSED, S.RECEIVED, S.SENT_BACK, S.REFUNDED, S.DONE)
    steps = next_steps(kind, status)
    if kind is CaseType.REFUND and status in (S.RECEIVED, S.SENT_BACK):
        return
    assert bool(steps) is (status not in (S.DONE, S.DROPPED))
    assert all(order.index(step.to) > order.index(status) for step in steps)
    assert len({step.to for step in steps}) == len(steps)


def test_only_the_last_step_says_nothing() -> None:
    """Whatever else happens to his goods or his money, the customer is told."""
    assert {step.to for step in STEPS if step.told is None} == {S.DONE}


@pytest.mark.parametrize("mail", [False, True])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, I would like to send it back, please", "your return"),
        ("Guten Tag, ich möchte den Artikel bitte zurückgeben", "Ihre Rückgabe"),
        ("Buenos días, quiero devolver el producto, por favor", "su devolución"),
        ("Здравствуйте, я хочу вернуть этот товар, пожалуйста", "ваша заявка на возврат"),
        ("您好，我想退货，请问怎么办理", "您的退货申请"),
    ],
)
async def test_each_step_is_told_in_the_customers_language(core: Core, text: str, words: str, *, mail: bool) -> None:
    """By chat and by mail: a mail with its subject, its number and who writes; where to send the goods in both."""
    request = await _case(core, "return", text, mail=mail)
    await _walk(core, request, S.APPROVED)
    await core.deliver()
    channel = core.channels["mail" if mail else "telegram"]
    [sent] = [one for one in channel.sent if one.kind is DeliveryKind.STEP]
    assert words in sent.text
    assert f"R-{request}" in sent.text
    assert "Example Ltd, 1 Dock Street" in sent.text
    assert (sent.html is not None) is mail
    assert sent.automatic is False
    if mail:
        assert sent.subject.endswith(f"[R-{request}]")
        assert sent.text.endswith("— Example Ltd")
        asked = await CommunicationRecord.get(request_id=request, direction=Direction.INCOMING)
        assert (sent.in_reply_to, sent.references) == (asked.external_id, (asked.external_id,))


async def test_a_second_press_tells_nobody_twice(core: Core) -> None:
    """The same button again, on the same card or on the new one."""
    request, maria = await _case(core), await core.agent()
    seen = (await CustomerRequest.get(id=request)).version
    came = [await core.casework.step(request, S.APPROVED, maria, core.now, seen) for _ in range(3)]
    came.append(await core.casework.step(request, S.APPROVED, maria, core.now))
    assert [one.done for one in came] == [True, False, False, False]
    assert {one.says for one in came[1:]} == {"The case is approved already."}
    assert len(await _told(request)) == 1


async def test_two_agents_at_once_decide_once(core: Core) -> None:
    """One approves, one refuses, on the same card at the same instant: one decision, one message to the customer."""
    request = await _case(core)
    agents = [await core.agent(name, number) for name, number in (("Maria", "901"), ("Olga", "902"))]
    seen = (await CustomerRequest.get(id=request)).version
    both = zip(agents, (S.APPROVED, S.REFUSED), strict=True)
    came = await asyncio.gather(*(core.casework.step(request, to, one, core.now, seen) for one, to in both))
    assert Counter(one.done for one in came) == {True: 1, False: 1}
    [other] = [one.says for one in came if not one.done]
    assert other.startswith(f"The case is {await _status(request)}. The card was refreshed")
    assert len(await _told(request)) == 1
    assert await Event.filter(request_id=request, what="case step").count() == 1


async def test_a_press_on_a_card_from_before_changes_nothing(core: Core) -> None:
    """The customer has written since, or the category is another: the agent looks first."""
    request, maria = await _case(core), await core.agent()
    seen = (await CustomerRequest.get(id=request)).version
    await core.sorting.categorise(request, "repair", maria, core.now)
    assert not (await core.casework.step(request, S.APPROVED, maria, core.now, seen)).done
    assert await _told(request) == []
    assert await Delivery.filter(request_id=request, kind=DeliveryKind.CARD, state="queued").exists()


async def test_what_does_not_follow_is_refused(core: Core) -> None:
    """Nothing is refunded that nobody has approved, and nothing without a case."""
    request, maria = await _case(core), await core.agent()
    [came] = await _walk(core, request, S.REFUNDED)
    assert (came.done, came.says) == (False, "The return is incomplete; it cannot be refunded now.")
    await core.sorting.categorise(request, "order", maria, core.now)
    [came] = await _walk(core, request, S.APPROVED)
    assert (came.done, came.says) == (False, NO_CASE)
    assert await _told(request) == []


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("en", "Hello, please repair my kettle", "The reason: the warranty has ended."),
        ("zh", "您好，我的水壶坏了，请帮我维修", "原因：保修期已过。"),
    ],
)
async def test_a_refusal_says_why_in_the_customers_language(core: Core, language: str, text: str, reason: str) -> None:
    """A reason of the table in his, the agent's own words as they are; the case keeps both."""
    request, maria = await _case(core, "repair", text), await core.agent()
    remark = Remark("warranty", "Your invoice is from 2019.")
    assert (await core.casework.step(request, S.REFUSED, maria, core.now, remark=remark)).done
    [told] = await _told(request)
    assert reason in told
    assert "Your invoice is from 2019." in told
    case = await AfterSalesCase.get(request_id=request)
    assert case.decision == "the warranty has ended; Your invoice is from 2019."
    event = await Event.get(request_id=request, what="case step")
    assert event.after == f"refused: {case.decision}"
    await _walk(core, request, S.DONE)
    assert (await AfterSalesCase.get(request_id=request)).decision == case.decision


async def test_a_decision_makes_it_the_customers_turn_and_what_follows_does_not(core: Core) -> None:
    """The wish is answered; a question that he asks meanwhile still waits when his parcel comes in."""
    request = await _case(core)
    await _walk(core, request, S.APPROVED)
    row = await CustomerRequest.get(id=request)
    assert (row.status, row.waiting_since, row.first_responded_at) == (Status.PENDING, None, core.now)
    assert row.assignee_id is not None
    await core.accept(chat("How long does it take, and do you have it in blue?"))
    await _walk(core, request, S.RECEIVED)
    row = await CustomerRequest.get(id=request)
    assert row.status is Status.OPEN
    assert row.waiting_since is not None


async def test_goods_come_in_after_the_request_is_done(core: Core) -> None:
    """A parcel takes a week: its steps go on, and the request stays resolved."""
    request, maria = await _case(core), await core.agent()
    await _walk(core, request, S.APPROVED)
    await core.sorting.resolve(request, maria, core.now)
    assert all(one.done for one in await _walk(core, request, S.RECEIVED, S.REFUNDED, S.DONE))
    assert (await CustomerRequest.get(id=request)).status is Status.RESOLVED
    assert len(await _told(request)) == 3


async def test_a_decision_can_be_taken_back_in_silence(core: Core) -> None:
    """A slip of the finger: the case waits for a decision again, the agent writes to the customer himself."""
    request, maria = await _case(core), await core.agent()
    assert not (await core.casework.reconsider(request, maria, core.now)).done
    await core.casework.step(request, S.REFUSED, maria, core.now, remark=Remark("late"))
    assert (await core.casework.reconsider(request, maria, core.now)).done
    case = await AfterSalesCase.get(request_id=request)
    assert (case.status, case.decision) == (S.ASKED, None)
    assert len(await _told(request)) == 1
    await _walk(core, request, S.APPROVED)
    assert len(await _told(request)) == 2


async def _set(core: Core, request: int, name: str, text: str) -> Outcome:
    wanted = case_facts.field(name)
    assert wanted is not None
    return await core.casework.set_fact(request, wanted, text, await core.agent(), core.now)


async def test_what_an_agent_sets_completes_a_case(core: Core) -> None:
    """With an event for each, where it is from, and until when the warranty lasts."""
    request = await _case(core, "return")
    for name, text in (("order", "A-48213"), ("model", "Kettle KX-200"), ("bought", "31.01.2026")):
        assert (await _set(core, request, name, text)).done
        assert not (await _set(core, request, name, text)).done
    case = await AfterSalesCase.get(request_id=request)
    assert (case.status, case.missing) == (S.COMPLETE, [])
    assert (case.warranty_until, case.return_until) == (date(2029, 1, 31), date(2026, 3, 2))
    agent = (await core.agent()).id
    assert case.sources == dict.fromkeys(("order_number", "model", "purchased_on"), f"agent {agent}")
    events = await Event.filter(request_id=request, what__startswith="case ").exclude(what="case opened").order_by("id")
    assert [(event.what, event.before, event.after) for event in events] == [
        ("case order number", None, "A-48213"),
        ("case model", None, "Kettle KX-200"),
        ("case day of purchase", None, "2026-01-31"),
    ]


async def test_what_an_agent_says_of_the_warranty_stays_until_he_clears_it(core: Core) -> None:
    """He has seen the invoice; the rules follow again when he says nothing of it any more."""
    request = await _case(core, "repair")
    await _set(core, request, "warranty", "2030-12-31")
    await _set(core, request, "model", "Toaster")
    await _set(core, request, "bought", "2024-02-29")
    assert (await AfterSalesCase.get(request_id=request)).warranty_until == date(2030, 12, 31)
    await _set(core, request, "warranty", "-")
    assert (await AfterSalesCase.get(request_id=request)).warranty_until == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("order", ""), ("order", "x" * 65), ("serial", "x" * 65), ("bought", "yesterday"), ("bought", "31.02.2026")),
        *(("bought", "0001-01-01"), ("bought", "2026-11-26"), ("warranty", "soon")),
    ],
)
def test_what_can_be_no_fact_is_refused_with_what_to_write(name: str, text: str) -> None:
    """Nothing is stored that nobody can read back."""
    wanted = case_facts.field(name)
    assert wanted is not None
    with pytest.raises(ValueError, match=r"Write the|in the future"):
        case_facts.read_value(wanted, text, NOW.date())


def test_every_fact_has_its_column() -> None:
    """The names that agents write are all different."""
    names = [name for one in FIELDS for name in one.names]
    assert len(set(names)) == len(names)


async def test_a_piece_that_was_here_before_is_flagged_with_its_earlier_case(core: Core) -> None:
    """The same serial number in another repair: the case links it, and the audit trail says which."""
    first = await _case(core, "repair")
    await _set(core, first, "serial", "kx00ab12")
    await _walk(core, first, S.APPROVED, S.RECEIVED, S.SENT_BACK, S.DONE)
    assert (await AfterSalesCase.get(request_id=first)).repeats is None
    second = await _case(core, "repair", mail=True)
    assert (await AfterSalesCase.get(request_id=second)).repeats is None
    await _set(core, second, "serial", "KX00AB12")
    earlier = await AfterSalesCase.get(request_id=first)
    assert (await AfterSalesCase.get(request_id=second)).repeats == earlier.id
    event = await Event.get(request_id=second, what="repeated repair")
    assert event.after == f"R-{first}"
    await _set(core, second, "model", "KX-200")
    assert await Event.filter(what="repeated repair").count() == 1
    await _set(core, second, "serial", "-")
    assert (await AfterSalesCase.get(request_id=second)).repeats is None


async def test_a_first_message_that_tells_model_and_day_tells_of_the_warranty(core: Core) -> None:
    """What is written in it is enough: the card needs no agent to look anything up."""
    words = "Hello, my kettle is broken, please repair it. Model: KX-200, bought on 2 May 2025. Order number A-48213."
    request = (await core.accept(letter(words, subject="Repair of my kettle"))).request or 0
    await core.sorting.categorise(request, "repair", await core.agent(), core.now)
    case = await AfterSalesCase.get(request_id=request)
    assert (case.model, case.purchased_on, case.warranty_until) == ("KX-200", date(2025, 5, 2), date(2028, 5, 2))
    assert case.status is S.COMPLETE


@pytest.mark.parametrize("day", [date.max, date(9998, 12, 31), date.min])
def test_an_absurd_day_of_purchase_leads_out_of_no_calendar(core: Core, day: date) -> None:
    """Whoever has read it somewhere: no warranty, or one that is long over, and no error."""
    case = AfterSalesCase(type=CaseType.RETURN, model="KX-200", purchased_on=day)
    until = (warranty_until(core.house.policy, case), return_until(core.house.policy, case))
    assert until == ((date(4, 1, 1), date(1, 1, 31)) if day == date.min else (None, None))


@pytest.mark.parametrize(("months", "last"), [(1, date(2024, 2, 29)), (13, date(2025, 2, 28)), (24, date(2026, 1, 31))])
def test_months_end_with_the_month(months: int, last: date) -> None:
    """From the last of January: there is no 31st of February."""
    assert months_later(date(2024, 1, 31), months) == last


async def test_what_a_mail_told_cannot_be_taken_back(core: Core) -> None:
    """The agent hears it, as of his own words; what had not left yet does not leave."""
    maria = await core.agent()
    for delivered, told in ((True, "cannot be taken back"), (False, "does not leave")):
        request = await _case(core, "refund", mail=True)
        await _walk(core, request, S.APPROVED)
        if delivered:
            await core.deliver()
        record = await CommunicationRecord.get(request_id=request, direction=Direction.OUTGOING)
        await core.answers.recall(maria, request, record.id, core.now)
        assert await Delivery.filter(request_id=request, kind=DeliveryKind.NOTICE, text__contains=told).exists()
        await core.deliver()
        sent = [one for one in core.channels["mail"].sent if one.kind is DeliveryKind.STEP and one.request == request]
        assert bool(sent) is delivered


async def test_a_step_that_does_not_arrive_is_told_and_can_be_sent_again(core: Core) -> None:
    """As an answer: the request waits for us again, and a retry sends the same words once."""
    request, maria = await _case(core), await core.agent()
    await _walk(core, request, S.APPROVED)
    job = await Delivery.get(request_id=request, kind=DeliveryKind.STEP)
    core.channels["telegram"].failures.append(Undeliverable("the customer has blocked the bot"))
    await core.deliver()
    row = await CustomerRequest.get(id=request)
    assert row.status is Status.OPEN
    assert "an answer did not arrive" in row.flags
    failed = await Delivery.get(id=job.id)
    assert (await core.settling.retry(job.id, failed.attempts, maria, core.now)).done
    await core.deliver()
    assert [one.kind for one in core.channels["telegram"].sent].count(DeliveryKind.STEP) == 1


async def test_a_step_that_no_chat_takes_goes_by_mail_to_a_proven_address(core: Core) -> None:
    """The same words, once."""
    request, maria = await _case(core), await core.agent()
    row = await CustomerRequest.get(id=request)
    await Address.create(
        customer_id=row.customer_id, channel="mail", value="b@customer.example", verified=True, created_at=core.now
    )
    await _walk(core, request, S.APPROVED)
    core.channels["telegram"].failures.append(Undeliverable("the customer has blocked the bot"))
    await core.deliver()
    job = await Delivery.get(request_id=request, kind=DeliveryKind.STEP)
    for _ in range(2):
        await core.settling.by_mail(job.id, job.attempts, maria, core.now)
    await core.deliver()
    [mail] = core.channels["mail"].sent
    assert mail.to == "b@customer.example"
    assert job.text in mail.text


async def test_a_step_that_comes_back_makes_the_request_ours_again(core: Core) -> None:
    """A bounce names the message; the agents read which one it was."""
    request = await _case(core, mail=True)
    await _walk(core, request, S.APPROVED)
    await core.deliver()
    job = await Delivery.get(request_id=request, kind=DeliveryKind.STEP)
    report = Bounce("bounce", (Failure("anna@customer.example", "5.1.1", "failed"),), job.message_id)
    daemon = Sender("mailer-daemon@customer.example")
    assert (await core.accept(letter("a report", bounce=report, sender=daemon, may_ack=False))).request == request
    row = await CustomerRequest.get(id=request)
    assert row.status is Status.OPEN
    assert "an answer did not arrive" in row.flags
    told = await Delivery.filter(request_id=request, kind=DeliveryKind.NOTICE).order_by("-id").first()
    assert told is not None
    assert told.text.startswith("The message on the case to anna@customer.example came back")


async def test_a_first_message_tells_of_the_warranty_and_of_an_earlier_repair(core: Core) -> None:
    """What is written in it is enough: the card needs no agent to look anything up."""
    first = await _case(core, "repair")
    await _set(core, first, "serial", "KX00AB12")
    words = (
        "Hello, my kettle is broken, please repair it. Model: KX-200, serial number KX00AB12, "
        "bought on 2 May 2025. Order number A-48213."
    )
    second = (await core.accept(letter(words, subject="Repair of my kettle"))).request or 0
    await core.sorting.categorise(second, "repair", await core.agent(), core.now)
    case, earlier = await AfterSalesCase.get(request_id=second), await AfterSalesCase.get(request_id=first)
    assert (case.serial_number, case.model, case.purchased_on) == ("KX00AB12", "KX-200", date(2025, 5, 2))
    assert (case.status, case.warranty_until, case.repeats) == (S.COMPLETE, date(2028, 5, 2), earlier.id)
    event = await Event.get(request_id=second, what="repeated repair")
    assert (event.actor, event.after) == ("intake", f"R-{first}")


async def test_a_case_that_an_agent_opens_knows_what_its_first_message_told(tmp_path: Path) -> None:
    """By the company's own numbers, and in the writer's language and year, as if the program had opened it."""
    path = tmp_path / "policy.toml"
    path.write_text("[numbers]\norder = ['ZZ~[0-9]{4}']")
    core = Core(tmp_path, policies=PolicyInUse(Policy.read(path)))
    text = "Guten Tag, es geht um ZZ~4711, gekauft am 3. Mai 2026. Was nun?"
    maria, opened = await core.agent(), await core.accept(letter(text))
    await core.sorting.categorise(opened.request or 0, "praise", maria, core.now)
    await core.sorting.categorise(opened.request or 0, "return", maria, core.now)
    case = await AfterSalesCase.get(request_id=opened.request)
    assert (case.order_number, case.purchased_on) == ("ZZ~4711", date(2026, 5, 3))
    assert case.sources == dict.fromkeys(("order_number", "purchased_on"), f"record {opened.record}")
    await FoundFact.all().delete()
    await AfterSalesCase.all().delete()
    await core.sorting.categorise(opened.request or 0, "exchange", maria, core.now)
    assert (await AfterSalesCase.get(request_id=opened.request)).order_number == "ZZ~4711"


async def test_a_first_message_may_name_several_orders_and_no_absurd_day(core: Core) -> None:
    """As many orders as an answer may name; a day on which nobody could have bought it is asked for."""
    await core.accept(
        letter(
            "I would like to return the kettles, please: order number 48213, order number 48214, order number 48213. "
            "They are K-200. I bought them on 3 March 1985."
        )
    )
    case = await AfterSalesCase.get()
    assert case.order_number == "48213, 48214"
    assert (case.purchased_on, case.missing[-1]) == (None, "purchased_on")
