"""Learning: what agents teach becomes a version that every process uses, unless it is worse or damaged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from intake.learning import learner, refitting
from intake.learning.learner import Fit, Learner, Made, Why
from intake.learning.refitting import Fitted, NotFitted, checked, head, line
from intake.learning.textbook import basis, textbook
from intake.learning.versions import Versions
from intake.learning.worker import Written, work
from intake.message import Sender
from intake.understanding.categories import Categories
from intake.understanding.model.file import Contents
from intake.understanding.model.model import Model, builtin
from storage import learning
from storage.database import Database
from storage.models import CommunicationRecord, CustomerRequest, ModelVersion
from tests.builders import NOW, Core, letter
from tests.learning_cases import NEXT, ODD

pytestmark = pytest.mark.usefixtures("database")

SMALL = """
keep_builtin = false
[repair]
names = { en = "Repair" }
messages = { en = ["The kettle is broken", "My lamp does not work any more", "It broke after a week"] }
[refund]
names = { en = "Refund" }
messages = { en = ["I want my money back", "Please refund the order", "When do I get the refund"] }
[order]
names = { en = "Order" }
messages = { en = ["Please change my order", "I want to cancel what I ordered", "Add a lamp to my order"] }
"""


async def in_here(examples: AsyncIterator[list[Written]], in_use: bytes, known: float | None) -> Fitted:
    """Fit as the worker does, without the second that it takes to start."""
    lines = [line(one) async for page in examples for one in page]
    given = BytesIO("".join([head(known, None), *lines, "\n"]).encode() + in_use)
    scores, content = work(given)
    return checked(json.dumps(scores).encode() + b"\n" + content)


class House:
    """One process's part in learning, and what it has told."""

    def __init__(self, core: Core, fit: Fit = in_here) -> None:
        self.core = core
        self.fit = fit
        self.classifier = core.classifier
        self.told: list[str] = []
        self.learner = Learner(self.classifier, lambda: core.now, self._tell, self._over, fit)
        self.versions = Versions(self.classifier, self._tell)

    async def _tell(self, words: str, _name: str) -> None:
        self.told.append(words)

    async def _over(self, _name: str, words: str) -> None:
        self.told.append(words)

    async def teach(self, texts: Sequence[str], category: str) -> None:
        """Customers write, and an agent says what it is about."""
        maria = await self.core.agent()
        for text in texts:
            sender = Sender(f"{uuid4().hex}@customer.example")
            request = (await self.core.accept(letter(text, subject="", sender=sender))).request or 0
            await self.core.sorting.categorise(request, category, maria, self.core.now)

    async def verdict(self, text: str) -> CustomerRequest:
        """What becomes of the next letter."""
        return await CustomerRequest.get(id=(await self.core.accept(letter(text, subject=""))).request)


@pytest.fixture
def whole(tmp_path: Path) -> House:
    """With all categories, and a process that fits."""
    return House(Core(tmp_path), refitting.fitted)


async def as_delivered(examples: AsyncIterator[list[Written]], _in_use: bytes, _known: float | None) -> Fitted:
    """Whatever the examples, the model that comes with the program: in no time."""
    assert [page async for page in examples]
    return Fitted(builtin().to_bytes(), "tfidf", {})


