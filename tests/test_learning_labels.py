"""What agents teach: a label for each word of theirs about a category, none for what they only left."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from intake.learning.accuracy import Tally, accuracy
from storage import learning
from storage.kinds import Direction
from storage.models import CommunicationRecord, CustomerRequest, Event, Label, ModelVersion
from storage.transaction import transaction
from tests.builders import NOW, Core, chat, letter

REFUND = "I want my money back, please refund order 4711."


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def _opened(core: Core, text: str = REFUND) -> int:
    return (await core.accept(letter(text))).request or 0


async def _taught() -> list[tuple[str, str]]:
    return [(lesson.category, lesson.words) for lesson in await learning.lessons(await learning.taught(100))]


@pytest.mark.usefixtures("database")
async def test_a_change_of_category_is_a_label_of_the_words_that_opened_the_request(core: Core) -> None:
    """With the verdict that was changed, who changed it, and the version that had spoken."""
    request, maria = await _opened(core), await core.agent()
    await CustomerRequest.filter(id=request).update(category_model=7)
    await core.accept(letter("And another thing.", hints=()))
    await core.sorting.categorise(request, "warranty", maria, core.now)
    [row] = await Label.all()
    record = await CommunicationRecord.filter(request_id=request, direction=Direction.INCOMING).order_by("id").first()
    assert record is not None
    assert (row.request_id, row.record_id, row.before, row.after) == (request, record.id, "refund", "warranty")
    assert (row.model, row.agent_id, row.at) == (7, maria.id, core.now)
    assert await _taught() == [("warranty", REFUND)]


@pytest.mark.usefixtures("database")
async def test_what_nobody_touched_is_no_label(core: Core) -> None:
    """An answered, resolved, assigned request was not confirmed."""
    request, maria = await _opened(core), await core.agent()
    await core.sorting.assign(request, maria, maria, core.now)
    await core.sorting.resolve(request, maria, core.now)
    assert await Label.all().count() == 0


@pytest.mark.usefixtures("database")
async def test_right_confirms_a_verdict_once(core: Core) -> None:
    """By button, or by choosing again what it is; the reason stays; what is unsorted cannot be right."""
    request, maria = await _opened(core), await core.agent()
    assert (await core.sorting.right(request, maria, core.now)).done
    assert not (await core.sorting.right(request, maria, core.now)).done
    assert not (await core.sorting.categorise(request, "refund", maria, core.now)).done
    row = await CustomerRequest.get(id=request)
    assert (row.category, row.category_confidence, row.category_choices) == ("refund", 1.0, None)
    assert len(row.category_reasons) > 1
    assert row.category_reasons[-1] == "right, says Maria"
    other = await _opened(core)
    assert (await core.sorting.categorise(other, "refund", maria, core.now)).says == "Right: Refund."
    assert [(one.before, one.after) for one in await Label.all()] == [("refund", "refund")] * 2
    assert await Event.filter(what="category confirmed", after="refund").count() == 2
    unsorted = await _opened(core, "Hm.")
    assert not (await core.sorting.right(unsorted, maria, core.now)).done
    assert await Label.all().count() == 2


@pytest.mark.usefixtures("database")
async def test_the_last_word_counts(core: Core) -> None:
    """Of several labels of one request only the newest teaches; its verdict was an agent's then."""
    request, maria = await _opened(core), await core.agent()
    await core.sorting.categorise(request, "warranty", maria, core.now)
    await core.sorting.categorise(request, "repair", maria, core.now)
    assert await _taught() == [("repair", REFUND)]
    rows = await Label.all().order_by("id")
    assert [(row.before, row.after, row.model) for row in rows] == [
        ("refund", "warranty", rows[0].model),
        ("warranty", "repair", None),
    ]
    [judged] = await learning.judged(NOW - timedelta(days=1))
    assert (judged.said, judged.is_so) == ("refund", "repair")


