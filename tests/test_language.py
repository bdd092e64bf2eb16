"""Laws of language detection."""

from __future__ import annotations

import time

import pytest

from intake.understanding.language import detect, warm_up

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