@pytest.fixture
def delivered(tmp_path: Path) -> House:
    """Of a company without categories of its own."""
    return House(Core(tmp_path), as_delivered)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Of a company with few categories."""
    core, own = Core(tmp_path), tmp_path / "small.toml"
    own.write_text(SMALL)
    core.classifier.use_categories(Categories(own))
    return House(core)


async def _made(house: House, why: Why = Why.ASKED) -> Made:
    made = await house.learner.refit(why)
    assert made is not None
    await house.versions.follow()
    return made


async def test_corrections_change_the_next_verdict(whole: House) -> None:
    """Five of them, at once; the request says which version has spoken; what it knew before it knows still."""
    before = await whole.verdict(NEXT)
    assert (before.category, before.category_model) == ("unsorted", 0)
    known = _known(whole, _seeds(whole))
    assert known
    await whole.teach(ODD[:4], "repair")
    assert await whole.learner.look() is None
    await whole.teach(ODD[4:], "repair")
    made = await whole.learner.look()
    assert made is not None
    assert (made.labels, made.refused) == (5, None)
    await whole.versions.follow()
    after = await whole.verdict(NEXT)
    assert (after.category, after.category_model) == ("repair", made.version)
    assert await whole.learner.look() is None
    assert len(_known(whole, known)) > 0.95 * len(known)


def _known(house: House, seeds: list[Written]) -> list[Written]:
    """Those of which it says what they are about."""
    return [one for one in seeds if house.classifier.judge("", one.text, one.language).category == one.label]


def _seeds(house: House) -> list[Written]:
    return [one for one in textbook(house.classifier.categories) if one.weight == 1.0][::20]


async def test_one_correction_is_learned_after_a_minute_of_quiet(house: House) -> None:
    """Not before: the next may come at once. What is not new is not learned again."""
    await _made(house)
    await house.teach(ODD[:1], "repair")
    assert await house.learner.look() is None
    house.core.later(seconds=61)
    made = await house.learner.look()
    assert made is not None
    assert made.labels == 1
    house.core.later(days=1)
    assert await house.learner.look() is None


async def test_a_clock_that_was_set_back_keeps_nobody_from_learning(house: House) -> None:
    """A label that is dated an hour ahead is learned now, not in an hour."""
    await _made(house)
    await house.teach(ODD[:1], "repair")
    house.core.later(hours=-1)
    made = await house.learner.look()
    assert made is not None
    assert made.labels == 1


async def test_a_version_that_is_worse_is_kept_but_not_used(house: House) -> None:
    """By more than a point, on what agents confirmed. An operator may use it all the same."""
    await house.teach(ODD, "repair")
    first = await _made(house)
    row = await ModelVersion.get(id=first.version)
    row.scores = {"confirmed": 1.0}
    await row.save(update_fields=["scores"])
    # The same kind of wish, called something else each time: nobody can learn that, and the new model is confused.
    for number, category in enumerate(("refund", "order", "refund", "order", "refund")):
        await house.teach([f"{ODD[number]} {number}"], category)
    second = await house.learner.look()
    assert second is not None
    assert second.refused is not None
    assert "%" in second.refused
    await house.versions.follow()
    assert house.versions.in_use == first.version
    assert await learning.use(second.version, house.core.now + timedelta(seconds=1))
    await house.versions.follow()
    assert house.versions.in_use == second.version


async def test_a_rollback_is_exact_and_holds_until_agents_say_more(house: House) -> None:
    """The same bytes, the same verdicts; 0 is the model that comes with the program."""
    await house.teach(ODD, "repair")
    first = await _made(house)
    opinions = [house.classifier.judge("", text, "en") for text in (*ODD, NEXT)]
    await house.teach([f"{text} please" for text in ODD], "order")
    second = await _made(house)
    house.core.later(minutes=5)
    assert await learning.use(first.version, house.core.now)
    await house.versions.follow()
    assert [house.classifier.judge("", text, "en") for text in (*ODD, NEXT)] == opinions
    assert await learning.use(0, house.core.now)
    await house.versions.follow()
    assert house.versions.in_use == 0
    assert house.classifier.model is builtin()
    house.learner._looked_closely = float("-inf")
    assert await house.learner.look() is None
    house.core.later(minutes=5)
    assert await house.learner.look() is None
    await house.teach([f"{text} thanks" for text in ODD], "repair")
    third = await house.learner.look()
    assert third is not None
    assert third.version > second.version


@pytest.mark.parametrize("harm", ["bytes", "sha", "empty", "archive"])
async def test_a_damaged_version_is_told_once_and_the_one_before_is_used(house: House, harm: str) -> None:
    """Whatever ails it; with none before, the one that comes with the program."""
    await house.teach(ODD, "repair")
    first = await _made(house)
    await house.teach([f"{text} please" for text in ODD], "order")
    second = await house.learner.refit(Why.ASKED)
    assert second is not None
    await learning.use(second.version, house.core.now + timedelta(minutes=1))
    row = await ModelVersion.get(id=second.version)
    content = {"bytes": row.content[:-9], "sha": row.content, "empty": b"", "archive": b"PK" * 99}[harm]
    sha256 = "no" if harm == "sha" else hashlib.sha256(content).hexdigest()
    await ModelVersion.filter(id=second.version).update(content=content, sha256=sha256)
    other = House(house.core)  # another process, which has not seen it whole
    for _ in range(2):
        await other.versions.follow()
    assert other.versions.in_use == first.version
    assert len(other.told) == 1
    assert f"Version {second.version} of the categories' model is damaged" in other.told[0]
    assert other.versions.trouble is not None
    await ModelVersion.filter(id=first.version).update(content=b"", sha256="")
    third = House(house.core)
    await third.versions.follow()
    assert (third.versions.in_use, len(third.told)) == (0, 1)
    await learning.use(0, house.core.now + timedelta(minutes=2))
    await third.versions.follow()
    assert third.versions.trouble is None


async def test_erased_words_leave_nothing_in_the_next_version(house: House) -> None:
    """Found without a new label; the versions that held them go; with all erased, all go."""
    await house.teach(ODD, "repair")
    secret = await house.verdict("My name is Wolkowinski and the flurb is dented")
    await house.core.sorting.categorise(secret.id, "repair", await house.core.agent(), house.core.now)
    first = await _made(house)
    assert "wolkowinski" in _words(await learning.content(first.version))
    await CommunicationRecord.filter(request_id=secret.id).update(reply_text="", text="", subject="")
    house.learner._looked_closely = float("-inf")
    made = await house.learner.look()
    assert made is not None
    assert (made.labels, made.refused) == (5, None)
    assert [version.id for version in await learning.versions()] == [made.version]
    assert "wolkowinski" not in _words(await learning.content(made.version))
    assert "zorbel" in _words(await learning.content(made.version))
    await CommunicationRecord.all().update(reply_text="", text="", subject="")
    house.learner._looked_closely = float("-inf")
    last = await house.learner.look()
    assert last is not None
    assert (last.labels, [version.id for version in await learning.versions()]) == (0, [last.version])
    assert "zorbel" not in _words(await learning.content(last.version))


async def test_erased_words_are_noticed_where_not_all_that_agents_say_teaches(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More labels than a version is made from hide none of them."""
    monkeypatch.setattr(learner, "MOST", 3)
    await house.teach(ODD, "repair")
    first = await _made(house)
    await CommunicationRecord.filter(reply_text=ODD[-1]).update(reply_text="", text="", subject="")
    house.learner._looked_closely = float("-inf")
    assert await house.learner.look() is not None
    assert first.version not in [version.id for version in await learning.versions()]


