"""Text made to be slow, and text in any order: the work grows with its length, and not a character is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.understanding.quotes.splitting import Kind, split
from tests.composed import ADDRESS, LINE_ENDS, clients

BAIT = {
    "marks": ">\n",
    "dividers": "--\n",
    "signature marks": "-- \n\n",
    "rules": "_" * 60 + "\n\n\n",
    "dates": "On 3 May 2026 10:12 a@b.example\n",
    "sentences": "On 3 May 2026 at 10:12 I said that\n",
    "open addresses": "On 3 May 2026 at 10:12\n\n<a@b\n\n",
    "senders": "From: a@b.example 3 May 2026 10:12\n",
    "labels": "Label: value\n",
    "addressees": "To: a@b.example\nb\n",
    "tables": "| a | b\n",
    "quoted and not": "> a\nb\n",
    "broken quotations": "> " + "x" * 70 + "\nwrapped line\n",
    "mark and header": "--\nFrom: a\n",
    "separators": "-----Original Message-----\n____\n",
    "citations": "Quoting a@b.example\n",
    "verbs": "wrote wrote wrote wrote: \n",
    "telephones": "Sent from my " + "a " * 60 + "\n",
    "names": "Name <\n",
    "lists": "x listinfo\n",
    "secrets": "this message is confidential\n\n",
    "colons": "a:b: c: d: " * 30 + "\n",
    "openings": "On 1 On 2 On 3 On 4 " * 18 + "@:\n",
    "unseen": "\u00a0\u200e" * 50 + "\n",
    "at signs": "@" * 390 + "\n",
    "addresses": "<a@b.example> " * 25 + ":\n",
    "times": "1:1:1:1:11:11 " * 25 + ":\n",
    "all": "On 3 May 2026 at 10:12, <a@b.example\n--\n> x\n",
}
SMALL, LARGE = 60_000, 240_000  # characters, below the limits of what is looked at


def _seconds(text: str) -> float:
    """The best of three."""
    took: list[float] = []
    for _ in range(3):
        began = time.process_time()
        split(text)
        took.append(time.process_time() - began)
    return min(took)


@pytest.mark.parametrize("name", BAIT)
def test_time_grows_with_the_length_and_no_faster(name: str) -> None:
    """Four times the text takes four times as long, with room for a busy machine."""
    bait = BAIT[name]
    # A thousand lines at most, so that four times as many are still looked at.
    count = min(1000, SMALL // len(bait))
    small, large = _seconds(bait * count), _seconds(bait * 4 * count)
    assert large < 8 * small + 0.02
    assert large < 2


@pytest.mark.parametrize(
    "text", ["a" * 10_000_000, "On " * 3_000_000, ">" * 10_000_000, "\n" * 10_000_000, "--\n" * 100_000]
)
def test_ten_megabytes_take_a_moment(text: str) -> None:
    """One line or ten million: what is too long is not looked at, and new."""
    began = time.process_time()
    found = split(text)
    assert time.process_time() - began < 2
    assert "".join(piece.text for piece in found.pieces) == text


_PIECES = st.sampled_from(
    [
        *(line.format(name="Ann", address=ADDRESS) for one in clients() for line in (*one.announced, *one.header)),
        *(line for one in clients() for line in (*one.device, *one.replies, one.asked)),
        *("-- ", "--", "---", "__", "_" * 32, ">", "> old", ">> older", "| old", "AB> old", "", "", ""),
        *("---------- Forwarded message ---------", "Begin forwarded message:", "##- Please reply above this line -##"),
        *(
            "Virus-free. www.avast.com",
            "Anna\n+44 20 7946 0000",
            "new words",
            "<ann@b.example> wrote:",
            "ann@b.example>:",
        ),
    ]
)
_TEXTS = st.lists(st.tuples(_PIECES, st.sampled_from((*LINE_ENDS, "\x0c", "\x1c", "\x0b", ""))), max_size=25)


@settings(max_examples=400, deadline=None)
@given(_TEXTS, st.booleans())
def test_pieces_of_real_mails_in_any_order_lose_nothing(parts: list[tuple[str, str]], forwarded: bool) -> None:
    """Announcements, quotations, signatures and words in any order, with any line ends, character for character."""
    text = "".join(part.replace("\n", end or "\n") + end for part, end in parts)
    found = split(text, forwarded=forwarded)
    assert "".join(piece.text for piece in found.pieces) == text
    assert bool(found.reply) == bool(text.strip())
    assert all(piece.text for piece in found.pieces)
    assert all(one.kind is not two.kind for one, two in zip(found.pieces, found.pieces[1:], strict=False))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.booleans())
def test_any_text_is_split_without_loss(text: str, forwarded: bool) -> None:
    """Whatever it is."""
    found = split(text, forwarded=forwarded)
    assert "".join(piece.text for piece in found.pieces) == text
    assert {piece.kind for piece in found.pieces} <= set(Kind)
