"""Laws of the messages that the built-in model begins with."""

from __future__ import annotations

from collections import Counter

from intake.understanding.categories import UNSORTED, Categories
from intake.understanding.seeds import LANGUAGES, builtin_seeds
from intake.understanding.words import folded

KEYS = Categories().keys


def test_every_category_has_eight_to_sixteen_messages_in_every_language() -> None:
    """And so has what is about nothing; no message belongs to a category that there is not."""
    counted = Counter((seed.label, seed.language) for seed in builtin_seeds())
    assert set(counted) == {(key, language) for key in KEYS for language in LANGUAGES}
    assert {pair: count for pair, count in counted.items() if not 8 <= count <= 16} == {}


def test_no_message_is_there_twice() -> None:
    """A number or a word that all languages share may say nothing in each of them."""
    counted = Counter(folded(seed.text) for seed in builtin_seeds() if seed.label != UNSORTED)
    assert [text for text, count in counted.items() if count > 1] == []


def test_both_ways_of_writing_are_there_for_every_category() -> None:
    """Short lines of a chat, and in nearly all a mail with its subject as the first line."""
    for language in LANGUAGES:
        for key in KEYS:
            texts = [seed.text for seed in builtin_seeds() if (seed.label, seed.language) == (key, language)]
            assert min(len(text) for text in texts) < 60, (language, key)
    mails = {seed.label for seed in builtin_seeds() if "\n" in seed.text}
    assert mails >= set(KEYS) - {UNSORTED, "spam"}