async def test_what_is_taken_back_teaches_nothing_and_forgets_nothing(house: House) -> None:
    """Spam that was none is unlearned with the next version; the earlier ones can still be gone back to."""
    maria = await house.core.agent()
    await house.teach(ODD, "repair")
    first = await _made(house)
    wrong = await house.verdict("My blender is singing")
    await house.core.sorting.spam(wrong.id, maria, house.core.now)
    second = await _made(house)
    await house.core.sorting.reopen(wrong.id, maria, house.core.now)
    house.learner._looked_closely = float("-inf")
    assert await house.learner.look() is None
    house.core.later(minutes=5)
    third = await house.learner.look()
    assert third is not None
    assert (second.labels, third.labels) == (6, 5)
    assert [version.id for version in await learning.versions()] == [third.version, second.version, first.version]
    house.learner._looked_closely = float("-inf")
    assert await house.learner.look() is None
    assert [one.is_so for one in await learning.judged(NOW - timedelta(days=1))] == ["repair"] * 5


async def test_when_all_is_taken_back_the_model_is_as_it_was_delivered(delivered: House) -> None:
    """Nothing is left that a version could be made from; who goes back to the one that was made stays there."""
    house = delivered
    maria, wrong = await house.core.agent(), await house.verdict("My blender is singing")
    await house.core.sorting.spam(wrong.id, maria, house.core.now)
    made = await _made(house)
    await house.core.sorting.reopen(wrong.id, maria, house.core.now)
    house.core.later(minutes=5)
    assert await house.learner.look() is None
    await house.versions.follow()
    assert house.versions.in_use == 0
    assert made.version in [version.id for version in await learning.versions()]
    await _stays(house, made.version)
    await CommunicationRecord.all().update(reply_text="", text="", subject="")
    assert await house.learner.look() is None
    assert await learning.versions() == []
    await house.versions.follow()
    assert house.versions.in_use == 0


