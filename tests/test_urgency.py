"""Laws of what the past adds to how urgent a message is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from intake.message import Sender
from intake.policy import Deadlines, Policy, PolicyInUse, Vip
from storage.kinds import Priority, Status
from storage.models import CustomerRequest, Event
from tests.builders import Core, chat, letter

pytestmark = pytest.mark.usefixtures("database")

CALM = "Hello, when will order 48213 arrive, please?"


@pytest.fixture
def core(tmp_path: Path) -> Core:
    policy = Policy(
        vip=Vip(addresses=frozenset({"queen@palace.example"}), domains=frozenset({"partner.example"})),
        deadlines=Deadlines(normal=timedelta(hours=24)),
    )
    return Core(tmp_path, policies=PolicyInUse(policy))


async def _request(number: int | None) -> CustomerRequest:
    return await CustomerRequest.get(id=number)


@pytest.mark.parametrize(
    ("address", "verified", "priority"),
    [
        ("queen@palace.example", True, Priority.HIGH),
        ("anybody@berlin.partner.example", True, Priority.HIGH),
        ("queen@palace.example", False, Priority.NORMAL),
        ("anna@customer.example", True, Priority.NORMAL),
    ],
)
async def test_an_important_customer_is_important_when_it_is_surely_him(
    core: Core, address: str, verified: bool, priority: Priority
) -> None:
    """Anybody can write his address into a letter."""
    receipt = await core.accept(letter(CALM, sender=Sender(address, "Q"), verified=verified))
    request = await _request(receipt.request)
    assert request.priority is priority
    assert request.priority_reasons == (["important customer"] if priority is Priority.HIGH else [])


async def test_the_third_request_that_waits_is_repeated_contact(core: Core) -> None:
    """Who opens one request after the other is heard; done ones do not count."""
    first = await core.accept(letter(CALM, subject="Parcel"))
    second = await core.accept(letter("Please send me the invoice for it.", subject="Invoice"))
    assert (await _request(second.request)).priority is Priority.NORMAL
    third = await core.accept(letter("Does anybody read this?", subject="Hello"))
    request = await _request(third.request)
    assert request.priority is Priority.HIGH
    assert request.priority_reasons == ["repeated contact: 2 other requests of his wait for us"]
    await CustomerRequest.filter(id=first.request).update(status=Status.RESOLVED, waiting_since=None)
    await CustomerRequest.filter(id=third.request).update(status=Status.RESOLVED, waiting_since=None)
    fourth = await core.accept(letter("And one more question about sizes.", subject="Sizes"))
    assert (await _request(fourth.request)).priority is Priority.NORMAL


@pytest.mark.parametrize(
    ("hours", "priority", "why"),
    [
        (17, Priority.NORMAL, None),
        (19, Priority.HIGH, "writes again after 19 hours"),
        (49, Priority.HIGH, "writes again after 2 days; the time for an answer is over"),
    ],
)
async def test_who_writes_again_while_he_waits_is_raised_in_time(
    core: Core, hours: int, priority: Priority, why: str | None
) -> None:
    """From three quarters of the time within which somebody must have answered."""
    first = await core.accept(chat(CALM))
    core.later(hours=hours)
    second = await core.accept(chat("Is anybody there who can help me?"))
    assert second.request == first.request
    request = await _request(first.request)
    assert request.priority is priority
    assert request.priority_reasons == ([why] if why else [])
    told = await Event.filter(request_id=request.id, what="priority")
    assert [(event.actor, event.before, event.after) for event in told] == (
        [("intake", "normal", "high")] if why else []
    )


async def test_a_further_message_raises_and_never_lowers(core: Core) -> None:
    """Danger that is told in the second message is danger; patience in the third takes nothing back."""
    first = await core.accept(chat(CALM))
    await core.accept(chat("By the way, the charger is smoking!"))
    assert (await _request(first.request)).priority is Priority.URGENT
    await core.accept(chat("No hurry, whenever you have time."))
    assert (await _request(first.request)).priority is Priority.URGENT


async def test_what_an_agent_has_set_stays(core: Core) -> None:
    """He has looked, and knows better."""
    first = await core.accept(chat(CALM))
    await core.sorting.prioritise(first.request or 0, Priority.LOW, await core.agent(), core.now)
    await core.accept(chat("By the way, the charger is smoking!"))
    assert (await _request(first.request)).priority is Priority.LOW


async def test_the_first_words_behind_a_picture_lower_nothing(core: Core) -> None:
    """Neither what an agent has set, nor what the past has raised; what they say themselves counts."""
    maria = await core.agent()
    queen = Sender("7", "Q")
    pictured = [
        await core.accept(chat("[photo]", wordless=True, form="photo", sender=Sender(str(n), "A"))) for n in range(3)
    ]
    await core.sorting.prioritise(pictured[0].request or 0, Priority.URGENT, maria, core.now)
    core.later(hours=30)
    for number, words in enumerate((CALM, CALM, "Thank you, everything was perfect!")):
        await core.accept(chat(words, sender=Sender(str(number), "A")))
    found = [await _request(one.request) for one in pictured]
    assert found[2].category == "praise"
    assert [one.priority for one in found] == [Priority.URGENT, Priority.HIGH, Priority.HIGH]
    assert found[1].priority_reasons == ["writes again after 30 hours; the time for an answer is over"]
    at_once = await core.accept(chat("[photo]", wordless=True, form="photo", sender=queen))
    await core.accept(chat("Thank you, everything was perfect!", sender=queen))
    assert (await _request(at_once.request)).priority is Priority.LOW
