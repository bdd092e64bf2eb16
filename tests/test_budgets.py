"""Whoever forges senders makes no mail bomb of us: what leaves by itself is bounded, what comes in is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from intake.house import House
from intake.mail.providers import is_provider, organisation
from intake.message import Sender
from intake.outgoing.budgets import LEAST, Budget, of_organisation
from intake.tally import What, tally
from storage.database import Database
from storage.models import CustomerRequest, Delivery, Event
from tests.builders import Core, chat, letter


def _core(folder: Path, **changes: object) -> Core:
    return Core(folder, organisation=organisation, is_provider=is_provider, **changes)


async def _acknowledged(**wanted: object) -> int:
    return await Delivery.filter(kind="acknowledgement", **wanted).count()


async def test_acknowledgements_to_one_organisation_are_bounded(database: Database, tmp_path: Path) -> None:
    """All of its mailboxes and subdomains share the budget; others have their own."""
    core = _core(tmp_path, acks_per_hour=200)
    before = tally.counts[What.WITHHELD, Budget.DOMAIN]
    for number in range(25):
        host = ("victim.co.uk", "mail.victim.co.uk", "VICTIM.co.uk")[number % 3]
        await core.accept(letter(sender=Sender(f"user{number}@{host}")))
    assert await _acknowledged() == 10
    await core.accept(letter(sender=Sender("user@other.co.uk")))
    assert await _acknowledged() == 11
    assert await CustomerRequest.all().count() == 26
    assert tally.counts[What.WITHHELD, Budget.DOMAIN] - before == 15
    core.later(hours=1, seconds=1)
    await core.accept(letter(sender=Sender("user99@victim.co.uk")))
    assert await _acknowledged() == 12


async def test_people_at_a_provider_do_not_use_up_each_others_budget_as_soon(
    database: Database, tmp_path: Path
) -> None:
    """Half of all may go to one provider's mailboxes."""
    core = _core(tmp_path, acks_per_hour=100)
    for number in range(60):
        await core.accept(letter(sender=Sender(f"user{number}@gmail.com")))
    assert await _acknowledged() == 50


async def test_a_used_up_budget_is_told_once_and_counted_on_each_request(database: Database, tmp_path: Path) -> None:
    """General hears that something goes on, with what to do; an address that writes often is nobody's alarm."""
    core = _core(tmp_path, acks_per_hour=20)
    for number in range(40):
        await core.accept(letter(sender=Sender(f"user{number}@domain{number}.example")))
    for _ in range(8):
        await core.accept(letter(sender=Sender("often@another.example")))
    assert await _acknowledged() == 20
    assert await Event.filter(what="acknowledgement withheld").count() == 28
    [told] = await Delivery.filter(kind="notice", request_id__isnull=True)
    assert "/block" in told.text
    assert "INTAKE_ACKS_PER_HOUR" in told.text


async def test_at_once_a_budget_is_overdrawn_by_those_under_way_at_most(database: Database, tmp_path: Path) -> None:
    """Each looks before the others have committed: as many more as there are connections to the database."""
    core = _core(tmp_path, acks_per_hour=20)
    senders = [Sender(f"user{number}@domain{number}.example") for number in range(60)]
    await asyncio.gather(*(core.accept(letter(sender=sender)) for sender in senders))
    assert 20 <= await _acknowledged() <= 20 + 10
    assert await CustomerRequest.all().count() == 60


async def test_a_chat_has_no_organisation(database: Database, tmp_path: Path) -> None:
    """Customers of a bot share nothing but the budget of all."""
    core = _core(tmp_path, acks_per_hour=40)
    for number in range(30):
        await core.accept(chat(sender=Sender(str(6000 + number)), reply_to=None))
    assert await _acknowledged(recipient_domain=None) == 30


async def test_no_limit_is_none(database: Database, tmp_path: Path) -> None:
    """0 lifts all of them."""
    core = _core(tmp_path, acks_per_hour=0, acks_per_sender_per_day=0, requests_per_sender_per_hour=0)
    for number in range(40):
        await core.accept(letter(sender=Sender(f"user{number % 3}@victim.example")))
    assert await _acknowledged() == 40


@pytest.mark.parametrize(
    ("hour", "name", "expected"), [(600, "shop.example", 30), (600, "gmail.com", 300), (5, "shop.example", LEAST)]
)
def test_an_organisations_budget_follows_from_the_whole(hour: int, name: str, expected: int) -> None:
    """A twentieth, a provider's a half, and never so little that an office cannot write."""
    assert of_organisation(House(acks_per_hour=hour, is_provider=is_provider), name) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a@mail.shop.co.uk", "shop.co.uk"),
        ("a@GMAIL.com.", "gmail.com"),
        ("a@localhost", "localhost"),
        ("a@", None),
        ("6001", None),
    ],
)
def test_an_organisation_is_known_by_its_domain(address: str, expected: str | None) -> None:
    """As DMARC sees it."""
    assert organisation(address) == expected