async def _stays(house: House, version: int) -> None:
    """Somebody goes back to a version; no start of the program takes that from him."""
    assert await learning.use(version, house.core.now + timedelta(days=1))
    house.learner = House(house.core, house.fit).learner
    assert await house.learner.look() is None
    await house.versions.follow()
    assert house.versions.in_use == version
    house.learner._looked_closely = float("-inf")


async def test_a_companys_own_messages_are_learned_before_any_agent_says_a_word(house: House) -> None:
    """At the first look, once; and what comes with the program alone is known to the model that comes with it."""
    made = await house.learner.look()
    assert made is not None
    assert (made.labels, made.refused) == (0, None)
    await house.versions.follow()
    assert house.versions.in_use == made.version
    model = house.classifier.model
    assert model is not None
    assert model.labels == ("order", "refund", "repair")
    assert await House(house.core).learner.look() is None


async def test_without_a_file_of_ones_own_nothing_is_made(delivered: House) -> None:
    """Before agents have said anything."""
    assert await delivered.learner.look() is None
    assert await delivered.learner.refit(Why.ASKED) is None
    assert await learning.versions() == []


async def test_who_takes_his_own_categories_away_has_the_model_as_it_was_delivered(house: House) -> None:
    """And who brings them back has one of them again: what was made last counts, not what there is."""
    own = house.classifier.categories
    first = await _made(house)
    house.classifier.use_categories(Categories())
    house.learner._looked_closely = float("-inf")
    assert await house.learner.look() is None
    await house.versions.follow()
    assert house.versions.in_use == 0
    await _stays(house, first.version)
    house.classifier.use_categories(own)
    again = await house.learner.look()
    assert again is not None
    await house.versions.follow()
    assert house.versions.in_use == again.version != first.version
    await _stays(house, first.version)


async def test_who_has_gone_back_to_the_beginning_stays_there_when_words_are_erased(house: House) -> None:
    """The model that comes with the program holds nobody's words; the versions that do are made anew, and not used."""
    await house.teach([*ODD, "My name is Wolkowinski and the flurb is dented"], "repair")
    first = await _made(house)
    assert await learning.use(0, house.core.now + timedelta(seconds=1))
    await CommunicationRecord.filter(reply_text__contains="Wolkowinski").update(reply_text="", text="", subject="")
    house.learner._looked_closely = float("-inf")
    assert await house.learner.look() is not None
    await house.versions.follow()
    assert house.versions.in_use == 0
    assert first.version not in [version.id for version in await learning.versions()]


def _words(content: bytes | None) -> str:
    return " ".join(Contents(content or b"").lines("terms_terms"))


