"""Thanks are told from what wants an answer; when in doubt, it wants one."""

from __future__ import annotations

import time
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.understanding.courtesy import Courtesy, depends_on_names, judge

NAMES = ("Anna Schmidt", "Kettle Shop", "Maria")
EXAMPLES: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "courtesies.toml").read_text("utf-8"))
SAID = {label: EXAMPLES[label] for label in ("thanks", "assent", "more")}
COURTEOUS = [*SAID["thanks"], *SAID["assent"]]
LABELS = {"thanks": Courtesy.THANKS, "assent": Courtesy.ASSENT, "more": None}


def test_there_are_enough_examples() -> None:
    """At least sixty of each side, each once."""
    assert len(set(COURTEOUS)) == len(COURTEOUS) >= 60
    assert len(set(SAID["more"])) == len(SAID["more"]) >= 60


@pytest.mark.parametrize(("label", "text"), [(label, text) for label, texts in SAID.items() for text in texts])
def test_a_message_is_what_people_would_say_it_is(label: str, text: str) -> None:
    """Every labelled example, as the answer that it is."""
    assert judge("Re: My kettle [R-1001]", text, NAMES) is LABELS[label]


def test_no_word_of_a_matter_is_a_courtesy() -> None:
    """What the categories are told by, other than praise, always wants an answer."""
    tables = tomllib.loads(files("intake.understanding").joinpath("categories.toml").read_text("utf-8"))
    phrases = [
        phrase.replace("*", "")
        for category, table in tables.items()
        if category != "praise"
        for phrases in table.get("words", {}).values()
        for phrase in phrases
    ]
    assert len(phrases) > 400
    assert [phrase for phrase in phrases if judge("", phrase) or judge("", f"Thanks, {phrase}!")] == []


@given(st.sampled_from(COURTEOUS), st.sampled_from(SAID["more"]))
def test_whatever_is_added_to_thanks_wants_an_answer(courteous: str, more: str) -> None:
    """A courtesy before or behind it hides nothing, where it holds a word that is none."""
    if judge("", f"Thanks. {more}", NAMES) is None:
        assert judge("", f"{courteous}\n{more}", NAMES) is None
        assert judge("", f"{more}\n{courteous}", NAMES) is None


@given(st.sampled_from(COURTEOUS), st.sampled_from("0123456789?？؟"))
def test_a_digit_or_a_question_mark_is_never_a_courtesy(courteous: str, sign: str) -> None:
    """Order numbers and questions, however politely put."""
    assert judge("", courteous + sign, NAMES) is None


@given(st.sampled_from(COURTEOUS), st.sampled_from(["not", "but", "nicht", "nie", "не", "不", "ない", "안"]))
def test_a_negation_anywhere_ends_a_courtesy(courteous: str, word: str) -> None:
    """Before, behind or between."""
    for text in (f"{word} {courteous}", f"{courteous} {word}"):
        assert judge("", text, NAMES) is None


@given(st.text(max_size=400))
def test_any_text_is_judged(text: str) -> None:
    """Never an exception."""
    judge(text, text, (text,))


@pytest.mark.parametrize(
    ("subject", "courtesy"),
    [
        ("", Courtesy.THANKS),
        ("Thanks!", Courtesy.THANKS),
        ("Re: My kettle", Courtesy.THANKS),
        ("AW: Re: Mein Wasserkocher [R-1001]", Courtesy.THANKS),
        ("Re[2]: kettle", Courtesy.THANKS),
        ("回复：我的水壶", Courtesy.THANKS),
        ("Odp: czajnik", Courtesy.THANKS),
        ("It is broken again", None),
        ("Urgent: refund", None),
        ("R-1001: where is my money", None),
        ("Fwd: invoice", None),
    ],
)
def test_a_subject_of_its_own_wants_an_answer(subject: str, courtesy: Courtesy | None) -> None:
    """Who writes a new subject has said something with it."""
    assert judge(subject, "Thanks!", NAMES) is courtesy


@pytest.mark.parametrize("word", EXAMPLES["answers"])
def test_yes_and_no_are_never_a_courtesy(word: str) -> None:
    """Each is an answer, or the beginning of one, in some language; words of one language are looked up in all."""
    for text in (word, f"Thanks {word}", f"{word}, danke", f"Ok {word}", f"{word} merci!"):
        assert judge("", text, NAMES) is None


def test_a_stranger_name_is_no_courtesy() -> None:
    """Only names that we know may stand in it."""
    assert judge("", "Thanks Maria", NAMES) is Courtesy.THANKS
    assert judge("", "Thanks Refund", NAMES) is None


@pytest.mark.parametrize("name", ["", "Anna", "Frau Maria Schmidt", "李小龙", "Kettle Shop"])
def test_names_are_asked_for_wherever_they_could_matter(name: str) -> None:
    """Whatever is a courtesy with some names is found to be a possible one without them."""
    for text in COURTEOUS:
        said = f"{text}, {name}"
        assert judge("", said, (*NAMES, name)) is None or depends_on_names("", said)


@pytest.mark.parametrize("text", ["The kettle is broken.", "Order 4711", "Thanks, but where is it?", "Maria", "5", ""])
def test_names_are_not_asked_for_when_they_change_nothing(text: str) -> None:
    """Most messages want something, and that shows without them."""
    assert not depends_on_names("", text)


def test_long_and_hostile_texts_cost_nothing() -> None:
    """More than a few lines is no courtesy, whatever stands in it."""
    started = time.perf_counter()
    for text in ("thanks " * 200_000, ":" * 1_000_000, "👍" * 500_000, "so much " * 37):
        judge(text, text, (text,))
    assert time.perf_counter() - started < 1
