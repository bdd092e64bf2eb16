"""Laws of the word rules that sort messages."""

from __future__ import annotations

import time

import pytest

from intake.understanding.categories import UNSORTED, Categories
from intake.understanding.words import tokens

LANGUAGES = ("en", "zh", "es", "de", "ru")
BUILT_IN = Categories()


@pytest.mark.parametrize(
    ("text", "language", "category"),
    [
        ("I want my money back for order 48213", "en", "refund"),
        ("Where is my parcel? It has not arrived.", "en", "delivery"),
        ("Please cancel my order", "en", "order"),
        ("My kettle stopped working", "en", "repair"),
        ("I got the wrong size, can you exchange it?", "en", "exchange"),
        ("I forgot my password", "en", "account"),
        ("我想退货，怎么寄回？", "zh", "return"),
        ("请给我开发票", "zh", "invoice"),
        ("我的快递还没到", "zh", "delivery"),
        ("Quiero devolver los zapatos", "es", "return"),
        ("¿Tiene garantía este modelo?", "es", "warranty"),
        ("Wo bleibt mein Paket?", "de", "delivery"),
        ("Der Toaster ist kaputt", "de", "repair"),
        ("Bitte löschen Sie meine Daten nach DSGVO", "de", "privacy"),
        ("Чайник не включается", "ru", "repair"),
        ("Хочу записаться на приём", "ru", "appointment"),
        ("You have won the lottery, increase your sales", "en", "spam"),
    ],
)
def test_a_plain_wish_is_sorted(text: str, language: str, category: str) -> None:
    """The word that names the wish decides, with the language known or not."""
    assert BUILT_IN.judge("", text, language).category == category
    assert BUILT_IN.judge("", text, None).category == category


def test_the_reason_quotes_what_the_customer_wrote() -> None:
    """An agent reads which word it was, as it was written, and where."""
    verdict = BUILT_IN.judge("Question", "I asked for REFUNDS twice", "en")
    assert verdict.reasons == ('word "REFUNDS" in the text',)
    assert 0 < verdict.confidence < 1


def test_accents_capitals_and_width_do_not_matter() -> None:
    """People write as their keyboard lets them."""
    assert BUILT_IN.judge("", "DEVOLUCION", "es").category == "return"
    assert BUILT_IN.judge("", "ｒｅｆｕｎｄ please", "en").category == "refund"


@pytest.mark.parametrize("text", ["", "hello", "👍", "Lorem ipsum", "a recorder of disorder"])
def test_nothing_said_stays_unsorted(text: str) -> None:
    """A part of another word is no word, and no word is no guess."""
    verdict = BUILT_IN.judge("", text, None)
    assert (verdict.category, verdict.confidence) == (UNSORTED, 0.0)
    assert verdict.reasons


def test_two_equal_wishes_stay_unsorted_and_both_are_named() -> None:
    """Rather a person than a coin."""
    verdict = BUILT_IN.judge("", "refund or repair?", "en")
    assert verdict.category == UNSORTED
    assert [reason.rsplit(" ", 1)[1] for reason in verdict.reasons] == ["refund", "repair"]


def test_the_subject_weighs_more() -> None:
    """What stands in the subject breaks a tie."""
    assert BUILT_IN.judge("Refund", "the parcel is lost", "en").category == "refund"


def test_a_word_inside_a_phrase_counts_once() -> None:
    """ "has not arrived" is one thing said, not two."""
    assert BUILT_IN.judge("", "it has not arrived", "en").reasons == ('word "has not arrived" in the text',)


def test_every_category_has_a_name_in_every_language() -> None:
    """Agents and customers read names, never keys."""
    for key in BUILT_IN.keys:
        assert len({BUILT_IN.name(key, language) for language in LANGUAGES}) >= 4, key
    assert BUILT_IN.name("refund", "zh") == "退款"
    assert BUILT_IN.name(UNSORTED, "fr") == "Unsorted"
    assert BUILT_IN.name("gone_since", "en") == "Gone since"


def test_what_comes_back_opens_a_case() -> None:
    """The four after-sales categories, and no other."""
    assert {key: case for key in BUILT_IN.keys if (case := BUILT_IN.case(key))} == {
        "return": "return",
        "refund": "refund",
        "repair": "repair",
        "exchange": "exchange",
    }


def test_every_word_of_the_table_finds_its_category() -> None:
    """No entry can be dead: written out, each of them is found."""
    for category in BUILT_IN._categories.values():
        for entry in category.builtin:
            hits = BUILT_IN._words.find(tokens(entry.text.replace("*", "")), entry.language)
            assert category.key in {hit.entry.label for hit in hits}, entry


@pytest.mark.parametrize("text", ["refund " * 100_000, "a" * 500_000, "退" * 300_000, "has not " * 80_000])
def test_hostile_text_takes_no_time(text: str) -> None:
    """The cost does not grow with what a sender sends."""
    started = time.process_time()
    BUILT_IN.judge(text, text, None)
    assert time.process_time() - started < 0.25