async def test_other_categories_bring_a_new_version(house: House, tmp_path: Path) -> None:
    """By itself: the version in use knows what is not there any more. Labels of a category that is gone rest."""
    await house.teach(ODD, "repair")
    await house.teach(["Add a lamp"], "order")
    first = await _made(house)
    own = tmp_path / "own.toml"
    own.write_text(SMALL.partition("[order]")[0])
    house.classifier.use_categories(Categories(own))
    house.learner._looked_closely = float("-inf")
    made = await house.learner.look()
    assert made is not None
    row = await ModelVersion.get(id=made.version)
    assert (
        row.basis
        == basis(house.classifier.categories, meaning=False)
        != (await ModelVersion.get(id=first.version)).basis
    )
    assert "order" not in Model.from_bytes(row.content).labels
    house.learner._looked_closely = float("-inf")
    assert await house.learner.look() is None


async def test_what_was_chosen_while_a_version_was_made_stays(house: House) -> None:
    """A rollback in the very minute of a refit is an agent's word against a program's."""
    await house.teach(ODD, "repair")
    first = await _made(house)

    async def meanwhile(examples: AsyncIterator[list[Written]], in_use: bytes, known: float | None) -> Fitted:
        made = await in_here(examples, in_use, known)
        await learning.use(0, NOW + timedelta(seconds=1))
        return made

    await house.teach([f"{text} please" for text in ODD], "repair")
    second = await House(house.core, meanwhile).learner.look()
    assert second is not None
    assert second.refused == "another version was chosen while it was made"
    await house.versions.follow()
    assert house.versions.in_use == 0 != first.version


async def test_a_worker_that_fails_changes_nothing(whole: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an error with a sentence, the version in use stays, and it is tried again."""
    await whole.teach(ODD, "repair")
    monkeypatch.setattr(refitting, "MODULE", "no.such.module")
    with pytest.raises(NotFitted, match="Fitting a model failed"):
        await whole.learner.look()
    assert await learning.versions() == []
    monkeypatch.undo()
    assert await whole.learner.look() is not None


async def test_a_damaged_row_of_a_version_is_told(house: House) -> None:
    """Not only what fitting says: whatever keeps the categories from learning is said, and that it is over."""
    await house.teach(ODD, "repair")
    first = await _made(house)
    await ModelVersion.filter(id=first.version).update(scores=["no", "scores"])
    await house.teach([f"{text} please" for text in ODD], "repair")
    assert await house.learner.looked() == learner.AGAIN_AFTER_S
    assert "(AttributeError)" in (house.learner.trouble or "")
    assert len(house.told) == 1
    await ModelVersion.filter(id=first.version).update(scores={})
    assert await house.learner.looked() == learner.LOOK_EVERY_S
    assert (house.learner.trouble, house.told[1:]) == (None, ["✅ The categories learn again."])


async def test_only_so_many_versions_are_kept(house: House) -> None:
    """The newest, and the one in use."""
    await house.teach(ODD, "repair")
    first = await _made(house)
    await learning.use(first.version, house.core.now + timedelta(days=1))
    for _ in range(3):
        await learning.keep(_copy(await ModelVersion.get(id=first.version)), 2)
    kept = [version.id for version in await learning.versions()]
    assert len(kept) == 3
    assert kept[-1] == first.version


def _copy(row: ModelVersion) -> ModelVersion:
    names = ("created_at", "labels", "last_label", "rows", "backend", "scores", "basis", "sha256", "content")
    return ModelVersion(**{name: getattr(row, name) for name in names})


async def test_the_same_lessons_make_the_same_model(house: House, database: Database) -> None:
    """Bit for bit: no clock, no chance, no order of processes in it."""
    await house.teach(ODD, "repair")
    first, second = await _made(house), await _made(house)
    assert await learning.content(first.version) == await learning.content(second.version)


def test_the_textbook_is_what_the_built_in_model_was_made_from() -> None:
    """So that learning begins where the program began."""
    from intake.understanding.model.builtin import examples

    ours = {(one.text, one.label, one.language, one.weight) for one in textbook(Categories())}
    assert ours == {(one.text, one.label, one.language, one.weight) for one in examples()}
