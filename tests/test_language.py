"""Laws of language detection."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bot.measuring.lang import measure
from intake.understanding.language import detect, tell, warm_up

OURS = ("en", "zh", "es", "de", "ru")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where is the parcel that I ordered last week?", "en"),
        ("Ich warte seit zwei Wochen auf meine Lieferung.", "de"),
        ("¿Cuándo llega el paquete que compré la semana pasada?", "es"),
        ("Когда приедет посылка, которую я заказал?", "ru"),
        ("我上周买的东西什么时候能到？", "zh"),
        ("我需要在下午5点之前收到", "zh"),
        ("Моя модель XR-200 не включается", "ru"),
        ("我买的 iPhone 坏了", "zh"),
    ],
)
def test_a_sentence_is_recognised(text: str, expected: str) -> None:
    """Each of the five languages is told from the others."""
    assert detect(text, OURS) == expected


@pytest.mark.parametrize(
    "text", ["", "   ", "👍👍", "48213", "!!!", "https://shop.example/de/bestellung", "a@b.example"]
)
def test_nothing_to_go_by_is_nobodys_language(text: str) -> None:
    """Unknown is an answer, whatever the conversation was in."""
    assert detect(text, OURS) is None
    assert detect(text, OURS, prior="de") is None


@pytest.mark.parametrize(
    ("prior", "expected"), [("de", "de"), ("zh", "zh"), ("es-MX", "es"), ("pt_BR", None), (None, None)]
)
def test_a_word_or_two_follow_the_conversation(prior: str | None, expected: str | None) -> None:
    """ "ok" is written in every language; a prior that the company does not speak says nothing."""
    assert detect("ok", OURS, prior) == expected


def test_a_script_of_its_own_decides_before_the_conversation() -> None:
    """Two Chinese or Russian words are Chinese or Russian, whatever was spoken before."""
    assert detect("谢谢", OURS, prior="en") == "zh"
    assert detect("Спасибо большое", OURS, prior="en") == "ru"


@pytest.mark.parametrize(
    ("text", "expected"), [("Hola", "es"), ("danke", "de"), ("Rechnung fehlt", "de"), ("hello", "en")]
)
def test_a_distinctive_word_is_enough_without_a_conversation(text: str, expected: str) -> None:
    """Greetings and thanks name their language."""
    assert detect(text, OURS) == expected


MANY = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk", "vi", "zh")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my kettle is broken", "en"),
        ("size too small", "en"),
        ("Schuhe zu klein", "de"),
        ("wo bleibt mein Paket", "de"),
        ("pedido sin recibir todavía", "es"),
        ("quiero cambiar la talla", "es"),
        ("où est mon colis", "fr"),
        ("trop petit, je rends", "fr"),
        ("dov'è il mio pacco", "it"),
        ("vorrei un rimborso", "it"),
        ("quero trocar o tamanho", "pt"),
        ("onde está minha encomenda", "pt"),
        ("waar blijft mijn pakket", "nl"),
        ("gdzie jest moja paczka", "pl"),
        ("kargom hala gelmedi", "tr"),
        ("paket saya belum datang", "id"),
        ("đơn hàng của tôi đâu", "vi"),
        ("где моя посылка", "ru"),
        ("де моя посилка", "uk"),
        ("товар у кошику", "uk"),
        ("товар в корзине", "ru"),
        ("注文番号の確認", "ja"),
        ("返品希望", "ja"),
        ("订单什么时候到", "zh"),
        ("我的快递没到", "zh"),
        ("배송이 안 와요", "ko"),
        ("أين طلبي", "ar"),
        ("मेरा ऑर्डर कहाँ है", "hi"),
        ('"refresh_token" (OAuth) или код', "ru"),
        ("iPhone 14 Pro Max 坏了", "zh"),
        ("My name is 王小明", "en"),
    ],
)
def test_few_words_are_told_apart_among_many_languages(text: str, expected: str) -> None:
    """Neighbours too, such as Spanish and Portuguese, or Russian and Ukrainian; names in other letters do not count."""
    assert detect(text, MANY) == expected


def test_a_greeting_says_more_than_the_telephones_language_and_less_than_the_conversation() -> None:
    """Who writes "Hola" on an English telephone speaks Spanish; who has written German so far goes on in German."""
    told = tell("Hola", OURS, hint="en")
    assert told.language == "es"
    assert told.given("de") == "de"
    assert told.given("fr") == "es"  # nobody answers in French here
    assert tell("ok", OURS, hint="en").language == "en"


def test_a_sentence_does_not_yield_to_the_conversation() -> None:
    """Who changes his language is answered in it."""
    told = tell("Wo bleibt mein Paket denn nur?", OURS, hint="en")
    assert (told.language, told.given("en")) == ("de", "de")


def test_what_is_measured_is_what_reads_messages(tmp_path: Path) -> None:
    """`lang` counts an unknown language as wrong, and says what every language has reached."""
    rows = [("Wo ist mein Paket?", "de"), ("Where is my parcel?", "en"), ("12345", "en"), ("Hola, ¿qué tal?", "de")]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"text": text, "lang": code}) + "\n" for text, code in rows))
    found = measure(path, OURS)
    assert (found["accuracy"], found["unknown"], found["n_eval"]) == (0.5, 0.25, 4)
    assert found["per_lang"] == {"de": 0.5, "en": 0.5}


@pytest.mark.parametrize("line", ["", "no json", "[]", '{"text": "x"}', '{"text": 1, "lang": "en"}'])
def test_lines_that_are_none_are_refused_with_their_number(tmp_path: Path, line: str) -> None:
    """Nothing is measured by half."""
    path = tmp_path / "rows.jsonl"
    path.write_text(line)
    with pytest.raises(ValueError, match="line"):
        measure(path, OURS)


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("東京に住んでいます", ("ja", "zh", "en"), "ja"),
        ("北京大学在哪里", ("ja", "zh", "en"), "zh"),
        ("了解", ("ja", "zh", "en"), "zh"),
        ("주문이 언제 도착하나요", ("ko", "en"), "ko"),
        ("Коли приїде моє замовлення, будь ласка?", ("ru", "uk"), "uk"),
        ("สินค้ามาถึงเมื่อไหร่", ("th", "en"), "th"),
        ("我的包裹在哪里", ("en", "de"), None),
        ("Wo ist mein Paket geblieben?", ("zh", "ru"), None),
        ("Where is my parcel now?", ("en-GB", "zh"), "en-GB"),
        ("Where is my parcel now?", ("en", "xx"), "en"),
    ],
)
def test_only_the_companys_languages_are_answers(text: str, languages: tuple[str, ...], expected: str | None) -> None:
    """The script narrows the choice; a text in nobody's language has no answer."""
    assert detect(text, languages) == expected


def test_a_language_that_is_asked_for_later_is_told_as_well() -> None:
    """What was read for the languages asked for so far is not all that can be told."""
    assert detect("The box came open and the cable is missing.", ("de", "en")) == "en"
    assert detect("Kutxa irekita iritsi da eta kablea falta da.", ("de", "en", "eu")) == "eu"
    assert detect("Das Paket kam offen an, und das Kabel fehlt.", ("de", "en")) == "de"


def test_a_japanese_conversation_goes_on_in_han_alone() -> None:
    """Two signs without kana stay Japanese where Japanese was spoken."""
    assert detect("了解", ("ja", "zh", "en"), prior="ja") == "ja"


@pytest.mark.parametrize(
    "text", ["a" * 500_000, "1a" * 200_000, "@" * 400_000, "Wort " * 100_000, "字" * 300_000, "\udcff"]
)
def test_hostile_text_takes_no_time(text: str) -> None:
    """Only the beginning of a text is read, and odd code points do no harm."""
    warm_up(OURS)
    started = time.process_time()
    detect(text, OURS)
    assert time.process_time() - started < 0.25
