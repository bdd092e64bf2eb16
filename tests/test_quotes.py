"""Quotations fold, they never cut: the pieces of a message are the message."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.understanding.quotes.splitting import Kind, is_plain, left_out, split

ANNOUNCEMENTS = {
    "en": "On Mon, 23 Nov 2026 at 09:00, Shop <support@shop.example> wrote:",
    "en wrapped": "On Mon, 23 Nov 2026 at 09:00, Shop and its many people\n<support@shop.example> wrote:",
    "zh": "在 2026年11月23日 09:00，Shop <support@shop.example> 写道：",
    "zh gmail": "Shop <support@shop.example> 于2026年11月23日周一 09:00写道：",
    "es": "El lun, 23 nov 2026 a las 9:00, Shop (<support@shop.example>) escribió:",
    "de": "Am Mo., 23. Nov. 2026 um 09:00 Uhr schrieb Shop <support@shop.example>:",
    "ru": "пн, 23 нояб. 2026 г. в 09:00, Shop <support@shop.example>:",
    "ru verb": "23.11.2026 09:00, Shop пишет:",
    "fr": "Le lun. 23 nov. 2026 à 09:00, Shop <support@shop.example> a écrit :",
    "it": "Il giorno lun 23 nov 2026 alle ore 09:00 Shop <support@shop.example> ha scritto:",
    "pt": "Em seg., 23 de nov. de 2026 às 09:00, Shop <support@shop.example> escreveu:",
    "nl": "Op ma 23 nov 2026 om 09:00 schreef Shop <support@shop.example>:",
    "pl": "pon., 23 lis 2026 o 09:00 Shop <support@shop.example> napisał(a):",
    "ja": "2026年11月23日(月) 9:00 Shop <support@shop.example>:",
    "original message": "-----Original Message-----",
    "ursprüngliche": "-----Ursprüngliche Nachricht-----",
    "original zh": "------------------ 原始邮件 ------------------",
    "dashes": "---- Shop wrote ----",
}
HEADERS = {
    "en": ("From", "Sent", "To", "Subject"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "fr": ("De ", "Envoyé ", "À ", "Objet "),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "pt": ("De", "Enviada", "Para", "Assunto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "bold": ("*From", "*Sent", "*To", "*Subject"),
}
DEVICES = (
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "发自我的iPhone",
)

_LINES = st.one_of(
    st.sampled_from(
        [*ANNOUNCEMENTS.values(), *DEVICES, "-- ", "--", "> quoted", ">", "", "________", "From: a@b.example"]
    ),
    st.text(max_size=40),
)
_ENDS = st.sampled_from(["\n", "\r\n", "\r", "\x0b", "\u2028", ""])


@settings(max_examples=300)
@given(st.lists(st.tuples(_LINES, _ENDS), max_size=30))
def test_pieces_together_are_the_message(lines: list[tuple[str, str]]) -> None:
    """Not a byte is lost, whatever was taken for a quotation."""
    text = "".join(line + end for line, end in lines)
    found = split(text)
    assert "".join(piece.text for piece in found.pieces) == text
    assert bool(found.reply) == bool(text.strip())


@settings(max_examples=300)
@given(st.lists(st.tuples(_LINES, _ENDS), max_size=30))
def test_what_was_folded_is_found_by_the_new_words_alone(lines: list[tuple[str, str]]) -> None:
    """Each line that is not among the new words, once, wherever it stood; nothing that is."""
    text = "".join(line + end for line, end in lines)
    found = split(text)
    folded = "\n".join(piece.text for piece in found.pieces if piece.kind is not Kind.NEW)
    assert Counter(_filled(left_out(text, found.reply))) == Counter(_filled(folded))


def test_a_line_that_looks_like_two_is_not_shown_twice() -> None:
    """An announcement glued to the line before it is cut off; where all of it stays new, nothing was folded."""
    text = f"-----Original Message-----{ANNOUNCEMENTS['en']}\n> quoted\n"
    assert left_out(text, split(text).reply) == ""


def _filled(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_new_words_of_other_rules_lose_nothing() -> None:
    """What is shown and what is folded below it are the whole text, whatever was taken for new."""
    text = "One.\nTwo.\n\nThree.\nTwo.\nFour."
    assert left_out(text, "Two.\n\nFour.") == "One.\n\nThree.\nTwo."
    assert left_out(text, "Nothing of it") == text
    assert left_out(text, text) == ""


@pytest.mark.parametrize("name", ANNOUNCEMENTS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_announced_quotation_is_folded(name: str, mark: str) -> None:
    """In every language, with and without marks before the lines."""
    found = split(f"It leaks.\n\n{ANNOUNCEMENTS[name]}\n\n{mark}Does it leak?\n")
    assert found.reply == "It leaks."
    assert "Does it leak?" in found.quoted


@pytest.mark.parametrize("language", HEADERS)
@pytest.mark.parametrize("rule", ["", "________________________________\n"])
def test_quoted_header_begins_the_quotation(language: str, rule: str) -> None:
    """Outlook copies four lines of the header, in the language of its owner."""
    sender, sent, to, subject = HEADERS[language]
    block = f"{sender}: Shop <support@shop.example>\n{sent}: 23 Nov 2026 09:00\n{to}: Anna\n{subject}: Kettle\n"
    found = split(f"It leaks.\n\n{rule}{block}\nDoes it leak?\n")
    assert found.reply == "It leaks."


def test_answers_between_and_below_quotations_stay_visible() -> None:
    """Who answers point by point is read point by point."""
    text = f"{ANNOUNCEMENTS['en']}\n> Colour?\nRed.\n> Size?\nLarge.\n\n> Bye\n\nAnna\n"
    found = split(text)
    assert [line for line in found.reply.splitlines() if line] == ["Red.", "Large.", "Anna"]
    assert "Size?" in found.quoted


def test_wrote_within_a_sentence_cuts_nothing() -> None:
    """A person may tell what somebody wrote, and when."""
    for text in (
        "On Monday Bob wrote: send it back. So I did.\nWhere is my money?",
        "I wrote on 3 May 2026 that it leaks.\nNobody answered.",
        "On 3 May I wrote to you\nand nobody answered.",
    ):
        assert split(text).reply == text


def test_form_with_from_and_to_is_no_quotation() -> None:
    """People name places and days with the same words."""
    text = "Please change my trip.\nFrom: Berlin\nTo: Paris\nDate: 3 May\nThank you"
    assert split(text).reply == text


def test_mail_of_nothing_but_a_quotation_is_not_empty() -> None:
    """Somebody sent it, so there is something to read."""
    text = "> Does it leak?\n> Please answer.\n"
    assert split(text).reply == text.strip()
    assert [piece.kind for piece in split(text).pieces] == [Kind.NEW]


@pytest.mark.parametrize("mark", ["---------- Forwarded message ---------", "Anfang der weitergeleiteten Nachricht:"])
def test_forwarded_mail_is_kept_whole(mark: str) -> None:
    """What a customer passes on is what he wants to say."""
    text = f"See below.\n\n{mark}\nFrom: Parcels <p@parcels.example>\nSubject: Lost\nTo: Anna\n\nYour parcel is lost."
    assert split(text).reply == text


@pytest.mark.parametrize("device", DEVICES)
def test_words_of_the_telephone_are_no_reply(device: str) -> None:
    """They are the same below every mail."""
    found = split(f"It leaks.\n\n{device}\n\n{ANNOUNCEMENTS['en']}\n> Does it leak?\n")
    assert found.reply == "It leaks."
    assert found.signature == device


def test_sentence_about_sending_is_no_signature() -> None:
    """`Enviado de ...` may be about a parcel."""
    for text in (
        "Hola\nEnviado de Madrid el lunes",
        "Hi\nSent from my desk, is much easier.",
        "Привет\nОтправлено с вашего склада",
    ):
        assert split(text).reply == text


def test_signature_mark_ends_the_reply() -> None:
    """RFC 3676 §4.3: two dashes and a blank."""
    found = split("It leaks.\n-- \nAnna Schmidt\nKettle Street 1\n")
    assert found.reply == "It leaks."
    assert found.signature.endswith("Kettle Street 1")


def test_text_below_a_loose_line_of_dashes_is_kept() -> None:
    """Without its blank the mark may be a divider in a long mail."""
    text = "Part one.\n--\n" + "A line of part two.\n" * 20
    assert split(text).reply == text.strip()


BAIT = (
    "On Monday 2026 a@b.example\n",
    "-" * 390 + "\n",
    "--\n\n",
    "From: a\n",
    "_" * 60 + "\n\n\n",
    "On a wrote: ",
    "> " * 9,
)


@pytest.mark.parametrize("bait", BAIT)
def test_bait_for_slow_patterns_is_read_in_a_moment(bait: str) -> None:
    """Work per line is bounded, and so is the number of lines."""
    text = bait * (2_000_000 // len(bait))
    began = time.process_time()
    assert "".join(piece.text for piece in split(text).pieces) == text
    assert time.process_time() - began < 5


@pytest.mark.parametrize("line", ["A line.\n", "> old\n", "A long line. " * 50 + "\n"])
def test_new_words_below_the_last_line_that_is_looked_at_are_seen(line: str) -> None:
    """A rest that is too long to be looked at counts as new, even where it begins with a quotation's mark."""
    text = "It leaks.\n" + line * 600_000 + "Help!\n"
    text = text[-2_000_000:] if line.startswith("A") else text
    assert split(text).reply.endswith("Help!")
    assert "".join(piece.text for piece in split(text).pieces) == text


@pytest.mark.parametrize("opening", [*DEVICES, *ANNOUNCEMENTS.values(), "Please reply above this line", "> a", "-- "])
def test_no_line_that_tells_something_is_taken_for_plain(opening: str) -> None:
    """The cheap look at a line lets through whatever the careful one may want."""
    assert not is_plain(opening.strip())
    assert not is_plain(opening.strip().upper())
    assert is_plain("my kettle does not heat any more")
