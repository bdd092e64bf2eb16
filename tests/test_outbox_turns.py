"""Where only a few may leave: the urgent first, the others in turn, and nothing is taken that cannot go."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.group import RESTS_S
from intake.message import Outbound, Room, Sent
from intake.outgoing import jobs
from intake.outgoing.steady import SteadyClock
from storage import claims, overview
from storage.database import Database
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery
from tests.builders import NOW, Core, RecordingChannel, chat, words

pytestmark = pytest.mark.usefixtures("database")
REACTIONS = frozenset({DeliveryKind.MARK})


@dataclass
class NarrowDesk(RecordingChannel):
    """A desk that takes so many messages, and reactions besides."""

    left: int = 0
    upto: int = jobs.PRIORITIES[DeliveryKind.MARK]
    shown: list[str] = field(default_factory=list)

    def room(self) -> Room:
        return Room(self.left, self.upto, free=REACTIONS, rests=RESTS_S)

    async def send(self, outbound: Outbound) -> Sent:
        self.left -= outbound.kind != DeliveryKind.MARK
        self.shown.append(outbound.text)
        return await super().send(outbound)


@pytest.fixture
def core(tmp_path: Path) -> Core:
    made = Core(tmp_path)
    made.channels["desk"] = NarrowDesk("desk")
    return made


def _desk(core: Core) -> NarrowDesk:
    desk = core.channels["desk"]
    assert isinstance(desk, NarrowDesk)
    return desk


def _job(conversation: str, text: str = "", kind: DeliveryKind = DeliveryKind.MIRROR, **changes: object) -> Delivery:
    row = Delivery(
        kind=kind,
        channel="desk",
        conversation=f"desk:{conversation}",
        priority=jobs.PRIORITIES[kind],
        text=text or conversation,
        due_at=NOW,
        queued_at=NOW,
    )
    return row.update_from_dict(changes)


async def _shown(core: Core, room: int) -> list[str]:
    """What leaves when there is room for so many more."""
    desk = _desk(core)
    desk.left, begun = room, len(desk.shown)
    await core.deliver()
    core.later(seconds=1)
    return desk.shown[begun:]


async def test_a_flooded_topic_starves_nobody(core: Core) -> None:
    """Forty messages wait in one topic; two others come after them and are shown among the first three."""
    await Delivery.bulk_create([_job("flood") for _ in range(40)])
    await _shown(core, 1)
    await Delivery.bulk_create([_job("anna"), _job("boris")])
    shown = [words for _ in range(4) for words in await _shown(core, 1)]
    assert shown == ["anna", "boris", "flood", "flood"]


async def test_topics_take_turns_by_when_they_were_served(core: Core) -> None:
    """Not by how old their messages are: each gets its share."""
    await Delivery.bulk_create([_job(name) for name in ("a", "b", "c") for _ in range(6)])
    shown = [words for _ in range(9) for words in await _shown(core, 1)]
    assert Counter(shown) == {"a": 3, "b": 3, "c": 3}


async def test_the_urgent_leaves_first(core: Core) -> None:
    """Notices, then requests that nobody has seen, then their messages, then edits, then what only shows again."""
    edit = _job("edit", priority=jobs.REVISION)
    card, mark = _job("card", kind=DeliveryKind.CARD), _job("mark", kind=DeliveryKind.MARK)
    new, notice = _job("new", priority=jobs.NEW_REQUEST), _job("notice", kind=DeliveryKind.NOTICE)
    await Delivery.bulk_create([mark, card, edit, _job("message"), new, notice])
    shown = [words for _ in range(5) for words in await _shown(core, 1)]
    assert [words for words in shown if words != "mark"] == ["notice", "new", "message", "edit", "card"]


async def test_what_waits_first_is_as_urgent_as_what_waits_behind_it(core: Core) -> None:
    """A notice behind an edit of the same topic does not wait for all other topics."""
    edit, notice = _job("a", "edit", priority=jobs.REVISION), _job("a", "notice", DeliveryKind.NOTICE)
    await Delivery.bulk_create([edit, notice, _job("b"), _job("c")])
    assert [words for _ in range(2) for words in await _shown(core, 1)] == ["edit", "notice"]


async def test_nothing_is_taken_that_cannot_go(core: Core) -> None:
    """Three messages have room: three are claimed, and the others keep their first attempt."""
    await Delivery.bulk_create([_job(str(number)) for number in range(9)])
    assert len(await _shown(core, 3)) == 3
    attempts = Counter(row.attempts for row in await Delivery.all())
    assert attempts == {1: 3, 0: 6}
    await _shown(core, 0)
    assert Counter(row.attempts for row in await Delivery.all()) == attempts


async def test_the_order_within_a_topic_is_kept(core: Core) -> None:
    """An album that waits for its parts holds back what was said after it, and nobody else."""
    album = _job("a", "album", due_at=NOW + timedelta(seconds=1.2))
    await Delivery.bulk_create([album, _job("a", "after"), _job("b")])
    assert await _shown(core, 5) == ["b"]
    core.later(seconds=1)
    assert await _shown(core, 5) == ["album", "after"]


async def test_a_card_is_drawn_once_in_twenty_seconds_and_the_summary_once_a_minute(core: Core) -> None:
    """However often a request changes; other cards do not wait for it."""
    for second in range(61):
        for name, kind in (("a", DeliveryKind.CARD), ("b", DeliveryKind.CARD), ("board", DeliveryKind.BOARD)):
            if not await Delivery.filter(text=name, state=DeliveryState.QUEUED).exists():
                await _job(f"{name}:{kind}", name, kind).save(force_create=True)
        core.now = NOW + timedelta(seconds=second)
        await _shown(core, 9)
    assert Counter(_desk(core).shown) == {"a": 4, "b": 4, "board": 2}


async def test_without_plenty_of_room_messages_go_and_pictures_wait(core: Core) -> None:
    """What shows again what is so already gets what is left over."""
    _desk(core).upto = jobs.MESSAGES
    await Delivery.bulk_create([_job("card", kind=DeliveryKind.CARD), _job("message")])
    assert await _shown(core, 1) == ["message"]
    assert await _shown(core, 1) == []
    _desk(core).upto = jobs.PRIORITIES[DeliveryKind.MARK]
    assert await _shown(core, 1) == ["card"]


async def test_reactions_need_no_room(core: Core) -> None:
    """How far an agent's message has come is seen while the messages wait."""
    await Delivery.bulk_create([_job("message"), _job("mark", kind=DeliveryKind.MARK)])
    assert await _shown(core, 0) == ["mark"]


