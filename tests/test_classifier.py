"""Laws of the decision: the company's words, then the model, then ours; else nobody guesses."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from intake.understanding.categories import UNSORTED, Categories
from intake.understanding.classifier import Classifier
from intake.understanding.model.features import fold
from intake.understanding.model.model import Model, builtin
from intake.understanding.model.training import Example, fit
from intake.understanding.plain_words import has_plain_sign, is_plain

LANGUAGES = ("en", "zh", "es", "de", "ru")
BUILT_IN = Classifier(Categories(), builtin())

# What nobody wrote into the seeds or the table: a customer's own way of saying it.
WISHES = (
    ("where on earth is my parcel, it was due on monday", "en", "delivery"),
    ("The dryer has stopped working and smells burnt", "en", "repair"),
    ("these boots are too small, can I swap them for a 43?", "en", "exchange"),
    ("I'd like my money back please, you cancelled the show", "en", "refund"),
    ("包裹三天没动静了，快递到底在哪", "zh", "delivery"),
    ("电饭煲开不了机，能修吗", "zh", "repair"),
    ("想换大一码，还没剪吊牌", "zh", "exchange"),
    ("麻烦开一张电子发票，抬头发给你", "zh", "invoice"),
    ("todavía no me llega el paquete que pedí", "es", "delivery"),
    ("La aspiradora no enciende desde ayer", "es", "repair"),
    ("Quiero devolver las botas, no me quedan bien", "es", "return"),
    ("olvidé la contraseña y no puedo entrar", "es", "account"),
    ("Mein Paket ist immer noch nicht da", "de", "delivery"),
    ("Der Trockner geht nicht mehr an", "de", "repair"),
    ("Bitte senden Sie mir die Rechnung noch einmal zu", "de", "invoice"),
    ("ich möchte den Termin am Montag verschieben", "de", "appointment"),
    ("Посылка до сих пор не пришла, где она?", "ru", "delivery"),
    ("утюг сломался, можно его починить?", "ru", "repair"),
    ("не могу войти в личный кабинет, забыл пароль", "ru", "account"),
    ("хочу забронировать номер на двоих", "ru", "booking"),
)


@pytest.mark.parametrize(("text", "language", "category"), WISHES)
def test_a_wish_is_sorted_on_the_first_day(text: str, language: str, category: str) -> None:
    """Before anybody has taught anything, with a reason, the three likeliest, and the version that spoke."""
    verdict = BUILT_IN.judge("", text, language)
    assert verdict.category == category
    assert 0.3 < verdict.confidence <= 1
    assert verdict.reasons
    assert (len(verdict.choices), verdict.choices[0][0], verdict.model) == (3, category, 0)


@pytest.mark.parametrize(
    "text", ["", " \n", "hello", "👍", "好的", "?", "ok danke", "a recorder of disorder", "x" * 5000]
)
def test_what_says_nothing_is_left_alone(text: str) -> None:
    """No guess, however sure the model may be of it: a word that names a wish must stand in it."""
    verdict = BUILT_IN.judge("", text, None)
    assert (verdict.category, verdict.confidence) == (UNSORTED, 0.0)
    assert verdict.reasons


def test_the_same_reason_is_not_given_twice() -> None:
    """What a word of ours says is not said again by the model."""
    reasons = BUILT_IN.judge("", "My kettle is broken.", "en").reasons
    assert reasons[0] == 'word "broken" in the text'
    assert 'word "broken"' not in reasons


# What the playground's customers write; the first was once told "order", for the word alone.
TOLD = (
    (
        "Kettle does not heat",
        "the kettle from my order 4711-0815 does not heat any more. The lamp is on, the water stays cold.",
        "en",
        "repair",
    ),
    (
        "",
        "the kettle from my order 4711-0815 does not heat any more. The lamp is on, the water stays cold.",
        "en",
        "repair",
    ),
    (
        "Falsche Rechnung",
        "die Rechnung zu Bestellung 20931 ist um 12 Euro zu hoch. Bitte prüfen Sie das.",
        "de",
        "invoice",
    ),
    ("", "Здравствуйте! Где мой заказ 77120? Прошла уже неделя.", "ru", "delivery"),
    ("", "我想退货：台灯是坏的。订单号 20260815-33，型号 LX-20，2026年8月15日购买。", "zh", "return"),
)


@pytest.mark.parametrize(("subject", "text", "language", "category"), TOLD)
def test_a_number_of_an_order_does_not_hide_the_wish(subject: str, text: str, language: str, category: str) -> None:
    """Order number, model and date stand in messages about anything."""
    assert BUILT_IN.judge(subject, text, language).category == category


def test_an_unsorted_message_says_between_what_nobody_decided() -> None:
    """An agent sees at once which two to choose from, and no word that speaks for one of them alone."""
    verdict = BUILT_IN.judge("", "refund or repair?", "en")
    assert verdict.category == UNSORTED
    assert verdict.reasons in {("not sure: refund or repair",), ("not sure: repair or refund",)}


def test_a_message_about_nothing_says_so() -> None:
    """Two categories that are hardly likelier than all others are no choice."""
    assert BUILT_IN.judge("", "hello", "en").reasons == ("nothing in it says clearly what is wanted",)


def test_small_words_are_no_reasons() -> None:
    """What goes with any wish ("my", "week") explains nothing, whatever the model makes of it."""
    messages = [*WISHES, *((f"{subject}\n{text}", language, "") for subject, text, language, _ in TOLD)]
    told = 0
    for text, language, _ in messages:
        for reason in builtin().judge(text, language).reasons:
            word = fold(reason.removeprefix('word "').removesuffix('"'))
            assert not is_plain(word), (text, reason)
            assert word.isascii() or not has_plain_sign(word), (text, reason)
            told += 1
    assert told > len(messages)


def test_a_word_is_told_once_in_whatever_letters() -> None:
    """ "Kettle" in the subject and "kettle" in the text are one reason."""
    reasons = builtin().judge("Kettle does not heat\nMy kettle does not heat any more", "en").reasons
    assert len({reason.casefold() for reason in reasons}) == len(reasons)


def _own(tmp_path: Path, text: str) -> Categories:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return Categories(path)


def test_what_the_company_wrote_goes_over_everything(tmp_path: Path) -> None:
    """A word of its file decides, whatever model and built-in words say; two of its own against each other do not."""
    own = Classifier(_own(tmp_path, '[invoice.words]\nen = ["kettle*"]\n[sales.words]\nen = ["teapot*"]\n'), builtin())
    verdict = own.judge("", "My kettle is broken, where can it be repaired?", "en")
    assert (verdict.category, verdict.reasons, verdict.model) == ("invoice", ('word "kettle" in the text',), None)
    assert own.judge("", "My kettle and my teapot are broken and do not work", "en").category == "repair"
    assert own.judge("", "My iron is broken", "en").category == "repair"


def test_a_hint_of_the_company_is_not_yet_a_rule(tmp_path: Path) -> None:
    """It is weighed with all the rest."""
    own = Classifier(_own(tmp_path, '[invoice.hints]\nen = ["kettle*"]\n'), builtin())
    assert own.judge("", "My kettle is broken, where can it be repaired?", "en").category == "repair"


def test_a_category_that_is_gone_is_never_said(tmp_path: Path) -> None:
    """The model may still know it: neither verdict nor choices name it."""
    own = Classifier(_own(tmp_path, "[delivery]\nremove = true\n"), builtin())
    verdict = own.judge("", "where is my parcel? it has not arrived", "en")
    assert verdict.category == UNSORTED
    assert "delivery" not in {category for category, _ in verdict.choices}


def test_a_tree_of_ones_own_is_sorted_by_its_words_until_a_model_knows_it(tmp_path: Path) -> None:
    """Nothing of what the built-in model knows is a category there."""
    own = Classifier(_own(tmp_path, 'keep_builtin = false\n[boats]\nwords = { en = ["boat*"] }\n'), builtin())
    assert own.judge("", "my boats leak", "en").category == "boats"
    nothing = own.judge("", "where is my parcel", "en")
    assert (nothing.category, nothing.choices) == (UNSORTED, ())


def _taught(version: int) -> Model:
    """A model that learnt from this company's agents that what is broken is a matter of the warranty."""
    things = [
        "kettle",
        "iron",
        "toaster",
        "dryer",
        "mixer",
        "radio",
        "lamp",
        "drill",
        "fan",
        "heater",
        "clock",
        "phone",
    ]
    examples = [Example(f"My {thing} is broken, can you repair it?", "warranty", "en") for thing in things]
    examples += [Example(f"Where is the {thing} that I ordered?", "delivery", "en") for thing in things]
    return Model.from_bytes(fit(examples).model.to_bytes(), version=version)


