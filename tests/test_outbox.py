"""What leaves, leaves in order, once, and nobody is left in the dark about what did not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from intake.message import Attachment, Outbound, Sender, TryAgain, Undeliverable, Unknown
from intake.outgoing.waits import Looks, back_off
from storage import deliveries
from storage.claims import LEASE
from storage.database import Database
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery, StoredAttachment
from tests.builders import NOW, Core, chat, claimed, letter, words

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def _states(**wanted: object) -> list[DeliveryState]:
    return [row.state for row in await Delivery.filter(**wanted).order_by("id")]


def _notices(core: Core) -> list[Outbound]:
    return [sent for sent in core.channels["desk"].sent if sent.kind == DeliveryKind.NOTICE]


async def test_what_is_due_is_sent_with_the_id_it_was_queued_with(core: Core) -> None:
    """The Message-ID is fixed in the row; the wire's ids come back into it."""
    await core.accept(letter())
    await core.deliver()
    [sent] = core.channels["mail"].sent
    row = await Delivery.get(kind=DeliveryKind.ACKNOWLEDGEMENT)
    assert sent.message_id == row.message_id == row.external_id
    assert (row.state, row.attempts, row.sent_at) == (DeliveryState.SENT, 1, NOW)
    assert sent.automatic


async def test_an_attempt_that_did_not_leave_is_repeated_later_with_the_same_id(core: Core) -> None:
    """Back-off, and every attempt carries the same Message-ID."""
    core.channels["mail"].failures = [TryAgain("451 busy"), TryAgain("451 busy", after=300)]
    await core.accept(letter())
    await core.deliver()
    assert core.channels["mail"].sent == []
    core.later(seconds=10)
    await core.deliver()
    core.later(seconds=200)
    await core.deliver()
    assert core.channels["mail"].sent == []
    core.later(seconds=101)
    await core.deliver()
    assert len(core.channels["mail"].sent) == 1
    row = await Delivery.get(kind=DeliveryKind.ACKNOWLEDGEMENT)
    assert (row.attempts, row.state) == (3, DeliveryState.SENT)


async def test_order_is_kept_within_a_conversation_and_only_there(core: Core) -> None:
    """A reply that waits holds back the next one to the same customer, and nobody else's."""
    agent = await core.agent()
    first, other = await core.accept(letter()), await core.accept(letter())
    await core.deliver()
    core.channels["mail"].sent.clear()
    core.channels["mail"].failures = [TryAgain("greylisted", after=60)]
    for number in range(3):
        await core.answers.reply(agent, words(first.request or 0, f"part {number}"), core.now)
    await core.deliver()
    await core.answers.reply(agent, words(other.request or 0, "elsewhere"), core.now)
    await core.deliver()
    assert [sent.text.splitlines()[0] for sent in core.channels["mail"].sent] == ["elsewhere"]
    core.later(seconds=61)
    await core.deliver()
    assert [sent.text.splitlines()[0] for sent in core.channels["mail"].sent[1:]] == ["part 0", "part 1", "part 2"]


async def test_what_is_sent_again_waits_for_what_is_under_way_behind_it(core: Core) -> None:
    """An agent repeats an older message while a later one of the same conversation is being sent."""
    request = (await core.accept(chat())).request or 0
    await core.deliver()
    agent, channel = await core.agent(), core.channels["telegram"]
    channel.failures = [Undeliverable("blocked")]
    for number in range(2):
        await core.answers.reply(agent, words(request, f"part {number}"), core.now)
        await core.deliver() if number == 0 else None
    old, _ = await Delivery.filter(kind=DeliveryKind.REPLY).order_by("id")
    [later] = await claimed("one", core.now, 8, "telegram")
    await core.settling.retry(old.id, old.attempts, agent, core.now)
    assert await claimed("one", core.now, 8, "telegram") == []
    await deliveries.settle_all([deliveries.Settlement(later, DeliveryState.SENT)])
    assert [job.id for job in await claimed("one", core.now, 8, "telegram")] == [old.id]


async def test_a_refusal_is_told_in_the_topic_and_not_repeated(core: Core) -> None:
    """Failed at once, with the reason, and the agents read it."""
    receipt = await core.accept(chat())
    await core.deliver()
    core.channels["telegram"].failures = [Undeliverable("the customer has blocked the bot")]
    await core.answers.reply(await core.agent(), words(receipt.request or 0, "Hello"), core.now)
    await core.deliver()
    core.later(days=1)
    await core.deliver()
    assert await _states(kind=DeliveryKind.REPLY) == [DeliveryState.FAILED]
    [notice] = _notices(core)
    [reply] = await Delivery.filter(kind=DeliveryKind.REPLY)
    assert (notice.text, notice.concerns) == ("Not delivered: the customer has blocked the bot", reply.id)


