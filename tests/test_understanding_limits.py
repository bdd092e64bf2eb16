"""Laws of understanding that fails: no message is lost, none waits long, nobody else waits at all."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bot.metrics import PARTS
from bot.watch import Seen, not_understood
from intake.tally import What, tally
from intake.understanding.categories import Categories, Verdict
from intake.understanding.classifier import Classifier
from intake.understanding.patience import EVERYTHING, LEFT_OUT_S, MOST_FAILURES, MOST_HANGS, Patience
from intake.understanding.reading import Part, Reader, warm_up
from intake.understanding.threads import Threads, TookTooLong
from intake.understanding.words import Tokens
from storage.kinds import DeliveryKind, Priority
from storage.models import CommunicationRecord, CustomerRequest, Delivery
from tests.builders import Core, chat, letter

LANGUAGES = ("en", "zh", "es", "de", "ru")
SOON_S = 0.2  # instead of two seconds
LONGEST_STALL_S = 0.05


class Sorter:
    """Sorts as it is told: a fault, a hang, or as the program does."""

    def __init__(self) -> None:
        self.asked = 0
        self.does: Callable[[], None] = lambda: None
        self._classifier = Classifier(Categories())

    def judge_tokens(self, subject: Tokens, text: Tokens, language: str | None) -> Verdict:
        self.asked += 1
        self.does()
        return self._classifier.judge_tokens(subject, text, language)


def fail() -> None:
    raise RuntimeError("a model with a fault")


def spin() -> None:
    """Never ends by itself, and takes what it can get of Python."""
    while True:
        pass


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Made:
    """A patience whose sorter can be made to fail, with a clock of its own."""

    def __init__(self) -> None:
        self.sorter, self.clock, self.pool = Sorter(), Clock(), Threads()
        self.patience = Patience(Reader(self.sorter, LANGUAGES), LANGUAGES, self.clock, self.pool, SOON_S)

    async def category(self, text: str = "I want a refund for order 48213, please") -> str:
        reading = await self.patience.read(letter(text), EVERYTHING)
        return reading.matter().verdict.category

    def trouble(self) -> str:
        return self.patience.trouble or ""


@pytest.fixture(name="made")
def _made() -> Made:
    warm_up(LANGUAGES)
    return Made()


async def test_a_part_that_fails_takes_nothing_else_with_it(made: Made) -> None:
    """Without a category there are still language, facts, priority and the new words."""
    made.sorter.does = fail
    reading = await made.patience.read(letter("Dringend! Bestellnummer 48213 ist immer noch nicht da."))
    assert reading.matter().verdict.reasons == ("sorting it failed (RuntimeError)",)
    assert (reading.language, reading.urgency.priority) == ("de", "urgent")
    assert [fact.value for fact in reading.facts if fact.kind == "order_number"] == ["48213"]


@pytest.mark.parametrize("part", Part)
async def test_any_part_may_fail(made: Made, monkeypatch: pytest.MonkeyPatch, part: Part) -> None:
    """A reading comes of every message, with the defaults where a part says nothing."""
    reader = Reader(made.sorter, LANGUAGES)

    def broken(_draft: object) -> None:
        raise RecursionError

    monkeypatch.setattr(reader, "_steps", {**reader._steps, part: broken})
    patience = Patience(reader, LANGUAGES, made.clock)
    before = tally.counts[What.NOT_UNDERSTOOD, part]
    reading = await patience.read(letter("I want a refund, this is urgent. Order no. 48213"))
    assert tally.counts[What.NOT_UNDERSTOOD, part] == before + 1
    assert reading.reply_text
    assert (reading.language is None) == (part is Part.LANGUAGE)
    assert (reading.facts == ()) == (part is Part.FACTS)
    assert (reading.urgency.priority == "normal") == (part is Part.PRIORITY)
    assert (reading.matter().verdict.category == "unsorted") == (part is Part.CATEGORY)


async def test_what_hangs_is_waited_for_only_so_long(made: Made) -> None:
    """The message goes on unsorted, with all that was understood before, and the loop goes on meanwhile."""
    made.sorter.does = spin
    started = time.monotonic()
    async with _turns() as turns:
        reading = await made.patience.read(letter("Wo bleibt mein Paket denn nur?"))
    took = time.monotonic() - started
    assert reading.matter().verdict.reasons == ("sorting it took too long",)
    assert reading.language == "de"
    assert SOON_S <= took < SOON_S + 1.0
    assert len(turns) > 3


@asynccontextmanager
async def _turns() -> AsyncIterator[list[float]]:
    """The moments at which the event loop had a turn."""
    moments = [time.monotonic()]

    async def count() -> None:
        while True:
            await asyncio.sleep(0.002)
            moments.append(time.monotonic())

    counting = asyncio.create_task(count())
    try:
        yield moments
    finally:
        moments.append(time.monotonic())
        counting.cancel()


async def test_what_hangs_again_is_left_out_and_tried_again_later(made: Made) -> None:
    """After two hangs nobody waits any more; after a minute one message asks, and when it works all are sorted."""
    made.sorter.does = spin
    for _ in range(MOST_HANGS):
        assert await made.category() == "unsorted"
    asked = made.sorter.asked
    assert await made.category() == "unsorted"
    assert made.sorter.asked == asked
    assert "category cannot be told" in made.trouble()
    made.clock.now += LEFT_OUT_S + 1
    made.sorter.does = lambda: None
    assert await made.category() == "refund"
    assert not made.trouble()
    assert await made.category() == "refund"


async def test_a_single_failure_is_no_trouble(made: Made) -> None:
    """One odd message says nothing of the next; three in a row do, and a success in between starts the count anew."""
    for _ in range(2):
        for _ in range(MOST_FAILURES - 1):
            made.sorter.does = fail
            await made.category()
        assert not made.trouble()
        made.sorter.does = lambda: None
        assert await made.category() == "refund"
    made.sorter.does = fail
    for _ in range(MOST_FAILURES):
        await made.category()
    assert made.trouble()


async def test_while_it_is_tried_again_the_others_go_on_without(made: Made) -> None:
    """One message pays for the question whether it works again."""
    made.sorter.does = spin
    for _ in range(MOST_HANGS):
        await made.category()
    made.clock.now += LEFT_OUT_S + 1
    asked = made.sorter.asked
    assert set(await asyncio.gather(*(made.category() for _ in range(20)))) == {"unsorted"}
    assert made.sorter.asked == asked + 1


class Late(Threads):
    """Of a machine that stands still: no thread begins its work in time."""

    async def run(self, work: Callable[[], None], within_s: float) -> None:
        raise TookTooLong


async def test_what_was_not_begun_in_time_has_not_worked(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left out stays left out; it does not count as understood again."""
    made.sorter.does = fail
    for _ in range(MOST_FAILURES):
        await made.category()
    made.clock.now += LEFT_OUT_S + 1
    monkeypatch.setattr(made.patience, "_pool", Late())
    assert await made.category() == "unsorted"
    assert "category cannot be told" in made.trouble()


