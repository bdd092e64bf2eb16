"""What is found of a text at once is what is counted one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator

from intake.understanding.model.features import tokens
from intake.understanding.model.windows import Known, windows
from tests.plain_count import plain_count

# Letters with accents, of scripts without spaces, and such as become several, none or a space when they are compared.
_LETTERS = "abc  de,.!ßİ´¨中文字的ﷺ１２\n12345ñéй\u0301ไทย한\U0001f642\ud800'"
_SENTENCES = (
    "Where is my parcel? It should be here since Monday, and nobody answers.",
    "我的订单 4411 还没有到，请帮我查一下 status",
    "Мой заказ не пришёл, верните деньги!",
    "",
)


def _texts() -> Iterator[str]:
    yield from _SENTENCES
    chance = random.Random(1)
    for _ in range(400):
        yield "".join(chance.choices(_LETTERS, k=chance.randrange(80)))


def test_known_pieces_and_runs_are_those_that_are_counted() -> None:
    """The same terms as often, in the same order, whatever the text; what a model does not know is left out."""
    chance = random.Random(2)
    for text in _texts():
        found = tokens(text)
        _, pieces, runs = plain_count(found)
        known = [
            sorted({*chance.sample(sorted(terms), len(terms) // 2), "?!", "longer than any"})
            for terms in (pieces, runs)
        ]
        for terms, all_terms, (places, times) in zip(
            known, (pieces, runs), Known(*known).count(windows(found)), strict=True
        ):
            expected = [(term, times) for term, times in all_terms.items() if term in terms]
            assert [(terms[place], count) for place, count in zip(places, times, strict=True)] == expected, text


def test_a_model_without_words_knows_none() -> None:
    """Nothing is found, and nothing fails."""
    pieces, runs = Known((), ()).count(windows(tokens("a text")))
    assert len(pieces[0]) == len(runs[0]) == 0