async def test_e24_a_desk_that_takes_nothing_keeps_no_reply_waiting(core: Core) -> None:
    """The customers have places of their own."""
    receipt = await core.accept(chat())
    await core.answers.reply(await core.agent(), words(receipt.request or 0, "Hello"), core.now)
    await Delivery.bulk_create([_job(str(number), kind=DeliveryKind.NOTICE) for number in range(100)])
    await _shown(core, 0)
    assert [sent.kind for sent in core.channels["telegram"].sent][-1] == DeliveryKind.REPLY
    assert {sent.kind for sent in _desk(core).sent} <= REACTIONS


async def test_e43_the_lag_of_the_desk_can_be_read(core: Core) -> None:
    """How many messages wait, and since when: what `/status` says. What only shows again does not count."""
    assert await overview.due(core.now, jobs.MESSAGES) == []
    rows = [_job("a", queued_at=NOW + timedelta(seconds=number)) for number in range(3)]
    await Delivery.bulk_create([_job("card", kind=DeliveryKind.CARD), *rows])
    assert await overview.due(core.now, jobs.MESSAGES) == [overview.Waiting("desk", 3, NOW)]
    await _shown(core, 1)
    left = overview.Waiting("desk", 2, NOW + timedelta(seconds=1))
    assert await overview.due(core.now, jobs.MESSAGES) == [left]


async def test_a_sent_reply_marks_the_agents_message_once(core: Core) -> None:
    """However many people it goes to."""
    receipt = await core.accept(chat())
    for text in ("one", "two"):
        await core.answers.reply(await core.agent(), words(receipt.request or 0, text), core.now)
    await _shown(core, 9)
    assert await Delivery.filter(kind=DeliveryKind.MARK).count() == 2


