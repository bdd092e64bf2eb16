"""Laws of the word rules that sort messages."""

from __future__ import annotations

import time
from pathlib import Path

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
        for entry in category.entries:
            hits = BUILT_IN._words.find(tokens(entry.text.replace("*", "")), entry.language)
            assert category.key in {hit.entry.label for hit in hits}, entry


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_company_adds_words_and_categories(tmp_path: Path) -> None:
    """CATEGORIES_FILE goes over the built-in tree and keeps what it does not name."""
    own = Categories(
        _file(
            tmp_path,
            '[refund.words]\nen = ["cash me out"]\n'
            '[loyalty]\nnames = { en = "Loyalty card" }\nwords = { en = ["bonus point*"] }\n',
        )
    )
    assert own.judge("", "please cash me out", "en").category == "refund"
    assert own.judge("", "I want a refund", "en").category == "refund"
    assert own.judge("", "my bonus points are gone", "en").category == "loyalty"
    assert own.name("loyalty", "de") == "Loyalty card"
    assert own.keys[-2:] == ("loyalty", UNSORTED)


def test_a_company_replaces_words_or_the_whole_tree(tmp_path: Path) -> None:
    """`replace` empties one category, `keep_builtin = false` all of them."""
    one = Categories(_file(tmp_path, '[refund]\nreplace = true\nwords = { en = ["cash me out"] }\n'))
    assert one.judge("", "refund", "en").category == UNSORTED
    assert (one.name("refund", "de"), one.case("refund")) == ("Erstattung", "refund")
    all_new = Categories(_file(tmp_path, 'keep_builtin = false\n[boats]\nwords = { en = ["boat*"] }\n'))
    assert all_new.keys == ("boats", UNSORTED)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[refund", "not valid TOML"),
        ('[refund]\nwords = "refund"', "[refund] words"),
        ("[refund.words]\nen = [1]", "[refund] words.en"),
        ('[refund.words]\nen = ["re*"]', "[refund] words.en"),
        ('[refund.words]\nen = ["!"]', "[refund] words.en"),
        ('[refund]\ncase = "party"', "[refund] case"),
        ('[refund]\nword = ["x"]', "[refund] word "),
        ('[refund]\nnames = "Refund"', "[refund] names"),
        ("[refund.names]\nen = 1", "[refund] names.en"),
        ("[refund]\nreplace = 1", "[refund] replace"),
        ("[unsorted]", "[unsorted]"),
        ('["Big Boats"]', "[Big Boats]"),
        ("refund = 1", "[refund]"),
        ('keep_builtin = "no"', "keep_builtin"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path, text: str, named: str) -> None:
    """The operator reads which file and which key."""
    path = _file(tmp_path, text)
    with pytest.raises(ValueError) as caught:
        Categories(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert named in message
    assert "\n" not in message


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Missing, or not text: a sentence as well."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ValueError, match="cannot be read"):
            Categories(path)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="cannot be read"):
        Categories(tmp_path / "bytes.toml")


@pytest.mark.parametrize("text", ["refund " * 100_000, "a" * 500_000, "退" * 300_000, "has not " * 80_000])
def test_hostile_text_takes_no_time(text: str) -> None:
    """The cost does not grow with what a sender sends."""
    started = time.process_time()
    BUILT_IN.judge(text, text, None)
    assert time.process_time() - started < 0.25
