"""The budget asks for what Telegram gives, learns from what it refuses, and forgets nothing over a restart."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wire.budget import Budget, Family
from bot.wire.paces import Paces
from storage.models import Pace
from tests.builders import NOW

DESK, OTHER_DESK, ANNA, BORIS = -1001, -1002, 501, 502


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _spent(budget: Budget, clock: Clock, chat: int, seconds: float, family: Family = "send") -> list[float]:
    """When messages left a program that always has another one."""
    sent, end = [], clock.now + seconds
    while clock.now < end:
        wait = budget.take(chat, family)
        if wait <= 0:
            sent.append(clock.now)
        clock.now += wait
    return sent


def _most_in(sent: list[float], seconds: float) -> int:
    window: deque[float] = deque()
    most = 0
    for at in sent:
        window.append(at)
        while window[0] <= at - seconds:
            window.popleft()
        most = max(most, len(window))
    return most


def test_a_group_gets_five_at_once_and_never_more_than_twenty_in_a_minute() -> None:
    """core.telegram.org/bots/faq: 20 a minute in a group. Ten minutes of work in hand use 18 a minute of them."""
    clock = Clock()
    sent = _spent(Budget(clock), clock, DESK, 600)
    assert len([at for at in sent if at == 1000.0]) == 5
    assert _most_in(sent, 60) <= 20
    assert 175 <= len(sent) <= 185


def test_a_chat_gets_three_at_once_and_three_in_three_seconds() -> None:
    """A customer's chat: one a second, short bursts are let pass."""
    clock = Clock()
    sent = _spent(Budget(clock), clock, ANNA, 60)
    assert [at for at in sent if at < 1003] == [1000] * 3
    assert _most_in(sent, 3) == 3
    assert 54 <= len(sent) <= 60


def test_all_chats_together_stay_below_thirty_a_second() -> None:
    """The bot as a whole."""
    clock = Clock()
    budget = Budget(clock)
    taken = 0
    for second in range(5):
        clock.now = 1000.0 + second
        taken += sum(budget.take(chat) == 0 for chat in range(1, 200))
    assert 28 * 5 <= taken <= 28 * 5 + 28


def test_a_topic_counts_as_a_message_and_comes_every_three_seconds_ten_a_minute() -> None:
    """python-telegram-bot#4774: bots that made topics fast were banned."""
    clock = Clock()
    budget = Budget(clock)
    made = _spent(budget, clock, DESK, 59, "topic")
    assert len(made) == 10
    assert min(later - earlier for earlier, later in pairwise(made)) >= 2.999
    another = Budget(clock)
    another.take(DESK, "topic")
    assert another.room(DESK) == 4


def test_what_is_no_message_costs_none() -> None:
    """Reactions, deletions and questions about members."""
    clock = Clock()
    budget = Budget(clock)
    unpaced: tuple[Family, ...] = ("delete", "member", "file", "free")
    for family in unpaced:
        assert [budget.take(DESK, family) for _ in range(100)] == [0.0] * 100
    assert [budget.take(DESK, "reaction") for _ in range(10)] == [0.0] * 10
    assert budget.room(DESK) == 5


@pytest.mark.parametrize("after", [1.0, 57.0, 10_072.0])
def test_a_refusal_is_kept_to_the_second_and_in_its_chat_alone(after: float) -> None:
    """tdlib/td#1331 reports 10,072 s. Nobody else waits."""
    clock = Clock()
    budget = Budget(clock)
    budget.refused(DESK, "send", after)
    assert budget.take(DESK) >= after
    assert budget.room(DESK) == 0
    assert budget.take(ANNA) == budget.take(OTHER_DESK) == budget.take(DESK, "reaction") == 0
    clock.now += after - 0.001
    assert budget.take(DESK) > 0
    clock.now += 60
    assert budget.take(DESK) == 0


def test_a_refused_topic_holds_back_messages_and_a_refused_reaction_holds_back_reactions() -> None:
    """Telegram does not say which limit a new topic met; a reaction it does."""
    clock = Clock()
    budget = Budget(clock)
    budget.refused(DESK, "reaction", 30)
    assert budget.take(DESK) == 0
    assert budget.take(DESK, "reaction") == 30
    budget.refused(DESK, "topic", 40)
    assert budget.take(DESK) == 40
    budget.refused(ANNA, "free", 40)
    assert budget.take(ANNA, "free") == 0


def test_a_refusal_halves_the_pace_once_and_quiet_brings_it_back() -> None:
    """What was under way together and is refused together is one lesson."""
    clock = Clock()
    budget = Budget(clock)
    for _ in range(3):
        budget.refused(DESK, "send", 10)
    clock.now += 10
    slow = _spent(budget, clock, DESK, 60)
    assert 8 <= len(slow) <= 10
    clock.now += 6 * 60
    assert budget.room(DESK) == 5
    assert 175 <= len(_spent(budget, clock, DESK, 600)) <= 185


def test_an_album_larger_than_the_burst_goes_when_the_bucket_is_full() -> None:
    """Ten pictures count ten; afterwards the chat waits for all of them."""
    clock = Clock()
    budget = Budget(clock)
    assert budget.take(DESK, cost=10) == 0
    assert budget.take(DESK) == pytest.approx(6 / 18 * 60)
    clock.now += 60
    budget.take(DESK)
    assert budget.take(DESK, cost=10) > 0


