"""A policy that changes dates the cases under way anew: each once, none that an agent has dated, none that is done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from intake.agents.case_facts import FIELDS
from intake.message import Sender
from intake.policy import Policy, PolicyInUse
from intake.redating import Redating
from storage.kinds import CaseStatus, DeliveryKind
from storage.models import AfterSalesCase, Delivery, Event
from tests.builders import Core, letter

pytestmark = pytest.mark.usefixtures("database")

POLICY = '[[warranty]]\nline = "All"\nmonths = {months}\n[returns]\ndays = {days}\n'


class World:
    """A core whose policy file changes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "policy.toml"
        self._in_use = PolicyInUse()
        self.change(24, 14)
        self.core = Core(folder, policies=self._in_use)
        self.redating = Redating(self.core.house, lambda: self.core.now, self.core.outbox.wake)

    def change(self, months: int, days: int) -> None:
        self._path.write_text(POLICY.format(months=months, days=days))
        self._in_use.use(Policy.read(self._path))

    async def looks(self) -> int:
        """It is seen first, and done then."""
        assert await self.redating.look() == 0
        return await self.redating.look()

    async def case(self, bought: str = "3 March 2026") -> int:
        text = f"I want to return the kettle, model K-200, order number 48213, bought on {bought}."
        receipt = await self.core.accept(letter(text))
        return receipt.request or 0


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def _dates(request: int) -> tuple[date | None, date | None]:
    case = await AfterSalesCase.get(request_id=request)
    return case.warranty_until, case.return_until


async def test_a_changed_policy_dates_the_cases_under_way(world: World) -> None:
    """With an event, and a card that is drawn anew; a second look changes nothing."""
    request = await world.case()
    assert await _dates(request) == (date(2028, 3, 3), date(2026, 3, 17))
    await world.core.deliver()
    assert await world.looks() == 0  # it is as the policy says
    world.change(36, 30)
    assert await world.looks() == 1
    assert await _dates(request) == (date(2029, 3, 3), date(2026, 4, 2))
    [event] = await Event.filter(what="case dates")
    assert event.before == "warranty until 2028-03-03, back until 2026-03-17"
    assert event.after == "warranty until 2029-03-03, back until 2026-04-02"
    assert await Delivery.filter(kind=DeliveryKind.CARD, request_id=request, state="queued").count() == 1
    assert await world.looks() == 0


async def test_what_an_agent_has_dated_and_what_is_done_stay(world: World) -> None:
    """His word counts more than the rules; what is over is history."""
    his, done = await world.case(), await world.case()
    [field] = [one for one in FIELDS if one.column == "warranty_until"]
    await world.core.casework.set_fact(his, field, "2030-01-01", await world.core.agent(), world.core.now)
    await AfterSalesCase.filter(request_id=done).update(status=CaseStatus.DONE)
    world.change(36, 14)
    assert await world.looks() == 0
    assert (await _dates(his))[0] == date(2030, 1, 1)
    assert (await _dates(done))[0] == date(2028, 3, 3)


async def test_many_cases_are_all_dated(world: World) -> None:
    """A few at a time; those without a day of purchase are not even read."""
    first = await world.case()
    case = await AfterSalesCase.get(request_id=first)
    for number in range(60):
        sender = Sender(f"anna@customer{number}.example")
        request = (await world.core.accept(letter("Hello there", sender=sender))).request or 0
        await AfterSalesCase.create(
            request_id=request, type=case.type, status=CaseStatus.COMPLETE, model="K-200", missing=[],
            purchased_on=date(2026, 5, 31), created_at=world.core.now,
        )  # fmt: skip
    world.change(1, 14)
    assert await world.looks() == 61
    assert await AfterSalesCase.filter(warranty_until=date(2026, 6, 30)).count() == 60