def test_what_agents_have_taught_goes_over_our_words() -> None:
    """Where a version that was fitted to corrections says otherwise than the untaught one, it is believed."""
    text = "My camera is broken, can you repair it?"
    classifier = Classifier(Categories(), builtin())
    assert classifier.judge("", text, "en").category == "repair"
    classifier.use(_taught(7))
    taught = classifier.judge("", text, "en")
    assert (taught.category, taught.model) == ("warranty", 7)
    assert taught.reasons
    classifier.use(builtin())
    assert classifier.judge("", text, "en").category == "repair"


@pytest.mark.parametrize("text", ["brb dinner", "are you a bot?", "hablo con una persona?", "was für ein wetter heute"])
def test_what_a_later_version_has_not_learnt_it_says_no_louder(text: str) -> None:
    """Nobody labelled such a message: a version that knows no more of it than the first leaves it alone as well."""
    classifier = Classifier(Categories(), builtin())
    classifier.use(Model.from_bytes(builtin().to_bytes(), version=7))
    assert classifier.judge("", text, None).category == UNSORTED


def test_without_a_model_the_words_decide_alone() -> None:
    """A model that cannot be read leaves the program at work."""
    words = Classifier(Categories())
    assert words.judge("", "My kettle is broken", "en").category == "repair"
    assert words.judge("", "hello", "en").category == UNSORTED


