"""Laws of the facts that are kept, of what a customer's card learns of them, and of what agents set by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.agents.customer_data import CustomerData
from intake.message import Hint, Inbound, Proof, Sender
from intake.understanding.facts import own_words
from storage.facts import facts_of
from storage.models import Address, CommunicationRecord, Customer, CustomerRequest, Event, FoundFact
from storage.reports import Kind, Wanted, lines
from tests.builders import Core, chat, letter

pytestmark = pytest.mark.usefixtures("database")

ANNA = Sender("anna@customer.example", "")
TOLD = (
    "Order 48213 is broken.\n\nRegards,\nAnna Schmidt\nLindenweg 12, 50674 Köln\nTel. +49 221 901820\n"
    "anna.s@home.example"
)


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


@pytest.fixture
def data(core: Core) -> CustomerData:
    return CustomerData(core.house, core.outbox.wake)


def _told(text: str = TOLD, **changes: object) -> Inbound:
    return letter(text, **{"sender": ANNA, "verified": True, **changes})


async def test_the_facts_of_a_message_are_kept_with_their_places(core: Core) -> None:
    """An agent can see where each one stands: in the subject, the new words or the signature."""
    receipt = await core.accept(_told(f"{TOLD}\n\n-- \nAnna Schmidt\nIMEI 356938035643809", subject="Order 48213"))
    record = await CommunicationRecord.get(id=receipt.record)
    kept = await facts_of(receipt.request or 0)
    whole = own_words(record.subject, record.reply_text, "-- \nAnna Schmidt\nIMEI 356938035643809")
    assert {fact.kind for fact in kept} == {
        *("order_number", "name", "postal_address", "phone", "email", "serial_number"),
    }
    for fact in kept:
        assert fact.record_id == record.id
        if fact.kind in ("order_number", "name", "serial_number", "postal_address"):
            assert whole[fact.start : fact.end] == fact.value


async def test_facts_are_exported_with_the_record_that_they_stand_in(core: Core) -> None:
    """Kind, value, place and how sure it is; none for a message without any."""
    await core.accept(_told("Where is order 48213?"))
    await core.accept(_told("Hello there"))
    first, second = [line["facts"] async for line in lines(Kind.RECORD, Wanted())]
    [found] = await FoundFact.all()
    place = {"start": found.start, "end": found.end, "confidence": found.confidence}
    assert first == [{"kind": "order_number", "value": "48213", **place}]
    assert second == []
    request, *_ = [line async for line in lines(Kind.REQUEST, Wanted())]
    row = await CustomerRequest.get(id=1001)
    assert (request["category_choices"], request["category_model"]) == (row.category_choices, row.category_model)
    assert request["priority_reasons"] == row.priority_reasons


async def test_a_customer_is_known_by_what_he_wrote(core: Core) -> None:
    """Name, telephone, mail address and postal address, and which record says so; none proves who he is."""
    receipt = await core.accept(_told())
    customer = await Customer.get()
    assert (customer.name, customer.phone) == ("Anna Schmidt", "+49221901820")
    assert (customer.email, customer.postal_address) == ("anna.s@home.example", "Lindenweg 12, 50674 Köln")
    assert set((customer.sources or {}).values()) == {f"record {receipt.record}"}
    assert [address.value for address in await Address.all()] == ["anna@customer.example"]
    event = await Event.get(what="customer's data")
    assert (event.actor, event.request_id) == ("intake", receipt.request)


PASSED_ON = (
    "\n\nFrom: Bob <bob@elsewhere.example>\nTo: Anna\nSubject: Order\n\nYours,\nBob Miller\nTel. +49 30 901820\n"
)


@pytest.mark.parametrize(
    ("subject", "mark"),
    [
        ("Fwd: Order", "---------- Forwarded message ---------"),
        ("Order 48213", "---------- Forwarded message ---------"),
        ("WG: Bestellung", "-----Weitergeleitete Nachricht-----"),
        ("FW: Order", ""),
    ],
)
async def test_what_he_passes_on_tells_nothing_of_him(core: Core, subject: str, mark: str) -> None:
    """Another's name and number stand in it; his own above it count where it is clear where it begins."""
    await core.accept(_told(f"See below. Call me: +49 221 901820\n\n{mark}{PASSED_ON}", subject=subject))
    customer = await Customer.get()
    assert (customer.name, customer.phone) == ("", "+49221901820" if mark else None)
    assert await FoundFact.filter(kind="phone", value="+4930901820").count() == 1


async def test_a_forwarded_chat_message_tells_nothing_of_him(core: Core) -> None:
    """Somebody else has written it."""
    text = "My name is Peter Lang. Call me: +49 30 901820\nLindenweg 12, 50674 Köln"
    await core.accept(chat(text, remarks=("forwarded",)))
    customer = await Customer.get()
    assert (customer.phone, customer.postal_address, customer.sources) == (None, None, None)
    await core.accept(chat(text))
    assert (await Customer.get()).phone == "+4930901820"


async def test_later_words_replace_earlier_ones_and_no_name_that_the_wire_gave(core: Core) -> None:
    """Who moves says so; what his mail program calls him stays."""
    named = Sender("anna@customer.example", "Anna B. Schmidt")
    await core.accept(_told(sender=named))
    await core.accept(_told("My new address: Am Alten Markt 3, 18055 Rostock", sender=named))
    customer = await Customer.get()
    assert customer.postal_address == "Am Alten Markt 3, 18055 Rostock"
    assert customer.name == "Anna B. Schmidt"


