"""Formatting between Telegram's UTF-16 units and our characters, and what of it never goes on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity, User

from bot.wire.marks import KINDS, entities_of, marks_of
from bot.wire.texts import clean, units
from intake.message import Mark
from intake.words.marks import is_safe_link

LETTERS = st.sampled_from(["a", " ", "\n", "é", "中", "😀", "👩\u200d🚀", "\u202e", "<", "\0", "\ud83d"])
TEXTS = st.lists(LETTERS, max_size=60).map("".join)
NUMBERS = st.integers(-5, 80) | st.integers(-(2**70), 2**70)
TYPES = st.sampled_from([*KINDS, "text_mention", "custom_emoji", "mention", "bot_command", "date_time", "nonsense", ""])
URLS = st.none() | st.sampled_from(["https://shop.example/a?b=c#d", "tg://user?id=901", "javascript:alert(1)", ""])
ENTITIES = st.builds(
    lambda kind, offset, length, url: MessageEntity(kind, offset, length, url=url), TYPES, NUMBERS, NUMBERS, URLS
)


def test_marks_count_characters_and_entities_count_utf16_units() -> None:
    """An astronaut before the bold word moves Telegram's offset, not ours."""
    text = "👩\u200d🚀 bold"
    bold = MessageEntity("bold", units(text) - 4, 4)
    [mark] = marks_of([bold], text)
    assert (mark.kind, text[mark.start : mark.start + mark.length]) == ("bold", "bold")
    assert entities_of([mark], text) == (bold,)


def test_all_kinds_of_formatting_go_there_and_back() -> None:
    """Nested ones too, the outer one first; a link keeps its address, code its language."""
    text = "one 😀 two three"
    entities = (
        MessageEntity("expandable_blockquote", 0, 16),
        MessageEntity("bold", 0, 10),
        MessageEntity("italic", 0, 3),
        MessageEntity("text_link", 4, 2, url="https://shop.example/?a=1&b=2"),
        MessageEntity("pre", 11, 5, language="c++"),
    )
    assert entities_of(marks_of(reversed(entities), text), text) == entities
    for kind in KINDS:
        url = "https://shop.example" if kind == "text_link" else None
        entity = MessageEntity(kind, 0, 3, url=url)
        assert entities_of(marks_of([entity], text), text) == (entity,)


@pytest.mark.parametrize(
    "entity",
    [
        MessageEntity("text_mention", 0, 5, user=User(901, "Maria", is_bot=False)),
        MessageEntity("custom_emoji", 0, 5, custom_emoji_id="5368324170671202286"),
        MessageEntity("text_link", 0, 5, url="tg://user?id=901"),
        MessageEntity("text_link", 0, 5, url="TG:user?id=901"),
        MessageEntity("text_link", 0, 5, url="tg://openmessage?user_id=901"),
        MessageEntity("text_link", 0, 5, url=" https://shop.example"),
        MessageEntity("text_link", 0, 5, url="javascript:alert(1)"),
        MessageEntity("text_link", 0, 5),
        MessageEntity("mention", 0, 5),
        MessageEntity("bot_command", 0, 5),
        MessageEntity("something new", 0, 5),
    ],
)
def test_e30_what_names_an_account_is_no_mark(entity: MessageEntity) -> None:
    """A mention without a username, somebody's own emoji and links that are no web pages stay behind."""
    assert marks_of([entity], "Maria writes") == ()


def test_a_mark_that_is_no_link_of_a_safe_kind_is_never_sent() -> None:
    """Whoever wrote the row, nothing but web pages, mail and telephone numbers becomes a link."""
    marks = [Mark("link", 0, 5, url="tg://user?id=901"), Mark("link", 0, 5), Mark("blink", 0, 5)]
    assert entities_of(marks, "Maria") == ()


@given(TEXTS, st.lists(ENTITIES, max_size=12))
def test_any_entities_give_marks_within_the_cleaned_text(text: str, entities: list[MessageEntity]) -> None:
    """Offsets before, behind and within a pair of surrogates, however large: no error, nothing outside."""
    stored = clean(text)
    for mark in marks_of(entities, text):
        assert 0 <= mark.start < mark.start + mark.length <= len(stored)
        assert mark.url is None or is_safe_link(mark.url)


@given(TEXTS, st.lists(ENTITIES, max_size=12))
def test_what_is_sent_again_is_what_was_read(text: str, entities: list[MessageEntity]) -> None:
    """The entities of our marks read as the same marks, and each lies within the text by Telegram's count."""
    stored = clean(text)
    marks = marks_of(entities, text)
    again = entities_of(marks, stored)
    assert marks_of(again, stored) == marks
    for entity in again:
        assert 0 <= entity.offset < entity.offset + entity.length <= units(stored)


@given(TEXTS, st.lists(st.builds(Mark, st.sampled_from(["bold", "quote"]), NUMBERS, NUMBERS), max_size=12))
def test_any_marks_give_entities_within_the_text(text: str, marks: list[Mark]) -> None:
    """Rows of a database are no more trusted than the wire."""
    stored = clean(text)
    for entity in entities_of(marks, stored):
        assert 0 <= entity.offset < entity.offset + entity.length <= units(stored)


def test_no_more_entities_are_sent_than_telegram_takes() -> None:
    """The hundred outermost first ones; the words themselves are all there."""
    assert len(entities_of([Mark("bold", place, 1) for place in range(300)], "a" * 300)) == 100