async def test_threads_that_hang_end(made: Made) -> None:
    """A loop without an end does not burn on for ever, and its thread is not used again."""
    before = {thread for thread in threading.enumerate() if thread.name == "understanding"}
    made.sorter.does = spin
    await made.category()
    hung = [t for t in threading.enumerate() if t.name == "understanding" and t not in before]
    for thread in hung:
        await asyncio.to_thread(thread.join, 5)
    assert not any(thread.is_alive() for thread in hung)
    made.sorter.does = lambda: None
    assert await made.category() == "refund"


async def test_a_thread_is_used_again_and_hands_on_what_failed() -> None:
    """One thread does one work after the other; a failure is the caller's, a delay is TookTooLong."""
    pool, used = Threads(), set[int]()
    for _ in range(5):
        await pool.run(lambda: used.add(threading.get_ident()), 5)
    assert len(used) == 1
    with pytest.raises(RuntimeError, match="fault"):
        await pool.run(fail, 5)
    with pytest.raises(TookTooLong):
        await pool.run(spin, 0.05)


@pytest.fixture(name="core")
def _core(database: object, tmp_path: Path) -> Core:
    return Core(tmp_path)


@pytest.mark.parametrize("does", [fail, spin])
async def test_a_letter_with_a_sorter_that_fails_is_a_letter_like_any_other(
    core: Core, does: Callable[[], None]
) -> None:
    """Stored, acknowledged, shown to the agents; the card says why it is unsorted."""
    warm_up(core.house.languages)
    sorter = Sorter()
    sorter.does = does
    core.intake.patience = Patience(Reader(sorter, core.house.languages), core.house.languages, within_s=SOON_S)
    receipt = await core.accept(letter("My kettle is broken, this is urgent."))
    request = await CustomerRequest.get(id=receipt.request)
    assert (request.category, request.priority) == ("unsorted", Priority.URGENT)
    assert request.category_reasons[0].startswith("sorting it")
    assert await Delivery.filter(kind=DeliveryKind.ACKNOWLEDGEMENT, request_id=request.id).count() == 1
    assert await Delivery.filter(kind=DeliveryKind.MIRROR, record_id=receipt.record).count() == 1