async def test_a_claim_asks_once_and_by_an_index(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Its cost follows from what waits for this channel, not from what was ever sent."""
    sent = [_job(f"R-{number % 50}", state=DeliveryState.SENT, sent_at=NOW) for number in range(2000)]
    await Delivery.bulk_create([*sent, *(_job(f"R-{number}") for number in range(20))])
    with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
        claimed = await claims.claim_in_turn("me", NOW, 5, "desk", claims.Turn(5))
    assert len(claimed) == 5
    [asked] = [record.args[0] for record in caplog.records if "UPDATE" in str(record.args)]  # type: ignore[index]
    if database.is_sqlite:
        values: list[object] = ["me", NOW, 5, "desk", NOW]
        plan = await database.connection.execute_query_dict(f"EXPLAIN QUERY PLAN {asked}", values)
        steps = [str(row["detail"]) for row in plan]
        assert not [step for step in steps if step.startswith("SCAN") and step not in ("SCAN head", "SCAN taken")]
        assert any("delivery_in_line (channel=? AND state=?)" in step for step in steps)


def test_e49_a_clock_that_is_set_back_holds_nothing_up() -> None:
    """What is due stays due, and a wait of ten seconds takes ten; ahead, the outbox follows."""
    wall, steady = [NOW], [100.0]
    clock = SteadyClock(lambda: wall[0], lambda: steady[0])
    wall[0], steady[0] = NOW - timedelta(hours=1), 110.0
    assert clock() == NOW + timedelta(seconds=10)
    steady[0] = 120.0
    assert clock() == NOW + timedelta(seconds=20)
    wall[0], steady[0] = NOW + timedelta(days=1), 121.0
    assert clock() == NOW + timedelta(days=1)


async def test_a_clock_follows_the_one_that_leads() -> None:
    """A machine that is an hour ahead queues nothing for later; one that is behind holds nothing up."""
    for wrong in (timedelta(hours=1), timedelta(hours=-1)):
        clock = SteadyClock(lambda wrong=wrong: NOW + wrong, lambda: 100.0)  # type: ignore[misc]  # a bound default
        await clock.follow(_Leading([100.0]))
        assert clock() == NOW


async def test_a_clock_that_is_slightly_ahead_goes_slower_and_never_back() -> None:
    """Until both say the same."""
    said, leading = await _after_being_ahead(seconds=3)
    assert said == sorted(said)
    assert said[-1] == NOW + timedelta(seconds=117)
    assert leading.asked == 3  # once a minute


async def test_a_leading_clock_that_is_set_back_holds_nothing_up() -> None:
    """By an hour: what was due stays due, and a minute takes a minute."""
    said, _ = await _after_being_ahead(seconds=3600)
    assert said == [NOW + timedelta(seconds=second) for second in range(1, 121)]


async def _after_being_ahead(seconds: float) -> tuple[list[datetime], _Leading]:
    """What a clock says in the two minutes after the one that leads was set back."""
    steady, said = [100.0], []
    clock, leading = SteadyClock(lambda: NOW, lambda: steady[0]), _Leading(steady)
    await clock.follow(leading)
    leading.back = seconds
    for _ in range(120):
        steady[0] += 1
        await clock.follow(leading)
        said.append(clock())
    return said, leading


async def test_a_leading_clock_that_answers_late_is_not_believed() -> None:
    """Nobody knows what it would say now."""
    steady = [100.0]
    clock = SteadyClock(lambda: NOW, lambda: steady[0])

    async def slow() -> datetime:
        steady[0] += 5
        return NOW + timedelta(hours=1)

    await clock.follow(slow)
    assert clock() == NOW + timedelta(seconds=5)


class _Leading:
    """A clock that is right."""

    def __init__(self, steady: list[float]) -> None:
        self.steady = steady
        self.back = 0.0
        self.asked = 0

    async def __call__(self) -> datetime:
        self.asked += 1
        return NOW + timedelta(seconds=self.steady[0] - 100 - self.back)
