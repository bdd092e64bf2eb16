"""Laws of the company's own file of categories: it extends, replaces, removes; a mistake is told with its line."""

from __future__ import annotations

import time
from importlib.resources import files
from pathlib import Path

import pytest

from intake.understanding.categories import UNSORTED, Categories
from intake.understanding.category_file import MOST_CATEGORIES, MOST_WORDS

BUILT_IN = Categories()


def _own(tmp_path: Path, text: str) -> Categories:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return Categories(path)


def test_a_company_adds_words_messages_and_categories(tmp_path: Path) -> None:
    """CATEGORIES_FILE goes over the built-in tree and keeps what it does not name."""
    own = _own(
        tmp_path,
        '[refund.words]\nen = ["cash me out"]\n[refund.messages]\nen = ["give it back to my card"]\n'
        '[loyalty]\nnames = { en = "Loyalty card" }\nwords = { en = ["bonus point*"] }\n'
        'messages = { en = ["where did my points go"], de = ["meine punkte fehlen"] }\n',
    )
    assert own.judge("", "please cash me out", "en").category == "refund"
    assert own.judge("", "I want a refund", "en").category == "refund"
    assert own.judge("", "my bonus points are gone", "en").category == "loyalty"
    assert own.name("loyalty", "de") == "Loyalty card"
    assert own.keys[-2:] == ("loyalty", UNSORTED)
    assert [(seed.label, seed.language) for seed in own.seeds if seed not in BUILT_IN.seeds] == [
        ("refund", "en"),
        ("loyalty", "en"),
        ("loyalty", "de"),
    ]


def test_a_category_with_one_name_is_called_by_it_everywhere(tmp_path: Path) -> None:
    """On the desk too, where English ones are shown; without any, by its key."""
    own = _own(tmp_path, '[loyalty]\nnames = { de = "Kundenkarte" }\n[big_boats]\n')
    assert own.name("loyalty", "en") == own.name("loyalty", "fr") == "Kundenkarte"
    assert own.name("big_boats", "de") == "Big boats"


def test_a_company_replaces_one_category_or_the_whole_tree(tmp_path: Path) -> None:
    """`replace` empties one category of words and messages, `keep_builtin = false` all of them."""
    one = _own(tmp_path, '[refund]\nreplace = true\nwords = { en = ["cash me out"] }\n')
    assert one.judge("", "refund", "en").category == UNSORTED
    assert (one.name("refund", "de"), one.case("refund")) == ("Erstattung", "refund")
    assert {seed.label for seed in BUILT_IN.seeds} - {seed.label for seed in one.seeds} == {"refund"}
    all_new = _own(tmp_path, 'keep_builtin = false\n[boats]\nwords = { en = ["boat*"] }\n')
    assert all_new.keys == ("boats", UNSORTED)
    assert {seed.label for seed in all_new.seeds} == {UNSORTED}


def test_a_category_of_the_same_name_in_a_tree_of_ones_own_is_another(tmp_path: Path) -> None:
    """Who starts from nothing gets nothing of ours, whatever he calls it."""
    own = _own(tmp_path, 'keep_builtin = false\n[order]\nwords.en = ["at ease"]\nmessages.en = ["yes sir"]\n[other]')
    assert [seed.text for seed in own.seeds if seed.label != UNSORTED] == ["yes sir"]
    assert own.judge("", "cancel my order", "en").category == UNSORTED


def test_a_company_removes_what_it_does_not_need(tmp_path: Path) -> None:
    """A clinic has no parcels: no button, no words, no messages."""
    own = _own(tmp_path, "[delivery]\nremove = true\n[exchange]\nremove = true\n")
    assert {"delivery", "exchange"}.isdisjoint(own.keys)
    assert own.judge("", "where is my parcel", "en").category == UNSORTED
    assert {"delivery", "exchange"}.isdisjoint({seed.label for seed in own.seeds})


