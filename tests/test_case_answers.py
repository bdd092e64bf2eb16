"""What is read out of a customer's answers: any order, any language, between quoted questions; and what is not."""

from __future__ import annotations

import time
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from intake.cases.reading import Answers, Asked, read_chat, read_letter
from intake.cases.values import Place
from intake.cases.wording import FormTexts
from intake.replies import Replies

LANGUAGES = ("en", "zh", "es", "de", "ru")
TEXTS = FormTexts(Replies(None, LANGUAGES, "en", "Kettle Shop"), LANGUAGES, "en")
QUESTIONS = ("order_number", "product", "purchased_on")
TODAY = date(2026, 11, 24)
ALL = {"order_number": "48213", "model": "K-200", "purchased_on": "2026-03-03"}


def asked(language: str = "en", pending: str | None = None, missing: tuple[str, ...] = QUESTIONS) -> Asked:
    words = TEXTS.of(language)
    return Asked(QUESTIONS, missing, pending, words.written(), words.frame())


def our_letter(language: str = "en") -> str:
    return TEXTS.of(language).asks("R-1001", QUESTIONS, chat=False, opened=True).text


def mailed(text: str, new_words: str | None = None, language: str = "en") -> Answers:
    return read_letter(text, text if new_words is None else new_words, asked(language), language, TODAY)


