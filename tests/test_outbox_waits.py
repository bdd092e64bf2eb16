"""A wire that is away is asked by one job; nothing that waits for it is lost, and nobody is left in the dark."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.mailcatcher import MailCatcher
from bot.wire.errors import DeskAway
from intake.mail.send import Smarthost
from intake.message import Attachment, Away, Outbound, Sender, Sent, TryAgain
from intake.outgoing.waits import FIRST_WAIT_S, GIVE_UP_AFTER, MANNERS, Breaker, back_off
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery
from tests.builders import NOW, Core, RecordingChannel, chat, letter, words
from tests.test_mail_send import letter as composed


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


@dataclass
class Relay(RecordingChannel):
    """A wire that is there or not."""

    there: bool = False
    asked: list[int] = field(default_factory=list)

    async def send(self, outbound: Outbound) -> Sent:
        self.asked.append(outbound.delivery)
        if not self.there:
            raise Away("The relay cannot be reached.")
        return await super().send(outbound)


def _relay(core: Core, name: str) -> Relay:
    made = Relay(name, repeatable=name != "telegram")
    core.channels[name] = made
    return made


async def _many_letters(core: Core, count: int) -> None:
    for number in range(count):
        await core.accept(letter(sender=Sender(f"customer{number}@shop.example")))


async def _one_turn(core: Core) -> None:
    await core.outbox._turn()
    if core.outbox._working:
        await asyncio.wait(core.outbox._working)


@pytest.mark.usefixtures("database")
async def test_one_job_asks_for_a_relay_that_is_away(core: Core) -> None:
    """Thirty mails wait: the first few find out, then one at a time, ever more seldom; the others are not tried."""
    relay = _relay(core, "mail")
    await _many_letters(core, 30)
    await core.deliver()
    assert len(relay.asked) <= MANNERS["mail"].places
    relay.asked.clear()
    for _ in range(360):
        core.later(seconds=10)
        await _one_turn(core)
    assert 45 <= len(relay.asked) <= 100  # about one a minute, after a quick start
    assert sum([row.attempts for row in await Delivery.filter(channel="mail")]) <= 104
    assert core.outbox.away["mail"].reason == "The relay cannot be reached."
    assert core.outbox.away["mail"].since == NOW


@pytest.mark.usefixtures("database")
async def test_when_the_relay_is_back_all_leaves_within_a_minute(core: Core) -> None:
    """Those that were tried do not wait longer than those that were not."""
    relay = _relay(core, "mail")
    await _many_letters(core, 12)
    for _ in range(60):
        core.later(seconds=20)
        await _one_turn(core)
    relay.there = True
    core.later(seconds=76)
    await core.deliver()
    core.later(seconds=76)
    await core.deliver()
    assert len(relay.sent) == 12
    assert core.outbox.away == {}


@pytest.mark.usefixtures("database")
async def test_mail_that_waits_for_a_relay_is_given_up_after_five_days(core: Core) -> None:
    """Also what was never tried: the agents hear of each answer, and the request waits for us again."""
    _relay(core, "mail")
    agent = await core.agent()
    receipts = [await core.accept(letter(sender=Sender(f"customer{n}@shop.example"))) for n in range(9)]
    for receipt in receipts:
        await core.answers.reply(agent, words(receipt.request or 0, "Hello"), core.now)
    await core.deliver()
    core.later(days=5)
    for _ in range(5):  # what was just tried comes a little later, and an answer after its acknowledgement
        core.later(minutes=2)
        await core.deliver()
    rows = await Delivery.filter(channel="mail")
    assert {row.state for row in rows} == {DeliveryState.FAILED}
    assert all("given up after 5 days" in (row.last_error or "") for row in rows)
    told = [sent for sent in core.channels["desk"].sent if sent.kind == DeliveryKind.NOTICE]
    assert len({notice.concerns for notice in told}) == 18


@pytest.mark.parametrize("lane", ["telegram", "desk"])
@pytest.mark.usefixtures("database")
async def test_what_waits_for_telegram_outlasts_an_outage_of_two_weeks(core: Core, lane: str) -> None:
    """It has nowhere else to go. Busy or refused at its return, it has five more days."""
    wire = _relay(core, lane)
    await core.accept(chat())
    for _ in range(14):
        await core.deliver()
        core.later(days=1)
    wire.there, wire.failures = True, [TryAgain("busy", after=1)]
    await core.deliver()
    core.later(seconds=2)
    await core.deliver()
    assert await Delivery.filter(channel=lane).exclude(state=DeliveryState.SENT).count() == 0


@pytest.mark.usefixtures("database")
async def test_a_desk_that_somebody_must_mend_loses_nothing(core: Core) -> None:
    """The bot was thrown out of the group, and nobody noticed for a week."""
    core.channels["desk"].failures = [DeskAway("the bot was removed")] * 8
    await core.accept(letter())
    for _ in range(10):
        await core.deliver()
        core.later(days=1)
    assert await Delivery.filter(channel="desk").exclude(state=DeliveryState.SENT).count() == 0


@pytest.mark.usefixtures("database")
async def test_a_job_that_telegram_never_takes_is_given_up(core: Core) -> None:
    """Telegram is there all the time: the job is at fault, and must not hold up its topic for ever."""
    core.channels["desk"].failures = [TryAgain("no", after=3600)] * 1000
    await core.accept(letter())
    for _ in range(7):
        await core.deliver()
        core.later(days=1)
    assert await Delivery.filter(kind=DeliveryKind.MIRROR, state=DeliveryState.FAILED).count() == 1


class Elsewhere(RecordingChannel):
    """A channel for which another process sends."""

    mine = False

    def is_ours(self) -> bool:
        return self.mine


@pytest.mark.usefixtures("database")
async def test_what_another_process_sends_is_neither_sent_nor_fetched_here(core: Core) -> None:
    """Nothing is claimed for it until it is ours to send: neither messages nor files."""
    core.channels["telegram"] = channel = Elsewhere("telegram", repeatable=False)
    core.fetched["f"] = b"a picture"
    await core.accept(chat(attachments=(_picture(),)))
    await core.deliver()
    assert await Delivery.filter(channel="telegram", attempts__gt=0).count() == 0
    channel.mine = True
    await core.deliver()
    assert await Delivery.filter(channel="telegram").exclude(state=DeliveryState.SENT).count() == 0


def _picture() -> Attachment:
    return Attachment("p.jpg", "image/jpeg", 9, remote_id="f")


@pytest.mark.parametrize(
    ("how", "away"),
    [
        ({"mail_answer": "421 4.3.2 Closing"}, True),
        ({"mail_answer": "530 5.7.0 Authentication required"}, True),
        ({"mail_answer": "451 4.7.1 Greylisted"}, False),
        ({"rcpt_answer": "421 4.7.0 Too many for this one"}, False),
        ({"data_answer": "451 4.3.0 Try later"}, False),
    ],
)
async def test_only_what_would_meet_any_mail_means_that_the_relay_is_away(how: dict[str, str], away: bool) -> None:
    """A recipient that is put off holds up nobody else."""
    catcher = MailCatcher(**how)  # type: ignore[arg-type]  # a test says which fault it wants
    await catcher.start()
    try:
        with pytest.raises(TryAgain) as error:
            await Smarthost(f"smtp://127.0.0.1:{catcher.port}").send(composed(), "a@example.com", "b@example.com")
    finally:
        await catcher.stop()
    assert isinstance(error.value, Away) is away


async def test_a_relay_that_nobody_listens_for_is_away() -> None:
    """The connection is refused."""
    with pytest.raises(Away):
        await Smarthost("smtp://127.0.0.1:9").send(composed(), "a@example.com", "b@example.com")


def test_a_breaker_asks_ever_more_seldom_and_forgets_when_the_wire_is_back() -> None:
    """Those who were under way with the first to fail say nothing new."""
    breaker, now = Breaker(MANNERS["mail"], NOW), NOW
    assert breaker.room(now, busy=1) == MANNERS["mail"].places - 1
    first = breaker.away(now, "gone")
    assert breaker.away(now + timedelta(seconds=0.1), "gone") < first
    assert (breaker.room(now, 0), breaker.room(now + timedelta(seconds=2), 1)) == (0, 0)
    waits = []
    for _ in range(12):
        now = now + timedelta(seconds=90)
        assert breaker.room(now, 0) == 1
        waits.append(breaker.away(now, "gone"))
    assert waits[0] < waits[3] < waits[6] <= 75
    breaker.back()
    assert breaker.room(now, 0) == MANNERS["mail"].places


def test_mail_waits_longer_and_longer_up_to_two_hours() -> None:
    """Each attempt after about twice the time; a crowd does not come back at once."""
    assert back_off(1, 7200) < 2 * FIRST_WAIT_S
    waits = [back_off(40, 7200) for _ in range(50)]
    assert min(waits) >= 0.75 * 7200
    assert max(waits) <= 1.25 * 7200
    assert len(set(waits)) > 40
    assert timedelta(days=5) == GIVE_UP_AFTER