def test_a_word_that_the_company_gives_another_meaning_loses_ours(tmp_path: Path) -> None:
    """Not a draw between the two: what the company says goes."""
    own = _own(tmp_path, '[warranty.words]\nen = ["Refund*"]\n')
    assert own.judge("", "refunds", "en").category == "warranty"


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        ('\n[refund]\nwords = "refund"', 3, "[refund] words"),
        ("[refund.words]\nen = [1]", 2, "[refund] words.en"),
        ('[refund.words]\nen = [\n  "money",\n  "re*",\n]', 4, "[refund] words.en"),
        ('[refund.words]\nen = ["!"]', 2, "[refund] words.en"),
        ('[refund.words]\nenglish = ["money"]', 2, "[refund] words.english"),
        ('[refund]\n# a party?\ncase = "party"', 3, "[refund] case"),
        ('[refund]\nword = ["x"]', 2, "[refund] word "),
        ('[refund]\nnames = "Refund"', 2, "[refund] names"),
        ("[refund.names]\nen = 1", 2, "[refund] names.en"),
        ("[refund]\nreplace = 1", 2, "[refund] replace"),
        ("[boats]\nreplace = true", 2, "[boats] replaces nothing"),
        ("[boats]\nremove = true", 1, "[boats] cannot be removed"),
        ('[refund]\nremove = true\ncase = "refund"', 3, "[refund] is removed, and yet it has case"),
        ('[refund.messages]\nen = ["", "x"]', 2, "[refund] messages.en"),
        (f'[refund.messages]\nen = ["x",\n"{"x" * 2001}"]', 3, "[refund] messages.en"),
        ('[refund]\nmessages = ["x"]', 2, "[refund] messages"),
        ("\n\n[unsorted]", 3, "[unsorted]"),
        ('\n[unsorted.messages]\nen = ["hm"]', 2, "[unsorted]"),
        ("\n[[boats]]\n", 2, "[boats]"),
        ('[boats.names]\nde = "Boot"\nen = "Boat\\nYacht"', 3, "[boats] names.en"),
        (f'[boats.names]\nen = "{"x" * 61}"', 2, "[boats] names.en"),
        ('["Big Boats"]', 1, "[Big Boats]"),
        ("refund = 1", 1, "[refund]"),
        ('keep_builtin = "no"', 1, "keep_builtin"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_reason(tmp_path: Path, text: str, line: int, named: str) -> None:
    """The operator reads which file, which line and which key, in one line."""
    with pytest.raises(ValueError) as caught:
        _own(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'own.toml'}, line {line}: ")
    assert named in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            '[refund.words]\nen = ["cash me out"]\n[invoice.words]\nen = [\n  "bill",\n  "Cash  me OUT",\n]',
            6,
            'the word "Cash me OUT" is in [invoice], and in [refund] too (line 2).',
        ),
        (
            '[refund]\nmessages = { de = ["Geld her"] }\n[order]\nmessages = { de = ["geld her"] }',
            4,
            'the message "geld her" is in [order], and in [refund] too (line 2).',
        ),
        ('[boats]\nnames = { en = "refund" }', 2, '[boats] names.en is "refund", and so is that of [refund].'),
        (
            '[boats]\nnames.de = "nicht zugeordnet"',
            2,
            '[boats] names.de is "nicht zugeordnet", and so is that of [unsorted].',
        ),
        ('[refund]\nnames.en = "Return"', 2, '[refund] names.en is "Return", and so is that of [return].'),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, text: str, line: int, said: str) -> None:
    """One word for two wishes, one message for two, one name for two: both places are named."""
    with pytest.raises(ValueError) as caught:
        _own(tmp_path, text)
    assert str(caught.value) == f"{tmp_path / 'own.toml'}, line {line}: {said}"


def test_the_same_word_may_mean_two_things_in_two_languages(tmp_path: Path) -> None:
    """And a hint may go with several categories: neither is a contradiction."""
    own = _own(
        tmp_path,
        '[refund]\nwords = { es = ["rat"] }\nhints = { en = ["card"] }\n'
        '[order]\nwords = { de = ["rat"] }\nhints = { en = ["card"] }\n',
    )
    assert own.judge("", "rat", "es").category == "refund"
    assert own.judge("", "rat", "de").category == "order"


def test_a_file_without_any_category_is_refused(tmp_path: Path) -> None:
    """Nobody could choose anything."""
    with pytest.raises(ValueError, match="no category is left"):
        _own(tmp_path, "keep_builtin = false\n")


def test_more_than_buttons_can_show_or_a_text_be_searched_for_is_refused(tmp_path: Path) -> None:
    """The number that is too large is named, and the one that can be."""
    with pytest.raises(ValueError, match=f"categories are too many; {MOST_CATEGORIES} can be"):
        _own(tmp_path, "".join(f"[a{number}]\n" for number in range(MOST_CATEGORIES)))
    words = ", ".join(f'"字{number}"' for number in range(MOST_WORDS + 1))
    with pytest.raises(ValueError, match=f"words of your own are too many; {MOST_WORDS} can be"):
        _own(tmp_path, f"[refund]\nwords = {{ zh = [{words}] }}")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Missing, a folder, or not text: a sentence as well."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    for name in ("none.toml", "", "bytes.toml"):
        with pytest.raises(ValueError, match="cannot be read"):
            Categories(tmp_path / name)
    with pytest.raises(ValueError, match=r"cannot be read: there is no such file\.$"):
        Categories(tmp_path / "none.toml")


def test_as_many_words_as_there_may_be_take_little_time(tmp_path: Path) -> None:
    """Also of a script that has no spaces, where each is looked for by itself."""
    words = ", ".join(f'"字{number}"' for number in range(MOST_WORDS))
    own = _own(tmp_path, f"[refund]\nwords = {{ zh = [{words}] }}")
    started = time.process_time()
    own.judge("", "字" * 100_000, None)
    assert time.process_time() - started < 0.2


def test_our_own_table_could_be_a_companys_file(tmp_path: Path) -> None:
    """It holds to every rule that it holds others to: nothing in it contradicts."""
    ours = files("intake.understanding").joinpath("categories.toml").read_text("utf-8")
    own = _own(tmp_path, f"keep_builtin = false\n{ours}")
    assert own.keys == BUILT_IN.keys