async def test_an_unknown_reply_in_a_chat_is_never_repeated_by_itself(core: Core) -> None:
    """The customer would read it twice; the agents are told that nobody knows."""
    receipt = await core.accept(chat())
    await core.deliver()
    core.channels["telegram"].failures = [Unknown("the answer was lost")]
    await core.answers.reply(await core.agent(), words(receipt.request or 0, "Hello"), core.now)
    await core.deliver()
    core.later(days=1)
    await core.deliver()
    assert await _states(kind=DeliveryKind.REPLY) == [DeliveryState.UNKNOWN]
    assert [sent.kind for sent in core.channels["telegram"].sent] == [DeliveryKind.ACKNOWLEDGEMENT]
    assert "Nobody knows" in _notices(core)[-1].text


async def test_an_unknown_mail_is_repeated_with_the_same_id(core: Core) -> None:
    """The receiver recognises the Message-ID; a lost answer must not become a lost mail."""
    core.channels["mail"].failures = [Unknown("cut after the final dot")]
    await core.accept(letter())
    await core.deliver()
    row = await Delivery.get(kind=DeliveryKind.ACKNOWLEDGEMENT)
    core.later(seconds=5)
    await core.deliver()
    assert [sent.message_id for sent in core.channels["mail"].sent] == [row.message_id]


async def test_our_own_fault_in_a_chat_counts_as_unknown(core: Core) -> None:
    """A crash in a channel may have come after the bytes had left."""
    core.channels["telegram"].failures = [RuntimeError("a bug")]
    await core.accept(chat())
    await core.deliver()
    assert await _states(kind=DeliveryKind.ACKNOWLEDGEMENT) == [DeliveryState.UNKNOWN]


async def test_after_a_crash_in_mid_send_mail_is_repeated_and_chat_is_not(core: Core) -> None:
    """Rows left in `sending` by a dead process: the same Message-ID again, or the agents' question."""
    await core.accept(letter())
    await core.accept(chat())
    taken = [
        row for channel in ("mail", "telegram", "desk") for row in await claimed("the dead one", core.now, 10, channel)
    ]
    assert {row.state for row in taken} == {DeliveryState.SENDING}
    core.outbox = core.new_outbox()
    await core.deliver()
    core.later(seconds=5)
    await core.deliver()
    assert await _states(kind=DeliveryKind.ACKNOWLEDGEMENT) == [DeliveryState.SENT, DeliveryState.UNKNOWN]


async def test_a_living_neighbours_lease_is_respected(core: Core) -> None:
    """Where several processes share the database, only a lease that has run out makes an orphan."""
    await core.accept(letter())
    await claimed("the neighbour", core.now, 10, "mail")
    core.outbox = core.new_outbox(alone=False)
    await core.deliver()
    assert core.channels["mail"].sent == []
    core.later(seconds=LEASE.total_seconds() + 1)
    await core.leases_end()
    await core.deliver()
    core.later(seconds=5)
    await core.deliver()
    assert len(core.channels["mail"].sent) == 1


async def test_a_slow_owner_cannot_overwrite_a_new_one(core: Core) -> None:
    """The fence: a settlement from before the lease ran out is refused."""
    await core.accept(letter())
    [slow] = await claimed("slow", core.now, 10, "mail")
    core.later(seconds=LEASE.total_seconds() + 1)
    await core.leases_end()
    core.outbox = core.new_outbox(alone=False)
    await core.deliver()
    core.later(seconds=5)
    await core.deliver()
    assert not await deliveries.settle_all([deliveries.Settlement(slow, DeliveryState.FAILED, "too late")])
    assert await _states(kind=DeliveryKind.ACKNOWLEDGEMENT) == [DeliveryState.SENT]


async def test_two_outboxes_never_take_the_same_job(core: Core) -> None:
    """Claims at the same instant share the work."""
    for number in range(12):
        await core.accept(letter(sender=Sender(f"customer{number}@shop.example")))
    batches = await asyncio.gather(*(claimed(f"owner{n}", core.now, 3, "mail") for n in range(8)))
    taken = [row.id for batch in batches for row in batch]
    assert len(taken) == len(set(taken)) == 12


async def test_a_relay_that_stalls_stops_nobody_else(core: Core) -> None:
    """Each channel has places of its own: an agent's words in a chat leave while thirty mails hang."""
    core.channels["mail"].busy = asyncio.Event()
    for number in range(30):
        await core.accept(letter(sender=Sender(f"customer{number}@shop.example")))
    task = asyncio.create_task(core.outbox.run())
    await core.channels["mail"].entered.wait()
    receipt = await core.accept(chat())
    await core.answers.reply(await core.agent(), words(receipt.request or 0, "Hello"), core.now)
    async with asyncio.timeout(10):
        await core.channels["telegram"].many(2)
    core.channels["mail"].busy.set()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_our_own_fault_is_tried_five_times_then_told(core: Core) -> None:
    """A poison job does not block its topic for days, and what could not be shown is said to all agents."""
    core.channels["desk"].failures = [ValueError("a bug")] * 5
    receipt = await core.accept(letter())
    for _ in range(8):
        await core.deliver()
        core.later(minutes=1)
    [mirror] = await Delivery.filter(kind=DeliveryKind.MIRROR)
    assert (mirror.state, mirror.attempts) == (DeliveryState.FAILED, 5)
    assert f"R-{receipt.request} could not be shown" in _notices(core)[-1].text


