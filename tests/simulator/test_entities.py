"""The simulator reads formatting as Telegram does."""

from __future__ import annotations

import pytest

from bot.demo.entities import detect, from_html, length, read, to_html
from bot.demo.refusal import Refused


@pytest.mark.parametrize(
    ("markup", "error"),
    [
        ("a<b>c", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<div>", 'Unsupported start tag "div" at byte offset 2'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_is_named_as_telegram_names_it(markup: str, error: str) -> None:
    """The description tells tag and byte offset."""
    with pytest.raises(Refused) as refused:
        from_html(markup)
    assert refused.value.description == f"Bad Request: can't parse entities: {error}"


def test_html_becomes_entities_in_utf16() -> None:
    """Offsets count UTF-16 units; nesting, links, code and character references are understood, and written back."""
    link, code = '<a href="https://x.org/?a=1&amp;b=2">l</a>', '<code class="language-py">p</code>'
    markup = f"📦 <b>a<i>b</i></b> {link} <pre>{code}</pre>&lt;"
    said = from_html(markup)
    assert said.text == "📦 ab l p<"
    assert [(one.type, one.offset, one.length) for one in said.entities] == [
        ("bold", 3, 2), ("italic", 4, 1), ("text_link", 6, 1), ("pre", 8, 1),
    ]  # fmt: skip
    assert (said.entities[2].url, said.entities[3].language) == ("https://x.org/?a=1&b=2", "py")
    assert to_html(said).startswith(f"📦 <b>a<i>b</i></b> {link} <pre>p</pre>&lt;")
    assert length("📦") == 2


def test_surrounding_white_space_goes_and_entities_move() -> None:
    """Telegram stores a text without white space around it; the offsets follow."""
    said = read("  <b> a</b>  ", "HTML", None, 4096, "message is too long")
    assert said.text == "a"
    assert [(one.offset, one.length) for one in said.entities] == [(0, 1)]


def test_commands_links_and_addresses_are_found_in_what_people_type() -> None:
    """Only whole words count, and nothing is marked twice."""
    said = detect("📦 /start@bot see https://x.org/a and me@example.org, @anna_s 1/2")
    assert [(one.type, one.offset) for one in said.entities] == [
        ("bot_command", 3), ("url", 18), ("email", 38), ("mention", 54),
    ]  # fmt: skip