async def test_a_chat_is_sorted_once_and_not_for_what_goes_on_in_it(core: Core) -> None:
    """The first message opens a request with its category; to the further ones nobody puts the question."""
    sorter = Sorter()
    core.intake.patience = Patience(Reader(sorter, core.house.languages), core.house.languages)
    first = await core.accept(chat("I want a refund for my order"))
    assert (await CustomerRequest.get(id=first.request)).category == "refund"
    assert sorter.asked == 1
    second = await core.accept(chat("It is the blue one", key="bot:501:second"))
    assert (second.request, sorter.asked) == (first.request, 1)
    assert await CommunicationRecord.filter(request_id=first.request).count() == 2


HOSTILE = (
    ("one megabyte of words", "please refund my order 48213 now " * 31_000),
    ("one megabyte of one word", "a" * 1_000_000),
    ("one megabyte of digits", "1" * 1_000_000),
    ("digits and blanks", "1 " * 500_000),
    ("Han alone", "退" * 350_000),
    ("no language", "👍" * 100_000),
    ("surrogates", "\udcff" * 1000),
    ("at signs", "@" * 500_000),
    ("lines", "\n" * 1_000_000),
    ("quotes", "> " * 300_000),
    ("combining marks", "e" + "\u0301" * 300_000),
    ("right to left", "\u202eabc " * 100_000),
    ("absurd numbers", "order no. 11111 order no. 22222 " * 500 + "price 9" * 500 + " on 99.99.9999" * 500),
    ("negations", "not not no nicht no es не 不 " * 10_000),
    ("one character", "x"),
    ("nothing", ""),
)


@pytest.mark.parametrize("text", [text for _, text in HOSTILE], ids=[name for name, _ in HOSTILE])
async def test_no_text_holds_the_loop(made: Made, text: str) -> None:
    """Whatever is written: an answer comes, and nobody else has waited for it noticeably."""
    patience = Patience(Reader(made.sorter, LANGUAGES), LANGUAGES)
    async with _turns() as turns:
        started = time.thread_time()
        reading = await patience.read(replace(letter(), text=text))
        on_the_loop = time.thread_time() - started
    assert reading.matter().verdict.category
    assert patience.trouble is None
    assert on_the_loop < LONGEST_STALL_S
    # On a busy machine the loop waits for its turn too; what holds it for ten times as long is our work.
    assert max(later - earlier for earlier, later in pairwise(turns)) < 10 * LONGEST_STALL_S


async def test_what_is_left_out_is_told_and_does_not_make_us_unready(made: Made) -> None:
    """The page says it, the desk's /status says it, an alarm says it; messages come in all the same."""
    made.sorter.does = fail
    for _ in range(MOST_FAILURES):
        await made.category()
    words = made.trouble()
    assert words == (
        "Of messages the category cannot be told at present (RuntimeError): they are unsorted. None is lost or late."
    )
    seen = Seen(datetime.now(UTC), None, (), None, 0, 0, not_understood=words)
    assert words in (not_understood(seen) or "")
    assert not_understood(replace(seen, not_understood=None)) is None


def test_every_part_is_counted() -> None:
    """What goes on without a part can be seen by who watches the numbers."""
    assert set(PARTS) == set(Part)