def test_model_and_categories_change_between_two_messages(tmp_path: Path) -> None:
    """Each by itself; the other stays."""
    classifier = Classifier(Categories(), builtin())
    model, text = _taught(3), "My hook is broken, can you repair it?"
    classifier.use(model)
    assert classifier.model is model
    assert classifier.judge("", text, "en").category == "warranty"
    own = _own(tmp_path, '[loyalty.words]\nen = ["hook"]\n')
    classifier.use_categories(own)
    assert (classifier.categories, classifier.model) == (own, model)
    assert classifier.judge("", text, "en").category == "loyalty"


def test_the_same_message_gets_the_same_verdict() -> None:
    """No chance, no clock: two classifiers, made anew, say the same."""
    again = Classifier(Categories(), Model.from_bytes(builtin().to_bytes()))
    for text, language, _ in WISHES:
        assert BUILT_IN.judge("", text, language).category == again.judge("", text, language).category


HOSTILE: tuple[Callable[[], str], ...] = (
    lambda: "refund " * 150_000,
    lambda: "退" * 1_000_000,
    lambda: "a" * 1_000_000,
    lambda: "中a" * 500_000,
    lambda: "\u0301" * 1_000_000,
    lambda: "\U0001f468\u200d" * 300_000,
    lambda: "".join(chr(code) for code in range(0x20, 0xD7FF)),
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_megabyte_of_anything_takes_no_time(text: Callable[[], str]) -> None:
    """Nobody waits for it on the event loop."""
    whole = text()
    started = time.process_time()
    BUILT_IN.judge(whole, whole, None)
    assert time.process_time() - started < 0.3