def said(text: str, pending: str, language: str = "en", place: Place = Place.NEXT) -> Answers:
    return read_chat(text, asked(language, pending), language, TODAY, place)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "1. 48213\n2. K-200\n3. 3 March 2026\n\nRegards\nAnna"),
        ("en", "3) March 3, 2026\n1) 48213\n2) K-200"),
        ("en", "Hi,\n\n(1) 48213\n(2) K-200\n(3) 2026-03-03"),
        ("en", "1. 48213 2. K-200 3. 3 March 2026"),
        ("en", "48213\nK-200\n3 March 2026"),
        ("en", "48213, K-200, 3 March 2026"),
        ("en", "Order number: 48213\nBought on: 3 March 2026\nProduct: K-200"),
        ("de", "1: 48213\n2: K-200\n3: 3. März 2026"),
        ("de", "Bestellnummer: 48213\nProdukt: K-200\nGekauft am: 03.03.2026"),
        ("es", "1.- 48213\n2.- K-200\n3.- 3 de marzo de 2026"),
        ("ru", "1) 48213\n2) K-200\n3) 3 марта 2026"),
        ("zh", "1、48213\n2、K-200\n3、2026年3月3日"),
        ("zh", "①48213\n②K-200\n③2026年3月3日"),
        ("zh", "订单号：48213\n产品：K-200\n购买日期：2026年3月3日"),
    ],
)
def test_a_letters_answers_are_read_however_they_are_ordered(language: str, text: str) -> None:
    """Numbered, named, or one after the other; in every language."""
    assert mailed(text, language=language) == Answers(ALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_between_the_quoted_questions_are_read(language: str) -> None:
    """Below each question that the mail program has quoted; a signature at the end answers nothing."""
    answers = iter(ALL.values())
    lines = []
    for line in our_letter(language).splitlines():
        lines.append(f"> {line}")
        lines += ["", next(answers), ""] if line[:2] in ("1.", "2.", "3.") else []
    text = "\n".join(["Hello, see below.", *lines, "", "-- ", "Anna Schmidt"])
    assert mailed(text, "\n\n".join(ALL.values()), language) == Answers(ALL)


def test_a_date_that_begins_like_a_number_is_a_date() -> None:
    """German days have a point: below the question for the day it is no third answer."""
    text = "> 3. An welchem Tag haben Sie es gekauft?\n3. März 2026\n"
    assert mailed(text, "3. März 2026", "de").values == {"purchased_on": "2026-03-03"}
    assert mailed("48213\nK-200\n3. März 2026", language="de") == Answers(ALL)


def test_a_quoted_question_may_be_wrapped() -> None:
    """Programs wrap what they quote at 72 characters."""
    text = "> 1. What is the order number? It is in our order confirmation and\n> on the invoice.\n48213\n"
    assert mailed(text, "48213").values == {"order_number": "48213"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_behind_questions_that_nobody_marked_as_quoted_are_read(language: str) -> None:
    """Outlook puts our letter below without a mark; people write behind our words."""
    answers = iter(ALL.values())
    ours = our_letter(language).splitlines()
    lines = [f"{line} {next(answers)}" if line[:2] in ("1.", "2.", "3.") else line for line in ours]
    assert mailed("\n".join(["See below", "", *lines]), "See below", language) == Answers(ALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_our_own_letter_answers_nothing(language: str, mark: str) -> None:
    """Quoted below two words of thanks, it is no answer to itself."""
    quoted = "\n".join(f"{mark}{line}" for line in our_letter(language).splitlines())
    assert mailed(f"Thank you!\n\nOn Tuesday you wrote:\n{quoted}\n\nAnna Schmidt", "Thank you!", language) == Answers()


def test_some_answers_are_some() -> None:
    """He leaves out what he does not know, or says so."""
    assert mailed("1. 48213\n2. don't know\n") == Answers({"order_number": "48213"}, unknown=("product",))
    assert mailed("2. K-200") == Answers({"model": "K-200"})


def test_answers_of_the_wrong_kind_find_their_question() -> None:
    """A day at the number's place and a number at the day's are taken for what they are; nonsense for nothing."""
    assert mailed("1. 3 March 2026\n2. K-200\n3. 48213").values == ALL
    assert mailed("1. see attachment\n3. a while ago").values == {}
    assert said("3 March 2026", "order_number").values == {"purchased_on": "2026-03-03"}
    assert said("48213", "purchased_on").values == {"order_number": "48213"}


@pytest.mark.parametrize(
    ("pending", "language", "text", "values"),
    [
        ("order_number", "en", "48213", {"order_number": "48213"}),
        ("order_number", "en", "It's 48213.", {"order_number": "48213"}),
        ("order_number", "en", "48 213", {"order_number": "48213"}),
        ("order_number", "zh", "我的订单号是a-48213", {"order_number": "A-48213"}),
        ("order_number", "zh", "４８２１３", {"order_number": "48213"}),
        ("order_number", "ru", "№48213", {"order_number": "48213"}),
        ("order_number", "en", "48213, 48214 and 48215", {"order_number": "48213, 48214, 48215"}),
        ("product", "en", "It's the K-200", {"model": "K-200"}),
        ("product", "en", "the blue kettle", {"model": "the blue kettle"}),
        ("product", "zh", "电热水壶 K-200", {"model": "电热水壶 K-200"}),
        ("product", "de", "Wasserkocher", {"model": "Wasserkocher"}),
        ("product", "en", "4006381333931", {"product_number": "4006381333931"}),
        ("product", "en", "S/N: ab12345", {"serial_number": "AB12345"}),
        ("purchased_on", "de", "gestern", {"purchased_on": "2026-11-23"}),
        ("purchased_on", "en", "3 days ago", {"purchased_on": "2026-11-21"}),
        ("purchased_on", "de", "3. März", {"purchased_on": "2026-03-03"}),
        ("purchased_on", "en", "24 December", {"purchased_on": "2025-12-24"}),
        ("purchased_on", "zh", "3月3日", {"purchased_on": "2026-03-03"}),
        ("purchased_on", "es", "el 3 de marzo de 2026", {"purchased_on": "2026-03-03"}),
        ("purchased_on", "ru", "3 марта 2026 года", {"purchased_on": "2026-03-03"}),
        ("order_number", "en", "48213\nK-200\n3 March 2026", ALL),
    ],
)
def test_a_chats_answer_is_read(pending: str, language: str, text: str, values: dict[str, str]) -> None:
    """The one question before him, as people answer it."""
    assert said(text, pending, language) == Answers(values)


@pytest.mark.parametrize(
    ("pending", "text"),
    [
        ("order_number", "Call me at +49 30 901820"),
        ("order_number", "I have paid 5990 EUR already"),
        ("order_number", "I have been waiting for 1000 days by now"),
        ("order_number", "write to anna48213@customer.example"),
        ("order_number", "R-1001"),
        ("order_number", "1, 2, 3 " + ", ".join(str(number) for number in range(10_000, 10_010))),
        ("product", "still broken"),
        ("product", "It leaks from the bottom"),
        ("product", "Hello? Is anybody there?"),
        ("product", "它坏了"),
        ("product", "не работает"),
        ("product", "https://shop.example/k200"),
        ("product", "x" * 500),
        ("purchased_on", "31 December 2030"),
        ("purchased_on", "03/04/2026"),
        ("purchased_on", "99.99.2026"),
        ("purchased_on", "3 March or 4 April 2026, or 5 May 2026"),
        ("purchased_on", "around Easter"),
        ("purchased_on", "in 1066"),
    ],
)
def test_what_is_no_clear_answer_is_left_to_an_agent(pending: str, text: str) -> None:
    """Nothing is taken that might be something else."""
    assert said(text, pending) == Answers()


def test_a_name_without_a_number_counts_only_where_it_was_asked_for() -> None:
    """Days later "the blue kettle" may be about anything; as a reply to the question it is the answer."""
    assert said("the blue kettle", "product", place=Place.SOMEWHERE) == Answers()
    assert said("K-200", "product", place=Place.SOMEWHERE).values == {"model": "K-200"}
    assert said("still the broken one", "product", place=Place.ITS_OWN).values == {"model": "still the broken one"}


@pytest.mark.parametrize(
    "text",
    [
        "see above", "See attached photo.", "Yes", "Why do you need this?", "I already told you", "it’s on the invoice",
        "siehe oben", "s. o.", "Anbei ein Foto", "Das steht auf der Rechnung", "ver arriba", "¿Por qué?",
        "см. выше", "Во вложении", "да", "见附件", "同上", "好的", "为什么？", "Está en la foto",
    ],
)  # fmt: skip
def test_what_leads_elsewhere_names_no_product(text: str) -> None:
    """Where it was asked for, in a reply and in a letter: an agent looks, and nothing is said back as a product."""
    for place in (Place.NEXT, Place.ITS_OWN):
        assert said(text, "product", place=place) == Answers()
    assert mailed(f"1. 48213\n2. {text}\n3. 3 March 2026") == Answers(
        {
            "order_number": "48213",
            "purchased_on": "2026-03-03",
        }
    )
    assert said(f"K-200, {text}", "product", place=Place.ITS_OWN).values["model"].startswith("K-200")


@pytest.mark.parametrize(
    "text", ["Above ground pool", "Attached garage heater", "附件包", "见山椅", "Lavazza?", "Oben-Leuchte Nora"]
)
def test_a_product_may_begin_like_what_leads_elsewhere(text: str) -> None:
    """ "Above" alone points to what stands above; "Above ground pool" is a thing. A guess with a "?" is an answer."""
    assert set(said(text, "product", place=Place.ITS_OWN).values) == {"model"}


@pytest.mark.parametrize("text", ["above", "oben", "上面", "是的", "Which one do you mean now?"])
def test_a_word_that_points_is_no_product(text: str) -> None:
    """Nor are a yes and a question of his own."""
    assert said(text, "product", place=Place.ITS_OWN) == Answers()


@pytest.mark.parametrize("text", ["2024", "2024.", "(2024)"])
def test_a_year_is_an_order_number_only_where_one_was_asked_for(text: str) -> None:
    """Who answers with the year to "On which day did you buy it?" has named no order."""
    for place in Place:
        assert said(text, "purchased_on", place=place) == Answers()
    assert mailed(f"1. don't know\n3. {text}") == Answers(unknown=("order_number",))
    assert said("2024", "order_number").values == {"order_number": "2024"}


@pytest.mark.parametrize("pending", QUESTIONS)
@pytest.mark.parametrize(
    "text",
    ["I don’t know", "no idea, sorry", "weiß ich leider nicht mehr", "No lo sé", "Не помню", "不记得了", "找不到", "-"],
)
def test_not_knowing_is_an_answer(text: str, pending: str) -> None:
    """In every language; the form goes on."""
    assert said(text, pending) == Answers(unknown=(pending,))


@pytest.mark.parametrize("text", ["Not now", "later!", "Jetzt nicht.", "ahora no", "Не сейчас", "以后再说"])
def test_not_now_ends_the_form(text: str) -> None:
    """Said alone; within a sentence it may mean anything."""
    assert said(text, "order_number") == Answers(later=True)
    assert not said(f"{text} but please look at my other mail", "order_number").later


def test_what_is_known_is_not_read_again() -> None:
    """A number where none is missing is no answer."""
    known = asked(pending="product", missing=("product",))
    assert read_chat("48213 and 3 March 2026", known, "en", TODAY, Place.NEXT) == Answers()
    assert read_letter("1. 99999\n2. K-200", "", known, "en", TODAY).values == {"model": "K-200"}


@pytest.mark.parametrize(
    "text",
    [
        "1. a " * 400_000,
        "> 1. x\n" * 200_000,
        "1" * 1_000_000,
        "- " * 500_000,
        "1.\n" * 300_000,
        "２０２６年" * 200_000,
        "\0" * 1_000_000,
        "48213, " * 150_000,
        "3 March 2026 " * 80_000,
        "don't " * 200_000,
        "",
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """A megabyte of anything is looked at in milliseconds."""
    started = time.process_time()
    for pending in QUESTIONS:
        said(text, pending)
    mailed(text)
    assert time.process_time() - started < 0.2


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("asked.chat.j2", "Hello, tell us more.", "the questions are missing"),
        ("asked.txt.j2", "Subject: x\n\nHello {{ number }}", "the questions are missing"),
        ("form.chat.j2", "order_number: Order\nskip: Skip", "it has a line for each of order_number, product"),
    ],
)
def test_a_template_that_does_not_ask_gives_way_to_ours(name: str, text: str, told: str, tmp_path: Path) -> None:
    """A question that nobody reads would be answered by nobody; `check` says what is missing."""
    folder = tmp_path / "en"
    folder.mkdir()
    (folder / name).write_text(text)
    own = Replies(tmp_path, LANGUAGES, "en", "Kettle Shop")
    [problem] = own.problems()
    assert told in problem
    words = FormTexts(own, LANGUAGES, "en").of("en")
    assert words.asks("R-1", QUESTIONS, chat=True, opened=True) == TEXTS.of("en").asks(
        "R-1", QUESTIONS, chat=True, opened=True
    )


def test_the_company_asks_in_its_own_words(tmp_path: Path) -> None:
    """Its form and its letter; the answers are read beside its words as beside ours."""
    folder = tmp_path / "en"
    folder.mkdir()
    ours = (TEXTS.of("en").question("order_number"), "Your purchase number, please:")
    built_in = files("templates").joinpath("en", "form.chat.j2").read_text()
    (folder / "form.chat.j2").write_text(built_in.replace(*ours))
    words = FormTexts(Replies(tmp_path, LANGUAGES, "en", "Kettle Shop"), LANGUAGES, "en").of("en")
    letter = words.asks("R-1", QUESTIONS, chat=False, opened=True).text
    assert "1. Your purchase number, please:\n" in letter
    asked_so = Asked(QUESTIONS, QUESTIONS, None, words.written(), words.frame())
    answered = letter.replace("please:", "please: 48213")
    assert read_letter(answered, answered, asked_so, "en", TODAY).values == {"order_number": "48213"}