def test_room_says_what_may_go_and_when_there_is_more() -> None:
    """The outbox claims so much and comes back then."""
    clock = Clock()
    budget = Budget(clock)
    assert (budget.room(DESK), budget.plenty(DESK), budget.until_room(DESK)) == (5, True, 0.0)
    for _ in range(3):
        budget.take(DESK)
    assert (budget.room(DESK), budget.plenty(DESK)) == (2, False)
    for _ in range(2):
        budget.take(DESK)
    assert budget.room(DESK) == 0
    assert budget.until_room(DESK) == pytest.approx(60 / 18)
    clock.now += budget.until_room(DESK)
    assert budget.room(DESK) == 1


def test_a_slower_or_faster_bot_is_so_in_everything() -> None:
    """The setting scales the pace, the burst, the topics."""
    clock = Clock()
    assert Budget(clock, 1000).room(DESK) == 5000
    half = Budget(clock, 0.5)
    assert (half.room(DESK), half.take(DESK, "topic")) == (2, 0.0)
    assert half.take(DESK, "topic") == pytest.approx(6)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.sampled_from(["take", "refuse"])), max_size=60))
def test_e49_no_jump_of_the_clock_breaks_the_budget(steps: list[tuple[float, str]]) -> None:
    """Whatever the clock does, a wait is a finite number, and a clock that runs on ends it."""
    clock = Clock()
    budget = Budget(clock)
    for jump, what in steps:
        clock.now += jump
        if what == "take":
            assert 0 <= budget.take(DESK) < 1e8
        else:
            budget.refused(DESK, "send", 5)
    clock.now += budget.until_room(DESK) + 61
    assert budget.take(DESK) == 0


def _run(clock: Clock, at: timedelta) -> tuple[Budget, Paces]:
    """A program's budget, at so long after the first one's start by the wall clock."""
    budget = Budget(clock)
    return budget, Paces(7, budget, clock, lambda: NOW + at)


@pytest.mark.usefixtures("database")
async def test_a_restart_keeps_a_pause_to_the_second() -> None:
    """Nothing is asked before retry_after, whoever was killed meanwhile; other bots and chats know nothing of it."""
    clock = Clock()
    budget, paces = _run(clock, timedelta())
    budget.refused(DESK, "send", 10_072)
    budget.refused(DESK, "reaction", 500)
    budget.take(ANNA)
    await paces.save(at_once=True)
    assert sorted((row.bot, row.chat, row.family) for row in await Pace.all()) == [
        ("7", str(DESK), "reaction"),
        ("7", str(DESK), "send"),
    ]
    after, again = _run(Clock(), timedelta(seconds=72))
    await again.load()
    assert after.take(DESK) == pytest.approx(10_000)
    assert after.take(DESK, "reaction") == pytest.approx(428)
    assert after.take(ANNA) == after.take(OTHER_DESK) == 0


@pytest.mark.usefixtures("database")
async def test_a_restart_keeps_the_pace_and_gives_no_second_burst() -> None:
    """A program that is started again and again must not write five messages each time."""
    clock = Clock()
    budget, paces = _run(clock, timedelta())
    for _ in range(5):
        budget.take(DESK)
    await paces.save(at_once=True)
    after, again = _run(Clock(), timedelta(seconds=1))
    await again.load()
    assert after.room(DESK) == 0
    assert 0 < after.take(DESK) < 60 / 18


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)], ids=["back", "ahead"])
async def test_e49_a_clock_that_was_set_meanwhile_makes_no_pause_longer(jump: timedelta) -> None:
    """The wall clock lies between two runs: at worst the whole pause is waited for once more."""
    clock = Clock()
    budget, paces = _run(clock, timedelta())
    budget.refused(DESK, "send", 30)
    await paces.save(at_once=True)
    after, again = _run(Clock(), jump)
    await again.load()
    assert after.take(DESK) <= 60


@pytest.mark.usefixtures("database")
async def test_what_is_written_down_now_and_then_costs_one_statement_in_ten_seconds() -> None:
    """The second writing within ten seconds does nothing; a row of long ago is thrown away at the next start."""
    clock = Clock()
    budget, paces = _run(clock, timedelta())
    clock.now += 11
    budget.take(DESK)
    budget.take(DESK)
    await paces.save()
    [row] = await Pace.all()
    clock.now += 5
    budget.take(DESK)
    await paces.save()
    assert (await Pace.get(id=row.id)).tokens == row.tokens
    _, later = _run(Clock(), timedelta(days=2))
    await later.load()
    assert await Pace.all() == []


def test_what_wrote_no_message_is_given_back() -> None:
    """Room for one, taken and given back, is room for one; never for more than there was."""
    clock = Clock()
    budget = Budget(clock)
    while budget.take(DESK) == 0:
        pass
    clock.now += budget.until_room(DESK)
    assert budget.take(DESK) == 0
    assert budget.take(DESK) > 0
    budget.give_back(DESK, "send")
    assert (budget.take(DESK), budget.take(DESK) > 0) == (0, True)
    for _ in range(30):
        budget.give_back(DESK, "send")
    assert len([wait for wait in (budget.take(DESK) for _ in range(30)) if wait <= 0]) == 5