async def test_what_this_process_is_still_at_is_no_orphan(core: Core) -> None:
    """A send that takes longer than its lease is not sent a second time beside itself."""
    busy = core.channels["mail"].busy = asyncio.Event()
    await core.accept(letter())
    task = asyncio.create_task(core.outbox.run())
    await core.channels["mail"].entered.wait()
    core.later(seconds=LEASE.total_seconds() + 60)
    await core.leases_end()
    core.outbox.wake()
    await core.accept(chat())
    async with asyncio.timeout(10):
        await core.channels["telegram"].many(1)
    busy.set()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(core.channels["mail"].sent) == 1


async def test_what_we_know_is_settled_though_the_database_hiccups(core: Core, database: Database) -> None:
    """The relay took the mail; a passing error of the database must not send it again."""
    core.channels["mail"].after_send = database.connection.close
    await core.accept(letter())
    await core.deliver()
    core.channels["mail"].after_send = None
    core.later(seconds=LEASE.total_seconds() + 60)
    await core.leases_end()
    await core.deliver()
    assert len(core.channels["mail"].sent) == 1
    assert await _states(kind=DeliveryKind.ACKNOWLEDGEMENT) == [DeliveryState.SENT]


async def test_five_days_are_enough(core: Core) -> None:
    """RFC 5321 §4.5.4.1: then it has failed, and the agents are told."""
    await core.accept(letter())
    await core.deliver()
    core.channels["mail"].failures = [TryAgain("451", after=1)] * 2
    receipt = await core.accept(letter())
    await core.deliver()
    core.later(days=5, seconds=10)
    await core.deliver()
    [row] = await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT, request_id=receipt.request)
    assert row.state is DeliveryState.FAILED
    assert "given up after 5 days" in (row.last_error or "")


async def test_a_file_that_cannot_be_had_is_said(core: Core) -> None:
    """A customer's file stays marked; an agent's missing file is told to him, for the customer will miss it."""
    big = Attachment("film.mp4", "video/mp4", 30_000_000, remote_id="big")
    core.fetched["big"] = Undeliverable("larger than 20 MiB")
    receipt = await core.accept(letter())
    await core.deliver()
    agent = await core.agent()
    await core.answers.reply(agent, words(receipt.request or 0, "see the film", attachments=(big,)), core.now)
    await core.deliver()
    assert (await StoredAttachment.get(filename="film.mp4")).error == "larger than 20 MiB"
    assert "larger than 20 MiB" in _notices(core)[-1].text


async def test_the_loop_wakes_at_once_and_stops_cleanly(core: Core) -> None:
    """A commit wakes the loop; a cancelled loop lets what is in flight come to its end."""
    busy = core.channels["mail"].busy = asyncio.Event()
    task = asyncio.create_task(core.outbox.run())
    await core.accept(letter())
    async with asyncio.timeout(5):
        await core.channels["mail"].entered.wait()
    task.cancel()
    await asyncio.sleep(0)
    busy.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _states(kind=DeliveryKind.ACKNOWLEDGEMENT) == [DeliveryState.SENT]


def test_back_off_doubles_and_is_bounded() -> None:
    """Seconds, then minutes, never more than about half an hour."""
    assert 0.7 < back_off(1) < 1.3
    assert 6 < back_off(4) < 10
    assert back_off(1000) <= timedelta(minutes=38).total_seconds()


def test_what_is_put_off_for_a_moment_is_looked_for_then() -> None:
    """Not at the next look by itself; what has passed meanwhile is looked for at once, and only once."""
    looks = Looks()
    assert looks.next(100.0) == 102.0
    looks.add(100.0, 0.5)
    looks.add(100.0, 3600)
    looks.add(100.0, None)
    assert looks.next(100.1) == 100.5
    assert looks.next(100.6) == 100.6
    assert looks.next(100.6) == pytest.approx(102.6)


async def test_a_database_that_is_away_does_not_end_the_loop(core: Core, database: Database) -> None:
    """The loop waits and goes on; nothing is settled by guess."""
    await core.accept(letter())
    await database.connection.close()
    if database.is_sqlite:
        await database.connection.create_connection(with_db=True)
    await core.deliver()
    assert len(core.channels["mail"].sent) == 1
