"""Letters as people and programs write them: what must stay visible, and what is left when the rest is folded.

In the letters of `quotes/kept.txt` nothing may fold; a form feed stands between two. In `quotes/folded.txt` each is
followed by a vertical tab and the new words in it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.understanding.quotes.splitting import is_answer, is_forward, split

HERE = Path(__file__).with_name("quotes")
KEPT = HERE.joinpath("kept.txt").read_text("utf-8").split("\f\n")
FOLDED = [letter.split("\v\n") for letter in HERE.joinpath("folded.txt").read_text("utf-8").split("\f\n")]


@pytest.mark.parametrize("letter", KEPT)
def test_what_a_person_wrote_is_never_folded(letter: str) -> None:
    """Sentences that begin like announcements, forms, journeys, dividers, lists, and talk about mails."""
    assert split(letter).reply == letter.strip()


@pytest.mark.parametrize(("letter", "reply"), FOLDED, ids=[letter[:60] for letter, _ in FOLDED])
def test_what_programs_added_is_folded(letter: str, reply: str) -> None:
    """Announcements, headers, telephones, scanners, lists and disclaimers, as the programs of the world write them."""
    assert split(letter).reply.split() == reply.split()


OWN_MARKS = (
    "The menu has no invoices:\n\n> Settings\n> Billing\n\nWhere are they?",
    "Your interface says:\n\n>>> import shop\n>>> shop.get(1)\nKeyError: 1\n\nWhat is wrong?",
)


@pytest.mark.parametrize("letter", OWN_MARKS)
def test_lines_with_marks_are_a_persons_where_nothing_is_answered(letter: str) -> None:
    """A first mail has nothing to quote; an announcement proves that it has."""
    assert split(letter, answers=False).reply == letter
    assert split(letter).reply != letter
    announced = f"{letter}\n\nOn Mon, 23 Nov 2026 at 9:00, Shop <s@shop.example> wrote:\n\n> Old words.\n"
    assert split(announced, answers=False) == split(announced)


def test_header_or_subject_says_that_a_message_answers() -> None:
    """Any word with a colon may be some language's "Re:"; when in doubt, it answers."""
    for subject in ("Re: x", "AW: x", "[External] Odp[2]: x", "回复：x", "Your request R-1042", "Απ: x"):
        assert is_answer(subject, ())
    assert is_answer("Kettle", ("one@shop.example",))
    for subject in ("Kettle", "", "Where is my order?", "KR-2000 broken"):
        assert not is_answer(subject, ())


PASSED_ON = ("Fwd: Lost", "FW: Lost", "WG: Lost", "TR : Lost", "RV: Lost", "Пересл: Lost", "转发：Lost", "VB: Lost")
NOT_PASSED_ON = ("Re: Fwd: Lost", "AW: WG: Lost", "Forward this", "I have a question: where?", "Tr", "")
HEADER = "From: Parcels <p@parcels.example>\nSent: Monday, November 23, 2026 9:00 AM\nTo: Anna\nSubject: Lost\n"


def test_forwarded_mail_with_a_bare_header_is_kept_whole() -> None:
    """Outlook puts no word above a mail that is passed on; only the subject says that it was."""
    text = f"See below.\n\nAnna\n\n{HEADER}\nYour parcel is lost.\n"
    assert split(text).reply == "See below.\n\nAnna"
    assert split(text, forwarded=True).reply == text.strip()


def test_disclaimer_of_a_forwarded_mail_belongs_to_it() -> None:
    """It is not the sender's own."""
    text = f"See below.\n\n---------- Forwarded message ---------\n{HEADER}\nLost.\n\nVirus-free. www.avast.com\n"
    assert split(text).reply == text.strip()


def test_long_answer_under_a_forwarding_subject_folds_what_it_answers() -> None:
    """Who has said much himself has been understood without the mail below."""
    words = "It leaks, and here is the story of it.\n" * 8
    assert split(f"{words}\n{HEADER}\nOld words.\n", forwarded=True).reply == words.strip()


@pytest.mark.parametrize("subject", PASSED_ON)
def test_subject_says_that_a_mail_is_passed_on(subject: str) -> None:
    """In the languages of the world."""
    assert is_forward(subject)


@pytest.mark.parametrize("subject", NOT_PASSED_ON)
def test_answer_to_a_forwarded_mail_is_no_forward(subject: str) -> None:
    """Only the first word counts."""
    assert not is_forward(subject)


def test_signature_above_a_quotation_is_shown_when_there_is_nothing_else() -> None:
    """Who answers with a picture alone does not say again what he was asked."""
    found = split("Sent from my iPhone\n\nOn 3 May 2026, at 10:12, Shop <s@shop.example> wrote:\n\n> Does it leak?\n")
    assert found.reply == "Sent from my iPhone"
    assert "Does it leak?" in found.quoted