@pytest.mark.parametrize("text", ["Call +49 221 901820 or +49 30 901820", "no number at all"])
async def test_of_two_numbers_none_is_his(text: str, core: Core) -> None:
    """Nobody knows which one; both are kept as facts."""
    await core.accept(_told(text))
    assert (await Customer.get()).phone is None


async def test_whoever_only_says_that_he_is_somebody_writes_nothing_on_his_card(core: Core) -> None:
    """A mail that is not proven to come from a proven customer's address may be anybody's."""
    await core.accept(_told("Hello"))
    await core.accept(_told(verified=False))
    customer = await Customer.get()
    assert (customer.phone, customer.email, customer.postal_address) == (None, None, None)
    assert await FoundFact.filter(kind="phone").count() == 1


async def test_unproven_words_replace_none_that_came_before(core: Core) -> None:
    """Under the address of somebody whose mail is never proven, a stranger does not change where he is called."""
    await core.accept(_told(verified=False))
    await core.accept(_told("Call me at +49 30 901820, please.", verified=False))
    assert (await Customer.get()).phone == "+49221901820"
    assert await FoundFact.filter(kind="phone", value="+4930901820").count() == 1


async def test_the_first_proof_forgets_what_anybody_could_have_said(core: Core) -> None:
    """Words under an unproven address may have been a stranger's."""
    await core.accept(_told(verified=False))
    assert (await Customer.get()).postal_address is not None
    await core.accept(_told("Hello"))
    customer = await Customer.get()
    assert (customer.phone, customer.email, customer.postal_address, customer.sources) == (None, None, None, None)


async def test_a_robots_words_are_no_facts(core: Core) -> None:
    """An automatic answer has a signature too, and it is nobody's."""
    await core.accept(_told(auto_reason="Auto-Submitted", may_ack=False))
    assert await FoundFact.all().count() == 0


async def test_a_shared_number_counts_more_than_a_written_one(core: Core) -> None:
    """The wire vouches for a contact of his own."""
    await core.accept(chat("my number is +49 221 901820"))
    assert (await Customer.get()).phone == "+49221901820"
    await core.accept(chat("[own contact]", sender=Sender("501", "Boris", "ru", "+493012345678"), wordless=True))
    await core.accept(chat("my number is +49 221 901820"))
    customer = await Customer.get()
    assert (customer.phone, (customer.sources or {})["phone"]) == ("+493012345678", "shared contact")


async def test_a_shared_place_is_an_address(core: Core) -> None:
    """He need not type it."""
    await core.accept(chat("[place: Home, 1 Market Street]", place="1 Market Street", wordless=True))
    assert (await Customer.get()).postal_address == "1 Market Street"


@pytest.mark.parametrize(
    ("said", "column", "value"),
    [
        ("phone 0049 30 901820", "phone", "+4930901820"),
        ("phone ask for Anna 12", "phone", None),
        ("email Anna@Home.Example", "email", "anna@home.example"),
        ("email nobody", "email", None),
        ("address  Lindenweg 1,  Köln", "postal_address", "Lindenweg 1, Köln"),
        ("name: Anna Berg", "name", "Anna Berg"),
        ("shoe 42", "name", ""),
        ("name", "name", ""),
    ],
)
async def test_an_agent_sets_what_is_known(
    said: str, column: str, value: str | None, core: Core, data: CustomerData
) -> None:
    """As we keep it; what is none is refused, with how to say it."""
    receipt = await core.accept(_told("Hello"))
    outcome = await data.set(receipt.request or 0, said, await core.agent(), core.now)
    assert getattr(await Customer.get(), column) == value
    assert outcome.done is bool(value)
    assert await Event.filter(what__startswith="customer's").count() == int(bool(value))


async def test_no_message_changes_what_an_agent_has_set(core: Core, data: CustomerData) -> None:
    """Until he forgets it: then it may be learnt anew."""
    receipt = await core.accept(_told("Hello"))
    agent = await core.agent()
    for said in ("name Anna Berg", "phone +49 30 5550", "address Elsewhere 1", "email a@b.example"):
        await data.set(receipt.request or 0, said, agent, core.now)
    await core.accept(_told())
    customer = await Customer.get()
    assert (customer.name, customer.postal_address, customer.email) == ("Anna Berg", "Elsewhere 1", "a@b.example")
    await data.set(receipt.request or 0, "address -", agent, core.now)
    assert (await Customer.get()).postal_address is None
    await core.accept(_told())
    assert (await Customer.get()).postal_address == "Lindenweg 12, 50674 Köln"


async def test_an_agents_name_for_a_chat_stays(core: Core, data: CustomerData) -> None:
    """Though Telegram calls him something else each time."""
    receipt = await core.accept(chat())
    await data.set(receipt.request or 0, "name Boris Petrov", await core.agent(), core.now)
    core.later(hours=3)
    await core.accept(chat(sender=Sender("501", "🦊", "ru")))
    assert (await Customer.get()).name == "Boris Petrov"


async def test_facts_go_where_their_message_goes(core: Core) -> None:
    """Joined or split off, they are found with it."""
    target = (await core.accept(_told("Hello"))).request or 0
    token = (Hint(target, Proof.SIGNED_ADDRESS),)
    other = await core.accept(
        letter("Order 48213", sender=Sender("eve@other.example", "Eve"), verified=True, hints=token)
    )
    agent = await core.agent()
    await core.actions.join(other.request or 0, target, agent, core.now)
    assert [fact.value for fact in await facts_of(target)] == ["48213"]
    split = await core.actions.split(target, other.record, agent, core.now)
    assert [fact.value for fact in await facts_of(split.request or 0)] == ["48213"]
    assert await facts_of(target) == []
