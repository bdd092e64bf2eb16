"""Laws of what is quoted below an answer: the customer's own last words, to nobody who may not read them, no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.agents.quoted import MOST_CHARACTERS, MOST_LINES, Quoted, last_words, may_stand
from intake.incoming.rows import name_and_address
from intake.mail.html.text import to_text
from intake.replies import Replies
from intake.understanding.quotes.splitting import split
from intake.words.occasions import Event, ReplyFacts
from tests.builders import NOW

LANGUAGES = ("en", "zh", "es", "de", "ru")
ASKED = "Hello,\n\ndoes the kettle heat milk?\n> and this I quote myself\n\nAnna"
WORDS = "Dear Anna,\n\nyes, up to 90 °C.\n\nTry it!"


def rendered(language: str, text: str = ASKED, own: Path | None = None) -> tuple[str, str]:
    """Text and HTML of an answer that quotes."""
    replies = Replies(own, LANGUAGES, "en", "Kettle Shop")
    facts = ReplyFacts("R-1042", "Anna", WORDS, "Kim", "Milk", last_words("Anna Schmidt <anna@c.example>", NOW, text))
    answer = replies.render(Event.ANSWERED, language, facts)
    return answer.text, answer.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quotation_stands_below_and_folds_again(language: str) -> None:
    """Our own reading of our own mail gives the agent's words and the signature, in text and in HTML."""
    text, html = rendered(language)
    assert text.startswith(f"{WORDS}\n\n— Kim, Kettle Shop · R-1042\n\n")
    assert "Anna Schmidt" in text
    assert text.endswith("\n> Hello,\n>\n> does the kettle heat milk?\n> > and this I quote myself\n>\n> Anna")
    for form in (text, to_text(html)):
        new = split(form).reply
        assert "90 °C" in new
        assert "R-1042" in new
        assert "milk" not in new
        assert "Anna Schmidt" not in new


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_quote_leaves_no_trace(language: str) -> None:
    """No announcement without a quotation."""
    text, html = rendered(language, text="  \n ")
    assert text == f"{WORDS}\n\n— Kim, Kettle Shop · R-1042"
    assert "blockquote" not in html


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7*7 }}", "</blockquote><b>", "a\x1b[31mb\u202ec\x00"]
)
def test_quoted_words_are_only_words(text: str) -> None:
    """Escaped, never a template, nothing that reaches beyond its line."""
    plain, html = rendered("en", text=text)
    assert "<script>" not in html
    assert "<b>" not in html
    assert html.count("</blockquote>") == 1
    assert "49" not in plain
    assert not {"\x1b", "\u202e", "\x00"} & set(plain + html)


def test_the_operators_template_without_the_block_works_as_before(tmp_path: Path) -> None:
    """What it does not ask for it does not get."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "answered.txt.j2").write_text("Subject: Re {{ number }}\n\n{{ words }}\n")
    (tmp_path / "layout.html.j2").write_text("<html>{% block body %}{% endblock %}{% block footer %}{% endblock %}")
    text, html = rendered("en", own=tmp_path)
    assert text == WORDS
    assert "milk" not in html
    assert Replies(tmp_path, LANGUAGES, "en", "Kettle Shop").problems() == ()


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\n \r\t>")), max_size=6000))
def test_a_quotation_is_short_and_clean(text: str) -> None:
    """Whatever the customer wrote: so many lines, so many characters, one line each."""
    quoted = last_words("Anna <a@b.example>", NOW, text)
    assert len(quoted.lines) <= MOST_LINES + 1
    assert sum(map(len, quoted.lines)) <= MOST_CHARACTERS + 2
    assert all(len(line.splitlines()) <= 1 for line in quoted.lines)


@pytest.mark.parametrize("text", ["word " * 2000, "x" * 9000, "line\n" * 300, "\n".join(["y" * 700] * 4)])
def test_what_is_left_out_is_marked(text: str) -> None:
    """A reader sees that more was said."""
    lines = last_words("Anna <a@b.example>", NOW, text).lines
    assert lines[-1].endswith("…")
    assert all(text.count(line.removesuffix("…").strip()) for line in lines)


@pytest.mark.parametrize(
    ("author", "reply_to", "opened", "may"),
    [
        ("Anna <anna@c.example>", "anna@c.example", True, True),
        ("Anna <ANNA@c.example>", "Anna@C.example", False, True),
        ("anna@c.example", "anna@c.example", False, True),
        ("Bob <bob@c.example>", "anna@c.example", False, False),
        ("anna@c.example <bob@c.example>", "anna@c.example", False, False),
        ("Eve <anna@c.example> <eve@evil.example>", "anna@c.example", False, False),
        ("Anna <anna@c.example>", "orders@c.example", True, True),
        ("Anna <anna@c.example>", "orders@c.example", False, False),
        ("", "anna@c.example", False, False),
    ],
)
def test_only_the_customers_own_words_go_only_where_he_wanted(
    author: str, reply_to: str, opened: bool, may: bool
) -> None:
    """Words of somebody who takes part are quoted to nobody; another Reply-To sees no more than its own message."""
    assert may_stand(author, ["anna@c.example"], reply_to, opened=opened) is may


def test_a_name_is_short_and_one_line() -> None:
    """It stands in a sentence."""
    quoted = last_words("A\nnna\u202e " + "x" * 500 + " <a@b.example>", NOW, "Hi")
    assert quoted.by.startswith("A nna x")
    assert len(quoted.by) <= 80
    assert name_and_address("a@b.example") == ("", "a@b.example")
    assert (quoted.on, quoted.at) == ("2026-11-24", "09:00 UTC")
    assert isinstance(quoted, Quoted)
