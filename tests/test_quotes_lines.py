"""The lines that programs write, one a line in `tests/quotes/`: announcements, telephones, what stands below a mail."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from intake.understanding.quotes.splitting import split

REPLY = "The lid is broken.\n\nKind regards\nAnna"
QUOTED = "On Mon, Nov 23, 2026 at 9:00 AM Shop <s@shop.example> wrote:\n> What is it?\n"


def _lines(name: str) -> list[str]:
    """⏎ is a line break."""
    text = Path(__file__).with_name("quotes").joinpath(name).read_text("utf-8")
    return [line.replace("⏎", "\n") for line in text.splitlines()]


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("announced", _lines("announcements.txt"))
def test_every_announcement_and_header_begins_the_quotation(announced: str, marked: bool) -> None:
    """Of some two hundred that programs write, with and without ">" before the lines below."""
    below = "> Dear Anna,\n>\n> what is it?" if marked else "Dear Anna,\n\nwhat is it?"
    assert split(f"{REPLY}\n\n{announced}\n\n{below}\n").reply == REPLY


@pytest.mark.parametrize("device", _lines("devices.txt"))
def test_what_a_telephone_writes_is_folded(device: str) -> None:
    """At the end, above a quotation, and in brackets."""
    for text in (f"{REPLY}\n\n{device}", f"{REPLY}\n\n{device}\n\n{QUOTED}", f"{REPLY}\n[{device}]\n\n{QUOTED}"):
        assert split(text).reply == REPLY


@pytest.mark.parametrize("line", _lines("no_devices.txt"))
def test_what_a_person_sends_is_no_telephone(line: str) -> None:
    """People write about parcels with the same words."""
    assert line in split(f"Hello.\n\n{line}\n\n{QUOTED}").reply


@pytest.mark.parametrize("width", [0, 72])
@pytest.mark.parametrize("footer", _lines("footers.txt"))
def test_disclaimers_scanners_and_lists_are_folded(footer: str, width: int) -> None:
    """At the end of the mail and above the quotation, wrapped or not."""
    if width:
        footer = "\n".join(textwrap.fill(line, width) for line in footer.split("\n"))
    assert split(f"{REPLY}\n\n{footer}").reply == REPLY
    assert split(f"{REPLY}\n\n{footer}\n\n{QUOTED}").reply == REPLY