@pytest.mark.usefixtures("database")
async def test_verdicts_are_counted_page_by_page(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request once, whichever pages its labels are on; the oldest first, and what came before does not count."""
    monkeypatch.setattr(learning, "PAGE", 2)
    maria = await core.agent()
    requests = [await _opened(core, f"{REFUND} {number}") for number in range(4)]
    for request, category in [(3, "warranty"), (1, "spam"), (2, "repair"), (3, "repair"), (0, "order"), (3, "order")]:
        await core.sorting.categorise(requests[request], category, maria, core.now)
    await CustomerRequest.filter(id=requests[0]).update(created_at=NOW - timedelta(days=2))
    found = await learning.judged(NOW - timedelta(days=1))
    assert [(one.said, one.is_so) for one in found] == [("refund", "spam"), ("refund", "repair"), ("refund", "order")]


@pytest.mark.usefixtures("database")
async def test_spam_is_a_label_until_somebody_says_that_it_was_none(core: Core) -> None:
    """Reopening takes back what was taught."""
    request, maria = await _opened(core), await core.agent()
    await core.sorting.spam(request, maria, core.now)
    assert await _taught() == [("spam", REFUND)]
    await core.sorting.reopen(request, maria, core.now)
    assert await _taught() == []


@pytest.mark.usefixtures("database")
async def test_a_picture_teaches_nothing_and_the_words_behind_it_do(core: Core) -> None:
    """The line that stands for it is ours."""
    request = (await core.accept(chat("[photo]", wordless=True, form="photo"))).request or 0
    maria = await core.agent()
    await core.sorting.categorise(request, "repair", maria, core.now)
    assert await _taught() == []
    await core.accept(chat("The lid does not close.", form="text"))
    await core.sorting.categorise(request, "warranty", maria, core.now)
    assert await _taught() == [("warranty", "The lid does not close.")]


@pytest.mark.usefixtures("database")
async def test_erased_words_teach_nothing(core: Core) -> None:
    """A label has no words of its own: those of its record are gone, and so is the lesson, and that is noticed."""
    maria, requests = await core.agent(), [await _opened(core, f"{REFUND} {number}") for number in range(2)]
    for request in requests:
        await core.sorting.categorise(request, "warranty", maria, core.now)
    last = (await learning.news(0)).last
    assert await learning.still_there(last) == 2
    await CommunicationRecord.filter(request_id=requests[0]).update(subject="", text="", reply_text="")
    assert await _taught() == [("warranty", f"{REFUND} 1")]
    assert await learning.still_there(last) == 1


@pytest.mark.usefixtures("database")
async def test_of_many_lessons_the_newest_of_each_category_are_taken(core: Core) -> None:
    """So that a flood of one does not crowd out the others."""
    maria = await core.agent()
    for number, category in enumerate(["warranty", *["spam"] * 4]):
        await core.sorting.categorise(await _opened(core, f"text {number}"), category, maria, core.now)
    found = [(lesson.category, lesson.words) for lesson in await learning.lessons(await learning.taught(3))]
    assert sorted(found) == [("spam", "text 3"), ("spam", "text 4"), ("warranty", "text 0")]


@pytest.mark.usefixtures("database")
async def test_the_version_in_use_is_the_one_that_was_chosen_last() -> None:
    """A rollback chooses an older one anew; 0 is the one that comes with the program; the rest is pruned by age."""
    for number in range(6):
        await learning.keep(_version(), most=4)
        if number < 2:
            [newest, *_] = await learning.versions()
            await learning.use(newest.id, NOW + timedelta(seconds=number))
    kept = [version.id for version in await learning.versions()]
    in_use = [one.id for one in await learning.taken_into_use(9)]
    assert len(kept) == 5
    assert in_use[0] == kept[-1]
    assert await learning.use(0, NOW + timedelta(minutes=1))
    assert (await learning.taken_into_use(1))[0].id == 0
    assert await learning.use(in_use[0], NOW + timedelta(minutes=2))
    assert [one.id for one in await learning.taken_into_use(9)] == [in_use[0], 0]
    assert not await learning.use(4711, NOW)
    assert await learning.forget_before(kept[0]) == 4
    assert [version.id for version in await learning.versions()] == [kept[0]]


@pytest.mark.usefixtures("database")
async def test_versions_are_chosen_one_after_the_other() -> None:
    """Who looks which one is in use, and then takes another, does so before anybody else can choose."""
    await learning.keep(_version(), most=4)
    [made] = await learning.versions()
    looked, go_on = asyncio.Event(), asyncio.Event()

    async def refit() -> None:
        await learning.choose(NOW)
        looked.set()
        await go_on.wait()
        await learning.use(made.id, NOW)

    first = asyncio.create_task(transaction(refit))
    await looked.wait()
    rollback = asyncio.create_task(transaction(lambda: learning.use(0, NOW)))
    await asyncio.wait({rollback}, timeout=0.2)
    go_on.set()
    await asyncio.gather(first, rollback)
    assert [one.id for one in await learning.taken_into_use(2)] == [0, made.id]


def _version() -> ModelVersion:
    return ModelVersion(
        created_at=NOW, labels=0, last_label=0, rows=9, backend="words", basis="b", sha256="", content=b"x"
    )


def test_accuracy_counts_what_agents_spoke_of() -> None:
    """By category and by week, without gaps; what was left unsorted is neither right nor wrong."""
    judged = [
        learning.Judged(NOW - timedelta(days=21), "refund", "refund"),
        learning.Judged(NOW - timedelta(days=21), "refund", "return"),
        learning.Judged(NOW, "refund", "refund"),
        learning.Judged(NOW, "order", "order"),
        learning.Judged(NOW, "unsorted", "order"),
    ]
    found = accuracy(judged)
    assert (found.total, found.total.share, found.sorted_by_hand) == (Tally(3, 1), 0.75, 1)
    assert [(week, tally.share) for week, tally in found.weeks] == [
        (date(2026, 11, 2), 0.5),
        (date(2026, 11, 9), None),
        (date(2026, 11, 16), None),
        (date(2026, 11, 23), 1.0),
    ]
    assert [(one.key, one.tally, one.became) for one in found.categories] == [
        ("refund", Tally(2, 1), (("return", 1),)),
        ("order", Tally(1, 0), ()),
    ]
