"""The model: what it says of a text, how it is kept, and that damaged ones are told apart."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from intake.understanding.model.builtin import examples
from intake.understanding.model.model import DamagedModel, Model, builtin
from intake.understanding.model.training import Example, fingerprint, fit

ROOT = Path(__file__).parent.parent

EXAMPLES = [
    Example(f"{start} {wish}", label, "en")
    for label, wish in (
        ("refund", "my money back for the blue jacket"),
        ("delivery", "to know where the parcel is"),
        ("account", "to reset the password of my login"),
    )
    for start in ("i want", "please, i need", "hello, we would like", "how do i get")
]


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(EXAMPLES).model


def test_a_text_like_the_examples_gets_their_label(model: Model) -> None:
    """Who writes of a parcel means the delivery, and the word that says so is the reason."""
    opinion = model.judge("Parcel\nWhere is my parcel??", "en")
    assert opinion.ranking[0][0] == "delivery"
    assert any("arcel" in reason for reason in opinion.reasons)


def test_probabilities_are_probabilities(model: Model) -> None:
    """They are sorted, and sum up to one."""
    chances = [chance for _, chance in model.judge("my password and my money", "en").ranking]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=0.001)


def test_the_same_examples_give_the_same_bytes(model: Model) -> None:
    """A model is known by its content: fitting twice gives one."""
    assert fit(EXAMPLES).model.to_bytes() == model.to_bytes()


def test_a_stored_model_judges_as_before(model: Model) -> None:
    """What was stored and read again says the same of a text, but for the rounding of its weights."""
    again = Model.from_bytes(model.to_bytes(), version=7)
    assert again.version == 7
    before, after = (one.judge("the parcel of my jacket", "en") for one in (model, again))
    assert [label for label, _ in after.ranking] == [label for label, _ in before.ranking]
    assert after.ranking[0][1] == pytest.approx(before.ranking[0][1], abs=0.01)


def test_damaged_bytes_are_no_model(model: Model) -> None:
    """Cut, empty, of another kind, or with a pickle inside: refused by name, never by another error."""
    content = model.to_bytes()
    pickled = io.BytesIO()
    np.savez(pickled, head=np.array([{"labels": ["refund"]}], dtype=object))
    for damaged in (b"", b"no model", content[: len(content) // 2], content[100:], pickled.getvalue()):
        with pytest.raises(DamagedModel):
            Model.from_bytes(damaged)


def test_every_flipped_byte_is_noticed_or_harmless(model: Model) -> None:
    """A model with one byte changed is refused, or still answers."""
    content = bytearray(model.to_bytes())
    for place in range(0, len(content), 97):
        damaged = bytes(content[:place]) + bytes([content[place] ^ 0x5A]) + bytes(content[place + 1 :])
        try:
            found = Model.from_bytes(damaged)
        except DamagedModel:
            continue
        assert found.judge("where is it", "en").ranking


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\x00", "\ud800", "ﷺ" * 9_000, "a" * 1_000_000, "。" * 5_000, "你好" * 4_000, "🙂🙃", "\u0301" * 3_000],
)
def test_any_string_is_judged(model: Model, text: str) -> None:
    """Empty, broken, endless or in no language: an opinion, no exception."""
    assert len(model.judge(text, None).ranking) == 3


def test_a_text_without_a_known_word_is_left_alone(model: Model) -> None:
    """Nothing known in it, so nothing is sure of it."""
    assert not model.judge("你好", "zh").sure


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_examples_are_no_error(count: int) -> None:
    """A model can be fitted to none, to one, to two of one label; it is then sure of nothing."""
    opinion = fit(EXAMPLES[:count]).model.judge("where is my parcel", "en")
    assert not opinion.sure


def test_the_builtin_model_is_there() -> None:
    """The program comes with a model that knows the built-in categories."""
    opinion = builtin().judge("Where is my parcel? It has not arrived.", "en")
    assert opinion.ranking[0][0] == "delivery"


def test_the_builtin_model_belongs_to_the_seeds() -> None:
    """Who changes a seed or a word makes the model anew: `make model`."""
    assert builtin().basis == fingerprint(examples())


def test_the_builtin_model_is_small() -> None:
    """It is part of every installation."""
    assert len(builtin().to_bytes()) < 2_500_000


def test_what_is_like_no_example_is_left_alone() -> None:
    """A stranger's text is no category, even where one label is likelier than the others."""
    strangers = (
        "the cat sat on the mat and looked at birds",
        "Photosynthese findet in Chloroplasten statt",
        "e4 e5 Nf3",
    )
    assert [text for text in strangers if builtin().judge(text, None).sure] == []


def test_words_say_nothing_in_a_language_without_examples(model: Model) -> None:
    """Fitted to English messages, it is sure of no Spanish one, not even of one with English words in it."""
    assert model.languages == ("en",)
    assert not model.judge("where is my parcel", "es").sure


def test_the_service_runs_without_scikit_learn() -> None:
    """Half a second and 100 MB are spent where a model is fitted, not where messages come in."""
    source = "import sys, bot.app, bot.__main__\nprint([name for name in ('sklearn', 'scipy') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_a_long_text_takes_no_longer_than_its_beginning(model: Model) -> None:
    """One megabyte costs what the first 2,000 characters cost: they are the same to the model."""
    text = "where is my parcel, i want to know. " * 60
    assert model.judge(text[:2_000] + "x" * 1_000_000, "en") == model.judge(text[:2_000], "en")
