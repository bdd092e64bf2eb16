"""Laws of the messages that the built-in model begins with."""

from __future__ import annotations

from collections import Counter

from bench.labelled import HELD, TRAIN, read
from intake.understanding.categories import UNSORTED, Categories
from intake.understanding.seeds import LANGUAGES, builtin_seeds
from intake.understanding.words import folded

KEYS = Categories().keys


def test_every_category_has_sixteen_messages_in_every_language() -> None:
    """And so has what is about nothing; no message belongs to a category that there is not."""
    counted = Counter((seed.label, seed.language) for seed in builtin_seeds())
    assert set(counted) == {(key, language) for key in KEYS for language in LANGUAGES}
    assert {pair: count for pair, count in counted.items() if count < 16} == {}


def test_what_is_measured_with_is_not_among_them() -> None:
    """A message that the model was fitted to says nothing of those that customers will write."""
    known = {folded(seed.text) for seed in builtin_seeds() if seed.label != UNSORTED}
    assert len(known) > 2_000
    assert [row for row in read(HELD) if folded(row.whole) in known] == []


def test_a_labelled_mail_is_read_with_its_subject() -> None:
    """As the model reads a customer's: subject, line break, text."""
    texts = {seed.text for seed in builtin_seeds()}
    mails = [row for path in TRAIN for row in read(path) if row.subject]
    assert len(mails) > 200
    assert {f"{row.subject}\n{row.text}" for row in mails} <= texts


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
