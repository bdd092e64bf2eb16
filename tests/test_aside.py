"""What a process may do on Telegram that does not send for the bot: answer presses, a little; and what it learns of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.chat.channel import ChatChannel
from bot.desk.group import DeskGroup
from bot.desk.health import DeskHealth, Trouble
from bot.duties import Duty
from bot.wire.budget import Budget, Learnt
from bot.wire.client import Wire, make_bot
from bot.wire.paces import Paces
from intake.message import Accept, Elected, TryAgain
from storage.models import Delivery, Pace
from tests.builders import NOW

OLD, NEW = -1001, -1002
CUSTOMER = 501


def _wire(duty: Duty | None = None) -> Wire:
    """A bot's way out on which nobody is met: what is called is told to `_called`."""
    wire = Wire(make_bot("1:AAtoken", "http://127.0.0.1:1"), Budget(lambda: 0.0), duty=duty)
    wire.connected = True
    return wire


async def _nobody(accept: Accept) -> None:
    """Nothing comes in."""


def _calls(told: list[str], name: str) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        told.append(name)

    return call


async def test_what_the_outbox_sends_does_not_leave_once_another_process_sends() -> None:
    """A process that stood still finds so at each call, also between two parts of one answer."""
    told: list[str] = []
    duty = Duty("send:1", "us")
    wire = _wire(duty)
    channel: object = ChatChannel(wire, _nobody)
    assert isinstance(channel, Elected)
    await duty.held_until(float("inf"))
    assert channel.is_ours()
    with wire.on_duty():
        await wire.call(CUSTOMER, _calls(told, "first part"))
        await duty.end()
        with pytest.raises(TryAgain) as refused:
            await wire.call(CUSTOMER, _calls(told, "second part"))
    assert not channel.is_ours()
    assert refused.value.after == 0
    assert told == ["first part"]


async def test_a_press_is_shown_by_whoever_was_pressed_and_a_crowd_of_them_is_not() -> None:
    """One edit at once in a chat; what there is no room for waits for the outbox. Questions are not counted."""
    told: list[str] = []
    wire = _wire(Duty("send:1", "us"))
    for chat in (CUSTOMER, OLD):
        await wire.call(chat, _calls(told, f"edit in {chat}"))
        with pytest.raises(TryAgain):
            await wire.call(chat, _calls(told, "too much"))
        await wire.call(chat, _calls(told, f"question about {chat}"), family="member")
    assert told == [f"{what} {chat}" for chat in (CUSTOMER, OLD) for what in ("edit in", "question about")]
    assert wire.budget.room(CUSTOMER) > 1, "what the sender may do is not touched"


@pytest.mark.usefixtures("database")
async def test_whoever_takes_over_goes_on_at_the_pace_that_was_learnt() -> None:
    """What he believed himself is out of date; who only answers presses writes nothing down."""
    budget = Budget(lambda: 0.0)
    paces = Paces(1, budget, lambda: 0.0, lambda: NOW)
    budget.refused(CUSTOMER, "send", 600)  # long ago, when he was the sender
    before = Budget(lambda: 0.0)
    before.refused(OLD, "send", 30)
    await Paces(1, before, lambda: 0.0, lambda: NOW).save(at_once=True)
    await paces.load()
    assert [(one.chat, one.paused_for) for one in budget.learnt()] == [(OLD, 30)]
    aside = Wire(make_bot("1:AAtoken", "http://127.0.0.1:1"), Budget(), paces, Duty("send:1", "us"))
    aside.connected = True
    aside.budget.remember([Learnt(7, "send", 1, 0, 600)], 0)
    await aside.call(7, _calls([], "edit"))
    assert [row.chat for row in await Pace.all()] == [str(OLD)]


@pytest.mark.usefixtures("database")
async def test_a_group_that_has_moved_is_told_once_and_found_by_all() -> None:
    """Telegram tells one process, or several; each goes on in the new group, and General hears it once."""
    groups = [DeskGroup(_wire(), OLD) for _ in range(3)]
    first, second, third = (DeskHealth(group, (), lambda: None, lambda: NOW) for group in groups)
    await first.moved(NEW)
    await second.moved(NEW)
    await third.follow()
    assert [group.chat for group in groups] == [NEW] * 3
    assert await Delivery.all().count() == 1


@pytest.mark.usefixtures("database")
async def test_who_does_not_send_to_the_desk_does_not_speak_for_it() -> None:
    """What he once heard of it may be mended since: he is ready for what comes all the same."""
    for duty, told in ((Duty.for_ever(), "No rights."), (Duty("send:1", "us"), None)):
        health = DeskHealth(DeskGroup(_wire(duty), OLD), (), lambda: None, lambda: NOW)
        health._trouble = Trouble("No rights.")
        assert health.trouble == told
